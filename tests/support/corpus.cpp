// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/corpus.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "base/hex.h"
#include "support/images.h"
#include "support/program.h"

namespace latchkey::test {
namespace {

using nlohmann::json;

std::optional<bool> yes_or_no(const json& object, const char* key) {
    const auto member = object.find(key);
    if (member == object.end() || !member->is_boolean()) return std::nullopt;
    return member->get<bool>();
}

Bytes hex_bytes(const json& object, const char* key) {
    if (!object.contains(key)) return {};
    const auto bytes = from_hex(object.at(key).get<std::string>());
    if (!bytes) throw std::runtime_error(std::string("manifest: no hexadecimal text: ") + key);
    return *bytes;
}

CorpusEntry parse_entry(const json& object) {
    CorpusEntry entry;
    entry.id = object.at("id");
    entry.family = object.at("family");
    entry.format = object.at("format");
    const json expect = object.value("expect", json::object());
    entry.opens = yes_or_no(expect, "open");
    entry.header_valid = yes_or_no(expect, "header_valid");
    entry.reason = expect.value("reason", "");
    for (const json& slot : object.value("keyslots", json::array())) {
        CorpusKeyslot& keyslot = entry.keyslots.emplace_back();
        if (slot.contains("slot") && slot["slot"].is_number()) keyslot.slot = slot["slot"];
        keyslot.passphrase = hex_bytes(slot, "passphrase_hex");
        keyslot.unbound = slot.value("unbound", false);
    }
    entry.volume_key = hex_bytes(object, "volume_key");
    for (const json& file : object.value("files", json::array()))
        entry.files.push_back({file.at("role"), file.at("file"), file.value("archive", ""),
                               file.value("size", std::uint64_t{0})});
    entry.all = object;
    return entry;
}

}  // namespace

std::filesystem::path Corpus::place() {
    const char* shared = std::getenv("LATCHKEY_SHARED");
    return (shared ? std::filesystem::path(shared) : source_dir() / ".." / "shared") / "corpus";
}

std::optional<Corpus> Corpus::find() {
    Corpus corpus;
    corpus.directory_ = place();
    std::ifstream manifest(corpus.directory_ / "manifest.json");
    if (!manifest) return std::nullopt;
    const json all = json::parse(manifest);  // lives longer than the loop over a part of it
    for (const json& object : all.at("entries")) corpus.entries_.push_back(parse_entry(object));
    return corpus;
}

std::vector<CorpusEntry> Corpus::family(std::string_view name) const {
    std::vector<CorpusEntry> chosen;
    std::ranges::copy_if(entries_, std::back_inserter(chosen),
                         [&](const CorpusEntry& entry) { return entry.family == name; });
    return chosen;
}

const CorpusEntry& Corpus::entry(std::string_view id) const {
    const auto found = std::ranges::find(entries_, id, &CorpusEntry::id);
    if (found == entries_.end()) throw std::runtime_error("no corpus entry " + std::string(id));
    return *found;
}

Bytes Corpus::load(const CorpusEntry& entry, std::string_view role) const {
    const auto file = std::ranges::find(entry.files, role, &CorpusFile::role);
    if (file == entry.files.end())
        throw std::runtime_error(entry.id + " has no file " + std::string(role));
    if (file->archive.empty()) return load_image(directory_ / file->file);
    ProgramResult result = run_program({"tar", "-xOf", plain_archive(file->archive), file->file});
    if (result.status != 0) throw std::runtime_error("cannot unpack " + file->file);
    return std::move(result.output);
}

std::string Corpus::plain_archive(const std::string& name) const {
    const std::string plain = *scratch_ / name + ".tar";
    if (std::filesystem::exists(plain)) return plain;
    if (run_program({"zstd", "-qd", "--long=27", "--sparse", directory_ / name, "-o", plain})
            .status != 0)
        throw std::runtime_error("cannot decompress " + name);
    return plain;
}

}  // namespace latchkey::test
