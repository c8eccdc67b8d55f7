// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cinttypes>

#include "base/bytes.h"
#include "crypto/cipher.h"
#include "latchkey/plain.h"
#include "latchkey/sectors.h"
#include "model/cipher_spec.h"

namespace latchkey::plain {
namespace {

// Keeps offsets in bytes within 64 bits.
constexpr std::uint64_t kMaxSectors = UINT64_MAX / kSectorSize;

// Checks what is known about the parts of the cipher; nothing after "capi:", which a user wrote for the kernel.
Result<void> check_cipher(const std::string& cipher, const Params& params) {
    const auto prints = [](unsigned char c) { return c > ' ' && c < 0x7f; };
    // A space would begin the next field of the table.
    if (!std::ranges::all_of(cipher, prints))
        return fail(Errc::InvalidArgument, "cipher '%s': not one word", params.cipher.c_str());
    if (cipher.starts_with("capi:")) return {};
    LK_ASSIGN(const model::CipherSpec spec, model::parse_cipher_for_kernel(cipher));
    // These IVs take a part of the key, by rules of the kernel.
    const bool key_is_shared = spec.iv == "elephant" || spec.iv == "tcw";
    // The kernel may know more ciphers.  For a known cipher with a wrong key length, its error would be unclear.
    const auto known = crypto::check_cipher(spec, params.key_bytes);
    if (!known && !key_is_shared && known.error().code == Errc::InvalidArgument)
        return known.error();
    if (spec.iv == "lmk" && params.sector_size != kSectorSize)
        return fail(Errc::InvalidArgument, "cipher '%s' has sectors of 512 bytes, not %u",
                    cipher.c_str(), params.sector_size);
    return {};
}

Result<void> check_sizes(const Params& params) {
    if (params.key_bytes == 0 || params.key_bytes > kMaxKeyBytes)
        return fail(Errc::InvalidArgument, "invalid key size");
    if (params.sector_size < kSectorSize || params.sector_size > 4096 ||
        (params.sector_size & (params.sector_size - 1)) != 0)
        return fail(Errc::InvalidArgument, "unsupported encryption sector size");
    if (params.iv_large_sectors && params.sector_size == kSectorSize)
        return fail(Errc::InvalidArgument,
                    "large IV sectors option is supported only for opening plain type device with "
                    "sector size larger than 512 bytes");
    const std::uint64_t unit = params.sector_size / kSectorSize;
    if (params.size_sectors.value_or(0) % unit != 0)
        return fail(Errc::InvalidArgument, "device size is not aligned to requested sector size");
    // dm-crypt refuses it without a message.
    if (params.skip_sectors % unit != 0)
        return fail(Errc::InvalidArgument,
                    "skip of %" PRIu64 " sectors is not a multiple of the sector size %u bytes",
                    params.skip_sectors, params.sector_size);
    if (params.offset_sectors >= kMaxSectors)
        return fail(Errc::InvalidArgument, "offset of %" PRIu64 " sectors is too large",
                    params.offset_sectors);
    const auto end = checked_add(params.offset_sectors, params.size_sectors.value_or(0));
    if (!end || *end > kMaxSectors)
        return fail(Errc::DeviceTooSmall,
                    "size of %" PRIu64 " sectors at offset %" PRIu64 " is more than any device has",
                    *params.size_sectors, params.offset_sectors);
    return {};
}

}  // namespace

Result<MappingPlan> plan(const Params& params) {
    LK_TRY(check_sizes(params));
    if (params.cipher.empty()) return fail(Errc::InvalidArgument, "no cipher is named");
    const std::string cipher = model::expand_cipher(params.cipher);
    LK_TRY(check_cipher(cipher, params));

    MappingPlan plan{.type = "PLAIN"};
    plan.keys = {{.bytes = model::names_null_cipher(cipher) ? 0 : std::size_t{params.key_bytes}}};
    PlanSegment segment{.cipher = cipher,
                        .iv_offset = params.skip_sectors,
                        .device_offset = params.offset_sectors,
                        .sector_size = params.sector_size,
                        .iv_large_sectors = params.iv_large_sectors};
    if (params.size_sectors.value_or(0) != 0) segment.length = params.size_sectors;
    plan.segments.push_back(std::move(segment));
    return plan;
}

}  // namespace latchkey::plain
