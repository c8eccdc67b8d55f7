// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/reencrypt/end.h"

#include <algorithm>

#include "base/i18n.h"
#include "base/json.h"
#include "base/without_progress.h"
#include "formats/outcome.h"
#include "io/wipe.h"
#include "luks2/header_disk.h"
#include "luks2/json_edit.h"
#include "luks2/names.h"

namespace latchkey::luks2 {
namespace {

// Returns the keyslots to remove: the one of the reencryption, and those of the old key.
std::vector<int> keyslots_that_go(const Reencryption& r) {
    std::vector<int> numbers{r.keyslot->number};
    if (r.old_key != nullptr && r.old_key != r.new_key)
        numbers.insert(numbers.end(), r.old_key->keyslots.begin(), r.old_key->keyslots.end());
    return numbers;
}

// Returns the size of the keyslots area for a header whose data begin at `data_offset`; unchanged if the data lie
// elsewhere.
std::uint64_t keyslots_bytes(const Metadata& metadata, std::uint64_t data_offset) {
    const std::uint64_t copies = 2 * metadata.binary.header_size;
    if (data_offset <= copies) return metadata.config().keyslots_size;
    const std::uint64_t room = data_offset - copies;
    return std::min(room - room % kKeyslotsSizeUnit, kMaxKeyslotsSize);
}

Result<void> overwrite(Context& context, io::BlockDevice& data, const ByteRange& range) {
    const WithoutProgress quiet(context);
    return io::wipe(context, data, range, io::WipePattern::Random);
}

// Returns the range at the end where data that moved towards the beginning still lie a second time.
std::optional<ByteRange> old_end(const Reencryption& r, const io::BlockDevice& data) {
    const std::uint64_t shift = r.keyslot->area.shift_size;
    if (!r.keyslot->area.type.starts_with("datashift") || r.keyslot->direction != "forward" ||
        shift > data.size())
        return std::nullopt;
    return ByteRange{.offset = data.size() - shift, .length = shift};
}

}  // namespace

bool keeps_clear_data(const Reencryption& reencryption) {
    return reencryption.keyslot->mode == "encrypt" && reencryption.moved != nullptr &&
           reencryption.moved->size;
}

Result<void> overwrite_clear_data(Context& context, const Metadata& metadata,
                                  const Reencryption& reencryption, io::BlockDevice& data) {
    if (!keeps_clear_data(reencryption)) return {};
    // The data begin behind the header, which was written over the first of the old ones; not always over all of them.
    const std::uint64_t header_end =
        2 * metadata.binary.header_size + metadata.config().keyslots_size;
    const std::uint64_t data_begin = std::min(reencryption.final->offset, data.size());
    if (header_end < data_begin)
        LK_TRY(overwrite(context, data, {.offset = header_end, .length = data_begin - header_end}));
    return overwrite(context, data,
                     {.offset = reencryption.moved->offset, .length = *reencryption.moved->size});
}

Result<Metadata> ended(const Metadata& metadata, const Reencryption& reencryption) {
    const std::vector<int> gone = keyslots_that_go(reencryption);
    Metadata next = metadata;
    for (const int number : gone) {
        LK_ASSIGN(next, with_name(next, number, ""));
    }
    const std::uint64_t keyslots_size = keyslots_bytes(next, reencryption.final->offset);
    return next.edited([&](Json& document) {
        for (const int number : gone) remove_keyslot(document, number);
        end_reencryption(document, reencryption.new_key == nullptr
                                       ? std::nullopt
                                       : std::optional(reencryption.new_key->number));
        document["config"]["keyslots_size"] = std::to_string(keyslots_size);
    });
}

Result<void> overwrite_remains(Context& context, Transaction& change, const Metadata& before,
                               const Reencryption& reencryption, io::BlockDevice& data) {
    const auto left = [](Result<void> overwritten) {
        return overwritten
                   ? overwritten
                   : formats::unfinished(std::move(overwritten).error(),
                                         translate("the volume is reencrypted, but what is left "
                                                   "of the old one is not all overwritten"));
    };
    const WithoutProgress quiet(context);
    for (const int number : keyslots_that_go(reencryption))
        if (const Keyslot* keyslot = before.keyslot(number))
            LK_TRY(left(change.wipe_area(keyslot->area.range())));
    if (const auto end = old_end(reencryption, data)) LK_TRY(left(overwrite(context, data, *end)));
    return {};
}

}  // namespace latchkey::luks2
