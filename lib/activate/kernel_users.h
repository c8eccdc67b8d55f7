// SPDX-License-Identifier: LGPL-2.1-or-later
// The users of an open mapping while its data are reencrypted: the devices of overlay.h, in the order of the peer's
// steps.  Each step that fails is undone, and no device stays suspended except as data_users.h says.
#pragma once

#include <string>
#include <vector>

#include "activate/dm_uuid.h"
#include "activate/kernel_backend.h"
#include "activate/overlay.h"

namespace latchkey::activate {

class KernelUsers final : public model::DataUsers {
  public:
    // Looks at the mapping and changes nothing.  NoDevice if it is not active.  NotSupported names what keeps its data
    // from being reencrypted while it is open: it can only be read, is suspended, has another data device or volume.
    [[nodiscard]] static Result<std::unique_ptr<KernelUsers>> look(Context& context,
                                                                   KernelBackend& backend,
                                                                   const UsersRequest& request);
    KernelUsers(const KernelUsers&) = delete;
    KernelUsers& operator=(const KernelUsers&) = delete;
    ~KernelUsers() override;

    [[nodiscard]] std::uint64_t size() const override;
    [[nodiscard]] const std::optional<PlainPart>& waiting() const override { return waiting_; }
    Result<void> adopt(const MappingPlan& plan, const KeyRing& keys,
                       const model::NewPlace& place) override;
    Result<void> hold(const MappingPlan& plan, const KeyRing& keys, const PlainPart& part) override;
    Result<void> release() override;
    Result<void> abandon(const MappingPlan& plan, const KeyRing& keys) override;
    Result<void> refuse() override;
    Result<void> leave(const MappingPlan& plan, const KeyRing& keys) override;

  private:
    KernelUsers(Context& context, KernelBackend& backend, std::string name)
        : context_(context), backend_(backend), name_(std::move(name)) {}

    [[nodiscard]] DeviceMapper& mapper() const { return *backend_.kernel_.mapper; }
    [[nodiscard]] Result<void> look_at_stack(const DmTarget& top);
    [[nodiscard]] Result<void> place_keys(const MappingPlan& plan, const KeyRing& keys);
    // Returns the plan with the flags of the mapping, and its keys where the tables look for them.
    [[nodiscard]] MappingPlan as_placed(MappingPlan plan) const;
    [[nodiscard]] Result<std::vector<DmTarget>> table_of(
        const MappingPlan& plan, const KeyRing& keys, const std::optional<PlainPart>& part) const;
    [[nodiscard]] Result<void> check_table(const MappingPlan& plan, const KeyRing& keys) const;
    [[nodiscard]] Result<void> remove_leftover(const std::string& helper);
    [[nodiscard]] Result<void> drop_inactive(const std::string& device);
    [[nodiscard]] Result<void> put_under(const MappingPlan& plan, const KeyRing& keys);
    [[nodiscard]] Result<void> take_over();
    [[nodiscard]] Result<void> replace_hotzone(const DmTarget& target);
    void undo_hold(const std::vector<DmTarget>& table);

    Context& context_;
    KernelBackend& backend_;
    std::string name_;
    DmInfo top_ = {};
    DmUuid uuid_ = {};
    std::vector<DmTarget> table_ = {};  // of the mapping, or of its overlay if there is one
    std::uint64_t size_sectors_ = 0;
    std::uint32_t read_ahead_ = 0;         // 512-byte sectors
    std::vector<std::string> flags_ = {};  // of the mapping, by their names in headers
    OverlayDevices devices_ = {};
    std::string overlay_ = {};
    std::string hotzone_ = {};  // "" = not known yet
    bool stacked_ = false;
    bool overlay_suspended_ = false;
    bool hotzone_suspended_ = false;
    bool hotzone_refuses_ = false;
    std::optional<PlainPart> waiting_ = {};
    MappingPlan present_ = {};  // what the overlay does, with waiting() as new data
    bool keys_in_table_ = false;
    std::vector<io::KeyLink> published_ = {};
};

}  // namespace latchkey::activate
