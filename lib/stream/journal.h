// SPDX-License-Identifier: LGPL-2.1-or-later
// How far a copy came, in a small text file that a power cut leaves old or new.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "latchkey/error.h"

namespace latchkey::stream {

// What makes it the same copy.
struct CopyIdentity {
    std::string text;               // the caller's: UUIDs or paths; without control characters
    std::uint64_t from_bytes = 0;
    std::uint64_t to_bytes = 0;
    friend bool operator==(const CopyIdentity&, const CopyIdentity&) = default;
};

class Journal {
  public:
    // "" = a journal that remembers nothing.
    Journal(std::string path, CopyIdentity identity)
        : path_(std::move(path)), identity_(std::move(identity)) {}

    // Bytes from the start that are in place; 0 if there is no file.  InvalidArgument if it is another copy's or no
    // journal at all.
    [[nodiscard]] Result<std::uint64_t> load() const;
    // What is before `done_bytes` is on stable storage already.
    [[nodiscard]] Result<void> save(std::uint64_t done_bytes) const;
    void remove() const;
    [[nodiscard]] bool used() const { return !path_.empty(); }

  private:
    std::string path_;
    CopyIdentity identity_;
};

// The file's text, and back; InvalidArgument for any other text.
[[nodiscard]] std::string journal_text(const CopyIdentity& identity, std::uint64_t done_bytes);
struct JournalEntry {
    CopyIdentity identity;
    std::uint64_t done_bytes = 0;
};
[[nodiscard]] Result<JournalEntry> parse_journal(std::string_view text);

}  // namespace latchkey::stream
