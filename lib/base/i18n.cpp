// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/i18n.h"

#include <libintl.h>

namespace latchkey {

// gettext("") would return the header of the catalogue, so an empty text is not looked up.
const char* translate(const char* text) {
    return *text ? dgettext(kTextDomain, text) : text;
}

}  // namespace latchkey
