// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/i18n.h"

#include <libintl.h>

#include <clocale>

namespace latchkey::cli {

namespace {
constexpr char kTextDomain[] = "latchkey";
}

void start_translation() {
    // Only texts follow the locale: numbers stay in the form that programs expect.
    std::setlocale(LC_MESSAGES, "");
    std::setlocale(LC_CTYPE, "");
    bindtextdomain(kTextDomain, LATCHKEY_LOCALE_DIR);
}

// gettext("") would return the catalogue's header.
const char* translate(const char* text) {
    return *text ? dgettext(kTextDomain, text) : text;
}

}  // namespace latchkey::cli
