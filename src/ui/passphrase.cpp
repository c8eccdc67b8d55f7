// SPDX-License-Identifier: GPL-2.0-or-later
// Where secrets come from: the table in docs/cli-abi.md, "Passphrases".
#include <unistd.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>

#include "cli/options.h"
#include "latchkey/keyfile.h"
#include "text/format.h"
#include "ui/state.h"
#include "ui/terminal.h"

namespace latchkey::cli {
namespace {

bool from_stdin(const SecretRequest& request) {
    return !request.key_file || request.key_file == "-";
}

std::optional<std::string> owned(std::optional<std::string_view> path) {
    if (!path) return std::nullopt;
    return std::string(*path);
}

// Only the line that nobody called a file ends at its newline.
KeyfileOptions how_to_read(const SecretRequest& request) {
    return {.offset = request.offset,
            .size = request.size,
            .stop_at_newline = !request.key_file.has_value()};
}

}  // namespace

SecretRequest existing_secret(const Arguments& args, std::string prompt) {
    return {.prompt = std::move(prompt),
            .key_file = owned(args.get(opt::key_file)),
            .offset = args.get(opt::keyfile_offset).value_or(0),
            .size = args.get(opt::keyfile_size)};
}

SecretRequest first_secret(const Arguments& args, std::string prompt, std::size_t operand_index) {
    SecretRequest request = existing_secret(args, std::move(prompt));
    if (!request.key_file) request.key_file = owned(args.operand(operand_index));
    request.verify = true;
    return request;
}

SecretRequest new_secret(const Arguments& args, std::string prompt, std::size_t operand_index) {
    SecretRequest request{.prompt = std::move(prompt),
                          .key_file = owned(args.operand(operand_index)),
                          .offset = args.get(opt::new_keyfile_offset).value_or(0),
                          .size = args.get(opt::new_keyfile_size),
                          .verify = true};
    // The operand wins, as it does for the peer.
    if (!request.key_file) request.key_file = owned(args.get(opt::new_keyfile));
    return request;
}

bool Ui::asks(const SecretRequest& request) const {
    return from_stdin(request) && ::isatty(STDIN_FILENO) != 0;
}

Result<Passphrase> Ui::read_passphrase(const SecretRequest& request) {
    std::fflush(stdout);
    if (!asks(request)) {
        if (setup_.verify_passphrase && from_stdin(request))
            warn("Can't do passphrase verification on non-tty inputs.");
        LK_ASSIGN(SecretBuffer bytes,
                  read_file(request.key_file.value_or("-"), how_to_read(request)));
        return Passphrase(std::move(bytes));
    }
    LK_ASSIGN(TypedLine typed, ask_secret(request.prompt, setup_.timeout_seconds));
    if (typed.too_long)
        warn("The passphrase is longer than %zu bytes; the rest of it is not used.", kMostTyped);
    const bool verify = setup_.verify_passphrase || (request.verify && !setup_.batch);
    if (!verify) return Passphrase(std::move(typed.bytes));
    LK_ASSIGN(const TypedLine again,
              ask_secret(text("Verify passphrase: "), setup_.timeout_seconds));
    if (again.too_long != typed.too_long ||
        !equal_in_constant_time(typed.bytes.bytes(), again.bytes.bytes()))
        return fail_saying(Errc::InvalidArgument, "Passphrases do not match.").exits_with(2);
    return Passphrase(std::move(typed.bytes));
}

Result<SecretBuffer> Ui::read_file(std::string_view path, KeyfileOptions options) {
    options.cancelled = &context_.cancelled();
    return path == "-" ? read_keyfile(STDIN_FILENO, options) : read_keyfile(path, options);
}

Result<CandidateKey> Ui::read_volume_key(std::string_view path, std::uint32_t key_bytes) {
    const std::string name(path);
    // Of this name, as it always was: no "-" here.
    auto bytes = read_keyfile(path, {.size = key_bytes, .cancelled = &context_.cancelled()});
    if (!bytes && bytes.error().code == Errc::Interrupted) return std::move(bytes).error();
    if (bytes) return CandidateKey(std::move(bytes).value());
    debug("%s: %s", name.c_str(), bytes.error().message.c_str());
    if (::access(name.c_str(), R_OK) != 0)
        return fail_saying(Errc::InvalidArgument, "Cannot read keyfile %s.", name.c_str());
    return fail_saying(Errc::InvalidArgument, "Cannot read %" PRIu32 " bytes from keyfile %s.",
                       key_bytes, name.c_str());
}

Result<UnlockedVolume> Ui::unlock(const Volume& volume, const SecretRequest& request,
                                  const UnlockOptions& options) {
    auto opened = with_tries(request, [&](const Passphrase& passphrase) {
        return volume.unlock(context_, passphrase, options);
    });
    if (!opened) return opened;
    tell_keyslot(*opened);
    return opened;
}

void Ui::tell_keyslot(const UnlockedVolume& opened) {
    verbose("Key slot %d unlocked.", opened.keyslot);
    if (!opened.keyslot_name.empty())
        verbose("The name of key slot %d is: %s", opened.keyslot, opened.keyslot_name.c_str());
}

}  // namespace latchkey::cli
