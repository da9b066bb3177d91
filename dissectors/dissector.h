/*
 * dissector.h - what a protocol dissector is, and all it may touch.
 *
 * A dissector turns the bytes of one flow into facts.  It owns nothing: the
 * caller hands it in-order bytes and zeroed per-flow memory, and copies what
 * it wants from each fact before emit() returns.  It never logs, never reads
 * a clock, and takes memory only from the budget it is given, for what has no
 * fixed size: decompressors and multiplexed streams.
 *
 * claim() is shown the first bytes of a flow, again and again as more come
 * in, until some dissector says YES or all say NO.  It keeps no state.  Then
 * feed() gets the flow from its first byte on.
 *
 * To add one: write dissectors/NAME.c defining dissector_NAME, and add a
 * line to dissectors/list.h.
 */
#ifndef DISSECTOR_H
#define DISSECTOR_H

#include "base/addr.h"
#include "base/budget.h"
#include "base/slice.h"

enum side { CLIENT, SERVER };		/* client: who opened the flow */

enum claim { NO, MAYBE, YES };

enum verdict {
	MORE,		/* call again when more bytes are there */
	DONE,		/* nothing further to learn here: just count bytes */
	UPGRADE,	/* what follows, on both sides, is another protocol
			   (STARTTLS): claim again with what is left in *in */
	NOT_MINE	/* not this protocol, or damaged beyond use */
};

/* The beginning of a flow.  Absent bytes are an empty slice. */
struct opening {
	struct slice first[2];	/* by side: up to 512 contiguous bytes, or
				   the first datagram */
	uint16_t port[2];
	bool midstream;		/* the very first bytes may be missing */
};

enum fact_kind {
	FACT_HOST,	/* text: the name the client asked for */
	FACT_CERT,	/* text: a name the server's certificate holds */
	FACT_ALPN,	/* text: the protocol offered or chosen inside TLS */
	FACT_ECH,	/* the true name is hidden; text: the cover name */
	FACT_APP,	/* text: what this flow turned out to be ("bittorrent") */
	FACT_ANSWER,	/* DNS: text was resolved to addr for ttl_s */
	FACT_FILE,	/* a file: text its name, bytes its size or 0;
			   `from` is the side that hands it over */
	FACT_MOVED,	/* bytes of file or device content went from `from`;
			   text: the file's name, where it is known.  Adds up:
			   one file moves in many pieces */
	FACT_ROOM,	/* text: channel, room or share that was opened */
	FACT_ACCOUNT,	/* text: account name; detail: realm or domain */
	FACT_BINDING,	/* addr belongs to text (account) / detail (host) */
	FACT_UNBIND,	/* addr is released */
	FACT_EXPECT,	/* a connection to addr:port will carry file `text` of
			   `bytes`; `from` hands it over.  The same addr:port
			   again: bytes have changed (a transfer is resumed) */
	FACT_DEVICE	/* text: a device was attached or discovered; detail */
};

/* How a proof of identity was come by; the caller turns it into trust. */
enum proof { PROOF_NONE, PROOF_LABEL, PROOF_CLAIM, PROOF_SENT, PROOF_ACCEPTED,
	PROOF_LEASE, PROOF_TICKET, PROOF_ACCOUNTING };

struct fact {
	enum fact_kind kind;
	enum side from;
	struct slice text;	/* both valid until emit() returns */
	struct slice detail;
	uint64_t bytes;
	struct addr addr;	/* zero: the flow's client; if mac is set,
				   unknown: join by MAC */
	uint16_t port;
	uint8_t mac[6];		/* zero: unknown */
	uint32_t ttl_s;		/* zero: not told */
	enum proof proof;
	bool framed;		/* FACT_EXPECT: a dissector will count the
				   file there, frames and heads apart */
	bool maybe;		/* FACT_MOVED: a file only where one was
				   expected, else somebody's words */
	bool made_up;		/* FACT_DEVICE: text is an identifier, not what
				   a person called it */
};

struct dissection {
	void *state;		/* dissector->state_size bytes, zeroed */
	const struct addr *addr[2];	/* the two ends, by side */
	uint16_t port[2];
	uint64_t skip;		/* set it, having emptied *in, to pass over
				   that many further bytes of this side without
				   seeing them; bytes lost there do no harm */
	uint64_t lost;		/* bytes missing just before this input; what
				   was left in *in before them is gone too */
	struct budget *budget;		/* the caller's, shared by flows */
	void (*emit)(struct dissection *d, const struct fact *fact);
	void *arg;		/* the caller's */
};

/* How the bytes of FACT_MOVED were counted. */
enum counting { COUNTS_CONTENT, COUNTS_SCSI, COUNTS_SMB };

struct dissector {
	const char *name;	/* also the application name of its flows */
	const char *const *tells;	/* FACT_APP's other words; NULL-ended */
	enum counting counts;
	uint8_t proto;		/* IPPROTO_TCP or IPPROTO_UDP */
	bool waits;		/* DONE with a name: still wants later bytes */
	size_t state_size;	/* 8 KiB at most */

	enum claim (*claim)(const struct opening *o);

	/*
	 * TCP: consume whole messages from *in and leave a partial one there;
	 * the caller keeps at most 16 KiB of it.  UDP: one datagram a call.
	 */
	enum verdict (*feed)(struct dissection *d, enum side from,
	    struct slice *in);

	/* NULL, or: give back what the state holds of the budget. */
	void (*close)(void *state);
};

extern const struct dissector *const dissectors[];	/* ends with NULL */

#endif
