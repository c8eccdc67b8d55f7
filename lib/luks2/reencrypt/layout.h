// SPDX-License-Identifier: LGPL-2.1-or-later
// Which part of the plaintext a reencryption has done, and the segments that say so.  Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "luks2/reencryption.h"

namespace latchkey::luks2 {

// A run of the plaintext, in bytes of it.
struct PlainRange {
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> length = {};  // nothing = to the end of the plaintext
    bool operator==(const PlainRange&) const = default;

    [[nodiscard]] std::optional<std::uint64_t> end() const {
        return length ? std::optional(offset + *length) : std::nullopt;
    }
};

// Done is one run, as is the hotzone, which lies at its edge: what is being written.  The rest is old.
struct Layout {
    std::optional<std::uint64_t> size = {};  // of the plaintext; nothing = to the end of the device
    std::optional<PlainRange> done = {};
    std::optional<PlainRange> hot = {};
    // The hotzone's length is given, and the plaintext ends where it does: the device may have grown since.
    bool hot_is_last = false;
    bool operator==(const Layout&) const = default;
};

// Reads it from the regular segments.  They are not under the digest that vouches for the rest: CorruptHeader unless each
// is what `reencryption` makes of its part of the plaintext, old or new, under the right key, and no part is lost.
[[nodiscard]] Result<Layout> layout_of(const Metadata& metadata, const Reencryption& reencryption);

// With the hotzone done.
[[nodiscard]] Layout with_hot_done(const Layout& layout);

// All of the plaintext is new.
[[nodiscard]] bool all_done(const Layout& layout);

// The layout, once the proof of the reencryption agrees with `keys`, which are as keys_of_data() has them.  Where only
// the end is to come the data are those of an ordinary volume, and the proof, which needs the old key, is not asked for.
[[nodiscard]] Result<Layout> proven_layout(Context& context, const Metadata& metadata,
                                           const Reencryption& reencryption, const KeyRing& keys);

// All data are new and lie nowhere twice: to take the old keys away is all that is left, and the new key is enough for it.
[[nodiscard]] bool only_to_be_ended(const Metadata& metadata, const Reencryption& reencryption);

// Where `range` lies on the data device, in bytes: as old data, and as new.
[[nodiscard]] std::uint64_t old_place(const Reencryption& reencryption, std::uint64_t offset);
[[nodiscard]] std::uint64_t new_place(const Reencryption& reencryption, std::uint64_t offset);

// The header with the segments of `layout`; those flagged backup-* stay, behind them.
[[nodiscard]] Result<Metadata> with_layout(const Metadata& metadata,
                                           const Reencryption& reencryption, const Layout& layout);

}  // namespace latchkey::luks2
