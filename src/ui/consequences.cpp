// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/consequences.h"

#include <algorithm>

#include "text/format.h"
#include "ui/size_text.h"

namespace latchkey::cli {
namespace {

const KeyslotInfo* find(const std::vector<KeyslotInfo>& slots, int number) {
    const auto found = std::ranges::find(slots, number, &KeyslotInfo::number);
    return found == slots.end() ? nullptr : &*found;
}

// Returns "keyslot 0 'main'".
std::string called(const KeyslotInfo& slot) {
    return slot.name.empty() ? text("keyslot %d", slot.number)
                             : text("keyslot %d '%s'", slot.number, slot.name.c_str());
}

bool touches(const std::vector<ByteRange>& changed, const KeyslotInfo& slot) {
    return std::ranges::any_of(changed, [&slot](const ByteRange& range) {
        return range.offset < slot.area_offset + slot.area_size &&
               slot.area_offset < range.offset + range.length;
    });
}

bool opens_data(const Volume& volume) {
    return std::ranges::any_of(
        volume.keyslots(), [](const KeyslotInfo& slot) { return slot.usable && !slot.unbound; });
}

// Returns the size of the data on the header's device; 0 if they are elsewhere.
std::uint64_t data_bytes(const Volume& volume) {
    const VolumeInfo info = volume.info();
    if (info.data_size != 0 || info.data_offset == 0) return info.data_size;
    return volume.device().size() - std::min(volume.device().size(), info.data_offset);
}

std::string loss(const Volume& volume) {
    const std::uint64_t bytes = data_bytes(volume);
    return bytes == 0 ? text("the data are lost")
                      : text("data on %s are lost", size_text(bytes).c_str());
}

void compare_keyslots(std::vector<std::string>& lines, const Volume& before, const Volume& after,
                      const std::vector<ByteRange>& changed) {
    const auto old = before.keyslots();
    const auto now = after.keyslots();
    for (const KeyslotInfo& slot : old)
        if (find(now, slot.number) == nullptr)
            lines.push_back(text("%s goes", called(slot).c_str()));
    for (const KeyslotInfo& slot : now) {
        const KeyslotInfo* const was = find(old, slot.number);
        if (was == nullptr)
            lines.push_back(text("%s is added", called(slot).c_str()));
        else if (touches(changed, slot) && before.info().type == after.info().type)
            lines.push_back(text("%s gets another passphrase or cost", called(*was).c_str()));
        else if (was->name != slot.name)
            lines.push_back(slot.name.empty() ? text("%s loses its name", called(*was).c_str())
                                              : text("keyslot %d gets the name '%s'", slot.number,
                                                     slot.name.c_str()));
        if (was != nullptr && was->priority != slot.priority)
            lines.push_back(text("%s gets another priority", called(slot).c_str()));
    }
}

void compare_tokens(std::vector<std::string>& lines, const Volume& before, const Volume& after) {
    const auto has = [](const std::vector<TokenInfo>& tokens, const TokenInfo& one) {
        return std::ranges::any_of(tokens, [&one](const TokenInfo& other) {
            return other.number == one.number && other.type == one.type;
        });
    };
    // Names have sentences of their own.
    const auto is_names = [](const TokenInfo& token) { return token.type == "latchkey-names"; };
    for (const TokenInfo& token : before.tokens())
        if (!is_names(token) && !has(after.tokens(), token))
            lines.push_back(text("token %d (%s) goes", token.number, token.type.c_str()));
    for (const TokenInfo& token : after.tokens())
        if (!is_names(token) && !has(before.tokens(), token))
            lines.push_back(text("token %d (%s) is added", token.number, token.type.c_str()));
}

}  // namespace

std::vector<std::string> consequences(const Volume* before, const Volume* after,
                                      const std::vector<ByteRange>& changed) {
    std::vector<std::string> lines;
    if (changed.empty()) return lines;
    if (before == nullptr && after != nullptr)
        lines.push_back(text("a %s header is written", after->info().type.c_str()));
    if (before == nullptr) return lines;
    const bool new_key =
        after != nullptr && before->info().uuid != after->info().uuid &&
        touches(changed, after->keyslots().empty() ? KeyslotInfo{} : after->keyslots().front());
    if (after == nullptr || new_key) {
        lines.push_back(text("the %s header goes; %s unless there is a backup of it",
                             before->info().type.c_str(), loss(*before).c_str()));
        return lines;
    }
    if (before->info().type != after->info().type)
        lines.push_back(text("the %s header becomes a %s header", before->info().type.c_str(),
                             after->info().type.c_str()));
    compare_keyslots(lines, *before, *after, changed);
    if (opens_data(*before) && !opens_data(*after)) {
        const std::string lost = loss(*before);
        if (lines.empty())
            lines.push_back(lost);
        else
            lines.back() = text("%s; %s", lines.back().c_str(), lost.c_str());
    }
    compare_tokens(lines, *before, *after);
    if (before->info().uuid != after->info().uuid)
        lines.push_back(text("the UUID becomes %s", after->info().uuid.c_str()));
    if (before->info().label != after->info().label)
        lines.push_back(text("the label becomes '%s'", after->info().label.c_str()));
    return lines;
}

}  // namespace latchkey::cli
