#include "dns_name.h"

enum { JUMPS_MOST = 16 };

void dns_name_skip(struct slice *at)
{
	while (slice_more(*at)) {
		uint8_t n = slice_u8(at);

		if (n >= 0xc0)
			slice_skip(at, 1);
		else if (n > 0x3f)
			*at = slice_of(NULL, 0);
		else
			slice_skip(at, n);
		if (n == 0 || n >= 0xc0)
			return;
	}
	*at = slice_of(NULL, 0);
}

struct slice dns_labels(struct slice s, char *name)
{
	size_t n = 0;

	while (slice_more(s)) {
		struct slice label = slice_block8(&s);

		if (label.n == 0 || n + label.n + 1 > DNS_NAME_LONGEST)
			break;
		if (n)
			name[n++] = '.';
		memcpy(name + n, label.p, label.n);
		n += label.n;
	}
	return slice_of(name, n);
}

struct slice dns_name(struct slice message, struct slice *at, char *name)
{
	struct slice s = *at;
	size_t limit = message.n, used = 0;
	int jumps = 0;

	dns_name_skip(at);
	while (slice_more(s)) {
		uint8_t n = slice_u8(&s);
		struct slice label;

		if (n == 0)
			return slice_of(name, used);
		if (n >= 0xc0) {
			size_t target = (n & 0x3fu) << 8 | slice_u8(&s);

			/* each jump goes further back: it must end */
			if (target >= limit || ++jumps > JUMPS_MOST)
				break;
			limit = target;
			s = message;
			slice_skip(&s, target);
			continue;
		}
		label = slice_take(&s, n);
		if (n > 0x3f || label.n == 0 ||
		    used + n + 1 >= DNS_NAME_LONGEST)
			break;
		if (used)
			name[used++] = '.';
		memcpy(name + used, label.p, n);
		used += n;
	}
	*at = slice_of(NULL, 0);
	return slice_of(name, 0);
}
