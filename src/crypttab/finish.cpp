// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypttab/finish.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "crypttab/look.h"
#include "latchkey/program.h"
#include "text/format.h"

namespace latchkey::cli {
namespace {

using crypttab::KeyKind;
using crypttab::Readers;

// The option that makes something on the mapping.
std::string made_by(const crypttab::Volume& line) {
    return line.swap ? "swap" : "tmp=" + line.tmp;
}

Result<std::vector<Signature>> shown_by(Ui& ui, const std::string& mapping) {
    LK_ASSIGN(const Device device, Device::open(ui.context(), mapping, Access::ReadOnly));
    return find_signatures(device);
}

// What Debian's two checks look for, where its scripts are not installed.
Result<bool> built_in_check(Ui& ui, const crypttab::Volume& line, const std::string& mapping) {
    LK_ASSIGN(const auto found, shown_by(ui, mapping));
    if (line.check == "un_blkid") return found.empty();
    if (line.check_argument.empty()) return !found.empty();
    return std::ranges::find(found, line.check_argument, &Signature::name) != found.end();
}

Result<void> check_mapping(Ui& ui, const crypttab::Volume& line, const std::string& mapping,
                           const std::vector<std::string>& environment) {
    const std::string program = crypttab::check_path(line.check);
    bool passed = false;
    if (!find_program(program).empty()) {
        std::vector<std::string> words = {program, mapping};
        if (!line.check_argument.empty()) words.push_back(line.check_argument);
        LK_ASSIGN(const int status, run_program(ui.context(), {.words = std::move(words),
                                                               .environment = environment}));
        passed = status == 0;
    } else if (line.check == "blkid" || line.check == "un_blkid") {
        LK_ASSIGN(passed, built_in_check(ui, line, mapping));
    } else {
        return fail(Errc::NotFound, "check program %s is not there, or may not be run",
                    program.c_str());
    }
    if (passed) return {};
    return fail(Errc::WrongPassphrase, "the check %s says that %s is not what it should be",
                line.check.c_str(), mapping.c_str());
}

Result<void> check_nothing_endangered(const crypttab::Volume& line, const Device& data) {
    LK_ASSIGN(const auto found, endangered(line, data));
    if (found.empty()) return {};
    return fail(Errc::Refused, "device %s has a signature of %s, which %s would overwrite",
                data.name().c_str(), names_of(found).c_str(), made_by(line).c_str())
        .with_hint(text("if nobody needs what is there, remove the signature with 'wipefs'"));
}

// Whether something is to be made on the mapping.  What a key that nobody had before shows there is chance; with a key that
// stays, `ours` is what was made the last time, and anything else is somebody's.
Result<bool> is_free(Ui& ui, const crypttab::Volume& line, const Device& data,
                     const std::string& mapping, const std::string& ours) {
    if (line.key == KeyKind::Random) return true;
    LK_ASSIGN(const auto found, shown_by(ui, mapping));
    const auto other =
        std::ranges::find_if(found, [&](const Signature& one) { return one.name != ours; });
    const bool foreign = other != found.end();
    if (line.reader == Readers::Systemd) {
        if (foreign)
            ui.warn("%s: no %s is made: %s shows %s.", line.name.c_str(), ours.c_str(),
                    mapping.c_str(), other->name.c_str());
        if (!found.empty()) return false;
        // Through a line that is not the device's a mapping shows nothing, too, whatever lies there.
        LK_TRY(check_nothing_endangered(line, data));
        return true;
    }
    if (foreign)
        return fail(Errc::Refused, "%s shows %s, which %s would overwrite", mapping.c_str(),
                    other->name.c_str(), made_by(line).c_str());
    return true;
}

Result<void> make_swap(Ui& ui, const crypttab::Volume& line, const Device& data,
                       const std::string& mapping) {
    LK_ASSIGN(const bool free, is_free(ui, line, data, mapping, "swap"));
    if (!free) return {};
    return must_run(ui.context(), {.words = {"mkswap", "-f", mapping}, .quiet = true});
}

// Debian's scripts give everybody room in it, as in /tmp.
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

Result<void> make_file_system(Ui& ui, const crypttab::Volume& line, const Device& data,
                              const std::string& mapping) {
    if (line.tmp.find('/') != std::string::npos)
        return fail(Errc::InvalidArgument, "tmp=%s names no file system", line.tmp.c_str());
    LK_ASSIGN(const bool free, is_free(ui, line, data, mapping, line.tmp));
    if (!free) return {};
    // These ask before they overwrite what is there.
    std::vector<std::string> words = {"mkfs." + line.tmp};
    if (line.tmp.starts_with("ext")) words.insert(words.end(), {"-q", "-F"});
    if (line.tmp == "xfs" || line.tmp == "btrfs") words.emplace_back("-f");
    words.push_back(mapping);
    LK_TRY(must_run(ui.context(), {.words = std::move(words), .quiet = true}));
    return line.reader == Readers::Systemd ? Result<void>() : open_to_all(mapping, line.tmp);
}

}  // namespace

Result<void> finish_mapping(Ui& ui, const crypttab::Volume& line, const Device& data,
                            const std::vector<std::string>& environment) {
    const std::string mapping = "/dev/mapper/" + line.name;
    if (!line.check.empty()) LK_TRY(check_mapping(ui, line, mapping, environment));
    if (line.swap) LK_TRY(make_swap(ui, line, data, mapping));
    if (!line.tmp.empty() && !line.swap) LK_TRY(make_file_system(ui, line, data, mapping));
    return {};
}

}  // namespace latchkey::cli
