// SPDX-License-Identifier: LGPL-2.1-or-later
// Records the progress of a copy in a small text file, which after a power failure is either old or new.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/error.h"

namespace latchkey::stream {

// Identifies a copy.
struct CopyIdentity {
    std::string text;  // from the caller: UUIDs or paths; without control characters
    std::uint64_t from_bytes = 0;
    std::uint64_t to_bytes = 0;
    std::uint64_t to_file =
        0;  // its inode, because another file may have the name by now; 0 = not a regular file
    friend bool operator==(const CopyIdentity&, const CopyIdentity&) = default;
};

// The contents of the file.
struct JournalEntry {
    CopyIdentity identity;
    std::uint64_t done_bytes = 0;
};

class Journal {
  public:
    // "" = a journal that stores nothing.
    Journal(std::string path, CopyIdentity identity)
        : path_(std::move(path)), identity_(std::move(identity)) {}

    // Returns the number of bytes from the start that are copied; 0 if there is no file.  InvalidArgument if the file
    // belongs to another copy or target, or is not a journal.
    [[nodiscard]] Result<std::uint64_t> load() const;
    // Does the same for a target that was just created, so it contains nothing of an earlier copy.
    [[nodiscard]] Result<void> check_for_new_target() const;
    // Call only when everything before `done_bytes` is on stable storage.
    [[nodiscard]] Result<void> save(std::uint64_t done_bytes) const;
    void remove() const;
    [[nodiscard]] bool used() const { return !path_.empty(); }

  private:
    [[nodiscard]] Result<std::optional<JournalEntry>> entry() const;

    std::string path_;
    CopyIdentity identity_;
};

// Convert the contents to text and back; InvalidArgument for any other text.
[[nodiscard]] std::string journal_text(const CopyIdentity& identity, std::uint64_t done_bytes);
[[nodiscard]] Result<JournalEntry> parse_journal(std::string_view text);

}  // namespace latchkey::stream
