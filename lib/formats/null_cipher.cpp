// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/null_cipher.h"

#include "base/i18n.h"

namespace latchkey::formats {

Result<void> check_null_keyslot(const Policy& policy, std::string_view place,
                                std::string_view cipher, bool empty_passphrase) {
    const std::string where(place);
    const std::string name(cipher);
    if (!policy.allow_null_cipher)
        return fail(Errc::NotSupported,
                    "%s: cipher %s encrypts nothing and is not allowed by policy", where.c_str(),
                    name.c_str());
    if (!empty_passphrase)
        return fail(Errc::WrongPassphrase, "%s: cipher %s opens with the empty passphrase only",
                    where.c_str(), name.c_str());
    return {};
}

Result<void> check_null_data(const Policy& policy, const std::vector<NullCipher>& found,
                             bool empty_passphrase) {
    std::string fields;
    for (const NullCipher& place : found)
        if (place.of_data) fields += (fields.empty() ? "" : ", ") + place.field + " " + place.value;
    if (fields.empty() || policy.allow_null_data) return {};
    if (empty_passphrase && policy.allow_null_cipher) return {};
    return fail(Errc::Refused,
                "the header says that the data are not encrypted (%s): what is written would be "
                "stored in clear",
                fields.c_str())
        .with_hint(translate(
            N_("if you did not make the volume so, its header was changed: compare it with a "
               "header backup; if you did, --allow-null-cipher opens it")));
}

}  // namespace latchkey::formats
