// SPDX-License-Identifier: GPL-2.0-or-later
// Groups of options, so that an action lists options by purpose.
#pragma once

#include <array>
#include <cstddef>

#include "cli/options.h"

namespace latchkey::cli {

template <std::size_t N>
using OptionGroup = const OptionSpec* const[N];

inline constexpr OptionGroup<3> kVolumeOptions = {&opt::type, &opt::header, &opt::disable_locks};
inline constexpr OptionGroup<2> kPluginOptions = {&opt::disable_external_tokens,
                                                  &opt::external_tokens_path};
inline constexpr OptionGroup<2> kChangeOptions = {&opt::dry_run, &opt::backup_dir};
inline constexpr OptionGroup<6> kSecretOptions = {
    &opt::key_file, &opt::keyfile_offset,    &opt::keyfile_size,
    &opt::timeout,  &opt::verify_passphrase, &opt::tries,
};
inline constexpr OptionGroup<3> kNewSecretOptions = {&opt::new_keyfile_offset,
                                                     &opt::new_keyfile_size, &opt::force_password};
inline constexpr OptionGroup<7> kKdfOptions = {
    &opt::pbkdf,        &opt::iter_time,      &opt::pbkdf_force_iterations,
    &opt::pbkdf_memory, &opt::pbkdf_parallel, &opt::unlock_on,
    &opt::hash,
};
inline constexpr OptionGroup<2> kAreaOptions = {&opt::keyslot_cipher, &opt::keyslot_key_size};

// Joins several groups into one list.
template <std::size_t... N>
consteval auto join(const OptionGroup<N>&... groups) {
    std::array<const OptionSpec*, (N + ...)> joined{};
    std::size_t at = 0;
    (
        [&] {
            for (const OptionSpec* option : groups) joined[at++] = option;
        }(),
        ...);
    return joined;
}

}  // namespace latchkey::cli
