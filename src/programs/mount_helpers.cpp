// SPDX-License-Identifier: GPL-2.0-or-later
// The programs that mount(8) and umount(8) call for volumes.
#include "cli/program.h"
#include "mount/helper.h"

namespace latchkey::cli {
namespace {

int run_mount(const OurProgram& program, const char*, std::span<const char* const> words) {
    return run_mount_helper(program.name, true, words);
}

int run_unmount(const OurProgram& program, const char*, std::span<const char* const> words) {
    return run_mount_helper(program.name, false, words);
}

}  // namespace

extern const OurProgram kMountHelper{.name = "mount.crypto_LUKS", .run = &run_mount};
extern const OurProgram kUnmountHelper{.name = "umount.crypto_LUKS", .run = &run_unmount};

}  // namespace latchkey::cli
