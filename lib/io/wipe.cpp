// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/wipe.h"

#include <algorithm>
#include <array>
#include <vector>

#include "io/aligned_buffer.h"
#include "io/range.h"

namespace latchkey::io {
namespace {

constexpr std::size_t kBlockBytes = 1024 * 1024;

// What one pass writes: three bytes over and over, or random ones.
struct Pass {
    bool random = false;
    std::array<std::uint8_t, 3> bytes = {};
};
constexpr Pass kRandom{true};

// P. Gutmann, Secure Deletion of Data from Magnetic and Solid-State Memory, 1996, table 1,
// passes 5 to 31.
constexpr std::array<Pass, 27> kGutmann = {{
    {false, {0x55, 0x55, 0x55}}, {false, {0xaa, 0xaa, 0xaa}}, {false, {0x92, 0x49, 0x24}},
    {false, {0x49, 0x24, 0x92}}, {false, {0x24, 0x92, 0x49}}, {false, {0x00, 0x00, 0x00}},
    {false, {0x11, 0x11, 0x11}}, {false, {0x22, 0x22, 0x22}}, {false, {0x33, 0x33, 0x33}},
    {false, {0x44, 0x44, 0x44}}, {false, {0x55, 0x55, 0x55}}, {false, {0x66, 0x66, 0x66}},
    {false, {0x77, 0x77, 0x77}}, {false, {0x88, 0x88, 0x88}}, {false, {0x99, 0x99, 0x99}},
    {false, {0xaa, 0xaa, 0xaa}}, {false, {0xbb, 0xbb, 0xbb}}, {false, {0xcc, 0xcc, 0xcc}},
    {false, {0xdd, 0xdd, 0xdd}}, {false, {0xee, 0xee, 0xee}}, {false, {0xff, 0xff, 0xff}},
    {false, {0x92, 0x49, 0x24}}, {false, {0x49, 0x24, 0x92}}, {false, {0x24, 0x92, 0x49}},
    {false, {0x6d, 0xb6, 0xdb}}, {false, {0xb6, 0xdb, 0x6d}}, {false, {0xdb, 0x6d, 0xb6}},
}};

std::vector<Pass> passes_of(WipePattern pattern, bool rotational) {
    if (pattern == WipePattern::Zero) return {Pass{}};
    if (pattern == WipePattern::Random || !rotational) return {kRandom};
    std::vector<Pass> passes(5, kRandom);
    passes.insert(passes.end(), kGutmann.begin(), kGutmann.end());
    passes.insert(passes.end(), 6, kRandom);
    passes.push_back({false, {0xff, 0xff, 0xff}});
    passes.push_back(kRandom);
    return passes;
}

// `position`: of the block within the range, so that the three bytes go on over the blocks' borders.
Result<void> fill(Context& context, const Pass& pass, std::uint64_t position,
                  MutableByteView block) {
    if (pass.random) return context.random->fill(block);
    for (std::size_t i = 0; i < block.size(); ++i)
        block[i] = std::byte{pass.bytes[(position + i) % pass.bytes.size()]};
    return {};
}

}  // namespace

Result<void> wipe(Context& context, BlockDevice& device, const ByteRange& range,
                  WipePattern pattern) {
    LK_TRY(check_range(device.name(), range.offset, range.length, device.size()));
    if (range.length == 0) return {};
    const std::vector<Pass> passes = passes_of(pattern, device.topology().rotational);
    const std::uint64_t all_bytes =
        checked_multiply(range.length, passes.size()).value_or(range.length);
    AlignedBuffer buffer(
        static_cast<std::size_t>(std::min<std::uint64_t>(kBlockBytes, range.length)));
    std::uint64_t written = 0;
    for (const Pass& pass : passes) {
        for (std::uint64_t at = 0; at < range.length;) {
            if (context.cancelled().load(std::memory_order_relaxed))
                return fail(Errc::Interrupted, "stopped while overwriting %s",
                            device.name().c_str());
            const MutableByteView block = buffer.bytes().first(static_cast<std::size_t>(
                std::min<std::uint64_t>(buffer.bytes().size(), range.length - at)));
            LK_TRY(fill(context, pass, at, block));
            LK_TRY(device.write(range.offset + at, block));
            at += block.size();
            written += block.size();
            if (context.progress && !context.progress(written, all_bytes))
                return fail(Errc::Interrupted, "stopped while overwriting %s",
                            device.name().c_str());
        }
        LK_TRY(device.flush());
    }
    return {};
}

}  // namespace latchkey::io
