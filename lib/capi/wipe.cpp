// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/wipe.h"

#include <algorithm>
#include <optional>

#include "capi/guard.h"
#include "io/claim.h"
#include "latchkey/sectors.h"

using namespace latchkey::capi;
using latchkey::Device;
using latchkey::Errc;
using latchkey::fail;
using latchkey::kSectorSize;
using latchkey::Result;
using latchkey::io::WipePattern;

namespace {

constexpr std::uint64_t kDefaultBlock = 0x100000;  // bytes

std::optional<WipePattern> pattern_of(crypt_wipe_pattern pattern) {
    switch (pattern) {
        case CRYPT_WIPE_ZERO: return WipePattern::Zero;
        case CRYPT_WIPE_RANDOM:
        case CRYPT_WIPE_ENCRYPTED_ZERO: return WipePattern::Random;  // both look the same
        case CRYPT_WIPE_SPECIAL: return WipePattern::Destroy;
    }
    return {};
}

struct Progress {
    int (*function)(std::uint64_t size, std::uint64_t offset, void* user);
    void* user;
};

Result<int> wipe(crypt_device& cd, const Device& device, const latchkey::ByteRange& range,
                 std::uint64_t block, WipePattern pattern, const Progress& progress) {
    const std::uint64_t end = range.offset + range.length;
    for (std::uint64_t at = range.offset; at < end;) {
        if (progress.function != nullptr && progress.function(end, at, progress.user) != 0)
            return silent(EINTR);
        const std::uint64_t length = std::min(block, end - at);
        LK_TRY(latchkey::io::wipe(cd.context, *device.io(), {.offset = at, .length = length},
                                  pattern));
        at += length;
    }
    if (progress.function != nullptr) progress.function(end, end, progress.user);
    LK_TRY(device.io()->flush());
    return 0;
}

}  // namespace

int crypt_wipe(crypt_device* cd, const char* dev_path, crypt_wipe_pattern pattern, uint64_t offset,
               uint64_t length, size_t wipe_block_size, uint32_t,
               int (*progress)(uint64_t size, uint64_t offset, void* usrptr), void* usrptr) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        const auto how = pattern_of(pattern);
        const std::uint64_t block = wipe_block_size == 0 ? kDefaultBlock : wipe_block_size;
        if (!how || offset % kSectorSize != 0 || length % kSectorSize != 0 ||
            block % kSectorSize != 0)
            return silent(EINVAL);
        const std::string path = dev_path != nullptr ? dev_path : data_path(self);
        LK_ASSIGN(const Device device,
                  Device::open(self.context, path, latchkey::Access::ReadWrite));
        LK_TRY(latchkey::io::check_not_in_use(*device.io()));
        if (device.read_only())
            return fail(Errc::AccessDenied, "%s can only be read", path.c_str());
        if (offset > device.size() || length > device.size() - offset)
            return fail(Errc::InvalidArgument, "wiping from byte %llu ends behind %s",
                        static_cast<unsigned long long>(offset), path.c_str());
        const std::uint64_t bytes = length == 0 ? device.size() - offset : length;
        return wipe(self, device, {.offset = offset, .length = bytes}, block, *how,
                    {progress, usrptr});
    });
}
