/*
 * msn.c - MSN Messenger's clear text protocol: account and file offers.
 *
 * MSNP as its clients spoke it on port 1863: commands are lines; some
 * (MSG, UUX, ADL, NOT, UBX, GCF, PAG, RML, FQY, QRY) end with the length of
 * a body that follows.  Old, but still seen in museums and malware.  A file
 * offer is a MSG body with Application-File and Application-FileSize.
 */
#include <netinet/in.h>

#include "wire.h"

enum { LINE_LONGEST = 2048, BODY_LONGEST = 4096 };

struct msn {
	bool mid_line[2];
};

static bool is_command(struct slice line)
{
	static const char *const words[] = { "VER ", "CVR ", "USR ", "ANS ",
		"XFR ", "MSG ", "JOI ", "CAL ", "IRO ", "PNG", "QNG ", "CHG ",
		"SYN ", "NLN ", "ILN ", "FLN ", "BYE ", "ACK ", "CHL ", "QRY ",
		"RNG ", "NAK ", "UBX ", "LSG ", "LST ", "PRP ", "BLP " };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (slice_starts(line, words[i]))
			return true;
	return false;
}

static bool is_opening(struct slice line)
{
	if (slice_starts(line, "VER "))
		return !slice_short(find_after(line, " MSNP")) ||
		    !slice_short(find_after(line, " CVR0"));
	return (slice_starts(line, "ANS ") || slice_starts(line, "USR ")) &&
	    !slice_short(find_after(line, "@"));
}

static enum claim msn_claim(const struct opening *o)
{
	struct slice first = o->first[CLIENT], line = line_next(&first);
	struct slice back = o->first[SERVER], answer = line_next(&back);

	if (is_opening(line) || (slice_starts(answer, "VER ") &&
	    is_opening(answer)))
		return YES;
	/* joined late: its own port and its own words */
	return o->midstream && o->port[SERVER] == 1863 && (is_command(line) ||
	    is_command(answer)) ? YES : NO;
}

static bool has_body(struct slice line)
{
	static const char *const words[] = { "MSG ", "UUX ", "ADL ", "NOT ",
		"UBX ", "GCF ", "PAG ", "RML ", "FQY ", "QRY ", "UUN ", "UBN " };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (slice_starts(line, words[i]))
			return true;
	return false;
}

static uint64_t body_length(struct slice line)
{
	struct slice last = slice_of("", 0);
	bool bad;
	uint64_t n;

	while (slice_more(line))
		last = ascii_word(&line);
	n = ascii_decimal(last, &bad);
	return bad ? 0 : n;
}

/* "Name: value" in a body of such lines. */
static struct slice field(struct slice body, const char *name)
{
	struct slice after = find_after(body, name);

	return ascii_trim(line_next(&after));
}

static void message(struct dissection *d, enum side from, struct slice body)
{
	struct fact file = { .kind = FACT_FILE, .from = from };
	bool bad;

	file.text = field(body, "Application-File: ");
	file.bytes = ascii_decimal(field(body, "Application-FileSize: "), &bad);
	if (slice_more(file.text))
		d->emit(d, &file);
}

/* "USR 7 OK anna@example.com Anna", "ANS 1 anna@example.com ..." */
static void account(struct dissection *d, enum side from, struct slice line)
{
	struct fact fact = { .kind = FACT_ACCOUNT, .from = CLIENT };

	ascii_word(&line);
	ascii_word(&line);
	fact.proof = PROOF_CLAIM;
	if (from == SERVER) {
		if (!slice_is(ascii_word(&line), "OK"))
			return;
		fact.proof = PROOF_ACCEPTED;
	}
	fact.text = ascii_word(&line);
	if (!slice_short(find_after(fact.text, "@")))
		d->emit(d, &fact);
}

/* False: its body is not there yet. */
static bool command(struct dissection *d, enum side from, struct slice line,
    struct slice *rest)
{
	uint64_t n = has_body(line) ? body_length(line) : 0;

	if (slice_starts(line, "ANS ") ? from == CLIENT :
	    slice_starts(line, "USR ") && from == SERVER)
		account(d, from, line);
	if (n == 0)
		return true;
	if (n > BODY_LONGEST) {
		pass_over(d, rest, n);
		return true;
	}
	if (rest->n < n)
		return false;
	message(d, from, slice_take(rest, (size_t)n));
	return true;
}

static enum verdict msn_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct msn *msn = d->state;

	if (d->lost)
		msn->mid_line[from] = true;
	while (slice_more(*in)) {
		struct slice rest = *in, line = line_next(&rest);

		if (slice_short(rest)) {
			if (in->n < LINE_LONGEST)
				return MORE;
			msn->mid_line[from] = true;
			drop_all(in);
			return MORE;
		}
		/* after a hole: go on at the first line that makes sense */
		if (msn->mid_line[from])
			msn->mid_line[from] = !is_command(line);
		if (!msn->mid_line[from] && !command(d, from, line, &rest))
			return MORE;
		*in = rest;
	}
	return MORE;
}

const struct dissector dissector_msn = {
	.name = "msn",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct msn),
	.claim = msn_claim,
	.feed = msn_feed,
};
