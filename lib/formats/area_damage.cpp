// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/area_damage.h"

#include <cinttypes>

#include "base/i18n.h"
#include "base/randomness.h"
#include "base/strprintf.h"

namespace latchkey::formats {

bool tell_area_damage(Context& context, const io::BlockDevice& device, int keyslot,
                      const ByteRange& area, const std::string& whose) {
    Bytes bytes(area.length);
    if (auto read = device.read(area.offset, bytes); !read) {
        context.log_text_once(
            LogLevel::Warning,
            std::move(read).error().within(strprintf("keyslot %d", keyslot)).message);
        return true;
    }
    const auto bad = first_block_not_random(bytes);
    if (!bad) return false;
    const std::uint64_t at = area.offset + *bad;
    if (whose.empty())
        context.log_once(LogLevel::Warning,
                         "keyslot %d is damaged at byte %" PRIu64
                         ": its contents cannot be ciphertext, and no passphrase opens it",
                         keyslot, at);
    else
        context.log_once(LogLevel::Warning,
                         "keyslot %d in %s is damaged at byte %" PRIu64
                         ": its contents cannot be ciphertext, and no passphrase opens it",
                         keyslot, whose.c_str(), at);
    return true;
}

void tell_unreadable(Context& context, const std::vector<Error>& keyslots,
                     std::optional<std::size_t> answer) {
    for (std::size_t i = 0; i < keyslots.size(); ++i)
        if (i != answer) context.log_text_once(LogLevel::Warning, keyslots[i].message);
}

}  // namespace latchkey::formats
