// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/unlock_profile.h"

#include <algorithm>
#include <string>

#include "cli/value.h"

namespace latchkey::cli {
namespace {

constexpr std::uint64_t kLeastMemory = 1024 * 1024;  // bytes; a kernel alone needs more
constexpr std::uint64_t kMostCpus = 65536;
constexpr std::uint64_t kMostSpeed = 10000;  // hundredths

Error bad_number(std::string_view word, std::uint64_t least, std::uint64_t most) {
    return fail(Errc::InvalidArgument, "--unlock-on: '%s' is not a number within %llu and %llu",
                std::string(word).c_str(), static_cast<unsigned long long>(least),
                static_cast<unsigned long long>(most));
}

Result<std::uint32_t> number_within(std::string_view word, std::string_view value,
                                    std::uint64_t most) {
    const auto number = parse_integer(value);
    if (!number || number->negative || number->magnitude < 1 || number->magnitude > most)
        return bad_number(word, 1, most);
    return static_cast<std::uint32_t>(number->magnitude);
}

Result<void> take_word(UnlockProfile& profile, std::string_view word) {
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : word.substr(equals + 1);
    if (name == "memory") {
        const auto bytes = parse_size(value);
        if (!bytes || *bytes < kLeastMemory)
            return fail(Errc::InvalidArgument, "--unlock-on: '%s' is not a size of 1 MiB or more",
                        std::string(word).c_str());
        profile.memory_kib = *bytes / 1024;
    } else if (name == "cpus") {
        LK_ASSIGN(profile.cpus, number_within(word, value, kMostCpus));
    } else if (name == "speed") {
        LK_ASSIGN(profile.speed, number_within(word, value, kMostSpeed));
    } else {
        return fail(Errc::InvalidArgument,
                    "--unlock-on: '%s' is not memory=SIZE, cpus=NUMBER or speed=PERCENT",
                    std::string(word).c_str());
    }
    return {};
}

}  // namespace

Result<UnlockProfile> parse_unlock_profile(std::string_view text) {
    UnlockProfile profile;
    std::string_view rest = text;
    for (bool more = true; more;) {
        const std::size_t comma = rest.find(',');
        const std::string_view word = rest.substr(0, comma);
        const std::string_view name = word.substr(0, word.find('='));
        more = comma != std::string_view::npos;
        rest = more ? rest.substr(comma + 1) : std::string_view();
        for (std::string_view later = rest; !later.empty();) {
            const std::size_t end = later.find(',');
            const std::string_view other = later.substr(0, end);
            if (other.substr(0, other.find('=')) == name)
                return fail(Errc::InvalidArgument, "--unlock-on: '%s' is given twice",
                            std::string(name).c_str());
            later = end == std::string_view::npos ? std::string_view() : later.substr(end + 1);
        }
        LK_TRY(take_word(profile, word));
    }
    return profile;
}

KdfRequest for_machine(const UnlockProfile& profile, KdfRequest request) {
    // As KdfRequest says: unset or 0 means the default.
    constexpr std::uint64_t kDefaultMemoryKib = 1'048'576;
    constexpr std::uint32_t kDefaultLanes = 4;
    if (profile.memory_kib != 0) {
        const std::uint64_t asked = request.memory_kib.value_or(0);
        request.memory_kib =
            std::min(asked == 0 ? kDefaultMemoryKib : asked, profile.memory_kib / 2);
    }
    if (profile.cpus != 0) {
        const std::uint32_t asked = request.lanes.value_or(0);
        request.lanes = std::min(asked == 0 ? kDefaultLanes : asked, profile.cpus);
    }
    request.time_ms = std::max<std::uint64_t>(1, request.time_ms * profile.speed / 100);
    return request;
}

}  // namespace latchkey::cli
