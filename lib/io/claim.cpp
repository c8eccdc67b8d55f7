// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/claim.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "base/unique_fd.h"
#include "io/holders.h"
#include "io/identity.h"

namespace latchkey::io {
namespace {

// The process that serves a volume releases its lock a moment after it reports that the volume is closed.
constexpr int kTries = 10;
constexpr std::chrono::milliseconds kPause{20};

struct flock far_byte(short type) {
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = std::int64_t{1} << 62;
    lock.l_len = 1;
    return lock;
}

// Returns false if another process has a conflicting lock.
bool take_lock(int descriptor, short type) {
    struct flock lock = far_byte(type);
    return ::fcntl(descriptor, F_OFD_SETLK, &lock) == 0 || (errno != EAGAIN && errno != EACCES);
}

bool others_have_it(int descriptor) {
    struct flock lock = far_byte(F_WRLCK);
    return ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

bool is_below(const Loop& loop, const std::vector<DeviceIdentity>& devices) {
    const DeviceIdentity own{.kind = DeviceIdentity::Kind::Block, .device = loop.number};
    return std::ranges::find(devices, own) != devices.end();
}

// Returns whether a loop device over the file is held, other than those in `own`, which the caller uses itself.
bool held_by_loop(const DeviceIdentity& device, const std::vector<DeviceIdentity>& own) {
    return std::ranges::any_of(
        loops_over(device), [&own](const Loop& loop) { return loop.held && !is_below(loop, own); });
}

Error in_use(const std::string& name, const DeviceIdentity& device) {
    Error error = fail(Errc::Busy, "cannot exclusively open %s, device in use", name.c_str());
    const std::string who = list_holders(find_holders(device));
    return std::move(error).with_hint(
        who.empty() ? translate(N_("another process serves it as an open volume, or is writing a "
                                   "header to it"))
                    : strprintf(translate(N_("it is held by %s")), who.c_str()));
}

template <typename Question>
bool stays_so(const Question& in_the_way) {
    for (int look = 0; in_the_way(); ++look) {
        if (look == kTries) return true;
        std::this_thread::sleep_for(kPause);
    }
    return false;
}

}  // namespace

Result<void> claim(int descriptor, const std::string& name, Claim how) {
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0) return fail(Errc::Io, "cannot examine %s", name.c_str());
    const DeviceIdentity device = identity_of(status);
    const short type = how == Claim::Rewrite ? F_WRLCK : F_RDLCK;
    const auto refused = [&] {
        if (!take_lock(descriptor, type)) return true;
        // Shared claims take the lock, too, so that an unshared claim notices them.
        if (how == Claim::Use && others_have_it(descriptor)) return true;
        return how != Claim::Share && S_ISREG(status.st_mode) && held_by_loop(device, {});
    };
    if (stays_so(refused)) return in_use(name, device);
    return {};
}

Result<void> check_not_in_use(const BlockDevice& device) {
    std::vector<DeviceIdentity> own = {device.identity()};
    if (own.front().kind == DeviceIdentity::Kind::File) {
        const auto used = [&] {
            return others_have_it(device.descriptor()) || held_by_loop(own.front(), {});
        };
        if (stays_so(used)) return in_use(device.name(), own.front());
        return {};
    }
    for (const Below& below : chain_below(own.front(), look_below)) {
        const UniqueFd fd(below.what.kind == DeviceIdentity::Kind::File
                              ? ::open(below.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
                              : -1);
        struct stat status = {};
        const bool found =
            fd.valid() && ::fstat(fd.get(), &status) == 0 && identity_of(status) == below.what;
        const auto used = [&] {
            return (found && others_have_it(fd.get())) || held_by_loop(below.what, own);
        };
        if (stays_so(used)) return in_use(device.name(), own.front());
        own.push_back(below.what);
    }
    return {};
}

}  // namespace latchkey::io
