// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cipher_spec.h"

#include <string_view>

#include "crypto/cipher.h"
#include "fuzz/explore.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace latchkey;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto spec = model::parse_cipher_spec(text);
    if (spec) {
        fuzz::require(spec->text == text);
        for (const std::size_t length : {0U, 16U, 32U, 64U})
            (void)crypto::check_cipher(*spec, length);
    }
    (void)model::expand_cipher(text);
    return 0;
}
