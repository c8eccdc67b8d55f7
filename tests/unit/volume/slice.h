// SPDX-License-Identifier: GPL-2.0-or-later
// Header and data on one disk, so that a crash is explored over the writes of both.
#pragma once

#include <memory>
#include <string>

#include "io/block_device.h"

namespace latchkey::test {

// A part of another device, as a separate device.
class Slice final : public io::BlockDevice {
  public:
    Slice(std::shared_ptr<io::BlockDevice> whole, std::uint64_t begin, std::uint64_t size)
        : whole_(std::move(whole)), begin_(begin), size_(size) {}
    Result<void> read(std::uint64_t offset, MutableByteView into) const override {
        return whole_->read(begin_ + offset, into);
    }
    Result<void> write(std::uint64_t offset, ByteView bytes) override {
        return whole_->write(begin_ + offset, bytes);
    }
    Result<void> flush() override { return whole_->flush(); }
    Result<void> grow(std::uint64_t size) override {
        if (size <= size_) return {};
        return fail(Errc::NoSpace, "a slice does not grow");
    }
    std::uint64_t size() const override { return size_; }
    io::Topology topology() const override { return whole_->topology(); }
    bool read_only() const override { return false; }
    const std::string& name() const override { return whole_->name(); }
    Result<std::unique_ptr<Lock>> lock(LockMode, const io::LockWait&) override {
        return std::make_unique<Lock>();
    }

  private:
    std::shared_ptr<io::BlockDevice> whole_;
    std::uint64_t begin_;
    std::uint64_t size_;
};

}  // namespace latchkey::test
