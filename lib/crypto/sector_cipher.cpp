// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>
#include <mutex>
#include <new>
#include <optional>
#include <vector>

#include "base/scope_guard.h"
#include "crypto/cipher.h"
#include "crypto/gcrypt/cipher_handle.h"
#include "crypto/hash.h"
#include "crypto/kernel_cipher.h"
#include "crypto/lmk.h"
#include "crypto/lrw.h"
#include "crypto/sector_iv.h"
#include "latchkey/secret.h"

namespace latchkey::crypto {
namespace {

constexpr std::uint32_t kMaxSectorSize = 4096;
constexpr std::size_t kBatch = 64;  // sectors whose IVs are computed at once

// How libgcrypt computes a spec with a key length.
struct Recipe {
    const CipherAlgorithm* algorithm = nullptr;
    BlockMode mode = BlockMode::Ecb;
    bool lrw = false;                  // LRW is ECB between two tweaks
    std::size_t cipher_key_bytes = 0;  // the part of the key that the cipher gets
    std::optional<IvKind> iv = {};     // empty: ECB uses none
    const CipherAlgorithm* essiv_algorithm = nullptr;
    std::string essiv_hash = {};
    std::size_t essiv_key_bytes = 0;
};

// Hashes for which the kernel, and therefore a volume, has another name.
struct KernelHash {
    std::string_view kernel_name;
    std::string_view hash;
    std::size_t bytes;  // only the first bytes of the digest are used
};
constexpr std::array kKernelHashes = {
    KernelHash{"wp256", "whirlpool", 32},
    KernelHash{"wp384", "whirlpool", 48},
    KernelHash{"wp512", "whirlpool", 64},
};

Result<void> resolve_essiv(const model::CipherSpec& spec, Recipe& recipe) {
    recipe.essiv_hash = spec.iv_option;
    for (const KernelHash& row : kKernelHashes)
        if (row.kernel_name == spec.iv_option) {
            recipe.essiv_hash = row.hash;
            recipe.essiv_key_bytes = row.bytes;
        }
    LK_ASSIGN(const std::size_t digest_bytes, hash_length(recipe.essiv_hash));
    if (recipe.essiv_key_bytes == 0) recipe.essiv_key_bytes = digest_bytes;
    LK_ASSIGN(recipe.essiv_algorithm, find_cipher(spec.cipher, recipe.essiv_key_bytes));
    return {};
}

Result<Recipe> resolve(const model::CipherSpec& spec, std::size_t key_length) {
    const auto missing = [&spec](const char* part, const std::string& name) {
        return fail(Errc::MissingCipher, "cipher '%s': %s '%s' is not available in userspace",
                    spec.text.c_str(), part, name.c_str());
    };
    Recipe recipe;
    std::size_t tweak_bytes = 0;
    std::size_t keys = 1;
    if (spec.mode == "xts") {
        recipe.mode = BlockMode::Xts;
        keys = 2;
    } else if (spec.mode == "cbc") {
        recipe.mode = BlockMode::Cbc;
    } else if (spec.mode == "ctr") {
        recipe.mode = BlockMode::Ctr;
    } else if (spec.mode == "lrw") {
        recipe.lrw = true;
        tweak_bytes = kLrwTweakKeyBytes;
    } else if (spec.mode != "ecb") {
        return missing("mode", spec.mode.empty() ? spec.cipher : spec.mode);
    }
    if (key_length <= tweak_bytes || (key_length - tweak_bytes) % keys != 0)
        return fail(Errc::InvalidArgument, "cipher '%s' has no keys of %zu bytes",
                    spec.text.c_str(), key_length);
    recipe.cipher_key_bytes = key_length - tweak_bytes;
    LK_ASSIGN(recipe.algorithm, find_cipher(spec.cipher, recipe.cipher_key_bytes / keys));
    if ((recipe.lrw || recipe.mode == BlockMode::Xts) && recipe.algorithm->block_bytes != 16)
        return fail(Errc::InvalidArgument,
                    "cipher '%s': mode '%s' needs blocks of 16 bytes, not %zu", spec.text.c_str(),
                    spec.mode.c_str(), recipe.algorithm->block_bytes);

    if (spec.mode == "ecb") return recipe;
    recipe.iv = find_iv(spec.iv);
    if (!recipe.iv) return missing("IV", spec.iv);
    if (recipe.iv == IvKind::Essiv) LK_TRY(resolve_essiv(spec, recipe));
    return recipe;
}

Result<void> check_geometry(SectorGeometry geometry) {
    const std::uint32_t size = geometry.sector_size;
    if (size < 512 || size > kMaxSectorSize || (size & (size - 1)) != 0)
        return fail(Errc::InvalidArgument, "sector size %u is not 512, 1024, 2048 or 4096", size);
    return {};
}

Result<void> check_run(MutableByteView bytes, std::uint32_t sector_size) {
    if (bytes.size() % sector_size != 0)
        return fail(Errc::InvalidArgument, "%zu bytes are not a multiple of sector size %u",
                    bytes.size(), sector_size);
    return {};
}

class NullCipher final : public SectorCipher {
  public:
    explicit NullCipher(SectorGeometry geometry) : geometry_(geometry) {}
    Result<void> encrypt(std::uint64_t, MutableByteView bytes) const override {
        return check_run(bytes, geometry_.sector_size);
    }
    Result<void> decrypt(std::uint64_t, MutableByteView bytes) const override {
        return check_run(bytes, geometry_.sector_size);
    }

  private:
    SectorGeometry geometry_;
};

class KeyedCipher final : public SectorCipher {
  public:
    static Result<std::unique_ptr<SectorCipher>> make(Recipe recipe, ByteView key,
                                                      SectorGeometry geometry);
    Result<void> encrypt(std::uint64_t first_sector, MutableByteView bytes) const override {
        return run({&CipherHandle::encrypt, &CipherHandle::encrypt_sectors}, first_sector, bytes);
    }
    Result<void> decrypt(std::uint64_t first_sector, MutableByteView bytes) const override {
        return run({&CipherHandle::decrypt, &CipherHandle::decrypt_sectors}, first_sector, bytes);
    }

  private:
    struct Operation {
        Result<void> (CipherHandle::*bytes)(ByteView iv, MutableByteView bytes);
        Result<void> (CipherHandle::*sectors)(ByteView ivs, std::size_t sector_size,
                                              MutableByteView sectors);
    };

    // libgcrypt's handles hold the IV, so every concurrent thread needs another set.
    struct Handles {
        CipherHandle data;
        std::optional<CipherHandle> essiv;
    };

    KeyedCipher(Recipe recipe, ByteView key, SectorGeometry geometry)
        : recipe_(std::move(recipe)),
          geometry_(geometry),
          key_(SecretBuffer::copy_of(key.first(recipe_.cipher_key_bytes))) {
        if (recipe_.lrw) lrw_.emplace(key.last(kLrwTweakKeyBytes));
    }
    Result<std::unique_ptr<Handles>> open() const;
    Result<std::unique_ptr<Handles>> take() const;
    void give_back(std::unique_ptr<Handles> handles) const noexcept;
    Result<void> run(Operation operation, std::uint64_t first_sector, MutableByteView bytes) const;
    Result<void> write_ivs(Handles& handles, std::uint64_t first_sector, MutableByteView ivs) const;
    Result<void> run_lrw(Handles& handles, Operation operation, ByteView iv,
                         MutableByteView sector) const;

    Recipe recipe_;
    SectorGeometry geometry_;
    SecretBuffer key_;
    SecretBuffer essiv_key_;
    std::optional<LrwKey> lrw_;
    mutable std::mutex mutex_;
    mutable std::vector<std::unique_ptr<Handles>> idle_;
};

Result<std::unique_ptr<SectorCipher>> KeyedCipher::make(Recipe recipe, ByteView key,
                                                        SectorGeometry geometry) {
    std::unique_ptr<KeyedCipher> cipher(new KeyedCipher(std::move(recipe), key, geometry));
    if (cipher->recipe_.essiv_algorithm != nullptr) {
        LK_ASSIGN(Hash hash, Hash::create(cipher->recipe_.essiv_hash));
        cipher->essiv_key_ = SecretBuffer(cipher->recipe_.essiv_key_bytes);
        hash.update(key);
        hash.finish(cipher->essiv_key_.bytes());
    }
    LK_ASSIGN(auto handles, cipher->open());
    cipher->give_back(std::move(handles));
    return std::unique_ptr<SectorCipher>(std::move(cipher));
}

Result<std::unique_ptr<KeyedCipher::Handles>> KeyedCipher::open() const {
    LK_ASSIGN(CipherHandle data,
              CipherHandle::open(*recipe_.algorithm, recipe_.mode, key_.bytes()));
    auto handles = std::make_unique<Handles>(Handles{std::move(data), std::nullopt});
    if (recipe_.essiv_algorithm != nullptr) {
        LK_ASSIGN(CipherHandle essiv,
                  CipherHandle::open(*recipe_.essiv_algorithm, BlockMode::Ecb, essiv_key_.bytes()));
        handles->essiv.emplace(std::move(essiv));
    }
    return handles;
}

Result<std::unique_ptr<KeyedCipher::Handles>> KeyedCipher::take() const {
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            auto handles = std::move(idle_.back());
            idle_.pop_back();
            return handles;
        }
    }
    return open();
}

void KeyedCipher::give_back(std::unique_ptr<Handles> handles) const noexcept {
    const std::lock_guard lock(mutex_);
    try {
        idle_.push_back(std::move(handles));
    } catch (const std::bad_alloc&) {
        // The set is freed; the next caller makes a new one.
    }
}

Result<void> KeyedCipher::write_ivs(Handles& handles, std::uint64_t first_sector,
                                    MutableByteView ivs) const {
    const std::size_t block = recipe_.algorithm->block_bytes;
    const std::uint32_t units = geometry_.sector_size / 512;
    if (geometry_.iv_large_sectors)
        crypto::write_ivs(*recipe_.iv, first_sector / units, 1, geometry_.sector_size, block, ivs);
    else
        crypto::write_ivs(*recipe_.iv, first_sector, units, geometry_.sector_size, block, ivs);
    if (handles.essiv) return handles.essiv->encrypt({}, ivs);
    if (recipe_.iv == IvKind::Eboiv)
        for (std::size_t at = 0; at < ivs.size(); at += block) {
            std::array<std::byte, kLongestBlock> zeros{};
            const auto result = MutableByteView(zeros).first(block);
            LK_TRY(handles.data.encrypt(ivs.subspan(at, block), result));
            std::copy(result.begin(), result.end(), ivs.subspan(at, block).begin());
        }
    return {};
}

Result<void> KeyedCipher::run_lrw(Handles& handles, Operation operation, ByteView iv,
                                  MutableByteView sector) const {
    std::array<std::byte, kMaxSectorSize> storage;
    const auto tweaks = MutableByteView(storage).first(sector.size());
    const ScopeGuard wipe([tweaks] { wipe_memory(tweaks); });
    lrw_->write_tweaks(iv, tweaks);
    for (std::size_t i = 0; i < sector.size(); ++i) sector[i] ^= tweaks[i];
    LK_TRY((handles.data.*operation.bytes)({}, sector));
    for (std::size_t i = 0; i < sector.size(); ++i) sector[i] ^= tweaks[i];
    return {};
}

Result<void> KeyedCipher::run(Operation operation, std::uint64_t first_sector,
                              MutableByteView bytes) const {
    LK_TRY(check_run(bytes, geometry_.sector_size));
    LK_ASSIGN(std::unique_ptr<Handles> handles, take());
    const ScopeGuard return_handles([&] { give_back(std::move(handles)); });
    if (!recipe_.iv) return (handles->data.*operation.bytes)({}, bytes);

    const std::size_t block = recipe_.algorithm->block_bytes;
    const std::size_t sector_size = geometry_.sector_size;
    std::array<std::byte, kBatch * kLongestBlock> storage;
    while (!bytes.empty()) {
        const std::size_t count = std::min(kBatch, bytes.size() / sector_size);
        const auto ivs = MutableByteView(storage).first(count * block);
        LK_TRY(write_ivs(*handles, first_sector, ivs));
        const auto batch = bytes.first(count * sector_size);
        if (lrw_)
            for (std::size_t i = 0; i < count; ++i)
                LK_TRY(run_lrw(*handles, operation, ivs.subspan(i * block, block),
                               batch.subspan(i * sector_size, sector_size)));
        else
            LK_TRY((handles->data.*operation.sectors)(ivs, sector_size, batch));
        bytes = bytes.subspan(count * sector_size);
        first_sector += count * (sector_size / 512);
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<SectorCipher>> make_sector_cipher(const model::CipherSpec& spec,
                                                         ByteView key, SectorGeometry geometry) {
    LK_TRY(check_geometry(geometry));
    if (spec.is_null()) return std::make_unique<NullCipher>(geometry);
    if (is_kernel_cipher(spec)) return make_kernel_cipher(spec, key, geometry);
    if (is_lmk(spec)) return make_lmk_cipher(spec, key, geometry);
    LK_ASSIGN(Recipe recipe, resolve(spec, key.size()));
    return KeyedCipher::make(std::move(recipe), key, geometry);
}

Result<void> check_cipher(const model::CipherSpec& spec, std::size_t key_length) {
    if (spec.is_null()) return {};
    if (is_kernel_cipher(spec)) return check_kernel_cipher(spec);
    if (is_lmk(spec)) return check_lmk(spec, key_length);
    LK_TRY(resolve(spec, key_length));
    return {};
}

}  // namespace latchkey::crypto
