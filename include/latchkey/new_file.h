// SPDX-License-Identifier: LGPL-2.1-or-later
// A new file whose name appears only when the file is complete.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "latchkey/device.h"
#include "latchkey/error.h"

namespace latchkey {

// The file has no name until keep().  If the program ends early, by a second signal or a power cut, no partial file
// is left.  On file systems without unnamed files (FAT, NFS) the file has its name from the beginning, and the
// destructor removes it.
class LATCHKEY_API NewFile {
  public:
    // Creates the file.  `mode` contains the owner's bits only and is independent of the umask.
    // Exists: the name is taken; NoDevice: no such folder; AccessDenied, DeviceFull, Io.
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
    // Flushes the content, gives the file its name and flushes the folder.  Exists: the name was taken meanwhile.  If
    // an error occurs after the file got its name, the message says that the file is there.
    [[nodiscard]] Result<void> keep();

  private:
    NewFile(int fd, std::string path, bool named);
    int fd_;
    std::string path_;
    bool named_;
    bool kept_ = false;
};

// Writes all bytes to a descriptor; goes on after short writes and signals.  Returns 0, or the errno of the failure.
[[nodiscard]] LATCHKEY_API int write_all(int descriptor, std::span<const std::byte> bytes);

}  // namespace latchkey
