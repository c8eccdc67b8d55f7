// SPDX-License-Identifier: GPL-2.0-or-later
// The only list of programs.
#include <algorithm>

#include "cli/program.h"

namespace latchkey::cli {

extern const OurProgram kLatchkey;
extern const OurProgram kCryptsetup;
extern const OurProgram kMountHelper;
extern const OurProgram kUnmountHelper;

namespace {

constexpr const OurProgram* kPrograms[] = {
    &kLatchkey,
    &kCryptsetup,
    &kMountHelper,
    &kUnmountHelper,
};

}  // namespace

std::vector<const OptionSpec*> OurProgram::shown_options() const {
    std::vector<const OptionSpec*> shown;
    for (const OptionSpec* option : options()) {
        const bool heeded = std::ranges::any_of(
            actions(), [option](const Action* action) { return action->heeds(*option); });
        if (heeded || shows_every_option) shown.push_back(option);
    }
    return shown;
}

std::span<const OurProgram* const> all_programs() {
    return kPrograms;
}

const OurProgram& program_called(std::string_view called_as) {
    const std::string_view name = called_as.substr(called_as.rfind('/') + 1);
    const auto found = std::ranges::find(kPrograms, name, &OurProgram::name);
    return found == std::end(kPrograms) ? *kPrograms[0] : **found;
}

}  // namespace latchkey::cli
