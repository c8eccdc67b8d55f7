// SPDX-License-Identifier: LGPL-2.1-or-later
// Queries, answered from the loaded header.
#include "latchkey/volume.h"

#include "formats/format.h"
#include "formats/keyslot_refusal.h"
#include "volume/guard.h"
#include "volume/new_keyslot.h"

namespace latchkey {

Volume::Volume(Device device, std::unique_ptr<formats::LoadedHeader> header)
    : device_(std::move(device)), header_(std::move(header)) {}
Volume::Volume(Volume&&) noexcept = default;
Volume& Volume::operator=(Volume&&) noexcept = default;
Volume::~Volume() = default;

VolumeInfo Volume::info() const {
    return header_->info();
}
std::vector<KeyslotInfo> Volume::keyslots() const {
    return header_->keyslots();
}
Result<KeyslotArea> Volume::keyslot_area(int number) const {
    LK_TRY(check_keyslot_number(header_->type(), number));
    LK_ASSIGN(const ByteRange area, header_->keyslot_area(number));
    return KeyslotArea{.offset = area.offset, .size = area.length};
}
std::vector<TokenInfo> Volume::tokens() const {
    return header_->tokens();
}
Fact Volume::describe() const {
    return header_->describe();
}
Result<std::string> Volume::metadata_json() const {
    return header_->metadata_json();
}
const Device& Volume::device() const {
    return device_;
}

Result<int> Volume::max_keyslots(std::string_view type) {
    LK_ASSIGN(const formats::Format* format, formats::find(type));
    return format->max_keyslots;
}

Result<std::uint64_t> Volume::usual_data_offset(const FormatParams& params) {
    LK_ASSIGN(const formats::Format* format, formats::find(params.type));
    return format->usual_data_offset(params);
}

Result<void> Volume::check_keyslot_number(std::string_view type, int number) {
    LK_ASSIGN(const int count, max_keyslots(type));
    return formats::check_keyslot_number(number, count);
}
Result<void> Volume::check_free_keyslot(std::optional<int> number) const {
    return volume::check_free_keyslot(*header_, number);
}
Result<void> Volume::check_active_keyslot(int number) const {
    LK_TRY(check_keyslot_number(header_->type(), number));
    LK_TRY(volume::find_keyslot(header_->keyslots(), number));
    return {};
}

int Volume::human_keyslots(std::optional<int> without) const {
    return volume::human_keyslots(header_->keyslots(), without);
}

}  // namespace latchkey
