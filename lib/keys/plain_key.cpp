// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes the key of a plain volume.  No other code does.
#include <utility>

#include "latchkey/key_source.h"

namespace latchkey {

KeySource as_plain_source(const plain::Params& params, KeySource source) {
    if (auto* file = std::get_if<keys::File>(&source.from)) {
        file->options.size = params.key_bytes;
        source.is = KeyIs::VolumeKey;
    }
    // A stream that is not hashed stays a passphrase, so that an empty key gives the error for an empty passphrase.
    if (auto* input = std::get_if<keys::Descriptor>(&source.from);
        input != nullptr && !input->options.stop_at_newline && params.hash == "plain")
        input->options.size = params.key_bytes;
    return source;
}

Result<VolumeKey> plain_key(const plain::Params& params, KeyIs is, SecretBuffer secret) {
    if (is == KeyIs::VolumeKey) return plain::key_from_file(params, std::move(secret));
    return plain::key_from_passphrase(params, Passphrase(std::move(secret)));
}

}  // namespace latchkey
