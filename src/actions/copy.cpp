// SPDX-License-Identifier: GPL-2.0-or-later
// "copy": copies plaintext.  Each side is a LUKS volume, a plain one, or an image in clear text.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "actions/plain_source.h"
#include "actions/plaintext.h"
#include "actions/unlocking.h"
#include "cli/action.h"
#include "latchkey/crypt_device.h"
#include "latchkey/new_file.h"
#include "latchkey/sectors.h"
#include "latchkey/stream.h"
#include "text/format.h"
#include "ui/facts.h"
#include "ui/secret_sources.h"

namespace latchkey::cli {
namespace {

struct End {
    Device device;     // of the plaintext
    std::string type;  // "LUKS2", "PLAIN", "raw"
    std::string identity;
    StorageRange storage = {};       // of the device below
    std::uint64_t offset_bytes = 0;  // where the plaintext begins on its device
};

End raw_end(Device device) {
    std::string identity = device.name();
    const StorageRange storage = device.storage();
    return {.device = std::move(device),
            .type = "raw",
            .identity = std::move(identity),
            .storage = storage};
}

std::string library_name(std::string_view type) {
    if (type == "luks1") return "LUKS1";
    if (type == "luks2") return "LUKS2";
    return type == "luks" ? "LUKS" : "";
}

Result<End> crypt_end(Ui& ui, const MappingPlan& plan, const KeyRing& keys, const Device& data) {
    LK_ASSIGN(Device device,
              open_crypt_device(ui.context(), plan, keys, data, {.read_only = data.read_only()}));
    std::string identity = plan.uuid.empty() ? data.name() : plan.uuid;
    return End{.device = std::move(device),
               .type = plan.type,
               .identity = std::move(identity),
               .storage = data.storage(),
               .offset_bytes = plan.lowest().front().device_offset * kSectorSize};
}

// Does not allocate storage, so that runs of zeros take no space.
Result<NewFile> new_file(const std::string& path, std::uint64_t size) {
    LK_ASSIGN(NewFile file, NewFile::create(path));
    if (::ftruncate(file.descriptor(), static_cast<off_t>(size)) != 0)
        return fail(Errc::Io, "cannot create %s: %s", path.c_str(), std::strerror(errno));
    return file;
}

Result<End> new_end(const NewFile& file, std::uint64_t size) {
    LK_ASSIGN(Device device, file.device(size));
    return raw_end(std::move(device));
}

// Without --type, a device without a LUKS header is "raw".
Result<End> open_end(Ui& ui, const Arguments& args, const std::string& path,
                     const std::string& type, KeySource secret, Access access) {
    LK_ASSIGN(const Device data, ui.open_device(path, access));
    if (access != Access::ReadOnly && data.read_only())
        return fail(Errc::AccessDenied, "%s can only be read", path.c_str());
    if (type == "raw") return raw_end(data);
    if (type == "plain") {
        const plain::Params params = plain_params(ui, args);
        LK_ASSIGN(const MappingPlan plan, plain::plan(params));
        warn_of_plain_defaults(ui, args, params, !secret.is_a<keys::File>());
        LK_ASSIGN(const VolumeKey key, read_plain_key(ui, params, std::move(secret)));
        return crypt_end(ui, plan, key, data);
    }
    auto volume = Volume::load(ui.context(), data, {.type = library_name(type)});
    if (!volume && type.empty() && volume.error().code == Errc::NotThisFormat) return raw_end(data);
    if (!volume) return std::move(volume).error();
    LK_TRY(volume->check_data_device(data));
    std::vector<KeyStep> steps;
    steps.push_back(passphrase_step(std::move(secret)));
    LK_ASSIGN(const UnlockedVolume opened, unlock_by(ui, args, *volume, std::move(steps)));
    LK_ASSIGN(const MappingPlan plan, volume->plan(ui.context(), opened));
    return crypt_end(ui, plan, opened.keys(), data);
}

// Checks before secrets are asked for.  Devices that cannot be opened are reported later.
Result<void> check_two_devices(Ui& ui, const std::string& from_path, const std::string& to_path) {
    const auto from = Device::open(ui.context(), from_path, Access::ReadOnly);
    const auto to = Device::open(ui.context(), to_path, Access::ReadOnly);
    if (!from || !to) return {};
    return check_apart(from->storage(), to->storage(), from_path, to_path);
}

// Says before the first write where the plaintext will lie.
void tell_plaintext(Ui& ui, const std::string& from_type, const std::string& to_type,
                    const std::string& path) {
    if (to_type != "raw" || from_type == "raw") return;
    ui.warn("%s is not encrypted: anyone who can read it can read the data.", path.c_str());
}

// Prints what was written and what is missing when a copy ends early.
void tell_unfinished(Ui& ui, const std::string& path, bool fresh, bool journal) {
    if (journal)
        ui.warn("The copy to %s is not finished; the same command goes on with it.", path.c_str());
    else if (!fresh)
        ui.warn("The copy is not finished: a part of what was on %s may be overwritten.",
                path.c_str());
}

Result<void> check_types(const Arguments& args) {
    for (const auto* option : {&opt::from_type, &opt::to_type})
        if (const auto type = args.get(*option); type && *type != "luks" && *type != "luks1" &&
                                                 *type != "luks2" && *type != "plain" &&
                                                 *type != "raw")
            return fail_saying(Errc::InvalidArgument,
                               "Unknown type %s; known are luks, luks1, luks2, plain and raw.",
                               std::string(*type).c_str());
    return {};
}

KeySource target_secret(const Arguments& args, std::string prompt) {
    return secret_source(args, std::move(prompt), args.get(opt::new_keyfile),
                         {.offset = args.get(opt::new_keyfile_offset).value_or(0),
                          .size = args.get(opt::new_keyfile_size)});
}

Result<void> rehearse(Ui& ui, const Arguments& args, const End& from, const std::string& path) {
    const std::uint64_t size = from.device.size();
    if (!std::filesystem::exists(path)) {
        tell_plaintext(ui, from.type, "raw", path);
        ui.say("Would create %s: %llu bytes", path.c_str(), static_cast<unsigned long long>(size));
        ui.result({.key = {},
                   .kind = Fact::Kind::Object,
                   .children = {text_fact("device", path), text_fact("type", "raw"),
                                number_fact("offset", 0), number_fact("length", size)}});
        return {};
    }
    LK_ASSIGN(End to, open_end(ui, args, path, args.text(opt::to_type),
                               target_secret(args, ui.prompt_for(path)), Access::ReadOnly));
    tell_plaintext(ui, from.type, to.type, path);
    LK_ASSIGN(Fact facts, rehearse_writing(ui, path,
                                           {.device = std::move(to.device),
                                            .type = std::move(to.type),
                                            .uuid = {},
                                            .offset_bytes = to.offset_bytes},
                                           {.length = size}));
    ui.result(std::move(facts));
    return {};
}

// Asks before the first secret whether what is on the target may go.
Result<void> confirm_overwriting(Ui& ui, const std::string& path) {
    LK_TRY(ui.confirm(text("This will overwrite data on %s irrevocably.", path.c_str())));
    // As everywhere, nobody is asked without a terminal.
    if (!ui.batch() && !person_is_there())
        ui.warn("%s exists: data on it are overwritten.", path.c_str());
    return {};
}

void tell_copied(Ui& ui, const stream::Copied& copied, const std::string& from,
                 const std::string& from_type, const std::string& to, const std::string& to_type) {
    if (copied.resumed_at != 0)
        ui.say("Went on at byte %llu.", static_cast<unsigned long long>(copied.resumed_at));
    ui.verbose("%llu bytes were copied from %s (%s) to %s (%s), %llu of them written.",
               static_cast<unsigned long long>(copied.bytes), from.c_str(), from_type.c_str(),
               to.c_str(), to_type.c_str(), static_cast<unsigned long long>(copied.written));
    ui.result({.key = {},
               .kind = Fact::Kind::Object,
               .children = {text_fact("from_type", from_type), text_fact("to_type", to_type),
                            number_fact("bytes", copied.bytes),
                            number_fact("written_bytes", copied.written),
                            number_fact("resumed_at", copied.resumed_at)}});
}

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string from_path(args.operands[0]);
    const std::string to_path(args.operands[1]);
    LK_TRY(check_types(args));
    LK_TRY(check_two_devices(ui, from_path, to_path));
    const std::string journal = args.text(opt::journal);
    const bool goes_on = !journal.empty() && std::filesystem::exists(journal);
    // A new file contains zeros, so they need not be written.
    const bool fresh = !std::filesystem::exists(to_path);
    if (!fresh && !goes_on && !ui.dry_run()) LK_TRY(confirm_overwriting(ui, to_path));
    LK_ASSIGN(const End from,
              open_end(ui, args, from_path, args.text(opt::from_type),
                       existing_secret(args, ui.prompt_for(from_path)), Access::ReadOnly));
    if (ui.dry_run()) return rehearse(ui, args, from, to_path);
    // A partial copy gets a name only if a journal can continue it, because it has the size of a complete one.
    std::optional<NewFile> unnamed;
    if (fresh && journal.empty()) {
        LK_ASSIGN(NewFile file, new_file(to_path, from.device.size()));
        unnamed.emplace(std::move(file));
    } else if (fresh) {
        LK_ASSIGN(NewFile file, new_file(to_path, from.device.size()));
        LK_TRY(file.keep());
    }
    LK_ASSIGN(End to,
              unnamed ? new_end(*unnamed, from.device.size())
                      : open_end(ui, args, to_path, fresh ? "raw" : args.text(opt::to_type),
                                 target_secret(args, ui.prompt_for(to_path)), Access::Exclusive));
    LK_TRY(check_apart(from.storage, to.storage, from_path, to_path));
    tell_plaintext(ui, from.type, to.type, to_path);
    const bool file = to.storage.on.kind == DeviceIdentity::Kind::File;
    auto done = stream::copy(ui.context(), from.device, to.device,
                             {.target_is_zero = fresh,
                              .journal = journal,
                              .identity = from.identity + " to " + to.identity,
                              .target_file = file ? to.storage.on.inode : 0});
    // Errors in parameters occur before the first write.
    if (!done && done.error().code != Errc::InvalidArgument &&
        done.error().code != Errc::DeviceTooSmall)
        tell_unfinished(ui, to_path, fresh, !journal.empty());
    else if (!done && fresh && !unnamed)
        (void)::unlink(to_path.c_str());
    LK_ASSIGN(const stream::Copied copied, std::move(done));
    if (unnamed) LK_TRY(unnamed->keep());
    tell_copied(ui, copied, from_path, from.type, to_path, to.type);
    return {};
}

constexpr OptionGroup<8> kOwn = {
    &opt::from_type,          &opt::to_type,          &opt::journal,       &opt::new_keyfile,
    &opt::new_keyfile_offset, &opt::new_keyfile_size, &opt::disable_locks, &opt::dry_run,
};
constexpr auto kOptions = join(kOwn, kSecretOptions, kHeaderlessOptions);

}  // namespace

extern constexpr Action kCopy{
    .name = "copy",
    .operands = N_("<from> <to>"),
    .summary = N_("copy plaintext between volumes and images, without mapping them"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("copy the plaintext of one volume into another"), "copy /dev/sdb1 /dev/sdc1"},
                  {N_("go on with a copy that was interrupted"),
                   "copy --journal copy.journal /dev/sdb1 /dev/sdc1"}}},
};

}  // namespace latchkey::cli
