// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/area_damage.h"

#include <cinttypes>

#include "base/i18n.h"
#include "base/randomness.h"
#include "base/strprintf.h"

namespace latchkey::formats {

bool tell_area_damage(Context& context, const io::BlockDevice& device, int keyslot,
                      const ByteRange& area) {
    Bytes bytes(area.length);
    if (auto read = device.read(area.offset, bytes); !read) {
        context.log_once(
            LogLevel::Warning,
            std::move(read).error().within(strprintf("keyslot %d", keyslot)).message);
        return true;
    }
    const auto bad = first_block_not_random(bytes);
    if (!bad) return false;
    context.log_once(
        LogLevel::Warning,
        strprintf(translate(N_("keyslot %d is damaged at byte %" PRIu64
                               ": no ciphertext looks like what lies there, and no passphrase opens it")),
                  keyslot, area.offset + *bad));
    return true;
}

void tell_unreadable(Context& context, const std::vector<Error>& keyslots,
                     const std::string& answer) {
    for (const Error& error : keyslots)
        if (error.message != answer) context.log_once(LogLevel::Warning, error.message);
}

}  // namespace latchkey::formats
