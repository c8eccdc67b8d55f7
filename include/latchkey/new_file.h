// SPDX-License-Identifier: LGPL-2.1-or-later
// A new file that shows its name only once it is whole.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "latchkey/device.h"
#include "latchkey/error.h"

namespace latchkey {

// Until keep() the file has no name: whatever ends the program, a second signal or a power cut, nothing half made
// stays behind.  On file systems without unnamed files (FAT, NFS) it has its name from the beginning, and the
// destructor removes it.
class LATCHKEY_API NewFile {
  public:
    // `mode` is the owner's bits alone, and holds whatever the umask is.
    // Exists: something of that name is there; NoDevice: no such folder; AccessDenied, DeviceFull, Io.
    [[nodiscard]] static Result<NewFile> create(std::string path, mode_t mode = 0600);
    NewFile(NewFile&& from) noexcept;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();

    [[nodiscard]] int descriptor() const {
        return fd_;
    }  // for reading and writing; the caller does not close it
    [[nodiscard]] const std::string& path() const { return path_; }
    // Grows the file to `size` bytes and returns it as a device.  DeviceFull.
    [[nodiscard]] Result<Device> device(std::uint64_t size) const;
    // Flushes the content, names the file and flushes its folder.  Exists: the name was taken meanwhile.  An error that
    // comes after the name was given says that the file is there.
    [[nodiscard]] Result<void> keep();

  private:
    NewFile(int fd, std::string path, bool named);
    int fd_;
    std::string path_;
    bool named_;
    bool kept_ = false;
};

}  // namespace latchkey
