// SPDX-License-Identifier: LGPL-2.1-or-later
// cryptsetup 0.1: "cryptsetup [options] create <name> <device>".
#include "base/i18n.h"
#include "legacy/stages.h"

namespace latchkey::legacy {
namespace {

constexpr OldOption kCryptsetup01Options[] = {
    {'c', "cipher", true},   {'h', "hash", true},     {'y', "verify-passphrase"},
    {'d', "key-file", true}, {'s', "key-size", true}, {'b', "size", true},
    {'o', "offset", true},   {'p', "skip", true},     {'r', "readonly"},
    {'v', "verbose"},        {'q', "batch-mode"},
};

bool is_stdin(const std::string& file) {
    return file == "-" || file == "/dev/stdin";
}

}  // namespace

Result<CommandLine> parse_cryptsetup_01(const Words& stage, const std::optional<Hashalot>& fed) {
    LK_ASSIGN(const OldOptions options, parse_options(stage, kCryptsetup01Options));
    const Words& words = options.operands;
    if (words.empty() || (words[0] != "create" && words[0] != "reload"))
        return fail(Errc::NotSupported,
                    "cryptsetup: only 'create' and 'reload' make a mapping, not '%s'",
                    words.empty() ? "" : words[0].c_str())
            .with_hint(translate("latchkey --compat=0.1 takes the other actions as they are"));
    if (words.size() != 3)
        return fail(Errc::InvalidArgument, "cryptsetup %s takes name and device, not %zu words",
                    words[0].c_str(), words.size() - 1);

    CommandLine line{.tool = "cryptsetup 0.1", .name = words[1], .device = words[2]};
    line.read_only = options.has('r');
    line.params.cipher = options.has('c') ? options.text('c') : "aes-cbc-plain";
    line.params.hash = options.has('h') ? options.text('h') : "ripemd160";
    struct Field {
        char letter;
        std::uint64_t value = 0;
    };
    Field bits{'s', 256};
    Field size{'b'};
    Field offset{'o'};
    Field skip{'p'};
    for (Field* field : {&bits, &size, &offset, &skip})
        if (options.has(field->letter)) {
            LK_ASSIGN(field->value, number_of("cryptsetup", std::string("-") + field->letter,
                                              options.text(field->letter)));
        }
    if (bits.value == 0 || bits.value % 8 != 0 || bits.value > 8 * plain::kMaxKeyBytes)
        return fail(Errc::InvalidArgument,
                    "cryptsetup: -s %s: key size must be a multiple of 8 bits",
                    options.text('s').c_str());
    line.params.key_bytes = static_cast<std::uint32_t>(bits.value / 8);
    line.params.offset_sectors = offset.value;
    line.params.skip_sectors = skip.value;
    if (size.value != 0) line.params.size_sectors = size.value;

    line.key_file = options.text('d');
    if (fed && options.has('d') && !is_stdin(line.key_file))
        return fail(Errc::InvalidArgument, "cryptsetup -d %s does not read what hashalot prints",
                    line.key_file.c_str());
    if (fed) {
        line.tool = "hashalot | " + line.tool;
        line.hashalot = *fed;
        line.rule = options.has('d') ? KeyRule::HashalotFile : KeyRule::HashalotPassphrase;
        line.key_file.clear();
    } else if (options.has('d')) {
        line.rule = KeyRule::KeyFile;
    }
    return line;
}

Result<CommandLine> parse_cryptsetup_script(const Words& stage) {
    constexpr OldOption kOptions[] = {
        {'c', "", true}, {'h', "", true}, {'s', "", true}, {'y', ""}, {'v', ""}};
    LK_ASSIGN(const OldOptions options, parse_options(stage, kOptions));
    const Words& words = options.operands;
    if (words.size() != 3 || words[0] != "create")
        return fail(Errc::InvalidArgument,
                    "cryptsetup.sh: only 'create <name> <device>' makes a mapping");
    CommandLine line{.tool = "cryptsetup.sh", .name = words[1], .device = words[2]};
    line.params.cipher = options.has('c') ? options.text('c') : "aes";
    line.rule = KeyRule::HashalotKey;
    line.hashalot.hash = options.has('h') ? options.text('h') : "ripemd160";
    if (!is_hashalot(line.hashalot.hash) || line.hashalot.hash == "hashalot")
        return fail(Errc::InvalidArgument, "hashalot has no hash '%s'", line.hashalot.hash.c_str());
    line.hashalot.bytes = 32;
    if (options.has('s')) {
        LK_ASSIGN(line.hashalot.bytes, number_of("cryptsetup.sh", "-s", options.text('s')));
    }
    line.notes.emplace_back(translate(N_("cryptsetup.sh counts -s in bytes, not in bits")));
    return line;
}

}  // namespace latchkey::legacy
