// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/loop_device.h"

#include <unistd.h>

#include "support/program.h"

namespace latchkey::test {

std::optional<LoopDevice> LoopDevice::attach(const std::string& file,
                                             std::vector<std::string> options) {
    // losetup's message would look like a failure, although the test is only skipped.
    if (::access("/dev/loop-control", R_OK | W_OK) != 0) return std::nullopt;
    options.insert(options.begin(), {"losetup", "--find", "--show"});
    options.push_back(file);
    const ProgramResult result = run_program(options);
    std::string path(reinterpret_cast<const char*>(result.output.data()), result.output.size());
    if (result.status != 0 || path.empty()) return std::nullopt;
    path.pop_back();  // the newline
    return LoopDevice(std::move(path));
}

LoopDevice::~LoopDevice() {
    if (!path_.empty()) (void)run_program({"losetup", "--detach", path_});
}

}  // namespace latchkey::test
