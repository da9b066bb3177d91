/*
 * ntlm.c - the names in an NTLM AUTHENTICATE message, see ntlm.h.
 *
 * The strings are UTF-16 only when the flag says so (bit 0); older and
 * hand-made clients send OEM bytes, which are taken as they are.
 */
#include "base/text.h"
#include "ntlm.h"

enum { AUTHENTICATE = 3, FLAG_UNICODE = 1 };

static struct slice signature(struct slice buffer)
{
	static const uint8_t mark[8] = "NTLMSSP";
	const uint8_t *hit = buffer.n ? memmem(buffer.p, buffer.n, mark, 8) :
	    NULL;

	if (hit == NULL)
		return slice_of(NULL, 0);
	slice_skip(&buffer, (size_t)(hit - buffer.p));
	return buffer;
}

/* Length, allocated, offset: a field elsewhere in the message. */
static struct slice field(struct slice message, struct slice *fields)
{
	uint16_t n = slice_le16(fields);
	uint32_t at;

	slice_u16(fields);
	at = slice_le32(fields);
	slice_skip(&message, at);
	return slice_take(&message, n);
}

static uint8_t keep(uint8_t *name, struct slice s, bool unicode)
{
	if (unicode)
		return (uint8_t)utf16_text(s, (char *)name, NTLM_NAME).n;
	s = slice_head(s, NTLM_NAME);
	if (s.n)
		memcpy(name, s.p, s.n);
	return (uint8_t)s.n;
}

bool ntlm_authenticate(struct ntlm_names *names, struct slice buffer)
{
	struct slice message = signature(buffer), fields = message;
	struct slice domain, user, host;
	bool unicode;

	slice_skip(&fields, 8);
	if (slice_le32(&fields) != AUTHENTICATE)
		return false;
	slice_skip(&fields, 8 + 8);	/* the two responses */
	domain = field(message, &fields);
	user = field(message, &fields);
	host = field(message, &fields);
	slice_skip(&fields, 8);		/* session key */
	unicode = slice_le32(&fields) & FLAG_UNICODE;
	if (slice_short(fields) || slice_short(domain) || slice_short(user))
		return false;
	names->domain_n = keep(names->domain, domain, unicode);
	names->user_n = keep(names->user, user, unicode);
	names->host_n = keep(names->host, host, unicode);
	return names->user_n > 0;
}

void ntlm_tell(struct dissection *d, const struct ntlm_names *names,
    enum proof proof)
{
	char who[2 * NTLM_NAME + 2];
	struct text t = text_in(who, sizeof(who));
	struct fact fact = { .kind = FACT_BINDING, .from = CLIENT,
		.proof = proof,
		.detail = slice_of(names->host, names->host_n) };

	if (names->domain_n) {
		text_bytes(&t, names->domain, names->domain_n);
		text_add(&t, "\\");
	}
	text_bytes(&t, names->user, names->user_n);
	fact.text = slice_of(t.p, t.n);
	d->emit(d, &fact);
}
