// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tokens/plugin.h"

#include <dlfcn.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace latchkey::tokens {
namespace {

constexpr const char* kVersionNode = "CRYPTSETUP_TOKEN_1.0";
// Prefixes of the types of the format and of this library: plug-ins cannot have them, and no file is looked for.
constexpr std::string_view kOwnPrefixes[] = {"luks2-", "latchkey-"};
constexpr std::size_t kMaxTypeLength = 128;    // longer types are not looked for
constexpr std::size_t kMaxSecret = 8U << 20U;  // bytes; as for key files

template <typename Function>
void find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlvsym(library, name, kVersionNode));
}

// Frees with the plug-in's own function, or else with free().
void release(const Calls& calls, char* buffer, std::size_t size) {
    if (buffer == nullptr) return;
    if (calls.buffer_free != nullptr) {
        calls.buffer_free(buffer, size);
        return;
    }
    wipe_memory({reinterpret_cast<std::byte*>(buffer), size});
    std::free(buffer);
}

Errc kind_of(int status) {
    switch (-status) {
        case ENOANO: return Errc::TokenNeedsPin;
        case EAGAIN: return Errc::NoDevice;
        case EPERM:
        case ENOENT:
        case EINVAL: return Errc::NoUsableToken;
        case ENOMEM: return Errc::OutOfMemory;
        case EINTR: return Errc::Interrupted;
        case EBUSY: return Errc::Busy;
        case EACCES: return Errc::AccessDenied;
        case ENOTSUP: return Errc::NotSupported;
        default: return Errc::Io;
    }
}

}  // namespace

std::string_view default_directory() {
    return LATCHKEY_TOKEN_DIRECTORY;
}

Result<std::string> plugin_path(std::string_view directory, std::string_view type) {
    // The type is text from a header, so it must not lead out of the directory.
    const bool is_name = !type.empty() && type.size() <= kMaxTypeLength &&
                         type.find('/') == std::string_view::npos &&
                         type.find('\0') == std::string_view::npos;
    for (const std::string_view prefix : kOwnPrefixes)
        if (type.starts_with(prefix))
            return fail(Errc::NotFound, "no plug-in is looked for: tokens of type %s are known",
                        std::string(type.substr(0, kMaxTypeLength)).c_str());
    if (!is_name)
        return fail(Errc::NotFound, "token type \"%s\" cannot be the name of a plug-in",
                    std::string(type.substr(0, kMaxTypeLength)).c_str());
    return std::string(directory) + "/libcryptsetup-token-" + std::string(type) + ".so";
}

Result<Plugin> load_plugin(std::string_view directory, std::string_view type) {
    LK_ASSIGN(const std::string path, plugin_path(directory, type));
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        const char* why = ::dlerror();
        return fail(Errc::NotFound, "no token plug-in: %s", why != nullptr ? why : path.c_str());
    }
    Plugin plugin{.library = {library, [](void* loaded) { ::dlclose(loaded); }}};
    Calls& calls = plugin.calls;
    find(library, "cryptsetup_token_open", calls.open);
    find(library, "cryptsetup_token_open_pin", calls.open_pin);
    find(library, "cryptsetup_token_buffer_free", calls.buffer_free);
    find(library, "cryptsetup_token_validate", calls.validate);
    find(library, "cryptsetup_token_dump", calls.dump);
    find(library, "cryptsetup_token_version", calls.version);
    if (calls.open == nullptr || calls.version == nullptr)
        return fail(Errc::NotSupported, "token plug-in %s has no %s of version %s", path.c_str(),
                    calls.open == nullptr ? "cryptsetup_token_open" : "cryptsetup_token_version",
                    kVersionNode);
    return plugin;
}

Answer open_token(const Calls& calls, crypt_device* cd, int token, const Passphrase* pin,
                  void* user) {
    char* buffer = nullptr;
    std::size_t size = 0;
    int status = -ENOENT;
    if (pin != nullptr && calls.open_pin != nullptr) {
        // An empty PIN is a PIN; a null pointer is not.
        const char* text =
            pin->size() != 0 ? reinterpret_cast<const char*>(pin->bytes().data()) : "";
        status = calls.open_pin(cd, token, text, pin->size(), &buffer, &size, user);
    }
    if (pin == nullptr && calls.open != nullptr)
        status = calls.open(cd, token, &buffer, &size, user);
    if (status < 0) return {.status = status};
    if (buffer == nullptr) return {.status = -EINVAL};
    Answer answer;
    if (size <= kMaxSecret)
        answer.bytes = SecretBuffer::copy_of({reinterpret_cast<const std::byte*>(buffer), size});
    else
        answer.status = -EINVAL;
    release(calls, buffer, size);
    return answer;
}

Error open_failure(std::string_view type, int status) {
    const std::string name(type);
    const Errc kind = kind_of(status);
    if (kind == Errc::TokenNeedsPin)
        return fail(kind, "a token of type %s needs a PIN, or another one", name.c_str());
    if (kind == Errc::NoDevice)
        return fail(kind, "the hardware of a token of type %s is missing", name.c_str());
    return fail(kind, "the plug-in for tokens of type %s failed: %s", name.c_str(),
                std::strerror(-status));
}

}  // namespace latchkey::tokens
