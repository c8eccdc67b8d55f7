// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include <optional>

#include "actions/loading.h"
#include "actions/option_groups.h"
#include "actions/unlocking.h"
#include "activation/activation.h"
#include "cli/action.h"
#include "latchkey/sectors.h"
#include "text/format.h"
#include "text/wording.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

// A header may give its data fewer sectors than the device has: sectors after them are not part of the volume.
Result<std::uint64_t> size_within_header(const Arguments& args, const Volume& volume) {
    const std::uint64_t wanted = wanted_size(args).value_or(0);
    const std::uint64_t most = volume.info().data_size / kSectorSize;
    if (most == 0) return wanted;
    if (wanted > most)
        return fail_saying(Errc::DeviceTooSmall,
                           "The header of %s gives its data %llu sectors, not %llu.",
                           volume.device().name().c_str(), static_cast<unsigned long long>(most),
                           static_cast<unsigned long long>(wanted));
    return wanted == 0 ? most : wanted;
}

// A key in the kernel's keyring cannot be read again: the header gives it again.
Result<VolumeKey> key_again(Ui& ui, const Arguments& args, const MappingInfo& info,
                            const Volume& volume) {
    LK_ASSIGN(UnlockedVolume opened, unlock_any(ui, args, volume, ui.prompt_for(info.device),
                                                {.any_segment = false}, Attempts::Once));
    return std::move(opened.key);
}

// The user may agree to a loss by a mapping in use; a script is refused.
Result<void> resize(Ui& ui, const MappingInfo& info, std::uint64_t sectors, const VolumeKey* key) {
    const std::string& name = info.name;
    auto resized = mapping::resize(ui.context(), name, sectors, key);
    const bool shrinks = sectors != 0 && sectors < info.size_sectors;
    const bool may_ask = !ui.batch() && ::isatty(STDIN_FILENO) != 0;
    if (resized || resized.error().code != Errc::Busy || !shrinks || !may_ask) return resized;
    LK_TRY(ui.confirm(
        text("This will cut off data that are in use: %s.", phrase(resized.error()).c_str())));
    return mapping::resize(ui.context(), name, sectors, key, {.may_shrink = true});
}

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string name = mapping::name_of(args.operands[0]);
    LK_ASSIGN(const MappingInfo info, active_mapping(ui, name, 4));
    if (info.cipher.empty())
        return fail_saying(Errc::NotSupported, "Device %s is not an encrypted mapping.",
                           name.c_str());
    if (info.suspended) return is_suspended(info);
    std::optional<VolumeKey> key;
    std::uint64_t sectors = wanted_size(args).value_or(0);
    if (is_luks(info)) {
        auto volume = header_of_mapping(ui, args, info);
        // A mapping whose key is in its table can be resized without its header.  But an unreadable header exists and
        // may limit the size of the data.
        if (!volume && (info.key_in_keyring || volume.error().code == Errc::Unreadable))
            return std::move(volume).error();
        if (volume) {
            LK_TRY(mapping::check_header(ui.context(), *volume, info));
            LK_ASSIGN(sectors, size_within_header(args, *volume));
        }
        if (info.key_in_keyring) {
            LK_ASSIGN(VolumeKey found, key_again(ui, args, info, *volume));
            key = std::move(found);
        }
    }
    if (auto resized = resize(ui, info, sectors, key ? &*key : nullptr); !resized)
        return std::move(resized).error();
    LK_ASSIGN(const MappingInfo now, mapping::status(ui.context(), name));
    ui.result(
        {.key = {},
         .kind = Fact::Kind::Object,
         .children = {text_fact("name", name), number_fact("size_sectors", now.size_sectors)}});
    return {};
}

constexpr OptionGroup<9> kOwn = {
    &opt::size,     &opt::device_size, &opt::volume_key_file, &opt::volume_key_keyring,
    &opt::token_id, &opt::token_type,  &opt::token_only,      &opt::key_description,
    &opt::key_size,
};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kSecretOptions, kPluginOptions);

}  // namespace

extern constexpr Action kResize{
    .name = "resize",
    .operands = N_("<name>"),
    .summary = N_("change the size of a mapping"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("let a mapping grow with its device"), "resize home"},
                  {N_("make it 1 GiB"), "resize --device-size 1G home"}}},
};

}  // namespace latchkey::cli
