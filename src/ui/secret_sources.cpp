// SPDX-License-Identifier: GPL-2.0-or-later
// The table in docs/cli-abi.md, "Passphrases".
#include "ui/secret_sources.h"

#include <unistd.h>

#include "cli/options.h"

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

}  // namespace latchkey::cli
