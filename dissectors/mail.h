/* mail.h - the lines of a mail message, for those who carry one. */
#ifndef MAIL_H
#define MAIL_H

#include "wire.h"

enum { MAIL_LINE_LONGEST = 4096 };

struct mail {
	bool in_head;			/* of the message, or of a part */
	bool attached, base64;		/* this part */
	uint64_t chars;			/* of its content */
};

void mail_begins(struct mail *m);
void mail_line(struct dissection *d, struct mail *m, struct slice line);
void mail_ends(struct dissection *d, struct mail *m);

#endif
