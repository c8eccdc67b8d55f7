// SPDX-License-Identifier: LGPL-2.1-or-later
// Token plug-ins of other programs: libcryptsetup-token-<type>.so, interface 1.0.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "latchkey/error.h"
#include "latchkey/secret.h"

struct crypt_device;  // of the libcryptsetup.so.12 that the plug-in calls

namespace latchkey::tokens {

// The functions of a plug-in, or of a handler that the program registered.
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

// A plug-in; the object keeps it in memory.
struct Plugin {
    Calls calls = {};
    std::shared_ptr<void> library = {};
};

// Returns the folder of plug-ins that is used by default.
[[nodiscard]] std::string_view default_directory();
// Returns the path of a plug-in.  NotFound if the type cannot be part of a file name, or belongs to the format or
// this library.
[[nodiscard]] Result<std::string> plugin_path(std::string_view directory, std::string_view type);
// Loads a plug-in.  NotFound: no such file, or the loader refuses it.  NotSupported: open or version is missing at
// version node CRYPTSETUP_TOKEN_1.0.
[[nodiscard]] Result<Plugin> load_plugin(std::string_view directory, std::string_view type);

// The secret that the token gave, or the negative errno of the call.  -ENOENT: no function takes a PIN.
struct Answer {
    int status = 0;
    SecretBuffer bytes = {};
};
[[nodiscard]] Answer open_token(const Calls& calls, crypt_device* cd, int token,
                                const Passphrase* pin, void* user);
// Returns the error of a failed open.  After TokenNeedsPin, NoDevice (the hardware is not connected) and
// NoUsableToken the next token is tried; any other error stops.
[[nodiscard]] Error open_failure(std::string_view type, int status);

}  // namespace latchkey::tokens
