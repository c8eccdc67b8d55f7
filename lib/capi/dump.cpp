// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes the output of luksDump to the caller's log.
#include "base/i18n.h"
#include "capi/guard.h"
#include "capi/token_plugins.h"
#include "latchkey/report.h"
#include "latchkey/wording.h"

using namespace latchkey::capi;
using latchkey::Result;
using latchkey::Volume;

namespace {

// Logs one message per line, each with its newline.
void log_lines(const crypt_device& cd, std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1);
        log_line(&cd, CRYPT_LOG_NORMAL, text.substr(0, end + 1));
        text.remove_prefix(end + 1);
    }
}

latchkey::Error not_dumpable() {
    return error_saying(EINVAL, "Dump operation is not supported for this device type.");
}

// Adds the output of token handlers.
void add_tokens(crypt_device& cd, const Volume& volume, latchkey::Fact& description) {
    HandlerOpener opener(cd, nullptr);
    latchkey::add_token_dumps(description, volume.tokens(), opener);
}

}  // namespace

int crypt_dump(crypt_device* cd) {
    return guarded_with(cd, [](crypt_device& self) -> Result<int> {
        const LuksFacet* luks = luks_of(self);
        if (luks == nullptr) return not_dumpable();
        latchkey::Fact description = luks->volume().describe();
        add_tokens(self, luks->volume(), description);
        log_lines(self, latchkey::to_text(description));
        return 0;
    });
}

int crypt_dump_json(crypt_device* cd, const char** json, uint32_t flags) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (flags != 0) return silent(EINVAL);
        const LuksFacet* luks = luks2_of(self);
        if (luks == nullptr) return not_dumpable();
        LK_ASSIGN(std::string text, luks->volume().metadata_json());
        if (json == nullptr) {
            crypt_log(&self, CRYPT_LOG_NORMAL, latchkey::without_controls(text).c_str());
        } else {
            *json = hand_out(self, "json", std::move(text));
        }
        return 0;
    });
}
