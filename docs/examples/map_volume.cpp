// SPDX-License-Identifier: GPL-2.0-or-later
// Opens a volume under a name, says where its plaintext is, waits for Enter, and closes it.
// Usage: map_volume DEVICE PASSPHRASE NAME
#include <latchkey/mapping.h>
#include <latchkey/volume.h>

#include "common.h"

int main(int count, char** words) {
    if (count != 4) return std::fputs("usage: map_volume DEVICE PASSPHRASE NAME\n", stderr), 1;
    latchkey::Context context;
    const auto device =
        or_exit(latchkey::Device::open(context, words[1], latchkey::Access::ReadWrite));
    const auto volume = or_exit(latchkey::Volume::load(context, device));
    // For a mapping only keyslots of the data's key will do.
    const auto opened =
        or_exit(volume.unlock(context, passphrase_of(words[2]), {.any_segment = false}));
    const auto plan = or_exit(volume.plan(context, opened));

    // Device-mapper where the system has it and allows it; else a process of the library's own serves the plaintext
    // as a file.  Whatever fails, nothing stays behind.
    const auto mapping =
        or_exit(latchkey::mapping::activate(context, plan, opened.key, device, words[3]));
    std::printf("%s (by %s): press Enter to close\n", mapping.path.c_str(),
                mapping.backend.c_str());
    std::fflush(stdout);
    (void)std::getchar();

    if (const auto closed = latchkey::mapping::close(context, words[3]); !closed) {
        std::fprintf(stderr, "%s\n", closed.error().message.c_str());
        for (const auto& holder : latchkey::mapping::holders(mapping))
            std::fprintf(stderr, "held by %s\n", holder.what.c_str());
        return latchkey::info(closed.error().code).exit_status;
    }
}
