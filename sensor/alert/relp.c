#include "alert/relp.h"

enum { DIGITS = 9, COMMAND = 32 };

static uint32_t number(struct slice digits, bool *fine)
{
	uint32_t v = 0;

	*fine = *fine && digits.n > 0 && digits.n <= DIGITS;
	while (*fine && slice_more(digits)) {
		uint8_t c = slice_u8(&digits);

		*fine = c >= '0' && c <= '9';
		v = v * 10 + (uint32_t)(c - '0');
	}
	return v;
}

/* The length ends with a space, or with the line when it is 0. */
static struct slice length_field(struct slice *in)
{
	struct slice at = *in;

	while (slice_more(at) && at.p[0] != ' ' && at.p[0] != '\n')
		slice_skip(&at, 1);
	return slice_take(in, in->n - at.n);
}

/* No more bytes could make a frame of this beginning. */
static enum relp_read incomplete(struct slice in)
{
	return in.n > DIGITS + COMMAND + DIGITS + RELP_ANSWER + 4 ?
	    RELP_DAMAGED : RELP_PARTIAL;
}

enum relp_read relp_read(struct slice *in, struct relp_frame *f)
{
	struct slice at = *in, txnr, length;
	bool fine = true;
	uint32_t n;

	txnr = slice_until(&at, ' ');
	f->command = slice_until(&at, ' ');
	length = length_field(&at);
	if (slice_short(at) || !slice_more(at))
		return incomplete(*in);
	f->txnr = number(txnr, &fine);
	n = number(length, &fine);
	if (!fine || n > RELP_ANSWER || f->command.n > COMMAND)
		return RELP_DAMAGED;
	if (n > 0)
		slice_skip(&at, 1);
	f->data = slice_take(&at, n);
	if (slice_short(at) || !slice_more(at))
		return incomplete(*in);
	if (slice_u8(&at) != '\n')
		return RELP_DAMAGED;
	*in = at;
	return RELP_FRAME;
}

unsigned int relp_code(struct slice data)
{
	bool fine = true;
	unsigned int code = number(slice_take(&data, 3), &fine);

	return fine ? code : 0;
}
