// SPDX-License-Identifier: LGPL-2.1-or-later
// The verbs: load, format, unlock, change.  This is the library's front door.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"
#include "latchkey/keyslot_info.h"
#include "latchkey/mapping_plan.h"
#include "latchkey/params.h"
#include "latchkey/report.h"
#include "latchkey/secret.h"

namespace latchkey {

namespace formats {
class LoadedHeader;
}

// A volume key that opened, and what opened it.
struct UnlockedVolume {
    VolumeKey key;
    int keyslot = -1;  // -1 = the key itself was given
    bool unbound = false;
    std::string keyslot_name = {};  // "" = none
    bool empty_passphrase = false;  // it opened with no secret at all
    // While the volume is reencrypted: the other key of its data, if the same passphrase opens it.
    std::vector<VolumeKey> more_keys = {};

    // What maps the plan that Volume::plan() makes of this.
    [[nodiscard]] KeyRing keys() const { return {key, more_keys}; }
};

// A volume whose header was read and checked.  Opening and looking never write.  Verbs that write are
// crash-safe: at every instant either the old or the new state opens.  They refuse to remove the last
// keyslot that a person can use (LastKeyslot) unless context.policy.guard_last_keyslot is false,
// and write a header backup first, before they destroy anything, when context.policy.backup_directory is
// set: <uuid>-<sequence id>.luks-header, mode 0400, checked to load; what cannot be backed up is not changed.
// Not thread-safe; two Volumes of one device are.
class LATCHKEY_API Volume {
  public:
    static constexpr std::uint32_t kMaxKeyBytes = 512;  // volume keys; no cipher takes so many

    // NotThisFormat, CorruptHeader, DeviceTooSmall, Unreadable.  A header with unmet requirements loads, can be
    // described, unlocked and backed up, its keyslots can be removed, and it refuses the rest with UnmetRequirement.
    [[nodiscard]] static Result<Volume> load(Context& context, Device metadata,
                                             const LoadOptions& options = {});

    // Overwrites whatever is there.  The key is made by context.random unless one is given, which must be
    // params.key_bytes long.  The whole header is made in memory first: what is refused, interrupted or cannot be
    // had (parameters, entropy, room, the lock) leaves the device byte for byte as it is, a file's length too.
    // The new header has no keyslots yet: add_keyslot() next, with the key returned.
    struct Formatted;
    [[nodiscard]] static Result<Formatted> format(Context& context, Device metadata,
                                                  const std::optional<Device>& data,
                                                  const FormatParams& params,
                                                  SecretBuffer volume_key = {});
    // The same with a first keyslot, whose derivation comes before the first write too.  NotSupported, CostRefused,
    // OutOfMemory, Interrupted of it leave the device as it is.
    [[nodiscard]] static Result<Formatted> format(Context& context, Device metadata,
                                                  const std::optional<Device>& data,
                                                  const FormatParams& params,
                                                  SecretBuffer volume_key,
                                                  const Passphrase& passphrase,
                                                  const NewKeyslot& keyslot);
    // How many keyslots a volume of that type can have; NotSupported for an unknown type.
    [[nodiscard]] static Result<int> max_keyslots(std::string_view type);
    // Refuses a keyslot number that no volume of that type has: Condition::KeyslotOutOfRange.
    [[nodiscard]] static Result<void> check_keyslot_number(std::string_view type, int number);
    // Refuses parameters before anything is asked or written; returns them with the defaults filled in.
    [[nodiscard]] static Result<FormatParams> check_format(Context& context,
                                                           const FormatParams& params);
    // DeviceTooSmall, with the option that would make it fit, where such a volume has no room for header and
    // data; InvalidArgument where the sector size does not fit.  `params` as check_format() returned them.
    [[nodiscard]] static Result<void> check_room(const Device& metadata,
                                                 const std::optional<Device>& data,
                                                 const FormatParams& params);

    // "repair": one line for each thing mended, none if nothing was wrong.
    [[nodiscard]] static Result<std::vector<std::string>> repair(Context& context, Device metadata,
                                                                 std::string_view type = {});
    // Checks `backup` against what is on `device`; returns warnings a person should agree to.
    [[nodiscard]] static Result<std::vector<std::string>> check_restore(Context& context,
                                                                        Device device,
                                                                        Device backup,
                                                                        std::string_view type = {});
    [[nodiscard]] static Result<void> restore(Context& context, Device device, Device backup,
                                              std::string_view type = {});

    Volume(Volume&&) noexcept;
    Volume& operator=(Volume&&) noexcept;
    ~Volume();

    [[nodiscard]] VolumeInfo info() const;
    [[nodiscard]] std::vector<KeyslotInfo> keyslots() const;
    [[nodiscard]] std::vector<TokenInfo> tokens() const;
    [[nodiscard]] Fact describe() const;
    [[nodiscard]] Result<std::string> metadata_json() const;
    // What a person should know of the header before trusting it: one line for each cipher that encrypts nothing.
    [[nodiscard]] std::vector<std::string> warnings() const;
    [[nodiscard]] const Device& device() const;

    [[nodiscard]] Result<UnlockedVolume> unlock(Context& context, const Passphrase& passphrase,
                                                const UnlockOptions& options = {}) const;
    // Whether trying each of these keyslots in turn, perhaps one more than once, costs no more than policy allows
    // together (KdfPolicy::max_total_seconds): CostRefused.
    [[nodiscard]] Result<void> check_cost(const Context& context,
                                          const std::vector<int>& keyslots) const;
    [[nodiscard]] Result<VolumeKey> verify(Context& context, CandidateKey key) const;
    // What mapping the volume is; mapping::activate() carries it out.  NoUsableKeyslot for a key that belongs to no
    // segment, InvalidArgument for one that no digest vouches for (unlock() and verify() give such as do), NotSupported (integrity), CorruptHeader, Refused if the header says that the data are not
    // encrypted (Policy::allow_null_data).
    [[nodiscard]] Result<MappingPlan> plan(Context& context, const UnlockedVolume& unlocked) const;
    // Checks before a secret is asked for what needs none.  Returns InvalidArgument if the data on `data` would lie over
    // this header, which mapping::activate() and open_crypt_device() check again; NotSupported or CorruptHeader if no key
    // can map the data.
    [[nodiscard]] Result<void> check_data_device(const Device& data) const;

    // Whether a new keyslot can have that number, or any where none is given: Condition::KeyslotFull, AllKeyslotsFull,
    // KeyslotOutOfRange.  For who would ask for a passphrase in vain; the verbs ask again.
    [[nodiscard]] Result<void> check_free_keyslot(std::optional<int> number) const;
    // Condition::KeyslotEmpty, KeyslotOutOfRange.
    [[nodiscard]] Result<void> check_active_keyslot(int number) const;

    [[nodiscard]] Result<int> add_keyslot(Context& context, const VolumeKey& key,
                                          const Passphrase& passphrase, const NewKeyslot& keyslot);
    // A key of its own, bound to no segment; made by context.random if `key` is empty.  LUKS2.
    [[nodiscard]] Result<int> add_unbound_keyslot(Context& context, SecretBuffer key,
                                                  std::uint32_t key_bytes,
                                                  const Passphrase& passphrase,
                                                  const NewKeyslot& keyslot);
    // New passphrase, cost or area cipher for an existing keyslot; returns its number.
    [[nodiscard]] Result<int> change_keyslot(Context& context, const UnlockedVolume& opened,
                                             const Passphrase& passphrase,
                                             const NewKeyslot& keyslot);
    // The same, and the keyslot gets the free number `to`; its tokens, name and priority go with it.  KeyslotInUse.
    [[nodiscard]] Result<int> move_keyslot(Context& context, const UnlockedVolume& opened, int to,
                                           const Passphrase& passphrase, const NewKeyslot& keyslot);
    [[nodiscard]] Result<void> kill_keyslot(Context& context, int number);
    [[nodiscard]] Result<void> erase_keyslots(Context& context);  // all of them; not guarded

    [[nodiscard]] Result<void> set_uuid(Context& context, std::string_view uuid);
    [[nodiscard]] Result<void> set_label(Context& context, const std::optional<std::string>& label,
                                         const std::optional<std::string>& subsystem);
    [[nodiscard]] Result<void> set_priority(Context& context, int keyslot, Priority priority);
    [[nodiscard]] Result<void> set_keyslot_name(Context& context, int keyslot,
                                                std::string_view name);
    [[nodiscard]] Result<void> set_flags(Context& context, const std::vector<std::string>& flags);

    [[nodiscard]] Result<std::string> export_token(int token) const;
    // Whether a text may have come from export_token(), of whichever volume.
    [[nodiscard]] bool could_export(std::string_view json) const;
    // In one write of the header; `assign`: to this keyslot too, < 0: to all of type luks2.
    [[nodiscard]] Result<int> import_token(Context& context, std::optional<int> token,
                                           std::string_view json, bool replace,
                                           std::optional<int> assign = {});
    [[nodiscard]] Result<void> remove_token(Context& context, int token);
    [[nodiscard]] Result<void> assign_token(Context& context, int token, int keyslot, bool assign);

    // Whether a reencryption has begun and not ended.
    [[nodiscard]] Result<ReencryptionState> reencryption() const;
    // The two steps in which a reencryption begins.  First a keyslot for the key that the data are to get; each further one
    // with the same key shares its digest.  Then the one commit that says what is to come of the data; no data are moved.
    // `new_keyslot` is one of those, and `new_key` its key; none where the data are decrypted.  NotSupported, NoSpace,
    // InvalidArgument before anything is written.
    [[nodiscard]] Result<int> add_keyslot_of_new_key(Context& context, const VolumeKey& new_key,
                                                     const Passphrase& passphrase,
                                                     const NewKeyslot& keyslot);
    [[nodiscard]] Result<void> begin_reencryption(Context& context, const Device& data,
                                                  const UnlockedVolume& old,
                                                  const VolumeKey* new_key,
                                                  std::optional<int> new_keyslot,
                                                  const ReencryptParams& params);
    // Writes again what a crash of a reencryption cut short; nothing if nothing was.  Nobody else may use `data`.
    // `unlocked` has all keys of the data (NoUsableKeyslot if not); CorruptHeader if keys and metadata do not agree, and,
    // because of Condition::ReencryptionUnprotected, for data that were written without protection and may not be lost.
    // What was cut short may have been the last part: the reencryption has ended then.
    [[nodiscard]] Result<void> recover_reencryption(Context& context, const Device& data,
                                                    const UnlockedVolume& unlocked,
                                                    LostData lost = LostData::Refused);
    // The same, and then goes on to the end, reporting bytes of the plaintext to context.progress.  Interrupted between two
    // steps, where the volume opens as it is and the same call goes on.  Any error leaves a state that can be recovered.
    // `hotzone_bytes`: how much is written between two commits at most; 0 = 64 MiB.
    [[nodiscard]] Result<void> run_reencryption(Context& context, const Device& data,
                                                const UnlockedVolume& unlocked,
                                                std::uint64_t hotzone_bytes = 0);

    // Reads what active keyslots hold, and warns of each that cannot be read or cannot be ciphertext, with the
    // byte where it is damaged; returns their numbers.  What looks random may still be damaged.
    std::vector<int> lost_keyslots(Context& context) const;

    // Writes the header area to a new file, mode 0400, and checks that it loads.  Exists if it is there.
    [[nodiscard]] Result<void> backup(Context& context, std::string_view path) const;
    // In place, crash-safe as far as the formats allow (ARCHITECTURE.md says how far).
    [[nodiscard]] Result<void> convert(Context& context, std::string_view type);

    // Keyslots that a person could still open with a passphrase if `without` were gone.
    [[nodiscard]] int human_keyslots(std::optional<int> without = {}) const;

  private:
    Volume(Device device, std::unique_ptr<formats::LoadedHeader> header);
    Device device_;
    std::unique_ptr<formats::LoadedHeader> header_;
};

struct Volume::Formatted {
    Volume volume;
    VolumeKey key;
    int keyslot = -1;  // the first one's number; -1 = there is none yet
};

}  // namespace latchkey
