// SPDX-License-Identifier: LGPL-2.1-or-later
// crypt_set_keyring_to_link(): further keyrings for the volume key when a mapping is made.
#include "base/i18n.h"
#include "capi/guard.h"
#include "io/keyring.h"

using namespace latchkey::capi;

int crypt_set_keyring_to_link(crypt_device* cd, const char* key_description,
                              const char* old_key_description, const char* key_type_desc,
                              const char* keyring_to_link_vk) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        if (key_description == nullptr && old_key_description == nullptr &&
            key_type_desc == nullptr && keyring_to_link_vk == nullptr) {
            self.keyring_link.reset();
            return 0;
        }
        LK_TRY(loaded_luks2(self));
        if (key_description == nullptr || keyring_to_link_vk == nullptr) return silent(EINVAL);
        KeyringLink link{.description = key_description,
                         .key_type = key_type_desc != nullptr ? key_type_desc : "user",
                         .keyring = keyring_to_link_vk};
        if (old_key_description != nullptr) link.old_description = old_key_description;
        if (link.key_type != "user" && link.key_type != "logon") {
            return error_saying(EINVAL, "Key type %s is not supported.", link.key_type.c_str());
        }
        LK_TRY(latchkey::io::parse_link_target(link.keyring + "::%" + link.key_type + ":" +
                                               link.description));
        self.keyring_link = std::move(link);
        return 0;
    });
}
