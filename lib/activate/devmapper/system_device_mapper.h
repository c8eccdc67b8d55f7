// SPDX-License-Identifier: LGPL-2.1-or-later
// DeviceMapper with libdevmapper: one task per method.  Sequences and flags are the peer's;
// docs/formats/device-mapper.md section 5.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "activate/devmapper/device_mapper.h"
#include "activate/devmapper/libdevmapper.h"

namespace latchkey::activate {

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
    Result<void> check_place(std::string_view name) override;
    Result<void> check_node(std::string_view name, const DmInfo& info) override;
    void settle() override;

  private:
    // Makes a task for a mapping.  Fails if there is no memory, or libdevmapper refuses the name.
    [[nodiscard]] Result<DmTask> task_for(int type, std::string_view name) const;
    [[nodiscard]] Result<void> add_targets(dm_task* task, const std::vector<DmTarget>& targets);
    // Runs a task whose completion udev reports, for the device with this uuid.
    [[nodiscard]] bool run_with_cookie(dm_task* task, std::string_view dm_uuid);
    // Resumes for the first time, which creates the node.
    [[nodiscard]] Result<DmInfo> start(const DmCreate& wanted);
    // `operation` is the name of the ioctl in the kernel's log.
    [[nodiscard]] Error failure(dm_task* task, const char* operation, std::string_view name,
                                const std::vector<DmTarget>* targets = nullptr);
    [[nodiscard]] Error refused_table(std::string_view name, int error,
                                      const std::vector<DmTarget>& targets);
    [[nodiscard]] Result<std::optional<DmVersion>> listed_version(const std::string& target);
    void wait_for_udev();
    // Restores the node of a mapping whose removal is only scheduled; the library has removed it.
    void restore_node(std::string_view name);

    Context& context_;
    std::uint32_t cookie_ = 0;  // of operations that udev has not confirmed yet
    bool unsettled_ = false;
    std::optional<std::string> no_udev_;  // why udev will not answer, "" if it will
};

}  // namespace latchkey::activate
