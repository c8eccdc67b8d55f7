// SPDX-License-Identifier: LGPL-2.1-or-later
// The library's main interface: load, format, unlock and change volumes.
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

// An opened volume key, and what opened it.
struct UnlockedVolume {
    VolumeKey key;
    int keyslot = -1;  // -1 = the caller gave the key itself
    bool unbound = false;
    std::string keyslot_name = {};  // "" = none
    bool empty_passphrase = false;  // it opened without any secret
    // During reencryption: the other key of the data, if the same passphrase opens it.
    std::vector<VolumeKey> more_keys = {};

    // Returns the keys for the plan that Volume::plan() makes from this object.
    [[nodiscard]] KeyRing keys() const { return {key, more_keys}; }
};

// A volume whose header was read and checked.  Opening and inspecting never write.  Operations that write are
// crash-safe: at every moment either the old or the new state opens.  They refuse to remove the last keyslot that a
// person can use (LastKeyslot) unless context.policy.guard_last_keyslot is false.  If context.policy.backup_directory
// is set, they write a header backup before they destroy anything: <uuid>-<sequence id>.luks-header, mode 0400,
// checked to load.  If the backup fails, nothing changes.
// Not thread-safe; two Volumes of one device are.
class LATCHKEY_API Volume {
  public:
    static constexpr std::uint32_t kMaxKeyBytes = 512;  // volume keys; no cipher needs more

    // Reads and checks a header.  NotThisFormat, CorruptHeader, DeviceTooSmall, Unreadable.  A header with unmet
    // requirements loads.  It can be described, unlocked and backed up, and its keyslots can be removed; other
    // operations fail with UnmetRequirement.
    [[nodiscard]] static Result<Volume> load(Context& context, Device metadata,
                                             const LoadOptions& options = {});

    // Writes a new header over anything on the device.  context.random makes the key unless the caller gives one of
    // params.key_bytes bytes.  The whole header is made in memory first: if something is refused, interrupted or
    // unavailable (parameters, entropy, room, the lock), the device and the length of a file stay unchanged.
    // The new header has no keyslots yet: call add_keyslot() next, with the returned key.
    struct Formatted;
    [[nodiscard]] static Result<Formatted> format(Context& context, Device metadata,
                                                  const std::optional<Device>& data,
                                                  const FormatParams& params,
                                                  SecretBuffer volume_key = {});
    // Does the same with a first keyslot, whose key is also derived before the first write.  NotSupported,
    // CostRefused, OutOfMemory and Interrupted leave the device unchanged.
    [[nodiscard]] static Result<Formatted> format(Context& context, Device metadata,
                                                  const std::optional<Device>& data,
                                                  const FormatParams& params,
                                                  SecretBuffer volume_key,
                                                  const Passphrase& passphrase,
                                                  const NewKeyslot& keyslot);
    // Returns how many keyslots a volume of that type can have; NotSupported for an unknown type.
    [[nodiscard]] static Result<int> max_keyslots(std::string_view type);
    // Refuses a keyslot number that no volume of that type has: Condition::KeyslotOutOfRange.
    [[nodiscard]] static Result<void> check_keyslot_number(std::string_view type, int number);
    // Checks parameters before the user is asked and before anything is written; returns them with the defaults
    // filled in.
    [[nodiscard]] static Result<FormatParams> check_format(Context& context,
                                                           const FormatParams& params);
    // Returns where the data of an attached header begin on a device without preferences, in 512-byte sectors.  If a
    // detached header gets this offset, it can be put before the data later.  NotSupported for an unknown type.
    [[nodiscard]] static Result<std::uint64_t> usual_data_offset(const FormatParams& params);
    // Checks that header and data fit.  DeviceTooSmall, with the option that would make them fit; InvalidArgument if
    // the sector size does not fit.  `params` as check_format() returned them.
    [[nodiscard]] static Result<void> check_room(const Device& metadata,
                                                 const std::optional<Device>& data,
                                                 const FormatParams& params);

    // Repairs a header and returns one line for each repair; empty if nothing was wrong.
    [[nodiscard]] static Result<std::vector<std::string>> repair(Context& context, Device metadata,
                                                                 std::string_view type = {});
    // Checks `backup` against the content of `device`; returns warnings that the user should agree to.
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
    // Returns the place of a keyslot's area.  KeyslotInactive if it has none: LUKS1 has one for each number, LUKS2 for
    // each keyslot that is in use.  Condition::KeyslotOutOfRange.
    [[nodiscard]] Result<KeyslotArea> keyslot_area(int number) const;
    [[nodiscard]] std::vector<TokenInfo> tokens() const;
    [[nodiscard]] Fact describe() const;
    [[nodiscard]] Result<std::string> metadata_json() const;
    // Returns warnings that a user should read before trusting the header: one line for each cipher that encrypts
    // nothing.
    [[nodiscard]] std::vector<std::string> warnings() const;
    [[nodiscard]] const Device& device() const;

    [[nodiscard]] Result<UnlockedVolume> unlock(Context& context, const Passphrase& passphrase,
                                                const UnlockOptions& options = {}) const;
    // Checks that trying each of these keyslots in turn costs no more in total than the policy allows
    // (KdfPolicy::max_total_seconds): CostRefused.  A keyslot may be listed more than once.
    [[nodiscard]] Result<void> check_cost(const Context& context,
                                          const std::vector<int>& keyslots) const;
    [[nodiscard]] Result<VolumeKey> verify(Context& context, CandidateKey key) const;
    // Returns how to map the volume; mapping::activate() carries it out.  NoUsableKeyslot for a key that belongs to
    // no segment.  InvalidArgument for a key that no digest verified; unlock() and verify() return verified keys.
    // NotSupported (integrity), CorruptHeader.  Refused if the header says that the data are not encrypted
    // (Policy::allow_null_data).
    [[nodiscard]] Result<MappingPlan> plan(Context& context, const UnlockedVolume& unlocked) const;
    // Checks before a secret is asked for what needs none.  Returns InvalidArgument if the data on `data` would lie over
    // this header, which mapping::activate() and open_crypt_device() check again; NotSupported or CorruptHeader if no key
    // can map the data.
    [[nodiscard]] Result<void> check_data_device(const Device& data) const;

    // Checks that a new keyslot can have that number, or any number if none is given: Condition::KeyslotFull,
    // AllKeyslotsFull, KeyslotOutOfRange.  Call it before asking for a passphrase; the operations check again.
    [[nodiscard]] Result<void> check_free_keyslot(std::optional<int> number) const;
    // Checks that a keyslot exists: Condition::KeyslotEmpty, KeyslotOutOfRange.
    [[nodiscard]] Result<void> check_active_keyslot(int number) const;

    [[nodiscard]] Result<int> add_keyslot(Context& context, const VolumeKey& key,
                                          const Passphrase& passphrase, const NewKeyslot& keyslot);
    // Adds a keyslot with a separate key that belongs to no segment; context.random makes it if `key` is empty.
    // LUKS2.
    [[nodiscard]] Result<int> add_unbound_keyslot(Context& context, SecretBuffer key,
                                                  std::uint32_t key_bytes,
                                                  const Passphrase& passphrase,
                                                  const NewKeyslot& keyslot);
    // Adds a keyslot whose key has the given role; the functions above are two cases of it.  WrongPassphrase with
    // Condition::VolumeKeyMismatch if no digest verifies a key that must be known.  LUKS2.
    [[nodiscard]] Result<int> add_keyslot_as(Context& context, SecretBuffer key,
                                             const Passphrase& passphrase,
                                             const NewKeyslot& keyslot, const KeyBinding& binding);
    // Makes the key of an unbound keyslot, which `opened` comes from, the volume key; `token` then gives its
    // passphrase.  Keyslots of the old key no longer open the volume.  LUKS2.
    [[nodiscard]] Result<void> make_volume_key(Context& context, const UnlockedVolume& opened,
                                               const std::optional<KeyslotToken>& token = {});
    // Gives an existing keyslot a new passphrase, cost or area cipher; returns its number.
    [[nodiscard]] Result<int> change_keyslot(Context& context, const UnlockedVolume& opened,
                                             const Passphrase& passphrase,
                                             const NewKeyslot& keyslot);
    // Does the same and moves the keyslot to the free number `to`, with its tokens, name and priority.  KeyslotInUse.
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
    // Replaces what programs must know before they touch the header.  UnmetRequirement if the header has a requirement
    // that this library does not know; it stays.  LUKS2.
    [[nodiscard]] Result<void> set_requirements(Context& context,
                                                const std::vector<std::string>& mandatory);

    [[nodiscard]] Result<std::string> export_token(int token) const;
    // Returns whether a text may have come from export_token() of any volume.
    [[nodiscard]] bool could_export(std::string_view json) const;
    // Stores a token and assigns it in one write of the header.  `assign`: a keyslot; < 0: all of type luks2.
    [[nodiscard]] Result<int> import_token(Context& context, std::optional<int> token,
                                           std::string_view json, bool replace,
                                           std::optional<int> assign = {});
    [[nodiscard]] Result<void> remove_token(Context& context, int token);
    [[nodiscard]] Result<void> assign_token(Context& context, int token, int keyslot, bool assign);

    // Returns whether a reencryption is in progress, and its state.
    [[nodiscard]] Result<ReencryptionState> reencryption() const;
    // A reencryption begins in two steps.  add_keyslot_of_new_key() adds a keyslot for the new key of the data;
    // further keyslots with the same key share its digest.  begin_reencryption() then commits what the data will
    // become; it moves no data. `new_keyslot` is one of these keyslots, and `new_key` its key; both are empty for
    // decryption.  NotSupported, NoSpace, InvalidArgument before anything is written.
    [[nodiscard]] Result<int> add_keyslot_of_new_key(Context& context, const VolumeKey& new_key,
                                                     const Passphrase& passphrase,
                                                     const NewKeyslot& keyslot);
    [[nodiscard]] Result<void> begin_reencryption(Context& context, const Device& data,
                                                  const UnlockedVolume& old,
                                                  const VolumeKey* new_key,
                                                  std::optional<int> new_keyslot,
                                                  const ReencryptParams& params);
    // Begins an encryption of data in clear: makes a volume with a first keyslot, as format() does, whose header says
    // that the data are to be encrypted.  run_reencryption() then does it.  With `data`, the header goes to `metadata`,
    // and the data stay in their place.  Without, it goes to the beginning of `metadata`, whose data move by
    // how.shift_bytes, which is also the data offset of `params`: twice as many bytes at the end of the device are
    // lost.  Nothing is written before everything has been checked that can be; the data are intact until the header
    // is complete, and are read back before it is written.  If that is cut short, the same call completes it.
    // The keyslot is opened from the device in the end.  DeviceTooSmall if a file system does not fit any more.
    [[nodiscard]] static Result<Formatted> begin_encryption(
        Context& context, Device metadata, const std::optional<Device>& data,
        const FormatParams& params, SecretBuffer volume_key, const Passphrase& passphrase,
        const NewKeyslot& keyslot, const ReencryptParams& how);
    // Returns by how many bytes data move whose begin_encryption() was interrupted while it wrote the header over them,
    // or nothing.  Calling it again completes it.  CorruptHeader if the place was changed since.
    [[nodiscard]] static Result<std::optional<std::uint64_t>> encryption_start_was_cut_short(
        Context& context, const Device& device);
    // Checks before a user is asked that the content of `device` has room if it moves by `shift_bytes`.  Returns the
    // bytes that remain.  DeviceTooSmall, with the bytes that are missing.  Refused if libblkid sees content whose end
    // is unknown, unless `unknown_end`.
    [[nodiscard]] static Result<std::uint64_t> check_shift(const Device& device,
                                                           std::uint64_t shift_bytes,
                                                           bool unknown_end);
    // Returns Refused if sectors of this size are larger than the blocks of what libblkid finds on the device: after the
    // encryption it could not be mounted any more.
    [[nodiscard]] static Result<void> check_blocks(const Device& device,
                                                   std::uint32_t sector_bytes);

    // Repeats the writes that a crash of a reencryption interrupted, if any.  Nothing else may use `data`. `unlocked`
    // must have all keys of the data (NoUsableKeyslot).  CorruptHeader if keys and metadata do not match.  Also
    // CorruptHeader, with Condition::ReencryptionUnprotected, for data that were written without protection, unless
    // `lost` accepts their loss.  If the interrupted part was the last one, the reencryption is finished afterwards.
    [[nodiscard]] Result<void> recover_reencryption(Context& context, const Device& data,
                                                    const UnlockedVolume& unlocked,
                                                    LostData lost = LostData::Refused);
    // Recovers, then continues to the end, and reports bytes of the plaintext to context.progress.  Interrupted is
    // returned between two steps, where the volume opens as it is and the same call continues.  Every error leaves a
    // recoverable state. `hotzone_bytes`: maximum written between two commits; 0 = 64 MiB.
    [[nodiscard]] Result<void> run_reencryption(Context& context, const Device& data,
                                                const UnlockedVolume& unlocked,
                                                std::uint64_t hotzone_bytes = 0);

    // Does the same while the volume is open as `mapping`, which may be mounted and busy: I/O to the part that is being
    // written waits, all other I/O goes on.  `data` is the device below the mapping.  In the end, and after every error
    // except one, it is an ordinary mapping, with several segments if the reencryption is not complete.  The exception:
    // data that must be recovered first cannot be read or written; the same call recovers them.  Also takes over what a
    // killed process left: requests that wait, and devices that are not needed any more.
    // Before anything is changed: NoDevice if the mapping is not active, NotSupported if it can only be read, is
    // suspended, was resized, or the data are to be decrypted; CorruptHeader if mapping and header disagree.
    [[nodiscard]] Result<void> reencrypt_while_open(Context& context, const Device& data,
                                                    const UnlockedVolume& unlocked,
                                                    std::string_view mapping,
                                                    std::uint64_t hotzone_bytes = 0);
    // Makes those checks that need no key, before begin_reencryption().
    [[nodiscard]] Result<void> check_while_open(Context& context, const Device& data,
                                                std::string_view mapping) const;

    // Returns the signatures of other programs that lie inside the header's area, where LUKS has nothing.  repair()
    // removes them.
    [[nodiscard]] std::vector<Signature> foreign_signatures() const;
    // Reads the areas of active keyslots, and warns about each that cannot be read or cannot be ciphertext, with the
    // offset of the damage; returns their numbers.  Data that look random may still be damaged.
    std::vector<int> lost_keyslots(Context& context) const;

    // Writes the header area to a new file, mode 0400, and checks that it loads.  Exists if it is there.
    [[nodiscard]] Result<void> backup(Context& context, std::string_view path) const;
    // Converts in place.  One of the two headers opens at every moment, except as docs/formats/luks2.md section 10
    // says.
    [[nodiscard]] Result<void> convert(Context& context, std::string_view type);

    // Returns how many keyslots a person could still open with a passphrase without keyslot `without`.
    [[nodiscard]] int human_keyslots(std::optional<int> without = {}) const;

  private:
    Volume(Device device, std::unique_ptr<formats::LoadedHeader> header);
    Device device_;
    std::unique_ptr<formats::LoadedHeader> header_;
};

struct Volume::Formatted {
    Volume volume;
    VolumeKey key;
    int keyslot = -1;  // the first keyslot's number; -1 = none yet
};

}  // namespace latchkey
