// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/device.h"

#include "io/block_device.h"
#include "io/file_device.h"
#include "io/identity.h"
#include "io/overlay_device.h"
#include "io/probe.h"

namespace latchkey {

Device::Device(std::shared_ptr<io::BlockDevice> device) : device_(std::move(device)) {}

Result<Device> Device::open(Context& context, std::string_view path, Access access) {
    LK_ASSIGN(auto device, io::open_file_device(path, access));
    context.debug("device %s: %s of %llu bytes, opened to be read%s", device->name().c_str(),
                  device->topology().regular_file ? "file" : "block device",
                  static_cast<unsigned long long>(device->size()),
                  device->read_only() ? "" : " and written");
    return Device(std::move(device));
}

Result<Device> Device::create_file(Context&, std::string_view path, std::uint64_t size) {
    LK_ASSIGN(auto device, io::create_file_device(path, size));
    return Device(std::move(device));
}

Device Device::shadow() const {
    return Device(std::make_shared<io::OverlayDevice>(device_));
}

bool Device::is_shadow() const {
    return dynamic_cast<const io::OverlayDevice*>(device_.get()) != nullptr;
}

std::vector<ByteRange> Device::changed_ranges() const {
    const auto* overlay = dynamic_cast<const io::OverlayDevice*>(device_.get());
    return overlay ? overlay->changed_ranges() : std::vector<ByteRange>();
}

std::uint64_t Device::size() const {
    return device_->size();
}
bool Device::read_only() const {
    return device_->read_only();
}
std::shared_ptr<const std::atomic<bool>> Device::write_mark() const {
    const auto* file = dynamic_cast<const io::FileDevice*>(device_.get());
    return file == nullptr ? nullptr : file->write_mark();
}
bool Device::regular_file() const {
    return device_->topology().regular_file;
}
const std::string& Device::name() const {
    return device_->name();
}
DeviceIdentity Device::identity() const {
    return device_->identity();
}
StorageRange Device::storage() const {
    return io::storage_of(*device_);
}
std::string Device::open_path() const {
    const std::string path = "/proc/self/fd/" + std::to_string(device_->descriptor());
    return device_->descriptor() >= 0 && io::identity_at(path) == identity() ? path : name();
}

Result<std::vector<Signature>> find_signatures(const Device& device) {
    LK_ASSIGN(const auto found, io::find_signatures(*device.io()));
    std::vector<Signature> signatures;
    for (const io::FoundSignature& one : found) signatures.push_back(one.signature);
    return signatures;
}

StorageRange storage_at(const std::string& path) {
    return io::lowest_storage(io::identity_at(path), UINT64_MAX, io::look_below);
}

}  // namespace latchkey
