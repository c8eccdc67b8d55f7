// SPDX-License-Identifier: LGPL-2.1-or-later
// Creates a volume: makes all of it in memory over the present contents, then writes it at once.
#include "formats/format.h"

#include <cinttypes>
#include <utility>

#include "crypto/kdf.h"
#include "latchkey/sectors.h"
#include "latchkey/volume.h"
#include "volume/cut_start.h"
#include "volume/draft.h"
#include "volume/format_defaults.h"
#include "volume/new_keyslot.h"

namespace latchkey {
namespace {

// A shorter file contains no header, and its contents must not be overwritten by one.
Result<void> check_growing_file(const Device& metadata, const FormatParams& params) {
    const bool may_be_empty = params.detached;
    if (!metadata.regular_file() || metadata.size() >= kSectorSize) return {};
    if (metadata.size() == 0 && may_be_empty) return {};
    return fail(Errc::DeviceTooSmall,
                "file %s of %" PRIu64 " bytes is too small, and is not extended",
                metadata.name().c_str(), metadata.size());
}

// Checks a forced KDF cost before anything is written, even if the keyslot is added only later.
Result<void> check_forced_cost(Context& context, const volume::Draft& draft,
                               const FormatParams& params) {
    if (!params.kdf.forced_iterations) return {};
    LK_ASSIGN(
        const formats::KeyslotSpec spec,
        volume::decide_keyslot(context, *draft.header, {.kdf = params.kdf}, draft.key.size()));
    return crypto::check_kdf_cost(spec.kdf, context.policy.kdf);
}

}  // namespace

Result<FormatParams> Volume::check_format(Context& context, const FormatParams& params) {
    return volume::complete_format_params(context, params);
}

Result<void> Volume::check_room(const Device& metadata, const std::optional<Device>& data,
                                const FormatParams& params) {
    LK_ASSIGN(const formats::Format* format, formats::find(params.type));
    LK_TRY(check_growing_file(metadata, params));
    LK_TRY(volume::check_not_begun(metadata));
    if (format->check_room == nullptr) return {};
    return format->check_room(*metadata.io(), data ? data->io().get() : nullptr, params);
}

Result<Volume::Formatted> Volume::format(Context& context, Device metadata,
                                         const std::optional<Device>& data,
                                         const FormatParams& params, SecretBuffer volume_key) {
    LK_ASSIGN(volume::Draft draft,
              volume::make_draft(context, metadata, data, params, std::move(volume_key)));
    LK_TRY(check_forced_cost(context, draft, params));
    LK_ASSIGN(auto header, volume::write_draft(context, metadata, data, params, draft));
    return Formatted{Volume(std::move(metadata), std::move(header)), std::move(draft.key)};
}

Result<Volume::Formatted> Volume::format(Context& context, Device metadata,
                                         const std::optional<Device>& data,
                                         const FormatParams& params, SecretBuffer volume_key,
                                         const Passphrase& passphrase, const NewKeyslot& keyslot) {
    LK_ASSIGN(volume::Draft draft,
              volume::make_draft(context, metadata, data, params, std::move(volume_key)));
    LK_TRY(volume::check_free_keyslot(*draft.header, keyslot.number));
    LK_ASSIGN(const formats::KeyslotSpec spec,
              volume::decide_keyslot(context, *draft.header, keyslot, draft.key.size()));
    LK_ASSIGN(const int number,
              volume::as_no_room(draft.header->add_keyslot(context, draft.key, passphrase, spec)));
    LK_ASSIGN(auto header, volume::write_draft(context, metadata, data, params, draft));
    return Formatted{Volume(std::move(metadata), std::move(header)), std::move(draft.key), number};
}

}  // namespace latchkey
