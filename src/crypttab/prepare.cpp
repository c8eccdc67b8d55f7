// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypttab/prepare.h"

#include <unistd.h>

#include <algorithm>

#include "activation/activation.h"
#include "crypttab/look.h"
#include "latchkey/find_device.h"
#include "latchkey/swap_guard.h"
#include "text/format.h"

namespace latchkey::cli {
namespace {

using crypttab::KeyKind;
using crypttab::Readers;
using crypttab::Type;

plain::Params plain_params_of(const crypttab::Volume& line) {
    plain::Params params;
    if (!line.cipher.empty()) params.cipher = line.cipher;
    if (!line.hash.empty()) params.hash = line.hash;
    // What is more than fits is refused by its name: kMaxKeyBytes is far below.
    if (line.key_bits)
        params.key_bytes =
            static_cast<std::uint32_t>(std::min<std::uint64_t>(*line.key_bits / 8, UINT32_MAX));
    params.offset_sectors = line.offset_sectors.value_or(0);
    params.skip_sectors = line.skip_sectors.value_or(0);
    if (line.sector_size)
        params.sector_size =
            static_cast<std::uint32_t>(std::min<std::uint64_t>(*line.sector_size, UINT32_MAX));
    return params;
}

ActivateOptions options_of(const Context& context, const crypttab::Volume& line) {
    ActivateOptions options{.flags = {.allow_discards = line.discard,
                                      .same_cpu_crypt = line.same_cpu_crypt,
                                      .submit_from_crypt_cpus = line.submit_from_crypt_cpus,
                                      .no_read_workqueue = line.no_read_workqueue,
                                      .no_write_workqueue = line.no_write_workqueue},
                            .read_only = line.read_only,
                            .key_in_keyring = context.policy.use_kernel_keyring};
    if (!line.link_volume_key.empty()) options.link_key_to.push_back(line.link_volume_key);
    return options;
}

// Before a plain mapping: Debian's scripts look at the device whatever the key is; a random key, which nobody has twice,
// destroys what is there with the first write.
Result<void> check_target(const crypttab::Volume& line, const Device& data) {
    if (line.reader == Readers::Systemd && line.key != KeyKind::Random) return {};
    LK_ASSIGN(const auto found, endangered(line, data));
    if (found.empty()) return {};
    if (line.key == KeyKind::Random) return decide_swap_target(data.name(), found, {});
    return fail(Errc::Refused, "device %s has a signature of %s, and is no plain volume then",
                data.name().c_str(), names_of(found).c_str());
}

Result<std::string> header_path(Ui& ui, const crypttab::Volume& line, Prepared& prepared) {
    if (line.header.empty()) return prepared.source;
    if (line.header_device.empty()) return find_device(line.header);
    LK_ASSIGN(MountedDevice mounted, MountedDevice::mount(ui.context(), line.header_device));
    LK_ASSIGN(std::string path, mounted.path_of(line.header));
    prepared.header_device = std::move(mounted);
    return path;
}

Result<void> load_luks(Ui& ui, const crypttab::Volume& line, Prepared& prepared) {
    LK_ASSIGN(const std::string path, header_path(ui, line, prepared));
    LoadOptions options{.type = "LUKS"};
    // Where no other header is named it is read from the very device that will be mapped.
    LK_ASSIGN(Device metadata, line.header.empty()
                                   ? Result<Device>(prepared.data)
                                   : Device::open(ui.context(), path, Access::ReadOnly));
    if (metadata.identity() != prepared.data.identity()) options.data_device = prepared.source;
    auto volume = Volume::load(ui.context(), std::move(metadata), options);
    if (!volume && volume.error().code == Errc::NotThisFormat)
        return fail_saying(Errc::NotThisFormat, "Device %s is not a valid LUKS device.",
                           path.c_str());
    if (!volume) return std::move(volume).error();
    LK_TRY(volume->check_data_device(prepared.data));
    prepared.luks = std::move(volume).value();
    return {};
}

Result<void> prepare_plain(Ui& ui, const crypttab::Volume& line, Prepared& prepared) {
    // It has no use here, but Debian's scripts go no further.
    if (line.reader == Readers::Debian && !line.header.empty() &&
        ::access(line.header.c_str(), F_OK) != 0)
        return fail(Errc::InvalidArgument, "header %s does not exist", line.header.c_str());
    if (const std::string refused = crypttab::refusal_as_plain(line); !refused.empty())
        return fail(Errc::InvalidArgument, "line %u cannot be used: %s", line.line,
                    refused.c_str());
    prepared.plain = plain_params_of(line);
    LK_TRY(plain::plan(prepared.plain));
    if (line.cipher.empty() || line.hash.empty())
        ui.verbose(
            "%s: without cipher= and hash= it is %s with %s, which other versions do not share.",
            line.name.c_str(), prepared.plain.cipher.c_str(), prepared.plain.hash.c_str());
    return check_target(line, prepared.data);
}

}  // namespace

Result<Prepared> prepare(Ui& ui, const crypttab::Volume& line, const std::string& backend,
                         const DeviceIdentity& expected) {
    const bool luks = line.type == Type::Luks || line.type == Type::AsFound;
    if (!luks && line.type != Type::Plain)
        return fail_saying(Errc::NotSupported,
                           "Volumes of type %s cannot be opened by this version.",
                           std::string(crypttab::name_of(line.type)).c_str());
    LK_ASSIGN(std::string source, find_device(line.source));
    LK_ASSIGN(Device data, Device::open(ui.context(), source,
                                        line.read_only ? Access::ReadOnly : Access::ReadWrite));
    if (expected.known() && data.identity() != expected)
        return fail(Errc::ConcurrentChange, "%s is not the device that it was a moment ago",
                    source.c_str());
    Prepared prepared{.source = std::move(source), .data = std::move(data)};
    prepared.options = options_of(ui.context(), line);
    prepared.options.backend = backend;
    if (luks) {
        auto loaded = load_luks(ui, line, prepared);
        if (loaded) return prepared;
        if (line.type == Type::Luks || loaded.error().code != Errc::NotThisFormat ||
            !line.header.empty())
            return std::move(loaded).error();
        ui.warn("%s: %s has no LUKS header: it is taken as plain; say plain in the crypttab.",
                line.name.c_str(), prepared.source.c_str());
    }
    LK_TRY(prepare_plain(ui, line, prepared));
    return prepared;
}

Result<void> map_prepared(Ui& ui, const crypttab::Volume& line, const Prepared& prepared,
                          const MappingPlan& plan, const KeyRing& keys) {
    auto info =
        mapping::activate(ui.context(), plan, keys, prepared.data, line.name, prepared.options);
    if (!info) return with_data_holders(std::move(info).error(), prepared.data);
    return {};
}

}  // namespace latchkey::cli
