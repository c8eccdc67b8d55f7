// SPDX-License-Identifier: LGPL-2.1-or-later
// What an on-disk format can be asked.  Nobody asks for the type: an `if (type == ...)` outside a
// format's folder is a missing virtual function here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "formats/null_cipher.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/key_ring.h"
#include "latchkey/keyslot_info.h"
#include "latchkey/params.h"
#include "latchkey/report.h"
#include "latchkey/secret.h"
#include "model/kdf_params.h"
#include "model/mapping_plan.h"

namespace latchkey::formats {

// A keyslot to be written, with its cost decided (crypto::choose_kdf).
struct KeyslotSpec {
    std::optional<int> number = {};  // nothing = the first free one
    model::KdfParams kdf = {};
    std::string af_hash = {};      // "" = the format's choice
    std::string area_cipher = {};  // "" = the format's choice; LUKS1 takes no other
    std::uint32_t area_key_bytes = 0;
    std::string name = {};                   // LUKS2 only
    std::optional<KeyslotToken> token = {};  // LUKS2 only
    bool same_passphrase = false;  // of a change, in what its errors say; LUKS2 only
    // No measuring was wanted: a digest that comes with the keyslot gets the fewest iterations.
    bool least_digest_cost = false;
};

// A keyslot opened, and its key verified by a digest.
struct Unlocked {
    VolumeKey key;
    int keyslot = -1;      // -1 = the key was given, not found in a keyslot
    bool unbound = false;  // the key belongs to no segment
    // The other keys that the data have while they are reencrypted, as far as the same passphrase opens them.
    std::vector<VolumeKey> more_keys = {};
};

// A header that was read once and checked; every answer comes from that copy.
//
// Verbs that write take the exclusive metadata lock, read the header again (another process may have
// changed it; ConcurrentChange if it is now another volume), work on a copy, validate it, write new
// areas, flush, and only then commit the header.  Whatever fails before that leaves the old state.
// After a verb returns, this object shows the new state.
class LoadedHeader {
  public:
    virtual ~LoadedHeader() = default;

    // --- what it is (pure) ---
    [[nodiscard]] virtual std::string_view type() const = 0;  // "LUKS1", "LUKS2"
    [[nodiscard]] virtual VolumeInfo info() const = 0;
    [[nodiscard]] virtual std::vector<KeyslotInfo> keyslots() const = 0;  // active ones, by number
    [[nodiscard]] virtual std::vector<TokenInfo> tokens() const { return {}; }
    [[nodiscard]] virtual Fact describe() const = 0;  // luksDump
    // LUKS2: the JSON area's text, indented by two blanks.  NotSupported elsewhere.
    [[nodiscard]] virtual Result<std::string> metadata_json() const;
    // Where it names a cipher that encrypts nothing; check_null_data() says whether the data may be mapped all the same.
    [[nodiscard]] virtual std::vector<NullCipher> null_ciphers() const = 0;
    // What the format would choose for a new keyslot (defaults, limits).
    [[nodiscard]] virtual KdfRequest default_kdf() const = 0;
    // Bytes from the start of the metadata device that a header backup holds.
    [[nodiscard]] virtual std::uint64_t header_area_bytes() const = 0;
    // Parts of that area which belong to nobody and are zero in a backup.
    [[nodiscard]] virtual std::vector<ByteRange> backup_holes() const { return {}; }
    // Where the copies of the header itself lie, in the order in which a whole header area that is put
    // back writes them, with a flush behind each: while one is being written, another one or nothing
    // that was lost before is valid.  Keyslot areas are not part of them.
    [[nodiscard]] virtual std::vector<ByteRange> header_copies() const {
        return {{.offset = 0, .length = header_area_bytes()}};
    }
    // Whether `other` says the same in every field, wherever it was read: what makes the copies of one header differ, and
    // the bytes of the areas, do not matter.
    [[nodiscard]] virtual bool equals(const LoadedHeader& other) const = 0;
    // Length of the key that would encrypt the area of such a keyslot; the KDF is measured with it.
    [[nodiscard]] virtual std::uint32_t area_key_bytes(const NewKeyslot& keyslot,
                                                       std::uint32_t key_bytes) const {
        return keyslot.area_key_bytes != 0 ? keyslot.area_key_bytes : key_bytes;
    }
    // Refuses a keyslot that the format cannot store, before time is spent on its KDF.  Numbers are
    // checked by the caller.
    [[nodiscard]] virtual Result<void> check_keyslot(const NewKeyslot&) const { return {}; }

    // --- keys (read only) ---
    // What trying one passphrase with each of these keyslots takes, digests included: CostRefused if it is more than
    // policy allows together.  unlock() checks what it is going to try.
    [[nodiscard]] virtual Result<void> check_cost(const Context& context,
                                                  const std::vector<int>& keyslots) const = 0;
    // Which keyslots are tried in which order, and which error is the answer: formats/unlock_walk.h.  What all of them cost
    // together is checked first (check_cost), and each one's cost before anything is allocated for it.
    [[nodiscard]] virtual Result<Unlocked> unlock(Context& context, const Passphrase& passphrase,
                                                  const UnlockOptions& options) const = 0;
    // WrongPassphrase if no digest agrees or the length is not the segment's.
    [[nodiscard]] virtual Result<VolumeKey> verify(Context& context, CandidateKey key) const = 0;
    // What is policy's to refuse Volume::plan() refuses.  The plan's keys are in the order of `keys`.  NoUsableKeyslot if one
    // is missing.
    [[nodiscard]] virtual Result<model::MappingPlan> plan(Context& context,
                                                          const KeyRing& keys) const = 0;

    // `current` is what this header was found to be by somebody who took the metadata lock and holds it as long as the answer
    // lives: the next verb works on that in place of reading the device once more.  Null where that is not done.
    [[nodiscard]] virtual std::shared_ptr<const void> hold(const LoadedHeader& /*current*/) {
        return nullptr;
    }

    // --- verbs that write; the default answers NotSupported by name ---
    virtual Result<int> add_keyslot(Context&, const VolumeKey&, const Passphrase&,
                                    const KeyslotSpec&);
    virtual Result<int> add_unbound_keyslot(Context&, CandidateKey, const Passphrase&,
                                            const KeyslotSpec&);
    // Stores `key` anew for keyslot `number` under the new passphrase and cost.  With room for a new
    // area the old one stays valid until the header is committed.  Returns the number it has now: that of the spec,
    // which must be free if it is another one.  Tokens, name, priority and digest follow the keyslot, in one commit.
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

    // None where the format knows no such thing.
    [[nodiscard]] virtual Result<ReencryptionState> reencryption() const {
        return ReencryptionState::None;
    }
    // The header says what is to come of the data, which stay as they are.  `new_key` is that of `new_keyslot`, both
    // missing where the data are decrypted.
    virtual Result<void> begin_reencryption(Context&, io::BlockDevice& data,
                                            const VolumeKey& old_key, const VolumeKey* new_key,
                                            std::optional<int> new_keyslot,
                                            const ReencryptParams& params);
    // A keyslot for the key that the data are to get; the first one brings the digest, the next ones share it.
    virtual Result<int> add_keyslot_of_new_key(Context&, const VolumeKey& key,
                                               const Passphrase& passphrase, const KeyslotSpec&);
    // Writes again what a crash cut short.  `data` is the data device, which nobody else uses.
    virtual Result<void> recover_reencryption(Context&, io::BlockDevice& data, const KeyRing& keys,
                                              LostData lost);
    // Recovers, and goes on to the end.  Interrupted between two hotzones.
    virtual Result<void> run_reencryption(Context&, io::BlockDevice& data, const KeyRing& keys,
                                          std::uint64_t hotzone_bytes);

    virtual Result<std::string> export_token(int token) const;
    // Whether a text may have come from export_token(), of whichever volume.
    [[nodiscard]] virtual bool could_export(std::string_view) const { return false; }
    // `json` is one token object; it is stored at `token` or the first free number.  In the same commit it is assigned to
    // keyslot `assign`, < 0 as in assign_token(); nothing: to none that it does not list.
    virtual Result<int> import_token(Context&, std::optional<int> token, std::string_view json,
                                     bool replace, std::optional<int> assign = {});
    virtual Result<void> remove_token(Context&, int token);
    virtual Result<void> assign_token(Context&, int token, int keyslot, bool assign);

  protected:
    [[nodiscard]] Error not_supported(const char* verb) const;
};

// A folder under lib/ gives one of these; lib/formats/registry.cpp lists them.
struct Format {
    std::string_view type;  // "LUKS1"

    // NotThisFormat lets the next format try; every other error is the answer.
    Result<std::unique_ptr<LoadedHeader>> (*load)(Context&, std::shared_ptr<io::BlockDevice> device,
                                                  const LoadOptions&);
    // Writes a new header without keyslots.  `data` is the data device of a detached header, or null.
    Result<std::unique_ptr<LoadedHeader>> (*create)(Context&,
                                                    std::shared_ptr<io::BlockDevice> device,
                                                    io::BlockDevice* data, const FormatParams&,
                                                    const VolumeKey& key);
    // Mends what `repair` may mend; returns one line for each thing done (none = nothing was wrong).
    Result<std::vector<std::string>> (*repair)(Context&, std::shared_ptr<io::BlockDevice> device);
    // Whether a header of this format in `backup` may replace what is on `device`.  Returns warnings.
    Result<std::vector<std::string>> (*check_restore)(Context&,
                                                      std::shared_ptr<io::BlockDevice> backup,
                                                      std::shared_ptr<io::BlockDevice> device);
    // Rewrites the other format's header in place; null = cannot.
    Result<std::unique_ptr<LoadedHeader>> (*convert_from)(Context&,
                                                          std::shared_ptr<io::BlockDevice> device,
                                                          const LoadedHeader& other);
    int max_keyslots;
    // Refuses what this format cannot store before anything is asked or written.  `params` has its type, cipher,
    // key size and hash filled in; cipher, hash and key size are known to fit.  null = nothing to add.
    Result<void> (*check_create)(Context&, const FormatParams& params) = nullptr;
    // DeviceTooSmall unless the header, and behind an attached one at least one sector of data, has room on the
    // device; a file that may grow has (FormatParams::header_alone).  Also whether the data fit the sector size.
    // `params` are complete.  null = nothing to add.
    Result<void> (*check_room)(const io::BlockDevice& device, const io::BlockDevice* data,
                               const FormatParams& params) = nullptr;
    // Rewrites a header of this format in place as one of `type`, a format that cannot convert_from() it.
    Result<std::unique_ptr<LoadedHeader>> (*convert_to)(Context&,
                                                        std::shared_ptr<io::BlockDevice> device,
                                                        const LoadedHeader& own,
                                                        std::string_view type) = nullptr;
};

// Tries the formats in order; `options.type` may be "" or "LUKS" for any.  NotThisFormat if none.
[[nodiscard]] Result<std::unique_ptr<LoadedHeader>> load(Context& context,
                                                         std::shared_ptr<io::BlockDevice> device,
                                                         const LoadOptions& options);
// The same for mending a header that may not load.
[[nodiscard]] Result<std::vector<std::string>> repair(Context& context,
                                                      std::shared_ptr<io::BlockDevice> device,
                                                      std::string_view type);
// NotSupported for an unknown type.
[[nodiscard]] Result<const Format*> find(std::string_view type);

}  // namespace latchkey::formats
