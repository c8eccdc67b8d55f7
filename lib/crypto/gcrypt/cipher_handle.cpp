// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/gcrypt/cipher_handle.h"

#include <algorithm>

#include "crypto/gcrypt/library.h"
#include "latchkey/secret.h"

namespace latchkey::crypto {
namespace {

int gcrypt_mode(BlockMode mode) {
    switch (mode) {
        case BlockMode::Ecb: return GCRY_CIPHER_MODE_ECB;
        case BlockMode::Cbc: return GCRY_CIPHER_MODE_CBC;
        case BlockMode::Ctr: return GCRY_CIPHER_MODE_CTR;
        case BlockMode::Xts: return GCRY_CIPHER_MODE_XTS;
    }
    return GCRY_CIPHER_MODE_NONE;
}

// Fills up each of the `count` consecutive keys as the algorithm's row says.
SecretBuffer filled_keys(const CipherAlgorithm& algorithm, std::size_t count, ByteView keys) {
    const std::size_t length = keys.size() / count;
    SecretBuffer filled(algorithm.filled_bytes * count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto into =
            filled.bytes().subspan(i * algorithm.filled_bytes, algorithm.filled_bytes);
        std::ranges::copy(keys.subspan(i * length, length), into.begin());
        into[length] = algorithm.fill;
        std::ranges::fill(into.subspan(length + 1), std::byte{});
    }
    return filled;
}

// Kept short because it runs two million times per GiB.
template <typename Transform>
gcry_error_t each_sector(gcry_cipher_handle* handle, BlockMode mode, ByteView ivs,
                         std::size_t sector_size, MutableByteView sectors, Transform transform) {
    const auto start = mode == BlockMode::Ctr ? gcry_cipher_setctr : gcry_cipher_setiv;
    const std::size_t block = ivs.size() / (sectors.size() / sector_size);
    const std::byte* iv = ivs.data();
    std::byte* const end = sectors.data() + sectors.size();
    for (std::byte* sector = sectors.data(); sector != end; sector += sector_size, iv += block) {
        if (const gcry_error_t error = start(handle, iv, block)) return error;
        if (const gcry_error_t error = transform(handle, sector, sector_size, nullptr, 0))
            return error;
    }
    return 0;
}

}  // namespace

Result<CipherHandle> CipherHandle::open(const CipherAlgorithm& algorithm, BlockMode mode,
                                        ByteView key) {
    gcry_cipher_hd_t raw = nullptr;
    if (const auto error = gcry_cipher_open(&raw, algorithm.id, gcrypt_mode(mode), 0))
        return gcrypt_failure(error, algorithm.name.data());
    CipherHandle handle(raw, mode);
    // The kernel accepts weak DES and Blowfish keys, so volumes with such keys exist.
    gcry_cipher_ctl(raw, GCRYCTL_SET_ALLOW_WEAK_KEY, nullptr, 1);
    const std::size_t keys = mode == BlockMode::Xts ? 2 : 1;
    SecretBuffer filled;
    if (key.size() < algorithm.filled_bytes * keys) {
        filled = filled_keys(algorithm, keys, key);
        key = filled.bytes();
    }
    const auto error = gcry_cipher_setkey(raw, key.data(), key.size());
    if (error != 0 && gcry_err_code(error) != GPG_ERR_WEAK_KEY)
        return gcrypt_failure(error, algorithm.name.data());
    return handle;
}

CipherHandle::~CipherHandle() {
    if (handle_ != nullptr) gcry_cipher_close(handle_);
}

Result<void> CipherHandle::start(ByteView iv) {
    gcry_error_t error = 0;
    if (mode_ == BlockMode::Ctr)
        error = gcry_cipher_setctr(handle_, iv.data(), iv.size());
    else if (mode_ != BlockMode::Ecb)
        error = gcry_cipher_setiv(handle_, iv.data(), iv.size());
    if (error != 0) return gcrypt_failure(error, "setting the IV");
    return {};
}

Result<void> CipherHandle::encrypt(ByteView iv, MutableByteView bytes) {
    LK_TRY(start(iv));
    if (const auto error = gcry_cipher_encrypt(handle_, bytes.data(), bytes.size(), nullptr, 0))
        return gcrypt_failure(error, "encrypting");
    return {};
}

Result<void> CipherHandle::decrypt(ByteView iv, MutableByteView bytes) {
    LK_TRY(start(iv));
    if (const auto error = gcry_cipher_decrypt(handle_, bytes.data(), bytes.size(), nullptr, 0))
        return gcrypt_failure(error, "decrypting");
    return {};
}

Result<void> CipherHandle::encrypt_sectors(ByteView ivs, std::size_t sector_size,
                                           MutableByteView sectors) {
    if (const auto error =
            each_sector(handle_, mode_, ivs, sector_size, sectors, gcry_cipher_encrypt))
        return gcrypt_failure(error, "encrypting");
    return {};
}

Result<void> CipherHandle::decrypt_sectors(ByteView ivs, std::size_t sector_size,
                                           MutableByteView sectors) {
    if (const auto error =
            each_sector(handle_, mode_, ivs, sector_size, sectors, gcry_cipher_decrypt))
        return gcrypt_failure(error, "decrypting");
    return {};
}

}  // namespace latchkey::crypto
