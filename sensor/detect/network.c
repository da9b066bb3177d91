/*
 * network.c - autonomous systems that this site has moved files with.
 *
 * All files count, both ways; new ones are told after a week, when the usual
 * ones are known.
 */
#include "detect/network.h"

#include "base/text.h"

static const int64_t KNOWN_US = 7 * 86400000000LL;

bool network_is_new(const struct look *look)
{
	char name[16];
	struct text t = text_in(name, sizeof(name));
	uint32_t hash;
	bool known;

	if (look->did->to.asn == 0)
		return false;
	text_printf(&t, "AS%u", look->did->to.asn);
	hash = name_hash(slice_of(name, t.n));
	known = popular_since(look->popular, hash) != 0;
	if (popular_users(look->popular, hash, look->group->index,
	    look->day) == 0)
		popular_add(look->popular, hash, look->group->index,
		    look->day);
	return !known && look->at_us - look->since_us >= KNOWN_US;
}
