// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/foreign_marks.h"

#include <algorithm>
#include <cinttypes>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "latchkey/volume.h"

namespace latchkey {
namespace volume {
namespace {

bool meet(const ByteRange& a, const ByteRange& b) {
    return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}

// Returns the bytes that mean something to LUKS.
std::vector<ByteRange> used_ranges(const formats::LoadedHeader& header) {
    std::vector<ByteRange> used = header.header_copies();
    for (const KeyslotInfo& slot : header.keyslots())
        used.push_back({slot.area_offset, slot.area_size});
    return used;
}

}  // namespace

std::vector<io::FoundSignature> foreign_marks(const io::BlockDevice& device,
                                              const formats::LoadedHeader& header) {
    auto found = io::find_signatures(device);
    if (!found) return {};
    const ByteRange area{0, header.header_area_bytes()};
    const std::vector<ByteRange> used = used_ranges(header);
    std::erase_if(*found, [&](const io::FoundSignature& one) {
        return one.signature.name == "crypto_LUKS" || !meet(one.magic, area) ||
               std::ranges::any_of(used, [&](const ByteRange& u) { return meet(one.magic, u); });
    });
    return std::move(found).value();
}

Result<void> remove_foreign_marks(io::BlockDevice& device, const formats::LoadedHeader& header,
                                  std::vector<std::string>& lines) {
    const std::vector<io::FoundSignature> found = foreign_marks(device, header);
    LK_TRY(io::wipe_signatures(device, found, 0));
    for (const io::FoundSignature& one : found)
        lines.push_back(strprintf(
            translate(N_("signature of '%s' at byte %" PRIu64 " inside the header removed")),
            one.signature.name.c_str(), one.magic.offset));
    return {};
}

}  // namespace volume

std::vector<Signature> Volume::foreign_signatures() const {
    std::vector<Signature> signatures;
    for (const io::FoundSignature& one : volume::foreign_marks(*device_.io(), *header_))
        signatures.push_back(one.signature);
    return signatures;
}

}  // namespace latchkey
