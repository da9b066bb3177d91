/* Host names and the patterns for them; see pattern.h. */
#include "know/pattern.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Marks inside a compiled glob; no host name contains these bytes. */
enum { ANY_RUN = 1, ANY_ONE, DIGIT_RUN, TENANT_RUN };

enum { RUNS_PER_LABEL = 2 };		/* bounds what matching may cost */

static bool host_byte(unsigned char c)
{
	return isalnum(c) || c == '-' || c == '_';
}

static bool looks_like_address(const struct host *h)
{
	uint16_t i;

	for (i = h->start[h->labels - 1]; i < h->n; i++)
		if (!isdigit((unsigned char)h->text[i]))
			return false;
	return true;
}

bool host_read(struct host *h, struct slice name)
{
	size_t i, n = name.n;
	unsigned char c = '.';

	if (n > 0 && name.p[n - 1] == '.')
		n--;
	if (n == 0 || n > HOST_MAX)
		return false;
	h->labels = 0;
	for (i = 0; i < n; i++) {
		if (c == '.' && h->labels < LABELS_MAX)
			h->start[h->labels++] = (uint8_t)i;
		if (name.p[i] == '.' && c == '.')
			return false;
		c = name.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c + ('a' - 'A'));
		if (c != '.' && !host_byte(c))
			return false;
		h->text[i] = (char)c;
	}
	h->n = (uint16_t)n;
	h->text[n] = '\0';
	return c != '.' && !looks_like_address(h);
}

static struct slice host_label(const struct host *h, unsigned int i)
{
	size_t end = i + 1 < h->labels ? h->start[i + 1] - 1u : h->n;

	return slice_of(h->text + h->start[i], end - h->start[i]);
}

/* ---- compiling ---- */

static const char tenant_word[] = "{tenant}";
static const char tenants_word[] = "{tenant**}";

struct compiler {
	struct pattern *p;
	struct arena *arena;
	struct element elements[PATTERN_LABELS];
	unsigned int n, fixed;
};

/* How a byte of a pattern is kept; 0: it cannot stand there. */
static char glob_byte(uint8_t byte)
{
	switch (byte) {
	case '*':
		return ANY_RUN;
	case '?':
		return ANY_ONE;
	case '#':
		return DIGIT_RUN;
	default:
		return host_byte(byte) ? (char)byte : '\0';
	}
}

static const char *compile_glob(struct compiler *c, struct element *el,
    struct slice label)
{
	char out[64];
	size_t n = 0, runs = 0;

	while (slice_more(label)) {
		uint8_t byte = *label.p;

		if (n == sizeof(out))
			return "a label has 63 characters at most";
		if (slice_starts(label, tenant_word)) {
			if (c->p->has_tenant)
				return "{tenant} stands here twice";
			c->p->has_tenant = true;
			slice_skip(&label, sizeof(tenant_word) - 1);
			out[n++] = TENANT_RUN;
			runs++;
			continue;
		}
		slice_skip(&label, 1);
		out[n] = glob_byte(byte);
		if (out[n++] == '\0')
			return byte < 0x80 ?
			    "not a character of a host name" :
			    "write this name in its xn-- form";
		runs += byte == '*' || byte == '#';
		c->fixed += host_byte(byte);
	}
	if (runs > RUNS_PER_LABEL)
		return "at most two of *, # and {tenant} in one label";
	el->text = arena_text(c->arena, out, n);
	el->kind = strcspn(el->text, "\1\2\3\4") == n ? LABEL_FIXED :
	    LABEL_GLOB;
	el->n = (uint8_t)n;
	return NULL;
}

static const char *compile_many(struct compiler *c, struct element *el,
    struct slice label)
{
	if (c->p->many != PATTERN_LABELS)
		return "only one ** (or leading dot) in a pattern";
	c->p->many = (uint8_t)c->n;
	el->kind = label.n == 0 ? LABELS_ANY : LABELS_SOME;
	el->tenant = slice_is(label, tenants_word);
	if (el->tenant && c->p->has_tenant)
		return "{tenant} stands here twice";
	c->p->has_tenant |= el->tenant;
	return NULL;
}

static const char *compile_label(struct compiler *c, struct slice label)
{
	struct element *el = &c->elements[c->n];

	if (c->n == PATTERN_LABELS)
		return "too many labels";
	if (label.n == 0 && c->n > 0)
		return "an empty label (two dots, or one at the end)";
	if (label.n == 0 || slice_is(label, "**") ||
	    slice_is(label, tenants_word))
		return compile_many(c, el, label);
	return compile_glob(c, el, label);
}

static const char *compile_labels(struct compiler *c, const char *text)
{
	const char *dot, *wrong;

	for (;; text = dot + 1) {
		dot = strchrnul(text, '.');
		wrong = compile_label(c,
		    slice_of(text, (size_t)(dot - text)));
		if (wrong != NULL)
			return wrong;
		c->n++;
		if (*dot == '\0')
			return NULL;
	}
}

/* The fixed labels at the end, or else the one at the start. */
static const char *find_anchor(struct compiler *c)
{
	struct pattern *p = c->p;
	unsigned int first = c->n;
	const char *at = p->text + strlen(p->text);

	while (first > 0 && c->elements[first - 1].kind == LABEL_FIXED) {
		first--;
		at -= c->elements[first].n + (first + 1 < c->n);
	}
	p->exact = first == 0;
	if (first == c->n) {
		p->anchored_left = true;
		at = p->text;
		if (c->elements[0].kind != LABEL_FIXED)
			return "the first or the last label must be fixed";
		p->anchor_n = c->elements[0].n;
	} else {
		p->anchor_n = (uint16_t)strlen(at);
	}
	p->anchor = at;
	return NULL;
}

static unsigned int dots_in(const char *text)
{
	unsigned int n = 0;

	for (text += *text == '.'; *text != '\0'; text++)
		n += *text == '.';
	return n;
}

const char *pattern_compile(struct pattern *p, const char *text,
    struct arena *a)
{
	struct compiler c = { .p = p, .arena = a };
	struct element *kept;
	size_t n = strlen(text), i;
	const char *wrong;
	char *copy;

	*p = (struct pattern){ .many = PATTERN_LABELS };
	if (n == 0 || n > HOST_MAX)
		return "a host name has 1 to 253 characters";
	p->text = copy = arena_text(a, text, n);
	for (i = 0; i < n; i++)
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] + ('a' - 'A'));
	if ((wrong = compile_labels(&c, p->text)) != NULL ||
	    (wrong = find_anchor(&c)) != NULL)
		return wrong;
	kept = arena_get(a, c.n * sizeof(*kept));
	memcpy(kept, c.elements, c.n * sizeof(*kept));
	p->elements = kept;
	p->elements_n = (uint8_t)c.n;
	if (p->many == PATTERN_LABELS)
		p->many = p->elements_n;
	p->rank = (uint16_t)(p->exact ? 1000 + n : c.fixed + dots_in(text));
	return NULL;
}

/* ---- matching ---- */

static bool glob_match(struct slice glob, struct slice label,
    struct slice *tenant);

/* A run of `least` characters or more, then the rest of the glob. */
static bool run_match(uint8_t mark, struct slice glob, struct slice label,
    struct slice *tenant)
{
	struct slice start = label;
	size_t n = 0;

	for (;; n++) {
		if (n >= (mark != ANY_RUN) &&
		    glob_match(glob, label, tenant)) {
			if (mark == TENANT_RUN)
				*tenant = slice_head(start, n);
			return true;
		}
		if (!slice_more(label) || (mark == DIGIT_RUN &&
		    !isdigit(*label.p)))
			return false;
		slice_skip(&label, 1);
	}
}

static bool glob_match(struct slice glob, struct slice label,
    struct slice *tenant)
{
	uint8_t want;

	while (slice_more(glob)) {
		want = slice_u8(&glob);
		if (want == ANY_RUN && !slice_more(glob))
			return true;
		if (want == ANY_RUN || want == DIGIT_RUN ||
		    want == TENANT_RUN)
			return run_match(want, glob, label, tenant);
		if (!slice_more(label))
			return false;
		if (slice_u8(&label) != want && want != ANY_ONE)
			return false;
	}
	return !slice_more(label);
}

static bool element_match(const struct element *el, struct slice label,
    struct slice *tenant)
{
	if (el->kind == LABEL_FIXED)
		return label.n == el->n &&
		    memcmp(label.p, el->text, el->n) == 0;
	return glob_match(slice_of(el->text, el->n), label, tenant);
}

bool pattern_match(const struct pattern *p, const struct host *h,
    struct slice *tenant)
{
	unsigned int i, n = p->elements_n, labels = h->labels;
	unsigned int tail = p->many < n ? n - p->many - 1 : 0;
	const struct element *el;
	struct slice last;

	*tenant = slice_of("", 0);
	if (p->many == n ? labels != n : labels + 1 < n +
	    (p->elements[p->many].kind == LABELS_SOME))
		return false;
	for (i = 0; i < p->many; i++)
		if (!element_match(&p->elements[i], host_label(h, i), tenant))
			return false;
	for (i = 0; i < tail; i++)
		if (!element_match(&p->elements[n - 1 - i],
		    host_label(h, labels - 1 - i), tenant))
			return false;
	if (p->many == n)
		return true;
	el = &p->elements[p->many];
	if (el->tenant) {
		last = host_label(h, labels - 1 - tail);
		*tenant = slice_of(h->text + h->start[p->many],
		    (size_t)(last.p + last.n - (const uint8_t *)h->text) -
		    h->start[p->many]);
	}
	return true;
}
