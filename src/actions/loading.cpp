// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/loading.h"

#include "cli/meant.h"
#include "cli/options.h"
#include "text/format.h"

namespace latchkey::cli {

namespace {

Arguments without_type(const Arguments& args) {
    Arguments any = args;
    std::erase_if(any.values, [](const auto& value) { return value.option == &opt::type; });
    return any;
}

}  // namespace

Result<std::string> library_type(const Arguments& args) {
    const std::string type = args.text(opt::type);
    if (type.empty() || type == "luks") return std::string();
    if (type == "luks1") return std::string("LUKS1");
    if (type == "luks2") return std::string("LUKS2");
    constexpr std::string_view kLuks[] = {"luks", "luks1", "luks2"};
    return fail(Errc::NotSupported, "type %s is not LUKS", type.c_str())
        .with_hint(about_word("--type", type, kLuks));
}

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

}  // namespace latchkey::cli
