// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/plain_source.h"

#include <unistd.h>

#include "activation/activation.h"
#include "cli/options.h"
#include "ui/secret_sources.h"

namespace latchkey::cli {
namespace {

void warn_of_ignored(Ui& ui, const Arguments& args) {
    if (args.has(opt::hash))
        ui.say(
            "WARNING: The --hash parameter is being ignored in plain mode with keyfile "
            "specified.");
    if (args.has(opt::keyfile_size))
        ui.say(
            "WARNING: The --keyfile-size option is being ignored, the read size is the same "
            "as the encryption key size.");
}

}  // namespace

bool has_plain_key_file(const Arguments& args) {
    const auto file = args.get(opt::key_file);
    return file && *file != "-";
}

plain::Params plain_params(Ui& ui, const Arguments& args) {
    const PeerHabits& habits = ui.habits();
    plain::Params params{.cipher = std::string(args.get(opt::cipher).value_or(habits.plain_cipher)),
                         .hash = std::string(args.get(opt::hash).value_or(habits.plain_hash)),
                         .offset_sectors = args.get(opt::offset).value_or(0),
                         .skip_sectors = args.get(opt::skip).value_or(0),
                         .size_sectors = wanted_size(args),
                         .sector_size = args.get(opt::sector_size).value_or(512),
                         .iv_large_sectors = args.has(opt::iv_large_sectors)};
    if (const auto bits = args.get(opt::key_size)) params.key_bytes = *bits / 8;
    return params;
}

void warn_of_plain_defaults(Ui& ui, const Arguments& args, const plain::Params& params) {
    warn_of_plain_defaults(ui, args, params,
                           !has_plain_key_file(args) && !args.has(opt::volume_key_keyring));
}

void warn_of_plain_defaults(Ui& ui, const Arguments& args, const plain::Params& params,
                            bool is_hashed) {
    const PeerHabits& habits = ui.habits();
    if (!habits.looks_at_contents) return;
    const bool default_hash = is_hashed && !args.has(opt::hash);
    const bool default_cipher = !args.has(opt::cipher);
    if (default_cipher && default_hash)
        ui.warn(
            "WARNING: Using the defaults --cipher %s --key-size %u --hash %s, which other versions "
            "do not share. State them.",
            params.cipher.c_str(), params.key_bytes * 8, params.hash.c_str());
    else if (default_cipher && habits.warns_of_each_default)
        ui.warn(
            "WARNING: Using the defaults --cipher %s --key-size %u, which other versions do not "
            "share. State them.",
            params.cipher.c_str(), params.key_bytes * 8);
    else if (default_hash && habits.warns_of_each_default)
        ui.warn(
            "WARNING: Using the default --hash %s, which other versions do not share. State it.",
            params.hash.c_str());
}

loopaes::Params loopaes_params(const Arguments& args) {
    loopaes::Params params{.hash = args.text(opt::hash),
                           .offset_sectors = args.get(opt::offset).value_or(0),
                           .skip_sectors = args.get(opt::skip)};
    if (const auto cipher = args.get(opt::cipher)) params.cipher = *cipher;
    if (const auto bits = args.get(opt::key_size)) params.key_bytes = *bits / 8;
    return params;
}

Result<VolumeKey> read_plain_key(Ui& ui, const Arguments& args, const plain::Params& params,
                                 const std::string& device) {
    if (const auto name = args.get(opt::volume_key_keyring))
        return read_plain_key(ui, params,
                              {.from = keys::keyring_key(*name), .is = KeyIs::VolumeKey});
    if (has_plain_key_file(args)) warn_of_ignored(ui, args);
    return read_plain_key(ui, params, existing_secret(args, ui.prompt_for(device)));
}

Result<VolumeKey> read_plain_key(Ui& ui, const plain::Params& params, KeySource source) {
    source = as_plain_source(params, std::move(source));
    if (source.is == KeyIs::Passphrase) LK_TRY(plain::check_hash(params));
    LK_ASSIGN(SecretBuffer secret, ui.read_secret(source));
    return plain_key(params, source.is, std::move(secret));
}

Result<void> check_loopaes_key_file(const Arguments& args) {
    if (args.has(opt::key_file)) return {};
    return fail_saying(Errc::InvalidArgument, "Option --key-file is required.");
}

Result<loopaes::Keys> read_loopaes_keys(Ui& ui, const Arguments& args,
                                        const loopaes::Params& params) {
    LK_TRY(check_loopaes_key_file(args));
    const auto path = args.get(opt::key_file);
    const KeyfileOptions options{.offset = args.get(opt::keyfile_offset).value_or(0),
                                 .size = args.get(opt::keyfile_size)};
    LK_ASSIGN(const SecretBuffer file, ui.read_file(*path, options));
    return loopaes::parse_keyfile(params, file);
}

}  // namespace latchkey::cli
