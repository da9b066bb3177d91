/*
 * irc.c - IRC: nicks, accounts, channels, and the files offered by DCC.
 *
 * RFC 1459, RFC 2812, IRCv3 (message tags, SASL, echo-message), STARTTLS by
 * numeric 670.  A nick counts when the server says 001 to it, an account
 * when it says 900, a channel when the server lets the client in.  What is
 * said there is not looked at, but for DCC offers (irc_dcc.c).
 *
 * Lines longer than the caller keeps are dropped up to their end.
 */
#include <netinet/in.h>

#include "irc.h"

enum { LINE_LONGEST = 8192 + 512 };	/* tags and text: IRCv3 */

static const char *const commands[] = { "NOTICE", "PRIVMSG", "PING", "PONG",
	"JOIN", "PART", "QUIT", "NICK", "MODE", "TOPIC", "KICK", "ERROR", "CAP",
	"AUTHENTICATE", "TAGMSG", "INVITE", "WALLOPS", "ACCOUNT", "AWAY" };

static bool is_numeric(struct slice word)
{
	bool bad;

	return word.n == 3 && ascii_decimal(word, &bad) < 1000 && !bad;
}

static bool is_command(struct slice word)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (slice_is(word, commands[i]))
			return true;
	return is_numeric(word);
}

/* ":server 001 nick :Welcome", ":nick!user@host PRIVMSG #room :text" */
static bool is_relayed(struct slice line)
{
	struct slice prefix;

	if (!slice_starts(line, ":"))
		return false;
	prefix = ascii_word(&line);
	return prefix.n > 1 && ascii_plain(prefix) &&
	    is_command(ascii_word(&line)) && slice_more(line);
}

/* "USER name mode unused :real name"; FTP and POP3 have one parameter. */
static bool is_user(struct slice line)
{
	struct slice words = line;

	if (!ascii_same(ascii_word(&words), "USER"))
		return false;
	ascii_word(&words);
	ascii_word(&words);
	return slice_more(ascii_word(&words)) && slice_more(words);
}

/* The first bytes of a line not whole yet. */
static bool could_be_client(struct slice s)
{
	return could_start(s, "NICK ") || could_start(s, "USER ") ||
	    could_start(s, "CAP ") || could_start(s, "PASS ") ||
	    could_start(s, "STARTTLS");
}

static enum claim claim_client(struct slice all)
{
	struct slice first = all, line = line_next(&first);

	if (slice_short(first))
		return all.n < 256 && could_be_client(all) ? MAYBE : NO;
	if (ascii_starts(line, "NICK ") || ascii_starts(line, "CAP LS") ||
	    ascii_starts(line, "CAP REQ ") || is_user(line) ||
	    ascii_same(line, "STARTTLS"))
		return YES;
	if (!ascii_starts(line, "PASS "))
		return NO;
	line = line_next(&first);
	return slice_short(first) ? MAYBE : ascii_starts(line, "NICK ") ||
	    is_user(line) || ascii_starts(line, "SERVER ") ? YES : NO;
}

static enum claim claim_server(struct slice first)
{
	struct slice line = line_next(&first);

	if (slice_short(first))
		return NO;
	return is_relayed(line) || slice_starts(line, "NOTICE AUTH :") ||
	    slice_starts(line, "NOTICE * :*") ? YES : NO;
}

static enum claim irc_claim(const struct opening *o)
{
	enum claim by_client = claim_client(o->first[CLIENT]);
	enum claim by_server = claim_server(o->first[SERVER]);

	if (by_client == YES || by_server == YES)
		return YES;
	if (o->midstream && o->first[CLIENT].n) {
		struct slice first = o->first[CLIENT];
		struct slice line = line_next(&first);

		if (slice_starts(line, "PRIVMSG #") ||
		    is_relayed(line))
			return YES;
		/* a word that others know too: hear the answer first */
		if (by_client == NO && o->first[SERVER].n == 0 &&
		    (slice_starts(line, "ISON ") || is_command(
		    ascii_word(&line))))
			return MAYBE;
	}
	return by_client;
}

static bool is_own(const struct irc *irc, struct slice nick)
{
	return nick.n == irc->nick_n &&
	    memcmp(nick.p, irc->nick, nick.n) == 0;
}

static void learn_nick(struct irc *irc, struct slice nick)
{
	if (nick.n == 0 || nick.n > IRC_NICK || slice_is(nick, "*"))
		return;
	memcpy(irc->nick, nick.p, nick.n);
	irc->nick_n = (uint8_t)nick.n;
}

static void account(struct dissection *d, struct slice name,
    struct slice detail)
{
	struct fact fact = { .kind = FACT_ACCOUNT, .from = CLIENT,
		.text = name, .detail = detail, .proof = PROOF_ACCEPTED };

	if (slice_more(name))
		d->emit(d, &fact);
}

static void numeric(struct dissection *d, struct slice server,
    struct slice code, struct slice rest)
{
	struct irc *irc = d->state;
	struct slice nick = ascii_word(&rest);

	if (slice_is(code, "001"))
		account(d, nick, server);
	if (slice_is(code, "001") || irc->nick_n == 0)
		learn_nick(irc, nick);
	if (slice_is(code, "900")) {
		ascii_word(&rest);		/* nick!user@host */
		account(d, ascii_word(&rest), server);
	}
}

static void joined(struct dissection *d, struct slice rest)
{
	struct fact room = { .kind = FACT_ROOM, .from = CLIENT };

	room.text = ascii_word(&rest);
	if (slice_starts(room.text, ":"))
		slice_skip(&room.text, 1);
	if (slice_more(room.text))
		d->emit(d, &room);
}

static void ctcp(struct dissection *d, enum side from, struct slice text)
{
	struct slice body = find_after(text, "\001DCC ");
	struct slice rest = body;
	struct slice inside = slice_until(&rest, '\001');

	if (!slice_short(body))
		irc_dcc(d, from, slice_short(rest) ? body : inside);
}

static void relayed(struct dissection *d, enum side from, struct slice prefix,
    struct slice command, struct slice rest)
{
	struct irc *irc = d->state;
	struct slice who = prefix, nick = slice_until(&who, '!');

	if (slice_short(who))
		nick = prefix;
	if (is_numeric(command))
		numeric(d, prefix, command, rest);
	else if (ascii_same(command, "JOIN") && is_own(irc, nick))
		joined(d, rest);
	else if (ascii_same(command, "NICK") && is_own(irc, nick)) {
		if (slice_starts(rest, ":"))
			slice_skip(&rest, 1);
		learn_nick(irc, ascii_word(&rest));
	} else if ((ascii_same(command, "PRIVMSG") ||
	    ascii_same(command, "NOTICE")) && !is_own(irc, nick)) {
		ctcp(d, from, rest);
	}
}

static enum verdict line(struct dissection *d, enum side from, struct slice s)
{
	struct slice prefix = slice_of("", 0), command;

	if (slice_starts(s, "@"))
		ascii_word(&s);			/* message tags */
	if (slice_starts(s, ":")) {
		prefix = ascii_word(&s);
		slice_skip(&prefix, 1);
	}
	command = ascii_word(&s);
	if (from == SERVER && slice_is(command, "670"))
		return UPGRADE;
	if (from == SERVER)
		relayed(d, from, prefix, command, s);
	else if (ascii_same(command, "PRIVMSG") ||
	    ascii_same(command, "NOTICE"))
		ctcp(d, from, s);
	return MORE;
}

static enum verdict irc_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct irc *irc = d->state;

	if (d->lost)
		irc->mid_line[from] = true;
	while (slice_more(*in)) {
		struct slice rest = *in, text = line_next(&rest);

		if (slice_short(rest)) {
			if (in->n >= LINE_LONGEST || irc->mid_line[from]) {
				irc->mid_line[from] = true;
				drop_all(in);
			}
			return MORE;
		}
		*in = rest;
		if (irc->mid_line[from])
			irc->mid_line[from] = false;
		else if (line(d, from, text) == UPGRADE)
			return UPGRADE;
	}
	return MORE;
}

const struct dissector dissector_irc = {
	.name = "irc",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct irc),
	.claim = irc_claim,
	.feed = irc_feed,
};
