// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/wording.h"

#include "text/i18n.h"

namespace latchkey::cli {
namespace {

// Returns whether a hint names the action in quotes, as hints do in every language: "open" is also a normal word.
bool names(const std::string& hint, std::string_view action) {
    return hint.find("'" + std::string(action) + "'") != hint.npos;
}

}  // namespace

std::string advice(const Error& error, std::string_view action) {
    std::string hint = error.hint.empty() ? translate(info(error.code).hint) : error.hint;
    if (action.empty() || !names(hint, action)) return hint;
    return error.code == Errc::CorruptHeader
               ? translate(N_("do not write to the device; restore a header backup"))
               : std::string();
}

std::string status_text(int exit_status) {
    switch (exit_status) {
        case 1: return translate(N_("wrong or missing parameters"));
        case 2: return translate(N_("no permission or bad passphrase"));
        case 3: return translate(N_("out of memory"));
        case 4: return translate(N_("wrong device or file specified"));
        case 5: return translate(N_("device already exists or device is busy"));
        default: return translate(N_("unknown error"));
    }
}

}  // namespace latchkey::cli
