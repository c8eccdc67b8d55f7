// SPDX-License-Identifier: LGPL-2.1-or-later
// losetup -e: the variants have the same options, but three ways to make a key from a passphrase.
#include <algorithm>
#include <array>
#include <cinttypes>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "latchkey/ascii.h"
#include "latchkey/sectors.h"
#include "legacy/stages.h"

namespace latchkey::legacy {
namespace {

constexpr OldOption kLosetupOptions[] = {
    {'e', "encryption", true},
    {'k', "keybits", true},
    {'N', "nohashpass"},
    {'o', "offset", true},
    {'p', "pass-fd", true},
    {'r', "read-only"},
    {'f', "find"},
    {'v', "verbose"},
    {'T', ""},
    {'H', "phash", true},
    {'C', "", true},
    {'S', "pseed", true},
    {'K', "gpgkey", true},
    {'G', "", true},
    {'I', "loinit", true},
    {'s', "sizelimit", true},
};

// The kernel's names, the longest first, so that a digit at the end of a name is not taken for a key size.
constexpr std::array<std::string_view, 10> kCiphers = {
    "des3_ede", "blowfish", "camellia", "serpent", "twofish",
    "cast5",    "cast6",    "anubis",   "aes",     "des"};

struct Name {
    std::string cipher;
    std::optional<std::uint64_t> bits = {};
    std::string mode = "cbc";
    bool attached_bits = false;  // "AES256": loop-AES's spelling
};

// Parses "aes", "aes-256", "AES128", "serpent-ecb", "twofish-cbc".
Result<Name> parse_name(const std::string& text) {
    const std::string lower = lower_case(text);
    if (lower == "xor")
        return fail(Errc::NotSupported,
                    "losetup -e %s is not encryption, and dm-crypt has no such "
                    "mapping",
                    text.c_str());
    if (lower == "none" || lower == "0")
        return fail(Errc::InvalidArgument, "losetup -e %s: the volume is not encrypted",
                    text.c_str());
    if (lower == "des" || std::ranges::all_of(lower, is_digit))
        return fail(Errc::NotSupported,
                    "losetup -e %s is a filter of the loop device itself, of which "
                    "dm-crypt has no equal",
                    text.c_str());
    const auto cipher = std::ranges::find_if(
        kCiphers, [&](std::string_view name) { return lower.starts_with(name); });
    if (cipher == kCiphers.end())
        return fail(Errc::NotSupported, "losetup -e %s: dm-crypt has no such cipher", text.c_str());
    Name name{.cipher = std::string(*cipher)};
    std::string rest = lower.substr(cipher->size());
    name.attached_bits = !rest.empty() && rest[0] != '-';
    if (name.attached_bits) rest.insert(0, "-");
    while (!rest.empty()) {
        const std::size_t end = rest.find('-', 1);
        const std::string part = rest.substr(1, end - 1);
        rest = end == std::string::npos ? std::string() : rest.substr(end);
        if (part == "cbc" || part == "ecb") {
            name.mode = part;
            continue;
        }
        LK_ASSIGN(name.bits, number_of("losetup", "-e " + text + ": key size", part));
    }
    return name;
}

bool loop_aes_alone(const OldOptions& options) {
    return std::ranges::any_of(std::string_view("HCSKGI"),
                               [&](char letter) { return options.has(letter); });
}

std::string variant_of(const OldOptions& options, const Name& name, std::string_view wanted) {
    if (!wanted.empty()) return std::string(wanted);
    if (loop_aes_alone(options)) return "loop-aes";
    if (options.has('k') || options.has('N')) return "debian";
    return name.attached_bits ? "loop-aes" : "debian";
}

Result<void> apply_loop_aes(const OldOptions& options, CommandLine& line) {
    if (options.has('K') || options.has('G'))
        return fail(Errc::NotSupported, "losetup -K: the keys are in a file that gpg encrypted")
            .with_hint(translate(
                "gpg --decrypt <key file> | latchkey open --type loopaes --key-file=- ..."));
    if (options.has('C'))
        return fail(Errc::NotSupported,
                    "losetup -C: its repeated encryption of the key is not known here");
    if (options.has('I') && options.text('I') != "0")
        return fail(Errc::NotSupported,
                    "losetup -I: dm-crypt has no IVs of loop-AES that begin elsewhere");
    line.salt = options.text('S');
    std::string hash = options.text('H');
    if (hash.empty()) {
        switch (line.params.key_bytes) {
            case 16: hash = "sha256"; break;
            case 20: hash = "rmd160"; break;
            case 24: hash = "sha384"; break;
            default: hash = "sha512"; break;
        }
    }
    constexpr std::array<std::string_view, 4> kEncodings = {"sha256", "sha384", "sha512", "rmd160"};
    if (std::ranges::find(kEncodings, hash) == kEncodings.end())
        return fail(Errc::NotSupported, "losetup -H %s: its encoding is not known here",
                    hash.c_str());
    line.params.hash = hash == "rmd160" ? "ripemd160" : hash;
    return {};
}

}  // namespace

Result<CommandLine> parse_losetup(const Words& stage, const std::optional<Hashalot>& fed,
                                  std::string_view variant) {
    LK_ASSIGN(const OldOptions options, parse_options(stage, kLosetupOptions));
    if (!options.has('e'))
        return fail(Errc::InvalidArgument, "losetup: without -e nothing is encrypted");
    LK_ASSIGN(const Name name, parse_name(options.text('e')));
    const std::string whose = variant_of(options, name, variant);
    const std::size_t words = options.operands.size();
    if (options.has('f') && words != 1)
        return fail(Errc::InvalidArgument, "losetup -f takes the file alone, not %zu words", words);
    if (!options.has('f') && words != 2)
        return fail(Errc::InvalidArgument, "losetup takes loop device and file, not %zu words",
                    words);

    CommandLine line{.tool = "losetup (" + whose + ")", .device = options.operands.back()};
    line.read_only = options.has('r');
    std::uint64_t bits = name.bits.value_or(whose == "loop-aes" ? 128 : 256);
    if (options.has('k')) {
        LK_ASSIGN(bits, number_of("losetup", "-k", options.text('k')));
        if (name.bits && *name.bits != bits)
            return fail(Errc::InvalidArgument,
                        "losetup: -e says a key of %" PRIu64 " bits, -k one of %" PRIu64,
                        *name.bits, bits);
    }
    if (bits == 0 || bits % 8 != 0 || bits > 512)
        return fail(Errc::InvalidArgument, "losetup: no key has %" PRIu64 " bits", bits);
    line.params.key_bytes = static_cast<std::uint32_t>(bits / 8);
    line.params.cipher = name.cipher;
    line.params.cipher += name.mode == "ecb"    ? "-ecb"
                          : whose == "loop-aes" ? "-cbc-plain64"
                                                : "-cbc-plain";

    if (whose == "loop-aes") {
        LK_TRY(apply_loop_aes(options, line));
    } else {
        if (loop_aes_alone(options))
            return fail(Errc::InvalidArgument,
                        "losetup: -H, -C, -S, -K, -G and -I are loop-AES's, not %s's",
                        whose.c_str());
        line.params.hash = whose == "util-linux" || options.has('N') ? "plain" : "ripemd160";
        if (!options.has('k') && !options.has('N'))
            line.notes.push_back(strprintf(
                translate(
                    "Read as %s's losetup. Others made other keys of a passphrase: see --losetup."),
                whose.c_str()));
    }

    std::uint64_t offset = 0;
    if (options.has('o')) {
        LK_ASSIGN(offset, number_of("losetup", "-o", options.text('o')));
    }
    std::uint64_t size = 0;
    if (options.has('s')) {
        LK_ASSIGN(size, number_of("losetup", "-s", options.text('s')));
    }
    if (offset % kSectorSize != 0 || size % kSectorSize != 0)
        return fail(Errc::NotSupported,
                    "losetup: %" PRIu64
                    " bytes are not whole sectors, and dm-crypt maps nothing else",
                    offset % kSectorSize != 0 ? offset : size);
    // The loop device counts IVs from the beginning of the file.
    line.params.offset_sectors = offset / kSectorSize;
    line.params.skip_sectors = offset / kSectorSize;
    if (size != 0) line.params.size_sectors = size / kSectorSize;
    if (fed) {
        line.tool = "hashalot | " + line.tool;
        line.hashalot = *fed;
        line.rule = KeyRule::HashalotPassphrase;
    }
    return line;
}

}  // namespace latchkey::legacy
