// SPDX-License-Identifier: LGPL-2.1-or-later
// What a reencryption says to the users of the data, in terms of the header; model/data_users.h.
#pragma once

#include <optional>

#include "luks2/reencrypt/layout.h"
#include "model/data_users.h"

namespace latchkey::luks2 {

class Users {
  public:
    // `users` is null if no process uses the data.  `keys` are all keys of the data, in any order.
    Users(model::DataUsers* users, const KeyRing& keys) : users_(users), keys_(keys) {}

    [[nodiscard]] bool any() const { return users_ != nullptr; }
    [[nodiscard]] bool adopted() const { return adopted_; }
    [[nodiscard]] bool waiting() const {
        return any() && adopted_ && users_->waiting().has_value();
    }

    // Prepares the mapping.  Returns the layout with the hotzone for which I/O waits since an earlier run; without a
    // hotzone if that one is done, or if nothing waits.  CorruptHeader if header and mapping contradict each other.
    [[nodiscard]] Result<Layout> adopt(const Metadata& metadata, const Reencryption& reencryption,
                                       const Layout& layout, std::uint64_t plaintext_size);
    // Prepares the mapping of a volume whose reencryption has ended, and lets all I/O go on.
    [[nodiscard]] Result<void> adopt_ended(const Metadata& metadata);
    // Lets I/O to the hotzone of `layout` wait.
    [[nodiscard]] Result<void> hold(const Metadata& metadata, const Reencryption& reencryption,
                                    const Layout& layout);
    [[nodiscard]] Result<void> release();
    // Call this after an error.  If I/O waits, it fails.  If the header lists the hotzone (`in_header`), all I/O to it
    // fails until it is recovered; if not, the mapping goes on as `metadata` says.  Returns the error, with what was
    // not possible.
    [[nodiscard]] Error give_up(Error error, const Metadata& metadata, bool in_header);
    // Makes an ordinary mapping, if nothing waits.
    [[nodiscard]] Result<void> leave(const Metadata& metadata);

  private:
    model::DataUsers* users_;
    const KeyRing& keys_;
    bool adopted_ = false;
};

// Returns `layout` with the part that waits as its hotzone, or without one if the part is done.  CorruptHeader if it is
// neither that nor the next one.  Pure.
[[nodiscard]] Result<Layout> with_waiting(const Layout& layout, const Reencryption& reencryption,
                                          const PlainRange& part, std::uint64_t plaintext_size);

}  // namespace latchkey::luks2
