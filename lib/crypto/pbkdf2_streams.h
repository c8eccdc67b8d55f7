// SPDX-License-Identifier: LGPL-2.1-or-later
// Drives kernels/: converts bytes to streams and advances them with the available kernels.
#pragma once

#include <atomic>
#include <span>

#include "base/bytes.h"
#include "crypto/kernels/kernel.h"

namespace latchkey::crypto {

// The kernels of one hash.
using Kernels = std::span<const kernels::Kernel* const>;

// Returns a stream before its first iteration, with only `inner` and `outer` set, for a key of at most
// kernel.block_bytes.
[[nodiscard]] kernels::Stream begin_stream(const kernels::Kernel& kernel, ByteView key);

// Converts a digest to words, and words to the first bytes of a digest, for the hash of this kernel.
[[nodiscard]] kernels::State words_of(const kernels::Kernel& kernel, ByteView digest);
void write_digest(const kernels::Kernel& kernel, const kernels::State& words, MutableByteView into);

// Returns the kernel that takes least time for each stream that it can advance, of this many; of equal ones the first.
[[nodiscard]] const kernels::Kernel& kernel_for(Kernels kernels, std::size_t streams);
// Returns the time of one iteration of this many streams by advance(), in the unit of Kernel::cost.
[[nodiscard]] double cost_of_streams(Kernels kernels, std::size_t streams);

// Advances all streams by this many iterations, as many at once as the kernels allow.  Returns false within a
// millisecond or two after `cancelled` becomes true.  Wipes what the kernels leave behind.
[[nodiscard]] bool advance(Kernels kernels, std::span<kernels::Stream> streams,
                           std::uint64_t iterations, const std::atomic<bool>& cancelled);

}  // namespace latchkey::crypto
