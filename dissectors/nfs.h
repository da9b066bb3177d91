/* nfs.h - NFS calls and replies, whatever carries them. */
#ifndef NFS_H
#define NFS_H

#include "wire.h"

enum { NFS_NAME = 64, NFS_ASKED = 32, NFS_FILES = 16,
	NFS_RECORD_MOST = 8 << 20 };

struct nfs_name {
	uint8_t n;
	char text[NFS_NAME];
};

/* A call whose reply tells something: bytes read, or a file's handle. */
struct nfs_asked {
	uint32_t xid;
	uint8_t version;		/* 0: a free place */
	bool reads;			/* else: asks for a handle by name */
	uint32_t handle;		/* a checksum of it: what is read */
	struct nfs_name name;
};

struct nfs_file {
	uint32_t handle;
	bool told;
	struct nfs_name name;
};

struct nfs {
	bool mid_record[2];		/* a further fragment follows */
	uint32_t next_file;
	struct nfs_asked asked[NFS_ASKED];
	struct nfs_file files[NFS_FILES];
};

/* Does it begin a call of NFS, after the xid's place? */
bool nfs_is_call(struct slice s);

/* One message, or its beginning: calls from the client, replies to them. */
void nfs_message(struct dissection *d, enum side from, struct slice s);

#endif
