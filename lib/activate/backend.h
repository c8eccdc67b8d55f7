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
};

// Returns all back ends in the order in which they are tried.
[[nodiscard]] std::vector<std::unique_ptr<Backend>> backends(Context& context);

}  // namespace latchkey::activate
