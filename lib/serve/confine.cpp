// SPDX-License-Identifier: LGPL-2.1-or-later
#include "serve/confine.h"

#include <grp.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/scope_guard.h"

namespace latchkey::serve {
namespace {

constexpr unsigned kNobody = 65534;

// System calls for reading and writing the volume, for the FUSE device, the control socket, threads, memory and time.
constexpr int kAllowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(preadv),
    SCMP_SYS(preadv2),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pwrite64),
    SCMP_SYS(pwritev),
    SCMP_SYS(pwritev2),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(fallocate),
    SCMP_SYS(lseek),
    SCMP_SYS(ioctl),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(fcntl),
    SCMP_SYS(openat),
    SCMP_SYS(close),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(accept4),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(getsockopt),
    SCMP_SYS(clone),
    SCMP_SYS(clone3),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(prctl),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(mprotect),
    SCMP_SYS(madvise),
    SCMP_SYS(mlock),
    SCMP_SYS(mlock2),
    SCMP_SYS(munlock),
    SCMP_SYS(brk),
    SCMP_SYS(getrandom),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(tgkill),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
#if __SIZEOF_POINTER__ == 4  // the same with 64-bit offsets and times, by other names
    SCMP_SYS(mmap2),
    SCMP_SYS(_llseek),
    SCMP_SYS(fcntl64),
    SCMP_SYS(fstat64),
    SCMP_SYS(fstatat64),
    SCMP_SYS(clock_gettime64),
    SCMP_SYS(clock_nanosleep_time64),
    SCMP_SYS(futex_time64),
    SCMP_SYS(ppoll_time64),
    SCMP_SYS(getuid32),
    SCMP_SYS(geteuid32),
    SCMP_SYS(socketcall),
    SCMP_SYS(recv),
    SCMP_SYS(send),
    SCMP_SYS(sigreturn),
#endif
#ifdef LATCHKEY_SANITIZED
    SCMP_SYS(pipe2),  // sanitizers use it to find out whether an object is readable
#endif
};

Result<void> drop_root() {
    if (::geteuid() == 0 &&
        (::setgroups(0, nullptr) != 0 || ::setresgid(kNobody, kNobody, kNobody) != 0 ||
         ::setresuid(kNobody, kNobody, kNobody) != 0))
        return fail(Errc::AccessDenied, "cannot give up root: %s", std::strerror(errno));
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const __user_cap_data_struct none[2] = {};
    if (::syscall(SYS_capset, &header, none) != 0)
        return fail(Errc::AccessDenied, "cannot give up capabilities: %s", std::strerror(errno));
    // Changing the user resets the dumpable flag to the system's setting, so it is set again.
    ::prctl(PR_SET_DUMPABLE, 0);
    return {};
}

}  // namespace

void lift_limits() {
    ::signal(SIGXFSZ, SIG_IGN);
    for (const auto what : {RLIMIT_FSIZE, RLIMIT_CPU}) {
        rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
        if (::setrlimit(what, &limit) == 0 || ::getrlimit(what, &limit) != 0) continue;
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(what, &limit);
    }
}

void keep_secrets() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
}

Result<void> confine() {
    LK_TRY(drop_root());
    // Not earlier: for ordinary users fusermount3, which is set-user-id, has to mount first.
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == nullptr) return fail(Errc::OutOfMemory, "seccomp: no memory for the filter");
    const ScopeGuard release([filter] { seccomp_release(filter); });
    for (const int call : kAllowed)
        if (const int status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0); status != 0)
            return fail(Errc::NotSupported, "seccomp: %s", std::strerror(-status));
    // Kernels without seccomp are rare, and the volume is served all the same.
    if (const int status = seccomp_load(filter);
        status != 0 && status != -EINVAL && status != -ENOSYS)
        return fail(Errc::NotSupported, "seccomp: %s", std::strerror(-status));
    return {};
}

}  // namespace latchkey::serve
