// SPDX-License-Identifier: LGPL-2.1-or-later
// Memory and processors of this machine.
#include <fcntl.h>
#include <sched.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/unique_fd.h"
#include "crypto/kdf.h"
#include "crypto/memory_limits.h"

namespace latchkey::crypto {
namespace {

std::optional<std::string> read_system_file(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) return std::nullopt;
    std::string text;
    std::array<char, 4096> buffer;
    ssize_t count = 0;
    while ((count = ::read(file.get(), buffer.data(), buffer.size())) > 0)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    if (count < 0) return std::nullopt;
    return text;
}

std::uint64_t meminfo_kib(std::string_view field) {
    const std::string text = read_system_file("/proc/meminfo").value_or("");
    return parse_meminfo(text, field).value_or(0);
}

}  // namespace

MemoryHeadroom system_memory_headroom() {
    return memory_headroom(&read_system_file);
}

std::uint64_t available_memory_kib() {
    return system_memory_headroom().kib;
}

std::uint64_t swap_kib() {
    return meminfo_kib("SwapTotal");
}

std::uint64_t physical_memory_kib() {
    // The system call works without /proc (in a chroot or early at boot).
    struct sysinfo info {};
    if (::sysinfo(&info) != 0) return meminfo_kib("MemTotal");
    return std::uint64_t{info.totalram} * info.mem_unit / 1024;
}

unsigned online_cpus() {
    // Counts the processors that this process may use; in a container these may be fewer than the machine has.
    cpu_set_t allowed;
    if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0 && CPU_COUNT(&allowed) > 0)
        return static_cast<unsigned>(CPU_COUNT(&allowed));
    return static_cast<unsigned>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
}

}  // namespace latchkey::crypto
