// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/userspace/places.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/i18n.h"
#include "io/trusted_path.h"

namespace latchkey::userspace {
namespace {

constexpr std::size_t kLongestSocketPath = 107;  // size of the path in sockaddr_un, without its NUL
constexpr std::size_t kLongestName = 100;

// Resolves symbolic links, which open_private_folder does not follow; "" if the path does not exist.
std::string resolved(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                           &std::free);
    return real ? std::string(real.get()) : std::string();
}

bool is_absolute(const char* path) {
    return path != nullptr && path[0] == '/';
}

const char* advice_on_folders() {
    return translate(
        N_("XDG_RUNTIME_DIR must name a folder for open volumes that belongs to this user, has "
           "mode 0700, and that nobody else can replace"));
}

Places places_in(const std::string& folder, std::string_view name) {
    Places places{.folder = folder};
    places.file = folder + "/" + std::string(name);
    places.control = folder + "/." + std::string(name) + ".control";
    if (::geteuid() == 0) places.node = "/dev/mapper/" + std::string(name);
    return places;
}

}  // namespace

User this_user() {
    return {::geteuid(), std::getenv("XDG_RUNTIME_DIR"), std::getenv("HOME")};
}

std::vector<std::string> possible_folders(const User& user) {
    if (user.number == 0) return {"/run/latchkey"};
    std::vector<std::string> folders;
    const auto add = [&folders](const std::string& folder) {
        if (std::ranges::find(folders, folder) == folders.end()) folders.push_back(folder);
    };
    // If the variable names a folder that does not exist, the error reports that; no other folder is used instead.
    if (is_absolute(user.runtime)) {
        const std::string real = resolved(user.runtime);
        add((real.empty() ? user.runtime : real) + "/latchkey");
    }
    if (const std::string session = resolved("/run/user/" + std::to_string(user.number));
        !session.empty())
        add(session + "/latchkey");
    if (!is_absolute(user.home)) return folders;
    if (const std::string home = resolved(user.home); !home.empty()) add(home + "/.latchkey");
    return folders;
}

Result<Places> places_for(std::string_view name) {
    if (name.empty() || name.size() > kLongestName || name.front() == '.' ||
        name.find('/') != std::string_view::npos)
        return fail(Errc::InvalidArgument, "'%.*s' cannot be the name of a mapping",
                    static_cast<int>(name.size()), name.data());
    const auto folders = possible_folders(this_user());
    if (folders.empty())
        return fail(Errc::AccessDenied, "there is no folder for open volumes of user %u",
                    ::geteuid())
            .with_hint(advice_on_folders());
    Places places = places_in(folders.front(), name);
    for (const std::string& folder : folders) {
        const Places other = places_in(folder, name);
        // The socket first: a look at the file waits for a process that may not answer.
        if (!anything_at(other.control) && !anything_at(other.file)) continue;
        places = other;
        break;
    }
    if (places.control.size() > kLongestSocketPath)
        return fail(Errc::InvalidArgument, "%s is too long for a socket", places.control.c_str());
    return places;
}

Result<void> make_folder(const std::string& folder) {
    auto opened = io::open_private_folder(folder, io::IfMissing::Make);
    if (!opened) return std::move(opened).error().with_hint(advice_on_folders());
    return {};
}

bool anything_at(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 || errno == ENOTCONN;
}

}  // namespace latchkey::userspace
