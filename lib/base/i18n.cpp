// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/i18n.h"

#include <libintl.h>

namespace latchkey {

// gettext("") answers the catalogue's own header, which nobody wants to read.
const char* translate(const char* text) {
    return *text ? dgettext(kTextDomain, text) : text;
}

}  // namespace latchkey
