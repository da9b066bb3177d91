#include "worker/sockets.h"

#include <netinet/in.h>

enum { SOCKETS_MAX = 8192 };

struct socket_key {
	struct addr addr;
	uint16_t port;
};

bool sockets_init(struct sockets *s)
{
	return table_init(&s->rules, sizeof(struct socket_key),
	    sizeof(uint32_t), SOCKETS_MAX);
}

void sockets_free(struct sockets *s)
{
	table_free(&s->rules);
}

static struct socket_key key_of(const struct addr *addr, uint16_t port)
{
	struct socket_key key;

	memset(&key, 0, sizeof(key));
	key.addr = *addr;
	key.port = port;
	return key;
}

void sockets_learn(struct sockets *s, const struct flow *f, uint32_t rule)
{
	struct socket_key key = key_of(flow_client(f), flow_client_port(f));
	bool fresh;

	if (f->key.proto == IPPROTO_UDP)
		*(uint32_t *)table_make(&s->rules, &key, &fresh) = rule;
}

uint32_t sockets_find(struct sockets *s, const struct flow *f)
{
	struct socket_key client = key_of(flow_client(f),
	    flow_client_port(f));
	struct socket_key server = key_of(flow_server(f),
	    flow_server_port(f));
	const uint32_t *rule;

	if (f->key.proto != IPPROTO_UDP || table_count(&s->rules) == 0)
		return 0;
	rule = table_find(&s->rules, &client);
	if (rule == NULL)
		rule = table_find(&s->rules, &server);
	return rule == NULL ? 0 : *rule;
}

void sockets_renumber(struct sockets *s,
    uint32_t (*now)(uint32_t rule, void *arg), void *arg)
{
	uint32_t *rule;

	for (rule = table_oldest(&s->rules); rule != NULL;
	    rule = table_newer(&s->rules, rule))
		*rule = *rule == 0 ? 0 : now(*rule, arg);
}
