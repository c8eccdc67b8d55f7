// SPDX-License-Identifier: GPL-2.0-or-later
// Opens command lines of losetup -e, hashalot and cryptsetup 0.1 as mappings of today.
#include "latchkey/legacy.h"

#include <unistd.h>

#include <algorithm>

#include "actions/legacy.h"
#include "actions/open.h"
#include "actions/option_groups.h"
#include "actions/plain_source.h"
#include "cli/action.h"
#include "latchkey/crypt_device.h"
#include "text/format.h"
#include "ui/facts.h"
#include "ui/secret_sources.h"

namespace latchkey::cli {
namespace {

bool begins_a_line(std::string_view word) {
    constexpr std::string_view kTools[] = {
        "losetup", "cryptsetup", "dmsetup",      "hashalot", "rmd160", "ripemd160",    "sha256",
        "sha384",  "sha512",     "rmd160compat", "echo",     "sudo",   "cryptsetup.sh"};
    if (word.find(' ') != std::string_view::npos) return true;
    return std::ranges::find(kTools, word.substr(word.rfind('/') + 1)) != std::end(kTools);
}

// "[<name>] -- <command line>"
struct Operands {
    std::string name;
    std::vector<std::string> words;
};
Operands split_operands(const Arguments& args) {
    Operands operands;
    auto first = args.operands.begin();
    // If neither word can begin a command line, the parser reports the error.
    if (args.operands.size() > 1 && !begins_a_line(first[0]) && begins_a_line(first[1]))
        operands.name = *first++;
    operands.words.assign(first, args.operands.end());
    return operands;
}

// Those tools read standard input up to the last byte of the key, also from a terminal.
KeySource key_file_of(const legacy::CommandLine& line) {
    if (line.key_file != "-") return {.from = keys::File{.path = line.key_file}};
    return {.from = keys::Descriptor{.descriptor = STDIN_FILENO,
                                     .options = {.size = line.params.key_bytes}},
            .is = KeyIs::VolumeKey};
}

Result<VolumeKey> read_key(Ui& ui, const Arguments& args, const legacy::CommandLine& line) {
    if (line.rule == legacy::KeyRule::KeyFile && !args.has(opt::key_file))
        return read_plain_key(ui, line.params, key_file_of(line));
    const std::string prompt =
        line.rule == legacy::KeyRule::Digits
            ? text("Enter key in hexadecimal digits for %s: ", line.device.c_str())
            : ui.prompt_for(line.device);
    LK_ASSIGN(const Passphrase passphrase, ui.read_passphrase(existing_secret(args, prompt)));
    return legacy::key_from_passphrase(line, passphrase);
}

Result<void> check_plaintext(Ui& ui, const MappingPlan& plan, const VolumeKey& key,
                             const Device& data) {
    LK_ASSIGN(const auto found, find_plaintext_signatures(ui.context(), plan, key, data));
    if (!found.empty()) return {};
    return fail_saying(Errc::WrongPassphrase, "No file system is visible on %s with this key.",
                       data.name().c_str())
        .exits_with(2);
}

Fact line_fact(const legacy::CommandLine& line, const MappingPlan& plan) {
    Fact notes{.key = "notes", .kind = Fact::Kind::Array};
    for (const std::string& note : line.notes) notes.children.push_back(text_fact({}, note));
    return {.key = {},
            .kind = Fact::Kind::Object,
            .children = {text_fact("tool", line.tool), text_fact("device", line.device),
                         text_fact("type", plan.type),
                         text_fact("cipher", plan.segments.front().cipher),
                         number_fact("key_bits", plan.key_bytes() * 8),
                         text_fact("hash", line.params.hash), std::move(notes)}};
}

Result<void> run(Ui& ui, const Arguments& args) {
    if (args.has(opt::probe)) return probe_legacy(ui, args);
    const Operands operands = split_operands(args);
    auto parsed =
        legacy::parse_command_line(operands.words, args.text(opt::losetup),
                                   [&](const std::string& path) { return ui.read_file(path, {}); });
    // The message must not begin with a program's name, which would be capitalised.
    if (!parsed) return std::move(parsed).error().within(text("old command line"));
    legacy::CommandLine& line = *parsed;
    LK_ASSIGN(MappingPlan plan, legacy::plan(line));
    for (const std::string& note : line.notes) ui.warn("%s", note.c_str());
    ui.verbose("%s: --cipher %s --key-size %u --hash %s", line.tool.c_str(),
               plan.segments.front().cipher.c_str(), line.params.key_bytes * 8,
               line.params.hash.c_str());

    ActivateOptions options = activate_options(args);
    options.read_only = options.read_only || line.read_only;
    const bool writes = !options.read_only && !ui.dry_run();
    LK_ASSIGN(const Device data,
              ui.open_device(line.device, writes ? Access::ReadWrite : Access::ReadOnly));
    Fact result = line_fact(line, plan);
    // The output contains everything except the key, so the user is not asked for it.
    if (ui.dry_run() && !args.has(opt::verify_fs))
        return say_table(ui, plan, data, options, std::move(result));
    const std::string name = operands.name.empty() ? line.name : operands.name;
    if (name.empty() && !ui.dry_run())
        return fail_saying(Errc::InvalidArgument,
                           "The command line names no mapping: put a name before it.");
    if (!ui.dry_run()) LK_TRY(mapping::check_name_is_free(ui.context(), name));
    LK_TRY(mapping::check_ciphers(ui.context(), plan, name, options));
    LK_ASSIGN(const VolumeKey key, read_key(ui, args, line));
    if (line.rule == legacy::KeyRule::Digits && line.params.key_bytes == 0 && key.size() != 0) {
        line.params.key_bytes = static_cast<std::uint32_t>(key.size());
        LK_ASSIGN(plan, legacy::plan(line));
    }
    if (args.has(opt::verify_fs)) LK_TRY(check_plaintext(ui, plan, key, data));
    return map_volume(ui, {plan, key, data, name}, options, std::move(result));
}

constexpr OptionGroup<7> kOwn = {
    &opt::dry_run, &opt::losetup,  &opt::probe,     &opt::offset,
    &opt::shared,  &opt::readonly, &opt::verify_fs,
};
constexpr auto kOptions = join(kOwn, kSecretOptions);

}  // namespace

extern constexpr Action kLegacy{
    .name = "legacy",
    .operands = N_("[<name>] -- <old command line>"),
    .summary =
        N_("map what losetup -e, hashalot or cryptsetup 0.1 made; with --probe, search for it"),
    .options = kOptions,
    .run = &run,
    .any_number = true,
    .examples = {{{N_("map what an old losetup made"),
                   "legacy old -- losetup -e aes256 /dev/loop0 disk.img"},
                  {N_("search for the parameters of an old volume"), "legacy --probe disk.img"}}},
};

}  // namespace latchkey::cli
