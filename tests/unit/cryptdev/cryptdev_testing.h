// SPDX-License-Identifier: GPL-2.0-or-later
// Plaintext devices over memory.
#pragma once

#include <memory>
#include <string>

#include "io/mem_device.h"
#include "latchkey/crypt_device.h"
#include "support/random.h"

namespace latchkey::cryptdev {

inline constexpr std::uint64_t kTestSector = 512;

inline Bytes random_bytes(std::size_t size, std::uint64_t seed) {
    Bytes bytes(size);
    test::SeededRandom(seed).fill(bytes).value();
    return bytes;
}

inline VolumeKey key_of(std::size_t bytes, std::uint64_t seed = 1) {
    return {Vouched::ByDigest, SecretBuffer::copy_of(random_bytes(bytes, seed))};
}

inline MappingPlan plan_of(const std::string& cipher, std::size_t key_bytes,
                           const PlanSegment& how = {}) {
    MappingPlan plan{.type = "PLAIN"};
    plan.keys = {{.bytes = key_bytes}};
    plan.segments.push_back(how);
    plan.segments.back().cipher = cipher;
    return plan;
}

inline Result<Device> open_over(std::shared_ptr<io::BlockDevice> base, const MappingPlan& plan,
                                const CryptDeviceOptions& options = {}) {
    Context context;
    return open_crypt_device(context, plan, key_of(plan.key_bytes()), Device(std::move(base)),
                             options);
}

inline std::shared_ptr<io::MemDevice> memory(std::size_t bytes, std::uint64_t seed = 99) {
    return std::make_shared<io::MemDevice>(random_bytes(bytes, seed));
}

inline std::string said(const Result<void>& result) {
    return result ? "done" : result.error().message;
}

}  // namespace latchkey::cryptdev
