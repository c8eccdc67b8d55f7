// SPDX-License-Identifier: LGPL-2.1-or-later
// dmsetup create: reads the table, with hashalot's output as its key.
#include <algorithm>
#include <array>

#include "base/i18n.h"
#include "base/secret_text.h"
#include "base/strprintf.h"
#include "latchkey/ascii.h"
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
    return text.size() >= 16 && std::ranges::all_of(text, [](char c) { return hex_digit(c) >= 0; });
}

std::string_view inside_substitution(std::string_view word) {
    if (!word.starts_with("$(") || !word.ends_with(')')) return {};
    return word.substr(2, word.size() - 3);
}

// Returns a table without its key: zeros replace the digits.
std::string without_key(std::string_view table) {
    std::size_t from = 0;
    std::size_t end = 0;
    for (std::size_t field = 0; field <= kKey; ++field) {
        from = std::min(table.find_first_not_of(" \t\n", end), table.size());
        end = std::min(table.find_first_of(" \t\n", from), table.size());
    }
    const std::string_view key = table.substr(from, end - from);
    if (!is_hex(key)) return std::string(table);
    return std::string(table.substr(0, from)) + std::string(key.size(), '0') +
           std::string(table.substr(end));
}

// Makes the user type the key again, because other users can read the arguments of a program.
void ask_for_digits(CommandLine& line, std::size_t key_bytes) {
    line.rule = KeyRule::Digits;
    line.params.key_bytes = static_cast<std::uint32_t>(key_bytes);
    line.notes.push_back(
        key_bytes == 0
            ? std::string(translate(N_("KEY is asked for in hexadecimal digits; how many there "
                                       "are is the size of the key")))
            : strprintf(translate(N_("the key in the table is not used, as others can read what "
                                     "stands in a command line: its %zu digits are asked for")),
                        2 * key_bytes));
}

// Accepts digits, KEY, or a substitution that contains hashalot.
Result<void> take_key(const std::string& word, const std::optional<Hashalot>& fed,
                      CommandLine& line) {
    if (is_hex(word) && fed)
        return fail(Errc::InvalidArgument, "the table holds a key: write KEY in its place");
    if (is_hex(word)) {
        if (word.size() % 2 != 0)
            return fail(Errc::InvalidArgument, "dmsetup: a key of %zu digits", word.size());
        ask_for_digits(line, word.size() / 2);
        return {};
    }
    if (const auto inside = inside_substitution(word); !inside.empty()) {
        LK_ASSIGN(const Words words, split_line(inside));
        LK_ASSIGN(auto stages, split_stages(words));
        // Ignores what feeds hashalot, such as an echo of the passphrase: we ask for the passphrase.
        LK_ASSIGN(const auto options, take_hashalot(stages));
        if (options && !options->hex)
            return fail(Errc::InvalidArgument,
                        "hashalot without -x prints bytes, a table takes hexadecimal digits");
        if (options) {
            line.hashalot = *options;
            return {};
        }
    }
    if (fed) {
        line.hashalot = *fed;
        return {};
    }
    if (word != "KEY")
        return fail(Errc::InvalidArgument,
                    "dmsetup: no hashalot makes the key '%s'; KEY in its place is asked for",
                    word.c_str());
    ask_for_digits(line, 0);
    return {};
}

// Returns the table from an option, an echo, or a file.
Result<std::string> table_of(const OldOptions& options, const std::string& echoed,
                             const ReadTable& read_table) {
    if (options.has('t')) return options.text('t');
    if (options.operands.size() == 3 && read_table) {
        LK_ASSIGN(const SecretBuffer file, read_table(options.operands[2]));
        return without_key(as_text(file.bytes()));
    }
    if (!echoed.empty()) return echoed;
    return fail(Errc::InvalidArgument, "dmsetup create: the table is missing: --table '%s'", kForm);
}

// Returns a number.  Returns 0, the whole device, for a shell substitution that asks for the device's size.
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
                                  const std::string& echoed, const ReadTable& read_table) {
    LK_ASSIGN(const OldOptions options, parse_options(stage, kDmsetupOptions));
    const std::size_t operands = options.operands.size();
    if (operands < 2 || operands > 3 || options.operands[0] != "create")
        return fail(Errc::InvalidArgument,
                    "dmsetup: only 'create <name> [<table file>]' makes a mapping");
    LK_ASSIGN(const std::string text, table_of(options, echoed, read_table));
    LK_ASSIGN(const Words words, split_line(text));
    if (words.size() < kCount || words[kStart] != "0" || words[kTarget] != "crypt")
        return fail(Errc::InvalidArgument, "dmsetup: the table is not '%s'", kForm);

    CommandLine line{
        .tool = "hashalot | dmsetup", .name = options.operands[1], .device = words[kDevice]};
    line.rule = KeyRule::HashalotKey;
    line.read_only = options.has('r');
    LK_TRY(take_key(words[kKey], fed, line));
    if (line.rule == KeyRule::Digits) line.tool = "dmsetup";
    line.params.cipher = words[kCipher];
    line.params.hash = "plain";
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
