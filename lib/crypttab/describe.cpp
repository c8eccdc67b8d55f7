// SPDX-License-Identifier: LGPL-2.1-or-later
// Describes files, findings and the table of options as facts, for text and JSON.
#include "base/i18n.h"
#include "base/strprintf.h"
#include "latchkey/crypttab.h"
#include "latchkey/wording.h"

namespace latchkey::crypttab {
namespace {

Fact object(std::string key, std::vector<Fact> children) {
    return {.key = std::move(key),
            .in_text = false,
            .kind = Fact::Kind::Object,
            .children = std::move(children)};
}
Fact array(std::string key) {
    return {.key = std::move(key), .in_text = false, .kind = Fact::Kind::Array};
}
Fact text(std::string key, std::string_view value) {
    return {.key = std::move(key), .value = std::string(value), .in_text = false};
}
Fact number(std::string key, std::uint64_t value) {
    return {.key = std::move(key), .value = value, .in_text = false};
}
Fact flag(std::string key, bool value) {
    return {.key = std::move(key), .value = value, .in_text = false};
}
// Makes a line that appears in text output only.
Fact line_fact(const std::string& line) {
    return {.key = "", .text = latchkey::shown(line)};
}

struct Facts {
    std::vector<Fact> facts = {};
    void text_if(const char* key, const std::string& value) {
        if (!value.empty()) facts.push_back(text(key, value));
    }
    void number_if(const char* key, const std::optional<std::uint64_t>& value) {
        if (value) facts.push_back(number(key, *value));
    }
    void flag_if(const char* key, bool value) {
        if (value) facts.push_back(flag(key, true));
    }
};

// Omits unset fields, except those that always have a value.
Fact volume_fact(const Meaning& volume) {
    Facts all;
    all.facts = {flag("opens", !volume.skipped),   text("name", volume.name),
                 text("device", volume.source),    text("type", name_of(volume.type)),
                 text("key", name_of(volume.key)), number("tries", volume.tries)};
    all.text_if("refusal", volume.refusal);
    all.text_if("key_path", volume.key_path);
    all.text_if("key_device", volume.key_device);
    all.text_if("keyscript", volume.script);
    if (!volume.tokens.empty()) {
        Fact tokens = array("tokens");
        for (const std::string& token : volume.tokens) tokens.children.push_back(text({}, token));
        all.facts.push_back(std::move(tokens));
    }
    all.text_if("timeout", volume.timeout);
    all.text_if("header", volume.header);
    all.text_if("header_device", volume.header_device);
    all.text_if("cipher", volume.cipher);
    all.text_if("hash", volume.hash);
    all.number_if("key_bits", volume.key_bits);
    all.number_if("offset_sectors", volume.offset_sectors);
    all.number_if("skip_sectors", volume.skip_sectors);
    all.number_if("sector_size", volume.sector_size);
    all.number_if("key_slot", volume.key_slot);
    all.number_if("keyfile_offset_bytes", volume.keyfile_offset_bytes);
    all.number_if("keyfile_size_bytes", volume.keyfile_size_bytes);
    all.flag_if("read_only", volume.read_only);
    all.flag_if("discard", volume.discard);
    all.flag_if("noauto", volume.no_auto);
    all.flag_if("nofail", volume.no_fail);
    all.flag_if("netdev", volume.net_dev);
    all.flag_if("initramfs", volume.initramfs);
    all.flag_if("noearly", volume.no_early);
    all.flag_if("headless", volume.headless);
    all.flag_if("swap", volume.swap);
    all.text_if("tmp", volume.tmp);
    all.text_if("check", volume.check);
    all.text_if("check_argument", volume.check_argument);
    return object(std::string(name_of(volume.reader)), std::move(all.facts));
}

Fact option_fact(const Option& option) {
    std::vector<Fact> facts = {text("name", option.name), number("column", option.column),
                               flag("known", option.row != nullptr)};
    if (option.value) facts.push_back(text("value", *option.value));
    return object({}, std::move(facts));
}

std::string list_line(const Meaning& volume) {
    std::string line =
        strprintf("%-16s %-8s %s", volume.name.c_str(), std::string(name_of(volume.reader)).c_str(),
                  std::string(name_of(volume.type)).c_str());
    if (volume.skipped) return line + " " + translate(N_("not opened"));
    line += strprintf(" %s %s", volume.source.c_str(), std::string(name_of(volume.key)).c_str());
    if (!volume.key_path.empty()) line += ":" + volume.key_path;
    if (!volume.key_device.empty()) line += ":" + volume.key_device;
    if (volume.no_auto) line += " noauto";
    if (volume.swap) line += " swap";
    if (!volume.tmp.empty()) line += " tmp=" + volume.tmp;
    return line;
}

Fact entry_fact(const Line& line, Readers readers) {
    Fact fact = object({}, {number("line", line.number)});
    for (const Readers reader : {Readers::Systemd, Readers::Debian}) {
        if (!has(readers, reader)) continue;
        const Entry entry = read_entry(line, reader);
        const Meaning volume = meaning(entry);
        Fact read = volume_fact(volume);
        Fact options = array("options");
        for (const Option& option : entry.options) options.children.push_back(option_fact(option));
        read.children.push_back(std::move(options));
        fact.children.push_back(std::move(read));
        fact.children.push_back(line_fact(list_line(volume)));
    }
    return fact;
}

std::string finding_line(const Finding& finding, std::string_view file_name) {
    std::string line = strprintf("%s:%u:%u: %s", std::string(file_name).c_str(), finding.line,
                                 finding.column, std::string(name_of(finding.severity)).c_str());
    if (finding.readers != Readers::Both)
        line += strprintf(" (%s)", std::string(name_of(finding.readers)).c_str());
    line += ": " + finding.message;
    if (finding.suggestion.empty()) return line;
    return line + strprintf(translate("; did you mean '%s'?"), finding.suggestion.c_str());
}

std::string_view name_of(ValueKind kind) {
    switch (kind) {
        case ValueKind::Flag: return "none";
        case ValueKind::Text: return "text";
        case ValueKind::OptionalText: return "optional-text";
        case ValueKind::AnyText: return "any-text";
        case ValueKind::Number: return "number";
        case ValueKind::KeyBits: return "key-bits";
        case ValueKind::SectorBytes: return "sector-bytes";
        case ValueKind::Switch: return "switch";
        case ValueKind::YesNo: return "yes-no";
        case ValueKind::Choice: return "choice";
        case ValueKind::Duration: return "duration";
        case ValueKind::Path: return "path";
        case ValueKind::AbsolutePath: return "absolute-path";
        case ValueKind::AutoOrPath: return "auto-or-path";
        case ValueKind::Base64: return "base64";
        case ValueKind::Pcrs: return "pcrs";
        case ValueKind::YesNoOrPcr: return "yes-no-or-pcr";
        case ValueKind::Pkcs11: return "pkcs11-uri";
        case ValueKind::KeyringKey: break;
    }
    return "keyring-key";
}

std::string_view name_of(Topic topic) {
    switch (topic) {
        case Topic::Kind: return "kind";
        case Topic::Cipher: return "cipher";
        case Topic::Device: return "device";
        case Topic::Asking: return "asking";
        case Topic::Boot: break;
    }
    return "boot";
}

Fact row_fact(const OptionRow& row) {
    Fact fact = object(
        {}, {text("name", row.name), text("topic", name_of(row.topic)),
             text("value", name_of(row.value)), text("readers", crypttab::name_of(row.readers))});
    if (!row.choices.empty()) fact.children.push_back(text("choices", row.choices));
    if (row.since != 0) fact.children.push_back(number("since_systemd", row.since));
    if (row.until != 0) fact.children.push_back(number("until_systemd", row.until));
    if (!row.debian_since.empty())
        fact.children.push_back(text("since_cryptsetup", row.debian_since));
    if (!row.implies.empty()) fact.children.push_back(text("implies", row.implies));
    Fact aliases = array("aliases");
    for (const OptionRow::Alias& alias : row.aliases)
        if (!alias.name.empty())
            aliases.children.push_back(object(
                {}, {text("name", alias.name), text("readers", crypttab::name_of(alias.readers))}));
    fact.children.push_back(std::move(aliases));
    const auto said = [&](const char* key, const char* words) {
        if (*words != '\0') fact.children.push_back(text(key, translate(words)));
    };
    said("systemd", row.systemd);
    said("debian", row.debian);
    fact.children.push_back(
        line_fact(strprintf("%-26s %s", std::string(row.name).c_str(),
                            std::string(crypttab::name_of(row.readers)).c_str())));
    return fact;
}

}  // namespace

Fact describe(const File& file, Readers readers) {
    Fact entries = array("entries");
    for (const Line& line : file.lines)
        if (!line.words.empty()) entries.children.push_back(entry_fact(line, readers));
    return object({}, {std::move(entries)});
}

Fact describe(std::span<const Finding> findings, std::string_view file_name) {
    Fact list = array("findings");
    for (const Finding& finding : findings) {
        Fact fact = object({}, {number("line", finding.line), number("column", finding.column),
                                text("severity", name_of(finding.severity)),
                                text("readers", name_of(finding.readers)), text("id", finding.id),
                                text("message", finding.message)});
        if (!finding.suggestion.empty())
            fact.children.push_back(text("suggestion", finding.suggestion));
        fact.children.push_back(line_fact(finding_line(finding, file_name)));
        list.children.push_back(std::move(fact));
    }
    return object({}, {text("file", file_name), std::move(list)});
}

Fact describe_options() {
    Fact list = array("options");
    for (const OptionRow& row : options()) list.children.push_back(row_fact(row));
    return object({}, {std::move(list)});
}

}  // namespace latchkey::crypttab
