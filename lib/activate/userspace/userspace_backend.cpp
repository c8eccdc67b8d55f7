// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/userspace/userspace_backend.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cinttypes>
#include <cstring>
#include <filesystem>

#include "activate/flags.h"
#include "activate/userspace/block_node.h"
#include "activate/userspace/packet.h"
#include "activate/userspace/spawn.h"
#include "activate/userspace/traces.h"
#include "base/i18n.h"
#include "base/scope_guard.h"
#include "base/strprintf.h"
#include "base/unique_fd.h"
#include "io/claim.h"
#include "io/identity.h"
#include "io/reopen.h"
#include "latchkey/condition.h"
#include "latchkey/sectors.h"
#include "model/crypt_table.h"
#include "model/mapping_plan.h"

namespace latchkey::userspace {
namespace {

using namespace std::chrono_literals;

constexpr auto kStateLimit =
    5s;  // the server answers at once, unless the process flushes or stands still

Error not_active(std::string_view name) {
    return fail(Errc::NoDevice, "%.*s is not active", static_cast<int>(name.size()), name.data());
}

// Returns whether the volume is served, or was left by a dead process, or its node was in use when the process ended.
// The socket first: a look at the file waits for a process that may not answer.
bool anything_left(const Places& places) {
    return anything_at(places.control) || anything_at(places.file) ||
           (!places.node.empty() && !loop_behind(places.node).empty());
}

Error in_use(const Device& data) {
    return fail(Errc::Busy, "device %s is in use: it is mapped or mounted", data.name().c_str())
        .because(Condition::DataInUse, data.name());
}

// Reopens what the caller opened, for the serving process.  While this descriptor is open, it keeps others away: mounts
// and mappings of a block device, other serving processes, and programs that would rewrite it.
Result<UniqueFd> claim_data(const Device& data, bool read_only, bool shared) {
    int flags = read_only ? O_RDONLY : O_RDWR;
    if (!shared && !data.regular_file()) flags |= O_EXCL;
    UniqueFd fd = io::reopen(data.io()->descriptor(), data.name(), flags);
    if (!fd.valid() && errno == EBUSY) return in_use(data);
    if (!fd.valid())
        return fail(errno == ENOENT ? Errc::NoDevice : Errc::AccessDenied, "%s: %s",
                    data.name().c_str(), std::strerror(errno));
    LK_TRY(io::claim(fd.get(), data.name(), shared ? io::Claim::Share : io::Claim::Use));
    // For a file, the claim has checked this; the file of a loop device may be served under its own name.
    if (!shared && !data.regular_file()) LK_TRY(io::check_not_in_use(*data.io()));
    return fd;
}

// Returns the absolute path for callers in other folders, or the caller's name if the path now leads to something else.
std::string shown_path(const Device& data) {
    std::error_code error;
    const std::string whole = std::filesystem::canonical(data.name(), error).string();
    return !error && io::identity_at(whole) == data.identity() ? whole : data.name();
}

// Returns whether the caller or the header allows discards.
bool wants_discards(const activate::Request& request) {
    static_assert(activate::kFlagMembers.front() == &ActivationFlags::allow_discards);
    const auto flags = activate::with_options(request.plan, request.options).flags;
    return std::ranges::find(flags, model::kFlagNames.front().header) != flags.end();
}

Order order_for(const activate::Request& request, const Places& places, bool read_only) {
    Order order{.name = std::string(request.name),
                .file = places.file,
                .control = places.control,
                .device = shown_path(request.data),
                .read_only = read_only,
                .allow_discards = wants_discards(request),
                .plan = request.plan};
    if (request.options.size_sectors.value_or(0) != 0)
        order.size_sectors = request.options.size_sectors;
    return order;
}

// Returns whether there is no answer, or none from our server, so that nothing is known about the volume.
bool says_nothing(const Error& error) {
    return error.code == Errc::Refused || error.code == Errc::Interrupted ||
           error.code == Errc::Busy;
}

Error no_answer(const Places& places) {
    const std::string name = places.file.substr(places.file.rfind('/') + 1);
    return fail(Errc::Busy, "the process that serves %s does not answer", name.c_str())
        .with_hint(translate(
            N_("it writes back much, or was stopped: 'kill -CONT' lets it go on; if it is killed, "
               "'close' removes what is left")));
}

Message verb(std::string_view word) {
    Message message;
    message.add("do", word);
    return message;
}

}  // namespace

Result<void> UserspaceBackend::available() {
    if (::access("/dev/fuse", R_OK | W_OK) != 0) {
        Error error = fail(Errc::NotSupported, "userspace: /dev/fuse: %s", std::strerror(errno));
        error.hint = translate(
            "the kernel module fuse, and for ordinary users the package fuse3, let "
            "volumes be opened without device-mapper");
        return error;
    }
    LK_TRY(serve_program());
    return {};
}

Result<Message> UserspaceBackend::ask(const Context& context, const Places& places,
                                      const Message& request, const KeyRing* keys,
                                      std::chrono::seconds limit) {
    const auto server = connect_to(places.control, &context.cancelled());
    if (!server && server.error().code == Errc::Busy) return no_answer(places);
    if (!server) return server.error();
    const UniqueFd& socket = *server;
    LK_TRY(send_message(socket.get(), request));
    if (keys != nullptr) LK_TRY(send_keys(socket.get(), *keys));
    auto answer = receive_message(socket.get(), limit, &context.cancelled());
    if (!answer && answer.error().code == Errc::Busy) return no_answer(places);
    if (!answer) return std::move(answer).error();
    LK_TRY(check_answer(answer->message));
    return std::move(answer->message);
}

Result<MappingInfo> UserspaceBackend::activate(Context& context, const activate::Request& request) {
    LK_ASSIGN(const Places places, places_for(request.name));
    LK_TRY(request.plan.check_keys(request.keys));
    LK_TRY(make_folder(places.folder));
    LK_ASSIGN(const auto turn, wait_for_turn(places, {.cancelled = &context.cancelled()}));
    LK_ASSIGN(const MappingInfo known, status(context, request.name));
    if (!known.active && !places.node.empty() && anything_at(places.node))
        return fail(Errc::InTheWay,
                    "the place of device %s is taken by something else, to which its plaintext "
                    "would be written: %s",
                    std::string(request.name).c_str(), places.node.c_str());
    LK_TRY(known.check_served());
    if (known.active)
        return fail(Errc::Exists, "device %s already exists", std::string(request.name).c_str())
            .because(Condition::MappingExists, std::string(request.name));
    const bool read_only = request.options.read_only || request.data.read_only();
    LK_ASSIGN(const UniqueFd data, claim_data(request.data, read_only, request.options.shared));
    LK_ASSIGN(const std::string program, serve_program());

    const UniqueFd mount_point(
        ::open(places.file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!mount_point.valid())
        return fail(errno == EEXIST ? Errc::Exists : Errc::Io, "cannot create %s: %s",
                    places.file.c_str(), std::strerror(errno));
    ScopeGuard undo([&places] { remove_traces(places); });
    LK_ASSIGN(const UniqueFd server, spawn(program, std::string(request.name)));
    LK_TRY(
        send_message(server.get(), to_message(order_for(request, places, read_only)), data.get()));
    LK_TRY(send_keys(server.get(), request.keys));
    LK_ASSIGN(Received answer, receive_message(server.get(), kAnswerLimit, &context.cancelled()));
    LK_TRY(check_answer(answer.message));
    if (!places.node.empty())
        LK_TRY(make_block_node(places.file, places.node, request.plan.segments.front().sector_size,
                               read_only));
    undo.dismiss();
    return status(context, request.name);
}

Result<MappingInfo> UserspaceBackend::status(Context& context, std::string_view name) {
    const auto places = places_for(name);
    if (!places) return MappingInfo{.name = std::string(name), .path = std::string(name)};
    // If nothing exists there, no server is asked: a folder that this user may not read contains none of the user's
    // volumes.
    if (!anything_left(*places))
        return MappingInfo{.backend = "userspace",
                           .name = std::string(name),
                           .path = places->node.empty() ? places->file : places->node};
    auto answer = ask(context, *places, verb("status"), nullptr, kStateLimit);
    if (!answer && says_nothing(answer.error())) return std::move(answer).error();
    MappingInfo info =
        answer ? parse_info(*answer) : MappingInfo{.server_ended = true, .name = std::string(name)};
    info.active = true;
    info.backend = "userspace";
    const std::string loop = places->node.empty() ? std::string() : own_loop(places->node);
    info.path = loop.empty() ? places->file : places->node;
    struct stat status {};
    if (!loop.empty() && ::stat(loop.c_str(), &status) == 0) {
        info.major = gnu_dev_major(status.st_rdev);
        info.minor = gnu_dev_minor(status.st_rdev);
        const UniqueFd exclusive(::open(loop.c_str(), O_RDONLY | O_EXCL | O_CLOEXEC));
        info.in_use = !exclusive.valid() && errno == EBUSY;
    }
    return info;
}

Result<SecretBuffer> UserspaceBackend::table(Context& context, std::string_view name,
                                             bool show_key) {
    if (show_key)
        return fail(Errc::NotSupported, "the process that serves %.*s does not give its key away",
                    static_cast<int>(name.size()), name.data());
    LK_ASSIGN(const MappingInfo info, status(context, name));
    if (!info.active) return not_active(name);
    LK_TRY(info.check_served());
    if (info.reencrypting)
        return fail(Errc::NotSupported, "device %s has several segments: its table is not shown",
                    info.name.c_str());
    LK_ASSIGN(const std::string text,
              model::crypt_table(model::plan_of(info), info.device,
                                 (info.offset_sectors + info.size_sectors) * kSectorSize));
    return SecretBuffer::copy_of(as_byte_view(text));
}

Result<UserspaceBackend::Served> UserspaceBackend::served(Context& context, std::string_view name) {
    Served volume;
    LK_ASSIGN(volume.places, places_for(name));
    LK_ASSIGN(volume.info, status(context, name));
    if (!volume.info.active) return not_active(name);
    LK_TRY(volume.info.check_served());
    return volume;
}

Result<void> UserspaceBackend::close_with_last_user(Context& context, std::string_view name,
                                                    bool wanted) {
    LK_ASSIGN(const Served volume, served(context, name));
    const Places& places = volume.places;
    const auto tell = [&](bool on) {
        Message request = verb("deferred");
        request.add_flag("on", on);
        return ask(context, places, request);
    };
    LK_TRY(tell(wanted));
    if (places.node.empty()) return {};
    // The loop device has the file open; it must go first.
    auto done = detach_with_last_user(places.node, wanted);
    if (!done) (void)tell(!wanted);
    return done;
}

Result<void> UserspaceBackend::close(Context& context, std::string_view name,
                                     const mapping::CloseOptions& options) {
    if (options.cancel_deferred) return close_with_last_user(context, name, false);
    if (options.deferred) {
        LK_ASSIGN(const MappingInfo info, status(context, name));
        if (info.active && !info.server_ended && info.in_use)
            return close_with_last_user(context, name, true);
    }
    auto found = places_for(name);
    if (!found && found.error().code == Errc::InvalidArgument) return not_active(name);
    LK_ASSIGN(const Places places, std::move(found));
    if (!anything_left(places)) return not_active(name);
    // Removes nothing before it is known to whom it belongs, and that it can still be flushed.
    auto state = ask(context, places, verb("status"), nullptr, kStateLimit);
    if (!state && says_nothing(state.error())) return std::move(state).error();
    LK_ASSIGN(const auto turn, wait_for_turn(places, {.cancelled = &context.cancelled()}));
    if (!anything_left(places)) return not_active(name);
    if (!places.node.empty()) {
        const auto removed = remove_block_node(places.node, Users::Respected);
        if (!removed && removed.error().code == Errc::Busy && options.deferred)
            return close_with_last_user(context, name, true);
        LK_TRY(removed);
    }
    const auto answer = ask(context, places, verb("close"));
    if (!answer && answer.error().code == Errc::Busy) {
        // A program has the file itself open: the block device comes back.
        if (!places.node.empty() && state) {
            const MappingInfo info = parse_info(*state);
            LK_TRY(make_block_node(places.file, places.node, info.sector_size, info.read_only));
        }
        return options.deferred ? close_with_last_user(context, name, true) : answer.error();
    }
    if (!answer && answer.error().code == Errc::Interrupted) return answer.error();
    // Removes the traces whether or not the process still runs.
    remove_traces(places);
    return {};
}

Result<void> UserspaceBackend::resize(Context& context, std::string_view name,
                                      std::uint64_t size_sectors, const VolumeKey*) {
    LK_ASSIGN(const Served volume, served(context, name));
    const Places& places = volume.places;
    Message request = verb("resize");
    request.add("size_sectors", size_sectors);
    LK_TRY(ask(context, places, request));
    if (!places.node.empty()) return resize_block_node(places.file, places.node);
    return {};
}

Result<MappingInfo> UserspaceBackend::refresh(Context& context, const activate::Request& request) {
    LK_ASSIGN(const Served volume, served(context, request.name));
    const auto& [places, info] = volume;
    if (info.uuid != request.plan.uuid || info.type != request.plan.type)
        return fail(Errc::InvalidArgument, "mapping %s is of %s volume %s, not of %s volume %s",
                    info.name.c_str(), info.type.c_str(), info.uuid.c_str(),
                    request.plan.type.c_str(), request.plan.uuid.c_str());
    Message message = verb("refresh");
    message.add_flag("allow_discards", wants_discards(request));
    message.add("size_sectors", request.options.size_sectors.value_or(0));
    LK_TRY(ask(context, places, message, &request.keys));
    if (!places.node.empty()) LK_TRY(resize_block_node(places.file, places.node));
    return status(context, request.name);
}

Result<void> UserspaceBackend::suspend(Context& context, std::string_view name) {
    LK_ASSIGN(const Served volume, served(context, name));
    const Places& places = volume.places;
    if (!places.node.empty()) LK_TRY(flush_block_node(places.node));
    LK_TRY(ask(context, places, verb("suspend")));
    return {};
}

Result<void> UserspaceBackend::resume(Context& context, std::string_view name,
                                      const MappingPlan& plan, const KeyRing& keys,
                                      const ActivateOptions&) {
    LK_ASSIGN(const Served volume, served(context, name));
    const auto& [places, info] = volume;
    if (info.uuid != plan.uuid)
        return fail(Errc::InvalidArgument, "mapping %s is of volume %s, not of %s",
                    info.name.c_str(), info.uuid.c_str(), plan.uuid.c_str());
    LK_TRY(ask(context, places, verb("resume"), &keys));
    return {};
}

Result<std::unique_ptr<model::DataUsers>> UserspaceBackend::users(
    Context&, const activate::UsersRequest& request) {
    return fail(Errc::NotSupported,
                "%s is served in userspace: its data cannot be reencrypted while it is open",
                std::string(request.name).c_str())
        .with_hint(translate(N_("close it first")));
}

}  // namespace latchkey::userspace
