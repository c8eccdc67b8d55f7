// SPDX-License-Identifier: LGPL-2.1-or-later
// A LUKS2 header that was read and checked, and the operations on it.  Each operation has its own file.
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
#include "luks2/transaction.h"

namespace latchkey::luks2 {

class Luks2Header final : public formats::LoadedHeader {
  public:
    // `heal`: whether operations that write may rewrite a damaged copy.
    Luks2Header(std::shared_ptr<io::BlockDevice> device, StoredMetadata stored, bool heal);

    [[nodiscard]] const Metadata& metadata() const { return disk_.stored().metadata; }

    [[nodiscard]] std::string_view type() const override { return "LUKS2"; }
    [[nodiscard]] VolumeInfo info() const override;
    [[nodiscard]] std::vector<KeyslotInfo> keyslots() const override;
    [[nodiscard]] Result<ByteRange> keyslot_area(int number) const override;
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

    std::shared_ptr<const void> hold(Context& context, formats::MetadataLock lock,
                                     const LoadedHeader& current) override;
    // Begins a change; see admit().
    Result<std::shared_ptr<Transaction>> begin(Context& context, Requirements allowed = {});
    Result<std::shared_ptr<Transaction>> begin_conversion(Context& context);

    Result<int> add_keyslot(Context& context, const VolumeKey& key, const Passphrase& passphrase,
                            const formats::KeyslotSpec& spec) override;
    Result<int> add_unbound_keyslot(Context& context, CandidateKey key,
                                    const Passphrase& passphrase,
                                    const formats::KeyslotSpec& spec) override;
    Result<int> add_keyslot_of_new_key(Context& context, const VolumeKey& key,
                                       const Passphrase& passphrase,
                                       const formats::KeyslotSpec& spec) override;
    // The general form of the functions above.
    Result<int> add_keyslot_as(Context& context, CandidateKey key, const Passphrase& passphrase,
                               const formats::KeyslotSpec& spec,
                               const KeyBinding& binding) override;
    Result<void> make_volume_key(Context& context, int keyslot, const VolumeKey& key,
                                 const std::optional<KeyslotToken>& token = {}) override;
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
    Result<void> set_requirements(Context& context,
                                  const std::vector<std::string>& mandatory) override;

    // reencrypt/start.cpp.  `old_key` is the key that the header has; for an encryption, the key that the data get.
    Result<void> begin_reencryption(Context& context, io::BlockDevice& data,
                                    const VolumeKey& old_key, const VolumeKey* new_key,
                                    std::optional<int> new_keyslot,
                                    const ReencryptParams& params) override;
    // reencrypt/run.cpp
    [[nodiscard]] Result<ReencryptionState> reencryption() const override;
    Result<void> recover_reencryption(Context& context, io::BlockDevice& data, const KeyRing& keys,
                                      LostData lost) override;
    Result<void> run_reencryption(Context& context, io::BlockDevice& data, const KeyRing& keys,
                                  std::uint64_t hotzone_bytes, model::DataUsers* users) override;

    Result<std::string> export_token(int token) const override;
    [[nodiscard]] bool could_export(std::string_view json) const override;
    Result<int> import_token(Context& context, std::optional<int> token, std::string_view json,
                             bool replace, std::optional<int> assign = {}) override;
    Result<void> remove_token(Context& context, int token) override;
    // `keyslot` < 0: all keyslots of type luks2.
    Result<void> assign_token(Context& context, int token, int keyslot, bool assign) override;

  private:
    [[nodiscard]] io::BlockDevice& device() const { return *disk_.device(); }
    // A change of the metadata only: `edit` makes the next state from the current one.
    using Edit = std::function<Result<Metadata>(const Metadata&)>;
    [[nodiscard]] Result<void> change_metadata(Context& context, const Edit& edit);
    // Adds a keyslot for a key in any role.
    [[nodiscard]] Result<int> add_key(Context& context, ByteView key, const Passphrase& passphrase,
                                      const formats::KeyslotSpec& spec, const KeyBinding& binding);
    // Stores the result of seal_key as a new keyslot whose key digest `digest` verifies.  Its name, its token and the
    // changes of `also` are in the same commit.
    [[nodiscard]] Result<int> store_keyslot(Transaction& change, SealedKeyslot sealed,
                                            const Digest& digest, const formats::KeyslotSpec& spec,
                                            const std::function<void(Json&)>& also = {});

    formats::HeaderOnDisk<Store> disk_;
    bool heal_;
};

// Refuses a label or subsystem that does not fit its field.
[[nodiscard]] Result<void> check_labels(const std::optional<std::string>& label,
                                        const std::optional<std::string>& subsystem);

// The functions of `kFormat`; see formats::Format.
[[nodiscard]] Result<std::unique_ptr<formats::LoadedHeader>> load_header(
    Context& context, std::shared_ptr<io::BlockDevice> device, const LoadOptions& options);
[[nodiscard]] Result<std::unique_ptr<formats::LoadedHeader>> create_header(
    Context& context, std::shared_ptr<io::BlockDevice> device, io::BlockDevice* data,
    const FormatParams& params, const VolumeKey& key);
[[nodiscard]] std::uint64_t usual_data_offset(const FormatParams& params);
[[nodiscard]] Result<void> check_create(Context& context, const FormatParams& params);
[[nodiscard]] Result<void> check_room(const io::BlockDevice& device, const io::BlockDevice* data,
                                      const FormatParams& params);
[[nodiscard]] Result<std::vector<std::string>> repair_header(
    Context& context, std::shared_ptr<io::BlockDevice> device);
[[nodiscard]] Result<std::vector<std::string>> check_restore(
    Context& context, std::shared_ptr<io::BlockDevice> backup,
    std::shared_ptr<io::BlockDevice> device);
[[nodiscard]] Result<std::unique_ptr<formats::LoadedHeader>> convert_from_luks1(
    Context& context, formats::LoadedHeader& other);
[[nodiscard]] Result<std::unique_ptr<formats::LoadedHeader>> convert_to_luks1(
    Context& context, formats::LoadedHeader& own, std::string_view type);

}  // namespace latchkey::luks2
