// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace latchkey::test {

// A block device over a file, if this machine and user can make one (losetup).
class LoopDevice {
  public:
    // `options` of losetup: "--sector-size=4096", "--read-only".  Returns nothing if it refuses.
    [[nodiscard]] static std::optional<LoopDevice> attach(const std::string& file,
                                                          std::vector<std::string> options = {});
    LoopDevice(LoopDevice&& from) noexcept : path_(std::move(from.path_)) { from.path_.clear(); }
    LoopDevice(const LoopDevice&) = delete;
    LoopDevice& operator=(const LoopDevice&) = delete;
    ~LoopDevice();

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    explicit LoopDevice(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

}  // namespace latchkey::test

// Declares `name`, or skips the test with the reason.
#define LATCHKEY_LOOP_OR_SKIP(name, ...)                                                 \
    const auto name##_attached = ::latchkey::test::LoopDevice::attach(__VA_ARGS__);      \
    if (!name##_attached)                                                                \
        GTEST_SKIP() << "losetup gives no loop device here (needs root and a free one)"; \
    const ::latchkey::test::LoopDevice& name = *name##_attached
