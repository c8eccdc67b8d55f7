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

// What one pass writes: three bytes repeated, or random bytes.
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

// `position` is the block's offset within the range, so that the pattern of three bytes continues across blocks.
Result<void> fill(Context& context, const Pass& pass, std::uint64_t position,
                  MutableByteView block) {
    if (pass.random) return context.random->fill(block);
    for (std::size_t i = 0; i < block.size(); ++i)
        block[i] = std::byte{pass.bytes[(position + i) % pass.bytes.size()]};
    return {};
}

Error stopped(const BlockDevice& device) {
    return fail(Errc::Interrupted, "stopped while overwriting %s", device.name().c_str());
}

// Runs passes one after the other over one range.
class Wiper {
  public:
    Wiper(Context& context, BlockDevice& device, const ByteRange& range, std::size_t passes)
        : context_(context),
          device_(device),
          range_(range),
          all_bytes_(checked_multiply(range.length, passes).value_or(range.length)),
          buffer_(static_cast<std::size_t>(std::min<std::uint64_t>(kBlockBytes, range.length))) {}

    [[nodiscard]] bool cancelled() const {
        return context_.cancelled().load(std::memory_order_relaxed);
    }

    // Stops when the context says so; with `to_the_end`, only when the device fails.
    Result<void> run(const Pass& pass, bool to_the_end) {
        for (std::uint64_t at = 0; at < range_.length;) {
            if (!to_the_end && cancelled()) return stopped(device_);
            const MutableByteView block = buffer_.bytes().first(static_cast<std::size_t>(
                std::min<std::uint64_t>(buffer_.bytes().size(), range_.length - at)));
            LK_TRY(fill(context_, pass, at, block));
            LK_TRY(device_.write(range_.offset + at, block));
            at += block.size();
            written_ += block.size();
            const bool goes_on = !context_.progress || context_.progress(written_, all_bytes_);
            if (!goes_on && !to_the_end) return stopped(device_);
        }
        return device_.flush();
    }

  private:
    Context& context_;
    BlockDevice& device_;
    const ByteRange& range_;
    std::uint64_t all_bytes_;
    AlignedBuffer buffer_;
    std::uint64_t written_ = 0;
};

}  // namespace

Result<void> wipe(Context& context, BlockDevice& device, const ByteRange& range,
                  WipePattern pattern) {
    LK_TRY(check_range(device.name(), range.offset, range.length, device.size()));
    if (range.length == 0) return {};
    const std::vector<Pass> passes = passes_of(pattern, device.topology().rotational);
    Wiper wiper(context, device, range, passes.size());
    for (const Pass& pass : passes) LK_TRY(wiper.run(pass, false));
    return {};
}

Result<void> destroy(Context& context, BlockDevice& device, const ByteRange& range) {
    LK_TRY(check_range(device.name(), range.offset, range.length, device.size()));
    if (range.length == 0) return {};
    const std::vector<Pass> passes = passes_of(WipePattern::Destroy, device.topology().rotational);
    Wiper wiper(context, device, range, passes.size());
    LK_TRY(wiper.run(passes.front(), true));
    for (std::size_t i = 1; i < passes.size() && !wiper.cancelled(); ++i)
        LK_TRY(wiper.run(passes[i], true));
    return {};
}

}  // namespace latchkey::io
