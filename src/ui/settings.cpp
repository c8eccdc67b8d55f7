// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/settings.h"

#include "cli/action.h"
#include "cli/options.h"

namespace latchkey::cli {

Settings settings_for(const OurProgram& program, std::string_view called_as,
                      const Arguments& args) {
    Settings settings;
    settings.program = called_as;
    settings.name = program.name;
    if (args.action != nullptr) settings.action = args.action->name;
    if (args.has(opt::verbose)) settings.verbosity = 1;
    if (args.has(opt::debug)) settings.verbosity = 2;
    if (args.has(opt::debug_json)) settings.verbosity = 3;
    settings.json = args.has(opt::json);
    settings.batch = args.has(opt::batch_mode);
    settings.dry_run = args.has(opt::dry_run);
    settings.verify_passphrase = args.has(opt::verify_passphrase);
    settings.tries = args.get(opt::tries).value_or(3);
    settings.progress_seconds = args.get(opt::progress_frequency);
    settings.progress_json = args.has(opt::progress_json);
    return settings;
}

bool always_explains(const Settings& settings) {
    return program_called(settings.name).always_explains;
}

}  // namespace latchkey::cli
