// SPDX-License-Identifier: GPL-2.0-or-later
// LD_PRELOAD shim that makes Debian's User-mode Linux 6.1 safe on current hosts.
//
// 1. UML keeps a guest process's vector registers in a buffer of 2696 bytes (up to AVX-512 and PKRU). Where the host's
//    XSAVE area is larger (AMX), the host refuses to load so short a buffer: "ptrace set fp regs failed, errno = 14".
//    The shim pads the buffer to the host's size, with the extra state in its initial configuration; no guest can use
//    that state, as the guest kernel does not know it.
// 2. Guest processes are host processes that UML traces. If UML alone is killed, a guest process would run on as an
//    ordinary host process, its next system call a real one. PTRACE_O_EXITKILL makes the host kill it instead.
//
// On hosts that do not need the padding, UML's calls pass through unchanged.
#define _GNU_SOURCE
#include <cpuid.h>
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

enum { OLD_SETOPTIONS = 21, XSTATE_BV = 512, LARGEST_XSTATE = 64 * 1024 };

static long (*host_ptrace)(int, int, void*, void*);

__attribute__((constructor)) static void find_host_ptrace(void) {
    host_ptrace = (long (*)(int, int, void*, void*))dlsym(RTLD_NEXT, "ptrace");
}

// The extended features whose state lies wholly in the first `length` bytes of an XSAVE area in standard format.
static uint64_t features_within(size_t length) {
    uint64_t features = 3;  // x87 and SSE are in the legacy region
    for (unsigned bit = 2; bit < 63; ++bit) {
        unsigned size = 0, offset = 0, ecx = 0, edx = 0;
        __cpuid_count(0xd, bit, size, offset, ecx, edx);
        if (size != 0 && (size_t)offset + size <= length) features |= UINT64_C(1) << bit;
    }
    return features;
}

static long set_xstate(int pid, void* type, struct iovec* guest) {
    static unsigned char area[LARGEST_XSTATE];
    static size_t host_size, guest_size;
    static uint64_t features;

    if (host_size == 0) {
        struct iovec all = {area, sizeof area};
        if (host_ptrace(PTRACE_GETREGSET, pid, type, &all) != 0) return -1;
        host_size = all.iov_len;
        memset(area, 0, sizeof area);
    }
    if (guest->iov_len >= host_size) return host_ptrace(PTRACE_SETREGSET, pid, type, guest);
    if (guest->iov_len != guest_size) {
        memset(area, 0, sizeof area);
        guest_size = guest->iov_len;
        features = features_within(guest_size);
    }

    memcpy(area, guest->iov_base, guest_size);
    uint64_t present;
    memcpy(&present, area + XSTATE_BV, sizeof present);
    present &= features;
    memcpy(area + XSTATE_BV, &present, sizeof present);
    struct iovec padded = {area, host_size};
    return host_ptrace(PTRACE_SETREGSET, pid, type, &padded);
}

long ptrace(enum __ptrace_request request, ...) {
    va_list arguments;
    va_start(arguments, request);
    int pid = va_arg(arguments, int);
    void* address = va_arg(arguments, void*);
    void* data = va_arg(arguments, void*);
    va_end(arguments);

    if ((int)request == PTRACE_SETREGSET && (uintptr_t)address == NT_X86_XSTATE)
        return set_xstate(pid, address, data);
    if ((int)request == PTRACE_SETOPTIONS || (int)request == OLD_SETOPTIONS)
        data = (void*)((uintptr_t)data | PTRACE_O_EXITKILL);
    return host_ptrace(request, pid, address, data);
}
