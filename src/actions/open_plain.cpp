// SPDX-License-Identifier: GPL-2.0-or-later
// Plain dm-crypt and loop-AES: the command line alone describes the mapping, and nothing on disk shows whether it is
// right.
#include <unistd.h>

#include "actions/open.h"
#include "actions/plain_source.h"
#include "actions/signatures.h"
#include "cli/options.h"
#include "latchkey/condition.h"
#include "latchkey/crypt_device.h"
#include "latchkey/keyfile.h"
#include "latchkey/swap_guard.h"
#include "text/format.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

// The peer leaves some refusals to the kernel.
Result<MappingPlan> plain_plan(const plain::Params& params) {
    auto plan = plain::plan(params);
    if (plan || plan.error().code == Errc::DeviceTooSmall || params.key_bytes == 0 ||
        params.key_bytes > plain::kMaxKeyBytes)
        return plan;
    return std::move(plan).error().because(Condition::TableRefused);
}

// mapping::activate() checks every key that is random; this check comes before the user is asked for anything.
Result<void> check_target_of_random_key(const Arguments& args, const Device& data,
                                        const MappingPlan& plan) {
    if (const auto expected = args.get(opt::expect_signature))
        return check_swap_target(data, *expected);
    if (!gives_random_bytes(args.text(opt::key_file))) return {};
    return check_random_key_target(data, plan);
}

Result<void> check_plaintext(Ui& ui, const Arguments& args, const MappingPlan& plan,
                             const VolumeKey& key, const Device& data) {
    const bool must_show = args.has(opt::verify_fs);
    // The check reads some MiB.  It is for users who request it, and for those who typed a passphrase that nothing
    // else verifies.
    const bool typed = !args.has(opt::key_file) && ::isatty(STDIN_FILENO) != 0;
    if (!must_show && (!typed || ui.batch() || !ui.habits().looks_at_contents)) return {};
    const auto found = find_plaintext_signatures(ui.context(), plan, key, data);
    // If something is wrong with the device, the mapping will report it.
    if (!found) return must_show ? Result<void>(found.error()) : Result<void>();
    for (const Signature& signature : *found)
        ui.verbose("The plaintext is %s.", signature.name.c_str());
    if (!found->empty()) return {};
    if (must_show)
        return fail_saying(Errc::WrongPassphrase, "No file system is visible on %s with this key.",
                           data.name().c_str())
            .exits_with(2);
    ui.warn(
        "No file system is visible on %s with this key: it is new, or something is not as it was. "
        "Writing to it destroys what is there.",
        data.name().c_str());
    return {};
}

// If an offset is given, the user knows that something lies before it; the first tool did not check.
Result<void> agree_to_signatures(Ui& ui, const Arguments& args, const Device& data) {
    if (ui.batch() || ui.dry_run() || args.has(opt::offset) || args.has(opt::disable_blkid) ||
        !ui.habits().looks_at_contents)
        return {};
    LK_ASSIGN(const bool found, tell_signatures(ui, data));
    if (!found) return {};
    return ui.confirm(
        text("Detected device signature(s) on %s. Proceeding further may damage existing data.",
             data.name().c_str()));
}

Fact headerless_fact(const Device& data, const MappingPlan& plan) {
    return {.key = {},
            .kind = Fact::Kind::Object,
            .children = {text_fact("device", data.name()), text_fact("type", plan.type),
                         text_fact("cipher", plan.segments.front().cipher),
                         number_fact("key_bits", plan.key_bytes() * 8)}};
}

}  // namespace

Result<void> open_plain(Ui& ui, const Arguments& args) {
    const std::string device(args.operands[0]);
    const plain::Params params = plain_params(ui, args);
    if (params.iv_large_sectors && params.sector_size == 512)
        return fail_saying(
                   Errc::InvalidArgument,
                   "Large IV sectors option is supported only for opening plain type device with "
                   "sector size larger than 512 bytes.")
            .as_usage();
    LK_ASSIGN(const MappingPlan plan, plain_plan(params));
    LK_ASSIGN(const Device data, open_data(ui, args, device));
    LK_ASSIGN(std::string name, new_name(ui, args));
    warn_of_plain_defaults(ui, args, params);
    LK_TRY(mapping::check_ciphers(ui.context(), plan, name, activate_options(args)));
    LK_TRY(check_target_of_random_key(args, data, plan));
    LK_TRY(agree_to_signatures(ui, args, data));
    // The table shows no key, so the user is not asked for it; a key file is checked.
    if (ui.dry_run() && !args.has(opt::verify_fs) && !has_plain_key_file(args))
        return say_table(ui, plan, data, activate_options(args), headerless_fact(data, plan));
    LK_ASSIGN(const VolumeKey key, read_plain_key(ui, args, params, device));
    LK_TRY(check_plaintext(ui, args, plan, key, data));
    return map_volume(ui, {plan, key, data, std::move(name)}, activate_options(args),
                      headerless_fact(data, plan));
}

Result<void> open_loopaes(Ui& ui, const Arguments& args) {
    const std::string device(args.operands[0]);
    const loopaes::Params params = loopaes_params(args);
    LK_TRY(check_loopaes_key_file(args));
    warn_of_size(ui, args);
    LK_ASSIGN(const Device data, open_data(ui, args, device));
    LK_ASSIGN(std::string name, new_name(ui, args));
    LK_ASSIGN(const loopaes::Keys keys, read_loopaes_keys(ui, args, params));
    LK_ASSIGN(const MappingPlan plan, loopaes::plan(params, keys.version));
    LK_TRY(check_plaintext(ui, args, plan, keys.key, data));
    return map_volume(ui, {plan, keys.key, data, std::move(name)}, activate_options(args),
                      headerless_fact(data, plan));
}

}  // namespace latchkey::cli
