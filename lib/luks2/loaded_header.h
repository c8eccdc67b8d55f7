// SPDX-License-Identifier: LGPL-2.1-or-later
// A LUKS2 header that was read once and checked, and the verbs on it.  Each verb has its own file.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/format.h"
#include "luks2/keyslot.h"
#include "luks2/metadata.h"
#include "luks2/reencrypt/layout.h"
#include "luks2/store.h"
#include "luks2/update.h"

namespace latchkey::luks2 {

// What a key that is put into a keyslot is to the volume.
enum class KeyRole : std::uint8_t {
    Volume,     // it is the volume key; WrongPassphrase if it is not
    Unbound,    // it belongs to no segment
    NewVolume,  // it becomes the volume key; what opened with the old one does not open with it
};
struct KeyBinding {
    KeyRole role = KeyRole::Volume;
    bool reuse_digest =
        false;  // a digest that verifies the key is taken, whatever it is for; else the role decides
};

class Header final : public formats::LoadedHeader {
  public:
    // `heal`: whether verbs that write may rewrite a damaged copy.
    Header(std::shared_ptr<io::BlockDevice> device, StoredMetadata stored, bool heal);

    [[nodiscard]] const Metadata& metadata() const { return stored_.metadata; }

    [[nodiscard]] std::string_view type() const override { return "LUKS2"; }
    [[nodiscard]] VolumeInfo info() const override;
    [[nodiscard]] std::vector<KeyslotInfo> keyslots() const override;
    [[nodiscard]] std::vector<TokenInfo> tokens() const override;
    [[nodiscard]] std::vector<formats::NullCipher> null_ciphers() const override;
    [[nodiscard]] Fact describe() const override;
    [[nodiscard]] Result<std::string> metadata_json() const override;
    [[nodiscard]] KdfRequest default_kdf() const override;
    [[nodiscard]] std::uint64_t header_area_bytes() const override;
    [[nodiscard]] std::vector<ByteRange> header_copies() const override;
    [[nodiscard]] bool equals(const LoadedHeader& other) const override;
    [[nodiscard]] std::uint32_t area_key_bytes(const NewKeyslot& keyslot,
                                               std::uint32_t key_bytes) const override;
    [[nodiscard]] Result<void> check_keyslot(const NewKeyslot& keyslot) const override;

    [[nodiscard]] Result<void> check_cost(const Context& context,
                                          const std::vector<int>& keyslots) const override;
    [[nodiscard]] Result<formats::Unlocked> unlock(Context& context, const Passphrase& passphrase,
                                                   const UnlockOptions& options) const override;
    [[nodiscard]] Result<VolumeKey> verify(Context& context, CandidateKey key) const override;
    [[nodiscard]] Result<void> check_mappable() const override;
    [[nodiscard]] Result<model::MappingPlan> plan(Context& context,
                                                  const KeyRing& keys) const override;

    [[nodiscard]] std::shared_ptr<const void> hold(const LoadedHeader& current) override;

    Result<int> add_keyslot(Context& context, const VolumeKey& key, const Passphrase& passphrase,
                            const formats::KeyslotSpec& spec) override;
    Result<int> add_unbound_keyslot(Context& context, CandidateKey key,
                                    const Passphrase& passphrase,
                                    const formats::KeyslotSpec& spec) override;
    // The general form of both: the C interface has flags for it.
    Result<int> add_keyslot_as(Context& context, CandidateKey key, const Passphrase& passphrase,
                               const formats::KeyslotSpec& spec, const KeyBinding& binding);
    // What an unbound keyslot holds becomes the volume key, and `token` gives its passphrase from then on, in one commit;
    // `key` is what the keyslot opened to.
    Result<void> make_volume_key(Context& context, int keyslot, const VolumeKey& key,
                                 const std::optional<KeyslotToken>& token = {});
    Result<int> change_keyslot(Context& context, int number, const VolumeKey& key,
                               const Passphrase& passphrase,
                               const formats::KeyslotSpec& spec) override;
    Result<void> kill_keyslot(Context& context, int number) override;
    Result<void> erase_keyslots(Context& context) override;

    Result<void> set_uuid(Context& context, std::string_view uuid) override;
    Result<void> set_label(Context& context, const std::optional<std::string>& label,
                           const std::optional<std::string>& subsystem) override;
    Result<void> set_priority(Context& context, int keyslot, Priority priority) override;
    Result<void> set_keyslot_name(Context& context, int keyslot, std::string_view name) override;
    Result<void> set_flags(Context& context, const std::vector<std::string>& flags) override;
    // Those that are known here; unknown ones stay, and keep the verb from being done.
    Result<void> set_requirements(Context& context, const std::vector<std::string>& mandatory);

    // reencrypt/start.cpp
    Result<void> begin_reencryption(Context& context, io::BlockDevice& data,
                                    const VolumeKey& old_key, const VolumeKey* new_key,
                                    std::optional<int> new_keyslot,
                                    const ReencryptParams& params) override;
    Result<int> add_keyslot_of_new_key(Context& context, const VolumeKey& key,
                                       const Passphrase& passphrase,
                                       const formats::KeyslotSpec& spec) override;
    // reencrypt/run.cpp
    [[nodiscard]] Result<ReencryptionState> reencryption() const override;
    Result<void> recover_reencryption(Context& context, io::BlockDevice& data, const KeyRing& keys,
                                      LostData lost) override;
    Result<void> run_reencryption(Context& context, io::BlockDevice& data, const KeyRing& keys,
                                  std::uint64_t hotzone_bytes) override;

    Result<std::string> export_token(int token) const override;
    [[nodiscard]] bool could_export(std::string_view json) const override;
    Result<int> import_token(Context& context, std::optional<int> token, std::string_view json,
                             bool replace, std::optional<int> assign = {}) override;
    Result<void> remove_token(Context& context, int token) override;
    // `keyslot` < 0: all keyslots of type luks2.
    Result<void> assign_token(Context& context, int token, int keyslot, bool assign) override;

  private:
    [[nodiscard]] Result<Update> begin(Context& context, Requirements allowed = {}) const;
    // Shows what `update` made if its commit, which answered `committed`, made it the header; passes the answer on.
    Result<void> finish(Update update, Result<void> committed);
    // A change of metadata alone: `edit` makes the next state of the current one.
    using Edit = std::function<Result<Metadata>(const Metadata&)>;
    [[nodiscard]] Result<void> change_metadata(Context& context, const Edit& edit);
    // Stores what seal_key made as a new keyslot whose key digest `digest` verifies, in one commit with its name, its
    // token and what `also` does; ends the update.
    [[nodiscard]] Result<int> store_keyslot(Update update, SealedKeyslot sealed,
                                            const Digest& digest, const formats::KeyslotSpec& spec,
                                            const std::function<void(Json&)>& also = {});

    // What follows the write of a hotzone; `update` has prepared the header for it.
    [[nodiscard]] Result<void> commit_hotzone(Context& context, Update update,
                                              const Metadata& before, const Reencryption& r,
                                              const Layout& layout, io::BlockDevice& data);
    struct Run;  // reencrypt/run.cpp
    // One hotzone, or the end.
    [[nodiscard]] Result<void> step_reencryption(Context& context, Run& run);
    [[nodiscard]] Result<void> write_hotzone(Context& context, Update update, Run& run);
    // All data are done: the old keyslots go, and what was moved apart.
    [[nodiscard]] Result<void> end_reencryption(Context& context, Update update,
                                                const Reencryption& reencryption,
                                                io::BlockDevice& data);

    std::shared_ptr<io::BlockDevice> device_;
    StoredMetadata stored_;
    std::weak_ptr<const StoredMetadata>
        held_;  // what is on the device, while somebody holds the lock
    bool heal_;
};

// Refuses a label or subsystem that does not fit its field.
[[nodiscard]] Result<void> check_labels(const std::optional<std::string>& label,
                                        const std::optional<std::string>& subsystem);

// What the parts of `kFormat` do; see formats::Format.
[[nodiscard]] Result<std::unique_ptr<formats::LoadedHeader>> load_header(
    Context& context, std::shared_ptr<io::BlockDevice> device, const LoadOptions& options);
[[nodiscard]] Result<std::unique_ptr<formats::LoadedHeader>> create_header(
    Context& context, std::shared_ptr<io::BlockDevice> device, io::BlockDevice* data,
    const FormatParams& params, const VolumeKey& key);
[[nodiscard]] Result<void> check_create(Context& context, const FormatParams& params);
[[nodiscard]] Result<void> check_room(const io::BlockDevice& device, const io::BlockDevice* data,
                                      const FormatParams& params);
[[nodiscard]] Result<std::vector<std::string>> repair_header(
    Context& context, std::shared_ptr<io::BlockDevice> device);
[[nodiscard]] Result<std::vector<std::string>> check_restore(
    Context& context, std::shared_ptr<io::BlockDevice> backup,
    std::shared_ptr<io::BlockDevice> device);
[[nodiscard]] Result<std::unique_ptr<formats::LoadedHeader>> convert_from_luks1(
    Context& context, std::shared_ptr<io::BlockDevice> device, const formats::LoadedHeader& other);
[[nodiscard]] Result<std::unique_ptr<formats::LoadedHeader>> convert_to_luks1(
    Context& context, std::shared_ptr<io::BlockDevice> device, const formats::LoadedHeader& own,
    std::string_view type);

}  // namespace latchkey::luks2
