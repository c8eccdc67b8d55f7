// SPDX-License-Identifier: GPL-2.0-or-later
#include "activation/activation.h"

#include <array>
#include <cstdio>
#include <memory>

#include "cli/options.h"
#include "latchkey/sectors.h"
#include "text/format.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

std::string first_line(const std::string& path) {
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "re"));
    std::array<char, 256> line{};
    if (!file || std::fgets(line.data(), static_cast<int>(line.size()), file.get()) == nullptr)
        return {};
    const std::string_view found(line.data());
    return std::string(found.substr(0, found.find('\n')));
}

std::string described(const Holder& holder) {
    const char* what = holder.what.c_str();
    switch (holder.kind) {
        case Holder::Kind::Mount: return text("It is mounted on %s.", what);
        case Holder::Kind::Swap: return text("It is in use as swap.");
        case Holder::Kind::Device: return text("It is below the device %s.", what);
        case Holder::Kind::Process: return text("It is held open by %s.", what);
    }
    return {};
}

// `first` and a line for each holder.
std::string with_holders(std::string first, const std::vector<Holder>& holders) {
    for (const Holder& holder : holders) first += "\n" + described(holder);
    return first;
}

}  // namespace

std::string mapped_name(std::string_view word) {
    constexpr std::string_view kMapper = "/dev/mapper/";
    constexpr std::string_view kNode = "/dev/dm-";
    if (word.starts_with(kMapper)) return std::string(word.substr(kMapper.size()));
    if (word.starts_with(kNode) && word.find('/', kNode.size()) == std::string_view::npos) {
        const std::string name = first_line("/sys/block/" + std::string(word.substr(5)) + "/dm/name");
        if (!name.empty()) return name;
    }
    return std::string(word);
}

ActivationFlags activation_flags(const Arguments& args) {
    return {.allow_discards = args.has(opt::allow_discards),
            .same_cpu_crypt = args.has(opt::perf_same_cpu_crypt),
            .submit_from_crypt_cpus = args.has(opt::perf_submit_from_crypt_cpus),
            .no_read_workqueue = args.has(opt::perf_no_read_workqueue),
            .no_write_workqueue = args.has(opt::perf_no_write_workqueue),
            .high_priority = args.has(opt::perf_high_priority)};
}

ActivateOptions activate_options(const Arguments& args) {
    ActivateOptions options{.flags = activation_flags(args),
                            .read_only = args.has(opt::readonly),
                            .shared = args.has(opt::shared),
                            .key_in_keyring = !args.has(opt::disable_keyring),
                            .ignore_persistent_flags = args.has(opt::persistent),
                            .backend = args.text(opt::backend),
                            .expect_signature = args.text(opt::expect_signature)};
    for (const std::string_view target : args.all(opt::link_vk_to_keyring))
        options.link_key_to.emplace_back(target);
    return options;
}

std::optional<std::uint64_t> wanted_size(const Arguments& args) {
    if (const auto bytes = args.get(opt::device_size)) return bytes->value / kSectorSize;
    return args.get(opt::size);
}

void warn_of_size(Ui& ui, const Arguments& args) {
    if (wanted_size(args))
        ui.warn("The mapping takes all of the data; '--size' is for plain volumes and 'resize'.");
}

Error no_device_mapper(Ui& ui, Error error, int status) {
    if (error.code == Errc::AccessDenied)
        error.message = text("Cannot initialize device-mapper, running as non-root user.");
    else if (error.code == Errc::NotSupported)
        error.message = text("Cannot initialize device-mapper. Is dm_mod kernel module loaded?");
    return ui.exits_with(status, std::move(error));
}

Result<MappingInfo> active_mapping(Ui& ui, const std::string& name, int inactive_status) {
    auto info = mapping::status(ui.context(), name);
    if (!info) return no_device_mapper(ui, std::move(info).error(), inactive_status);
    if (!info->active)
        return ui.exits_with(inactive_status,
                             fail(Errc::NoDevice, "Device %s is not active.", name.c_str()));
    return info;
}

Result<MappingInfo> running_mapping(Ui& ui, const std::string& name, int inactive_status) {
    LK_ASSIGN(MappingInfo info, active_mapping(ui, name, inactive_status));
    if (info.suspended) return is_suspended(info);
    return info;
}

Error is_suspended(const MappingInfo& info) {
    Error error = fail(Errc::InvalidArgument, "Device %s is suspended.", info.name.c_str());
    error.hint = is_luks(info) ? text("'luksResume' gives its key back")
                               : text("'dmsetup resume' lets it go on");
    return error;
}

Result<void> check_name_is_free(Ui& ui, const std::string& name) {
    const auto info = mapping::status(ui.context(), name);
    // A name that the kernel cannot have is refused when the mapping is made.
    if (!info && info.error().code == Errc::InvalidArgument) return {};
    if (!info) return no_device_mapper(ui, info.error(), 1);
    if (info->active && !info->without_table)
        return fail(Errc::Exists, "Device %s already exists.", name.c_str());
    return {};
}

Error not_mapped(Ui& ui, Error error, const std::string& name, const Device& data,
                 const MappingPlan& plan) {
    const char* device = data.name().c_str();
    ui.debug("%s", error.message.c_str());
    switch (error.code) {
        case Errc::Exists: error.message = text("Device %s already exists.", name.c_str()); break;
        case Errc::Busy:
            error.message = with_holders(
                text("Cannot use device %s which is in use (already mapped or mounted).", device),
                mapping::holders(data));
            break;
        case Errc::DeviceTooSmall:
            error.message =
                plan.begins_beyond(data.size())
                    ? text("Requested offset is beyond real size of device %s.", device)
                    : text("Device %s is too small.", device);
            break;
        case Errc::InvalidArgument:
            if (name.find('/') != std::string::npos)
                error.message = text("Name \"%s\" invalid. It contains \"/\".", name.c_str());
            else if (plan.ends_within_sector(data.size()))
                error.message = text("Device size is not aligned to requested sector size.");
            break;
        case Errc::MissingCipher: return ui.exits_with(4, std::move(error));
        default: break;
    }
    return error;
}

Error still_in_use(Ui& ui, const std::string& name) {
    std::string message = text("Device %s is still in use.", name.c_str());
    if (const auto info = mapping::status(ui.context(), name))
        message = with_holders(std::move(message), mapping::holders(*info));
    return {Errc::Busy, std::move(message)};
}

std::vector<Fact> mapping_facts(const MappingInfo& info) {
    return {text_fact("name", info.name), text_fact("path", info.path),
            flag_fact("read_only", info.read_only), text_fact("backend", info.backend)};
}

bool is_luks(const MappingInfo& info) { return info.type.starts_with("LUKS"); }

}  // namespace latchkey::cli
