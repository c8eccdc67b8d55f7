// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "latchkey/error.h"

namespace latchkey::crypto {

// Digest length in bytes.  MissingCipher if the library does not know the hash.  Names are those of
// LUKS headers (sha256, sha3-256, ripemd160, whirlpool, blake2b-512, stribog512, sm3 ...), any case.
[[nodiscard]] Result<std::size_t> hash_length(std::string_view name);

// Streaming digest; reset() begins anew.
class Hash {
  public:
    [[nodiscard]] static Result<Hash> create(std::string_view name);
    Hash(Hash&&) noexcept;
    Hash& operator=(Hash&&) noexcept;
    ~Hash();

    void reset();
    void update(ByteView bytes);
    // Writes min(into.size(), length()) bytes of the digest.  Call once between resets.
    void finish(MutableByteView into);
    [[nodiscard]] std::size_t length() const;

  private:
    struct State;
    explicit Hash(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// One call: digest of `bytes`, length() bytes.
[[nodiscard]] Result<Bytes> digest(std::string_view hash, ByteView bytes);

}  // namespace latchkey::crypto
