// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/envelope.h"

#include "text/wording.h"

namespace latchkey::cli {
namespace {

Fact object(std::string key) {
    return {.key = std::move(key), .kind = Fact::Kind::Object};
}
Fact array(std::string key) {
    return {.key = std::move(key), .kind = Fact::Kind::Array};
}
Fact member(std::string key, std::string value) {
    return {.key = std::move(key), .value = std::move(value)};
}

std::string without_newlines(std::string text) {
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

Fact error_fact(const Error& error, std::string_view action, int exit_status,
                PeerRelease speaks_as) {
    Fact fact = object("error");
    fact.children.push_back(member("code", std::string(info(error.code).name)));
    fact.children.push_back(
        {.key = "exit_status", .value = static_cast<std::uint64_t>(exit_status)});
    const std::string message = without_newlines(peer_words(error, speaks_as));
    fact.children.push_back(member("message", message));
    // The library's message, if the printed sentence is more general.
    if (message_says_more(error)) fact.children.push_back(member("detail", error.message));
    if (const std::string hint = advice(error, action); !hint.empty())
        fact.children.push_back(member("hint", hint));
    return fact;
}

}  // namespace

Fact envelope_fact(Envelope envelope) {
    Fact root = object("");
    root.children.push_back(member("schema", std::string(kSchema)));
    Fact action = member("action", std::string(envelope.action));
    if (envelope.action.empty()) action.value = std::monostate();
    root.children.push_back(std::move(action));
    root.children.push_back({.key = "ok", .value = envelope.error == nullptr});
    if (envelope.error != nullptr)
        root.children.push_back(
            error_fact(*envelope.error, envelope.action, envelope.exit_status, envelope.speaks_as));
    if (envelope.error == nullptr || envelope.result) {
        Fact result = std::move(envelope.result).value_or(Fact{});
        result.key = "result";
        result.kind = Fact::Kind::Object;
        root.children.push_back(std::move(result));
    }
    Fact warnings = array("warnings");
    for (std::string& warning : envelope.warnings)
        warnings.children.push_back(member("", without_newlines(std::move(warning))));
    root.children.push_back(std::move(warnings));
    if (envelope.dry_run) {
        Fact devices = array("devices");
        devices.children = *std::move(envelope.dry_run);
        Fact dry_run = object("dry_run");
        dry_run.children.push_back(std::move(devices));
        root.children.push_back(std::move(dry_run));
    }
    return root;
}

}  // namespace latchkey::cli
