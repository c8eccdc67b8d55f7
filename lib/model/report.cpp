// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/report.h"

#include "base/json.h"
#include "latchkey/wording.h"

namespace latchkey {
namespace {

std::string value_text(const Fact& fact) {
    if (const auto* text = std::get_if<std::string>(&fact.value)) return shown(*text);
    if (const auto* number = std::get_if<std::uint64_t>(&fact.value))
        return std::to_string(*number);
    if (const auto* truth = std::get_if<bool>(&fact.value)) return *truth ? "true" : "false";
    return {};
}

void append_text(std::string& out, const Fact& fact) {
    if (fact.in_text)
        out += without_controls(fact.label + (fact.text.empty() ? value_text(fact) : fact.text) +
                                fact.suffix) +
               '\n';
    for (const Fact& child : fact.children) append_text(out, child);
}

Json value_json(const Fact& fact) {
    if (const auto* text = std::get_if<std::string>(&fact.value)) return *text;
    if (const auto* number = std::get_if<std::uint64_t>(&fact.value)) return *number;
    if (const auto* truth = std::get_if<bool>(&fact.value)) return *truth;
    return nullptr;
}

Json to_value(const Fact& fact);

void add_members(Json& object, const std::vector<Fact>& facts) {
    for (const Fact& fact : facts) {
        if (!fact.key.empty()) object[fact.key] = to_value(fact);
        // Text output nests the children under a heading; JSON puts them beside its value.
        if (fact.key.empty() || fact.kind == Fact::Kind::Value) add_members(object, fact.children);
    }
}

Json to_value(const Fact& fact) {
    switch (fact.kind) {
        case Fact::Kind::Value: return value_json(fact);
        case Fact::Kind::Object: {
            Json object = Json::object();
            add_members(object, fact.children);
            return object;
        }
        case Fact::Kind::Array: {
            Json array = Json::array();
            for (const Fact& child : fact.children) array.push_back(to_value(child));
            return array;
        }
    }
    return nullptr;
}

}  // namespace

std::string to_text(const Fact& fact) {
    std::string out;
    append_text(out, fact);
    return out;
}

std::string to_json(const Fact& fact, int indent) {
    return shown_json(to_value(fact).dump(indent, ' ', false, Json::error_handler_t::replace));
}

}  // namespace latchkey
