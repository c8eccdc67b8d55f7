// SPDX-License-Identifier: LGPL-2.1-or-later
#include "boot/finish.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/i18n.h"
#include "latchkey/boot.h"
#include "latchkey/program.h"

namespace latchkey::boot {
namespace {

// Returns the option that wants something made on the mapping.
std::string made_by(const OpenRequest& request) {
    const Afterwards& wishes = request.afterwards;
    return wishes.swap ? "swap" : "tmp=" + wishes.file_system;
}

Result<std::vector<Signature>> shown_by(Context& context, const std::string& mapping) {
    LK_ASSIGN(const Device device, Device::open(context, mapping, Access::ReadOnly));
    return find_signatures(device);
}

// Does Debian's checks blkid and un_blkid where its scripts are not installed.
Result<bool> built_in_check(Context& context, const Afterwards& wishes,
                            const std::string& mapping) {
    LK_ASSIGN(const auto found, shown_by(context, mapping));
    if (wishes.check == "un_blkid") return found.empty();
    if (wishes.check_argument.empty()) return !found.empty();
    return std::ranges::find(found, wishes.check_argument, &Signature::name) != found.end();
}

Result<void> check_mapping(Context& context, const OpenRequest& request, const std::string& mapping,
                           const std::vector<std::string>& environment) {
    const Afterwards& wishes = request.afterwards;
    const std::string& program = wishes.check_program;
    bool passed = false;
    if (!find_program(program).empty()) {
        std::vector<std::string> words = {program, mapping};
        if (!wishes.check_argument.empty()) words.push_back(wishes.check_argument);
        LK_ASSIGN(const int status,
                  run_program(context, {.words = std::move(words), .environment = environment}));
        passed = status == 0;
    } else if (wishes.check == "blkid" || wishes.check == "un_blkid") {
        LK_ASSIGN(passed, built_in_check(context, request.afterwards, mapping));
    } else {
        return fail(Errc::NotFound, "check program %s is not there, or may not be run",
                    program.c_str());
    }
    if (passed) return {};
    return fail(Errc::WrongPassphrase, "the check %s says that %s is not what it should be",
                wishes.check.c_str(), mapping.c_str());
}

Result<void> check_nothing_endangered(const OpenRequest& request, const Device& data) {
    LK_ASSIGN(const auto found, endangered(request.plain.params.offset_sectors, data));
    if (found.empty()) return {};
    return fail(Errc::Refused, "device %s has a signature of %s, which %s would overwrite",
                data.name().c_str(), names_of(found).c_str(), made_by(request).c_str())
        .with_hint(
            translate(N_("if nobody needs what is there, remove the signature with 'wipefs'")));
}

// Returns whether swap or a file system may be made on the mapping.  With a random key, whatever the mapping shows is
// chance.  With a key that stays, `ours` was made the last time, and everything else belongs to somebody.
Result<bool> is_free(Context& context, const OpenRequest& request, const Device& data,
                     const std::string& mapping, const std::string& ours) {
    if (request.random_key) return true;
    LK_ASSIGN(const auto found, shown_by(context, mapping));
    const auto other =
        std::ranges::find_if(found, [&](const Signature& one) { return one.name != ours; });
    const bool foreign = other != found.end();
    if (request.afterwards.keeps_contents) {
        if (foreign)
            context.log(LogLevel::Warning, "%s: no %s is made: %s shows %s.", request.name.c_str(),
                        ours.c_str(), mapping.c_str(), other->name.c_str());
        if (!found.empty()) return false;
        // A mapping also shows nothing if the line is wrong for this device, whatever lies there.
        LK_TRY(check_nothing_endangered(request, data));
        return true;
    }
    if (foreign)
        return fail(Errc::Refused, "%s shows %s, which %s would overwrite", mapping.c_str(),
                    other->name.c_str(), made_by(request).c_str());
    return true;
}

Result<void> make_swap(Context& context, const OpenRequest& request, const Device& data,
                       const std::string& mapping) {
    LK_ASSIGN(const bool free, is_free(context, request, data, mapping, "swap"));
    if (!free) return {};
    return must_run(context, {.words = {"mkswap", "-f", mapping}, .quiet = true});
}

// Lets all users write in the new file system, as Debian's scripts do for /tmp.
Result<void> open_to_all(const std::string& mapping, const std::string& type) {
    std::string folder = "/run/latchkey-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr)
        return fail(Errc::Io, "cannot make a folder to mount in: %s", std::strerror(errno));
    Result<void> done;
    if (::mount(mapping.c_str(), folder.c_str(), type.c_str(), MS_NOSUID | MS_NODEV | MS_NOEXEC,
                nullptr) != 0) {
        done = fail(Errc::Io, "cannot mount %s: %s", mapping.c_str(), std::strerror(errno));
    } else {
        if (::chmod(folder.c_str(), S_ISVTX | S_IRWXU | S_IRWXG | S_IRWXO) != 0)
            done = fail(Errc::Io, "cannot set the mode of %s: %s", mapping.c_str(),
                        std::strerror(errno));
        if (::umount2(folder.c_str(), 0) != 0 && done)
            done = fail(Errc::Io, "cannot unmount %s: %s", mapping.c_str(), std::strerror(errno));
    }
    ::rmdir(folder.c_str());
    return done;
}

Result<void> make_file_system(Context& context, const OpenRequest& request, const Device& data,
                              const std::string& mapping) {
    const std::string& type = request.afterwards.file_system;
    if (type.find('/') != std::string::npos)
        return fail(Errc::InvalidArgument, "tmp=%s names no file system", type.c_str());
    LK_ASSIGN(const bool free, is_free(context, request, data, mapping, type));
    if (!free) return {};
    // These programs would ask before they overwrite something.
    std::vector<std::string> words = {"mkfs." + type};
    if (type.starts_with("ext")) words.insert(words.end(), {"-q", "-F"});
    if (type == "xfs" || type == "btrfs") words.emplace_back("-f");
    words.push_back(mapping);
    LK_TRY(must_run(context, {.words = std::move(words), .quiet = true}));
    return request.afterwards.for_everybody ? open_to_all(mapping, type) : Result<void>();
}

}  // namespace

Result<void> finish_mapping(Context& context, const OpenRequest& request, const Device& data,
                            const std::vector<std::string>& environment) {
    const std::string mapping = "/dev/mapper/" + request.name;
    const Afterwards& wishes = request.afterwards;
    if (!wishes.check.empty()) LK_TRY(check_mapping(context, request, mapping, environment));
    if (wishes.swap) LK_TRY(make_swap(context, request, data, mapping));
    if (!wishes.file_system.empty() && !wishes.swap)
        LK_TRY(make_file_system(context, request, data, mapping));
    return {};
}

}  // namespace latchkey::boot
