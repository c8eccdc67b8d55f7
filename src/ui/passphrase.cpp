// SPDX-License-Identifier: GPL-2.0-or-later
// Chooses the source of secrets: the table in docs/cli-abi.md, "Passphrases".
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/options.h"
#include "latchkey/condition.h"
#include "text/format.h"
#include "ui/state.h"
#include "ui/terminal.h"

namespace latchkey::cli {
namespace {

KeySource typed_twice(KeySource source, const Arguments& args) {
    auto* question = std::get_if<keys::Ask>(&source.from);
    if (question != nullptr && !args.has(opt::batch_mode)) question->twice = true;
    return source;
}

}  // namespace

bool person_is_there() {
    return ::isatty(STDIN_FILENO) != 0;
}

KeySource secret_source(const Arguments& args, std::string prompt,
                        std::optional<std::string_view> key_file, KeyfileOptions options) {
    if (key_file && *key_file != "-")
        return {.from = keys::File{.path = std::string(*key_file), .options = options}};
    if (person_is_there())
        return {.from = keys::Ask{.prompt = std::move(prompt),
                                  .timeout_seconds = args.get(opt::timeout).value_or(0),
                                  .twice = args.has(opt::verify_passphrase)}};
    // Only standard input that was not named as a file ends at a newline.
    options.stop_at_newline = !key_file;
    return {.from = keys::Descriptor{.descriptor = STDIN_FILENO, .options = options}};
}

KeySource existing_secret(const Arguments& args, std::string prompt,
                          std::optional<std::size_t> operand) {
    auto file = args.get(opt::key_file);
    if (!file && operand) file = args.operand(*operand);
    return secret_source(
        args, std::move(prompt), file,
        {.offset = args.get(opt::keyfile_offset).value_or(0), .size = args.get(opt::keyfile_size)});
}

KeySource first_secret(const Arguments& args, std::string prompt, std::size_t operand) {
    return typed_twice(existing_secret(args, std::move(prompt), operand), args);
}

KeySource new_secret(const Arguments& args, std::string prompt, std::size_t operand) {
    // The operand has precedence, as in the peer.
    auto file = args.operand(operand);
    if (!file) file = args.get(opt::new_keyfile);
    return typed_twice(secret_source(args, std::move(prompt), file,
                                     {.offset = args.get(opt::new_keyfile_offset).value_or(0),
                                      .size = args.get(opt::new_keyfile_size)}),
                       args);
}

Result<SecretBuffer> Ui::ask(const keys::Ask& question) {
    const Echo echo = question.echo ? Echo::On : Echo::Off;
    const auto seconds =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(question.timeout_seconds, UINT32_MAX));
    LK_ASSIGN(TypedLine typed, ask_secret(question.prompt, seconds, echo));
    if (typed.too_long)
        warn("The passphrase is longer than %zu bytes; the rest of it is not used.", kMostTyped);
    if (!question.twice) return std::move(typed.bytes);
    LK_ASSIGN(const TypedLine again, ask_secret(text("Verify passphrase: "), seconds, echo));
    if (again.too_long != typed.too_long ||
        !equal_in_constant_time(typed.bytes.bytes(), again.bytes.bytes()))
        return fail_saying(Errc::InvalidArgument, "Passphrases do not match.")
            .because(Condition::AnswersDiffer)
            .exits_with(2);
    return std::move(typed.bytes);
}

KeyReading Ui::reading() {
    return {.before =
                [this](const KeySource& source) {
                    std::fflush(stdout);
                    if (setup_.verify_passphrase && source.is_a<keys::Descriptor>())
                        warn("Can't do passphrase verification on non-tty inputs.");
                },
            .ask = [this](const keys::Ask& question, unsigned) { return ask(question); },
            .cancelled = &context_.cancelled()};
}

Result<SecretBuffer> Ui::read_secret(const KeySource& source) {
    return latchkey::read_secret(context_, source, reading());
}

Result<Passphrase> Ui::read_passphrase(const KeySource& source) {
    LK_ASSIGN(SecretBuffer bytes, read_secret(source));
    return Passphrase(std::move(bytes));
}

Result<SecretBuffer> Ui::read_file(std::string_view path, KeyfileOptions options) {
    options.cancelled = &context_.cancelled();
    return path == "-" ? read_keyfile(STDIN_FILENO, options) : read_keyfile(path, options);
}

void Ui::tell_keyslot(const UnlockedVolume& opened) {
    if (opened.keyslot < 0) return;
    verbose("Key slot %d unlocked.", opened.keyslot);
    if (!opened.keyslot_name.empty())
        verbose("The name of key slot %d is: %s", opened.keyslot, opened.keyslot_name.c_str());
}

}  // namespace latchkey::cli
