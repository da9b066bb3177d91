#include "alert/output.h"

#define OUTPUT(name) extern const struct output output_##name;
#include "list.h"
#undef OUTPUT

const struct output *const outputs[] = {
#define OUTPUT(name) &output_##name,
#include "list.h"
#undef OUTPUT
	NULL
};

void output_name(const struct output *o, const void *settings,
    char *name, size_t size)
{
	const struct output_common *c = settings;
	struct text t = text_in(name, size);

	if (c->failover != NULL)
		text_printf(&t, "failover:%s", c->failover);
	else if (c->name != NULL)
		text_add(&t, c->name);
	else
		o->label(settings, &t);
}
