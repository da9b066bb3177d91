/*
 * event.h - what a worker tells the core.
 *
 * Flat and fixed in size, without pointers, so an event outlives its packet
 * and can cross a process or a network.  It says what was seen, never what
 * it means: users, groups and policy are the reader's business.
 */
#ifndef FLOW_EVENT_H
#define FLOW_EVENT_H

#include "flow/flow.h"

enum event_kind {
	EV_TICK,		/* time has passed; nothing else is set */
	EV_FLOW,		/* totals of a living flow so far */
	EV_FLOW_END,		/* totals of a flow that is over */
	EV_TRANSFER,		/* a file, or a group of them, has moved;
				   text: its name, if it was in clear */
	EV_FILE,		/* text: a file name, up: its size or 0 */
	EV_ROOM,		/* text: channel, room or share opened */
	EV_ACCOUNT,		/* text: account on the flow's own service,
				   host: its realm; sureness: enum proof */
	EV_BINDING,		/* client belongs to text (account) on host
				   (device name) with mac; count: seconds it
				   holds, 0 unknown; sureness: enum proof */
	EV_UNBIND,		/* client is released */
	EV_DEVICE		/* text: a device appeared or was attached;
				   client, client_port: where it is, and
				   listens (0: not told); host: what for */
};

enum method { METHOD_NONE, METHOD_TLS_RECORDS, METHOD_QUIC, METHOD_SEGMENTS,
	METHOD_CLEAR, METHOD_USB_SCSI, METHOD_SMB, METHOD_FLOW_BYTES,
	METHOD_ENDPOINT };

enum event_flag {
	EVENT_UPLOAD = 1,	/* EV_TRANSFER: from client to server */
	EVENT_PROGRESS = 2,	/* EV_TRANSFER: more of it will follow */
	EVENT_LOWER_BOUND = 4,	/* capture loss touched it */
	EVENT_COMMON = 8,	/* the same object went to several users */
	EVENT_MIDSTREAM = 16,	/* the flow began before we looked */
	EVENT_BLIND = 32,	/* its true name is hidden: ECH */
	EVENT_OWN_MAC = 64,	/* EV_BINDING, EV_UNBIND: the proof tells the
				   MAC; else it is the frame's, a router's
				   maybe */
	EVENT_MADE_UP = 128	/* EV_DEVICE: text is an identifier */
};

/* The longest names that people have: the 64 bytes of a principal name and a
 * realm of 46 behind it. */
enum { EVENT_HOST = 72, EVENT_TEXT = 112 };

struct event {
	int64_t at_us;			/* now; for a transfer, its end */
	int64_t start_us;
	uint64_t flow;			/* unique per worker */
	uint64_t up, down;		/* bytes; EV_TRANSFER: up = content
					   bytes, down = wire bytes */
	uint64_t largest;		/* biggest object possible */
	struct addr client, server;
	uint16_t client_port, server_port;
	uint16_t app;			/* nDPI number, 0: not asked */
	uint16_t dissector;		/* place in dissectors[] + 1 */
	uint32_t packets_up, packets_down;
	uint32_t count, count_lo, count_hi;	/* files; EV_FLOW: count =
					   requests seen, 0: not counted */
	uint32_t lost;			/* bytes missed by the capture */
	uint32_t rule;			/* catalogue rule + 1, 0: none */
	uint32_t catalogue;		/* which one: config->print */
	uint8_t kind;			/* enum event_kind */
	uint8_t proto;			/* IPPROTO_* */
	uint8_t evidence, confidence;	/* of the flow's name */
	uint8_t method, sureness;	/* of the transfer, 0 to 100 */
	uint8_t flags;			/* enum event_flag */
	uint8_t worker;
	uint8_t mac[6];			/* the client's, zero: unknown */
	uint16_t vlan;
	char host[EVENT_HOST];		/* its last bytes, if it is longer */
	char text[EVENT_TEXT];
};

_Static_assert(sizeof(struct event) <= 320, "five cache lines");

/* Is it a TCP flow long enough to show both sides?  An attempt to connect that
 * nobody answers is no proof of anything.  And is it one of which one
 * direction alone was seen? */
bool event_shows_sides(const struct event *ev);
bool event_one_sided(const struct event *ev);

/* As records write them: "sni", "tls-records"; out of range: "none". */
const char *evidence_name(unsigned int evidence);
const char *method_name(unsigned int method);

#endif
