// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/key_output.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "latchkey/new_file.h"

namespace latchkey::cli {
namespace {

constexpr std::size_t kBytesInLine = 16;
constexpr std::string_view kNextLine = "\t\t";

Error cannot_open(const std::string& path) {
    return fail_saying(Errc::InvalidArgument, "Cannot open keyfile %s for write.", path.c_str());
}

}  // namespace

Result<void> check_key_file(std::string_view path) {
    const std::string name(path);
    struct stat status;
    if (::lstat(name.c_str(), &status) == 0) return cannot_open(name);
    return {};
}

Result<void> write_key_file(std::string_view path, std::span<const std::byte> key) {
    const std::string name(path);
    auto file = NewFile::create(name, 0400);
    if (!file) return cannot_open(name);
    if (const int error = write_all(file->descriptor(), key); error != 0)
        return fail(Errc::Io, "cannot write keyfile %s: %s", name.c_str(), std::strerror(error));
    return file->keep();
}

SecretBuffer key_dump(std::string_view label, std::span<const std::byte> key) {
    const std::size_t lines = (key.size() + kBytesInLine - 1) / kBytesInLine;
    // "6b " for each byte; a lead and a newline for each line.
    SecretBuffer text(key.size() * 3 + lines * (std::max(label.size(), kNextLine.size()) + 1));
    auto at = text.bytes().begin();
    const auto put = [&at](char c) { *at++ = static_cast<std::byte>(c); };
    for (std::size_t i = 0; i < key.size(); ++i) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        if (i % kBytesInLine == 0)
            for (const char c : i == 0 ? label : kNextLine) put(c);
        const auto byte = std::to_integer<std::size_t>(key[i]);
        put(kDigits[byte / 16]);
        put(kDigits[byte % 16]);
        put(' ');
        if (i % kBytesInLine == kBytesInLine - 1 || i + 1 == key.size()) put('\n');
    }
    text.shrink(static_cast<std::size_t>(at - text.bytes().begin()));
    return text;
}

}  // namespace latchkey::cli
