// SPDX-License-Identifier: GPL-2.0-or-later
// Opens and mounts a volume, and closes it again.  umount(8) calls this helper because of "helper=" in the notes of
// the mount.  After an unmount that did not call it, the kernel removes the mapping with its last user.
#include "mount/helper.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "activation/activation.h"
#include "crypttab/request.h"
#include "latchkey/find_device.h"
#include "latchkey/keyfile.h"
#include "latchkey/machine.h"
#include "latchkey/program.h"
#include "mount/request.h"
#include "text/format.h"
#include "text/wording.h"
#include "ui/signals.h"

namespace latchkey::cli {
namespace {

constexpr int kUsage = 1;     // mount(8): incorrect invocation
constexpr int kFailure = 32;  // mount failure
constexpr std::string_view kMapper = "/dev/mapper/";

std::string_view last_part(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

std::string real_path(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                           &std::free);
    return real ? std::string(real.get()) : path;
}

// Returns the name that desktops give a LUKS volume, too, so that a volume that they opened is found.  `seen` becomes the
// identity of the source.
Result<std::string> chosen_name(Context& context, const crypttab::Meaning& volume,
                                DeviceIdentity& seen) {
    LK_ASSIGN(const std::string source, find_device(volume.source));
    if (volume.type == crypttab::Type::Plain)
        return mapping_name("plain-" + std::string(last_part(source)));
    LK_ASSIGN(const std::string header,
              volume.header.empty() ? Result<std::string>(source) : find_device(volume.header));
    LK_ASSIGN(Device metadata, Device::open(context, header, Access::ReadOnly));
    if (volume.header.empty()) seen = metadata.identity();
    LK_ASSIGN(const Volume loaded,
              Volume::load(context, std::move(metadata), {.type = "LUKS", .data_device = source}));
    return mapping_name("luks-" + loaded.info().uuid);
}

// Tells the kernel to remove the mapping when its last user has gone.
void remove_with_last_user(Ui& ui, const std::string& name) {
    const auto deferred = mapping::close(ui.context(), name, {.deferred = true});
    if (!deferred && deferred.error().code != Errc::NoDevice)
        ui.warn("%s stays open after it is unmounted: %s.", name.c_str(),
                phrase(deferred.error()).c_str());
}

Program mount_program(const MountRequest& request, const std::string& device, bool ours) {
    Program program{.words = {"mount"}};
    if (request.no_table) program.words.emplace_back("-n");
    if (request.verbose) program.words.emplace_back("-v");
    if (request.sloppy) program.words.emplace_back("-s");
    if (!request.file_system.empty())
        program.words.insert(program.words.end(), {"-t", request.file_system});
    std::string options = request.options;
    if (ours) options += std::string(options.empty() ? "" : ",") + "helper=crypto_LUKS";
    if (!options.empty()) program.words.insert(program.words.end(), {"-o", options});
    program.words.insert(program.words.end(), {"--", device, request.directory});
    return program;
}

Result<bool> open_volume(Ui& ui, const crypttab::Meaning& volume, const DeviceIdentity& seen) {
    std::vector<boot::OpenRequest> requests = {
        request_of(ui.context(), volume, PlainDefaults::OfCryptsetup)};
    requests.front().expected = seen;
    const auto opened = open_requests(ui, std::move(requests));
    if (opened.front().outcome == boot::Outcome::Failed)
        return Error(*opened.front().error).silently();
    return opened.front().outcome == boot::Outcome::Opened;
}

// Runs fsck.  Its status 1 means that it has mended all that was wrong.
Result<void> check_plaintext(Ui& ui, const std::string& device) {
    LK_ASSIGN(const int status, run_program(ui.context(), {.words = {"fsck", "-p", device}}));
    if (status == 0 || status == 1) return {};
    return fail(Errc::Io, "fsck ended with status %d: %s is not mounted", status, device.c_str());
}

Result<void> mount_plaintext(Ui& ui, const MountRequest& request, const std::string& device,
                             bool ours) {
    if (request.check) LK_TRY(check_plaintext(ui, device));
    auto mounted = must_run(ui.context(), mount_program(request, device, ours));
    // Options that this helper does not know were passed to the file system, whose error does not name the option.
    if (!mounted && !request.options.empty())
        ui.warn("These options were for the file system inside: %s.", request.options.c_str());
    return mounted;
}

Result<void> mount_volume(Ui& ui, MountRequest request) {
    if (request.fake) return {};
    DeviceIdentity seen;
    if (request.volume.name.empty()) {
        LK_ASSIGN(request.volume.name, chosen_name(ui.context(), request.volume, seen));
    }
    const std::string& name = request.volume.name;
    LK_ASSIGN(const bool ours, open_volume(ui, request.volume, seen));
    const std::string device = std::string(kMapper) + name;
    auto mounted = request.swap ? must_run(ui.context(), {.words = {"swapon", device}})
                                : mount_plaintext(ui, request, device, ours);
    if (mounted && ours) remove_with_last_user(ui, name);
    if (!mounted && ours) {
        const auto closed = mapping::close(ui.context(), name);
        if (!closed) ui.report(closed.error());
    }
    return mounted;
}

std::string mountinfo() {
    const auto bytes = read_keyfile("/proc/self/mountinfo");
    if (!bytes) return {};
    return {reinterpret_cast<const char*>(bytes->bytes().data()), bytes->size()};
}

// Returns the name of the mapping.  A served volume is mounted as a loop device over its plaintext.
std::string name_of_mounted(const std::string& device) {
    for (const machine::Disk& disk : machine::disks())
        if (disk.path == device && !disk.served.empty()) return disk.served;
    return mapping::name_of(device);
}

// The mapping that is mounted there, if it is an encrypted volume that a mount opened; else "".
std::string opened_for_mount(Ui& ui, const std::string& device) {
    const std::string name = name_of_mounted(device);
    if (name.empty() || name.find('/') != std::string::npos) return {};
    const auto info = mapping::status(ui.context(), name);
    const bool ours = info && info->active && !info->type.empty() && info->deferred_remove;
    return ours ? name : std::string();
}

Result<void> unmount_volume(Ui& ui, const UnmountRequest& request) {
    const std::string target = real_path(request.target);
    const std::string device = mounted_device(mountinfo(), target);
    const std::string name = opened_for_mount(ui, device);
    // Cancels the deferred removal.  The mapping is closed here after umount, and its node is gone when this ends.
    const bool was_ours =
        !name.empty() && mapping::close(ui.context(), name, {.cancel_deferred = true}).has_value();
    Program program{.words = {"umount", "-i"}};
    program.words.insert(program.words.end(), request.flags.begin(), request.flags.end());
    program.words.insert(program.words.end(), {"--", target});
    auto unmounted = must_run(ui.context(), program);
    if (!was_ours) return unmounted;
    // It is mounted elsewhere, too, or some of its files are still open.
    const bool used = !unmounted || request.lazy || is_mounted(mountinfo(), device);
    if (used || !mapping::close(ui.context(), name)) remove_with_last_user(ui, name);
    return unmounted;
}

Result<void> run(Ui& ui, bool mounts, std::span<const char* const> words) {
    if (!mounts) {
        LK_ASSIGN(const UnmountRequest request, parse_unmount(words));
        return unmount_volume(ui, request);
    }
    LK_ASSIGN(MountRequest request, parse_mount(words));
    return mount_volume(ui, std::move(request));
}

// Returns whether the command line is valid; run() has reported what is wrong with it.
bool is_understood(bool mounts, std::span<const char* const> words) {
    return mounts ? parse_mount(words).has_value() : parse_unmount(words).has_value();
}

}  // namespace

int run_mount_helper(std::string_view name, bool mounts, std::span<const char* const> words) {
    Context context;
    const CancelOnSignals cancel(context);
    Ui ui(context, {.program = std::string(name)});
    const auto outcome = run(ui, mounts, words);
    const int status = ui.finish(Arguments(), outcome);
    if (status == 0) return 0;
    return is_understood(mounts, words) ? kFailure : kUsage;
}

}  // namespace latchkey::cli
