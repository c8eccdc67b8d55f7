// SPDX-License-Identifier: LGPL-2.1-or-later
// The interface of an on-disk format with keyslots.  Callers never ask for the type: an `if (type == ...)` outside a
// format's folder means that a virtual function is missing here.  A format without keyslots has none of these
// operations: it is a Recognizer and an Opener, or an Opener alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "formats/opener.h"
#include "formats/recognizer.h"
#include "formats/transaction.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/key_ring.h"
#include "latchkey/keyslot_info.h"
#include "latchkey/params.h"
#include "latchkey/report.h"
#include "latchkey/secret.h"
#include "model/data_users.h"
#include "model/kdf_params.h"
#include "model/mapping_plan.h"

namespace latchkey::formats {

// Larger than the header area of any format: LUKS2 has two copies of up to 4 MiB, and up to 128 MiB of keyslots.
inline constexpr std::uint64_t kLargestHeaderArea = 0x8800000;  // bytes

// A keyslot to write, with its cost decided (crypto::choose_kdf).
struct KeyslotSpec {
    std::optional<int> number = {};  // nothing = the first free one
    model::KdfParams kdf = {};
    std::string af_hash = {};      // "" = the format's choice
    std::string area_cipher = {};  // "" = the format's choice; LUKS1 takes no other
    std::uint32_t area_key_bytes = 0;
    std::string name = {};                   // LUKS2 only
    std::optional<KeyslotToken> token = {};  // LUKS2 only
    bool same_passphrase = false;            // for the errors of a change; LUKS2 only
    // Set if no measuring was wanted: a new digest that comes with the keyslot gets the fewest iterations.
    bool least_digest_cost = false;
};

// A header with keyslots.
//
// Operations that write take the exclusive metadata lock and read the header again, because another process may have
// changed it (ConcurrentChange if it is now another volume).  They work on a copy, validate it, write new areas, flush,
// and only then commit the header.  A failure before the commit leaves the old state.  After the operation returns,
// this object shows the new state.
class LoadedHeader : public Recognized, public Opener {
  public:
    // --- facts (pure), besides those of Recognized ---
    [[nodiscard]] virtual std::vector<KeyslotInfo> keyslots() const = 0;  // active ones, by number
    [[nodiscard]] virtual std::vector<TokenInfo> tokens() const { return {}; }
    // Returns the area of keyslot `number`, which the format has.  KeyslotInactive if it has no area.
    [[nodiscard]] virtual Result<ByteRange> keyslot_area(int number) const = 0;
    // LUKS2: returns the text of the JSON area, indented by two blanks.  NotSupported elsewhere.
    [[nodiscard]] virtual Result<std::string> metadata_json() const;
    // Returns the format's choice for a new keyslot (defaults, limits).
    [[nodiscard]] virtual KdfRequest default_kdf() const = 0;
    // Returns the number of bytes from the start of the metadata device that a header backup contains.
    [[nodiscard]] virtual std::uint64_t header_area_bytes() const = 0;
    // Returns the parts of that area that are unused, and zero in a backup.
    [[nodiscard]] virtual std::vector<ByteRange> backup_holes() const { return {}; }
    // Returns the places of the header's copies, in the order in which restoring a whole header area writes them, with
    // a flush after each.  While one copy is being written, another one is valid, or none that was not lost before.
    // Keyslot areas are not included.
    [[nodiscard]] virtual std::vector<ByteRange> header_copies() const {
        return {{.offset = 0, .length = header_area_bytes()}};
    }
    // Returns whether `other` has the same value in every field, wherever it was read.  Ignores differences between the
    // copies of one header, and the contents of the areas.
    [[nodiscard]] virtual bool equals(const LoadedHeader& other) const = 0;
    // Returns the length of the key that would encrypt the area of such a keyslot; the KDF is measured with it.
    [[nodiscard]] virtual std::uint32_t area_key_bytes(const NewKeyslot& keyslot,
                                                       std::uint32_t key_bytes) const {
        return keyslot.area_key_bytes != 0 ? keyslot.area_key_bytes : key_bytes;
    }
    // Refuses a keyslot that the format cannot store, before time is spent on its KDF.  The caller checks the number.
    [[nodiscard]] virtual Result<void> check_keyslot(const NewKeyslot&) const { return {}; }

    // --- keys (read only) ---
    // Checks the total cost of trying one passphrase with each of these keyslots, digests included: CostRefused if
    // policy does not allow it.  unlock() checks the keyslots that it is going to try.
    [[nodiscard]] virtual Result<void> check_cost(const Context& context,
                                                  const std::vector<int>& keyslots) const = 0;
    // Tries keyslots in the order of formats/unlock_walk.h, which also decides which error is returned.  Checks their
    // total cost first (check_cost), and each keyslot's cost before anything is allocated for it.
    [[nodiscard]] virtual Result<Unlocked> unlock(Context& context, const Passphrase& passphrase,
                                                  const UnlockOptions& options) const = 0;
    // WrongPassphrase if no digest matches or the length is not the segment's.
    [[nodiscard]] virtual Result<VolumeKey> verify(Context& context, CandidateKey key) const = 0;
    [[nodiscard]] const Opener& opener() const final { return *this; }
    [[nodiscard]] Result<Unlocked> open(Context& context, const Passphrase& secret) const final {
        return unlock(context, secret, {});
    }

    // Makes operations that write use `current` instead of reading the device again, as long as the returned object
    // lives.  The caller read `current` under `lock`; it is of the same type.
    [[nodiscard]] virtual std::shared_ptr<const void> hold(Context& context, MetadataLock lock,
                                                           const LoadedHeader& current) = 0;

    // --- operations that write; the default returns NotSupported and names the operation ---
    virtual Result<int> add_keyslot(Context&, const VolumeKey&, const Passphrase&,
                                    const KeyslotSpec&);
    virtual Result<int> add_unbound_keyslot(Context&, CandidateKey, const Passphrase&,
                                            const KeyslotSpec&);
    // The general form of both functions above.
    virtual Result<int> add_keyslot_as(Context&, CandidateKey, const Passphrase&,
                                       const KeyslotSpec&, const KeyBinding&);
    // Makes the key of an unbound keyslot the volume key, and lets `token` give its passphrase, in one commit; `key`
    // is what the keyslot opened to.
    virtual Result<void> make_volume_key(Context&, int keyslot, const VolumeKey& key,
                                         const std::optional<KeyslotToken>& token);
    // Stores `key` again for keyslot `number`, with the new passphrase and cost.  If there is room for a new area, the
    // old one stays valid until the header is committed.  Returns the keyslot's number afterwards: that of the spec,
    // which must be free if it differs.  Tokens, name, priority and digest follow the keyslot, in one commit.
    virtual Result<int> change_keyslot(Context&, int number, const VolumeKey& key,
                                       const Passphrase& passphrase, const KeyslotSpec&);
    virtual Result<void> kill_keyslot(Context&, int number);
    virtual Result<void> erase_keyslots(Context&);
    virtual Result<void> set_uuid(Context&, std::string_view uuid);
    virtual Result<void> set_label(Context&, const std::optional<std::string>& label,
                                   const std::optional<std::string>& subsystem);
    virtual Result<void> set_priority(Context&, int keyslot, Priority priority);
    virtual Result<void> set_keyslot_name(Context&, int keyslot, std::string_view name);
    virtual Result<void> set_flags(Context&, const std::vector<std::string>& flags);
    // Replaces the known requirements; unknown ones stay, and make the call fail.
    virtual Result<void> set_requirements(Context&, const std::vector<std::string>& mandatory);

    // Returns None if the format has no reencryption.
    [[nodiscard]] virtual Result<ReencryptionState> reencryption() const {
        return ReencryptionState::None;
    }
    // Records the planned reencryption in the header; the data stay unchanged.  `new_key` belongs to `new_keyslot`;
    // both are missing if the data will be decrypted.
    virtual Result<void> begin_reencryption(Context&, io::BlockDevice& data,
                                            const VolumeKey& old_key, const VolumeKey* new_key,
                                            std::optional<int> new_keyslot,
                                            const ReencryptParams& params);
    // Adds a keyslot for the new key of the data.  The first such keyslot adds the digest; the next ones share it.
    virtual Result<int> add_keyslot_of_new_key(Context&, const VolumeKey& key,
                                               const Passphrase& passphrase, const KeyslotSpec&);
    // Rewrites the part that a crash interrupted.  `data` is the data device, in exclusive use.
    virtual Result<void> recover_reencryption(Context&, io::BlockDevice& data, const KeyRing& keys,
                                              LostData lost);
    // Recovers, then continues to the end.  Can be interrupted between two hotzones.  `users` are those who use the
    // data meanwhile, or null.
    virtual Result<void> run_reencryption(Context&, io::BlockDevice& data, const KeyRing& keys,
                                          std::uint64_t hotzone_bytes, model::DataUsers* users);

    virtual Result<std::string> export_token(int token) const;
    // Returns whether a text may come from export_token() of any volume.
    [[nodiscard]] virtual bool could_export(std::string_view) const { return false; }
    // `json` is one token object; it is stored at `token` or the first free number.  The same commit assigns it to
    // keyslot `assign` (< 0 as in assign_token()); without `assign`, to no keyslot that it does not list.
    virtual Result<int> import_token(Context&, std::optional<int> token, std::string_view json,
                                     bool replace, std::optional<int> assign = {});
    virtual Result<void> remove_token(Context&, int token);
    virtual Result<void> assign_token(Context&, int token, int keyslot, bool assign);

  protected:
    [[nodiscard]] Error not_supported(const char* verb) const;
};

// The description of a format with keyslots.  A folder under lib/ provides it; lib/formats/registry.cpp lists it.
struct Format {
    std::string_view type;  // "LUKS1"

    // NotThisFormat: the next format is tried.  Every other error is returned to the caller.
    Result<std::unique_ptr<LoadedHeader>> (*load)(Context&, std::shared_ptr<io::BlockDevice> device,
                                                  const LoadOptions&);
    // Writes a new header without keyslots.  `data` is the data device of a detached header, or null.
    Result<std::unique_ptr<LoadedHeader>> (*create)(Context&,
                                                    std::shared_ptr<io::BlockDevice> device,
                                                    io::BlockDevice* data, const FormatParams&,
                                                    const VolumeKey& key);
    // Repairs what `repair` may repair; returns one line per repair (none = nothing was wrong).
    Result<std::vector<std::string>> (*repair)(Context&, std::shared_ptr<io::BlockDevice> device);
    // Checks whether a header of this format in `backup` may replace what is on `device`.  Returns warnings.
    Result<std::vector<std::string>> (*check_restore)(Context&,
                                                      std::shared_ptr<io::BlockDevice> backup,
                                                      std::shared_ptr<io::BlockDevice> device);
    // Rewrites the other format's header in place; null = not possible.
    Result<std::unique_ptr<LoadedHeader>> (*convert_from)(Context&, LoadedHeader& other);
    int max_keyslots;
    // Returns where the data of an attached header begin on a device without preferences, in sectors.
    std::uint64_t (*usual_data_offset)(const FormatParams& params);
    // Refuses what this format cannot store, before anything is asked or written.  `params` has its type, cipher, key
    // size and hash filled in; cipher, hash and key size are known to fit.  null = no further checks.
    Result<void> (*check_create)(Context&, const FormatParams& params) = nullptr;
    // DeviceTooSmall unless the device has room for the header and, if that is attached, at least one sector of data; a
    // file that may grow has room (FormatParams::header_alone).  Also checks that the data fit the sector size.
    // `params` is complete.  null = no further checks.
    Result<void> (*check_room)(const io::BlockDevice& device, const io::BlockDevice* data,
                               const FormatParams& params) = nullptr;
    // Rewrites a header of this format in place as one of `type`, if that format has no convert_from() for it.
    Result<std::unique_ptr<LoadedHeader>> (*convert_to)(Context&, LoadedHeader& own,
                                                        std::string_view type) = nullptr;
};

// Tries the formats in order; `options.type` may be "" or "LUKS" for any.  NotThisFormat if none matches.
[[nodiscard]] Result<std::unique_ptr<LoadedHeader>> load(Context& context,
                                                         std::shared_ptr<io::BlockDevice> device,
                                                         const LoadOptions& options);
// Does the same to repair a header that may not load.
[[nodiscard]] Result<std::vector<std::string>> repair(Context& context,
                                                      std::shared_ptr<io::BlockDevice> device,
                                                      std::string_view type);
// NotSupported for an unknown type.
[[nodiscard]] Result<const Format*> find(std::string_view type);

}  // namespace latchkey::formats
