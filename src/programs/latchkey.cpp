// SPDX-License-Identifier: GPL-2.0-or-later
// The program under its own name.
#include "cli/actions.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/rules.h"
#include "cli/topics.h"
#include "programs/command_line.h"

namespace latchkey::cli {

namespace {

std::string own_version(PeerRelease) {
    return "latchkey " LATCHKEY_VERSION;
}

}  // namespace

extern const OurProgram kLatchkey{
    .name = "latchkey",
    .version = &own_version,
    .actions = &all_actions,
    .options = &all_options,
    .topics = &all_topics,
    .rules = &all_rules,
    .tasks = &daily_tasks,
    .default_type = "luks",
    .help = &long_help_text,
    .greeting = &greeting_text,
    .keyslots_by_name = true,
    .always_explains = true,
    .run = &run_command_line,
};

}  // namespace latchkey::cli
