// SPDX-License-Identifier: LGPL-2.1-or-later
// Memory for secrets of C programs: zeroed at allocation, wiped when freed.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <span>

#include "capi/guard.h"

namespace {

// In front of the caller's bytes, with malloc()'s alignment.
struct alignas(std::max_align_t) Block {
    std::size_t size;  // of the caller's bytes
};

Block* block_of(void* data) {
    return static_cast<Block*>(data) - 1;
}

void wipe(void* data, std::size_t size) {
    latchkey::wipe_memory(std::span(static_cast<std::byte*>(data), size));
}

}  // namespace

void* crypt_safe_alloc(size_t size) {
    if (size == 0 || size > std::numeric_limits<std::size_t>::max() - sizeof(Block)) return nullptr;
    auto* block = static_cast<Block*>(std::calloc(1, sizeof(Block) + size));
    if (block == nullptr) return nullptr;
    block->size = size;
    return block + 1;
}

void crypt_safe_free(void* data) {
    if (data == nullptr) return;
    Block* const block = block_of(data);
    wipe(data, block->size);
    wipe(block, sizeof(Block));
    std::free(block);
}

void* crypt_safe_realloc(void* data, size_t size) {
    void* const larger = crypt_safe_alloc(size);
    if (larger != nullptr && data != nullptr)
        std::memcpy(larger, data, std::min(size, block_of(data)->size));
    crypt_safe_free(data);  // also if the allocation failed, because no other code would do it
    return larger;
}

void crypt_safe_memzero(void* data, size_t size) {
    if (data != nullptr) wipe(data, size);
}

void* crypt_safe_memcpy(void* dst, const void* src, size_t size) {
    if (dst == nullptr || src == nullptr || size == 0) return dst;
    return std::memcpy(dst, src, size);
}
