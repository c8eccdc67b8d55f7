// SPDX-License-Identifier: LGPL-2.1-or-later
// Begins a reencryption, or opens the keys of one in progress: crypt_reencrypt_init_by_*().
#include <cinttypes>

#include "capi/guard.h"
#include "capi/opening.h"
#include "latchkey/condition.h"
#include "latchkey/peer.h"
#include "latchkey/sectors.h"

using namespace latchkey::capi;
using latchkey::Errc;
using latchkey::Error;
using latchkey::fail;
using latchkey::kSectorSize;
using latchkey::ReencryptionState;
using latchkey::ReencryptMode;
using latchkey::ReencryptParams;
using latchkey::Result;
using latchkey::UnlockedVolume;
using latchkey::Volume;

namespace {

// What the caller asked for.
struct Order {
    const char* name;  // of the mapping; null = the volume is not open
    crypt_keyslot_context* old_secret;
    crypt_keyslot_context* new_secret;  // null or the same: one secret for both keys
    int old_keyslot;
    int new_keyslot;
    const char* cipher;
    const char* mode;
    const crypt_params_reencrypt* params;

    [[nodiscard]] std::uint32_t flags() const { return params == nullptr ? 0 : params->flags; }
    [[nodiscard]] bool has(std::uint32_t flag) const { return (flags() & flag) != 0; }
    [[nodiscard]] crypt_keyslot_context& secret_of_new() const {
        return new_secret != nullptr ? *new_secret : *old_secret;
    }
};

constexpr std::uint64_t kZone = 4096;                   // bytes
constexpr std::uint64_t kMostMoved = 20 * 1024 * 1024;  // bytes, as the peer's command

Error not_started() {
    return error_saying(EINVAL, "Failed to initialize LUKS2 reencryption in metadata.");
}

Result<std::uint64_t> hotzone_bytes(const Order& order) {
    const std::uint64_t sectors = order.params == nullptr ? 0 : order.params->max_hotzone_size;
    if (sectors > UINT64_MAX / kSectorSize || sectors * kSectorSize % kZone != 0)
        return error_saying(EINVAL,
                            "Hotzone size must be multiple of calculated zone alignment (%" PRIu64
                            " bytes).",
                            kZone);
    return sectors * kSectorSize;
}

Result<void> set_mode(const Order& order, ReencryptParams& wanted) {
    const crypt_params_reencrypt& params = *order.params;
    const bool shifts = params.data_shift != 0;
    if (params.resilience == nullptr) return not_started();
    std::string_view resilience = params.resilience;
    switch (params.mode) {
        case CRYPT_REENCRYPT_REENCRYPT: wanted.mode = ReencryptMode::Reencrypt; break;
        case CRYPT_REENCRYPT_ENCRYPT: wanted.mode = ReencryptMode::Encrypt; break;
        case CRYPT_REENCRYPT_DECRYPT: wanted.mode = ReencryptMode::Decrypt; break;
        default: return not_started();
    }
    if (shifts && params.data_shift > UINT64_MAX / kSectorSize) return not_started();
    if (wanted.mode == ReencryptMode::Encrypt && shifts) {
        if (resilience != "datashift") return not_started();
        if (!order.has(CRYPT_REENCRYPT_MOVE_FIRST_SEGMENT))
            return not_supported("crypt_reencrypt_init_by_passphrase",
                                 "moving data without moving the first of them");
        wanted.shift_bytes = params.data_shift * kSectorSize;
        wanted.first_bytes_move = true;
        return {};
    }
    if (wanted.mode == ReencryptMode::Decrypt && shifts) {
        constexpr std::string_view kMoves = "datashift-";
        if (!resilience.starts_with(kMoves)) return not_started();
        resilience.remove_prefix(kMoves.size());
        LK_ASSIGN(const std::uint64_t hotzone, hotzone_bytes(order));
        wanted.moved_bytes = hotzone == 0 ? kMostMoved : hotzone;
    } else if (shifts) {
        return not_started();
    }
    wanted.resilience = resilience;
    return {};
}

Result<ReencryptParams> params_of(const crypt_device& cd, const Order& order) {
    if (order.params == nullptr) return not_started();
    const crypt_params_reencrypt& params = *order.params;
    ReencryptParams wanted;
    LK_TRY(set_mode(order, wanted));
    wanted.direction = params.direction == CRYPT_REENCRYPT_BACKWARD
                           ? latchkey::ReencryptDirection::Backward
                           : latchkey::ReencryptDirection::Forward;
    if (params.hash != nullptr) wanted.resilience_hash = params.hash;
    wanted.least_digest_cost = cd.pbkdf && (cd.pbkdf->flags & CRYPT_PBKDF_NO_BENCHMARK) != 0;
    if (wanted.mode != ReencryptMode::Decrypt) {
        if (order.cipher == nullptr || order.mode == nullptr || params.luks2 == nullptr)
            return not_started();
        wanted.cipher = std::string(order.cipher) + "-" + order.mode;
        wanted.sector_size = params.luks2->sector_size;
    }
    if (params.device_size == 0) return wanted;
    if (wanted.mode != ReencryptMode::Encrypt || wanted.shift_bytes != 0)
        return not_supported("crypt_reencrypt_init_by_passphrase",
                             "reencrypting a part of the data");
    if (params.device_size > UINT64_MAX / kSectorSize) return not_started();
    wanted.data_bytes = params.device_size * kSectorSize;
    return wanted;
}

Result<UnlockedVolume> open_new(crypt_device& cd, const Order& order) {
    auto opened =
        open_by_context(cd, order.new_keyslot, order.secret_of_new(), AnyKeyslot::WithUnbound);
    if (opened) return opened;
    Error failure = read_failure(order.secret_of_new(), std::move(opened).error());
    // The peer has one answer for a keyslot that is not there and one with another passphrase.
    if (errno_of(failure) == ENOENT) return silent(EPERM);
    return failure;
}

// Commits what the data will become, and returns the keys.
Result<UnlockedVolume> begin(crypt_device& cd, const Order& order) {
    const bool decrypts = order.params != nullptr && order.params->mode == CRYPT_REENCRYPT_DECRYPT;
    if (order.new_keyslot < 0 && !decrypts && order.params != nullptr) return silent(EINVAL);
    LK_ASSIGN(ReencryptParams wanted, params_of(cd, order));
    std::optional<UnlockedVolume> fresh;
    if (!decrypts) {
        LK_ASSIGN(fresh, open_new(cd, order));
    }
    std::optional<UnlockedVolume> old;
    if (wanted.mode == ReencryptMode::Encrypt) {
        old = std::move(fresh);
        fresh.reset();
    } else {
        auto opened =
            open_by_context(cd, order.old_keyslot, *order.old_secret, AnyKeyslot::OfTheData);
        if (!opened) {
            log_error(&cd, "Failed to initialize LUKS2 reencryption in metadata.");
            return silent(errno_of(opened.error()));
        }
        old.emplace(std::move(opened).value());
    }
    LK_ASSIGN(const latchkey::Device data, open_data(cd, latchkey::Access::Exclusive));
    const auto begin_it = [&](Volume& volume) -> Result<int> {
        LK_TRY(volume.begin_reencryption(cd.context, data, *old, fresh ? &fresh->key : nullptr,
                                         fresh ? std::optional(order.new_keyslot) : std::nullopt,
                                         wanted));
        return 0;
    };
    // An unknown hash or cipher is a wrong parameter; ENOENT would be a missing keyslot.
    if (auto begun = write_volume(cd, begin_it); !begun)
        return errno_of(begun.error()) == ENOENT ? std::move(begun).error().with_errno(EINVAL)
                                                 : std::move(begun).error();
    if (fresh) {
        old->more_keys.clear();
        old->more_keys.push_back(std::move(fresh->key));
    }
    return *std::move(old);
}

// Returns the keys of a reencryption in progress.
Result<UnlockedVolume> resume(crypt_device& cd, const Order& order) {
    LK_ASSIGN(UnlockedVolume opened,
              open_by_context(cd, order.old_keyslot, *order.old_secret, AnyKeyslot::OfTheData));
    if (order.new_secret == nullptr || order.new_secret == order.old_secret) return opened;
    LK_ASSIGN(UnlockedVolume other,
              open_by_context(cd, order.new_keyslot, *order.new_secret, AnyKeyslot::OfTheData));
    opened.more_keys.push_back(std::move(other.key));
    return opened;
}

// Repeats the writes that a crash interrupted.  What cannot be recovered is given up only if the caller agrees.
Result<void> recover(crypt_device& cd, const UnlockedVolume& opened) {
    LK_ASSIGN(const latchkey::Device data, open_data(cd, latchkey::Access::Exclusive));
    const auto attempt = [&](latchkey::LostData lost) {
        return write_volume(cd, [&](Volume& volume) -> Result<int> {
            LK_TRY(volume.recover_reencryption(cd.context, data, opened, lost));
            return 0;
        });
    };
    auto done = attempt(latchkey::LostData::Refused);
    if (!done && done.error().condition == latchkey::Condition::ReencryptionUnprotected &&
        cd.confirm != nullptr && confirmed(cd, done.error().message))
        done = attempt(latchkey::LostData::Accepted);
    if (!done) return std::move(done).error();
    return {};
}

// Returns the number of the keyslot that describes the reencryption; 0 if a recovery has ended it.
int number_of(const crypt_device& cd) {
    const auto info = luks_of(cd)->volume().info().reencryption;
    return info ? info->keyslot : 0;
}

Result<void> check_state(const Order& order, ReencryptionState state) {
    if (state == ReencryptionState::None) {
        if (order.has(CRYPT_REENCRYPT_RESUME_ONLY | CRYPT_REENCRYPT_RECOVERY))
            return error_saying(EINVAL, "Device is not in reencryption.");
        return {};
    }
    if (order.has(CRYPT_REENCRYPT_INITIALIZE_ONLY))
        return order.has(CRYPT_REENCRYPT_RESUME_ONLY)
                   ? silent(EINVAL)
                   : error_saying(EBUSY, "LUKS2 reencryption already initialized in metadata.");
    return {};
}

Result<int> init(crypt_device& cd, const Order& order) {
    LK_ASSIGN(const Volume* volume, loaded_luks2(cd));
    if (order.old_secret == nullptr) return silent(EINVAL);
    // A cipher is of a new key.
    if (order.cipher != nullptr && order.new_keyslot < 0) return silent(EINVAL);
    if (order.name != nullptr)
        return not_supported("crypt_reencrypt_init_by_passphrase",
                             "reencryption of an active mapping");
    if (order.has(CRYPT_REENCRYPT_CREATE_NEW_DIGEST))
        return not_supported("crypt_reencrypt_init_by_passphrase", "a new digest of the same key");
    LK_ASSIGN(const std::uint64_t hotzone, hotzone_bytes(order));
    LK_ASSIGN(const ReencryptionState state, volume->reencryption());
    LK_TRY(check_state(order, state));
    cd.reencryption.reset();
    LK_ASSIGN(UnlockedVolume opened,
              state == ReencryptionState::None ? begin(cd, order) : resume(cd, order));
    if (order.has(CRYPT_REENCRYPT_RECOVERY)) LK_TRY(recover(cd, opened));
    const int number = number_of(cd);
    if (!order.has(CRYPT_REENCRYPT_INITIALIZE_ONLY) && !order.has(CRYPT_REENCRYPT_RECOVERY))
        cd.reencryption =
            PreparedReencryption{.opened = std::move(opened), .hotzone_bytes = hotzone};
    return number;
}

Result<int> init_by(crypt_device& cd, Order order, Result<crypt_keyslot_context> secret) {
    if (!secret) return std::move(secret).error();
    order.old_secret = order.new_secret = &*secret;
    return init(cd, order);
}

}  // namespace

int crypt_reencrypt_init_by_passphrase(crypt_device* cd, const char* name, const char* passphrase,
                                       size_t passphrase_size, int keyslot_old, int keyslot_new,
                                       const char* cipher, const char* cipher_mode,
                                       const crypt_params_reencrypt* params) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (passphrase == nullptr) return silent(EINVAL);
        return init_by(self,
                       {.name = name,
                        .old_secret = nullptr,
                        .new_secret = nullptr,
                        .old_keyslot = keyslot_old,
                        .new_keyslot = keyslot_new,
                        .cipher = cipher,
                        .mode = cipher_mode,
                        .params = params},
                       by_passphrase(passphrase, passphrase_size));
    });
}

int crypt_reencrypt_init_by_keyring(crypt_device* cd, const char* name, const char* key_description,
                                    int keyslot_old, int keyslot_new, const char* cipher,
                                    const char* cipher_mode, const crypt_params_reencrypt* params) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (key_description == nullptr) return silent(EINVAL);
        return init_by(self,
                       {.name = name,
                        .old_secret = nullptr,
                        .new_secret = nullptr,
                        .old_keyslot = keyslot_old,
                        .new_keyslot = keyslot_new,
                        .cipher = cipher,
                        .mode = cipher_mode,
                        .params = params},
                       by_keyring(key_description));
    });
}

int crypt_reencrypt_init_by_keyslot_context(crypt_device* cd, const char* name,
                                            crypt_keyslot_context* kc_old,
                                            crypt_keyslot_context* kc_new, int keyslot_old,
                                            int keyslot_new, const char* cipher,
                                            const char* cipher_mode,
                                            const crypt_params_reencrypt* params) {
    return guarded_with(cd, [&](crypt_device& self) {
        const Order order{.name = name,
                          .old_secret = kc_old != nullptr ? kc_old : kc_new,
                          .new_secret = kc_new,
                          .old_keyslot = keyslot_old,
                          .new_keyslot = keyslot_new,
                          .cipher = cipher,
                          .mode = cipher_mode,
                          .params = params};
        return init(self, order);
    });
}
