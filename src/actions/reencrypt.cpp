// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/reencrypt.h"

#include <algorithm>
#include <filesystem>

#include "actions/encrypt.h"
#include "actions/keyslot_options.h"
#include "actions/option_groups.h"
#include "actions/unlocking.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "cli/options_reencrypt.h"
#include "latchkey/ascii.h"
#include "latchkey/mapping.h"
#include "text/format.h"
#include "ui/facts.h"
#include "ui/secret_sources.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

// A keyslot to keep: its passphrase gets the new key, in a keyslot with another number.
struct KeptKeyslot {
    int before = -1;
    int after = -1;
};

constexpr const OptionSpec* kNotYet[] = {&opt::keep_key, &opt::reduce_device_size,
                                         &opt::device_size, &opt::volume_key_file};
constexpr const OptionSpec* kOfEncryption[] = {&opt::reduce_device_size,
                                               &opt::device_size,
                                               &opt::volume_key_file,
                                               &opt::uuid,
                                               &opt::label,
                                               &opt::subsystem,
                                               &opt::offset,
                                               &opt::name,
                                               &opt::luks2_metadata_size,
                                               &opt::luks2_keyslots_size,
                                               &opt::disable_blkid};

bool is_of_encryption(const OptionSpec* option) {
    return std::ranges::find(kOfEncryption, option) != std::end(kOfEncryption);
}

// Refuses options that are not implemented yet, by name.
Result<void> check_scope(const Arguments& args) {
    constexpr std::uint64_t kLeastHotzone = 4096;  // bytes, a block of a file or disk
    const std::uint64_t hotzone = args.get(opt::hotzone_size).value_or(Bytes{kLeastHotzone}).value;
    if (hotzone < kLeastHotzone)
        return fail(Errc::InvalidArgument, "--hotzone-size %llu is less than %llu bytes",
                    static_cast<unsigned long long>(hotzone),
                    static_cast<unsigned long long>(kLeastHotzone));
    const bool encrypts = args.has(opt::encrypt);
    for (const OptionSpec* option : kNotYet)
        if (args.has(*option) && !(encrypts && is_of_encryption(option)))
            return fail(Errc::NotSupported, "reencrypt --%s cannot be done yet",
                        std::string(option->name).c_str());
    for (const OptionSpec* option : kOfEncryption)
        if (args.has(*option) && !encrypts)
            return fail(Errc::InvalidArgument, "--%s is only for reencrypt --encrypt",
                        std::string(option->name).c_str());
    if (args.operands.size() > 1)
        return fail(Errc::NotSupported,
                    "reencrypt cannot open the volume yet: open it with 'open' when the "
                    "reencryption has begun");
    if (args.operands.empty() && !args.has(opt::active_name))
        return fail_saying(Errc::InvalidArgument, "Command requires device as argument.");
    return {};
}

// The device with the data, and the name of the open mapping over it; "" = there is none.
struct Target {
    Device data;
    std::string mapping = {};
};

Result<Target> named_target(Ui& ui, const Arguments& args) {
    const std::string name = mapping::name_of(args.text(opt::active_name));
    LK_ASSIGN(const MappingInfo info, mapping::active(ui.context(), name));
    LK_ASSIGN(Device data, mapping::open_data(ui.context(), info, Access::ReadWrite));
    if (!args.operands.empty()) {
        LK_ASSIGN(const Device named, ui.open_device(args.operands[0], Access::ReadOnly));
        if (named.identity() != data.identity())
            return fail(Errc::InvalidArgument, "the mapping %s lies on %s, not on %s", name.c_str(),
                        data.name().c_str(), named.name().c_str());
    }
    return Target{std::move(data), name};
}

// Finds the mapping over the device, if one is open.
Result<Target> target_of(Ui& ui, const Arguments& args) {
    if (args.has(opt::active_name)) return named_target(ui, args);
    std::vector<std::string> names;
    if (!args.has(opt::force_offline_reencrypt)) {
        LK_ASSIGN(const Device look, ui.open_device(args.operands[0], Access::ReadOnly));
        LK_ASSIGN(names, mapping::over(ui.context(), look));
    }
    if (names.size() > 1)
        return fail(Errc::Busy, "%s is open under several names: %s and %s",
                    std::string(args.operands[0]).c_str(), names[0].c_str(), names[1].c_str());
    LK_ASSIGN(Device data, ui.open_device(args.operands[0],
                                          names.empty() ? Access::Exclusive : Access::ReadWrite));
    if (names.empty()) return Target{std::move(data), ""};
    if (!ui.batch())
        ui.say("Auto-detected active dm device '%s' for data device %s.", names[0].c_str(),
               data.name().c_str());
    return Target{std::move(data), std::move(names[0])};
}

// Refuses what cannot be done while the volume is open.  Returns whether a reencryption that has ended left devices.
Result<bool> check_open_target(Ui& ui, const Arguments& args, const Volume& volume,
                               const Target& target, ReencryptionState state) {
    if (target.mapping.empty()) return false;
    LK_ASSIGN(const MappingInfo info, mapping::active(ui.context(), target.mapping));
    const bool left = state == ReencryptionState::None && info.reencrypting;
    if (left && !args.has(opt::resume_only))
        return fail(Errc::Busy, "a reencryption of %s has ended, but left its devices",
                    target.mapping.c_str())
            .with_hint(text("'reencrypt --resume-only' removes them"));
    if (!target.data.is_shadow())
        LK_TRY(volume.check_while_open(ui.context(), target.data, target.mapping));
    return left;
}

Result<void> check_device(Ui& ui, const Arguments& args, const Device& data) {
    if (!data.regular_file() || args.has(opt::force_offline_reencrypt)) return {};
    ui.report(
        fail_saying(Errc::InvalidArgument,
                    "Device %s is not a block device. Can not auto-detect if it is active or not.",
                    data.name().c_str()));
    return fail_saying(Errc::InvalidArgument,
                       "Use --force-offline-reencrypt to bypass the check and run in offline mode "
                       "(dangerous!).");
}

std::vector<KeyslotInfo> keyslots_of_data(const Volume& volume) {
    std::vector<KeyslotInfo> keyslots = volume.keyslots();
    std::erase_if(keyslots,
                  [](const KeyslotInfo& slot) { return slot.unbound || slot.type != "luks2"; });
    return keyslots;
}

// Returns the keyslots to keep: the named one, or all, each with its passphrase.
Result<std::vector<KeyslotInfo>> kept_keyslots(const Arguments& args, const Volume& volume) {
    std::vector<KeyslotInfo> keyslots = keyslots_of_data(volume);
    LK_ASSIGN(const auto wanted, keyslot_number(args, opt::key_slot, volume));
    if (wanted) {
        LK_TRY(volume.check_active_keyslot(*wanted));
        std::erase_if(keyslots, [&](const KeyslotInfo& slot) { return slot.number != *wanted; });
    } else if (args.has(opt::key_file) && keyslots.size() > 1) {
        return fail_saying(
            Errc::InvalidArgument,
            "Key file can be used only with --key-slot or with exactly one key slot active.");
    }
    if (keyslots.empty())
        return fail(Errc::NoUsableKeyslot, "no keyslot of the data is there to go on");
    return keyslots;
}

// Returns a keyslot with the cost of the one that it replaces, unless options say otherwise.
Result<NewKeyslot> keyslot_like(const Arguments& args, const KeyslotInfo& before) {
    LK_ASSIGN(NewKeyslot keyslot, new_keyslot(args, std::nullopt));
    if (args.has(opt::pbkdf) || args.has(opt::iter_time) || args.has(opt::pbkdf_force_iterations) ||
        args.has(opt::pbkdf_memory) || args.has(opt::pbkdf_parallel) || args.has(opt::unlock_on))
        return keyslot;
    keyslot.kdf.type = before.kdf_type;
    keyslot.kdf.hash = before.kdf_hash;
    keyslot.kdf.forced_iterations = before.kdf_iterations;
    keyslot.kdf.memory_kib = before.kdf_memory_kib;
    keyslot.kdf.lanes = before.kdf_lanes;
    return keyslot;
}

// Copies tokens and priority to the new keyslot.
Result<void> carry_over(Ui& ui, Volume& volume, const KeyslotInfo& before, int after) {
    if (before.priority != Priority::Normal)
        LK_TRY(volume.set_priority(ui.context(), after, before.priority));
    for (const TokenInfo& token : volume.tokens())
        if (std::ranges::find(token.keyslots, before.number) != token.keyslots.end())
            LK_TRY(volume.assign_token(ui.context(), token.number, after, true));
    return {};
}

void tell_lost(Ui& ui, const Volume& volume, const std::vector<KeyslotInfo>& kept) {
    for (const KeyslotInfo& slot : keyslots_of_data(volume))
        if (std::ranges::find(kept, slot.number, &KeyslotInfo::number) == kept.end())
            ui.warn("Keyslot %d does not go on: its passphrase will open the volume no more.",
                    slot.number);
}

Result<VolumeKey> new_volume_key(Ui& ui, std::size_t bytes) {
    SecretBuffer key(bytes);
    LK_TRY(ui.context().random->fill(key.bytes()));
    return VolumeKey(Vouched::ByCaller, std::move(key));
}

ReencryptParams params_of(const Arguments& args) {
    ReencryptParams params{.cipher = args.text(opt::cipher),
                           .sector_size = args.get(opt::sector_size).value_or(0)};
    if (args.has(opt::decrypt)) params.mode = ReencryptMode::Decrypt;
    if (args.has(opt::resilience)) params.resilience = args.text(opt::resilience);
    if (args.has(opt::resilience_hash)) params.resilience_hash = args.text(opt::resilience_hash);
    params.least_digest_cost = args.has(opt::pbkdf_force_iterations);
    return params;
}

constexpr std::uint64_t kMostMoved = 20 * 1024 * 1024;  // bytes, as the peer

// Exports the header of `data` to the file of --header, unless it is there already.  Returns whether it did.
Result<bool> export_header(Ui& ui, const Arguments& args, const Device& data) {
    const std::string path = args.text(opt::header);
    std::error_code ignored;
    if (!args.has(opt::decrypt) || args.has(opt::resume_only) || path.empty() ||
        std::filesystem::exists(std::filesystem::symlink_status(path, ignored)))
        return false;
    auto volume = Volume::load(ui.context(), data, {.type = "LUKS2"});
    if (!volume) {
        ui.debug("%s: %s", data.name().c_str(), volume.error().message.c_str());
        return fail(Errc::NoDevice, "header file %s does not exist, and %s has no LUKS2 header",
                    path.c_str(), data.name().c_str());
    }
    LK_ASSIGN(const ReencryptionState state, volume->reencryption());
    if (state != ReencryptionState::None)
        return fail(Errc::InvalidArgument, "%s is being reencrypted: end that first",
                    data.name().c_str());
    if (ui.dry_run())
        return fail(Errc::NoDevice, "header file %s does not exist, and --dry-run makes none",
                    path.c_str());
    LK_TRY(check_device(ui, args, data));
    LK_TRY(volume->backup(ui.context(), path));
    // The backup is read only, but this header is going to be changed.
    std::filesystem::permissions(
        path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
    return true;
}

// Called if the decryption did not begin.  The file stays if the device has no header any more.
void remove_exported_header(Ui& ui, const Arguments& args, const Device& data) {
    std::error_code ignored;
    if (Volume::load(ui.context(), data, {.type = "LUKS2"}))
        std::filesystem::remove(args.text(opt::header), ignored);
}

Result<UnlockedVolume> begin_decryption(Ui& ui, const Arguments& args, Volume& volume,
                                        const Device& data) {
    LK_ASSIGN(const auto keyslot, keyslot_number(args, opt::key_slot, volume));
    LK_ASSIGN(UnlockedVolume opened,
              unlock_any(ui, args, volume, ui.prompt_for(data.name()), {.keyslot = keyslot}));
    LK_TRY(
        ui.confirm(text("The data on %s will be stored in clear, and the header will hold no key.",
                        data.name().c_str())));
    ReencryptParams params = params_of(args);
    // Data behind the place of the header move there.
    if (volume.info().data_offset != 0)
        params.moved_bytes = args.get(opt::hotzone_size).value_or(Bytes{kMostMoved}).value;
    LK_TRY(volume.begin_reencryption(ui.context(), data, opened, nullptr, std::nullopt, params));
    return opened;
}

// For each keyslot to keep, asks for the passphrase, opens the keyslot and adds one for the new key.  Opens the new
// keyslots from the device before the header says that data will move.
Result<UnlockedVolume> begin_new_key(Ui& ui, const Arguments& args, Volume& volume,
                                     const Device& data, std::vector<KeptKeyslot>& kept) {
    LK_ASSIGN(const std::vector<KeyslotInfo> keyslots, kept_keyslots(args, volume));
    tell_lost(ui, volume, keyslots);
    const std::uint32_t wanted_bytes = args.get(opt::key_size).value_or(0) / 8;
    LK_ASSIGN(const VolumeKey key,
              new_volume_key(ui, wanted_bytes != 0 ? wanted_bytes : volume.info().key_bytes));
    std::optional<UnlockedVolume> old;
    std::optional<VolumeKey> verified;
    for (const KeyslotInfo& slot : keyslots) {
        KeySource source = existing_secret(
            args, keyslots.size() == 1 ? ui.prompt_for(data.name())
                                       : text("Enter passphrase for key slot %d: ", slot.number));
        LK_ASSIGN(OpenedBy by,
                  unlock_with_passphrase(ui, volume, std::move(source), {.keyslot = slot.number}));
        LK_ASSIGN(const NewKeyslot next, keyslot_like(args, slot));
        LK_ASSIGN(const int number,
                  volume.add_keyslot_of_new_key(ui.context(), key, by.passphrase, next));
        kept.push_back({slot.number, number});
        LK_ASSIGN(UnlockedVolume proof,
                  volume.unlock(ui.context(), by.passphrase, {.keyslot = number}));
        LK_TRY(carry_over(ui, volume, slot, number));
        if (!old) old.emplace(std::move(by.opened));
        if (!verified) verified.emplace(std::move(proof.key));
    }
    LK_TRY(volume.begin_reencryption(ui.context(), data, *old, &*verified, kept.front().after,
                                     params_of(args)));
    old->more_keys.clear();
    old->more_keys.push_back(std::move(*verified));
    return *std::move(old);
}

// Called if the reencryption did not start: restores the header, except for its sequence id.
void remove_new_keyslots(Ui& ui, Volume& volume, const std::vector<KeptKeyslot>& kept) {
    if (volume.reencryption().value_or(ReencryptionState::Clean) != ReencryptionState::None) return;
    for (const KeptKeyslot& one : kept)
        if (const auto removed = volume.kill_keyslot(ui.context(), one.after); !removed)
            ui.report(removed.error());
}

Error not_in_progress() {
    return fail_saying(Errc::InvalidArgument, "Device reencryption not in progress.");
}

Result<void> check_wishes(const Arguments& args, ReencryptionState state, bool left) {
    if (state == ReencryptionState::None && args.has(opt::resume_only) && !left)
        return not_in_progress();
    if (state == ReencryptionState::None && args.has(opt::decrypt) && !args.has(opt::header))
        return fail_saying(Errc::InvalidArgument, "LUKS2 decryption requires --header option.");
    if (state != ReencryptionState::None && args.has(opt::init_only))
        return fail_saying(Errc::InvalidArgument,
                           "LUKS2 reencryption already initialized in metadata.");
    return {};
}

Fact result_of(const Volume& volume, const std::vector<KeptKeyslot>& kept) {
    Fact keyslots{.key = "keyslots", .kind = Fact::Kind::Array};
    for (const KeptKeyslot& one : kept)
        keyslots.children.push_back(
            {.key = "",
             .kind = Fact::Kind::Object,
             .children = {number_fact("before", static_cast<std::uint64_t>(one.before)),
                          number_fact("after", static_cast<std::uint64_t>(one.after))}});
    return volume_result(volume, {std::move(keyslots)});
}

// Moves the data, unless --init-only.
Result<void> carry_out(Ui& ui, const Arguments& args, Volume& volume, const Target& target,
                       const UnlockedVolume& opened, const std::vector<KeptKeyslot>& kept) {
    const Device& data = target.data;
    // Users must know this even if the run is stopped; scripts read it from --json.
    if (!ui.batch())
        for (const KeptKeyslot& one : kept)
            ui.say("Keyslot %d goes on as keyslot %d.", one.before, one.after);
    // A rehearsal would have to keep all data in memory.
    if (!args.has(opt::init_only) && ui.dry_run())
        ui.say("Would rewrite the data from byte %llu of %s to its end, a part at a time.",
               static_cast<unsigned long long>(volume.info().data_offset), data.name().c_str());
    if (!args.has(opt::init_only) && !ui.dry_run()) {
        const std::uint64_t longest = args.get(opt::hotzone_size).value_or(Bytes{}).value;
        auto done =
            target.mapping.empty()
                ? volume.run_reencryption(ui.context(), data, opened, longest)
                : volume.reencrypt_while_open(ui.context(), data, opened, target.mapping, longest);
        if (!done)
            return std::move(done).error().with_hint(
                text("'reencrypt --resume-only' with the same device goes on"));
    }
    ui.result(result_of(volume, kept));
    return {};
}

Result<void> run(Ui& ui, const Arguments& args) {
    LK_TRY(check_scope(args));
    LK_ASSIGN(const Target target, target_of(ui, args));
    const Device& data = target.data;
    if (!target.mapping.empty() && args.has(opt::encrypt) && !args.has(opt::resume_only))
        return fail(Errc::Busy, "%s is open as %s: an encryption cannot begin on it",
                    data.name().c_str(), target.mapping.c_str())
            .with_hint(text("--resume-only continues one that has begun"));
    if (!target.mapping.empty() && args.has(opt::decrypt))
        return fail(Errc::NotSupported,
                    "the data of an open volume cannot be decrypted yet: close %s first",
                    target.mapping.c_str());
    if (args.has(opt::encrypt) && !args.has(opt::resume_only)) {
        LK_ASSIGN(auto begun, begin_encryption(ui, args, data, params_of(args)));
        if (begun) {
            const UnlockedVolume opened{.key = std::move(begun->key), .keyslot = begun->keyslot};
            return carry_out(ui, args, begun->volume, target, opened, {});
        }
    }
    LK_ASSIGN(const bool exported,
              target.mapping.empty() ? export_header(ui, args, data) : Result<bool>(false));
    auto loaded = ui.load_volume_of(args, data, Access::ReadWrite);
    if (!loaded && loaded.error().code == Errc::NotThisFormat && args.has(opt::encrypt))
        return not_in_progress();
    LK_ASSIGN(Volume volume, std::move(loaded));
    if (volume.info().type != "LUKS2")
        return fail(Errc::NotSupported, "volumes of type %s cannot be reencrypted yet",
                    volume.info().type.c_str());
    LK_ASSIGN(const ReencryptionState state, volume.reencryption());
    LK_ASSIGN(const bool left, check_open_target(ui, args, volume, target, state));
    LK_TRY(check_wishes(args, state, left));
    if (state != ReencryptionState::None) LK_TRY(check_resumed(args, volume));
    // The same command that began an encryption continues it, and it needed no such option.
    if (!args.has(opt::encrypt) || args.has(opt::resume_only)) LK_TRY(check_device(ui, args, data));
    std::vector<KeptKeyslot> kept;
    std::optional<UnlockedVolume> opened;
    if (state != ReencryptionState::None || left) {
        LK_ASSIGN(opened, unlock_any(ui, args, volume, ui.prompt_for(data.name()), {}));
    } else if (args.has(opt::decrypt)) {
        auto begun = begin_decryption(ui, args, volume, data);
        if (!begun) {
            if (exported) remove_exported_header(ui, args, data);
            return std::move(begun).error();
        }
        opened.emplace(std::move(begun).value());
    } else {
        auto begun = begin_new_key(ui, args, volume, data, kept);
        if (!begun) {
            remove_new_keyslots(ui, volume, kept);
            return std::move(begun).error();
        }
        opened.emplace(std::move(begun).value());
    }
    return carry_out(ui, args, volume, target, *opened, kept);
}

constexpr OptionGroup<31> kOwn = {
    &opt::cipher,          &opt::key_size,     &opt::sector_size,
    &opt::key_slot,        &opt::encrypt,      &opt::decrypt,
    &opt::resilience,      &opt::init_only,    &opt::resume_only,
    &opt::active_name,     &opt::keep_key,     &opt::reduce_device_size,
    &opt::device_size,     &opt::hotzone_size, &opt::force_offline_reencrypt,
    &opt::use_random,      &opt::use_urandom,  &opt::resilience_hash,
    &opt::progress_json,   &opt::token_id,     &opt::progress_frequency,
    &opt::token_only,      &opt::uuid,         &opt::label,
    &opt::subsystem,       &opt::offset,       &opt::luks2_metadata_size,
    &opt::disable_blkid,   &opt::name,         &opt::luks2_keyslots_size,
    &opt::volume_key_file,
};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kSecretOptions, kKdfOptions, kAreaOptions,
                               kPluginOptions, kChangeOptions);

}  // namespace

Result<void> check_resumed(const Arguments& args, const Volume& volume) {
    const VolumeInfo info = volume.info();
    const std::string& mode = info.reencryption_mode;
    if (args.has(opt::encrypt) && mode != "encrypt")
        return fail_saying(Errc::InvalidArgument,
                           "Device is not in LUKS2 encryption. Conflicting option --encrypt.");
    if (args.has(opt::decrypt) && mode != "decrypt")
        return fail_saying(Errc::InvalidArgument,
                           "Device is not in LUKS2 decryption. Conflicting option --decrypt.");
    LK_ASSIGN(const auto number, keyslot_number(args, opt::key_slot, volume));
    if (number) LK_TRY(volume.check_active_keyslot(*number));
    if (mode == "decrypt") return {};
    const auto other = [](const OptionSpec& option, const std::string& begun) {
        return fail(Errc::InvalidArgument,
                    "the reencryption was begun with --%s %s, and goes on so",
                    std::string(option.name).c_str(), begun.c_str());
    };
    if (args.has(opt::cipher) && args.text(opt::cipher) != info.cipher)
        return other(opt::cipher, info.cipher);
    if (const auto bits = args.get(opt::key_size); bits && *bits != info.key_bytes * 8)
        return other(opt::key_size, std::to_string(info.key_bytes * 8));
    if (const auto size = args.get(opt::sector_size); size && *size != info.sector_size)
        return other(opt::sector_size, std::to_string(info.sector_size));
    if (args.has(opt::uuid) && !equal_ignoring_case(args.text(opt::uuid), info.uuid))
        return other(opt::uuid, info.uuid);
    if (args.has(opt::label) && args.text(opt::label) != info.label)
        return other(opt::label, info.label);
    return {};
}

Result<bool> recover_reencryption(Ui& ui, const Arguments& args, const std::string& device,
                                  const Volume& volume, const UnlockedVolume& opened,
                                  LostData lost) {
    LK_ASSIGN(const ReencryptionState state, volume.reencryption());
    if (state != ReencryptionState::CutShort) return false;
    LK_ASSIGN(const Device data, ui.open_device(device, Access::Exclusive));
    LK_ASSIGN(Volume again, ui.load_volume_of(args, data, Access::ReadWrite));
    LK_TRY(again.recover_reencryption(ui.context(), data, opened, lost));
    if (lost == LostData::Refused)
        ui.verbose("The part of the data that the reencryption was writing is recovered.");
    if (again.reencryption().value_or(ReencryptionState::Clean) == ReencryptionState::None)
        ui.verbose("It was the last part: the reencryption is at its end.");
    return true;
}

extern constexpr Action kReencrypt{
    .name = "reencrypt",
    .operands = N_("<device>"),
    .summary = N_("change the volume key and cipher of the data, in place"),
    .options = kOptions,
    .run = &run,
    .some_operand = false,
    .any_number = true,
    .examples = {{{N_("give the data a new key"), "reencrypt /dev/sdb1"},
                  {N_("go on with what was interrupted"), "reencrypt --resume-only /dev/sdb1"}}},
};

}  // namespace latchkey::cli
