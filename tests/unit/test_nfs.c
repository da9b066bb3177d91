/* NFS, versions 2 to 4: the names and bytes of calls and replies. */
#include "bytes.h"
#include "dissect.h"

extern const struct dissector dissector_nfs, dissector_nfs_udp;

static void rpc(struct bytes *m, unsigned xid, unsigned version,
    unsigned procedure, const struct bytes *args)
{
	put_n(m, 0x80000000u | (40 + args->n), 4);
	put_n(m, xid, 4);
	put_n(m, 0, 4);
	put_n(m, 2, 4);
	put_n(m, 100003, 4);
	put_n(m, version, 4);
	put_n(m, procedure, 4);
	put_fill(m, 0, 16);			/* no credential, verifier */
	put(m, args->b, args->n);
}

static void rpc_reply(struct bytes *m, unsigned xid, const struct bytes *r)
{
	put_n(m, 0x80000000u | (24 + r->n), 4);
	put_n(m, xid, 4);
	put_n(m, 1, 4);
	put_fill(m, 0, 16);			/* accepted, success */
	put(m, r->b, r->n);
}

/* Version 4: PUTFH, OPEN by name, GETFH; then WRITE to that handle. */
static void test_nfs_open(void)
{
	static struct bytes c, s, w;
	struct bytes open = { .n = 0 }, opened = { .n = 0 };
	struct bytes wr = { .n = 0 };
	struct step all[3];

	put_fill(&open, 0, 4);
	put_n(&open, 0, 4);
	put_n(&open, 3, 4);
	put_n(&open, 22, 4);
	put_n(&open, 4, 4);
	put_text(&open, "dir.");
	put_n(&open, 18, 4);
	put_fill(&open, 'o', 20);
	put_n(&open, 4, 4);
	put_text(&open, "me..");
	put_n(&open, 1, 4);			/* create, unchecked */
	put_n(&open, 0, 4);
	put_n(&open, 2, 4);
	put_fill(&open, 'b', 8);
	put_n(&open, 4, 4);
	put_text(&open, "attr");
	put_n(&open, 0, 4);			/* by name */
	put_n(&open, 5, 4);
	put_text(&open, "b.dwg");
	put_fill(&open, 0, 3);
	put_n(&open, 10, 4);
	put_fill(&opened, 0, 8);
	put_n(&opened, 3, 4);
	put_n(&opened, 22, 4);
	put_n(&opened, 0, 4);
	put_n(&opened, 18, 4);
	put_n(&opened, 0, 4);
	put_fill(&opened, 's', 40);
	put_n(&opened, 1, 4);
	put_n(&opened, 7, 4);
	put_n(&opened, 0, 4);			/* no delegation */
	put_n(&opened, 10, 4);
	put_n(&opened, 0, 4);
	put_n(&opened, 4, 4);
	put_text(&opened, "bfh.");
	put_fill(&wr, 0, 4);
	put_n(&wr, 0, 4);
	put_n(&wr, 2, 4);
	put_n(&wr, 22, 4);
	put_n(&wr, 4, 4);
	put_text(&wr, "bfh.");
	put_n(&wr, 38, 4);
	put_fill(&wr, 0, 28);
	put_n(&wr, 90, 4);
	put_fill(&wr, 'w', 92);
	rpc(&c, 7, 4, 1, &open);
	rpc_reply(&s, 7, &opened);
	rpc(&w, 8, 4, 1, &wr);
	all[0] = (struct step)STEP(CLIENT, c);
	all[1] = (struct step)STEP(SERVER, s);
	all[2] = (struct step)STEP(CLIENT, w);
	treat(&dissector_nfs, "nfs-open", STEPS(all),
	    "FILE C b.dwg\nMOVED C b.dwg 90\n");
}

static void test_nfs(void)
{
	static struct bytes c, s, make, made;
	struct bytes w = { .n = 0 }, cr = { .n = 0 }, rd = { .n = 0 };
	struct bytes w4 = { .n = 0 }, rr = { .n = 0 }, fh = { .n = 0 };
	struct step all[4];

	put_n(&fh, 0, 4);
	put_n(&fh, 1, 4);
	put_n(&fh, 4, 4);
	put_text(&fh, "fh..");
	put_n(&cr, 4, 4);
	put_text(&cr, "root");
	put_n(&cr, 5, 4);
	put_text(&cr, "a.pdf");
	put_fill(&cr, 0, 7);
	put_n(&w, 4, 4);
	put_text(&w, "fh..");
	put_n(&w, 0, 8);
	put_n(&w, 600, 4);
	put_n(&w, 2, 4);
	put_n(&w, 600, 4);
	put_fill(&w, 'w', 600);
	put_n(&rd, 4, 4);
	put_text(&rd, "fh..");
	put_n(&rd, 0, 8);
	put_n(&rd, 4096, 4);
	put_fill(&w4, 0, 4);			/* tag */
	put_n(&w4, 1, 4);
	put_n(&w4, 3, 4);
	put_n(&w4, 53, 4);
	put_fill(&w4, 's', 32);
	put_n(&w4, 22, 4);
	put_n(&w4, 4, 4);
	put_text(&w4, "fh..");
	put_n(&w4, 38, 4);
	put_fill(&w4, 0, 28);
	put_n(&w4, 500, 4);
	put_fill(&w4, 'w', 500);
	rpc(&make, 1, 3, 8, &cr);
	rpc_reply(&made, 1, &fh);
	rpc(&c, 2, 3, 7, &w);
	rpc(&c, 3, 3, 6, &rd);
	rpc(&c, 4, 4, 1, &w4);
	put_n(&rr, 0, 4);
	put_n(&rr, 1, 4);
	put_fill(&rr, 'a', 84);
	put_n(&rr, 800, 4);
	put_n(&rr, 1, 4);
	put_n(&rr, 800, 4);
	put_fill(&rr, 'r', 800);
	rpc_reply(&s, 3, &rr);
	rpc_reply(&s, 9, &rr);			/* to a call not seen */
	all[0] = (struct step)STEP(CLIENT, make);
	all[1] = (struct step)STEP(SERVER, made);
	all[2] = (struct step)STEP(CLIENT, c);
	all[3] = (struct step)STEP(SERVER, s);
	treat(&dissector_nfs, "nfs", STEPS(all),
	    "FILE C a.pdf\nMOVED C a.pdf 600\nMOVED C a.pdf 500\n"
	    "MOVED S a.pdf 800\n");
	ok(grows_linearly(&dissector_nfs, all, 2, all[2]), "linear");
	for (int i = 0; i < 4; i++) {	/* a datagram has no mark */
		all[i].bytes = (const uint8_t *)all[i].bytes + 4;
		all[i].n -= 4;
	}
	treat(&dissector_nfs_udp, "nfs-udp", all, 2, "");
	test_nfs_open();
}

/* A path is looked up, its end's handle is asked for; then it is opened by
 * that handle, and delegated to the client for writing. */
static void test_nfs_lookup(void)
{
	static struct bytes c, s, o, d, w;
	struct bytes look = { .n = 0 }, looked = { .n = 0 };
	struct bytes open = { .n = 0 }, opened = { .n = 0 };
	struct bytes wr = { .n = 0 };

	put_fill(&look, 0, 4);
	put_n(&look, 0, 4);
	put_n(&look, 4, 4);
	put_n(&look, 24, 4);
	put_n(&look, 15, 4);
	put_n(&look, 4, 4);
	put_text(&look, "home");
	put_n(&look, 15, 4);
	put_n(&look, 5, 4);
	put_text(&look, "c.xls");
	put_fill(&look, 0, 3);
	put_n(&look, 10, 4);
	put_fill(&looked, 0, 8);
	put_n(&looked, 4, 4);
	put_n(&looked, 24, 4);
	put_n(&looked, 0, 4);
	for (int i = 0; i < 2; i++) {
		put_n(&looked, 15, 4);
		put_n(&looked, 0, 4);
	}
	put_n(&looked, 10, 4);
	put_n(&looked, 0, 4);
	put_n(&looked, 4, 4);
	put_text(&looked, "cfh.");
	put_fill(&open, 0, 4);
	put_n(&open, 0, 4);
	put_n(&open, 2, 4);
	put_n(&open, 18, 4);
	put_fill(&open, 'o', 20);
	put_n(&open, 4, 4);
	put_text(&open, "me..");
	put_n(&open, 0, 4);			/* not created */
	put_n(&open, 0, 4);			/* by name */
	put_n(&open, 5, 4);
	put_text(&open, "d.xls");
	put_fill(&open, 0, 3);
	put_n(&open, 10, 4);
	put_fill(&opened, 0, 8);
	put_n(&opened, 2, 4);
	put_n(&opened, 18, 4);
	put_n(&opened, 0, 4);
	put_fill(&opened, 's', 40);
	put_n(&opened, 0, 4);			/* no attributes set */
	put_n(&opened, 2, 4);			/* delegated for writing */
	put_fill(&opened, 'g', 16);
	put_n(&opened, 0, 4);
	put_n(&opened, 1, 4);
	put_n(&opened, 5000, 8);
	put_fill(&opened, 0, 12);
	put_n(&opened, 3, 4);
	put_text(&opened, "me@.");
	put_n(&opened, 10, 4);
	put_n(&opened, 0, 4);
	put_n(&opened, 4, 4);
	put_text(&opened, "dfh.");
	for (int i = 0; i < 2; i++) {
		wr.n = 0;
		put_fill(&wr, 0, 4);
		put_n(&wr, 0, 4);
		put_n(&wr, 2, 4);
		put_n(&wr, 22, 4);
		put_n(&wr, 4, 4);
		put_text(&wr, i == 0 ? "cfh." : "dfh.");
		put_n(&wr, 38, 4);
		put_fill(&wr, 0, 28);
		put_n(&wr, 40, 4);
		put_fill(&wr, 'w', 40);
		rpc(&w, 8 + (unsigned)i, 4, 1, &wr);
	}
	rpc(&c, 6, 4, 1, &look);
	rpc_reply(&s, 6, &looked);
	rpc(&o, 7, 4, 1, &open);
	rpc_reply(&d, 7, &opened);
	struct step all[] = { STEP(CLIENT, c), STEP(SERVER, s),
		STEP(CLIENT, o), STEP(SERVER, d), STEP(CLIENT, w) };
	treat(&dissector_nfs, "nfs-lookup", STEPS(all), "FILE C c.xls\n"
	    "MOVED C c.xls 40\nFILE C d.xls\nMOVED C d.xls 40\n");
}

int main(void)
{
	test_nfs();
	test_nfs_lookup();
	return tap_done();
}
