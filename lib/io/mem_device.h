// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <shared_mutex>

#include "io/block_device.h"

namespace latchkey::io {

// A device in memory, for tests and for programs that hold an image themselves.  It can grow if its topology says that
// it is a regular file.
class MemDevice final : public BlockDevice {
  public:
    explicit MemDevice(Bytes bytes, std::string name = "<memory>", const Topology& topology = {});

    // Returns the live bytes.  Do not use them while another thread writes or across grow().
    [[nodiscard]] ByteView bytes() const { return bytes_; }
    [[nodiscard]] MutableByteView bytes() { return bytes_; }

    [[nodiscard]] Result<void> read(std::uint64_t offset, MutableByteView into) const override;
    [[nodiscard]] Result<void> write(std::uint64_t offset, ByteView bytes) override;
    [[nodiscard]] Result<void> flush() override { return {}; }
    [[nodiscard]] Result<void> grow(std::uint64_t size) override;
    void shrink(std::uint64_t size) override;
    [[nodiscard]] std::uint64_t size() const override;
    [[nodiscard]] Topology topology() const override { return topology_; }
    [[nodiscard]] bool read_only() const override { return false; }
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] Result<std::unique_ptr<Lock>> lock(LockMode mode, const LockWait& wait) override;

  private:
    mutable std::shared_mutex growing_;  // exclusive while grow() may move the storage
    Bytes bytes_;
    std::string name_;
    Topology topology_;
};

}  // namespace latchkey::io
