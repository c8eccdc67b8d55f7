// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/common.h"

#include <algorithm>
#include <set>

#include "cli/meant.h"
#include "cli/options.h"
#include "text/format.h"
#include "text/wording.h"

namespace latchkey::cli {

Result<std::string> library_type(const Arguments& args) {
    const std::string type = args.text(opt::type);
    if (type.empty() || type == "luks") return std::string();
    if (type == "luks1") return std::string("LUKS1");
    if (type == "luks2") return std::string("LUKS2");
    constexpr std::string_view kLuks[] = {"luks", "luks1", "luks2"};
    return fail(Errc::NotSupported, "type %s is not LUKS", type.c_str())
        .with_hint(about_word("--type", type, kLuks));
}

namespace {

Arguments without_type(const Arguments& args) {
    Arguments any = args;
    std::erase_if(any.values, [](const auto& value) { return value.option == &opt::type; });
    return any;
}

}  // namespace

Result<Volume> load_any_luks(Ui& ui, const Arguments& args, std::string_view device,
                             Access access) {
    return ui.load_volume(without_type(args), device, access);
}

Result<Volume> load_any_luks_of(Ui& ui, const Arguments& args, const Device& data, Access access) {
    return ui.load_volume_of(without_type(args), data, access);
}

Result<Volume> header_of_mapping(Ui& ui, const Arguments& args, const MappingInfo& info,
                                 Access access) {
    // A header on another device identifies its volume itself; the mapping's device may be missing.
    if (args.has(opt::header)) return load_any_luks(ui, args, info.device, access);
    LK_ASSIGN(const Device data, mapping::open_data(ui.context(), info, access));
    return load_any_luks_of(ui, args, data, access);
}

Result<Volume> load_luks2(Ui& ui, const Arguments& args, std::string_view device, Access access) {
    LK_ASSIGN(Volume volume, ui.load_volume(args, device, access));
    if (volume.info().type != "LUKS2")
        return fail_saying(Errc::NotThisFormat, "Device %s is not a valid LUKS2 device.",
                           volume.device().name().c_str())
            .with_hint(text("it is a volume of type %s", volume.info().type.c_str()));
    return volume;
}

Result<KdfRequest> kdf_request(const Arguments& args) {
    KdfRequest request{.type = args.text(opt::pbkdf),
                       .hash = args.text(opt::hash),
                       .forced_iterations = args.get(opt::pbkdf_force_iterations)};
    // 0 means the default.
    if (const auto time = args.get(opt::iter_time); time && *time != 0) request.time_ms = *time;
    if (const auto memory = args.get(opt::pbkdf_memory)) request.memory_kib = *memory;
    if (const auto lanes = args.get(opt::pbkdf_parallel)) request.lanes = *lanes;
    return request;
}

Result<NewKeyslot> new_keyslot(const Arguments& args, std::optional<int> number) {
    LK_ASSIGN(KdfRequest kdf, kdf_request(args));
    return NewKeyslot{.number = number,
                      .kdf = std::move(kdf),
                      .area_cipher = args.text(opt::keyslot_cipher),
                      .area_key_bytes = args.get(opt::keyslot_key_size).value_or(0) / 8,
                      .name = args.text(opt::name)};
}

Result<int> keyslot_called(const Volume& volume, std::string_view name) {
    std::optional<int> found;
    for (const KeyslotInfo& slot : volume.keyslots()) {
        if (name.empty() || slot.name != name) continue;
        // Other programs can write such a header.
        if (found)
            return fail(Errc::InvalidArgument,
                        "keyslots %d and %d are both named '%s': give the number", *found,
                        slot.number, std::string(name).c_str());
        found = slot.number;
    }
    if (found) return *found;
    return fail(Errc::NotFound, "no keyslot has the name '%s'", std::string(name).c_str())
        .exits_with(1);
}

Result<std::optional<int>> keyslot_number(const Arguments& args, const Option<KeyslotWord>& option,
                                          const Volume& volume) {
    const auto word = args.get(option);
    if (!word) return std::optional<int>();
    if (word->name.empty()) return std::optional<int>(word->number);
    LK_ASSIGN(const int number, keyslot_called(volume, word->name));
    return std::optional<int>(number);
}

Result<std::optional<int>> new_keyslot_number(const Arguments& args,
                                              const Option<KeyslotWord>& option) {
    const auto word = args.get(option);
    if (!word) return std::optional<int>();
    if (word->name.empty()) return std::optional<int>(word->number);
    return fail(Errc::InvalidArgument,
                "--%s takes the number of the new keyslot, not '%s'; its name is --name",
                option.name.data(), std::string(word->name).c_str());
}

Result<void> check_new_name(const Volume& volume, std::string_view name) {
    for (const KeyslotInfo& slot : volume.keyslots())
        if (!name.empty() && slot.name == name)
            return fail(Errc::Exists, "keyslot %d has the name '%s' already", slot.number,
                        slot.name.c_str());
    return {};
}

void warn_if_key_file_wins(Ui& ui, const Arguments& args, std::size_t operand_index) {
    if (args.has(opt::key_file) && args.operand(operand_index))
        ui.warn("Option --key-file takes precedence over specified key file argument.");
}

Result<void> agree_to_remove(Ui& ui, const Volume& volume, int keyslot) {
    const auto active = volume.keyslots();
    const auto opens_data = [](const KeyslotInfo& slot) { return slot.usable && !slot.unbound; };
    const auto found = std::ranges::find(active, keyslot, &KeyslotInfo::number);
    if (found == active.end() || !opens_data(*found)) return {};
    // A damaged keyslot cannot be used to unlock, although it is listed.
    const auto lost = volume.lost_keyslots(ui.context());
    const auto stays = [&](const KeyslotInfo& slot) {
        return slot.number != keyslot && opens_data(slot) &&
               std::ranges::find(lost, slot.number) == lost.end();
    };
    const bool last_of_all = std::ranges::none_of(active, stays);
    const bool last_of_people =
        !found->held_by_token && std::ranges::none_of(active, [&](const KeyslotInfo& slot) {
            return stays(slot) && !slot.held_by_token;
        });
    if (!last_of_all && !last_of_people) return {};

    if (!ui.batch() && !person_is_there())
        return fail(Errc::LastKeyslot,
                    "keyslot %d is the last one that a person can use; -q (--batch-mode) removes "
                    "it all the same",
                    keyslot)
            .with_hint(text("add another passphrase first with 'luksAddKey'"));
    LK_TRY(confirm_or(
        ui,
        last_of_all
            ? text("This is the last keyslot. Device will become unusable after purging this key.")
            : text("This is the last keyslot that a person can use. Only tokens will open the "
                   "device after purging this key."),
        2, N_("Operation aborted, the keyslot was NOT wiped.\n")));
    ui.context().policy.guard_last_keyslot = false;
    return {};
}

Result<void> confirm_or(Ui& ui, std::string_view question, int refused_status,
                        const char* refusal) {
    auto agreed = ui.confirm(question, refused_status);
    if (agreed || agreed.error().code != Errc::Refused) return agreed;
    return Error(Errc::Refused).saying(translate(refusal)).exits_with(refused_status);
}

Result<bool> tell_signatures(Ui& ui, const Device& device) {
    LK_ASSIGN(const auto signatures, find_signatures(device));
    // LUKS2 is found twice, once for each copy.
    std::set<std::string> told;
    for (const Signature& found : signatures) {
        if (!told.insert(found.kind + found.name).second) continue;
        if (found.kind == "partition")
            ui.say("WARNING: Device %s already contains a '%s' partition signature.",
                   device.name().c_str(), found.name.c_str());
        else
            ui.say("WARNING: Device %s already contains a '%s' superblock signature.",
                   device.name().c_str(), found.name.c_str());
    }
    return !signatures.empty();
}

Fact volume_result(const Volume& volume, std::vector<Fact> facts) {
    const VolumeInfo info = volume.info();
    Fact result{.key = {},
                .kind = Fact::Kind::Object,
                .children = {text_fact("device", volume.device().name()),
                             text_fact("type", info.type), text_fact("uuid", info.uuid)}};
    // LUKS1 has no sequence id.
    if (info.sequence_id != 0)
        result.children.push_back(number_fact("sequence_id", info.sequence_id));
    for (Fact& fact : facts) result.children.push_back(std::move(fact));
    return result;
}

}  // namespace latchkey::cli
