// SPDX-License-Identifier: LGPL-2.1-or-later
// The parts of the LUKS1 format that lib/luks1/loaded_header.cpp combines.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "formats/format.h"
#include "luks1/store.h"

namespace latchkey::luks1 {

// `detached`: the data are on another device.
[[nodiscard]] std::unique_ptr<formats::LoadedHeader> make_loaded_header(
    std::shared_ptr<io::BlockDevice> device, StoredHeader stored, bool detached);

// Begins a change of a loaded LUKS1 header.  InvalidArgument for a header of another format.
[[nodiscard]] Result<std::shared_ptr<Transaction>> begin_change(Context& context,
                                                                formats::LoadedHeader& header);

// format.cpp
[[nodiscard]] std::uint64_t usual_data_offset(const FormatParams& params);
[[nodiscard]] Result<void> check_create(Context& context, const FormatParams& params);
[[nodiscard]] Result<void> check_room(const io::BlockDevice& device, const io::BlockDevice* data,
                                      const FormatParams& params);
[[nodiscard]] Result<std::unique_ptr<formats::LoadedHeader>> create(
    Context& context, std::shared_ptr<io::BlockDevice> device, io::BlockDevice* data,
    const FormatParams& params, const VolumeKey& key);

// repair.cpp: repairs what the peer repairs (docs/formats/luks1.md section 8); returns one line per repair.
[[nodiscard]] Result<std::vector<std::string>> repair(Context& context,
                                                      std::shared_ptr<io::BlockDevice> device);

// restore.cpp
[[nodiscard]] Result<std::vector<std::string>> check_restore(
    Context& context, std::shared_ptr<io::BlockDevice> backup,
    std::shared_ptr<io::BlockDevice> device);

// dump.cpp
[[nodiscard]] Fact describe(const Header& header, const std::string& device_name);

}  // namespace latchkey::luks1
