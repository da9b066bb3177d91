/*
 * DNS answers: any bytes as a message, by themselves or behind the header of
 * an answer to one question.  Over UDP and over TCP, in pieces of any size,
 * the same is said.
 */
#include "heard.h"

enum { MESSAGE_MAX = 4096, HEADER = 12 };

extern const struct dissector dissector_dns, dissector_dns_tcp;
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	/* id, response, one question, 64 answers, nothing else */
	static const uint8_t answer[HEADER] = { 7, 7, 0x81, 0x80, 0, 1, 0, 64 };
	static struct heard datagram, stream;
	uint8_t message[2 + HEADER + MESSAGE_MAX];
	struct slice s = slice_of(bytes, n);
	uint8_t how = slice_u8(&s);
	size_t head = how & 1 ? HEADER : 0;

	s = slice_head(s, MESSAGE_MAX);
	message[0] = (uint8_t)((head + s.n) >> 8);
	message[1] = (uint8_t)(head + s.n);
	memcpy(message + 2, answer, head);
	if (s.n > 0)
		memcpy(message + 2 + head, s.p, s.n);
	heard_begin(&datagram, &dissector_dns);
	heard_feed(&datagram, SERVER, message + 2, head + s.n);
	heard_end(&datagram);
	heard_begin(&stream, &dissector_dns_tcp);
	heard_stream(&stream, SERVER, slice_of(message, 2 + head + s.n),
	    1u + (how >> 1));
	heard_end(&stream);
	heard_same(&datagram, &stream);
	return 0;
}
