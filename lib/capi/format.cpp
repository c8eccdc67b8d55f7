// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes a volume of a type: a header on disk, or the parameters of a mapping without one.
#include <algorithm>

#include "base/i18n.h"
#include "capi/facets/format_order.h"
#include "capi/guard.h"

using namespace latchkey::capi;
using latchkey::Result;

namespace {

latchkey::Error lacks(const char* feature) {
    return not_supported("crypt_format", feature);
}

struct Type {
    std::string_view name;
    Result<void> (*format)(crypt_device& cd, const FormatOrder& order);
};
constexpr Type kTypes[] = {
    {CRYPT_LUKS1, format_luks1},
    {CRYPT_LUKS2, format_luks2},
    {CRYPT_PLAIN, format_plain},
    {CRYPT_LOOPAES, format_loopaes},
    {CRYPT_VERITY,
     [](crypt_device&, const FormatOrder&) -> Result<void> { return lacks("dm-verity"); }},
    {CRYPT_INTEGRITY,
     [](crypt_device&, const FormatOrder&) -> Result<void> { return lacks("dm-integrity"); }},
};

Result<void> format(crypt_device& cd, std::string_view type, const FormatOrder& order) {
    const auto found = std::ranges::find(kTypes, type, &Type::name);
    if (found != std::end(kTypes)) return found->format(cd, order);
    return error_saying(EINVAL, "Unknown crypt device type %s requested.",
                        std::string(type).c_str());
}

int run(crypt_device* cd, const char* type, const FormatOrder& order) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<void> {
        if (type == nullptr || !type_of(self).empty()) return silent(EINVAL);
        const std::string data_before = self.data_path;
        auto made = format(self, type, order);
        if (!made) {
            self.data_path = data_before;
            self.data_device = {};
            self.key.reset();
        }
        return made;
    });
}

}  // namespace

extern "C" {

[[gnu::visibility("default")]] int latchkey_crypt_format_2_0(
    crypt_device* cd, const char* type, const char* cipher, const char* cipher_mode,
    const char* uuid, const char* volume_key, size_t volume_key_size, void* params);
[[gnu::visibility("default")]] int latchkey_crypt_format_2_4(
    crypt_device* cd, const char* type, const char* cipher, const char* cipher_mode,
    const char* uuid, const char* volume_key, size_t volume_key_size, void* params);
}

int latchkey_crypt_format_2_0(crypt_device* cd, const char* type, const char* cipher,
                              const char* cipher_mode, const char* uuid, const char* volume_key,
                              size_t volume_key_size, void* params) {
    return run(cd, type, {cipher, cipher_mode, uuid, volume_key, volume_key_size, params, true});
}

int latchkey_crypt_format_2_4(crypt_device* cd, const char* type, const char* cipher,
                              const char* cipher_mode, const char* uuid, const char* volume_key,
                              size_t volume_key_size, void* params) {
    return run(cd, type, {cipher, cipher_mode, uuid, volume_key, volume_key_size, params, false});
}

// Two versions of one symbol (GNU ld; clang 14 has no attribute for this).
__asm__(".symver latchkey_crypt_format_2_0, crypt_format@CRYPTSETUP_2.0");
__asm__(".symver latchkey_crypt_format_2_4, crypt_format@@CRYPTSETUP_2.4");
