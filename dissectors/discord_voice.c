/*
 * discord_voice.c - the IP discovery that opens every Discord voice channel.
 *
 * discord.com/developers/docs/topics/voice-connections: 74 bytes: type (1
 * asks, 2 answers), length 70, SSRC, 64 bytes of address text, port.  The
 * media that follow are encrypted RTP: calls, never files.
 */
#include <netinet/in.h>

#include "wire.h"

enum { ASKS = 1, ANSWERS = 2, LENGTH = 70 };

static bool is_discovery(struct slice s, uint16_t type)
{
	struct slice address;

	if (s.n != LENGTH + 4 || slice_u16(&s) != type ||
	    slice_u16(&s) != LENGTH)
		return false;
	slice_u32(&s);			/* SSRC */
	address = slice_take(&s, 64);
	if (type == ASKS)
		return address.p[0] == 0 && address.p[63] == 0;
	return ascii_plain(slice_until(&address, '\0'));
}

static enum claim discord_voice_claim(const struct opening *o)
{
	return is_discovery(o->first[CLIENT], ASKS) ||
	    is_discovery(o->first[SERVER], ANSWERS) ? YES : NO;
}

static enum verdict discord_voice_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct fact app = { .kind = FACT_APP, .from = from,
		.text = slice_str("call") };

	drop_all(in);
	d->emit(d, &app);
	return DONE;
}

const struct dissector dissector_discord_voice = {
	.name = "discord-voice",
	.tells = (const char *const[]){ "call", NULL },
	.proto = IPPROTO_UDP,
	.claim = discord_voice_claim,
	.feed = discord_voice_feed,
};
