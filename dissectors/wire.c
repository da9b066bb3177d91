#include "wire.h"

bool ascii_starts(struct slice s, const char *text)
{
	size_t i, n = strlen(text);

	if (s.n < n || s.p == NULL)
		return false;
	for (i = 0; i < n; i++)
		if (ascii_lower(s.p[i]) != ascii_lower((uint8_t)text[i]))
			return false;
	return true;
}

bool ascii_same(struct slice s, const char *text)
{
	return s.n == strlen(text) && ascii_starts(s, text);
}

bool could_start(struct slice s, const char *text)
{
	size_t n = strlen(text);

	return s.n && memcmp(s.p, text, s.n < n ? s.n : n) == 0;
}

uint64_t ascii_decimal(struct slice s, bool *bad)
{
	uint64_t v = 0;

	*bad = !slice_more(s);
	while (slice_more(s)) {
		uint8_t digit = (uint8_t)(slice_u8(&s) - '0');

		if (digit > 9 || v > (UINT64_MAX - digit) / 10) {
			*bad = true;
			return 0;
		}
		v = v * 10 + digit;
	}
	return v;
}

struct slice ascii_word(struct slice *s)
{
	struct slice rest, word;

	while (slice_starts(*s, " "))
		slice_skip(s, 1);
	rest = *s;
	word = slice_until(&rest, ' ');
	if (slice_short(rest))
		return slice_take(s, s->n);
	*s = rest;
	return word;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

struct slice ascii_trim(struct slice s)
{
	while (s.n && is_blank(s.p[0]))
		slice_skip(&s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool ascii_plain(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return s.n > 0;
}

struct slice line_next(struct slice *in)
{
	struct slice line = slice_until(in, '\n');

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

struct slice slice_before(struct slice s, uint8_t stop)
{
	struct slice rest = s, head = slice_until(&rest, stop);

	return slice_short(rest) ? s : head;
}

struct slice find_after(struct slice s, const char *needle)
{
	size_t n = strlen(needle);
	const uint8_t *hit = s.n ? memmem(s.p, s.n, needle, n) : NULL;

	if (hit == NULL)
		return slice_of(NULL, 0);
	slice_skip(&s, (size_t)(hit - s.p) + n);
	return s;
}

bool addr_of_text(struct addr *a, struct slice s)
{
	char text[ADDR_TEXT];

	if (!slice_more(s) || s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return addr_parse(a, text);
}

uint32_t checksum(struct slice s)
{
	uint32_t sum = 2166136261u;

	while (slice_more(s))
		sum = (sum ^ slice_u8(&s)) * 16777619u;
	return sum;
}

void file_moved(struct dissection *d, struct fact file, bool *told,
    uint64_t bytes)
{
	if (told != NULL && !*told) {
		file.kind = FACT_FILE;
		d->emit(d, &file);
		*told = true;
	}
	file.kind = FACT_MOVED;
	file.bytes = bytes;
	d->emit(d, &file);
}

bool told_before(struct told *t, struct slice text)
{
	enum { MOST = sizeof(t->sum) / sizeof(*t->sum) };
	uint32_t sum = checksum(text);

	for (int i = 0; i < MOST; i++)
		if (t->sum[i] == sum)
			return true;
	t->sum[t->n++ % MOST] = sum;
	return false;
}

static struct slice json_string(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n && s.p[i] != '"'; i++)
		if (s.p[i] == '\\')
			i++;
	return i < s.n ? slice_head(s, i) : slice_of(NULL, 0);
}

static struct slice json_number(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n && strchr("+-.0123456789eE", s.p[i]) && s.p[i];)
		i++;
	return slice_head(s, i);
}

static void json_blank(struct slice *s)
{
	while (slice_more(*s) && (is_blank(s->p[0]) || s->p[0] == '\n'))
		slice_skip(s, 1);
}

struct slice json_value(struct slice s, const char *key)
{
	size_t n = strlen(key);

	while (slice_more(s)) {
		struct slice name;

		slice_until(&s, '"');
		name = json_string(s);
		if (slice_short(name))
			break;
		slice_skip(&s, name.n + 1);
		json_blank(&s);
		if (name.n != n || memcmp(name.p, key, n) != 0 ||
		    !slice_starts(s, ":"))
			continue;
		slice_skip(&s, 1);
		json_blank(&s);
		if (!slice_starts(s, "\""))
			return json_number(s);
		slice_skip(&s, 1);
		return json_string(s);
	}
	return slice_of(NULL, 0);
}

/* "presence to" ends with "to"; "onto" does not. */
static bool ends_with_word(struct slice s, const char *word)
{
	size_t n = strlen(word);

	if (s.n > n) {
		slice_skip(&s, s.n - n - 1);
		if (slice_u8(&s) > ' ')
			return false;
	}
	return slice_is(s, word);
}

struct slice xml_attribute(struct slice tag, const char *name)
{
	while (slice_more(tag)) {
		struct slice key = slice_until(&tag, '=');
		struct slice value;
		uint8_t quote;

		while (slice_more(tag) && is_blank(tag.p[0]))
			slice_skip(&tag, 1);
		quote = slice_u8(&tag);
		value = slice_until(&tag, quote);
		if (slice_short(tag) || (quote != '"' && quote != '\''))
			break;
		if (ends_with_word(ascii_trim(key), name))
			return value;
	}
	return slice_of(NULL, 0);
}

/* The length of one character as UTF-8, written to b. */
static size_t utf8_put(uint32_t c, uint8_t b[4])
{
	if (c < 0x80) {
		b[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		b[0] = (uint8_t)(0xc0 | c >> 6);
		b[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		b[0] = (uint8_t)(0xe0 | c >> 12);
		b[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		b[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	b[0] = (uint8_t)(0xf0 | c >> 18);
	b[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	b[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	b[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

static uint32_t utf16_next(struct slice *s)
{
	uint32_t high = slice_le16(s), low;
	struct slice ahead = *s;

	if (high < 0xd800 || high > 0xdfff)
		return high;
	low = slice_le16(&ahead);
	if (high > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return 0xfffd;		/* half a surrogate pair */
	*s = ahead;
	return 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
}

struct slice utf16_text(struct slice s, char *text, size_t room)
{
	size_t n = 0;

	while (s.n >= 2) {
		uint8_t b[4];
		size_t len = utf8_put(utf16_next(&s), b);

		if (len > room - n)
			break;
		memcpy(text + n, b, len);
		n += len;
	}
	return slice_of(text, n);
}

static int base64_digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

struct slice base64_bytes(struct slice s, uint8_t *bytes, size_t room)
{
	uint32_t bits = 0;
	int have = 0;
	size_t n = 0;

	while (slice_more(s) && n < room) {
		int digit = base64_digit(slice_u8(&s));

		if (digit < 0)
			break;
		bits = (bits << 6 | (uint32_t)digit) & 0xffffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			bytes[n++] = (uint8_t)(bits >> have);
		}
	}
	return slice_of(bytes, n);
}

static int hex_digit(uint8_t c)
{
	c = ascii_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool mac_of_text(uint8_t mac[6], struct slice s)
{
	int digits = 0;

	memset(mac, 0, 6);
	while (slice_more(s) && digits < 12) {
		uint8_t c = slice_u8(&s);
		int digit = hex_digit(c);

		if (digit >= 0) {
			mac[digits / 2] = (uint8_t)(mac[digits / 2] << 4 |
			    digit);
			digits++;
		} else if (c != '-' && c != ':' && c != '.') {
			break;
		}
	}
	if (digits == 12)
		return true;
	memset(mac, 0, 6);
	return false;
}
