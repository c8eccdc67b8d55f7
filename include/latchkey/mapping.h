// SPDX-License-Identifier: LGPL-2.1-or-later
// Operations on active devices: map, inspect, change, unmap.  Their parameters and results: mapping_info.h.
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

// Creates a device from a plan and its keys.  Exists (name taken), Busy (names the holders), DeviceTooSmall,
// MissingCipher (names the kernel module), NotSupported (no back end works here; gives the reason for each),
// AccessDenied. Refused if the key is random and would destroy the content of the device.  InTheWay, with its name,
// if something else is at the path of the mapping's node.
// After a failure nothing is left: no device, no loop device, no key in a keyring.
[[nodiscard]] LATCHKEY_API Result<MappingInfo> activate(Context& context, const MappingPlan& plan,
                                                        const KeyRing& keys, const Device& data,
                                                        std::string_view name,
                                                        const ActivateOptions& options = {});

// Checks that the back end that activate() would choose has the plan's ciphers, as far as this is known without a
// key. MissingCipher names the first missing one.  Succeeds if no back end works here, because activate() reports
// that.
[[nodiscard]] LATCHKEY_API Result<void> check_ciphers(Context& context, const MappingPlan& plan,
                                                      std::string_view name,
                                                      const ActivateOptions& options = {});

// Returns the table that activate() would load, in the format of `dmsetup create`; docs/formats/device-mapper.md
// section 1.  The key field is the keyring's description or zeros, so the table contains no secret.  DeviceTooSmall;
// InvalidArgument if the size is not a multiple of the sector size.
[[nodiscard]] LATCHKEY_API Result<std::string> planned_table(const MappingPlan& plan,
                                                             const Device& data,
                                                             const ActivateOptions& options = {});

// Returns the state of a mapping; `active` is false if the name does not exist.  Fails only if the kernel cannot be
// asked.
[[nodiscard]] LATCHKEY_API Result<MappingInfo> status(Context& context, std::string_view name);
// Returns the state of a mapping that must exist: NoDevice with Condition::MappingInactive.
[[nodiscard]] LATCHKEY_API Result<MappingInfo> active(Context& context, std::string_view name);
// Checks that no mapping has the name, before time is spent on a passphrase: Exists with Condition::MappingExists.  Any
// other error if the kernel cannot be asked.  A name that no mapping can have passes: activate() refuses it.
[[nodiscard]] LATCHKEY_API Result<void> check_name_is_free(Context& context, std::string_view name);
// Returns the mapping's name for "/dev/mapper/home" and "/dev/dm-0", which programs and users write instead of it.
// Returns other words unchanged.
[[nodiscard]] LATCHKEY_API std::string name_of(std::string_view word);
// Returns the mounts, swap areas, devices above and visible processes that hold the mapping.
[[nodiscard]] LATCHKEY_API std::vector<Holder> holders(const MappingInfo& info);
// Returns the holders of a device that is not a mapping.  For a file: the used loop devices over it, and processes.
[[nodiscard]] LATCHKEY_API std::vector<Holder> holders(const Device& device);
// Opens the data device of an active mapping.  ConcurrentChange if the name now belongs to another mapping.
[[nodiscard]] LATCHKEY_API Result<Device> open_data(Context& context, const MappingInfo& info,
                                                    Access access);
// Returns the names of the open mappings of LUKS2 volumes over a block device; none for a file.
[[nodiscard]] LATCHKEY_API Result<std::vector<std::string>> over(Context& context,
                                                                 const Device& data);
// Returns the loaded table.  Without `show_key` the key field is zeros, or the keyring's description.
[[nodiscard]] LATCHKEY_API Result<SecretBuffer> active_table(Context& context,
                                                             std::string_view name, bool show_key);

// Removes a mapping.  Each failure for which the peer has a sentence has its Condition: MappingExists, DataInUse,
// MappingInUse, ...  NoDevice if the mapping is not active, Busy with the holders.
[[nodiscard]] LATCHKEY_API Result<void> close(Context& context, std::string_view name,
                                              const CloseOptions& options = {});
struct ResizeOptions {
    // If false, a mapping in use shrinks at most to the end of the file system found on it: its user would lose the
    // data after the new end.
    bool may_shrink = false;
};
// Sets the size in 512-byte sectors; 0 = the rest of the device.  A mapping whose key is in the keyring needs `key`,
// which must be its key.  Busy, with both sizes and the user, if the mapping would shrink below a file system in use.
[[nodiscard]] LATCHKEY_API Result<void> resize(Context& context, std::string_view name,
                                               std::uint64_t size_sectors,
                                               const VolumeKey* key = nullptr,
                                               const ResizeOptions& options = {});
// Sets new flags on an active mapping, which stays read only or writable as it is.  Plan, keys and device must be
// those that it was made with; InvalidArgument names the difference.  Without options.size_sectors the mapping gets
// the size of the device.
[[nodiscard]] LATCHKEY_API Result<MappingInfo> refresh(Context& context, const MappingPlan& plan,
                                                       const KeyRing& keys, const Device& data,
                                                       std::string_view name,
                                                       const ActivateOptions& options);
// Checks that the mapping was made with `header`: by type and UUID and, if the key can be read from the mapping, by
// the digest.  InvalidArgument names the difference.  Call it before changing a mapping according to a header.
[[nodiscard]] LATCHKEY_API Result<void> check_header(Context& context, const Volume& header,
                                                     const MappingInfo& info);
// Does the same, and checks that some keyslot of the header could give the key back.  Call it before suspend():
// without the key, data that are not written yet are lost after it.  NoUsableKeyslot.
[[nodiscard]] LATCHKEY_API Result<void> check_resumable(Context& context, const Volume& header,
                                                        const MappingInfo& info);
// Stops I/O and wipes the key in the kernel and in keyrings.  InvalidArgument if the mapping is suspended already.
[[nodiscard]] LATCHKEY_API Result<void> suspend(Context& context, std::string_view name);
// Restores the key and continues I/O.  The plan's uuid must be that of the mapping.  InvalidArgument if the mapping
// is not suspended.
[[nodiscard]] LATCHKEY_API Result<void> resume(Context& context, const MappingPlan& plan,
                                               const KeyRing& keys, std::string_view name,
                                               const ActivateOptions& options = {});

// Returns the facts that `status` prints, in the layout that scripts expect (docs/cli-abi.md).
[[nodiscard]] LATCHKEY_API Fact describe(const MappingInfo& info,
                                         StatusLayout layout = StatusLayout::PlainUnits);

}  // namespace mapping
}  // namespace latchkey
