// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include "base/bytes.h"
#include "latchkey/legacy.h"

namespace latchkey::legacy {
namespace {

Passphrase salted(const Passphrase& passphrase, const std::string& salt) {
    SecretBuffer bytes(passphrase.size() + salt.size());
    if (passphrase.is_random()) bytes.set_random();
    std::ranges::copy(passphrase.bytes(), bytes.bytes().begin());
    std::ranges::copy(as_byte_view(salt), bytes.bytes().subspan(passphrase.size()).begin());
    return Passphrase(std::move(bytes));
}

// What a program that reads a line made of hashalot's output.
Result<VolumeKey> key_from_line(const CommandLine& line, SecretBuffer output) {
    const auto newline = std::ranges::find(output.bytes(), std::byte{'\n'});
    const auto length = static_cast<std::size_t>(newline - output.bytes().begin());
    if (newline != output.bytes().end() && !line.hashalot.hex)
        return fail(
            Errc::NotSupported,
            "byte %zu that hashalot makes of this passphrase is a newline: how much was read of "
            "it depended on the other program",
            length);
    output.shrink(length);
    return plain::key_from_passphrase(line.params,
                                      salted(Passphrase(std::move(output)), line.salt));
}

}  // namespace

Result<VolumeKey> key_from_passphrase(const CommandLine& line, const Passphrase& passphrase) {
    if (line.source == KeySource::Passphrase)
        return plain::key_from_passphrase(line.params, salted(passphrase, line.salt));
    if (line.source == KeySource::KeyFile)
        return fail(Errc::InvalidArgument, "the key is in file %s", line.key_file.c_str());
    Hashalot options = line.hashalot;
    // In a table the digits are the bytes.
    if (line.source == KeySource::HashalotKey) options.hex = false;
    LK_ASSIGN(SecretBuffer output, hashalot(options, passphrase));
    if (passphrase.is_random()) output.set_random();
    if (line.source == KeySource::HashalotPassphrase) return key_from_line(line, std::move(output));
    return plain::key_from_file(line.params, std::move(output));
}

}  // namespace latchkey::legacy
