// SPDX-License-Identifier: LGPL-2.1-or-later
// Drives kernels/: from bytes to streams, and streams through whichever kernels there are.
#pragma once

#include <atomic>
#include <span>

#include "base/bytes.h"
#include "crypto/kernels/kernel.h"

namespace latchkey::crypto {

// Kernels of one hash, the narrowest first.
using Kernels = std::span<const kernels::Kernel* const>;

// A stream before its first iteration, for a key of at most kernels::kBlockBytes bytes: inner and outer alone.
[[nodiscard]] kernels::Stream begin_stream(const kernels::Kernel& kernel, ByteView key);

// A digest as words, and words as the first bytes of a digest.
[[nodiscard]] kernels::State words_of(ByteView digest);
void write_digest(const kernels::State& words, MutableByteView into);

// Advances all streams by so many iterations, as many at once as there are kernels for.  False as soon as `cancelled`,
// within a millisecond or two.  What kernels leave behind is wiped.
[[nodiscard]] bool advance(Kernels kernels, std::span<kernels::Stream> streams,
                           std::uint64_t iterations, const std::atomic<bool>& cancelled);

}  // namespace latchkey::crypto
