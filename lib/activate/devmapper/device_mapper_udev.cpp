// SPDX-License-Identifier: LGPL-2.1-or-later
// Device nodes, made by udev, or by this process if udev does not answer.
#include <algorithm>
#include <thread>

#include "activate/devmapper/system_device_mapper.h"
#include "activate/devmapper/udev.h"
#include "base/i18n.h"

namespace latchkey::activate {
namespace {

constexpr std::chrono::milliseconds kUdevWait{30'000};

}  // namespace

// Devices below a mapping have the content of the mapping, or ciphertext: as for the peer's, rules must not make links
// to them, or read what may wait.
bool SystemDeviceMapper::run_with_cookie(dm_task* task, std::string_view dm_uuid) {
    std::uint16_t flags = DM_UDEV_DISABLE_LIBRARY_FALLBACK;
    if (dm_uuid.starts_with("CRYPT-SUBDEV-"))
        flags |= DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG | DM_UDEV_DISABLE_DISK_RULES_FLAG |
                 DM_UDEV_DISABLE_OTHER_RULES_FLAG;
    unsettled_ = true;
    if (!no_udev_) {
        const UdevFacts facts = udev_facts();
        no_udev_ = why_no_udev(facts);
        if (!no_udev_->empty())
            context_.log(facts.disabled ? LogLevel::Debug : LogLevel::Verbose,
                         "%s: making device nodes without it", no_udev_->c_str());
    }
    // Without a cookie the library would tell udev rules elsewhere to ignore the device, unless synchronization is off.
    // This switch affects the whole process.
    dm_udev_set_sync_support(no_udev_->empty() ? 1 : 0);
    if (no_udev_->empty() && dm_task_set_cookie(task, &cookie_, flags) == 0) return false;
    return dm_task_run(task) != 0;
}

void SystemDeviceMapper::restore_node(std::string_view name) {
    if (!no_udev_ || no_udev_->empty()) return;
    if (const auto task = task_for(DM_DEVICE_MKNODES, name)) (void)dm_task_run(task->get());
}

// Waits with a limit, because the library would wait for ever if udev is stopped or kills the rule.
void SystemDeviceMapper::wait_for_udev() {
    const auto deadline = std::chrono::steady_clock::now() + kUdevWait;
    for (std::chrono::milliseconds pause{1};;
         pause = std::min(pause * 2, std::chrono::milliseconds(32))) {
        int ready = 0;
        if (dm_udev_wait_immediate(cookie_, &ready) == 0 || ready != 0) return;
        if (std::chrono::steady_clock::now() >= deadline) break;
        std::this_thread::sleep_for(pause);
    }
    context_.log(LogLevel::Warning, "udev did not answer for %lld seconds: going on without it",
                 static_cast<long long>(kUdevWait.count() / 1000));
    // Completes in udev's place; the wait then removes the semaphore.
    (void)dm_udev_complete(cookie_);
    (void)dm_udev_wait(cookie_);
    no_udev_ = translate("udev does not answer");
    dm_udev_set_sync_support(0);
    // Makes the nodes of all mappings, because the library no longer knows which are missing.
    (void)dm_mknodes(nullptr);
}

void SystemDeviceMapper::settle() {
    if (!unsettled_) return;
    const DmSession session(context_);
    if (cookie_ != 0) wait_for_udev();
    cookie_ = 0;
    unsettled_ = false;
    dm_task_update_nodes();
}

}  // namespace latchkey::activate
