// SPDX-License-Identifier: GPL-2.0-or-later
// Volumes to open under a real kernel, and what must not be left of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "latchkey/mapping.h"
#include "latchkey/secret.h"
#include "support/temp_dir.h"

namespace latchkey::test {

// A volume whose key is known only masked, so that the key itself is in no memory but the library's.
class SampleVolume {
  public:
    enum class Kind : std::uint8_t { Luks1, Luks2, Plain };
    // Formats a file; on a loop device of its own with `on_block_device`, so that activation meets a block device.
    SampleVolume(Kind kind, std::string path, bool on_block_device = false);
    SampleVolume(SampleVolume&&) = delete;
    ~SampleVolume();

    // What opens it: a plan, and the key as it comes out of a keyslot.
    [[nodiscard]] Result<void> open(const std::string& name, const ActivateOptions& options = {});
    [[nodiscard]] Result<void> open(Context& context, const std::string& name,
                                    const ActivateOptions& options = {});
    [[nodiscard]] Result<void> refresh(const std::string& name, const ActivateOptions& options);
    [[nodiscard]] Result<void> resize(const std::string& name, std::uint64_t sectors);
    [[nodiscard]] Result<void> resume(const std::string& name);

    [[nodiscard]] const std::string& path() const { return path_; }
    // The key's bytes, each with kMask over it.
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

// Closes by the normal path.
[[nodiscard]] Result<void> close_mapping(const std::string& name);

// Mappings, loop devices over files of ours, nodes in /dev/mapper, volume keys that anybody can see, and semaphores of
// cookies; "" if there is none.  Waits a moment for what the kernel takes away later.
[[nodiscard]] std::string leftovers();
// Of those, what must not be there even while a mapping is: keys.
[[nodiscard]] std::string visible_keys();

}  // namespace latchkey::test
