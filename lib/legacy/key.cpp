// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "latchkey/ascii.h"
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

// Returns the key that a program made from hashalot's output, which it read as a line.
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

// Returns the key itself from the digits in a table; a file of digits may end in a newline.
Result<VolumeKey> key_from_digits(const CommandLine& line, ByteView digits) {
    if (!digits.empty() && digits.back() == std::byte{'\n'})
        digits = digits.first(digits.size() - 1);
    plain::Params params = line.params;
    if (params.key_bytes == 0) params.key_bytes = static_cast<std::uint32_t>(digits.size() / 2);
    if (digits.empty() || digits.size() != 2 * std::size_t{params.key_bytes})
        return fail(Errc::InvalidArgument, "a key of %zu hexadecimal digits, not %zu",
                    digits.size(), 2 * std::size_t{params.key_bytes});
    SecretBuffer key(params.key_bytes);
    for (std::size_t i = 0; i < key.size(); ++i) {
        const int high = hex_digit(static_cast<char>(digits[2 * i]));
        const int low = hex_digit(static_cast<char>(digits[2 * i + 1]));
        if (high < 0 || low < 0)
            return fail(Errc::InvalidArgument, "the key is not a hexadecimal number: digit %zu",
                        2 * i + (high < 0 ? 1 : 2));
        key.bytes()[i] = static_cast<std::byte>(high << 4 | low);
    }
    return plain::key_from_file(params, std::move(key));
}

}  // namespace

Result<VolumeKey> key_from_passphrase(const CommandLine& line, const Passphrase& passphrase) {
    if (line.rule == KeyRule::Passphrase)
        return plain::key_from_passphrase(line.params, salted(passphrase, line.salt));
    if (line.rule == KeyRule::KeyFile)
        return fail(Errc::InvalidArgument, "the key is in file %s", line.key_file.c_str());
    if (line.rule == KeyRule::Digits) return key_from_digits(line, passphrase.bytes());
    Hashalot options = line.hashalot;
    // In a table the digits stand for the bytes.
    if (line.rule == KeyRule::HashalotKey) options.hex = false;
    LK_ASSIGN(SecretBuffer output, hashalot(options, passphrase));
    if (passphrase.is_random()) output.set_random();
    if (line.rule == KeyRule::HashalotPassphrase) return key_from_line(line, std::move(output));
    return plain::key_from_file(line.params, std::move(output));
}

}  // namespace latchkey::legacy
