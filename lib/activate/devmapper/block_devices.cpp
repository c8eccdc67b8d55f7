// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "activate/crypt_params.h"
#include "activate/devmapper/device_mapper.h"
#include "base/strprintf.h"
#include "base/unique_fd.h"
#include "io/claim.h"
#include "io/file_device.h"
#include "io/holders.h"
#include "io/kernel_text.h"
#include "io/reopen.h"

namespace latchkey::activate {
namespace {

class SystemBlockDevices final : public BlockDevices {
  public:
    Result<BlockFacts> facts(std::string_view name) override {
        const std::string path(name);
        struct stat status = {};
        // Checks the type before opening, because opening a pipe would wait.
        if (::stat(path.c_str(), &status) != 0) return io::cannot_open(path, errno);
        if (!S_ISBLK(status.st_mode))
            return fail(Errc::NoDevice, "device %s is not a block device", path.c_str());
        const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        if (!fd.valid()) return io::cannot_open(path, errno);
        return facts_of(fd.get(), path);
    }

    Result<BlockFacts> facts(const io::BlockDevice& device) override {
        return facts_of(device.descriptor(), device.name());
    }

    static Result<BlockFacts> facts_of(int fd, const std::string& path) {
        struct stat status = {};
        if (::fstat(fd, &status) != 0) return io::cannot_open(path, errno);
        if (!S_ISBLK(status.st_mode))
            return fail(Errc::NoDevice, "device %s is not a block device", path.c_str());
        BlockFacts facts{
            .path = path, .major = ::major(status.st_rdev), .minor = ::minor(status.st_rdev)};
        long read_ahead = 0;
        int read_only = 0;
        int logical_block = 0;
        if (::ioctl(fd, BLKGETSIZE64, &facts.size_bytes) != 0)
            return fail(Errc::Io, "asking device %s for its size failed: %s", path.c_str(),
                        std::strerror(errno));
        if (::ioctl(fd, BLKROGET, &read_only) != 0)
            return fail(Errc::Io, "asking device %s whether it is read only failed: %s",
                        path.c_str(), std::strerror(errno));
        if (::ioctl(fd, BLKSSZGET, &logical_block) != 0)
            return fail(Errc::Io, "asking device %s for its block size failed: %s", path.c_str(),
                        std::strerror(errno));
        if (::ioctl(fd, BLKRAGET, &read_ahead) != 0)
            return fail(Errc::Io, "asking device %s for its read-ahead failed: %s", path.c_str(),
                        std::strerror(errno));
        facts.read_only = read_only != 0;
        const auto block = static_cast<unsigned>(logical_block);
        if (logical_block >= 512 && logical_block <= 1024 * 1024 && std::has_single_bit(block))
            facts.logical_block = block;
        if (read_ahead > 0 && read_ahead < 0x7fffffff)
            facts.read_ahead = static_cast<std::uint32_t>(read_ahead);
        return facts;
    }

    BlockFacts identify(std::uint32_t major, std::uint32_t minor) override {
        const std::string folder = strprintf("/sys/dev/block/%u:%u", major, minor);
        BlockFacts facts{.major = major, .minor = minor};
        facts.dm_name = io::kernel_line(folder + "/dm/name").value_or("");
        facts.dm_uuid = io::kernel_line(folder + "/dm/uuid").value_or("");
        if (!facts.dm_name.empty()) {
            facts.path = "/dev/mapper/" + facts.dm_name;
            return facts;
        }
        facts.path = io::node_in_uevent(folder + "/uevent");
        return facts;
    }

    Result<void> check_unused(const io::BlockDevice& device) override {
        const UniqueFd fd = io::reopen(device.descriptor(), device.name(), O_RDONLY | O_EXCL);
        if (!fd.valid() && errno == EBUSY)
            return fail(Errc::Busy,
                        "cannot use device %s which is in use (already mapped or mounted)",
                        device.name().c_str());
        if (!fd.valid()) return io::cannot_open(device.name(), errno);
        return io::check_not_in_use(device);
    }

    std::vector<Holder> holders(std::uint32_t major, std::uint32_t minor) override {
        return io::find_holders(major, minor);
    }

    std::vector<BlockFacts> mappings_above(std::uint32_t major, std::uint32_t minor) override {
        std::vector<BlockFacts> above;
        const std::string folder = strprintf("/sys/dev/block/%u:%u/holders", major, minor);
        std::error_code error;
        for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
             entry.increment(error)) {
            const auto number =
                parse_device_number(io::kernel_line((entry->path() / "dev").string()).value_or(""));
            if (!number) continue;
            BlockFacts facts = identify(number->first, number->second);
            if (!facts.dm_name.empty()) above.push_back(std::move(facts));
        }
        return above;
    }
};

}  // namespace

std::unique_ptr<BlockDevices> system_block_devices() {
    return std::make_unique<SystemBlockDevices>();
}

}  // namespace latchkey::activate
