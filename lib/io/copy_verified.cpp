// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/copy_verified.h"

#include <algorithm>
#include <cinttypes>

namespace latchkey::io {
namespace {

constexpr std::uint64_t kPiece = 1U << 20;  // bytes per transfer

}  // namespace

Result<void> copy_verified(BlockDevice& device, std::uint64_t from, std::uint64_t to,
                           std::uint64_t length) {
    Bytes piece(std::min(length, kPiece));
    for (std::uint64_t at = 0; at < length; at += kPiece) {
        const auto bytes = MutableByteView(piece).first(std::min(kPiece, length - at));
        LK_TRY(device.read(from + at, bytes));
        LK_TRY(device.write(to + at, bytes));
    }
    LK_TRY(device.flush());
    Bytes copied(piece.size());
    for (std::uint64_t at = 0; at < length; at += kPiece) {
        const auto bytes = MutableByteView(piece).first(std::min(kPiece, length - at));
        const auto again = MutableByteView(copied).first(bytes.size());
        LK_TRY(device.read(from + at, bytes));
        LK_TRY(device.read(to + at, again));
        if (!std::ranges::equal(bytes, again))
            return fail(Errc::Io,
                        "%s does not give back what was written to it, from byte %" PRIu64 " on",
                        device.name().c_str(), to + at);
    }
    return {};
}

}  // namespace latchkey::io
