// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "latchkey/error.h"

namespace latchkey::crypto {

// Returns the digest length in bytes.  MissingCipher if the library does not know the hash.  Names are those of LUKS
// headers (sha256, sha3-256, ripemd160, whirlpool, blake2b-512, stribog512, sm3 ...), in any case.
[[nodiscard]] Result<std::size_t> hash_length(std::string_view name);

// A streaming digest; reset() starts a new message.
class Hash {
  public:
    [[nodiscard]] static Result<Hash> create(std::string_view name);
    Hash(Hash&&) noexcept;
    Hash& operator=(Hash&&) noexcept;
    ~Hash();

    void reset();
    void update(ByteView bytes);
    // Writes the first min(into.size(), length()) bytes of the digest.  Call once between resets.
    void finish(MutableByteView into);
    [[nodiscard]] std::size_t length() const;

  private:
    struct State;
    explicit Hash(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Returns the digest of `bytes`, length() bytes, in one call.
[[nodiscard]] Result<Bytes> digest(std::string_view hash, ByteView bytes);

}  // namespace latchkey::crypto
