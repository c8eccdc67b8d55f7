// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plain/hash_spec.h"

#include "crypto/hash.h"
#include "latchkey/number.h"

namespace latchkey::plain {

Result<HashSpec> parse_hash_spec(std::string_view text, std::size_t key_bytes) {
    const std::size_t colon = text.find(':');
    HashSpec spec{.text = std::string(text), .name = std::string(text.substr(0, colon))};
    if (!spec.is_plain()) {
        auto known = crypto::hash_length(spec.name);
        if (!known && known.error().code != Errc::MissingCipher) return std::move(known).error();
        if (!known)
            return fail(Errc::MissingCipher, "hash algorithm %s not supported", spec.text.c_str())
                .with_hint(known.error().hint);
    }
    if (colon == std::string_view::npos) return spec;

    const std::string_view digits = text.substr(colon + 1);
    const std::size_t length = parse_number<std::size_t>(digits).value_or(0);
    // The peer accepts a length of 0 and any text after the digits.  A key of zeros protects nothing.
    if (length == 0 || length > key_bytes)
        return fail(Errc::InvalidArgument, "key processing error (using hash %s)",
                    spec.text.c_str());
    spec.length = length;
    return spec;
}

}  // namespace latchkey::plain
