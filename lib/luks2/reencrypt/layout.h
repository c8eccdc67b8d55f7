// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the plaintext that a reencryption has done, and the segments that describe it.  Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "luks2/reencryption.h"

namespace latchkey::luks2 {

// A range of the plaintext, in bytes.
struct PlainRange {
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> length = {};  // nothing = to the end of the plaintext
    bool operator==(const PlainRange&) const = default;

    [[nodiscard]] std::optional<std::uint64_t> end() const {
        return length ? std::optional(offset + *length) : std::nullopt;
    }
};

// The finished part is one range.  The hotzone, which is being written, is one range at its edge.  The rest is old.
struct Layout {
    std::optional<std::uint64_t> size = {};  // of the plaintext; nothing = to the end of the device
    std::optional<PlainRange> done = {};
    std::optional<PlainRange> hot = {};
    // The hotzone has a length, and the plaintext ends at its end: the device may have grown since.
    bool hot_is_last = false;
    bool operator==(const Layout&) const = default;
};

// Reads the layout from the regular segments.  The proof does not cover these segments: CorruptHeader unless each one
// is old or new data exactly as `reencryption` defines them for its part of the plaintext, has the right key, and no
// part is missing.
[[nodiscard]] Result<Layout> layout_of(const Metadata& metadata, const Reencryption& reencryption);

// Returns the layout with the hotzone done.
[[nodiscard]] Layout with_hot_done(const Layout& layout);

// Returns whether all of the plaintext is new.
[[nodiscard]] bool all_done(const Layout& layout);

// Returns the layout after checking the proof of the reencryption with `keys`, ordered as by keys_of_data().  If only
// the end is missing, the data are those of an ordinary volume; the proof needs the old key and is not checked.
[[nodiscard]] Result<Layout> proven_layout(Context& context, const Metadata& metadata,
                                           const Reencryption& reencryption, const KeyRing& keys);

// Returns whether all data are new and lie in one place only.  Then only the old keys must be removed, for which the
// new key is enough.
[[nodiscard]] bool only_to_be_ended(const Metadata& metadata, const Reencryption& reencryption);

// Returns the offset of `range` on the data device in bytes, for old data and for new data.
[[nodiscard]] std::uint64_t old_place(const Reencryption& reencryption, std::uint64_t offset);
[[nodiscard]] std::uint64_t new_place(const Reencryption& reencryption, std::uint64_t offset);

// Returns the header with the segments of `layout`, followed by those flagged backup-*.
[[nodiscard]] Result<Metadata> with_layout(const Metadata& metadata,
                                           const Reencryption& reencryption, const Layout& layout);

}  // namespace latchkey::luks2
