// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/pbkdf2_streams.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/endian.h"
#include "base/scope_guard.h"

namespace latchkey::crypto {
namespace {

using kernels::Kernel;
using kernels::kMostStreams;
using kernels::State;
using kernels::Stream;

constexpr std::uint64_t kStepsBetweenLooks = 2048;  // less than a millisecond with four streams

// Returns the hash state after one block of the key and this padding (RFC 2104 section 2).
State after_padded_key(const Kernel& kernel, ByteView key, std::byte padding) {
    std::array<std::byte, kernels::kBlockBytes> block{};
    const ScopeGuard wipe([&block] { wipe_memory(block); });
    std::ranges::copy(key, block.begin());
    for (std::byte& byte : block) byte ^= padding;
    State state = kernel.initial;
    kernel.absorb(state, block);
    return state;
}

// Returns the widest kernel that has work for each of its lanes, or the narrowest if even that has too many.
const Kernel& kernel_for(Kernels kernels, std::size_t streams) {
    const Kernel* chosen = kernels.front();
    for (const Kernel* kernel : kernels)
        if (kernel->streams <= streams) chosen = kernel;
    return *chosen;
}

// `streams` must not exceed the kernel's lanes; unused lanes compute dummy data.
bool advance_by(const Kernel& kernel, std::span<Stream> streams, std::uint64_t iterations,
                const std::atomic<bool>& cancelled) {
    std::array<Stream, kMostStreams> spare;
    const bool full = streams.size() == kernel.streams;
    if (!full) std::ranges::copy(streams, spare.begin());
    Stream* const lanes = full ? streams.data() : spare.data();
    while (iterations != 0) {
        if (cancelled.load(std::memory_order_relaxed)) return false;
        const std::uint64_t steps = std::min(iterations, kStepsBetweenLooks);
        kernel.advance(lanes, steps);
        iterations -= steps;
    }
    if (!full) std::copy_n(spare.begin(), streams.size(), streams.begin());
    return true;
}

}  // namespace

Stream begin_stream(const Kernel& kernel, ByteView key) {
    const ScopeGuard wipe(&kernels::wipe_leftovers);
    Stream stream;
    stream.inner = after_padded_key(kernel, key, std::byte{0x36});
    stream.outer = after_padded_key(kernel, key, std::byte{0x5c});
    return stream;
}

State words_of(ByteView digest) {
    State words{};
    for (std::size_t i = 0; i < digest.size() / sizeof(Be32); ++i) {
        Be32 word;
        std::memcpy(&word, digest.subspan(i * sizeof word).data(), sizeof word);
        words.at(i) = word.value();
    }
    return words;
}

void write_digest(const State& words, MutableByteView into) {
    std::array<Be32, std::tuple_size_v<State>> bytes;
    const ScopeGuard wipe([&bytes] { wipe_memory(std::as_writable_bytes(std::span(bytes))); });
    std::ranges::transform(words, bytes.begin(), [](std::uint32_t word) { return Be32(word); });
    std::memcpy(into.data(), bytes.data(), into.size());
}

bool advance(Kernels kernels, std::span<Stream> streams, std::uint64_t iterations,
             const std::atomic<bool>& cancelled) {
    const ScopeGuard wipe(&kernels::wipe_leftovers);
    while (!streams.empty()) {
        const Kernel& kernel = kernel_for(kernels, streams.size());
        const std::size_t now = std::min(kernel.streams, streams.size());
        if (!advance_by(kernel, streams.first(now), iterations, cancelled)) return false;
        streams = streams.subspan(now);
    }
    return true;
}

}  // namespace latchkey::crypto
