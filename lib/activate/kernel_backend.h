// SPDX-License-Identifier: LGPL-2.1-or-later
// The back end for the kernel's device-mapper: the logic, on top of the interfaces of kernel.h.  One operation per
// file.
#pragma once

#include "activate/backend.h"
#include "activate/crypt_params.h"
#include "activate/device_stack.h"
#include "activate/kernel.h"
#include "model/crypt_table.h"

namespace latchkey::activate {

class KernelBackend final : public Backend {
  public:
    explicit KernelBackend(Kernel kernel) : kernel_(std::move(kernel)) {}

    std::string_view name() const override { return "kernel"; }
    Result<void> available() override { return kernel_.mapper->available(); }
    Result<MappingInfo> activate(Context&, const Request&) override;
    Result<MappingInfo> status(Context&, std::string_view name) override;
    Result<SecretBuffer> table(Context&, std::string_view name, bool show_key) override;
    Result<void> close(Context&, std::string_view name, const mapping::CloseOptions&) override;
    Result<void> resize(Context&, std::string_view name, std::uint64_t size_sectors,
                        const VolumeKey* key) override;
    Result<MappingInfo> refresh(Context&, const Request&) override;
    Result<void> suspend(Context&, std::string_view name) override;
    Result<void> resume(Context&, std::string_view name, const MappingPlan&, const KeyRing&,
                        const ActivateOptions&) override;
    Result<std::unique_ptr<model::DataUsers>> users(Context&, const UsersRequest&) override;
    Result<std::vector<std::string>> mappings_over(const Device& data) override;

  private:
    friend class KernelUsers;
    // The block device that holds the data: the caller's, or a loop device over the caller's file.
    struct DataDevice {
        BlockFacts facts = {};
        LoopDevices::Attached loop = {};
        UniqueFd claim = {};  // on the file, until the mapping keeps other users away
    };
    // The inputs of a table.
    struct Prepared {
        MappingPlan plan = {};
        std::vector<io::KeyLink> published = {};  // in the keyring until the table is loaded
        bool read_only = false;
    };

    // activate.cpp
    [[nodiscard]] Result<DataDevice> data_device(const Request& request);
    [[nodiscard]] Result<void> check_free(Context& context, std::string_view name);
    struct NewLayer {
        std::string name;                          // in device-mapper
        std::string_view type;                     // in its dm uuid
        const std::vector<PlanSegment>& segments;  // of the prepared plan
        model::TableDevice below;
    };
    struct Made {
        DmInfo info;
        std::vector<DmTarget> targets;
    };
    // `data`: the device below all layers.
    [[nodiscard]] Result<Made> create_layer(Context& context, const Request& request,
                                            const NewLayer& layer, const BlockFacts& data,
                                            Prepared& prepared);
    // Makes a device for each layer of the plan and adds it to the stack.
    [[nodiscard]] Result<MappingInfo> create(Context& context, const Request& request,
                                             const BlockFacts& data, Prepared& prepared,
                                             DeviceStack& stack);
    [[nodiscard]] Result<void> link_keys(const std::vector<std::string>& targets,
                                         const VolumeKey& key);

    // key_place.cpp
    // Puts the keys where the table will look for them, before the table is made from the plan.  Publishes them in the
    // keyring; or, if policy, kernel or cipher require the keys in the table, clears the plan's keyring descriptions.
    [[nodiscard]] Result<std::vector<io::KeyLink>> place_keys(Context& context, MappingPlan& plan,
                                                              const KeyRing& keys);
    [[nodiscard]] Result<bool> keyring_works(const Context& context, const MappingPlan& plan);
    [[nodiscard]] Result<io::KeyLink> publish_key(const std::string& description,
                                                  const VolumeKey& key);
    void withdraw(std::vector<io::KeyLink>& published);
    // Unlinks the keys after a table that names them is loaded, because dm-crypt then has copies.
    [[nodiscard]] Result<void> unlink(std::vector<io::KeyLink>& published);
    // Removes flags that this kernel's dm-crypt is too old for; returns false if there are none.
    [[nodiscard]] Result<bool> drop_unsupported_flags(Context& context, MappingPlan& plan);

    // status.cpp
    [[nodiscard]] MappingInfo describe_mapping(std::string_view name, const DmInfo& info,
                                               const std::vector<DmTarget>& targets);
    [[nodiscard]] BlockFacts data_below(const CryptParams& params);
    [[nodiscard]] std::uint64_t offset_below(const CryptParams& params);
    // Returns the overlay of a mapping whose data are being reencrypted; nothing if it has none.
    [[nodiscard]] Result<std::optional<DeviceMapper::Table>> overlay_below(
        std::string_view name, const DeviceMapper::Table& mapping);
    // An existing mapping whose first target is of type crypt.
    struct CryptMapping {
        DmInfo info = {};
        std::vector<DmTarget> targets = {};
        CryptParams params = {};  // of the first target
    };
    [[nodiscard]] Result<CryptMapping> crypt_mapping(std::string_view name);

    // close.cpp
    [[nodiscard]] Result<std::vector<std::string>> helpers_below(
        std::string_view name, const DeviceMapper::Table& mapping);
    [[nodiscard]] Result<void> let_fail(const std::string& helper);
    [[nodiscard]] Result<void> remove_leftovers(std::string_view name,
                                                const DeviceMapper::Table& mapping);
    [[nodiscard]] Error still_in_use(std::string_view name, const DmInfo& info);

    // suspend.cpp
    [[nodiscard]] Result<void> suspend_and_wipe(std::string_view name);

    Kernel kernel_;
};

[[nodiscard]] Error not_active(std::string_view name);
[[nodiscard]] std::vector<DmTarget> dm_targets(std::vector<model::TableTarget> targets);

}  // namespace latchkey::activate
