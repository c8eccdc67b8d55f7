// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>

#include "latchkey/legacy.h"
#include "legacy/stages.h"

namespace latchkey::legacy {
namespace {

Result<CommandLine> parse_stages(std::vector<Words> stages, std::string_view losetup,
                                 const ReadTable& read_table) {
    // "echo TABLE | dmsetup create x".  In any other place an echo would be a passphrase.
    std::string table;
    if (stages.size() >= 2 && stages[stages.size() - 2][0] == "echo" &&
        stages.back()[0] == "dmsetup") {
        const Words& words = stages[stages.size() - 2];
        for (std::size_t i = 1; i < words.size(); ++i) table += (i == 1 ? "" : " ") + words[i];
        stages.erase(stages.end() - 2);
    }
    std::optional<Hashalot> fed;
    if (stages.size() >= 2) {
        Words last = std::move(stages.back());
        stages.pop_back();
        LK_ASSIGN(fed, take_hashalot(stages));
        stages.push_back(std::move(last));
    }
    if (stages.size() != 1)
        return fail(Errc::InvalidArgument,
                    "the command line has a stage '%s' that is not known here",
                    stages[stages.size() - 2][0].c_str());
    const std::string& tool = stages[0][0];
    if (tool == "losetup") return parse_losetup(stages[0], fed, losetup);
    if (tool == "cryptsetup") return parse_cryptsetup_01(stages[0], fed);
    if (tool == "cryptsetup.sh") return parse_cryptsetup_script(stages[0]);
    if (tool == "dmsetup") return parse_dmsetup(stages[0], fed, table, read_table);
    if (is_hashalot(tool))
        return fail(Errc::InvalidArgument,
                    "hashalot alone maps nothing: the line goes on with '| dmsetup create ...'");
    return fail(Errc::InvalidArgument,
                "'%s' is not losetup, hashalot, dmsetup, cryptsetup or cryptsetup.sh",
                tool.c_str());
}

}  // namespace

Result<CommandLine> parse_command_line(const std::vector<std::string>& words,
                                       std::string_view losetup, const ReadTable& read_table) {
    if (!losetup.empty() && std::ranges::find(kLosetups, losetup) == std::end(kLosetups))
        return fail(Errc::InvalidArgument, "losetup '%.*s' is not debian, util-linux or loop-aes",
                    static_cast<int>(losetup.size()), losetup.data());
    Words split = words;
    if (words.size() == 1) {
        LK_ASSIGN(split, split_line(words[0]));
    }
    LK_ASSIGN(auto stages, split_stages(split));
    LK_ASSIGN(CommandLine line, parse_stages(std::move(stages), losetup, read_table));
    if (line.hashalot.hash.empty()) return line;
    // Checks before a passphrase is asked for that hashalot's output can be made, and how long it is.
    Hashalot bytes = line.hashalot;
    bytes.hex = false;
    LK_ASSIGN(const SecretBuffer sample, hashalot(bytes, Passphrase(SecretBuffer())));
    if (line.rule == KeyRule::HashalotKey) {
        if (sample.size() > plain::kMaxKeyBytes)
            return fail(Errc::InvalidArgument, "no key has %zu bytes", sample.size());
        line.params.key_bytes = static_cast<std::uint32_t>(sample.size());
        line.params.hash = "plain";
    }
    return line;
}

Result<MappingPlan> plan(const CommandLine& line) {
    plain::Params params = line.params;
    // The size is unknown until the key is typed; until then the plan has the most common size.
    if (line.rule == KeyRule::Digits && params.key_bytes == 0)
        params.key_bytes = plain::Params{}.key_bytes;
    return plain::plan(params);
}

}  // namespace latchkey::legacy
