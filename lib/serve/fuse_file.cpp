// SPDX-License-Identifier: LGPL-2.1-or-later
#define FUSE_USE_VERSION 312
#include "serve/fuse_file.h"

#include <fuse_lowlevel.h>
#include <linux/falloc.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/bytes.h"
#include "base/i18n.h"
#include "io/aligned_buffer.h"

namespace latchkey::serve {
namespace {

constexpr std::size_t kLargestRequest = 1024 * 1024;  // bytes; the kernel sends no larger request
constexpr double kAttributesHold = 1.0;               // seconds

FuseFile& file_of(fuse_req_t request) {
    return *static_cast<FuseFile*>(fuse_req_userdata(request));
}

int errno_of(const Error& error) {
    return info(error.code).errno_value;
}

void reply(fuse_req_t request, const Result<void>& outcome) {
    fuse_reply_err(request, outcome ? 0 : errno_of(outcome.error()));
}

struct stat attributes(FuseFile& file) {
    struct stat status {};
    status.st_ino = FUSE_ROOT_ID;
    status.st_mode = S_IFREG | (file.volume().read_only() ? 0400U : 0600U);
    status.st_nlink = 1;
    status.st_uid = file.owner();
    status.st_gid = file.group();
    status.st_size = static_cast<off_t>(file.volume().size());
    status.st_blksize = 4096;
    status.st_blocks = status.st_size / 512;
    return status;
}

// Returns a buffer that the thread keeps.  It holds plaintext, which the caller receives anyway.
MutableByteView buffer_of_thread() {
    thread_local io::AlignedBuffer buffer(kLargestRequest);
    return buffer.bytes();
}

void on_init(void*, fuse_conn_info* connection) {
    connection->max_write = kLargestRequest;
    connection->max_read = kLargestRequest;  // also set in the mount options
    connection->max_readahead = kLargestRequest;
    connection->max_background = 64;
    connection->congestion_threshold = 48;
    connection->want |= connection->capable & (FUSE_CAP_ASYNC_READ | FUSE_CAP_ASYNC_DIO);
    // Every byte has to be decrypted in memory, so pipes would only add cost.
    connection->want &=
        ~static_cast<unsigned>(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE);
}

void on_getattr(fuse_req_t request, fuse_ino_t, fuse_file_info*) {
    const struct stat status = attributes(file_of(request));
    fuse_reply_attr(request, &status, kAttributesHold);
}

// The size is fixed by the volume; times and owners are not stored.
void on_setattr(fuse_req_t request, fuse_ino_t, struct stat* wanted, int to_set, fuse_file_info*) {
    FuseFile& file = file_of(request);
    if ((to_set & FUSE_SET_ATTR_SIZE) != 0 &&
        static_cast<std::uint64_t>(wanted->st_size) != file.volume().size()) {
        fuse_reply_err(request, EPERM);
        return;
    }
    const struct stat status = attributes(file);
    fuse_reply_attr(request, &status, kAttributesHold);
}

void on_open(fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
    FuseFile& file = file_of(request);
    if (file.volume().read_only() && (info->flags & O_ACCMODE) != O_RDONLY) {
        fuse_reply_err(request, EROFS);
        return;
    }
    // Turns off the kernel's page cache for this file.  Every read then comes from this process and fails when the
    // process has died, and written data is copied once less (bench/README.md).  The price is that the file cannot be
    // mapped shared.
    info->direct_io = 1;
    file.opened();
    if (fuse_reply_open(request, info) == -ENOENT) file.closed();  // the opener was interrupted
}

void on_release(fuse_req_t request, fuse_ino_t, fuse_file_info*) {
    file_of(request).closed();
    fuse_reply_err(request, 0);
}

void on_read(fuse_req_t request, fuse_ino_t, std::size_t size, off_t offset, fuse_file_info*) {
    FuseFile& file = file_of(request);
    const auto buffer = buffer_of_thread();
    const auto into = buffer.first(std::min(size, buffer.size()));
    std::atomic<std::size_t> end = into.size();  // of the data; smaller if the volume ends earlier
    const auto done = file.helpers().share(
        into.size(), [&](std::size_t begin, std::size_t length) -> Result<void> {
            LK_ASSIGN(const std::size_t count,
                      file.volume().read(static_cast<std::uint64_t>(offset) + begin,
                                         into.subspan(begin, length)));
            if (count == length) return {};
            for (std::size_t known = end; begin + count < known;)
                if (end.compare_exchange_weak(known, begin + count)) break;
            return {};
        });
    if (!done)
        fuse_reply_err(request, errno_of(done.error()));
    else
        fuse_reply_buf(request, reinterpret_cast<const char*>(into.data()), end);
}

void on_write(fuse_req_t request, fuse_ino_t, const char* bytes, std::size_t size, off_t offset,
              fuse_file_info*) {
    FuseFile& file = file_of(request);
    const ByteView all = as_byte_view(std::string_view(bytes, size));
    const auto start = static_cast<std::uint64_t>(offset);
    const auto write_part = [&](std::size_t begin, std::size_t length) {
        return file.volume().write(start + begin, all.subspan(begin, length));
    };
    // A range that extends beyond the end is refused as a whole.
    const std::uint64_t end = file.volume().size();
    const bool fits = start <= end && size <= end - start;
    const auto written = fits ? file.helpers().share(size, write_part) : write_part(0, size);
    if (!written)
        fuse_reply_err(request, errno_of(written.error()));
    else
        fuse_reply_write(request, size);
}

// Closing a file does not promise that its data is on the disk.
void on_flush(fuse_req_t request, fuse_ino_t, fuse_file_info*) {
    fuse_reply_err(request, 0);
}

void on_fsync(fuse_req_t request, fuse_ino_t, int, fuse_file_info*) {
    reply(request, file_of(request).volume().flush());
}

void on_fallocate(fuse_req_t request, fuse_ino_t, int mode, off_t offset, off_t length,
                  fuse_file_info*) {
    if (mode != (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)) {
        fuse_reply_err(request, EOPNOTSUPP);
        return;
    }
    const auto discarded = file_of(request).volume().discard(static_cast<std::uint64_t>(offset),
                                                             static_cast<std::uint64_t>(length));
    fuse_reply_err(request, discarded ? 0
                            : discarded.error().code == Errc::NotSupported
                                ? EOPNOTSUPP
                                : errno_of(discarded.error()));
}

fuse_lowlevel_ops operations() {
    fuse_lowlevel_ops ops{};
    ops.init = on_init;
    ops.getattr = on_getattr;
    ops.setattr = on_setattr;
    ops.open = on_open;
    ops.release = on_release;
    ops.read = on_read;
    ops.write = on_write;
    ops.flush = on_flush;
    ops.fsync = on_fsync;
    ops.fallocate = on_fallocate;
    return ops;
}

}  // namespace

Result<std::unique_ptr<FuseFile>> FuseFile::mount(ServedVolume& volume, const std::string& path) {
    std::unique_ptr<FuseFile> file(new FuseFile(volume));
    const std::string options =
        "fsname=latchkey,subtype=latchkey,max_read=" + std::to_string(kLargestRequest);
    const std::array<const char*, 3> words = {"latchkey-serve", "-o", options.c_str()};
    fuse_args arguments =
        FUSE_ARGS_INIT(static_cast<int>(words.size()), const_cast<char**>(words.data()));
    const fuse_lowlevel_ops ops = operations();
    file->session_ = fuse_session_new(&arguments, &ops, sizeof ops, file.get());
    fuse_opt_free_args(&arguments);
    if (file->session_ == nullptr) return fail(Errc::Io, "FUSE: no session could be made");
    if (fuse_session_mount(file->session_, path.c_str()) == 0) return file;
    fuse_session_destroy(std::exchange(file->session_, nullptr));
    Error error = fail(Errc::AccessDenied, "FUSE: cannot mount over %s", path.c_str());
    error.hint = translate("ordinary users need the program fusermount3 of the package fuse3");
    return error;
}

FuseFile::~FuseFile() {
    if (session_ == nullptr) return;
    fuse_session_unmount(session_);
    fuse_session_destroy(session_);
}

Result<void> FuseFile::serve() {
    fuse_loop_config* config = fuse_loop_cfg_create();
    fuse_loop_cfg_set_clone_fd(config, 1);
    fuse_loop_cfg_set_max_threads(config, 16);
    fuse_loop_cfg_set_idle_threads(config, 8);
    const int status = fuse_session_loop_mt(session_, config);
    fuse_loop_cfg_destroy(config);
    if (status == 0 || status == -ENODEV) return {};
    return fail(Errc::Io, "FUSE: %s", std::strerror(status < 0 ? -status : status));
}

void FuseFile::size_changed() {
    fuse_lowlevel_notify_inval_inode(session_, FUSE_ROOT_ID, -1, 0);
}

}  // namespace latchkey::serve
