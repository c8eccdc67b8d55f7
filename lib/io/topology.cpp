// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/topology.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include <bit>
#include <optional>

#include "base/strprintf.h"
#include "base/unique_fd.h"

namespace latchkey::io {
namespace {

template <typename T>
std::optional<T> ask(int fd, unsigned long request) {
    T value{};
    if (::ioctl(fd, request, &value) != 0) return std::nullopt;
    return value;
}

// Accepts powers of two up to 1 MiB; a larger block size is nonsense and would size our allocations.
std::uint32_t plausible_block(std::uint64_t bytes, std::uint32_t otherwise) {
    const bool good = bytes >= kSectorSize && bytes <= 1024 * 1024 && std::has_single_bit(bytes);
    return good ? static_cast<std::uint32_t>(bytes) : otherwise;
}

std::optional<bool> rotational_by(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    char digit = 0;
    if (!file.valid() || ::read(file.get(), &digit, 1) != 1) return std::nullopt;
    return digit == '1';
}

// A partition has no request queue; the folder of its disk, the parent, has it.
bool rotational(dev_t number) {
    const std::string device = strprintf("/sys/dev/block/%u:%u", ::major(number), ::minor(number));
    if (const auto answer = rotational_by(device + "/queue/rotational")) return *answer;
    return rotational_by(device + "/../queue/rotational").value_or(false);
}

}  // namespace

Topology read_topology(int fd, const struct stat& status) {
    Topology topology;
    if (S_ISREG(status.st_mode)) {
        topology.regular_file = true;
        topology.physical_block =
            plausible_block(static_cast<std::uint64_t>(status.st_blksize), topology.physical_block);
        return topology;
    }
    const auto logical = ask<int>(fd, BLKSSZGET).value_or(0);
    topology.logical_block =
        plausible_block(logical > 0 ? static_cast<std::uint64_t>(logical) : 0, 512);
    topology.physical_block =
        plausible_block(ask<unsigned>(fd, BLKPBSZGET).value_or(0), topology.logical_block);
    topology.minimum_io = ask<unsigned>(fd, BLKIOMIN).value_or(0);
    topology.optimal_io = ask<unsigned>(fd, BLKIOOPT).value_or(0);
    // -1: the kernel found the parts of a stacked device misaligned to each other.
    const auto alignment = ask<int>(fd, BLKALIGNOFF).value_or(0);
    topology.alignment_offset = alignment > 0 ? static_cast<std::uint64_t>(alignment) : 0;
    topology.rotational = rotational(status.st_rdev);
    return topology;
}

}  // namespace latchkey::io
