// SPDX-License-Identifier: LGPL-2.1-or-later
// One method, one task of libdevmapper.  Sequences and flags as the peer's; spec: dm-crypt.md section 5.
#include "activate/devmapper/device_mapper.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>

#include "activate/devmapper/libdevmapper.h"
#include "activate/devmapper/udev.h"
#include "base/scope_guard.h"
#include "base/secret_text.h"
#include "base/strprintf.h"
#include "base/unique_fd.h"

namespace latchkey::activate {
namespace {

constexpr const char* kControl = "/dev/mapper/control";
constexpr std::chrono::milliseconds kLockWait{30'000};
constexpr std::chrono::milliseconds kUdevWait{30'000};
// While a mapping is busy: udev's probes are over by then, and the peer waits as long.
constexpr int kRemoveTries = 25;
constexpr std::chrono::milliseconds kRemovePause{200};

bool driver_is_loaded() {
    std::ifstream misc("/proc/misc");
    std::string number;
    std::string name;
    while (misc >> number >> name)
        if (name == "device-mapper") return true;
    return false;
}

// A file lock belongs to the open file: closing it, also by dying, unlocks.
class ControlLock final : public KernelLock {
  public:
    explicit ControlLock(UniqueFd fd) : fd_(std::move(fd)) {}

  private:
    UniqueFd fd_;
};

// libdevmapper wants C strings; the copy with its NUL is as secret as the text.
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

class SystemDeviceMapper final : public DeviceMapper {
  public:
    explicit SystemDeviceMapper(Context& context) : context_(context) {}
    SystemDeviceMapper(const SystemDeviceMapper&) = delete;
    SystemDeviceMapper& operator=(const SystemDeviceMapper&) = delete;
    ~SystemDeviceMapper() override { settle(); }

    Result<void> available() override;
    Result<std::unique_ptr<KernelLock>> lock() override;
    Result<DmInfo> create(const DmCreate& wanted, const std::vector<DmTarget>& targets) override;
    Result<void> reload(std::string_view name, bool read_only,
                        const std::vector<DmTarget>& targets) override;
    Result<void> suspend(std::string_view name, bool skip_lockfs, bool no_flush) override;
    Result<void> resume(std::string_view name, bool skip_lockfs, bool no_flush) override;
    Result<void> remove(std::string_view name, bool deferred) override;
    Result<void> clear(std::string_view name) override;
    Result<void> message(std::string_view name, const SecretBuffer& text) override;
    Result<DmInfo> info(std::string_view name) override;
    Result<Table> table(std::string_view name) override;
    Result<std::optional<DmVersion>> target_version(std::string_view target) override;
    void settle() override;

  private:
    // A task about a mapping; null if there is no memory, or libdevmapper refuses the name.
    [[nodiscard]] Result<DmTask> task_for(int type, std::string_view name) const;
    [[nodiscard]] Result<void> add_targets(dm_task* task, const std::vector<DmTarget>& targets);
    // Runs a task whose end udev is told of.
    [[nodiscard]] bool run_with_cookie(dm_task* task);
    // The first resume, which makes the node.
    [[nodiscard]] Result<DmInfo> start(const DmCreate& wanted);
    // `operation` is what the kernel's log calls the ioctl.
    [[nodiscard]] Error failure(dm_task* task, const char* operation, std::string_view name,
                                const std::vector<DmTarget>* targets = nullptr);
    [[nodiscard]] Error refused_table(std::string_view name, int error,
                                      const std::vector<DmTarget>& targets);
    [[nodiscard]] Result<std::optional<DmVersion>> listed_version(const std::string& target);
    void wait_for_udev();
    // The library forgets the node of a mapping whose removal is only scheduled.
    void restore_node(std::string_view name);

    Context& context_;
    std::uint32_t cookie_ = 0;  // of the operations that udev has not confirmed yet
    bool unsettled_ = false;
    std::optional<std::string> no_udev_;  // why udev will not answer, "" if it will; asked once
};

Result<void> SystemDeviceMapper::available() {
    const UniqueFd control(::open(kControl, O_RDWR | O_CLOEXEC));  // loads the module, if it can
    if (control.valid()) return {};
    const int error = errno;
    if (::geteuid() != 0 || error == EACCES || error == EPERM)
        return fail(Errc::AccessDenied, "cannot initialize device-mapper, running as non-root user");
    // Without a node libdevmapper makes one, if the driver is there.
    if (error == ENOENT && driver_is_loaded()) return {};
    return fail(Errc::NotSupported,
                "cannot initialize device-mapper: is the kernel module dm_mod loaded? %s: %s",
                kControl, std::strerror(error))
        .with_hint("modprobe dm_mod; in a container, /dev/mapper/control has to be passed in");
}

Result<std::unique_ptr<KernelLock>> SystemDeviceMapper::lock() {
    UniqueFd control(::open(kControl, O_RDONLY | O_CLOEXEC));
    // Where libdevmapper is yet to make the node there is nobody to keep out.
    if (!control.valid() && errno == ENOENT)
        return std::unique_ptr<KernelLock>(std::make_unique<ControlLock>(UniqueFd()));
    if (!control.valid())
        return fail(Errc::AccessDenied, "cannot lock %s: %s", kControl, std::strerror(errno));
    const auto deadline = std::chrono::steady_clock::now() + kLockWait;
    for (std::chrono::milliseconds pause{1};; pause = std::min(pause * 2, std::chrono::milliseconds(32))) {
        if (::flock(control.get(), LOCK_EX | LOCK_NB) == 0)
            return std::unique_ptr<KernelLock>(std::make_unique<ControlLock>(std::move(control)));
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fail(Errc::Io, "cannot lock %s: %s", kControl, std::strerror(errno));
        if (context_.cancelled()) return fail(Errc::Interrupted, "interrupted while waiting");
        if (std::chrono::steady_clock::now() >= deadline)
            return fail(Errc::Locked, "another program has been creating mappings for %lld seconds",
                        static_cast<long long>(kLockWait.count() / 1000));
        std::this_thread::sleep_for(pause);
    }
}

Result<DmTask> SystemDeviceMapper::task_for(int type, std::string_view name) const {
    DmTask task(dm_task_create(type));
    if (!task) return fail(Errc::OutOfMemory, "no memory for a device-mapper task");
    if (!name.empty() && dm_task_set_name(task.get(), std::string(name).c_str()) == 0)
        return fail(Errc::InvalidArgument, "\"%s\" cannot be the name of a mapping",
                    std::string(name).c_str());
    // The kernel and the library wipe their buffers.  Older libraries do not know it: the call is checked where
    // there is a key.
    (void)dm_task_secure_data(task.get());
    return task;
}

Result<void> SystemDeviceMapper::add_targets(dm_task* task, const std::vector<DmTarget>& targets) {
    for (const DmTarget& target : targets) {
        const SecretBuffer text = terminated(target.parameters);
        // The library's copy is wiped when the task is destroyed.
        if (dm_task_add_target(task, target.start, target.length, target.type.c_str(),
                               c_string(text)) == 0)
            return fail(Errc::OutOfMemory, "no memory for a device-mapper table");
    }
    return {};
}

bool SystemDeviceMapper::run_with_cookie(dm_task* task) {
    unsettled_ = true;
    if (!no_udev_) {
        const UdevFacts facts = udev_facts();
        no_udev_ = why_no_udev(facts);
        if (!no_udev_->empty())
            context_.log(facts.disabled ? LogLevel::Debug : LogLevel::Verbose,
                         fail(Errc::NotSupported, "%s: making device nodes without it",
                              no_udev_->c_str())
                             .message);
    }
    // Without a cookie the library would tell the rules of an udev elsewhere to ignore the device, unless
    // synchronization is off.  This is a switch of the whole process.
    dm_udev_set_sync_support(no_udev_->empty() ? 1 : 0);
    if (no_udev_->empty() &&
        dm_task_set_cookie(task, &cookie_, DM_UDEV_DISABLE_LIBRARY_FALLBACK) == 0)
        return false;
    return dm_task_run(task) != 0;
}

Error SystemDeviceMapper::refused_table(std::string_view name, int error,
                                        const std::vector<DmTarget>& targets) {
    const std::string shown(name);
    for (const DmTarget& target : targets) {
        const auto version = target_version(target.type);
        if (version && !*version)
            return fail(Errc::NotSupported, "the kernel has no target %s: load its module dm_%s",
                        target.type.c_str(), target.type.c_str())
                .with_hint(strprintf("modprobe dm_%s", target.type.c_str()));
    }
    if (error == ENOENT && !targets.empty()) {
        const std::string_view parameters = as_text(targets.front().parameters.bytes());
        const std::string cipher(parameters.substr(0, parameters.find(' ')));
        return fail(Errc::MissingCipher,
                    "device-mapper: reload of %s failed: the kernel cannot do cipher %s",
                    shown.c_str(), cipher.c_str())
            .with_hint("check that the kernel has modules for this cipher, its mode and its IV; "
                       "the kernel's log (dmesg) says which is missing");
    }
    return fail(Errc::InvalidArgument, "device-mapper: reload of %s failed: %s", shown.c_str(),
                std::strerror(error))
        .with_hint("the kernel's log (dmesg) says what it refuses");
}

Error SystemDeviceMapper::failure(dm_task* task, const char* operation, std::string_view name,
                                  const std::vector<DmTarget>* targets) {
    const std::string shown(name);
    const int error = dm_task_get_errno(task);
    const char* text = error != 0 ? std::strerror(error) : "libdevmapper refused";
    switch (error) {
        case EACCES:
        case EPERM:
            return fail(Errc::AccessDenied, "device-mapper: %s of %s failed: %s", operation,
                        shown.c_str(), text);
        case ENXIO:
        case ENODEV:
            return fail(Errc::NoDevice, "device-mapper: %s of %s failed: %s", operation,
                        shown.c_str(), text);
        case EBUSY:
            return fail(Errc::Busy, "device-mapper: %s of %s failed: %s", operation, shown.c_str(),
                        text);
        case ENOMEM:
            return fail(Errc::OutOfMemory, "device-mapper: %s of %s failed: %s", operation,
                        shown.c_str(), text);
        case ENOKEY:
        case EKEYREVOKED:
        case EKEYEXPIRED:
            return fail(Errc::NotFound,
                        "device-mapper: %s of %s failed: the key is not in the kernel's keyring",
                        operation, shown.c_str());
        case ENOENT:
        case EINVAL:
            if (targets != nullptr) return refused_table(name, error, *targets);
            [[fallthrough]];
        default:
            return fail(Errc::Io, "device-mapper: %s of %s failed: %s", operation, shown.c_str(),
                        text);
    }
}

// Three tasks, as libdevmapper's own "create with a table" is; that one does not tell why a step failed.
Result<DmInfo> SystemDeviceMapper::create(const DmCreate& wanted,
                                          const std::vector<DmTarget>& targets) {
    const DmSession session(context_);
    LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_CREATE, wanted.name));
    if (dm_task_set_uuid(task.get(), wanted.uuid.c_str()) == 0)
        return fail(Errc::InvalidArgument, "\"%s\" cannot be the uuid of a mapping",
                    wanted.uuid.c_str());
    if (wanted.read_only) dm_task_set_ro(task.get());
    if (dm_task_run(task.get()) == 0) {
        // So the kernel says that the name or the uuid is taken.
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
    if (!run_with_cookie(task.get())) return failure(task.get(), "resume", wanted.name);
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
    const DmSession session(context_);
    LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_RESUME, name));
    if (skip_lockfs) dm_task_skip_lockfs(task.get());
    if (no_flush) dm_task_no_flush(task.get());
    if (!run_with_cookie(task.get())) return failure(task.get(), "resume", name);
    return {};
}

Result<void> SystemDeviceMapper::remove(std::string_view name, bool deferred) {
    for (int tries = 1;; ++tries) {
        {
            const DmSession session(context_);
            LK_ASSIGN(const DmTask task, task_for(DM_DEVICE_REMOVE, name));
            if (deferred) dm_task_deferred_remove(task.get());
            if (run_with_cookie(task.get())) {
                if (deferred) restore_node(name);
                return {};
            }
            Error error = failure(task.get(), "remove", name);
            if (error.code != Errc::Busy || tries == kRemoveTries) return error;
        }
        // Not within the session: other threads need not wait for this device.
        if (context_.cancelled()) return fail(Errc::Interrupted, "interrupted while waiting");
        std::this_thread::sleep_for(kRemovePause);
    }
}

void SystemDeviceMapper::restore_node(std::string_view name) {
    if (!no_udev_ || no_udev_->empty()) return;
    if (const auto task = task_for(DM_DEVICE_MKNODES, name)) (void)dm_task_run(task->get());
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
    // The library succeeds for a mapping that does not exist, and says so in the answer.
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
        table.targets.push_back(
            {.start = start,
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
    return std::optional(
        DmVersion{version->version[0], version->version[1], version->version[2]});
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
        version = reinterpret_cast<const dm_versions*>(
            reinterpret_cast<const char*>(version) + version->next);
    }
    return std::optional<DmVersion>();
}

// The library would wait for ever.  udev may be stopped, or kill the rule, while we do.
void SystemDeviceMapper::wait_for_udev() {
    const auto deadline = std::chrono::steady_clock::now() + kUdevWait;
    for (std::chrono::milliseconds pause{1};;
         pause = std::min(pause * 2, std::chrono::milliseconds(32))) {
        int ready = 0;
        if (dm_udev_wait_immediate(cookie_, &ready) == 0 || ready != 0) return;
        if (std::chrono::steady_clock::now() >= deadline) break;
        std::this_thread::sleep_for(pause);
    }
    context_.log(LogLevel::Warning,
                 fail(Errc::Io, "udev did not answer for %lld seconds: going on without it",
                      static_cast<long long>(kUdevWait.count() / 1000))
                     .message);
    // In udev's place; the wait then removes the semaphore.
    (void)dm_udev_complete(cookie_);
    (void)dm_udev_wait(cookie_);
    no_udev_ = "udev does not answer";
    dm_udev_set_sync_support(0);
    // The nodes of all mappings, as it knows no longer whose are missing.
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

}  // namespace

std::unique_ptr<DeviceMapper> system_device_mapper(Context& context) {
    return std::make_unique<SystemDeviceMapper>(context);
}

}  // namespace latchkey::activate
