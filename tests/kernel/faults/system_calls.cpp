// SPDX-License-Identifier: GPL-2.0-or-later
#include "system_calls.h"

#include <dlfcn.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdarg>

#include "base/strprintf.h"

namespace latchkey::test {
namespace {

// Returns "" for calls that are not watched.
std::string name_of(unsigned long request) {
    switch (request) {
        case DM_VERSION: return "DM_VERSION";
        case DM_DEV_CREATE: return "DM_DEV_CREATE";
        case DM_DEV_REMOVE: return "DM_DEV_REMOVE";
        case DM_DEV_SUSPEND: return "DM_DEV_SUSPEND";
        case DM_DEV_STATUS: return "DM_DEV_STATUS";
        case DM_TABLE_LOAD: return "DM_TABLE_LOAD";
        case DM_TABLE_CLEAR: return "DM_TABLE_CLEAR";
        case DM_TABLE_STATUS: return "DM_TABLE_STATUS";
        case DM_TARGET_MSG: return "DM_TARGET_MSG";
        case DM_GET_TARGET_VERSION: return "DM_GET_TARGET_VERSION";
        case LOOP_CTL_GET_FREE: return "LOOP_CTL_GET_FREE";
        case LOOP_CONFIGURE: return "LOOP_CONFIGURE";
        case LOOP_SET_CAPACITY: return "LOOP_SET_CAPACITY";
        case BLKGETSIZE64: return "BLKGETSIZE64";
        case BLKROGET: return "BLKROGET";
        case BLKSSZGET: return "BLKSSZGET";
        case BLKRAGET: return "BLKRAGET";
        case BLKRASET: return "BLKRASET";
        default: break;
    }
    constexpr unsigned long kDm = DM_IOCTL;
    constexpr unsigned long kLoop = 0x4c;
    const unsigned long kind = (request >> 8) & 0xff;
    if (kind == kDm) return strprintf("DM %lu", request & 0xff);
    if (kind == kLoop && request >> 16 == 0) return strprintf("LOOP %lu", request & 0xff);
    return "";
}

std::string name_of_syscall(long number) {
    if (number == SYS_add_key) return "add_key";
    if (number == SYS_request_key) return "request_key";
    if (number == SYS_keyctl) return "keyctl";
    return "";
}

// Makes the call, unless it is the one to fail.
template <typename Call>
auto watch(const std::string& name, Call call) -> decltype(call()) {
    WatchedCalls& calls = watched_calls();
    if (!calls.watching || name.empty()) return call();
    const bool victim = calls.victim == calls.names.size();
    calls.names.push_back(name);
    if (!victim) return call();
    if (calls.fate == Fate::Fail) {
        errno = EIO;
        return -1;
    }
    if (calls.fate == Fate::DieAfter) (void)call();
    (void)::kill(::getpid(), SIGKILL);
    for (;;) ::pause();
}

template <typename Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

WatchedCalls& watched_calls() {
    static WatchedCalls calls;
    return calls;
}

std::size_t Watch::device_mapper_calls() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        names(), [](const std::string& name) { return name.starts_with("DM"); }));
}

}  // namespace latchkey::test

extern "C" {

[[gnu::visibility("default")]] int ioctl(int fd, unsigned long request, ...) noexcept {
    static const auto real = latchkey::test::next<int (*)(int, unsigned long, void*)>("ioctl");
    va_list arguments;
    va_start(arguments, request);
    void* argument = va_arg(arguments, void*);
    va_end(arguments);
    return latchkey::test::watch(latchkey::test::name_of(request),
                                 [&] { return real(fd, request, argument); });
}

[[gnu::visibility("default")]] long syscall(long number, ...) noexcept {
    static const auto real =
        latchkey::test::next<long (*)(long, long, long, long, long, long, long)>("syscall");
    va_list list;
    va_start(list, number);
    long arguments[6];
    for (long& argument : arguments) argument = va_arg(list, long);
    va_end(list);
    return latchkey::test::watch(latchkey::test::name_of_syscall(number), [&] {
        return real(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                    arguments[5]);
    });
}
}
