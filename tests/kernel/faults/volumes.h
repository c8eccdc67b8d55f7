// SPDX-License-Identifier: GPL-2.0-or-later
// Volumes to open under a real kernel, and checks that nothing of them is left.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "latchkey/mapping.h"
#include "latchkey/secret.h"
#include "support/temp_dir.h"

namespace latchkey::test {

// A volume whose key this program knows only masked, so that only the library has the key in memory.
class SampleVolume {
  public:
    enum class Kind : std::uint8_t { Luks1, Luks2, Plain };
    // Formats a file; with `on_block_device` on a separate loop device, so that activation meets a block device.
    SampleVolume(Kind kind, std::string path, bool on_block_device = false);
    SampleVolume(SampleVolume&&) = delete;
    ~SampleVolume();

    // Opens it with a plan, and the key that a keyslot gave.
    [[nodiscard]] Result<void> open(const std::string& name, const ActivateOptions& options = {});
    [[nodiscard]] Result<void> open(Context& context, const std::string& name,
                                    const ActivateOptions& options = {});
    [[nodiscard]] Result<void> refresh(const std::string& name, const ActivateOptions& options);
    [[nodiscard]] Result<void> resize(const std::string& name, std::uint64_t sectors);
    [[nodiscard]] Result<void> resume(const std::string& name);

    [[nodiscard]] const std::string& path() const { return path_; }
    // Returns the key's bytes, each XORed with kMask.
    [[nodiscard]] const std::vector<unsigned char>& masked_key() const { return masked_key_; }
    static constexpr unsigned char kMask = 0x5a;

  private:
    [[nodiscard]] VolumeKey key() const;
    [[nodiscard]] Result<Device> device(Context& context) const;

    Kind kind_;
    std::string path_;
    std::string loop_;
    MappingPlan plan_;
    std::vector<unsigned char> masked_key_;
};

// Closes it in the normal way.
[[nodiscard]] Result<void> close_mapping(const std::string& name);

// Returns mappings, loop devices over our files, nodes in /dev/mapper, volume keys visible to any user, and
// semaphores of cookies; "" if there are none.  Waits a moment for things that the kernel removes later.
[[nodiscard]] std::string leftovers();
// Returns those that must not exist even during a mapping: keys.
[[nodiscard]] std::string visible_keys();

}  // namespace latchkey::test
