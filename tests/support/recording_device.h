// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "io/block_device.h"

namespace latchkey::test {

struct RecordedWrite {
    std::uint64_t offset = 0;
    Bytes bytes;
};
struct RecordedFlush {};
struct RecordedGrow {
    std::uint64_t size = 0;
};
using TraceEvent = std::variant<RecordedWrite, RecordedFlush, RecordedGrow>;
using Trace = std::vector<TraceEvent>;

// Forwards all calls and records those that change the device, in order.  For one thread.
class RecordingDevice final : public io::BlockDevice {
  public:
    explicit RecordingDevice(std::shared_ptr<io::BlockDevice> base) : base_(std::move(base)) {}

    [[nodiscard]] const Trace& trace() const { return trace_; }
    void forget() { trace_.clear(); }

    [[nodiscard]] Result<void> read(std::uint64_t offset, MutableByteView into) const override {
        return base_->read(offset, into);
    }
    [[nodiscard]] Result<void> write(std::uint64_t offset, ByteView bytes) override {
        LK_TRY(base_->write(offset, bytes));
        trace_.emplace_back(RecordedWrite{offset, Bytes(bytes.begin(), bytes.end())});
        return {};
    }
    [[nodiscard]] Result<void> flush() override {
        LK_TRY(base_->flush());
        trace_.emplace_back(RecordedFlush{});
        return {};
    }
    [[nodiscard]] Result<void> grow(std::uint64_t wanted) override {
        if (wanted <= size()) return {};
        LK_TRY(base_->grow(wanted));
        trace_.emplace_back(RecordedGrow{wanted});
        return {};
    }
    [[nodiscard]] std::uint64_t size() const override { return base_->size(); }
    [[nodiscard]] io::Topology topology() const override { return base_->topology(); }
    [[nodiscard]] bool read_only() const override { return base_->read_only(); }
    [[nodiscard]] const std::string& name() const override { return base_->name(); }
    [[nodiscard]] Result<std::unique_ptr<Lock>> lock(LockMode mode,
                                                     const io::LockWait& wait) override {
        return base_->lock(mode, wait);
    }

  private:
    std::shared_ptr<io::BlockDevice> base_;
    Trace trace_;
};

}  // namespace latchkey::test
