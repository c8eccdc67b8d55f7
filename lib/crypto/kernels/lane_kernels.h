// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernels that have one stream in each lane of a vector, by the instructions that they use; list.cpp has the table.
#pragma once

#include "crypto/kernels/kernel.h"

namespace latchkey::crypto::kernels {

// Plain C++: one block, or one stream.  A loop of SHA-512 would be slower than libgcrypt's.
namespace plain {
void absorb_sha1(State& state, std::span<const std::byte> block);
void absorb_sha256(State& state, std::span<const std::byte> block);
void absorb_sha512(State& state, std::span<const std::byte> block);
void advance_sha1(Stream* streams, std::uint64_t iterations);
void advance_sha256(Stream* streams, std::uint64_t iterations);
}  // namespace plain

#if defined(__x86_64__)
// One stream; BMI2 has a rotation that keeps its operand.
namespace bmi2 {
void advance_sha512(Stream* streams, std::uint64_t iterations);
}  // namespace bmi2

// 8 streams of SHA-1 and SHA-256, 4 of SHA-512.
namespace avx2 {
void advance_sha1(Stream* streams, std::uint64_t iterations);
void advance_sha256(Stream* streams, std::uint64_t iterations);
void advance_sha512(Stream* streams, std::uint64_t iterations);
}  // namespace avx2

// 16 streams of SHA-1 and SHA-256, 8 of SHA-512.
namespace avx512 {
void advance_sha1(Stream* streams, std::uint64_t iterations);
void advance_sha256(Stream* streams, std::uint64_t iterations);
void advance_sha512(Stream* streams, std::uint64_t iterations);
}  // namespace avx512
#endif

}  // namespace latchkey::crypto::kernels
