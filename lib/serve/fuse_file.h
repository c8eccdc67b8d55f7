// SPDX-License-Identifier: LGPL-2.1-or-later
// The plaintext as one regular file, mounted over another (FUSE, low-level interface).
#pragma once

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "base/helpers.h"
#include "latchkey/error.h"
#include "serve/served_volume.h"

struct fuse_session;

namespace latchkey::serve {

class FuseFile {
  public:
    // Mounts over `path`, a regular file.  AccessDenied, NotSupported: say what would help.
    [[nodiscard]] static Result<std::unique_ptr<FuseFile>> mount(ServedVolume& volume,
                                                                 const std::string& path);
    FuseFile(const FuseFile&) = delete;
    FuseFile& operator=(const FuseFile&) = delete;
    ~FuseFile();

    // Answers requests until it is unmounted, on as many threads as are needed at once.
    [[nodiscard]] Result<void> serve();
    // How many have it open.
    [[nodiscard]] int openers() const { return openers_.load(); }
    // The kernel forgets the size that it knew.
    void size_changed();

    // For the operations.
    ServedVolume& volume() { return volume_; }
    Helpers& helpers() { return helpers_; }
    void opened() { ++openers_; }
    void closed() { --openers_; }
    [[nodiscard]] uid_t owner() const { return owner_; }
    [[nodiscard]] gid_t group() const { return group_; }

  private:
    explicit FuseFile(ServedVolume& volume) : volume_(volume) {}
    ServedVolume& volume_;
    // With as many more a request of the largest size is divided among all.
    Helpers helpers_{Helpers::spare_processors()};
    // Of who started us; the process itself becomes nobody.
    uid_t owner_ = ::geteuid();
    gid_t group_ = ::getegid();
    fuse_session* session_ = nullptr;
    std::atomic<int> openers_{0};
};

}  // namespace latchkey::serve
