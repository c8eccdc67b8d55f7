// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cinttypes>

#include "formats/format.h"
#include "io/claim.h"
#include "io/file_device.h"
#include "io/lock.h"
#include "latchkey/volume.h"
#include "volume/auto_backup.h"
#include "volume/cut_start.h"
#include "volume/mapping_changes.h"
#include "volume/new_keyslot.h"

namespace latchkey {
namespace {

Result<void> check_writable(const Device& data) {
    if (!data.read_only()) return {};
    return fail(Errc::AccessDenied, "%s is read only", data.name().c_str());
}

// Decrypted data begin at the beginning of their device: the header may not be there, by whatever name.
Result<void> check_header_elsewhere(const Device& metadata, const formats::LoadedHeader& header,
                                    const Device& data) {
    if (!overlap(metadata.storage().part(0, header.header_area_bytes()), data.storage())) return {};
    return fail(Errc::InvalidArgument, "header and data are on one device: %s and %s",
                metadata.name().c_str(), data.name().c_str());
}

// The last bytes of the device are about to be overwritten: it may have no header, nor content there.
Result<void> check_first_bytes(Context& context, const Device& metadata, const Device& data,
                               const ReencryptParams& params) {
    if (params.mode != ReencryptMode::Encrypt || params.shift_bytes == 0)
        return fail(Errc::InvalidArgument, "only an encryption that moves data moves their first");
    if (overlap(metadata.storage(), data.storage()))
        return fail(Errc::InvalidArgument, "header and data are on one device: %s and %s",
                    metadata.name().c_str(), data.name().c_str());
    LK_TRY(io::check_not_in_use(*data.io()));
    LK_TRY(volume::check_not_begun(data));
    if (formats::load(context, data.io(), {.tell_damage = false, .at_rest = true}))
        return fail(Errc::Exists, "%s has a LUKS header already", data.name().c_str());
    const auto left = Volume::check_shift(data, params.shift_bytes, false);
    // What lies there may be of a kind whose end nobody knows: the caller made room for it.
    if (!left && left.error().code != Errc::Refused) return left.error();
    return data.io()->reserve(data.size());
}

Result<mapping::OpenMapping> users_of(Context& context, const Volume& volume, const Device& data,
                                      std::string_view mapping) {
    LK_TRY(check_writable(data));
    if (volume.info().reencryption_mode == "decrypt")
        return fail(Errc::NotSupported,
                    "the data of an open volume cannot be decrypted yet: close %s first",
                    std::string(mapping).c_str());
    if (!io::is_direct(*data.io()))
        return fail(Errc::NotSupported,
                    "%s cannot be read past the page cache, which does not see what the mapping %s "
                    "writes",
                    data.name().c_str(), std::string(mapping).c_str());
    return mapping::open_mapping(context, volume, data, mapping);
}

}  // namespace

Result<ReencryptionState> Volume::reencryption() const {
    return header_->reencryption();
}

Result<int> Volume::add_keyslot_of_new_key(Context& context, const VolumeKey& new_key,
                                           const Passphrase& passphrase,
                                           const NewKeyslot& keyslot) {
    LK_TRY(volume::check_free_keyslot(*header_, keyslot.number));
    LK_ASSIGN(const formats::KeyslotSpec spec,
              volume::decide_keyslot(context, *header_, keyslot, new_key.size()));
    return volume::as_no_room(header_->add_keyslot_of_new_key(context, new_key, passphrase, spec));
}

Result<void> Volume::begin_reencryption(Context& context, const Device& data,
                                        const UnlockedVolume& old, const VolumeKey* new_key,
                                        std::optional<int> new_keyslot,
                                        const ReencryptParams& params) {
    LK_TRY(check_writable(data));
    if (params.mode == ReencryptMode::Decrypt)
        LK_TRY(check_header_elsewhere(device_, *header_, data));
    if (params.mode == ReencryptMode::Encrypt)
        LK_TRY(
            check_blocks(data, params.sector_size != 0 ? params.sector_size : info().sector_size));
    if (params.first_bytes_move) LK_TRY(check_first_bytes(context, device_, data, params));
    LK_TRY(volume::backup_before_change(context, device_, *header_));
    return header_->begin_reencryption(context, *data.io(), old.key, new_key, new_keyslot, params);
}

Result<void> Volume::recover_reencryption(Context& context, const Device& data,
                                          const UnlockedVolume& unlocked, LostData lost) {
    LK_TRY(check_writable(data));
    if (info().reencryption_mode == "decrypt")
        LK_TRY(check_header_elsewhere(device_, *header_, data));
    return header_->recover_reencryption(context, *data.io(), unlocked.keys(), lost);
}

Result<void> Volume::run_reencryption(Context& context, const Device& data,
                                      const UnlockedVolume& unlocked, std::uint64_t hotzone_bytes) {
    LK_TRY(check_writable(data));
    if (info().reencryption_mode == "decrypt")
        LK_TRY(check_header_elsewhere(device_, *header_, data));
    return header_->run_reencryption(context, *data.io(), unlocked.keys(), hotzone_bytes, nullptr);
}

Result<void> Volume::reencrypt_while_open(Context& context, const Device& data,
                                          const UnlockedVolume& unlocked, std::string_view mapping,
                                          std::uint64_t hotzone_bytes) {
    LK_ASSIGN(const auto open, users_of(context, *this, data, mapping));
    return header_->run_reencryption(context, *data.io(), unlocked.keys(), hotzone_bytes,
                                     open.users.get());
}

Result<void> Volume::check_while_open(Context& context, const Device& data,
                                      std::string_view mapping) const {
    LK_ASSIGN(const auto open, users_of(context, *this, data, mapping));
    const VolumeInfo about = info();
    if (context.policy.metadata_locks) {
        const auto lock = io::acquire_reencryption_lock(
            about.uuid, {.limit = {}, .cancelled = &context.cancelled()});
        if (!lock && lock.error().code == Errc::Locked) return lock.error();
    }
    const std::uint64_t bytes = data.size() - std::min(data.size(), about.data_offset);
    // Of an encryption that moves the data, some bytes at the end are not used any more.
    if (about.reencryption_mode == "encrypt" || about.data_size != 0 || open.users->size() == bytes)
        return {};
    return fail(Errc::NotSupported,
                "the mapping has %" PRIu64 " bytes, its data have %" PRIu64
                ": a mapping that was resized cannot be reencrypted while it is open",
                open.users->size(), bytes);
}

}  // namespace latchkey
