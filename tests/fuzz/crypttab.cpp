// SPDX-License-Identifier: GPL-2.0-or-later
// crypttab: everything that is accepted can be checked, explained and converted, and the converted text is accepted
// again.
#include "latchkey/crypttab.h"

#include <algorithm>

#include "fuzz/explore.h"

namespace {

using namespace latchkey;
using namespace latchkey::crypttab;

void require_places(const Line& line, Readers reader) {
    const Entry entry = read_entry(line, reader);
    // A carriage return at the end is separate in `line`; for Debian's scripts it belongs to the last word.
    const std::string text = line.text + (line.carriage_return ? "\r" : "");
    const auto inside = [&](std::uint32_t column) {
        fuzz::require(column >= 1 && column <= line.text.size() + 1);
    };
    inside(entry.name.column);
    inside(entry.source.column);
    inside(entry.key.column);
    for (const Option& option : entry.options) {
        inside(option.column);
        inside(option.value_column);
        fuzz::require(std::string_view(text).substr(option.column - 1).starts_with(option.written));
    }
    (void)meaning(entry);
}

std::size_t reasons(const File& file) {
    return static_cast<std::size_t>(std::ranges::count_if(
        file.lines, [](const Line& line) { return line.text.starts_with("# not opened: "); }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const auto file = parse({reinterpret_cast<const char*>(data), size});
    if (!file) return 0;
    for (const Line& line : file->lines) {
        require_places(line, Readers::Systemd);
        require_places(line, Readers::Debian);
        (void)explain(line, Readers::Both);
    }
    for (const Finding& finding : check(*file, Readers::Both)) {
        fuzz::require(finding.line >= 1 && finding.line <= file->lines.size());
        const std::string& text = file->lines[finding.line - 1].text;
        fuzz::require(finding.column >= 1 && finding.column <= text.size() + 1);
        fuzz::require(!finding.message.empty() && !finding.id.empty());
    }
    (void)to_json(describe(*file, Readers::Both));
    for (const Readers to : {Readers::Systemd, Readers::Debian}) {
        const Conversion conversion = convert(*file, to);
        const auto again = parse(conversion.text);
        // Each line gives one line, or one with a reason above it.  Only such a line can exceed its bound, by escapes
        // and defaults.
        if (again)
            fuzz::require(again->lines.size() - reasons(*again) ==
                          file->lines.size() - reasons(*file));
    }
    return 0;
}
