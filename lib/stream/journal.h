// SPDX-License-Identifier: LGPL-2.1-or-later
// How far a copy came, in a small text file that a power cut leaves old or new.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/error.h"

namespace latchkey::stream {

// What makes it the same copy.
struct CopyIdentity {
    std::string text;  // the caller's: UUIDs or paths; without control characters
    std::uint64_t from_bytes = 0;
    std::uint64_t to_bytes = 0;
    std::uint64_t to_file =
        0;  // its inode, for another file may have the name by now; 0 = no regular file
    friend bool operator==(const CopyIdentity&, const CopyIdentity&) = default;
};

// What the file says.
struct JournalEntry {
    CopyIdentity identity;
    std::uint64_t done_bytes = 0;
};

class Journal {
  public:
    // "" = a journal that remembers nothing.
    Journal(std::string path, CopyIdentity identity)
        : path_(std::move(path)), identity_(std::move(identity)) {}

    // Bytes from the start that are in place; 0 if there is no file.  InvalidArgument if it is another copy's, of
    // another file than the target, or no journal at all.
    [[nodiscard]] Result<std::uint64_t> load() const;
    // The same for a target that was made just now, so that nothing of an earlier copy is in it.
    [[nodiscard]] Result<void> check_for_new_target() const;
    // What is before `done_bytes` is on stable storage already.
    [[nodiscard]] Result<void> save(std::uint64_t done_bytes) const;
    void remove() const;
    [[nodiscard]] bool used() const { return !path_.empty(); }

  private:
    [[nodiscard]] Result<std::optional<JournalEntry>> entry() const;

    std::string path_;
    CopyIdentity identity_;
};

// The file's text, and back; InvalidArgument for any other text.
[[nodiscard]] std::string journal_text(const CopyIdentity& identity, std::uint64_t done_bytes);
[[nodiscard]] Result<JournalEntry> parse_journal(std::string_view text);

}  // namespace latchkey::stream
