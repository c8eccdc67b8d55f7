// SPDX-License-Identifier: GPL-2.0-or-later
// Volumes to activate on the kernel in memory.
#pragma once

#include <memory>
#include <string>

#include "activate/kernel_backend.h"
#include "fake_kernel.h"
#include "io/mem_device.h"

namespace latchkey::test {

inline constexpr const char* kMappedUuid = "12345678-1234-1234-1234-123456789abc";
inline constexpr std::uint64_t kDataBytes = 64ULL << 20;
inline constexpr std::size_t kKeyBytes = 4;  // short enough to read in a table

inline VolumeKey activation_key(std::byte fill = std::byte{0xab}) {
    SecretBuffer bytes(kKeyBytes);
    for (std::byte& byte : bytes.bytes()) byte = fill;
    return {Vouched::ByDigest, std::move(bytes)};
}

inline MappingPlan luks2_plan() {
    return {
        .type = "LUKS2",
        .uuid = kMappedUuid,
        .segments = {{.cipher = "aes-xts-plain64", .device_offset = 32768, .sector_size = 4096}},
        .keys = {{.bytes = kKeyBytes,
                  .keyring_description = "cryptsetup:12345678-1234-1234-1234-123456789abc-d0"}}};
}
inline MappingPlan luks1_plan() {
    return {.type = "LUKS1",
            .uuid = kMappedUuid,
            .segments = {{.cipher = "aes-cbc-essiv:sha256", .device_offset = 4096}},
            .keys = {{.bytes = kKeyBytes}}};
}
inline MappingPlan plain_plan() {
    return {.type = "PLAIN",
            .segments = {{.cipher = "aes-xts-plain64", .iv_offset = 8, .device_offset = 16}},
            .keys = {{.bytes = kKeyBytes}}};
}

// Two ciphers, one over the other, and no uuid.
inline MappingPlan layered_plan() {
    MappingPlan plan = plain_plan();
    plan.below = {{.suffix = "_1", .segments = {{.cipher = "aes-cbc-plain", .device_offset = 2}}},
                  {.suffix = "_2", .segments = {{.length = 100, .kind = SegmentKind::Linear}}}};
    return plan;
}

// Returns the caller's data device, whose bytes are never read.
inline Device data_on(const std::string& path, bool regular_file) {
    return Device(std::make_shared<io::MemDevice>(Bytes(512), path,
                                                  io::Topology{.regular_file = regular_file}));
}

struct ActivationBench {
    FakeKernelWorld world;
    Context context;
    std::string log;  // warnings
    activate::KernelBackend backend{world.kernel()};
    Device block = data_on("/dev/sdz1", false);
    Device file = data_on("/home/image", true);
    VolumeKey key = activation_key();

    ActivationBench() {
        world.files["/home/image"] = kDataBytes;
        context.log_sink = [this](LogLevel level, std::string_view text) {
            if (level == LogLevel::Warning) log += std::string(text) + "\n";
        };
    }
    Result<MappingInfo> open(const MappingPlan& plan, const Device& data,
                             const ActivateOptions& options = {}, const std::string& name = "x") {
        return backend.activate(context, {name, plan, key, data, options});
    }
    Result<MappingInfo> refresh(const MappingPlan& plan, const Device& data,
                                const ActivateOptions& options = {}) {
        return backend.refresh(context, {"x", plan, key, data, options});
    }
    // Returns the calls made by `verb`.
    template <typename Verb>
    std::vector<std::string> calls_of(Verb verb) {
        world.calls.clear();
        verb();
        return world.calls;
    }
};

}  // namespace latchkey::test
