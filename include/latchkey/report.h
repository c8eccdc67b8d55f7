// SPDX-License-Identifier: LGPL-2.1-or-later
// One model, two renderings: what there is to say about a volume, as text and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "latchkey/error.h"

namespace latchkey {

// A fact, said once: `key` names it for programs (JSON, stable), `label` and `suffix` are the text
// around the value, exactly as luksDump and status print it.  Renderers know nothing of LUKS.
struct Fact {
    enum class Kind : std::uint8_t { Value, Object, Array };

    std::string key;         // JSON member name; "" = text only
    std::string label = {};  // text before the value, tabs and padding included; translated
    std::variant<std::monostate, std::string, std::uint64_t, bool> value = {};
    std::string suffix = {};  // text behind the value: " [bytes]"
    std::string text = {};    // shown instead of the value, where text and JSON differ
    bool in_text = true;      // false: JSON only
    Kind kind = Kind::Value;
    std::vector<Fact> children = {};
};

// Lines, each ended by '\n': label + (text or value) + suffix of every fact with in_text, depth first.  A fact
// without in_text has no line of its own; its children decide for themselves.  Control characters
// are shown as "\x1b" (latchkey/wording.h): a header must not drive the terminal.  Newlines and tabs of `label`, `text` and
// `suffix` stay, those of values are shown, too.
LATCHKEY_API std::string to_text(const Fact& fact);

// Compact JSON, or indented by `indent` blanks, without a newline at the end.  Members keep their order.  In an
// object, facts with an empty key are left out; the children of those, and of facts of Kind::Value, stand
// among its members.  Elements of an array need no key.  Bytes that are not UTF-8 become U+FFFD;
// what may drive a terminal is written as "\u009b".
LATCHKEY_API std::string to_json(const Fact& fact, int indent = -1);

}  // namespace latchkey
