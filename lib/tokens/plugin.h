// SPDX-License-Identifier: LGPL-2.1-or-later
// Token plug-ins of other programs: libcryptsetup-token-<type>.so, interface 1.0.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "latchkey/error.h"
#include "latchkey/secret.h"

struct crypt_device;  // of the libcryptsetup.so.12 that the plug-in calls back

namespace latchkey::tokens {

// What a plug-in, or a handler that a program brought, can be asked.
struct Calls {
    using Open = int (*)(crypt_device*, int token, char** buffer, std::size_t* size, void* user);
    using OpenPin = int (*)(crypt_device*, int token, const char* pin, std::size_t pin_size,
                            char** buffer, std::size_t* size, void* user);
    Open open = nullptr;
    OpenPin open_pin = nullptr;
    void (*buffer_free)(void* buffer, std::size_t size) = nullptr;
    int (*validate)(crypt_device*, const char* json) = nullptr;
    void (*dump)(crypt_device*, const char* json) = nullptr;
    const char* (*version)() = nullptr;
};

// A plug-in; stays in memory as long as this.
struct Plugin {
    Calls calls = {};
    std::shared_ptr<void> library = {};
};

// Where plug-ins are unless somebody says otherwise.
[[nodiscard]] std::string_view default_directory();
// NotFound if the type cannot be part of a file name, or is the format's or this library's own.
[[nodiscard]] Result<std::string> plugin_path(std::string_view directory, std::string_view type);
// NotFound: no such file, or one that the loader refuses.  NotSupported: open or version is missing at version node
// CRYPTSETUP_TOKEN_1.0.
[[nodiscard]] Result<Plugin> load_plugin(std::string_view directory, std::string_view type);

// What the token gave, or the negative errno of the call.  -ENOENT: no call that takes a PIN.
struct Answer {
    int status = 0;
    SecretBuffer bytes = {};
};
[[nodiscard]] Answer open_token(const Calls& calls, crypt_device* cd, int token,
                                const Passphrase* pin, void* user);
// A failed open as the order of tries knows it: TokenNeedsPin, NoDevice (its hardware is not there at the moment) and
// NoUsableToken let the next token try, everything else stops.
[[nodiscard]] Error open_failure(std::string_view type, int status);

}  // namespace latchkey::tokens
