// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/cut_start.h"

#include <algorithm>
#include <cinttypes>

#include "base/i18n.h"
#include "latchkey/sectors.h"

namespace latchkey::volume {
namespace {

constexpr std::uint64_t kPiece = 1U << 20;  // bytes per transfer

// Larger than any header area: two LUKS2 copies of 4 MiB and 128 MiB of keyslots.
constexpr std::uint64_t kLargestArea = 0x8800000;  // bytes

Result<void> copy_verified(io::BlockDevice& device, std::uint64_t from, std::uint64_t to,
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

// How many sectors of the device are whose.  A sector that is equal in both counts for neither.
struct Sectors {
    std::uint64_t of_data = 0;
    std::uint64_t of_header = 0;
    std::uint64_t strange = 0;
};

Result<Sectors> compare_sectors(const io::BlockDevice& device, ByteView header,
                                std::uint64_t data_copy) {
    Sectors found;
    Bytes present(kPiece);
    Bytes data(kPiece);
    for (std::uint64_t at = 0; at < header.size(); at += kPiece) {
        const std::uint64_t length = std::min<std::uint64_t>(kPiece, header.size() - at);
        LK_TRY(device.read(at, MutableByteView(present).first(length)));
        LK_TRY(device.read(data_copy + at, MutableByteView(data).first(length)));
        for (std::uint64_t i = 0; i < length; i += kSectorSize) {
            const auto sector = [&](ByteView bytes) { return bytes.subspan(i, kSectorSize); };
            const bool is_data = std::ranges::equal(sector(present), sector(data));
            const bool is_header =
                std::ranges::equal(sector(present), header.subspan(at + i, kSectorSize));
            if (is_data && !is_header) ++found.of_data;
            if (is_header && !is_data) ++found.of_header;
            if (!is_header && !is_data) ++found.strange;
        }
    }
    return found;
}

}  // namespace

Result<void> prepare_start(io::BlockDevice& device, std::uint64_t shift, ByteView header) {
    const std::uint64_t size = device.size();
    LK_TRY(copy_verified(device, 0, size - shift, shift));
    LK_TRY(device.write(size - 2 * shift, header));
    LK_TRY(device.flush());
    Bytes again(header.size());
    LK_TRY(device.read(size - 2 * shift, again));
    if (std::ranges::equal(again, header)) return {};
    return fail(Errc::Io, "%s does not give back the copy of the header", device.name().c_str());
}

Result<std::optional<CutStart>> find_cut_start(Context& context,
                                               const std::shared_ptr<io::BlockDevice>& device,
                                               std::uint64_t shift) {
    const std::uint64_t size = device->size();
    if (shift == 0 || shift > size / 3) return std::optional<CutStart>();
    const LoadOptions quietly{.tell_damage = false, .at_rest = true};
    if (formats::load(context, device, quietly)) return std::optional<CutStart>();
    Bytes bytes(std::min(shift, kLargestArea));
    LK_TRY(device->read(size - 2 * shift, bytes));
    auto area = std::make_shared<io::MemDevice>(std::move(bytes), device->name());
    auto header = formats::load(context, area, quietly);
    if (!header || (*header)->info().reencryption_mode != "encrypt" ||
        (*header)->info().data_offset != shift || (*header)->header_area_bytes() > shift)
        return std::optional<CutStart>();
    LK_ASSIGN(const Sectors sectors, compare_sectors(*device, area->bytes(), size - shift));
    if (sectors.of_header == 0) return std::optional<CutStart>();
    if (sectors.strange != 0)
        return fail(Errc::CorruptHeader,
                    "%s: an encryption was cut short while it wrote its header, and since then "
                    "%" PRIu64 " of the sectors there were changed",
                    device->name().c_str(), sectors.strange)
            .with_hint(translate(
                N_("the first bytes of the data are whole at the end of the device: copy them "
                   "back to its beginning, and then begin again")));
    return std::optional(CutStart{.area = std::move(area), .header = std::move(header).value()});
}

}  // namespace latchkey::volume
