// SPDX-License-Identifier: LGPL-2.1-or-later
// Changes the flags of an active mapping.
#include "activate/dm_uuid.h"
#include "activate/flags.h"
#include "activate/kernel_backend.h"
#include "base/scope_guard.h"
#include "base/secret_text.h"
#include "base/strprintf.h"

namespace latchkey::activate {
namespace {

Error differs(std::string_view name, const char* what, const std::string& active,
              const std::string& wanted) {
    return fail(Errc::InvalidArgument, "device %s: %s is %s, the header has %s",
                std::string(name).c_str(), what, active.c_str(), wanted.c_str());
}

// Everything that decides how a sector decrypts must stay the same.
Result<void> compare(std::string_view name, const DmInfo& info, const CryptParams& active,
                     const MappingPlan& plan, const CryptParams& wanted, ByteView hex_key) {
    const std::string uuid = make_dm_uuid(plan.type, plan.uuid, name);
    if (info.uuid != uuid) return differs(name, "uuid", info.uuid, uuid);
    if (active.cipher != wanted.cipher)
        return differs(name, "cipher", active.cipher, wanted.cipher);
    const auto compare_number = [&](const char* what, std::uint64_t a, std::uint64_t b) {
        return a == b ? Result<void>() : differs(name, what, std::to_string(a), std::to_string(b));
    };
    LK_TRY(compare_number("key size", active.key_bytes, wanted.key_bytes));
    LK_TRY(compare_number("offset", active.offset, wanted.offset));
    LK_TRY(compare_number("IV offset", active.iv_offset, wanted.iv_offset));
    LK_TRY(compare_number("sector size", active.sector_size, wanted.sector_size));
    LK_TRY(compare_number("iv_large_sectors", active.iv_large_sectors ? 1 : 0,
                          wanted.iv_large_sectors ? 1 : 0));
    LK_TRY(compare_number("tag size", active.tag_bytes, wanted.tag_bytes));
    const std::string& description = plan.keys.front().keyring_description;
    if (active.key_in_keyring && !description.empty() && active.key_description != description)
        return differs(name, "key", active.key_description, description);
    if (!active.key_in_keyring && active.key_bytes != 0 &&
        !equal_in_constant_time(as_byte_view(active.key_field), hex_key))
        return fail(Errc::InvalidArgument, "device %s has another key", std::string(name).c_str());
    return {};
}

// Checks that the mapping lies on the data device of the request; returns that device.
Result<BlockFacts> same_data_device(const Kernel& kernel, const Request& request,
                                    const CryptParams& active) {
    const BlockFacts below = kernel.devices->identify(active.major, active.minor);
    LK_ASSIGN(BlockFacts device, kernel.devices->facts(below.path));
    const auto is_below = [&](const BlockFacts& facts) {
        return facts.major == active.major && facts.minor == active.minor;
    };
    if (request.data.regular_file()) {
        const DeviceIdentity file = kernel.loops->backing(device.major, device.minor);
        if (is_below(device) && file.known() && file == request.data.identity()) return device;
        const std::string path = kernel.loops->backing_file(below.path);
        return differs(request.name, "data device", path.empty() ? below.path : path,
                       request.data.name());
    }
    LK_ASSIGN(const BlockFacts given, kernel.devices->facts(*request.data.io()));
    if (is_below(device) && is_below(given)) return device;
    return differs(request.name, "data device", below.path, request.data.name());
}

}  // namespace

Result<MappingInfo> KernelBackend::refresh(Context& context, const Request& request) {
    LK_TRY(request.plan.check_keys(request.keys));
    LK_ASSIGN(const CryptMapping mapping, crypt_mapping(request.name));
    const std::string shown(request.name);
    if (mapping.targets.size() != 1 || !request.plan.is_single())
        return fail(Errc::NotSupported,
                    "device %s has several segments: it is not refreshed while it is reencrypted",
                    shown.c_str());
    const VolumeKey& key = request.keys.front();
    if (mapping.info.suspended)
        return fail(Errc::InvalidArgument, "volume %s is suspended", shown.c_str());
    LK_ASSIGN(const BlockFacts device, same_data_device(kernel_, request, mapping.params));

    Prepared prepared{.plan = with_options(request.plan, request.options),
                      .published = {},
                      // A refresh must not change this, because a file system relies on it.
                      .read_only = mapping.info.read_only};
    LK_ASSIGN(prepared.published, place_keys(context, prepared.plan, request.keys));
    ScopeGuard forget([&] { withdraw(prepared.published); });
    const std::string numbers = strprintf("%u:%u", device.major, device.minor);
    const model::TableDevice table_device{numbers, request.data.name(), device.size_bytes};
    LK_ASSIGN(auto crypt, model::table_targets(prepared.plan, prepared.plan.segments, table_device,
                                               &request.keys));
    auto targets = dm_targets(std::move(crypt));
    LK_ASSIGN(const CryptParams wanted,
              parse_crypt_params(as_text(targets.front().parameters.bytes())));
    const SecretBuffer hex_key = std::move(SecretText().append_hex(key.bytes())).take();
    LK_TRY(compare(request.name, mapping.info, mapping.params, prepared.plan, wanted,
                   hex_key.bytes()));

    auto loaded = kernel_.mapper->reload(request.name, prepared.read_only, targets);
    if (!loaded && loaded.error().code == Errc::InvalidArgument) {
        LK_ASSIGN(const bool dropped, drop_unsupported_flags(context, prepared.plan));
        if (!dropped) return std::move(loaded).error();
        LK_ASSIGN(crypt, model::table_targets(prepared.plan, prepared.plan.segments, table_device,
                                              &request.keys));
        targets = dm_targets(std::move(crypt));
        loaded = kernel_.mapper->reload(request.name, prepared.read_only, targets);
    }
    if (!loaded) return std::move(loaded).error();
    ScopeGuard clear([&] { (void)kernel_.mapper->clear(request.name); });
    LK_TRY(unlink(prepared.published));
    LK_TRY(kernel_.mapper->resume(request.name, false, false));
    clear.dismiss();
    kernel_.mapper->settle();
    DmInfo info = mapping.info;
    info.read_only = prepared.read_only;
    return describe_mapping(request.name, info, targets);
}

}  // namespace latchkey::activate
