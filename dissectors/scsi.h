/*
 * scsi.h - which SCSI commands move data, as USB and iSCSI carry them (SBC-3).
 */
#ifndef SCSI_H
#define SCSI_H

#include "base/slice.h"

enum { SCSI_WRAPPER = 31 };		/* bytes of a bulk-only wrapper */

enum scsi_move { SCSI_OTHER, SCSI_READ, SCSI_WRITE };

/* cdb: from the operation code on. */
static inline enum scsi_move scsi_moves(struct slice cdb)
{
	switch (slice_u8(&cdb)) {
	case 0x08: case 0x28: case 0xa8: case 0x88:	/* READ 6 10 12 16 */
		return SCSI_READ;
	case 0x0a: case 0x2a: case 0xaa: case 0x8a:	/* WRITE 6 10 12 16 */
	case 0x2e: case 0xae: case 0x8e:		/* WRITE AND VERIFY */
		return SCSI_WRITE;
	}
	return SCSI_OTHER;
}

/*
 * USB Mass Storage Bulk-Only Transport 5.1: a command block wrapper, and the
 * bytes that the command is to move.
 */
static inline enum scsi_move scsi_wrapper(struct slice s, uint32_t *length)
{
	bool wrapper = slice_starts(s, "USBC");

	slice_skip(&s, 8);
	*length = slice_le32(&s);
	slice_skip(&s, 3);		/* flags, LUN, command length */
	return wrapper ? scsi_moves(s) : SCSI_OTHER;
}

#endif
