// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/loaded_header.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "formats/keyslot_refusal.h"
#include "latchkey/condition.h"
#include "latchkey/wording.h"
#include "luks2/json_text.h"
#include "luks2/keyslot_token.h"
#include "luks2/names.h"
#include "luks2/reencrypt/layout.h"
#include "luks2/reencrypt/lock.h"
#include "luks2/reencryption.h"
#include "luks2/requirements.h"
#include "luks2/segment.h"
#include "luks2/token_types.h"
#include "luks2/unlock.h"
#include "model/cipher_spec.h"

namespace latchkey::luks2 {
namespace {

constexpr std::uint64_t kDefaultArgonMemoryKib = 1048576;
constexpr std::uint32_t kDefaultLanes = 4;

// Requirements that allow reading: a keyslot opens whatever the data need, and during a reencryption.
constexpr Requirements kReadable = Requirement::OfflineReencrypt | Requirement::OnlineReencrypt |
                                   Requirement::Opal | Requirement::InlineHwTags |
                                   Requirement::Unknown;

KeyslotInfo keyslot_info(const Metadata& metadata, const Keyslot& keyslot) {
    const Digest* digest = metadata.digest_of_keyslot(keyslot.number);
    KeyslotInfo info;
    info.number = keyslot.number;
    info.type = keyslot.type;
    info.usable = keyslot.is_luks2() && keyslot.defect.empty() && digest != nullptr;
    info.unbound = digest == nullptr || digest->segments.empty();
    info.held_by_token = held_by_token(metadata, keyslot.number);
    info.priority = keyslot.priority;
    info.key_bytes = keyslot.key_bytes;
    info.kdf_type = keyslot.kdf.type;
    info.kdf_hash = keyslot.kdf.hash;
    info.kdf_iterations = keyslot.kdf.iterations;
    info.kdf_memory_kib = keyslot.kdf.memory_kib;
    info.kdf_lanes = keyslot.kdf.lanes;
    info.af_hash = keyslot.af_hash;
    info.area_cipher = keyslot.area.encryption;
    info.area_key_bytes = keyslot.area.key_bytes;
    info.area_offset = keyslot.area.offset;
    info.area_size = keyslot.area.size;
    info.name = keyslot_name(metadata, keyslot.number);
    return info;
}

// Reads without a lock.  Another process may be writing a copy at that moment, so a copy that looks damaged is read
// again later.
Result<StoredMetadata> read_at_rest(const Context& context, const io::BlockDevice& device) {
    constexpr int kLooks = 6;
    constexpr std::chrono::milliseconds kPause{50};
    for (int look = 1;; ++look) {
        auto stored = read_metadata(device);
        const bool whole =
            stored ? stored->both_good() : stored.error().code != Errc::CorruptHeader;
        if (whole || look == kLooks || context.cancelled()) return stored;
        std::this_thread::sleep_for(kPause);
    }
}

// If sectors cannot be read, no other program's signature can be found either; the other copy is complete.
Result<void> refuse_known_signatures(const Context& context,
                                     const std::shared_ptr<io::BlockDevice>& device) {
    auto refused = refuse_foreign_signatures(device);
    if (refused || refused.error().code != Errc::Unreadable) return refused;
    context.debug("%s", refused.error().message.c_str());
    return {};
}

void tell_damage(Context& context, const io::BlockDevice& device, const StoredMetadata& stored,
                 const LoadOptions& options) {
    if (tell_two_volumes(context, device, stored)) return;
    std::string command = context.repair_command + " ";
    if (!options.data_device.empty() && options.data_device != device.name())
        command += options.data_device + " --header ";
    command += device.name();
    context.log_once(LogLevel::Warning,
                     "one of the two header copies on %s is damaged (%s); '%s' mends it",
                     device.name().c_str(), stored.damage.c_str(), command.c_str());
}

ReencryptionInfo reencryption_info(const Metadata& header, const Keyslot& keyslot) {
    const bool waits = std::ranges::any_of(header.segments(), [](const Segment& segment) {
        return segment.has_flag("backup-moved-segment");
    });
    return {.keyslot = keyslot.number,
            .backward = keyslot.direction == "backward",
            .resilience = keyslot.area.type,
            .hash = keyslot.area.hash,
            .shift_bytes = keyslot.area.shift_size,
            .first_bytes_wait = waits};
}

}  // namespace

Luks2Header::Luks2Header(std::shared_ptr<io::BlockDevice> device, StoredMetadata stored, bool heal)
    : disk_(std::move(device), std::move(stored)), heal_(heal) {}

VolumeInfo Luks2Header::info() const {
    const Metadata& header = metadata();
    const Segment& segment = header.default_segment();
    const Digest* digest = header.digest_of_segment(segment.number);
    VolumeInfo info;
    info.type = type();
    info.uuid = header.binary.uuid;
    info.label = header.binary.label;
    info.subsystem = header.binary.subsystem;
    info.cipher = segment.encryption;
    info.key_bytes = volume_key_bytes(header).value_or(0);
    info.old_key_bytes = old_key_bytes(header).value_or(0);
    info.hash = digest != nullptr ? digest->hash : std::string();
    info.data_offset = header.data_offset();
    if (header.segments().size() == 1) info.data_size = segment.size.value_or(0);
    info.sector_size = segment.sector_size;
    info.sequence_id = header.binary.sequence_id;
    info.metadata_size = header.binary.header_size;
    info.keyslots_size = header.config().keyslots_size;
    info.flags = header.config().flags;
    info.requirements = header.config().requirements;
    for (const Keyslot& keyslot : header.keyslots()) {
        if (keyslot.type != "reencrypt") continue;
        info.reencryption_mode = keyslot.mode;
        info.reencryption = reencryption_info(header, keyslot);
    }
    info.damaged_copy = !disk_.stored().both_good();
    return info;
}

std::vector<KeyslotInfo> Luks2Header::keyslots() const {
    std::vector<KeyslotInfo> infos;
    for (const Keyslot& keyslot : metadata().keyslots())
        infos.push_back(keyslot_info(metadata(), keyslot));
    std::sort(infos.begin(), infos.end(),
              [](const KeyslotInfo& a, const KeyslotInfo& b) { return a.number < b.number; });
    return infos;
}

Result<ByteRange> Luks2Header::keyslot_area(int number) const {
    for (const Keyslot& keyslot : metadata().keyslots())
        if (keyslot.number == number)
            return ByteRange{.offset = keyslot.area.offset, .length = keyslot.area.size};
    return formats::keyslot_empty(number);
}

// Includes segments that are not mapped: those that a reencryption will make, and those that it replaces.
std::vector<formats::NullCipher> Luks2Header::null_ciphers() const {
    std::vector<formats::NullCipher> found;
    for (const Segment& segment : metadata().segments())
        if (model::names_null_cipher(segment.encryption))
            found.push_back({.field = strprintf("segments.%d.encryption", segment.number),
                             .value = segment.encryption,
                             .of_data = true});
    for (const Keyslot& keyslot : metadata().keyslots())
        if (model::names_null_cipher(keyslot.area.encryption))
            found.push_back({.field = strprintf("keyslots.%d.area.encryption", keyslot.number),
                             .value = keyslot.area.encryption});
    return found;
}

std::vector<TokenInfo> Luks2Header::tokens() const {
    std::vector<TokenInfo> infos;
    for (const Token& token : metadata().tokens())
        if (token.type != kNamesTokenType)  // not made by the user
            infos.push_back({token.number, token.type, token.keyslots});
    std::sort(infos.begin(), infos.end(),
              [](const TokenInfo& a, const TokenInfo& b) { return a.number < b.number; });
    return infos;
}

Result<std::string> Luks2Header::metadata_json() const {
    return shown_json(json_to_pretty_text(metadata().document()));
}

KdfRequest Luks2Header::default_kdf() const {
    return {.type = std::string(model::kArgon2id),
            .hash = "sha256",
            .memory_kib = kDefaultArgonMemoryKib,
            .lanes = kDefaultLanes};
}

std::uint64_t Luks2Header::header_area_bytes() const {
    return metadata().header_area_bytes();
}

std::vector<ByteRange> Luks2Header::header_copies() const {
    const std::uint64_t size = metadata().binary.header_size;
    return {{.offset = 0, .length = size}, {.offset = size, .length = size}};
}

bool Luks2Header::equals(const LoadedHeader& other) const {
    const auto* same_type = dynamic_cast<const Luks2Header*>(&other);
    if (same_type == nullptr) return false;
    const BinaryFields& mine = metadata().binary;
    const BinaryFields& its = same_type->metadata().binary;
    return mine.header_size == its.header_size && mine.sequence_id == its.sequence_id &&
           same_content(metadata(), same_type->metadata());
}

std::uint32_t Luks2Header::area_key_bytes(const NewKeyslot& keyslot,
                                          std::uint32_t key_bytes) const {
    const formats::KeyslotSpec spec{.area_cipher = keyslot.area_cipher,
                                    .area_key_bytes = keyslot.area_key_bytes};
    const auto cipher = choose_area_cipher(metadata(), key_bytes, spec);
    return cipher ? cipher->key_bytes : key_bytes;
}

Result<void> Luks2Header::check_keyslot(const NewKeyslot& keyslot) const {
    const formats::KeyslotSpec spec{.area_cipher = keyslot.area_cipher,
                                    .area_key_bytes = keyslot.area_key_bytes};
    if (!spec.area_cipher.empty()) {
        LK_ASSIGN([[maybe_unused]] const AreaCipher cipher,
                  choose_area_cipher(metadata(), 0, spec));
    }
    LK_TRY(check_keyslot_token(metadata(), keyslot.token));
    return check_name(keyslot.name);
}

Result<void> Luks2Header::check_cost(const Context& context,
                                     const std::vector<int>& keyslots) const {
    return luks2::check_cost(context, metadata(), keyslots);
}

Result<formats::Unlocked> Luks2Header::unlock(Context& context, const Passphrase& passphrase,
                                              const UnlockOptions& options) const {
    LK_TRY(check_requirements(metadata().config(), kReadable));
    return luks2::unlock(context, device(), metadata(), passphrase, options);
}

Result<VolumeKey> Luks2Header::verify(Context& context, CandidateKey key) const {
    LK_TRY(check_requirements(metadata().config(), kReadable));
    LK_TRY(check_volume_key(context, metadata(), key.bytes()));
    const Digest* digest = metadata().digest_of_segment(metadata().default_segment().number);
    return VolumeKey(Vouched::ByDigest, std::move(key).release(), digest->number);
}

Result<void> Luks2Header::check_mappable() const {
    return check_segments(metadata());
}

Result<model::MappingPlan> Luks2Header::plan(Context& context, const KeyRing& keys) const {
    LK_TRY(check_requirements(metadata().config(), Requirement::OnlineReencrypt));
    LK_ASSIGN(const auto reencryption, reencryption_of(metadata()));
    if (!reencryption) return plan_segments(metadata(), keys);
    LK_TRY(check_not_moving(context, metadata()));
    LK_ASSIGN(const KeyRing all, keys_of_data(metadata(), keys));
    LK_ASSIGN(const Layout layout, proven_layout(context, metadata(), *reencryption, all));
    if (layout.hot)
        return fail(Errc::NotSupported,
                    "a reencryption was cut short while it wrote data, which are to be recovered")
            .because(Condition::ReencryptionCutShort);
    return plan_segments(metadata(), keys);
}

std::shared_ptr<const void> Luks2Header::hold(Context& context, formats::MetadataLock lock,
                                              const LoadedHeader& current) {
    return disk_.hold(context, std::move(lock), dynamic_cast<const Luks2Header&>(current).disk_);
}

Result<std::shared_ptr<Transaction>> Luks2Header::begin(Context& context, Requirements allowed) {
    LK_ASSIGN(auto change, disk_.begin(context));
    LK_TRY(admit(disk_.device(), change->stored(), heal_, allowed));
    return change;
}

Result<std::shared_ptr<Transaction>> Luks2Header::begin_conversion(Context& context) {
    LK_ASSIGN(auto change, disk_.begin(context));
    LK_TRY(admit(disk_.device(), change->stored(), true, {}));
    return change;
}

Result<void> Luks2Header::change_metadata(Context& context, const Edit& edit) {
    LK_ASSIGN(const auto change, begin(context));
    LK_ASSIGN(const Metadata next, edit(change->current()));
    return change->commit(next);
}

Result<std::unique_ptr<formats::LoadedHeader>> load_header(Context& context,
                                                           std::shared_ptr<io::BlockDevice> device,
                                                           const LoadOptions& options) {
    std::unique_ptr<io::BlockDevice::Lock> lock;
    if (context.policy.metadata_locks) {
        auto taken =
            device->lock(io::BlockDevice::LockMode::Shared, {.cancelled = &context.cancelled()});
        if (!taken && taken.error().code == Errc::Interrupted) return taken.error();
        // Reading without the lock is safe: one copy is complete while the other is being written.
        if (!taken)
            context.debug("reading without lock: %s", taken.error().message.c_str());
        else
            lock = std::move(taken).value();
    }
    LK_ASSIGN(StoredMetadata stored,
              lock || options.at_rest ? read_metadata(*device) : read_at_rest(context, *device));
    // If something else overwrote the start of the device, the device is that something, whatever the secondary
    // header says.  Only a person can decide this (repair).
    if (stored.primary != CopyState::Good) LK_TRY(refuse_known_signatures(context, device));
    if (!stored.both_good() && options.tell_damage) tell_damage(context, *device, stored, options);
    return std::make_unique<Luks2Header>(std::move(device), std::move(stored), options.repair_copy);
}

extern const formats::Format kFormat;
const formats::Format kFormat = {
    .type = "LUKS2",
    .load = load_header,
    .create = create_header,
    .repair = repair_header,
    .check_restore = check_restore,
    .convert_from = convert_from_luks1,
    .max_keyslots = kMaxKeyslots,
    .usual_data_offset = usual_data_offset,
    .check_create = check_create,
    .check_room = check_room,
    .convert_to = convert_to_luks1,
};

}  // namespace latchkey::luks2
