// SPDX-License-Identifier: LGPL-2.1-or-later
// Presents the plaintext as a regular file, mounted over another file (FUSE, low-level interface).
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
    // Mounts over `path`, a regular file.  AccessDenied, NotSupported: the error says what would help.
    [[nodiscard]] static Result<std::unique_ptr<FuseFile>> mount(ServedVolume& volume,
                                                                 const std::string& path);
    FuseFile(const FuseFile&) = delete;
    FuseFile& operator=(const FuseFile&) = delete;
    ~FuseFile();

    // Answers requests until the file is unmounted, on as many threads as are needed at once.
    [[nodiscard]] Result<void> serve();
    // Returns how many times the file is open.
    [[nodiscard]] int openers() const { return openers_.load(); }
    // Makes the kernel forget the size that it has cached.
    void size_changed();

    // For the FUSE operations.
    ServedVolume& volume() { return volume_; }
    Helpers& helpers() { return helpers_; }
    void opened() { ++openers_; }
    void closed() { --openers_; }
    [[nodiscard]] uid_t owner() const { return owner_; }
    [[nodiscard]] gid_t group() const { return group_; }

  private:
    explicit FuseFile(ServedVolume& volume) : volume_(volume) {}
    ServedVolume& volume_;
    // A request of the largest size is divided among the calling thread and this many others.
    Helpers helpers_{Helpers::spare_processors()};
    // The user who started the process; the process itself changes to nobody.
    uid_t owner_ = ::geteuid();
    gid_t group_ = ::getegid();
    fuse_session* session_ = nullptr;
    std::atomic<int> openers_{0};
};

}  // namespace latchkey::serve
