/*
 * smb.h - what smb.c (frames, sessions) and smb_files.c (trees, files) share.
 */
#ifndef SMB_H
#define SMB_H

#include "ntlm.h"

enum { SMB_SHARE = 96, SMB_NAME = 64, SMB_FILES = 24, SMB_CREATES = 8,
	SMB_READS = 64, SMB_TREES = 8 };

enum { SMB_NEGOTIATE = 0, SMB_SESSION_SETUP = 1, SMB_TREE_CONNECT = 3,
	SMB_CREATE = 5, SMB_CLOSE = 6, SMB_READ = 8, SMB_WRITE = 9 };

struct smb_header {
	uint16_t command;
	uint32_t status, flags, next, tree;
	uint64_t message;
	uint32_t room;			/* content is no longer than this */
};

struct smb_file {
	uint8_t id[16];			/* persistent and volatile */
	uint64_t size;			/* when it was opened */
	bool told;
	uint8_t name_n;
	char name[SMB_NAME];
};

struct smb_create {			/* asked for, not answered yet */
	uint64_t message;
	uint8_t name_n;
	char name[SMB_NAME];
};

struct smb_read {
	uint64_t message;
	uint8_t file;			/* place in files[], or SMB_FILES */
	bool waiting;
};

struct smb {
	bool setup, setup1;		/* names hold a logon in progress */
	bool encrypted;			/* told once */
	uint8_t next_file, next_create, next_tree, next_read;
	uint64_t tree_message;
	uint8_t share_n;
	char share[SMB_SHARE];		/* the tree asked for */
	uint32_t other_trees[SMB_TREES];	/* pipes and printers */
	struct ntlm_names names;
	struct smb_create creates[SMB_CREATES];
	struct smb_read reads[SMB_READS];
	struct smb_file files[SMB_FILES];
};

/*
 * One command about trees and files; message begins at its header, body
 * after it.  Both may be cut short: only what is read must be there.
 */
void smb_file_request(struct dissection *d, const struct smb_header *h,
    struct slice message, struct slice body);
void smb_file_response(struct dissection *d, const struct smb_header *h,
    struct slice body);

#endif
