// SPDX-License-Identifier: LGPL-2.1-or-later
// What can carry out a plan.  lib/activate/registry.cpp lists the back ends in order of preference.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"
#include "latchkey/mapping_info.h"
#include "latchkey/secret.h"
#include "model/data_users.h"
#include "model/mapping_plan.h"

namespace latchkey::activate {

// What to activate.  Refers to the caller's plan, keys and device.
struct Request {
    std::string_view name;
    const model::MappingPlan& plan;
    KeyRing keys;
    const Device& data;
    const ActivateOptions& options;
};

// A mapping whose data are reencrypted while it is open.
struct UsersRequest {
    std::string_view name;
    std::string uuid;    // of the volume, with dashes
    const Device& data;  // the device below the mapping
};

// The operations of latchkey/mapping.h, which documents their promises and errors.
class Backend {
  public:
    virtual ~Backend() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;  // "kernel", "userspace"
    // NotSupported or AccessDenied if nothing can be activated here; the error says what would help.
    [[nodiscard]] virtual Result<void> available() = 0;

    [[nodiscard]] virtual Result<MappingInfo> activate(Context&, const Request&) = 0;
    // `active` is false if this back end has no such name.
    [[nodiscard]] virtual Result<MappingInfo> status(Context&, std::string_view name) = 0;
    [[nodiscard]] virtual Result<SecretBuffer> table(Context&, std::string_view name,
                                                     bool show_key) = 0;
    [[nodiscard]] virtual Result<void> close(Context&, std::string_view name,
                                             const mapping::CloseOptions&) = 0;
    [[nodiscard]] virtual Result<void> resize(Context&, std::string_view name,
                                              std::uint64_t size_sectors, const VolumeKey* key) = 0;
    [[nodiscard]] virtual Result<MappingInfo> refresh(Context&, const Request&) = 0;
    [[nodiscard]] virtual Result<void> suspend(Context&, std::string_view name) = 0;
    [[nodiscard]] virtual Result<void> resume(Context&, std::string_view name,
                                              const model::MappingPlan&, const KeyRing&,
                                              const ActivateOptions&) = 0;
    // Returns those who use the data of an open mapping; refers to this object.
    [[nodiscard]] virtual Result<std::unique_ptr<model::DataUsers>> users(Context&,
                                                                          const UsersRequest&) = 0;
    // Returns the names of the mappings of LUKS2 volumes over a block device.
    [[nodiscard]] virtual Result<std::vector<std::string>> mappings_over(const Device& data) = 0;
};

// Returns all back ends in the order in which they are tried.
[[nodiscard]] std::vector<std::unique_ptr<Backend>> backends(Context& context);

}  // namespace latchkey::activate
