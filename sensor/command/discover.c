/*
 * discover.c - hosts that move files and that no rule names.
 *
 * From transfer records to a catalogue file for the site to correct: one
 * service per host, with all that is known of it.  What is not known, whether
 * it is a cloud, a chat or nobody's business, is the reader's to say; the
 * category follows from where the server stands and is a guess.
 */
#include "command/discover.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "analysis/records.h"
#include "base/table.h"
#include "command/command.h"
#include "track/popular.h"

enum { HOSTS_MAX = 16384, SHOWN = 100, LEAST_BYTES = 50000, HOST = 128,
	ID = 40 };

struct found_key {
	char host[HOST];		/* empty: the address and port say */
	struct addr server;		/* zero when there is a host */
	uint16_t port;
	uint8_t proto;
};

struct found {
	struct found_key key;
	struct addr server;		/* the last one seen */
	uint64_t up, down, files;
	uint32_t transfers;
	uint64_t clients;		/* bitmap by hash */
};

struct search {
	const struct catalogue *c;
	struct table hosts;		/* struct found_key -> struct found */
};

/* Of the letters that a name may have, which cannot end the quotes. */
static struct slice host_of(const struct event *ev)
{
	size_t n = strnlen(ev->host, sizeof(ev->host));

	return slice_of(ev->host, strspn(ev->host, "abcdefghijklmnopqrstuvwxyz"
	    "0123456789-_.") == n ? n : 0);
}

/* Files, by their size: what is smaller is mostly pages and pictures. */
static bool wanted(const struct search *s, const struct event *ev)
{
	struct slice host = host_of(ev);

	if (ev->kind != EV_TRANSFER || ev->rule != 0 ||
	    ev->up < LEAST_BYTES)
		return false;
	return slice_more(host) ? catalogue_host(s->c, host) == NULL :
	    catalogue_addr(s->c, &ev->server, ev->proto,
	    ev->server_port) == NULL;
}

static bool see(const struct event *ev, void *arg)
{
	struct search *s = arg;
	struct found_key k = { .port = ev->server_port, .proto = ev->proto };
	struct found *f;
	bool fresh;

	if (!wanted(s, ev))
		return true;
	if (host_of(ev).n > 0)
		snprintf(k.host, sizeof(k.host), "%s", ev->host);
	else
		k.server = ev->server;
	f = table_make(&s->hosts, &k, &fresh);
	if (f == NULL)
		return true;
	f->key = k;
	f->server = ev->server;
	f->transfers++;
	f->files += ev->count;
	if (ev->flags & EVENT_UPLOAD)
		f->up += ev->up;
	else
		f->down += ev->up;
	f->clients |= 1ULL << name_hash(slice_of((const char *)ev->client.b,
	    sizeof(ev->client.b))) % 64;
	return true;
}

static int more_bytes(const void *a, const void *b)
{
	const struct found *x = *(const struct found *const *)a;
	const struct found *y = *(const struct found *const *)b;
	uint64_t nx = x->up + x->down, ny = y->up + y->down;

	return nx != ny ? (nx < ny ? 1 : -1) :
	    memcmp(&x->key, &y->key, sizeof(x->key));
}

/* A host's letters as an id; the place makes it the only one of its kind. */
static void print_id(const struct found *f, size_t place, bool named)
{
	char address[ADDR_TEXT], id[ID];
	const char *from = named ? f->key.host :
	    addr_text(&f->server, address);
	size_t n = strlen(from), i = 0;

	from += n > ID - 8 ? n - (ID - 8) : 0;
	for (; *from != '\0' && i < sizeof(id) - 1; from++)
		id[i++] = (*from >= 'a' && *from <= 'z') ||
		    (*from >= '0' && *from <= '9') ? *from : '-';
	id[i] = '\0';
	printf("  %s-%zu:\n", id, place);
}

static const char *category(const struct found *f)
{
	return addr_is_private(&f->server) ? "lan-share" : "cloud";
}

static void print_found(const struct found *f, size_t place)
{
	const char *proto = f->key.proto == IPPROTO_UDP ? "udp" : "tcp";
	bool named = f->key.host[0] != '\0';
	char address[ADDR_TEXT];

	addr_text(&f->server, address);
	print_id(f, place, named);
	printf("    # %" PRIu64 " bytes up, %" PRIu64 " down, in %" PRIu32
	    " transfers of %" PRIu64 " files; about %d client%s;\n"
	    "    # %s %s/%u\n", f->up, f->down, f->transfers, f->files,
	    __builtin_popcountll(f->clients),
	    __builtin_popcountll(f->clients) == 1 ? "" : "s", address, proto,
	    f->key.port);
	printf("    name: \"%s\"\n    category: %s\n    rules:\n",
	    named ? f->key.host : address, category(f));
	if (named)
		printf("      - {role: mixed, hosts: [\"%s\"]}\n",
		    f->key.host);
	else
		printf("      - {role: mixed, addresses: [\"%s/%d\"], "
		    "ports: [%s/%u]}\n", address,
		    addr_is_v4(&f->server) ? 32 : 128, proto, f->key.port);
}

static int print_all(struct search *s)
{
	const struct found **list = calloc(table_count(&s->hosts) + 1,
	    sizeof(*list));
	size_t n = 0;

	if (list == NULL)
		return EXIT_RUNTIME;
	for (const struct found *f = table_oldest(&s->hosts); f != NULL;
	    f = table_newer(&s->hosts, f))
		list[n++] = f;
	if (n > 1)
		qsort(list, n, sizeof(*list), more_bytes);
	printf("# %zu host%s that no rule names moved files of 50 kB or more; "
	    "the most bytes\n# first.  Correct names, categories and roles, "
	    "then keep it as a file of the site's own.\n%s\n", n,
	    n == 1 ? "" : "s",
	    n == 0 ? "" : "catalogue: 1\nservices:");
	for (size_t i = 0; i < n && i < SHOWN; i++)
		print_found(list[i], i + 1);
	free(list);
	return EXIT_FINE;
}

int discover(const struct catalogue *c, char *const *paths)
{
	static char *const standard_input[] = { "-", NULL };
	struct search s = { .c = c };
	int code = EXIT_FINE;

	if (!table_init(&s.hosts, sizeof(struct found_key),
	    sizeof(struct found), HOSTS_MAX))
		return EXIT_RUNTIME;
	if (*paths == NULL)
		paths = standard_input;
	for (; *paths != NULL; paths++) {
		int one = records_file(*paths, NULL, see, &s);

		code = one > code ? one : code;
	}
	if (code != EXIT_RUNTIME && print_all(&s) != EXIT_FINE)
		code = EXIT_RUNTIME;
	table_free(&s.hosts);
	return code;
}
