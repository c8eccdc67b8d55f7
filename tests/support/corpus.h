// SPDX-License-Identifier: GPL-2.0-or-later
// Images that other programs wrote, with their passphrases and keys.  They are not part of the project: they are in
// $LATCHKEY_SHARED/corpus, or in ../shared/corpus beside the source tree.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "latchkey/secret.h"
#include "support/temp_dir.h"

namespace latchkey::test {

struct CorpusKeyslot {
    std::optional<int> slot = {};  // empty: a passphrase that opens no slot
    Bytes passphrase = {};
    bool unbound = false;

    [[nodiscard]] Passphrase secret() const {
        return Passphrase(SecretBuffer::copy_of(passphrase));
    }
};

struct CorpusFile {
    std::string role;  // "image", "header", "data", "keyfile..."
    std::string file;  // in the corpus, or inside `archive`
    std::string archive = {};
    std::uint64_t size = 0;
};

struct CorpusEntry {
    std::string id = {};
    std::string family = {};
    std::string format = {};
    std::optional<bool> opens = {};         // expect.open, if it is yes or no
    std::optional<bool> header_valid = {};  // expect.header_valid
    std::string reason = {};                // the reason for a refusal
    std::vector<CorpusKeyslot> keyslots = {};
    Bytes volume_key = {};
    std::vector<CorpusFile> files = {};
    nlohmann::json all = {};  // everything else in the manifest
};

class Corpus {
  public:
    // Returns nothing if this machine has none: see LATCHKEY_CORPUS_OR_SKIP.
    [[nodiscard]] static std::optional<Corpus> find();
    // Returns the folder that was searched.
    [[nodiscard]] static std::filesystem::path place();

    [[nodiscard]] const std::vector<CorpusEntry>& entries() const { return entries_; }
    [[nodiscard]] std::vector<CorpusEntry> family(std::string_view name) const;
    // Throws std::runtime_error if the entry does not exist.
    [[nodiscard]] const CorpusEntry& entry(std::string_view id) const;
    // Returns the bytes of one of its files; "image" is the default role.
    [[nodiscard]] Bytes load(const CorpusEntry& entry, std::string_view role = "image") const;

  private:
    // Decompresses an archive once: most of it becomes holes, which tar skips.
    [[nodiscard]] std::string plain_archive(const std::string& name) const;

    std::filesystem::path directory_;
    std::vector<CorpusEntry> entries_;
    std::shared_ptr<const TempDir> scratch_ = std::make_shared<TempDir>();
};

}  // namespace latchkey::test

// Declares `name`, or skips the test with the reason.
#define LATCHKEY_CORPUS_OR_SKIP(name)                                        \
    const auto name##_found = ::latchkey::test::Corpus::find();              \
    if (!name##_found)                                                       \
        GTEST_SKIP() << "no corpus at " << ::latchkey::test::Corpus::place() \
                     << " (LATCHKEY_SHARED names its parent)";               \
    const ::latchkey::test::Corpus& name = *name##_found
