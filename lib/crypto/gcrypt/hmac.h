// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/bytes.h"
#include "crypto/gcrypt/algorithms.h"
#include "crypto/gcrypt/library.h"

namespace latchkey::crypto {

// HMAC (RFC 2104) with one key, for many messages.  The destructor wipes its memory.
class Hmac {
  public:
    [[nodiscard]] static Result<Hmac> create(const HashAlgorithm& algorithm, ByteView key);
    Hmac(Hmac&& from) noexcept;
    Hmac& operator=(Hmac&&) = delete;
    Hmac(const Hmac&) = delete;
    Hmac& operator=(const Hmac&) = delete;
    ~Hmac() { gcry_md_close(handle_); }

    void begin() { gcry_md_reset(handle_); }
    void add(ByteView bytes) { gcry_md_write(handle_, bytes.data(), bytes.size()); }
    // Writes the first into.size() bytes of the digest, which must have at least as many.
    void finish(MutableByteView into) {
        std::memcpy(into.data(), gcry_md_read(handle_, 0), into.size());
    }

  private:
    explicit Hmac(gcry_md_hd_t handle) : handle_(handle) {}
    gcry_md_hd_t handle_;
};

}  // namespace latchkey::crypto
