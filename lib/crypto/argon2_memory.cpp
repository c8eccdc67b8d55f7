// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/argon2_memory.h"

#include <sys/mman.h>

#include <memory>
#include <span>

#include "latchkey/secret.h"

namespace latchkey::crypto {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} * 1024 * 1024;

}  // namespace

Argon2Memory::Argon2Memory(const kernels::Argon2Shape& shape) : shape_(shape) {
    const std::uint64_t blocks = shape.all_blocks();
    if (blocks > (SIZE_MAX / 2 - kHugePage) / sizeof(kernels::Argon2Block)) return;
    const std::size_t bytes = static_cast<std::size_t>(blocks) * sizeof(kernels::Argon2Block);
    // Less than a huge page would only be rounded up to one.
    const bool huge = bytes >= 2 * kHugePage;
    std::size_t size = huge ? bytes + kHugePage : bytes;
    void* pages = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return;
    pages_ = pages;
    size_ = size;
    (void)madvise(pages, size, MADV_DONTDUMP);
    void* begin = pages;
    if (huge) {
        (void)std::align(kHugePage, bytes, begin, size);
        (void)madvise(begin, bytes, MADV_HUGEPAGE);
    }
    blocks_ = static_cast<kernels::Argon2Block*>(begin);
}

Argon2Memory::~Argon2Memory() {
    if (blocks_ == nullptr) return;
    for (std::uint32_t lane = 0; lane < shape_.lanes && written_ != 0; ++lane)
        wipe_memory(std::as_writable_bytes(
            std::span(blocks_ + std::size_t{lane} * shape_.lane_blocks, written_)));
    (void)munmap(pages_, size_);
}

}  // namespace latchkey::crypto
