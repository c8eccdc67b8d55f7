// SPDX-License-Identifier: GPL-2.0-or-later
#include "volumes.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "activate/kernel.h"
#include "io/file_device.h"
#include "latchkey/volume.h"
#include "support/secrets.h"

namespace latchkey::test {
namespace {

constexpr std::uint64_t kSize = 8ULL << 20;  // bytes
constexpr const char* kPassphrase = "nobody guesses this";

template <typename T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(result).value();
}

std::string first_line(const std::string& path) {
    std::string line;
    std::getline(std::ifstream(path), line);
    return line;
}

// Makes a block device over a file, which stays until it is detached.
std::string attach_loop(const std::string& file) {
    Context context;
    activate::Kernel kernel = activate::running_kernel(context);
    auto attached = must(
        kernel.loops->attach(*must(io::open_file_device(file, Access::ReadWrite)), false, 512));
    loop_info64 info = {};
    if (::ioctl(attached.fd, LOOP_GET_STATUS64, &info) != 0)
        throw std::runtime_error("loop status");
    info.lo_flags = 0;
    if (::ioctl(attached.fd, LOOP_SET_STATUS64, &info) != 0) throw std::runtime_error("loop flags");
    kernel.loops->release(attached);
    return attached.path;
}

std::string keys_now() {
    std::string found;
    std::ifstream keys("/proc/keys");
    for (std::string line; std::getline(keys, line);)
        if (line.find(" logon ") != std::string::npos) found += "key " + line + "\n";
    return found;
}

std::string leftovers_now() {
    namespace fs = std::filesystem;
    std::string found;
    for (const auto& entry : fs::directory_iterator("/sys/block")) {
        const std::string block = entry.path().filename();
        const std::string mapping = first_line(entry.path() / "dm/name");
        if (!mapping.empty()) found += "mapping " + mapping + "\n";
        const std::string file = first_line(entry.path() / "loop/backing_file");
        // The tests' own devices are on block devices, and have this in their names.
        if (!file.empty() && file.find("on-block") == std::string::npos)
            found += block + " over " + file + "\n";
    }
    for (const auto& entry : fs::directory_iterator("/dev/mapper"))
        if (entry.path().filename() != "control") found += "node " + entry.path().string() + "\n";
    return found + keys_now();
}

// The kernel's collector removes unreferenced objects after some time.
std::string until_empty(std::string (*look)()) {
    constexpr std::chrono::milliseconds kPause{20};
    std::string found = look();
    for (int tries = 0; tries < 100 && !found.empty(); ++tries) {
        std::this_thread::sleep_for(kPause);
        found = look();
    }
    return found;
}

}  // namespace

SampleVolume::SampleVolume(Kind kind, std::string path, bool on_block_device)
    : kind_(kind), path_(std::move(path)) {
    Context context;
    {
        std::ofstream file(path_);
        file.close();
        std::filesystem::resize_file(path_, kSize);
    }
    if (kind == Kind::Plain) {
        plan_ = {
            .type = "PLAIN", .segments = {{.cipher = "aes-xts-plain64"}}, .keys = {{.bytes = 64}}};
        for (unsigned i = 0; i < 64; ++i)
            masked_key_.push_back(static_cast<unsigned char>((i * 37 + 11) ^ kMask));
    } else {
        Device header = must(Device::open(context, path_, Access::ReadWrite));
        FormatParams params{.type = kind == Kind::Luks1 ? "LUKS1" : "LUKS2",
                            .kdf = {.type = "pbkdf2", .forced_iterations = 1000}};
        if (kind == Kind::Luks2) {
            params.metadata_size = 16384;
            params.keyslots_size = 512 * 1024;
        }
        auto formatted = must(Volume::format(context, header, {}, params));
        NewKeyslot keyslot;
        keyslot.kdf = params.kdf;
        (void)must(
            formatted.volume.add_keyslot(context, formatted.key, passphrase(kPassphrase), keyslot));
        const auto opened = must(formatted.volume.unlock(context, passphrase(kPassphrase)));
        plan_ = must(formatted.volume.plan(context, opened));
        for (const std::byte byte : opened.key.bytes())
            masked_key_.push_back(std::to_integer<unsigned char>(byte) ^ kMask);
    }
    if (on_block_device) loop_ = attach_loop(path_);
}

SampleVolume::~SampleVolume() {
    if (loop_.empty()) return;
    const int fd = ::open(loop_.c_str(), O_RDONLY | O_CLOEXEC);
    (void)::ioctl(fd, LOOP_CLR_FD, 0);
    ::close(fd);
}

VolumeKey SampleVolume::key() const {
    SecretBuffer bytes(masked_key_.size());
    for (std::size_t i = 0; i < masked_key_.size(); ++i)
        bytes.bytes()[i] = static_cast<std::byte>(masked_key_[i] ^ kMask);
    return {Vouched::ByDigest, std::move(bytes)};
}

Result<Device> SampleVolume::device(Context& context) const {
    return Device::open(context, loop_.empty() ? path_ : loop_, Access::ReadOnly);
}

Result<void> SampleVolume::open(const std::string& name, const ActivateOptions& options) {
    Context context;
    return open(context, name, options);
}

Result<void> SampleVolume::open(Context& context, const std::string& name,
                                const ActivateOptions& options) {
    LK_ASSIGN(const Device data, device(context));
    auto info = mapping::activate(context, plan_, key(), data, name, options);
    if (!info) return std::move(info).error();
    return {};
}

Result<void> SampleVolume::refresh(const std::string& name, const ActivateOptions& options) {
    Context context;
    LK_ASSIGN(const Device data, device(context));
    auto info = mapping::refresh(context, plan_, key(), data, name, options);
    if (!info) return std::move(info).error();
    return {};
}

Result<void> SampleVolume::resize(const std::string& name, std::uint64_t sectors) {
    Context context;
    const VolumeKey volume_key = key();
    return mapping::resize(context, name, sectors, &volume_key);
}

Result<void> SampleVolume::resume(const std::string& name) {
    Context context;
    return mapping::resume(context, plan_, key(), name);
}

Result<void> close_mapping(const std::string& name) {
    Context context;
    return mapping::close(context, name);
}

std::string visible_keys() {
    return until_empty(&keys_now);
}

std::string leftovers() {
    return until_empty(&leftovers_now);
}

}  // namespace latchkey::test
