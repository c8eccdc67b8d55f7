// SPDX-License-Identifier: LGPL-2.1-or-later
// How formats::Transaction reads and writes a LUKS2 header.
#pragma once

#include <memory>

#include "formats/transaction.h"
#include "luks2/metadata.h"
#include "luks2/requirements.h"
#include "luks2/store.h"

namespace latchkey::luks2 {

struct Store {
    using Header = Metadata;
    using Stored = StoredMetadata;
    using Prepared = PreparedMetadata;

    static const Metadata& header(const StoredMetadata& stored) { return stored.metadata; }
    static StoredMetadata stored(PreparedMetadata written) {
        return {.metadata = std::move(written.metadata)};
    }
    static Result<StoredMetadata> read_again(const Context& context, const io::BlockDevice& device,
                                             const StoredMetadata& known);
    static Result<void> check_same_volume(const Context& context, const io::BlockDevice& device,
                                          const StoredMetadata& now, const StoredMetadata& known);
    // KeyslotInactive if it does not exist any more.
    static Result<void> check_same_keyslot(const Metadata& known, const Metadata& now, int number);
    static Result<PreparedMetadata> prepare(Context& context, const io::BlockDevice& device,
                                            const Metadata& next) {
        return prepare_metadata(context, device, next);
    }
    // Reports a damaged copy that this heals.
    static Result<void> write(Context& context, const std::shared_ptr<io::BlockDevice>& device,
                              const StoredMetadata& before, const PreparedMetadata& next);
};
using Transaction = formats::Transaction<Store>;

// Checks under the lock that a verb may change the header.  UnmetRequirement or NotSupported for requirements that are
// not in `allowed`.  The commit heals a damaged copy: CorruptHeader if `heal` forbids that, or if another signature
// lies where LUKS2 would be written.
[[nodiscard]] Result<void> admit(const std::shared_ptr<io::BlockDevice>& device,
                                 const StoredMetadata& now, bool heal, Requirements allowed);

// Returns CorruptHeader, in the peer's words, if libblkid finds anything except LUKS on the device: the copy may be
// damaged because something else was written there.
[[nodiscard]] Result<void> refuse_foreign_signatures(
    const std::shared_ptr<io::BlockDevice>& device);

}  // namespace latchkey::luks2
