// SPDX-License-Identifier: GPL-2.0-or-later
// A volume in storage of the program's own, here memory: formatted, unlocked, written and read.
// Usage: own_storage PASSPHRASE
#include <latchkey/block_device.h>
#include <latchkey/crypt_device.h>
#include <latchkey/volume.h>

#include <algorithm>
#include <vector>

#include "common.h"

namespace {

class InMemory final : public latchkey::BlockDevice {
  public:
    explicit InMemory(std::size_t size) : bytes_(size) {}

    latchkey::Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override {
        if (!fits(offset, into.size())) return too_small();
        std::copy_n(bytes_.data() + offset, into.size(), into.data());
        return {};
    }
    latchkey::Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override {
        if (!fits(offset, from.size())) return too_small();
        std::copy_n(from.data(), from.size(), bytes_.data() + offset);
        return {};
    }
    latchkey::Result<void> flush() override { return {}; }
    latchkey::Result<void> grow(std::uint64_t size) override {
        if (size > bytes_.size()) return too_small();
        return {};
    }
    std::uint64_t size() const override { return bytes_.size(); }
    latchkey::DeviceTopology topology() const override { return {}; }
    bool read_only() const override { return false; }
    const std::string& name() const override { return name_; }
    // No other process can reach these bytes, so that there is nothing to lock.
    latchkey::Result<std::unique_ptr<Lock>> lock(LockMode, const latchkey::LockWait&) override {
        return std::make_unique<Lock>();
    }

  private:
    bool fits(std::uint64_t offset, std::size_t length) const {
        return offset <= bytes_.size() && length <= bytes_.size() - offset;
    }
    static latchkey::Error too_small() {
        return latchkey::fail(latchkey::Errc::DeviceTooSmall, "the memory ends before that");
    }

    std::vector<std::byte> bytes_;
    std::string name_ = "<own memory>";
};

}  // namespace

int main(int count, char** words) {
    if (count != 2) return std::fputs("usage: own_storage PASSPHRASE\n", stderr), 1;
    latchkey::Context context;
    const latchkey::Device device(std::make_shared<InMemory>(20 << 20));
    latchkey::NewKeyslot keyslot;
    keyslot.kdf.time_ms = 500;
    or_exit(latchkey::Volume::format(context, device, std::nullopt, {.type = "LUKS2"}, {},
                                     passphrase_of(words[1]), keyslot));

    const auto volume = or_exit(latchkey::Volume::load(context, device));
    const auto opened = or_exit(volume.unlock(context, passphrase_of(words[1])));
    const auto plaintext = or_exit(latchkey::open_crypt_device(
        context, or_exit(volume.plan(context, opened)), opened.key, device));
    const std::string_view text = "kept in memory";
    or_exit(latchkey::write_device(plaintext, 4096, std::as_bytes(std::span(text))));
    std::string back(text.size(), ' ');
    or_exit(latchkey::read_device(plaintext, 4096, std::as_writable_bytes(std::span(back))));
    std::printf("%s: %s\n", device.name().c_str(), back.c_str());
}
