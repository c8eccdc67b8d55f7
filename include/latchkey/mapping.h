// SPDX-License-Identifier: LGPL-2.1-or-later
// The verbs of active devices: map, look, change, unmap.  What they take and tell: mapping_info.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"
#include "latchkey/mapping_info.h"
#include "latchkey/mapping_plan.h"
#include "latchkey/report.h"
#include "latchkey/secret.h"

namespace latchkey {

class Volume;

namespace mapping {

// The road's end: a plan and its keys become a device.  Exists (name taken), Busy (names the holders), DeviceTooSmall,
// MissingCipher (names the kernel module), NotSupported (no back end works here: says why for each), AccessDenied.
// Refused if the key is random and would destroy what the device carries.  InTheWay, naming it, if something else stands
// where the mapping's node belongs.
// Whatever fails, nothing stays: no device, no loop device, no key in a keyring.
[[nodiscard]] LATCHKEY_API Result<MappingInfo> activate(Context& context, const MappingPlan& plan,
                                                        const KeyRing& keys, const Device& data,
                                                        std::string_view name,
                                                        const ActivateOptions& options = {});

// Whether what activate() would choose has the plan's ciphers, as far as that can be told before there is a key:
// MissingCipher names the first that is lacking.  Nothing if no back end works here, as activate() says why.
[[nodiscard]] LATCHKEY_API Result<void> check_ciphers(Context& context, const MappingPlan& plan,
                                                      std::string_view name,
                                                      const ActivateOptions& options = {});

// The table that activate() would load, as `dmsetup create` reads it; docs/formats/device-mapper.md section 1.  The key field is
// the keyring's description or zeros: no secret is in it.  DeviceTooSmall, InvalidArgument (size no multiple).
[[nodiscard]] LATCHKEY_API Result<std::string> planned_table(const MappingPlan& plan,
                                                             const Device& data,
                                                             const ActivateOptions& options = {});

// `active` false for a name that nobody has; an error only if the kernel cannot be asked.
[[nodiscard]] LATCHKEY_API Result<MappingInfo> status(Context& context, std::string_view name);
// The same of a mapping that must be there: NoDevice, Condition::MappingInactive.
[[nodiscard]] LATCHKEY_API Result<MappingInfo> active(Context& context, std::string_view name);
// "/dev/mapper/home" and "/dev/dm-0" by the name of the mapping, which programs and people take one for the other; other
// words are names already.
[[nodiscard]] LATCHKEY_API std::string name_of(std::string_view word);
// Mounts, swap areas, devices above and visible processes that hold it.
[[nodiscard]] LATCHKEY_API std::vector<Holder> holders(const MappingInfo& info);
// The same of a device that is no mapping; of a file, the loop devices over it that are in use, and processes.
[[nodiscard]] LATCHKEY_API std::vector<Holder> holders(const Device& device);
// The device that an active mapping lies on.  ConcurrentChange if another one has its name by now.
[[nodiscard]] LATCHKEY_API Result<Device> open_data(Context& context, const MappingInfo& info,
                                                    Access access);
// The table that is loaded.  Without `show_key` the key field is zeros, or the keyring's description.
[[nodiscard]] LATCHKEY_API Result<SecretBuffer> active_table(Context& context,
                                                             std::string_view name, bool show_key);

// Each failure has its Condition, where the peer has a sentence for it: MappingExists, DataInUse, MappingInUse, ...
// NoDevice if not active, Busy with the holders.
[[nodiscard]] LATCHKEY_API Result<void> close(Context& context, std::string_view name,
                                              const CloseOptions& options = {});
struct ResizeOptions {
    // A mapping in use shrinks no further than to the end of the file system that is seen on it, unless this is set:
    // its user would lose what is behind the new end.
    bool may_shrink = false;
};
// Size in 512-byte sectors; 0 = all there is.  `key` is needed for a mapping whose key is in the keyring, and must be
// its key.  Busy, naming both sizes and who uses it, if it would shrink under its user.
[[nodiscard]] LATCHKEY_API Result<void> resize(Context& context, std::string_view name,
                                               std::uint64_t size_sectors,
                                               const VolumeKey* key = nullptr,
                                               const ResizeOptions& options = {});
// New flags for an active mapping, which stays as writable as it is; plan, keys and device must be those it was made with
// (InvalidArgument names the difference).  Without options.size_sectors the size returns to the device's.
[[nodiscard]] LATCHKEY_API Result<MappingInfo> refresh(Context& context, const MappingPlan& plan,
                                                       const KeyRing& keys, const Device& data,
                                                       std::string_view name,
                                                       const ActivateOptions& options);
// That `header` is the one that the mapping was made with: by type and UUID and, where the key can be had of the
// mapping, by its digest.  InvalidArgument names what differs.  For all who change a mapping by what a header says.
[[nodiscard]] LATCHKEY_API Result<void> check_header(Context& context, const Volume& header,
                                                     const MappingInfo& info);
// That, and that some keyslot of it could give the key back: to be asked before suspend(), after which what was not yet
// written is lost without the key.  NoUsableKeyslot.
[[nodiscard]] LATCHKEY_API Result<void> check_resumable(Context& context, const Volume& header,
                                                        const MappingInfo& info);
// Stops I/O and wipes the key in the kernel and in keyrings.  InvalidArgument if it is suspended.
[[nodiscard]] LATCHKEY_API Result<void> suspend(Context& context, std::string_view name);
// Gives the key back.  The plan's uuid must be the mapping's.  InvalidArgument if it is not suspended.
[[nodiscard]] LATCHKEY_API Result<void> resume(Context& context, const MappingPlan& plan,
                                               const KeyRing& keys, std::string_view name,
                                               const ActivateOptions& options = {});

// The facts as `status` prints them, in the layout that scripts know (docs/cli-abi.md).  The first tool, until 1.0.7,
// said "is active:".
enum class StatusLayout : std::uint8_t { Today, Of2004 };
[[nodiscard]] LATCHKEY_API Fact describe(const MappingInfo& info,
                                         StatusLayout layout = StatusLayout::Today);

}  // namespace mapping
}  // namespace latchkey
