// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/cut_start.h"

#include <algorithm>
#include <cinttypes>

#include "base/i18n.h"
#include "base/secret_text.h"
#include "base/strprintf.h"
#include "crypto/hash.h"
#include "io/copy_verified.h"
#include "io/kernel_text.h"
#include "io/probe.h"
#include "latchkey/sectors.h"
#include "latchkey/wording.h"

namespace latchkey::volume {
namespace {

constexpr std::uint64_t kPiece = 1U << 20;  // bytes per transfer

constexpr std::string_view kMagic = io::kBegunEncryption;
constexpr std::size_t kSumBytes = 32;
constexpr std::size_t kSumAt = kSectorSize - kSumBytes;

// Returns how many of the device's first sectors are neither the data's nor the header's.
Result<std::uint64_t> strange_sectors(const io::BlockDevice& device, ByteView header,
                                      std::uint64_t data_copy) {
    std::uint64_t strange = 0;
    Bytes present(kPiece);
    Bytes data(kPiece);
    for (std::uint64_t at = 0; at < header.size(); at += kPiece) {
        const std::uint64_t length = std::min<std::uint64_t>(kPiece, header.size() - at);
        LK_TRY(device.read(at, MutableByteView(present).first(length)));
        LK_TRY(device.read(data_copy + at, MutableByteView(data).first(length)));
        // The first sector is the mark.
        for (std::uint64_t i = at == 0 ? kSectorSize : 0; i < length; i += kSectorSize) {
            const auto sector = [&](ByteView bytes) { return bytes.subspan(i, kSectorSize); };
            const bool is_data = std::ranges::equal(sector(present), sector(data));
            const bool is_header =
                std::ranges::equal(sector(present), header.subspan(at + i, kSectorSize));
            if (!is_header && !is_data) ++strange;
        }
    }
    return strange;
}

}  // namespace

Result<Bytes> start_mark(const StartMark& mark) {
    const std::string text = std::string(kMagic) + std::to_string(mark.shift) + " " +
                             std::to_string(mark.device_bytes) + " ";
    Bytes sector(kSectorSize);
    std::ranges::copy(as_byte_view(text), sector.begin());
    LK_ASSIGN(const Bytes sum, crypto::digest("sha256", ByteView(sector).first(kSumAt)));
    std::ranges::copy(sum, sector.begin() + kSumAt);
    return sector;
}

std::optional<StartMark> read_start_mark(const io::BlockDevice& device) {
    Bytes sector(kSectorSize);
    if (device.size() < sector.size() || !device.read(0, sector)) return std::nullopt;
    std::string_view text = as_text(sector);
    if (!text.starts_with(kMagic)) return std::nullopt;
    text.remove_prefix(kMagic.size());
    StartMark mark;
    for (std::uint64_t* const number : {&mark.shift, &mark.device_bytes}) {
        const auto end = text.find(' ');
        if (end == std::string_view::npos) return std::nullopt;
        const auto parsed = io::number_in(std::string(text.substr(0, end)));
        if (!parsed) return std::nullopt;
        *number = *parsed;
        text.remove_prefix(end + 1);
    }
    const auto again = start_mark(mark);
    const bool sound = again && *again == sector && mark.shift != 0 &&
                       mark.shift % kSectorSize == 0 && mark.shift <= mark.device_bytes / 3;
    return sound ? std::optional(mark) : std::nullopt;
}

Result<void> check_not_begun(const Device& device) {
    const auto mark = read_start_mark(*device.io());
    return mark ? Result<void>(cut_short(device.name(), mark->shift)) : Result<void>();
}

Error cut_short(const std::string& device, std::uint64_t shift) {
    return fail(Errc::CorruptHeader,
                "an encryption of %s was cut short while it wrote its header: the first bytes of "
                "the data lie at the end of the device",
                device.c_str())
        .with_hint(
            strprintf(translate(N_("'cryptsetup reencrypt --encrypt --reduce-device-size "
                                   "%llu %s' goes on; nothing else may be written to it, unless "
                                   "zeros in its first 512 bytes give the data up")),
                      static_cast<unsigned long long>(2 * shift), shown(device).c_str()))
        .exits_with(4);  // the device is not empty
}

Result<void> prepare_start(io::BlockDevice& device, std::uint64_t shift, ByteView header) {
    const std::uint64_t size = device.size();
    LK_ASSIGN(const Bytes mark, start_mark({.shift = shift, .device_bytes = size}));
    LK_TRY(io::copy_verified(device, 0, size - shift, shift));
    LK_TRY(device.write(size - 2 * shift, header));
    LK_TRY(device.flush());
    Bytes again(header.size());
    LK_TRY(device.read(size - 2 * shift, again));
    if (!std::ranges::equal(again, header))
        return fail(Errc::Io, "%s does not give back the copy of the header",
                    device.name().c_str());
    LK_TRY(device.write(0, mark));
    return device.flush();
}

Result<std::unique_ptr<const CutStart>> find_cut_start(
    Context& context, const std::shared_ptr<io::BlockDevice>& device) {
    const auto mark = read_start_mark(*device);
    if (!mark) return std::unique_ptr<const CutStart>();
    const LoadOptions quietly{.tell_damage = false, .at_rest = true};
    // Its second copy is written before its first one replaces the mark.
    if (formats::load(context, device, quietly)) return std::unique_ptr<const CutStart>();
    if (device->size() < mark->device_bytes)
        return fail(Errc::CorruptHeader,
                    "%s: an encryption was cut short while it wrote its header, and since then the "
                    "device was reduced from %" PRIu64 " to %" PRIu64 " bytes",
                    device->name().c_str(), mark->device_bytes, device->size());
    const std::uint64_t shift = mark->shift;
    Bytes bytes(std::min(shift, formats::kLargestHeaderArea));
    LK_TRY(device->read(mark->device_bytes - 2 * shift, bytes));
    auto area = std::make_shared<io::MemDevice>(std::move(bytes), device->name());
    auto header = formats::load(context, area, quietly);
    if (!header || (*header)->info().reencryption_mode != "encrypt" ||
        (*header)->info().data_offset != shift || (*header)->header_area_bytes() > shift)
        return fail(Errc::CorruptHeader,
                    "%s: an encryption was cut short while it wrote its header, and the copy of "
                    "the header is not at byte %" PRIu64,
                    device->name().c_str(), mark->device_bytes - 2 * shift);
    LK_ASSIGN(const std::uint64_t strange,
              strange_sectors(*device, area->bytes(), mark->device_bytes - shift));
    if (strange != 0)
        return fail(Errc::CorruptHeader,
                    "%s: an encryption was cut short while it wrote its header, and since then "
                    "%" PRIu64 " of the sectors there were changed",
                    device->name().c_str(), strange)
            .with_hint(translate(
                N_("the first bytes of the data are whole at the end of the device: copy them "
                   "back to its beginning, and then begin again")));
    return std::unique_ptr<const CutStart>(
        new CutStart{.shift = shift, .area = std::move(area), .header = std::move(header).value()});
}

}  // namespace latchkey::volume
