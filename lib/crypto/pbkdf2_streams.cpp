// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/pbkdf2_streams.h"

#include <algorithm>
#include <array>

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
    std::array<std::byte, kernels::kLongestBlock> longest{};
    const ScopeGuard wipe([&longest] { wipe_memory(longest); });
    const MutableByteView block = MutableByteView(longest).first(kernel.block_bytes);
    std::ranges::copy(key, block.begin());
    for (std::byte& byte : block) byte ^= padding;
    State state = kernel.initial;
    kernel.absorb(state, block);
    return state;
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

const Kernel& kernel_for(Kernels kernels, std::size_t streams) {
    const auto time = [streams](const Kernel* kernel) {
        return static_cast<double>(kernel->cost) /
               static_cast<double>(std::min(kernel->streams, streams));
    };
    return **std::ranges::min_element(kernels, {}, time);
}

Stream begin_stream(const Kernel& kernel, ByteView key) {
    const ScopeGuard wipe(&kernels::wipe_leftovers);
    Stream stream;
    stream.inner = after_padded_key(kernel, key, std::byte{0x36});
    stream.outer = after_padded_key(kernel, key, std::byte{0x5c});
    return stream;
}

State words_of(const Kernel& kernel, ByteView digest) {
    const std::size_t word_bytes = kernel.block_bytes / 16;
    State words{};
    for (std::size_t i = 0; i < digest.size(); ++i) {
        std::uint64_t& word = words.at(i / word_bytes);
        word = (word << 8U) | std::to_integer<std::uint64_t>(digest[i]);
    }
    return words;
}

void write_digest(const Kernel& kernel, const State& words, MutableByteView into) {
    const std::size_t word_bytes = kernel.block_bytes / 16;
    for (std::size_t i = 0; i < into.size(); ++i) {
        const std::size_t later = word_bytes - 1 - i % word_bytes;  // bytes of the word
        into[i] = static_cast<std::byte>(words.at(i / word_bytes) >> (8 * later));
    }
}

double cost_of_streams(Kernels kernels, std::size_t streams) {
    double cost = 0;
    while (streams != 0) {
        const Kernel& kernel = kernel_for(kernels, streams);
        cost += kernel.cost;
        streams -= std::min(kernel.streams, streams);
    }
    return cost;
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
