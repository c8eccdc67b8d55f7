// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/libargon2.h"

#include <argon2.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

namespace latchkey::crypto {
namespace {

using namespace std::chrono_literals;

// Owns everything that the thread uses, because the thread may outlive a caller that was cancelled.
struct Computation {
    model::KdfParams params;
    SecretBuffer passphrase;
    SecretBuffer salt;
    SecretBuffer derived;

    std::mutex mutex;
    std::condition_variable finished;
    bool done = false;
    int status = ARGON2_OK;
};

std::uint8_t* octets(SecretBuffer& buffer) {
    return reinterpret_cast<std::uint8_t*>(buffer.bytes().data());
}

void compute(const std::shared_ptr<Computation>& work) {
    argon2_context context{};
    context.out = octets(work->derived);
    context.outlen = static_cast<std::uint32_t>(work->derived.size());
    context.pwd = octets(work->passphrase);
    context.pwdlen = static_cast<std::uint32_t>(work->passphrase.size());
    context.salt = octets(work->salt);
    context.saltlen = static_cast<std::uint32_t>(work->salt.size());
    context.t_cost = static_cast<std::uint32_t>(work->params.iterations);
    context.m_cost = static_cast<std::uint32_t>(work->params.memory_kib);
    context.lanes = work->params.lanes;
    context.threads = work->params.lanes;
    context.version = ARGON2_VERSION_13;
    const int status =
        argon2_ctx(&context, work->params.type == model::kArgon2i ? Argon2_i : Argon2_id);
    const std::lock_guard lock(work->mutex);
    work->status = status;
    work->done = true;
    work->finished.notify_all();
}

}  // namespace

Result<SecretBuffer> derive_by_libargon2(const model::KdfParams& params, ByteView passphrase,
                                         ByteView salt, std::size_t length,
                                         const std::atomic<bool>& cancelled) {
    const auto work = std::make_shared<Computation>();
    work->params = params;
    work->passphrase = SecretBuffer::copy_of(passphrase);
    work->salt = SecretBuffer::copy_of(salt);
    work->derived = SecretBuffer(length);
    try {
        std::thread([work] { compute(work); }).detach();
    } catch (const std::system_error&) {
        return fail(Errc::OutOfMemory, "%s: no thread can be made", params.type.c_str());
    }

    std::unique_lock lock(work->mutex);
    while (!work->finished.wait_for(lock, 20ms, [&work] { return work->done; }))
        if (cancelled.load(std::memory_order_relaxed))
            return fail(Errc::Interrupted, "stopped while a key was derived");
    if (work->status == ARGON2_MEMORY_ALLOCATION_ERROR || work->status == ARGON2_THREAD_FAIL)
        return fail(Errc::OutOfMemory, "%s needs %llu KiB of memory, which is not available",
                    params.type.c_str(), static_cast<unsigned long long>(params.memory_kib));
    if (work->status != ARGON2_OK)
        return fail(Errc::InvalidArgument, "%s: %s", params.type.c_str(),
                    argon2_error_message(work->status));
    return std::move(work->derived);
}

}  // namespace latchkey::crypto
