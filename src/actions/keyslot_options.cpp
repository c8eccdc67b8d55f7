// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/keyslot_options.h"

#include "cli/options.h"
#include "cli/unlock_profile.h"

namespace latchkey::cli {

Result<KdfRequest> kdf_request(const Arguments& args) {
    KdfRequest request{.type = args.text(opt::pbkdf),
                       .hash = args.text(opt::hash),
                       .forced_iterations = args.get(opt::pbkdf_force_iterations)};
    // 0 means the default.
    if (const auto time = args.get(opt::iter_time); time && *time != 0) request.time_ms = *time;
    if (const auto memory = args.get(opt::pbkdf_memory)) request.memory_kib = *memory;
    if (const auto lanes = args.get(opt::pbkdf_parallel)) request.lanes = *lanes;
    if (!args.has(opt::unlock_on)) return request;
    LK_ASSIGN(const UnlockProfile profile, parse_unlock_profile(args.text(opt::unlock_on)));
    return for_machine(profile, std::move(request));
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

}  // namespace latchkey::cli
