// SPDX-License-Identifier: LGPL-2.1-or-later
#include "boot/prepare.h"

#include <unistd.h>

#include <algorithm>

#include "latchkey/boot.h"
#include "latchkey/find_device.h"
#include "latchkey/swap_guard.h"

namespace latchkey::boot {
namespace {

// Refuses a device whose contents a plain mapping would hide.  With a random key the first write destroys them.
Result<void> check_target(const OpenRequest& request, const Device& data) {
    if (!request.random_key && !request.plain.spares_other_contents) return {};
    LK_ASSIGN(const auto found, endangered(request.plain.params.offset_sectors, data));
    if (found.empty()) return {};
    if (request.random_key) return decide_swap_target(data.name(), found, {});
    return fail(Errc::Refused, "device %s has a signature of %s, so it is not a plain volume",
                data.name().c_str(), names_of(found).c_str());
}

Result<std::string> header_path(Context& context, const OpenRequest& request, Prepared& prepared) {
    if (request.header.empty()) return prepared.source;
    if (request.header_device.empty()) return find_device(request.header);
    LK_ASSIGN(MountedDevice mounted, MountedDevice::mount(context, request.header_device));
    LK_ASSIGN(std::string path, mounted.path_of(request.header));
    prepared.header_device = std::move(mounted);
    return path;
}

Result<void> load_luks(Context& context, const OpenRequest& request, Prepared& prepared) {
    LK_ASSIGN(const std::string path, header_path(context, request, prepared));
    LoadOptions options{.type = "LUKS"};
    // Where no other header is named it is read from the very device that will be mapped.
    LK_ASSIGN(Device metadata, request.header.empty()
                                   ? Result<Device>(prepared.data)
                                   : Device::open(context, path, Access::ReadOnly));
    if (metadata.identity() != prepared.data.identity()) options.data_device = prepared.source;
    LK_ASSIGN(Volume volume, Volume::load(context, std::move(metadata), options));
    LK_TRY(volume.check_data_device(prepared.data));
    prepared.luks = std::move(volume);
    return {};
}

Result<void> prepare_plain(Context& context, const OpenRequest& request, Prepared& prepared) {
    const PlainWishes& wishes = request.plain;
    if (!wishes.must_exist.empty() && ::access(wishes.must_exist.c_str(), F_OK) != 0)
        return fail(Errc::InvalidArgument, "header %s does not exist", wishes.must_exist.c_str());
    if (!wishes.refusal.empty())
        return fail(Errc::InvalidArgument, "line %u cannot be used: %s", request.line,
                    wishes.refusal.c_str());
    prepared.plain = wishes.params;
    LK_TRY(plain::plan(prepared.plain));
    if (wishes.relies_on_defaults)
        context.log(
            LogLevel::Verbose,
            "%s: without cipher= and hash= it is %s with %s, which other versions do not share.",
            request.name.c_str(), prepared.plain.cipher.c_str(), prepared.plain.hash.c_str());
    return check_target(request, prepared.data);
}

}  // namespace

Result<Prepared> prepare(Context& context, const OpenRequest& request) {
    if (request.format == Format::Other)
        return fail_saying(Errc::NotSupported,
                           "Volumes of type %s cannot be opened by this version.",
                           request.format_name.c_str());
    LK_ASSIGN(std::string source, find_device(request.source));
    LK_ASSIGN(Device data,
              Device::open(context, source,
                           request.mapping.read_only ? Access::ReadOnly : Access::ReadWrite));
    if (request.expected.known() && data.identity() != request.expected)
        return fail(Errc::ConcurrentChange, "%s is not the device that it was a moment ago",
                    source.c_str());
    Prepared prepared{.source = std::move(source), .data = std::move(data)};
    if (request.format != Format::Plain) {
        auto loaded = load_luks(context, request, prepared);
        if (loaded) return prepared;
        if (request.format == Format::Luks || loaded.error().code != Errc::NotThisFormat ||
            !request.header.empty())
            return std::move(loaded).error();
        context.log(LogLevel::Warning,
                    "%s: %s has no LUKS header: it is taken as plain; say plain in the crypttab.",
                    request.name.c_str(), prepared.source.c_str());
    }
    LK_TRY(prepare_plain(context, request, prepared));
    return prepared;
}

Result<void> map_prepared(Context& context, const OpenRequest& request, const Prepared& prepared,
                          const MappingPlan& plan, const KeyRing& keys) {
    auto info =
        mapping::activate(context, plan, keys, prepared.data, request.name, request.mapping);
    if (!info) return std::move(info).error();
    return {};
}

}  // namespace latchkey::boot
