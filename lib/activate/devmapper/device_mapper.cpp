// SPDX-License-Identifier: LGPL-2.1-or-later
// The device-mapper tasks.
#include <algorithm>
#include <cerrno>
#include <thread>

#include "activate/devmapper/system_device_mapper.h"
#include "base/scope_guard.h"

namespace latchkey::activate {
namespace {

// Retries while a mapping is busy: by then udev's probes are over.  The peer waits as long.
constexpr int kRemoveTries = 25;
constexpr std::chrono::milliseconds kRemovePause{200};

// libdevmapper needs C strings; the copy with its NUL is as secret as the text.
SecretBuffer terminated(const SecretBuffer& text) {
    SecretBuffer copy(text.size() + 1);
    std::ranges::copy(text.bytes(), copy.bytes().begin());
    return copy;
}
const char* c_string(const SecretBuffer& text) {
    return reinterpret_cast<const char*>(text.bytes().data());
}

DmInfo info_of(dm_task* task) {
    dm_info raw = {};
    if (dm_task_get_info(task, &raw) == 0 || raw.exists == 0) return {};
    const char* uuid = dm_task_get_uuid(task);
    return {.exists = true,
            .suspended = raw.suspended != 0,
            .read_only = raw.read_only != 0,
            .live_table = raw.live_table != 0,
            .inactive_table = raw.inactive_table != 0,
            .deferred_remove = raw.deferred_remove != 0,
            .open_count = raw.open_count,
            .major = raw.major,
            .minor = raw.minor,
            .uuid = uuid == nullptr ? "" : uuid};
}

}  // namespace

Result<DmTask> SystemDeviceMapper::task_for(int type, std::string_view name) const {
    DmTask task(dm_task_create(type));
    if (!task) return fail(Errc::OutOfMemory, "no memory for a device-mapper task");
    if (!name.empty() && dm_task_set_name(task.get(), std::string(name).c_str()) == 0)
        return fail(Errc::InvalidArgument, "\"%s\" cannot be the name of a mapping",
                    std::string(name).c_str());
    // The kernel and the library wipe their buffers.  Older libraries do not know the call, so it is checked only where
    // there is a key.
    (void)dm_task_secure_data(task.get());
    return task;
}

Result<void> SystemDeviceMapper::add_targets(dm_task* task, const std::vector<DmTarget>& targets) {
    for (const DmTarget& target : targets) {
        const SecretBuffer text = terminated(target.parameters);
        // The library wipes its copy when the task is destroyed.
        if (dm_task_add_target(task, target.start, target.length, target.type.c_str(),
                               c_string(text)) == 0)
            return fail(Errc::OutOfMemory, "no memory for a device-mapper table");
    }
    return {};
}

// Runs three tasks, like libdevmapper's "create with a table", which does not report why a step failed.
Result<DmInfo> SystemDeviceMapper::create(const DmCreate& wanted,
                                          const std::vector<DmTarget>& targets) {
    const DmSession session(context_);
    LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_CREATE, wanted.name));
    if (dm_task_set_uuid(task.get(), wanted.uuid.c_str()) == 0)
        return fail(Errc::InvalidArgument, "\"%s\" cannot be the uuid of a mapping",
                    wanted.uuid.c_str());
    if (wanted.read_only) dm_task_set_ro(task.get());
    if (dm_task_run(task.get()) == 0) {
        // With EBUSY the kernel reports that the name or the uuid is taken.
        if (dm_task_get_errno(task.get()) == EBUSY)
            return fail(Errc::Exists, "device %s already exists", wanted.name.c_str());
        return failure(task.get(), "create", wanted.name);
    }
    ScopeGuard undo([&] { (void)remove(wanted.name, false); });
    LK_TRY(reload(wanted.name, wanted.read_only, targets));
    LK_ASSIGN(const DmInfo info, start(wanted));
    undo.dismiss();
    return info;
}

Result<DmInfo> SystemDeviceMapper::start(const DmCreate& wanted) {
    LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_RESUME, wanted.name));
    if (wanted.read_ahead != 0)
        dm_task_set_read_ahead(task.get(), wanted.read_ahead, DM_READ_AHEAD_MINIMUM_FLAG);
    if (!run_with_cookie(task.get(), wanted.uuid))
        return failure(task.get(), "resume", wanted.name);
    DmInfo info = info_of(task.get());
    info.uuid = wanted.uuid;
    return info;
}

Result<void> SystemDeviceMapper::reload(std::string_view name, bool read_only,
                                        const std::vector<DmTarget>& targets) {
    const DmSession session(context_);
    LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_RELOAD, name));
    if (read_only) dm_task_set_ro(task.get());
    LK_TRY(add_targets(task.get(), targets));
    if (dm_task_run(task.get()) == 0) return failure(task.get(), "reload", name, &targets);
    return {};
}

Result<void> SystemDeviceMapper::suspend(std::string_view name, bool skip_lockfs, bool no_flush) {
    const DmSession session(context_);
    LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_SUSPEND, name));
    if (skip_lockfs) dm_task_skip_lockfs(task.get());
    if (no_flush) dm_task_no_flush(task.get());
    if (dm_task_run(task.get()) == 0) return failure(task.get(), "suspend", name);
    return {};
}

Result<void> SystemDeviceMapper::resume(std::string_view name, bool skip_lockfs, bool no_flush) {
    LK_ASSIGN(const DmInfo device, info(name));
    const DmSession session(context_);
    LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_RESUME, name));
    if (skip_lockfs) dm_task_skip_lockfs(task.get());
    if (no_flush) dm_task_no_flush(task.get());
    if (!run_with_cookie(task.get(), device.uuid)) return failure(task.get(), "resume", name);
    return {};
}

Result<void> SystemDeviceMapper::remove(std::string_view name, bool deferred) {
    for (int tries = 1;; ++tries) {
        {
            const DmSession session(context_);
            LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_REMOVE, name));
            if (deferred) dm_task_deferred_remove(task.get());
            if (run_with_cookie(task.get(), {})) {
                if (deferred) restore_node(name);
                return {};
            }
            Error error = failure(task.get(), "remove", name);
            if (error.code != Errc::Busy || tries == kRemoveTries) return error;
        }
        // Sleeps without holding the session, so that other threads need not wait for this device.
        if (context_.cancelled())
            return fail(Errc::Interrupted, "stopped while waiting for device-mapper");
        std::this_thread::sleep_for(kRemovePause);
    }
}

Result<void> SystemDeviceMapper::clear(std::string_view name) {
    const DmSession session(context_);
    LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_CLEAR, name));
    if (dm_task_run(task.get()) == 0) return failure(task.get(), "clear", name);
    return {};
}

Result<void> SystemDeviceMapper::message(std::string_view name, const SecretBuffer& text) {
    const DmSession session(context_);
    LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_TARGET_MSG, name));
    const SecretBuffer copy = terminated(text);
    if (dm_task_set_sector(task.get(), 0) == 0 ||
        dm_task_set_message(task.get(), c_string(copy)) == 0)
        return fail(Errc::OutOfMemory, "no memory for a device-mapper message");
    if (dm_task_run(task.get()) == 0) return failure(task.get(), "message", name);
    return {};
}

Result<DmInfo> SystemDeviceMapper::info(std::string_view name) {
    const DmSession session(context_);
    LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_INFO, name));
    // The call succeeds for a mapping that does not exist; the answer says so.
    if (dm_task_run(task.get()) == 0) return failure(task.get(), "info", name);
    return info_of(task.get());
}

Result<DeviceMapper::Table> SystemDeviceMapper::table(std::string_view name) {
    const DmSession session(context_);
    LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_TABLE, name));
    if (dm_task_run(task.get()) == 0) {
        if (dm_task_get_errno(task.get()) == ENXIO) return Table{};
        return failure(task.get(), "table", name);
    }
    Table table{.info = info_of(task.get()), .targets = {}};
    if (!table.info.exists) return table;
    void* next = nullptr;
    do {
        char* type = nullptr;
        char* parameters = nullptr;
        std::uint64_t start = 0;
        std::uint64_t length = 0;
        next = dm_get_next_target(task.get(), next, &start, &length, &type, &parameters);
        if (type == nullptr) continue;  // there is no live table
        table.targets.push_back({.start = start,
                                 .length = length,
                                 .type = type,
                                 .parameters = SecretBuffer::copy_of(
                                     as_byte_view(parameters == nullptr ? "" : parameters))});
    } while (next != nullptr);
    return table;
}

Result<std::optional<DmVersion>> SystemDeviceMapper::target_version(std::string_view target) {
    const DmSession session(context_);
    LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_GET_TARGET_VERSION, target));
    if (dm_task_run(task.get()) == 0) {
        const int error = dm_task_get_errno(task.get());
        if (error == EINVAL) return std::optional<DmVersion>();
        if (error == ENOTTY) return listed_version(std::string(target));  // before ioctl 4.41
        return failure(task.get(), "target version", target);
    }
    const dm_versions* version = dm_task_get_versions(task.get());
    if (version == nullptr) return std::optional<DmVersion>();
    return std::optional(DmVersion{version->version[0], version->version[1], version->version[2]});
}

Result<std::optional<DmVersion>> SystemDeviceMapper::listed_version(const std::string& target) {
    LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_LIST_VERSIONS, ""));
    if (dm_task_run(task.get()) == 0) return failure(task.get(), "list of versions", target);
    const dm_versions* version = dm_task_get_versions(task.get());
    while (version != nullptr) {
        if (target == version->name)
            return std::optional(
                DmVersion{version->version[0], version->version[1], version->version[2]});
        if (version->next == 0) break;
        version = reinterpret_cast<const dm_versions*>(reinterpret_cast<const char*>(version) +
                                                       version->next);
    }
    return std::optional<DmVersion>();
}

std::unique_ptr<DeviceMapper> system_device_mapper(Context& context) {
    return std::make_unique<SystemDeviceMapper>(context);
}

}  // namespace latchkey::activate
