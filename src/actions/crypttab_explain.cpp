// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/crypttab.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

Fact sentences_fact(std::string key, const std::vector<std::string>& sentences) {
    Fact fact{.key = std::move(key), .kind = Fact::Kind::Array};
    for (const std::string& sentence : sentences) fact.children.push_back(text_fact({}, sentence));
    return fact;
}

void say_sentences(Ui& ui, const std::vector<std::string>& sentences) {
    for (const std::string& sentence : sentences) ui.say("    %s", sentence.c_str());
}

void say_explanation(Ui& ui, const crypttab::Explanation& explanation) {
    ui.say("Line %u: %s on %s", explanation.line, explanation.name.c_str(),
           explanation.source.c_str());
    for (const crypttab::Account& account : explanation.accounts) {
        if (account.reader == crypttab::Readers::Systemd)
            ui.say("  Under systemd:");
        else
            ui.say("  Under Debian's scripts:");
        say_sentences(ui, account.sentences);
    }
    if (!explanation.differences.empty()) {
        ui.say("  Where they differ:");
        say_sentences(ui, explanation.differences);
    }
}

Fact explanation_fact(const crypttab::Explanation& explanation) {
    Fact fact{
        .key = {},
        .kind = Fact::Kind::Object,
        .children = {number_fact("line", explanation.line), text_fact("name", explanation.name),
                     text_fact("device", explanation.source)}};
    for (const crypttab::Account& account : explanation.accounts)
        fact.children.push_back(
            sentences_fact(std::string(crypttab::name_of(account.reader)), account.sentences));
    fact.children.push_back(sentences_fact("differences", explanation.differences));
    return fact;
}

// Compares with the name as one of the readers decodes it: to Debian's scripts a\040b is "a b".
bool is_called(const crypttab::Line& line, const Crypttab& tab) {
    for (const crypttab::Readers reader : {crypttab::Readers::Systemd, crypttab::Readers::Debian})
        if (has(tab.readers, reader) && crypttab::read_entry(line, reader).name.text == tab.volume)
            return true;
    return false;
}

}  // namespace

Result<void> crypttab_explain(Ui& ui, const Arguments& /*args*/, const Crypttab& tab) {
    Fact lines{.key = "lines", .kind = Fact::Kind::Array};
    for (const crypttab::Line& line : tab.file.lines) {
        if (line.words.empty()) continue;
        if (!tab.volume.empty() && !is_called(line, tab)) continue;
        const crypttab::Explanation explanation = crypttab::explain(line, tab.readers);
        if (!lines.children.empty()) ui.print("\n");
        say_explanation(ui, explanation);
        lines.children.push_back(explanation_fact(explanation));
    }
    if (!tab.volume.empty() && lines.children.empty())
        return fail_saying(Errc::NotFound, "%s has no line for '%s'.", tab.file_name.c_str(),
                           std::string(tab.volume).c_str());
    ui.result({.key = {}, .kind = Fact::Kind::Object, .children = {std::move(lines)}});
    return {};
}

}  // namespace latchkey::cli
