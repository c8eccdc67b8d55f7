// SPDX-License-Identifier: GPL-2.0-or-later
#include "activation/activation.h"

#include "cli/options.h"
#include "latchkey/sectors.h"
#include "text/format.h"
#include "text/wording.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

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

std::vector<std::string> described(const std::vector<Holder>& holders) {
    std::vector<std::string> lines;
    for (const Holder& holder : holders) lines.push_back(described(holder));
    return lines;
}

// Returns `first` and one line for each reason.
std::string with_reasons(std::string first, const std::vector<std::string>& reasons) {
    for (const std::string& reason : reasons) first += "\n" + reason;
    return first;
}

}  // namespace

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

Result<MappingInfo> active_mapping(Ui& ui, const std::string& name, int inactive_status) {
    auto info = mapping::active(ui.context(), name);
    // Nothing is known of a volume whose process does not answer.
    if (!info && info.error().code == Errc::Busy) return info;
    if (!info) return std::move(info).error().exits_with(inactive_status);
    LK_TRY(info->check_served());
    return info;
}

Result<MappingInfo> running_mapping(Ui& ui, const std::string& name, int inactive_status) {
    LK_ASSIGN(MappingInfo info, active_mapping(ui, name, inactive_status));
    if (info.suspended) return is_suspended(info);
    return info;
}

Error is_suspended(const MappingInfo& info) {
    Error error = fail_saying(Errc::InvalidArgument, "Device %s is suspended.", info.name.c_str());
    error.hint = is_luks(info) ? text("'luksResume' gives its key back")
                               : text("'dmsetup resume' lets it go on");
    return error;
}

Error with_data_holders(Error error, const Device& data) {
    if (error.condition != Condition::DataInUse) return error;
    return std::move(error)
        .saying(with_reasons(peer_words(error), described(mapping::holders(data))))
        .with_hint("");  // the hint would name the holders again
}

Error still_in_use(Ui& ui, const std::string& name) {
    return with_mapping_holders(ui, Error(Errc::Busy, text("device %s is in use", name.c_str()))
                                        .because(Condition::MappingInUse, name));
}

std::vector<std::string> reasons_of_use(const MappingInfo& info) {
    std::vector<std::string> reasons = described(mapping::holders(info));
    if (info.suspended)
        reasons.push_back(
            is_luks(info)
                ? text("It is suspended: umount, and what else waits for it, ends after "
                       "'luksResume'.")
                : text("It is suspended: umount, and what else waits for it, ends after 'dmsetup "
                       "resume'."));
    return reasons;
}

Error with_mapping_holders(Ui& ui, Error error) {
    if (error.condition != Condition::MappingInUse) return error;
    const auto info = mapping::status(ui.context(), error.name);
    if (!info) return error;
    return std::move(error)
        .saying(
            with_reasons(peer_words(error, ui.context().policy.speaks_as), reasons_of_use(*info)))
        .with_hint("");
}

std::vector<Fact> mapping_facts(const MappingInfo& info) {
    return {text_fact("name", info.name), text_fact("path", info.path),
            flag_fact("read_only", info.read_only), text_fact("backend", info.backend)};
}

bool is_luks(const MappingInfo& info) {
    return info.type.starts_with("LUKS");
}

}  // namespace latchkey::cli
