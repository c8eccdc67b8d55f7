// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/peer_release.h"

#include <cerrno>
#include <cstddef>
#include <iterator>

#ifndef LATCHKEY_COMPAT
#error "the build says which release this is"
#endif

namespace latchkey {
namespace {

constexpr PeerHabits kReleases[] = {
    {.name = "2.6",
     .version = "2.6.1",
     .plain_cipher = "aes-cbc-essiv:sha256",
     .plain_hash = "ripemd160",
     .warns_of_each_default = false,
     .looks_at_contents = true,
     .caps_forced_costs = true,
     .refuses_many_lanes = false,
     .refuses_long_labels = false,
     .status = StatusLayout::PlainUnits,
     .inactive_exit = 4,
     .refused_table = {4, ENODEV},
     .missing_key = {4, ENODEV}},
    {.name = "2.7",
     .version = "2.7.5",
     .plain_cipher = "aes-xts-plain64",
     .plain_hash = "sha256",
     .warns_of_each_default = true,
     .looks_at_contents = true,
     .caps_forced_costs = false,
     .refuses_many_lanes = false,
     .refuses_long_labels = false,
     .status = StatusLayout::TagSize,
     .inactive_exit = 4,
     .refused_table = {5, EBUSY},
     .missing_key = {1, ENOKEY}},
    {.name = "2.8",
     .version = "2.8.8",
     .plain_cipher = "aes-xts-plain64",
     .plain_hash = "sha256",
     .warns_of_each_default = true,
     .looks_at_contents = true,
     .caps_forced_costs = false,
     .refuses_many_lanes = true,
     .refuses_long_labels = true,
     .status = StatusLayout::Bracketed,
     .inactive_exit = 4,
     .refused_table = {5, EBUSY},
     .missing_key = {1, ENOKEY}},
};

constexpr PeerRelease release_at(std::size_t index) {
    return static_cast<PeerRelease>(index + static_cast<std::size_t>(PeerRelease::V2_6));
}

constexpr std::size_t index_of(std::string_view name) {
    std::size_t index = 0;
    while (index < std::size(kReleases) && kReleases[index].name != name) ++index;
    return index;
}

constexpr std::size_t kBuilt = index_of(LATCHKEY_COMPAT);
static_assert(kBuilt < std::size(kReleases), "LATCHKEY_COMPAT is 2.6, 2.7 or 2.8");

constexpr PeerHabits of_2004() {
    PeerHabits habits = kReleases[kBuilt];
    habits.name = "0.1";
    habits.plain_cipher = "aes-cbc-plain";
    habits.plain_hash = "ripemd160";
    habits.warns_of_each_default = false;
    habits.looks_at_contents = false;
    habits.status = StatusLayout::Of2004;
    habits.inactive_exit = 1;
    return habits;
}
constexpr PeerHabits kOf2004 = of_2004();

}  // namespace

PeerRelease built_peer_release() noexcept {
    return release_at(kBuilt);
}

std::optional<PeerRelease> find_peer_release(std::string_view name) {
    if (name == kOf2004.name) return PeerRelease::Of2004;
    const std::size_t index = index_of(name);
    if (index == std::size(kReleases)) return std::nullopt;
    return release_at(index);
}

const PeerHabits& habits_of(PeerRelease release) noexcept {
    if (release == PeerRelease::Of2004) return kOf2004;
    return kReleases[static_cast<std::size_t>(release) -
                     static_cast<std::size_t>(PeerRelease::V2_6)];
}

}  // namespace latchkey
