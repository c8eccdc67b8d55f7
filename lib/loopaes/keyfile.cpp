// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/i18n.h"
#include "crypto/hash.h"
#include "latchkey/loopaes.h"
#include "loopaes/versions.h"

namespace latchkey::loopaes {
namespace {

constexpr std::size_t kMostKeys = 65;

bool separates(std::byte byte) {
    return byte == std::byte{'\n'} || byte == std::byte{'\r'} || byte == std::byte{0};
}

bool encrypted_by_gpg(ByteView file) {
    constexpr std::size_t kLookedAt = 100;  // bytes, the same as the peer
    const ByteView mark = as_byte_view("BEGIN PGP MESSAGE");
    const ByteView head = file.first(std::min(file.size(), kLookedAt));
    return std::search(head.begin(), head.end(), mark.begin(), mark.end()) != head.end();
}

struct KeyLines {
    std::array<ByteView, kMostKeys> keys = {};  // views of the file
    std::size_t count = 0;
};

// Splits at runs of separators; the file begins with a key and ends with a separator.
std::optional<KeyLines> split(ByteView file) {
    KeyLines lines;
    while (!file.empty()) {
        const auto end = std::ranges::find_if(file, separates);
        const auto length = static_cast<std::size_t>(end - file.begin());
        if (length == 0 || end == file.end() || lines.count == kMostKeys ||
            (lines.count > 0 && length != lines.keys[0].size()))
            return std::nullopt;
        lines.keys[lines.count++] = file.first(length);
        file = file.subspan(
            static_cast<std::size_t>(std::find_if_not(end, file.end(), separates) - file.begin()));
    }
    return lines;
}

const char* default_hash(std::uint32_t key_bytes) {
    switch (key_bytes) {
        case 16: return "sha256";
        case 24: return "sha384";
        case 32: return "sha512";
        default: return "[none]";
    }
}

}  // namespace

Result<Keys> parse_keyfile(const Params& params, const SecretBuffer& file) {
    if (encrypted_by_gpg(file.bytes()))
        return fail(Errc::InvalidArgument, "detected not yet supported GPG encrypted keyfile")
            .with_hint(translate("gpg --decrypt <key file> | ... --key-file=-"));
    const auto lines = split(file.bytes());
    const auto* version = kVersions.end();
    if (lines) version = std::ranges::find(kVersions, lines->count, &Version::keys);
    if (version == kVersions.end())
        return fail(Errc::InvalidArgument, "incompatible loop-AES keyfile detected");

    const std::string hash_name =
        params.hash.empty() ? default_hash(params.key_bytes) : params.hash;
    auto hash = crypto::Hash::create(hash_name);
    if (!hash && hash.error().code != Errc::MissingCipher) return std::move(hash).error();
    if (!hash || params.key_bytes == 0 || hash->length() < params.key_bytes)
        return fail(Errc::InvalidArgument, "key processing error (using hash %s)",
                    hash_name.c_str());

    SecretBuffer keys(version->keys * params.key_bytes);
    if (file.is_random()) keys.set_random();
    for (std::size_t i = 0; i < version->keys; ++i) {
        const auto key = keys.bytes().subspan(i * params.key_bytes, params.key_bytes);
        hash->reset();
        hash->update(lines->keys[i]);
        hash->finish(key);
        key[0] ^= std::byte{version->first_byte};
    }
    return Keys{VolumeKey(Vouched::ByCaller, std::move(keys)), version->number};
}

}  // namespace latchkey::loopaes
