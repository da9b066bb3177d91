/*
 * file_name.c - names of files as headers and addresses tell them.
 *
 * RFC 3986 2.1 (percent-encoding), RFC 6266 and RFC 2183
 * (Content-Disposition), RFC 8187 (filename*).
 */
#include "file_name.h"

static int hex_digit(uint8_t c)
{
	c = ascii_lower(c);
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void file_name_decode(struct file_name *name, struct slice s)
{
	name->n = 0;
	while (slice_more(s) && name->n < FILE_NAME) {
		uint8_t c = slice_u8(&s);

		if (c == '%' && s.n >= 2 && hex_digit(s.p[0]) >= 0 &&
		    hex_digit(s.p[1]) >= 0) {
			int high = hex_digit(slice_u8(&s));

			c = (uint8_t)(high << 4 | hex_digit(slice_u8(&s)));
		}
		name->text[name->n++] = (char)c;
	}
}

bool file_name_disposition(struct file_name *name, struct slice value)
{
	struct slice s = find_after(value, "filename*=");

	if (!slice_short(s)) {
		slice_until(&s, '\'');	/* character set, language */
		slice_until(&s, '\'');
		file_name_decode(name, slice_before(s, ';'));
		if (name->n)
			return true;
	}
	s = find_after(value, "filename=");
	if (slice_starts(s, "\"")) {
		slice_skip(&s, 1);
		s = slice_before(s, '"');
	} else {
		s = slice_before(s, ';');
	}
	file_name_decode(name, s);
	return name->n > 0;
}
