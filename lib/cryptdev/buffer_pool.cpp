// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cryptdev/buffer_pool.h"

#include <sys/mman.h>

#include "latchkey/secret.h"

namespace latchkey::cryptdev {

ScratchBuffer::ScratchBuffer(std::size_t size)
    : storage_(round_up(size, io::AlignedBuffer::kAlignment)) {
    // Best effort.  The destructor undoes it, because the pages go back to malloc.
    (void)madvise(storage_.bytes().data(), storage_.bytes().size(), MADV_DONTDUMP);
}

ScratchBuffer::~ScratchBuffer() {
    wipe_memory(storage_.bytes());
    (void)madvise(storage_.bytes().data(), storage_.bytes().size(), MADV_DODUMP);
}

BufferPool::Lease BufferPool::take() {
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            auto buffer = std::move(idle_.back());
            idle_.pop_back();
            return {*this, std::move(buffer)};
        }
    }
    return {*this, std::make_unique<ScratchBuffer>(buffer_bytes_)};
}

void BufferPool::give_back(std::unique_ptr<ScratchBuffer> buffer) noexcept {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kBound) idle_.push_back(std::move(buffer));
}

}  // namespace latchkey::cryptdev
