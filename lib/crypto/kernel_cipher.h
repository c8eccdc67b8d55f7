// SPDX-License-Identifier: LGPL-2.1-or-later
// Sector encryption with the kernel's crypto API (AF_ALG), for the few ciphers that libgcrypt lacks.
#pragma once

#include <memory>

#include "crypto/cipher.h"

namespace latchkey::crypto {

// MissingCipher if this kernel lacks the cipher or offers none to programs; InvalidArgument for a wrong key length.
[[nodiscard]] Result<std::unique_ptr<SectorCipher>> make_kernel_cipher(
    const model::CipherSpec& spec, ByteView key, SectorGeometry geometry);
// Returns whether the spec is one of those few ciphers.  For any other spec, the other two functions return
// MissingCipher without asking the kernel.
[[nodiscard]] bool is_kernel_cipher(const model::CipherSpec& spec);
// Checks whether make_kernel_cipher() would succeed.  Asks the kernel, which may load a module for it.
[[nodiscard]] Result<void> check_kernel_cipher(const model::CipherSpec& spec);

// Returns whether the kernel reports that it has no such cipher, not even for dm-crypt.  False if it has the cipher,
// and if it cannot be asked because AF_ALG or its skcipher part is missing.  May load a module.
[[nodiscard]] bool kernel_lacks(const model::CipherSpec& spec);

}  // namespace latchkey::crypto
