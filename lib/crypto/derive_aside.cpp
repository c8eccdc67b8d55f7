// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/derive_aside.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <system_error>
#include <thread>

namespace latchkey::crypto {
namespace {

constexpr std::chrono::milliseconds kLook{20};  // between checks for a cancellation

// Owns everything that the thread uses, because the thread may outlive a caller that was cancelled.
struct Aside {
    model::KdfParams params;
    SecretBuffer passphrase;
    SecretBuffer salt;
    std::size_t length = 0;
    std::atomic<bool> given_up = false;

    std::mutex mutex;
    std::condition_variable finished;
    std::optional<Result<SecretBuffer>> outcome;
};

Result<SecretBuffer> derived_in(const Aside& aside) {
    try {
        return derive(aside.params, aside.passphrase.bytes(), aside.salt.bytes(), aside.length,
                      aside.given_up);
    } catch (const std::bad_alloc&) {
        // A longer message would need memory; this one fits into the string object.
        return Error{Errc::OutOfMemory, "no memory"};
    }
}

void derive_in(Aside& aside) {
    Result<SecretBuffer> outcome = derived_in(aside);
    const std::lock_guard lock(aside.mutex);
    aside.outcome.emplace(std::move(outcome));
    aside.finished.notify_all();
}

}  // namespace

Result<SecretBuffer> derive_aside(const model::KdfParams& params, ByteView passphrase,
                                  ByteView salt, std::size_t length,
                                  const std::atomic<bool>& cancelled) {
    const auto aside = std::make_shared<Aside>();
    aside->params = params;
    aside->passphrase = SecretBuffer::copy_of(passphrase);
    aside->salt = SecretBuffer::copy_of(salt);
    aside->length = length;
    std::thread thread;
    try {
        thread = std::thread([aside] { derive_in(*aside); });
    } catch (const std::system_error&) {
        // Without another thread (a limit on processes) the derivation works, but takes longer to cancel.
        return derive(params, passphrase, salt, length, cancelled);
    }
    std::unique_lock lock(aside->mutex);
    while (
        !aside->finished.wait_for(lock, kLook, [&aside] { return aside->outcome.has_value(); })) {
        if (!cancelled.load(std::memory_order_relaxed)) continue;
        aside->given_up.store(true, std::memory_order_relaxed);
        thread.detach();
        return fail(Errc::Interrupted, "stopped while a key was derived");
    }
    lock.unlock();
    thread.join();
    return std::move(*aside->outcome);
}

}  // namespace latchkey::crypto
