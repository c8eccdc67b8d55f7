// SPDX-License-Identifier: LGPL-2.1-or-later
// dmsetup create: the table, with hashalot's output for its key.
#include <algorithm>
#include <array>

#include "legacy/stages.h"

namespace latchkey::legacy {
namespace {

constexpr OldOption kDmsetupOptions[] = {{'t', "table", true}, {'r', "readonly"}, {'v', "verbose"}};

// The fields of "0 SIZE crypt CIPHER KEY IV_OFFSET DEVICE OFFSET [N OPTION...]".
enum Field : std::size_t {
    kStart,
    kSize,
    kTarget,
    kCipher,
    kKey,
    kIvOffset,
    kDevice,
    kOffset,
    kCount
};
constexpr const char* kForm = "0 SIZE crypt CIPHER KEY IV_OFFSET DEVICE OFFSET";

bool is_hex(std::string_view text) {
    return text.size() >= 16 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
           });
}

std::string_view inside_substitution(std::string_view word) {
    if (!word.starts_with("$(") || !word.ends_with(')')) return {};
    return word.substr(2, word.size() - 3);
}

// KEY, or a substitution by hashalot itself.
Result<Hashalot> key_of(const std::string& word, const std::optional<Hashalot>& fed) {
    if (is_hex(word))
        return fail(Errc::InvalidArgument, "the table holds a key: write KEY in its place");
    if (const auto inside = inside_substitution(word); !inside.empty()) {
        LK_ASSIGN(const Words words, split_line(inside));
        LK_ASSIGN(auto stages, split_stages(words));
        // What feeds it the passphrase, such as an echo, is ours to ask for.
        if (is_hashalot(stages.back()[0])) {
            LK_ASSIGN(Hashalot options, parse_hashalot(stages.back()));
            if (!options.hex)
                return fail(Errc::InvalidArgument,
                            "hashalot without -x prints bytes, a table takes hexadecimal digits");
            return options;
        }
    }
    if (!fed)
        return fail(Errc::InvalidArgument, "dmsetup: no hashalot makes the key '%s'", word.c_str());
    return *fed;
}

// A number, or the shell's way to ask for the size of a device, which is all there is.
Result<std::uint64_t> size_of(const std::string& word) {
    const std::string_view inside = inside_substitution(word);
    if (inside.starts_with("blockdev --getsize ") || inside.starts_with("blockdev --getsz ") ||
        inside.starts_with("/sbin/blockdev --getsize "))
        return std::uint64_t{0};
    LK_ASSIGN(const std::uint64_t size, number_of("dmsetup", "size", word));
    if (size == 0) return fail(Errc::InvalidArgument, "dmsetup: a table of no sectors");
    return size;
}

Result<void> apply_argument(const std::string& word, CommandLine& line) {
    constexpr std::string_view kSectorWord = "sector_size:";
    if (word == "iv_large_sectors") {
        line.params.iv_large_sectors = true;
    } else if (word.starts_with(kSectorWord)) {
        LK_ASSIGN(const std::uint64_t size,
                  number_of("dmsetup", "sector_size", word.substr(kSectorWord.size())));
        line.params.sector_size =
            static_cast<std::uint32_t>(std::min<std::uint64_t>(size, 1 << 20));
    } else {
        return fail(Errc::InvalidArgument, "dmsetup: argument '%s' is not known here",
                    word.c_str());
    }
    return {};
}

}  // namespace

Result<CommandLine> parse_dmsetup(const Words& stage, const std::optional<Hashalot>& fed,
                                  const std::string& table) {
    LK_ASSIGN(const OldOptions options, parse_options(stage, kDmsetupOptions));
    if (options.operands.size() != 2 || options.operands[0] != "create")
        return fail(Errc::InvalidArgument, "dmsetup: only 'create <name>' makes a mapping");
    const std::string text = options.has('t') ? options.text('t') : table;
    if (text.empty())
        return fail(Errc::InvalidArgument, "dmsetup create: the table is missing: --table '%s'",
                    kForm);
    LK_ASSIGN(const Words words, split_line(text));
    if (words.size() < kCount || words[kStart] != "0" || words[kTarget] != "crypt")
        return fail(Errc::InvalidArgument, "dmsetup: the table is not '%s'", kForm);

    CommandLine line{
        .tool = "hashalot | dmsetup", .name = options.operands[1], .device = words[kDevice]};
    line.source = KeySource::HashalotKey;
    line.read_only = options.has('r');
    LK_ASSIGN(line.hashalot, key_of(words[kKey], fed));
    line.params.cipher = words[kCipher];
    LK_ASSIGN(const std::uint64_t size, size_of(words[kSize]));
    if (size != 0) line.params.size_sectors = size;
    LK_ASSIGN(line.params.skip_sectors, number_of("dmsetup", "IV offset", words[kIvOffset]));
    LK_ASSIGN(line.params.offset_sectors, number_of("dmsetup", "offset", words[kOffset]));
    if (words.size() > kCount) {
        LK_ASSIGN(const std::uint64_t count,
                  number_of("dmsetup", "number of arguments", words[kCount]));
        if (count != words.size() - kCount - 1)
            return fail(Errc::InvalidArgument, "dmsetup: the table has %zu arguments, not %s",
                        words.size() - kCount - 1, words[kCount].c_str());
        for (std::size_t i = kCount + 1; i < words.size(); ++i)
            LK_TRY(apply_argument(words[i], line));
    }
    return line;
}

}  // namespace latchkey::legacy
