// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/secret.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "base/sanitizers.h"

namespace latchkey {
namespace {

// mmap'ed pages would hide overruns from AddressSanitizer.
std::byte* allocate(std::size_t size) {
    if constexpr (kAddressSanitizer) return new std::byte[size]();
    void* pages = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    // Best effort: RLIMIT_MEMLOCK is small for ordinary users, and failing to unlock a disk is
    // worse than a key that might reach encrypted swap.
    (void)mlock(pages, size);
    (void)madvise(pages, size, MADV_DONTDUMP);
    return static_cast<std::byte*>(pages);
}

void release(std::byte* bytes, std::size_t size) {
    wipe_memory({bytes, size});
    if constexpr (kAddressSanitizer)
        delete[] bytes;
    else
        (void)munmap(bytes, size);  // unlocks too
}

}  // namespace

SecretBuffer::SecretBuffer(std::size_t size) {
    if (size != 0) bytes_ = {allocate(size), size};
}

SecretBuffer::~SecretBuffer() {
    if (!bytes_.empty()) release(bytes_.data(), bytes_.size());
}

SecretBuffer SecretBuffer::copy_of(std::span<const std::byte> bytes) {
    SecretBuffer copy(bytes.size());
    std::copy(bytes.begin(), bytes.end(), copy.bytes_.begin());
    return copy;
}

void SecretBuffer::shrink(std::size_t size) {
    assert(size <= bytes_.size());
    if (size == bytes_.size()) return;
    SecretBuffer kept = copy_of(bytes_.first(size));
    kept.random_ = random_;
    *this = std::move(kept);
}

void wipe_memory(std::span<std::byte> bytes) {
    if (!bytes.empty()) explicit_bzero(bytes.data(), bytes.size());
}

bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) {
    if (a.size() != b.size()) return false;
    volatile unsigned char difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference =
            static_cast<unsigned char>(difference | std::to_integer<unsigned char>(a[i] ^ b[i]));
    return difference == 0;
}

}  // namespace latchkey
