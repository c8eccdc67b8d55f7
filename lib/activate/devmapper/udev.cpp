// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/devmapper/udev.h"

#include <dirent.h>
#include <libdevmapper.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/i18n.h"
#include "io/kernel_text.h"

namespace latchkey::activate {
namespace {

std::string link_target(const std::string& path) {
    std::array<char, 64> buffer{};
    const ssize_t length = ::readlink(path.c_str(), buffer.data(), buffer.size());
    return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : "";
}

bool daemon_has(const std::string& ipc) {
    const auto close = [](DIR* directory) { ::closedir(directory); };
    const std::unique_ptr<DIR, decltype(close)> proc(::opendir("/proc"), close);
    if (!proc) return false;
    while (const dirent* entry = ::readdir(proc.get())) {
        const std::string process = entry->d_name;
        if (process.find_first_not_of("0123456789") != std::string::npos) continue;
        const std::string name = io::kernel_line("/proc/" + process + "/comm").value_or("");
        // The kernel keeps only 15 characters of the name.
        if (name != "systemd-udevd" && name != "udevd" && name != "(udev-worker)") continue;
        if (link_target("/proc/" + process + "/ns/ipc") == ipc) return true;
    }
    return false;
}

}  // namespace

UdevFacts udev_facts() {
    // On every system the first IPC namespace has this number (PROC_IPC_INIT_INO).
    constexpr std::string_view kInitialIpc = "ipc:[4026531839]";
    UdevFacts facts;
    facts.disabled = std::getenv("DM_DISABLE_UDEV") != nullptr || dm_cookie_supported() == 0;
    if (facts.disabled) return facts;
    facts.running = ::access("/run/udev/control", F_OK) == 0;
    if (!facts.running) return facts;
    const std::string ipc = link_target("/proc/self/ns/ipc");
    facts.initial_ipc = ipc == kInitialIpc;
    if (!facts.initial_ipc && !ipc.empty()) facts.daemon_in_ours = daemon_has(ipc);
    return facts;
}

std::string why_no_udev(const UdevFacts& facts) {
    if (facts.disabled) return translate("udev is switched off (DM_DISABLE_UDEV)");
    if (!facts.running) return translate("udev does not run here");
    if (!facts.initial_ipc && !facts.daemon_in_ours)
        return translate("udev cannot answer into this IPC namespace");
    return "";
}

}  // namespace latchkey::activate
