// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/json.h"

#include <array>
#include <functional>
#include <mutex>
#include <new>

namespace latchkey {
namespace {

// Allocates blocks one after the other.  All are freed at once when the last one is released.
class Reserve {
  public:
    void* allocate(std::size_t bytes) noexcept {
        constexpr std::size_t kUnit = alignof(std::max_align_t);
        const std::scoped_lock lock(mutex_);
        if (bytes > bytes_.size() - used_ || bytes_.size() - used_ - bytes < kUnit) return nullptr;
        void* memory = bytes_.data() + used_;
        used_ += (bytes + kUnit - 1) / kUnit * kUnit;
        ++blocks_;
        return memory;
    }
    bool release(const void* memory) noexcept {
        const std::less<const void*> before;
        if (before(memory, bytes_.data()) || !before(memory, bytes_.data() + bytes_.size()))
            return false;
        const std::scoped_lock lock(mutex_);
        if (--blocks_ == 0) used_ = 0;
        return true;
    }

  private:
    std::mutex mutex_;
    std::size_t used_ = 0;    // bytes
    std::size_t blocks_ = 0;  // in use
    alignas(std::max_align_t)
        std::array<std::byte, 256 * 1024> bytes_{};  // costs no memory until it is touched
};
constinit Reserve g_reserve;

}  // namespace

void* allocate_json(std::size_t bytes) {
    void* memory = ::operator new(bytes, std::nothrow);
    if (memory == nullptr) memory = g_reserve.allocate(bytes);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

void release_json(void* memory) noexcept {
    if (!g_reserve.release(memory)) ::operator delete(memory);
}

}  // namespace latchkey
