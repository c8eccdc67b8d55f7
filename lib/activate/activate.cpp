// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes a device from a plan.  Every step that leaves something behind has a guard that undoes it.
#include <thread>

#include "activate/device_stack.h"
#include "activate/dm_uuid.h"
#include "activate/flags.h"
#include "activate/helpers.h"
#include "activate/kernel_backend.h"
#include "base/i18n.h"
#include "base/scope_guard.h"
#include "base/strprintf.h"
#include "io/block_device.h"
#include "io/holders.h"

namespace latchkey::activate {
namespace {

std::string helper_name(const Request& request, const PlanLayer& layer) {
    return std::string(request.name) + layer.suffix;
}

Result<void> check_request(const Request& request) {
    LK_TRY(check_name(request.name));
    for (const PlanLayer& layer : request.plan.below)
        LK_TRY(check_name(helper_name(request, layer)));
    LK_TRY(request.plan.check_keys(request.keys));
    if (request.data.is_shadow())
        return fail(Errc::InvalidArgument, "%s is a copy in memory: it cannot be mapped",
                    request.data.name().c_str());
    return {};
}

Result<void> check_alignment(const std::vector<model::TableTarget>& targets,
                             const BlockFacts& device, const std::string& shown) {
    for (const model::TableTarget& target : targets)
        if (target.length * io::kSectorSize % device.logical_block != 0)
            return fail(Errc::InvalidArgument,
                        "size %llu sectors is not aligned to the logical block of %s, %u bytes",
                        static_cast<unsigned long long>(target.length), shown.c_str(),
                        device.logical_block);
    return {};
}

}  // namespace

std::vector<DmTarget> dm_targets(std::vector<model::TableTarget> targets) {
    std::vector<DmTarget> result;
    for (model::TableTarget& target : targets)
        result.push_back({.start = target.start,
                          .length = target.length,
                          .type = std::string(target.type),
                          .parameters = std::move(target.parameters)});
    return result;
}

// Removes an empty device.  A process that is killed between creating a device and loading its table leaves one, which
// is useless and would block the name for ever.
Result<void> KernelBackend::check_free(Context& context, std::string_view name) {
    const std::string shown(name);
    constexpr int kLooks = 10;
    for (int look = 0;; ++look) {
        LK_ASSIGN(const DmInfo info, kernel_.mapper->info(name));
        if (!info.exists) return {};
        const bool empty =
            !info.live_table && info.open_count == 0 && info.uuid.starts_with("CRYPT-");
        if (!empty) return fail(Errc::Exists, "device %s already exists", shown.c_str());
        if (look == kLooks) break;
        // Other programs do not take our lock and may be about to load the table.
        std::this_thread::sleep_for(kernel_.patience / kLooks);
    }
    context.log(LogLevel::Warning, "device %s has no table: removing what a killed process left",
                shown.c_str());
    return kernel_.mapper->remove(name, false);
}

Result<KernelBackend::DataDevice> KernelBackend::data_device(const Request& request) {
    DataDevice device;
    const bool file = request.data.regular_file();
    if (file) {
        const std::uint32_t block_size = request.plan.lowest().front().sector_size;
        LK_ASSIGN(device.claim, kernel_.loops->claim(*request.data.io(), request.options.shared));
        LK_ASSIGN(device.loop,
                  kernel_.loops->attach(*request.data.io(), request.options.read_only, block_size));
    }
    ScopeGuard detach([&] { kernel_.loops->release(device.loop); });
    LK_ASSIGN(device.facts, file ? kernel_.devices->facts(device.loop.path)
                                 : kernel_.devices->facts(*request.data.io()));
    if (!file && !request.options.shared) {
        if (auto unused = kernel_.devices->check_unused(*request.data.io()); !unused) {
            if (!unused.error().hint.empty()) return std::move(unused).error();
            const std::string who =
                io::list_holders(kernel_.devices->holders(device.facts.major, device.facts.minor));
            if (unused.error().code != Errc::Busy || who.empty()) return std::move(unused).error();
            return std::move(unused).error().with_hint(
                strprintf(translate("it is held by %s"), who.c_str()));
        }
    }
    detach.dismiss();
    return device;
}

Result<KernelBackend::Made> KernelBackend::create_layer(Context& context, const Request& request,
                                                        const NewLayer& layer,
                                                        const BlockFacts& data,
                                                        Prepared& prepared) {
    bool cut = false;
    const DmCreate create{.name = layer.name,
                          .uuid = make_dm_uuid(layer.type, prepared.plan.uuid, layer.name, &cut),
                          .read_only = prepared.read_only,
                          .read_ahead = data.read_ahead};
    if (cut)
        context.log(LogLevel::Warning, "the name is too long for its uuid, which is cut: %s",
                    create.uuid.c_str());
    for (bool again = false;; again = true) {
        LK_ASSIGN(auto table,
                  model::table_targets(prepared.plan, layer.segments, layer.below, &request.keys));
        LK_TRY(check_alignment(table, data, layer.below.shown));
        auto targets = dm_targets(std::move(table));
        auto created = kernel_.mapper->create(create, targets);
        if (created) return Made{*created, std::move(targets)};
        // A kernel too old for an argument refuses the table without naming the argument.
        if (again || created.error().code != Errc::InvalidArgument)
            return std::move(created).error();
        LK_ASSIGN(const bool dropped, drop_unsupported_flags(context, prepared.plan));
        if (!dropped) return std::move(created).error();
    }
}

Result<MappingInfo> KernelBackend::create(Context& context, const Request& request,
                                          const BlockFacts& data, Prepared& prepared,
                                          DeviceStack& stack) {
    model::TableDevice below{strprintf("%u:%u", data.major, data.minor), request.data.name(),
                             data.size_bytes};
    for (const PlanLayer& layer : prepared.plan.below) {
        const std::string name = helper_name(request, layer);
        LK_ASSIGN(const Made made,
                  create_layer(context, request, {name, kHelperType, layer.segments, below}, data,
                               prepared));
        stack.made(name);
        const DmTarget& last = made.targets.back();
        below = {strprintf("%u:%u", made.info.major, made.info.minor), name,
                 (last.start + last.length) * io::kSectorSize};
    }
    const std::string name(request.name);
    LK_ASSIGN(
        const Made made,
        create_layer(context, request, {name, prepared.plan.type, prepared.plan.segments, below},
                     data, prepared));
    stack.made(name);
    return describe_mapping(request.name, made.info, made.targets);
}

Result<void> KernelBackend::link_keys(const std::vector<std::string>& targets,
                                      const VolumeKey& key) {
    std::vector<io::KeyLink> linked;
    ScopeGuard unlink([&] {
        for (const io::KeyLink& link : linked) (void)kernel_.keyring->unlink(link);
    });
    for (const std::string& target : targets) {
        LK_ASSIGN(const io::KeyLink link, kernel_.keyring->link(target, key.bytes()));
        linked.push_back(link);
    }
    unlink.dismiss();
    return {};
}

Result<MappingInfo> KernelBackend::activate(Context& context, const Request& request) {
    LK_TRY(check_request(request));
    for (const std::string& target : request.options.link_key_to)
        if (auto parsed = io::parse_link_target(target); !parsed) return std::move(parsed).error();

    LK_ASSIGN(auto lock, kernel_.mapper->lock());
    LK_TRY(check_free(context, request.name));
    LK_TRY(kernel_.mapper->check_place(request.name));
    for (const PlanLayer& layer : request.plan.below) {
        LK_TRY(check_free(context, helper_name(request, layer)));
        LK_TRY(kernel_.mapper->check_place(helper_name(request, layer)));
    }
    LK_ASSIGN(DataDevice data, data_device(request));
    ScopeGuard detach([&] { kernel_.loops->release(data.loop); });

    Prepared prepared{.plan = with_options(request.plan, request.options),
                      .published = {},
                      .read_only = request.options.read_only || data.facts.read_only};
    LK_ASSIGN(prepared.published, place_keys(context, prepared.plan, request.keys));
    ScopeGuard forget([&] { withdraw(prepared.published); });
    DeviceStack stack(*kernel_.mapper);
    LK_ASSIGN(MappingInfo info, create(context, request, data.facts, prepared, stack));
    LK_TRY(unlink(prepared.published));
    lock.reset();
    kernel_.mapper->settle();
    LK_TRY(kernel_.mapper->check_node(request.name, {.major = info.major, .minor = info.minor}));
    LK_TRY(link_keys(request.options.link_key_to, request.keys.front()));
    stack.keep();
    return info;
}

}  // namespace latchkey::activate
