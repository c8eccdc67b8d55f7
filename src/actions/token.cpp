// SPDX-License-Identifier: GPL-2.0-or-later
// Tokens as metadata: JSON objects that say how to obtain a passphrase.
#include <unistd.h>

#include <algorithm>

#include "actions/keyslot_options.h"
#include "actions/loading.h"
#include "actions/option_groups.h"
#include "actions/token_file.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "cli/meant.h"
#include "latchkey/token_unlock.h"
#include "text/format.h"
#include "ui/facts.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

constexpr int kTokenCount = 32;

Result<void> check_token_number(std::optional<int> token) {
    if (!token || *token < kTokenCount) return {};
    return fail_saying(Errc::InvalidArgument, "Token %d is invalid.", *token);
}

bool is_taken(const Volume& volume, int token) {
    return std::ranges::count(volume.tokens(), token, &TokenInfo::number) > 0;
}

Result<void> check_free(const Volume& volume, const Arguments& args) {
    const auto token = args.get(opt::token_id);
    LK_TRY(check_token_number(token));
    if (!token || args.has(opt::token_replace) || !is_taken(volume, *token)) return {};
    return fail_saying(Errc::InvalidArgument, "Token %d in use.", *token);
}

Fact token_result(const Volume& volume, int token) {
    return volume_result(volume, {number_fact("token", static_cast<std::uint64_t>(token))});
}

Result<void> created(Ui& ui, const Volume& volume, int token) {
    ui.verbose("Token %d created.", token);
    ui.result(token_result(volume, token));
    return {};
}

// Uses one write of the header; the peer uses two and may leave half of the change.
Result<void> add(Ui& ui, const Arguments& args, Volume volume) {
    constexpr int kAllKeyslots = -1;
    LK_ASSIGN(const auto keyslot, keyslot_number(args, opt::key_slot, volume));
    if (keyslot) LK_TRY(volume.check_active_keyslot(*keyslot));
    LK_TRY(check_free(volume, args));
    LK_ASSIGN(const std::string json,
              seal_token("luks2-keyring", {.key_description = args.text(opt::key_description)}));
    const std::optional<int> assign =
        args.has(opt::unbound) ? std::nullopt : std::optional(keyslot.value_or(kAllKeyslots));
    LK_ASSIGN(const int token, volume.import_token(ui.context(), args.get(opt::token_id), json,
                                                   args.has(opt::token_replace), assign));
    return created(ui, volume, token);
}

Result<void> remove(Ui& ui, const Arguments& args, Volume volume) {
    const int token = *args.get(opt::token_id);
    LK_TRY(check_token_number(token));
    if (!is_taken(volume, token))
        return fail_saying(Errc::NotFound, "Token %d is not in use.", token);
    LK_TRY(volume.remove_token(ui.context(), token));
    ui.verbose("Token %d removed.", token);
    ui.result(token_result(volume, token));
    return {};
}

Result<void> import(Ui& ui, const Arguments& args, Volume volume) {
    LK_ASSIGN(const auto keyslot, keyslot_number(args, opt::key_slot, volume));
    if (keyslot) LK_TRY(volume.check_active_keyslot(*keyslot));
    LK_TRY(check_free(volume, args));
    LK_ASSIGN(const SecretBuffer json, read_token(ui, args.get(opt::json_file)));
    auto imported = volume.import_token(ui.context(), args.get(opt::token_id), as_text(json),
                                        args.has(opt::token_replace), keyslot);
    if (!imported)
        return std::move(imported)
            .error()
            .within(text("Failed to import token from file"))
            .exits_with(1);
    return created(ui, volume, *imported);
}

Result<void> export_it(Ui& ui, const Arguments& args, const Volume& volume) {
    const int token = *args.get(opt::token_id);
    const auto json = volume.export_token(token);
    if (!json)
        return fail_saying(
            json.error().code == Errc::NotFound ? Errc::NotFound : Errc::InvalidArgument,
            "Failed to get token %d for export.", token);
    const auto file = args.get(opt::json_file);
    if (file && *file != "-") {
        if (ui.dry_run())
            ui.say("Would write token %d to %s.", token, std::string(*file).c_str());
        else
            LK_TRY(write_token(volume, *file, *json));
    } else {
        ui.print(*json);
        // A program gets the bytes, a user a line.
        if (::isatty(STDOUT_FILENO) != 0) ui.print("\n");
    }
    Fact result = token_result(volume, token);
    result.children.push_back(text_fact("json", *json));
    ui.result(std::move(result));
    return {};
}

Result<void> unassign(Ui& ui, const Arguments& args, Volume volume) {
    const int token = *args.get(opt::token_id);
    LK_ASSIGN(const auto named, keyslot_number(args, opt::key_slot, volume));
    const int keyslot = named.value_or(-1);
    const auto tokens = volume.tokens();
    const auto found = std::ranges::find(tokens, token, &TokenInfo::number);
    if (found == tokens.end() || std::ranges::count(found->keyslots, keyslot) == 0)
        return fail_saying(Errc::NotFound, "Token %d is not assigned to keyslot %d.", token,
                           keyslot);
    LK_TRY(volume.assign_token(ui.context(), token, keyslot, false));
    ui.result(token_result(volume, token));
    return {};
}

struct Verb {
    std::string_view word;
    Result<void> (*run)(Ui&, const Arguments&, Volume);
    Access access;
    const OptionSpec* required;
    const char* missing;
};

constexpr char kNoToken[] = N_("Action requires specific token. Use --token-id parameter.");
constexpr char kNoKeyslot[] = N_("Action requires specific keyslot. Use --key-slot parameter.");
constexpr char kNoDescription[] =
    N_("--key-description parameter is mandatory for token add action.");

constexpr Verb kVerbs[] = {
    {"add", add, Access::ReadWrite, &opt::key_description, kNoDescription},
    {"remove", remove, Access::ReadWrite, &opt::token_id, kNoToken},
    {"import", import, Access::ReadWrite, nullptr, ""},
    {"export",
     [](Ui& ui, const Arguments& args, Volume volume) { return export_it(ui, args, volume); },
     Access::ReadOnly, &opt::token_id, kNoToken},
    {"unassign", unassign, Access::ReadWrite, &opt::token_id, kNoToken},
};

std::vector<std::string_view> verb_words() {
    std::vector<std::string_view> words;
    for (const Verb& verb : kVerbs) words.push_back(verb.word);
    return words;
}

Result<void> run(Ui& ui, const Arguments& args) {
    const auto verb = std::ranges::find(kVerbs, args.operands[0], &Verb::word);
    if (verb == std::end(kVerbs))
        return fail_saying(Errc::InvalidArgument, "Invalid token action.")
            .with_hint(about_word("token", args.operands[0], verb_words()))
            .as_usage();
    if (verb->required != nullptr && !args.has(*verb->required))
        return Error(Errc::InvalidArgument).saying(translate(verb->missing)).as_usage();
    if (verb->run == unassign && !args.has(opt::key_slot))
        return Error(Errc::InvalidArgument).saying(translate(kNoKeyslot)).as_usage();
    LK_ASSIGN(Volume volume, load_luks2(ui, args, args.operands[1], verb->access));
    return verb->run(ui, args, std::move(volume));
}

constexpr OptionGroup<6> kOwn = {
    &opt::token_id, &opt::token_replace,   &opt::key_slot,
    &opt::unbound,  &opt::key_description, &opt::json_file,
};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kChangeOptions);

}  // namespace

extern constexpr Action kToken{
    .name = "token",
    .operands = N_("<add|remove|import|export|unassign> <device>"),
    .summary = N_("manage LUKS2 tokens"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("let the key of the keyring open the volume"),
                   "token add --key-description backup /dev/sdb1"},
                  {N_("save a token to a file"),
                   "token export --token-id 0 --json-file token.json /dev/sdb1"}}},
};

}  // namespace latchkey::cli
