/*
 * sandbox.c - Landlock (Linux 5.13) and a seccomp filter, without libraries.
 *
 * A worker, which meets hostile input, gets a list of what it may call; the
 * core and the sender, which use libraries with more needs, lose what no
 * part of weir ever calls.  A refused call fails with EPERM: the process
 * lives, and its log tells.
 */
#include "service/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#endif

/* All that a worker needs: memory, its packet socket, time, files to read
 * for a reload, and to end. */
static const long worker_calls[] = {
	SYS_read, SYS_pread64, SYS_write, SYS_writev, SYS_readv, SYS_close,
	SYS_openat, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_lseek,
	SYS_getdents64, SYS_readlinkat, SYS_faccessat, SYS_fcntl, SYS_ioctl,
	SYS_ppoll, SYS_getsockopt, SYS_setsockopt, SYS_recvfrom, SYS_recvmsg,
	SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_brk,
	SYS_futex, SYS_clock_gettime, SYS_gettimeofday, SYS_clock_nanosleep,
	SYS_nanosleep, SYS_getrandom, SYS_rt_sigaction, SYS_rt_sigprocmask,
	SYS_rt_sigreturn, SYS_sigaltstack, SYS_getpid, SYS_gettid,
	SYS_getppid, SYS_tgkill, SYS_sched_yield, SYS_restart_syscall,
	SYS_exit, SYS_exit_group, SYS_uname, SYS_sysinfo, SYS_prlimit64,
#ifdef SYS_poll
	SYS_poll, SYS_stat, SYS_open, SYS_access, SYS_readlink, SYS_time,
#endif
	-1
};

/* What no part of weir ever calls. */
static const long never_calls[] = {
	SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv,
	SYS_process_vm_writev, SYS_mount, SYS_umount2, SYS_pivot_root,
	SYS_chroot, SYS_setns, SYS_unshare, SYS_bpf, SYS_perf_event_open,
	SYS_init_module, SYS_finit_module, SYS_delete_module,
	SYS_kexec_load, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_add_key,
	SYS_keyctl, SYS_request_key, SYS_userfaultfd, SYS_personality,
	SYS_acct, SYS_quotactl, SYS_settimeofday, SYS_clock_settime,
	SYS_sethostname, SYS_setdomainname, SYS_open_by_handle_at,
	-1
};

static const long connect_calls[] = { SYS_connect, SYS_bind, SYS_listen,
	-1 };

enum { PROGRAM_MAX = 256 };

struct program {
	struct sock_filter code[PROGRAM_MAX];
	unsigned short n;
};

static void add(struct program *p, struct sock_filter one)
{
	if (p->n < PROGRAM_MAX)
		p->code[p->n++] = one;
}

static void on_calls(struct program *p, const long *calls, uint32_t verdict)
{
	for (; *calls != -1; calls++) {
		add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		    (uint32_t)*calls, 0, 1));
		add(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		    verdict));
	}
}

static void filter(const struct sandbox *s, struct program *p)
{
	uint32_t refuse = SECCOMP_RET_ERRNO | EPERM;

#ifdef OUR_ARCH
	add(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, arch)));
	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
	    OUR_ARCH, 1, 0));
	add(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_KILL_PROCESS));
#endif
	add(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, nr)));
	if (s->only_compute)
		on_calls(p, worker_calls, SECCOMP_RET_ALLOW);
	else
		on_calls(p, never_calls, refuse);
	if (s->no_connect)
		on_calls(p, connect_calls, refuse);
	add(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, s->only_compute ?
	    refuse : SECCOMP_RET_ALLOW));
}

static void limit_calls(const struct sandbox *s)
{
	struct program p = { .n = 0 };
	struct sock_fprog program = { .filter = p.code };

	filter(s, &p);
	program.len = p.n;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == -1)
		log_warn("%s: no seccomp filter", s->who);
}

enum {
	READS = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	WRITES = LANDLOCK_ACCESS_FS_WRITE_FILE |
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
	    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |
	    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
	    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_CHAR |
	    LANDLOCK_ACCESS_FS_MAKE_SYM,
	OF_A_FILE = LANDLOCK_ACCESS_FS_READ_FILE |
	    LANDLOCK_ACCESS_FS_WRITE_FILE
};

static void allow(int rules, const char *path, uint64_t what)
{
	struct landlock_path_beneath_attr one = { .allowed_access = what };
	struct stat st;

	if (path == NULL)
		return;
	one.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (one.parent_fd == -1)
		return;			/* absent: nothing to allow */
	if (fstat(one.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		one.allowed_access &= OF_A_FILE;
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
	    &one, 0) == -1)
		log_warn("landlock: %s", path);
	close(one.parent_fd);
}

static void limit_files(const struct sandbox *s)
{
	struct landlock_ruleset_attr all = { .handled_access_fs =
	    READS | WRITES | LANDLOCK_ACCESS_FS_EXECUTE };
	int rules = (int)syscall(SYS_landlock_create_ruleset, &all,
	    sizeof(all.handled_access_fs), 0);

	if (rules == -1) {
		log_warnx("%s: this kernel has no Landlock", s->who);
		return;
	}
	for (int i = 0; i < SANDBOX_PATHS; i++) {
		allow(rules, s->read[i], READS);
		allow(rules, s->write[i], READS | WRITES);
	}
	if (syscall(SYS_landlock_restrict_self, rules, 0) == -1)
		log_warn("%s: landlock", s->who);
	close(rules);
}

void sandbox_enter(const struct sandbox *s)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	if (!s->files_free)
		limit_files(s);
	limit_calls(s);
#else
	(void)s;			/* sanitizers need more calls */
	(void)limit_files;
	(void)limit_calls;
#endif
}
