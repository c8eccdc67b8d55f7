// SPDX-License-Identifier: LGPL-2.1-or-later
// Sector encryption by the kernel's crypto API (AF_ALG), for the few ciphers that libgcrypt does not have.
#pragma once

#include <memory>

#include "crypto/cipher.h"

namespace latchkey::crypto {

// MissingCipher if this kernel has no such cipher or offers none to programs; InvalidArgument for a wrong key length.
[[nodiscard]] Result<std::unique_ptr<SectorCipher>> make_kernel_cipher(
    const model::CipherSpec& spec, ByteView key, SectorGeometry geometry);
// Whether it is one of those few; else the other two answer MissingCipher without asking the kernel.
[[nodiscard]] bool is_kernel_cipher(const model::CipherSpec& spec);
// Whether make_kernel_cipher() could do it.  Asks the kernel, which may load a module for it.
[[nodiscard]] Result<void> check_kernel_cipher(const model::CipherSpec& spec);

// Whether the kernel says that it has no such cipher, of any kind, for dm-crypt either.  False where it has it, and
// where it cannot be asked: without AF_ALG, or without its part for such ciphers.  May load a module.
[[nodiscard]] bool kernel_lacks(const model::CipherSpec& spec);

}  // namespace latchkey::crypto
