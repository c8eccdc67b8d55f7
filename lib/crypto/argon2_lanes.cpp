// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/argon2_lanes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/scope_guard.h"
#include "crypto/argon2_memory.h"
#include "crypto/job_pool.h"
#include "crypto/kernels/blake2b.h"
#include "crypto/kernels/kernel.h"

namespace latchkey::crypto {
namespace {

using kernels::Argon2Block;
using kernels::Argon2Run;
using kernels::Argon2Shape;

constexpr std::uint32_t kVersion = 0x13;
// About a tenth of a millisecond.  A multiple of 128, so that the blocks of one address block stay together.
constexpr std::uint32_t kBlocksBetweenLooks = 256;

Argon2Shape shape_of(const model::KdfParams& params) {
    const auto memory = static_cast<std::uint32_t>(params.memory_kib);
    return {.type = params.type == model::kArgon2i ? 1U : 2U,
            .passes = static_cast<std::uint32_t>(params.iterations),
            .lanes = params.lanes,
            .lane_blocks = memory / (kernels::kSlices * params.lanes) * kernels::kSlices};
}

// What H0 and the first two blocks of each lane are made from (sections 3.2 and 3.4).
struct Seed {
    std::array<std::byte, kernels::Blake2b::kLongest> h0{};
    std::array<std::byte, sizeof(Argon2Block)> bytes{};
    ~Seed() {
        wipe_memory(h0);
        wipe_memory(bytes);
    }
};

void begin_seed(Seed& seed, const Argon2Shape& shape, const model::KdfParams& params,
                const Argon2Inputs& inputs, std::size_t length) {
    kernels::Blake2b hash(seed.h0.size());
    hash.add_number(shape.lanes);
    hash.add_number(static_cast<std::uint32_t>(length));
    hash.add_number(static_cast<std::uint32_t>(params.memory_kib));
    hash.add_number(shape.passes);
    hash.add_number(kVersion);
    hash.add_number(shape.type);
    for (const ByteView input :
         {inputs.passphrase, inputs.salt, inputs.secret, inputs.associated}) {
        hash.add_number(static_cast<std::uint32_t>(input.size()));
        hash.add(input);
    }
    hash.finish(seed.h0);
}

std::array<std::byte, 4> little_endian(std::uint32_t number) {
    std::array<std::byte, 4> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes.at(i) = static_cast<std::byte>(number >> (8 * i));
    return bytes;
}

void first_block(Seed& seed, std::uint32_t lane, std::uint32_t column, Argon2Block& into) {
    const auto column_bytes = little_endian(column);
    const auto lane_bytes = little_endian(lane);
    const std::array<ByteView, 3> parts = {seed.h0, column_bytes, lane_bytes};
    kernels::argon2_hash(parts, seed.bytes);
    into.words.fill(0);
    for (std::size_t i = 0; i < seed.bytes.size(); ++i)
        into.words.at(i / 8) |= std::to_integer<std::uint64_t>(seed.bytes.at(i)) << (8 * (i % 8));
}

// The tag (section 3.2, steps 7 and 8).
SecretBuffer tag_of(const Argon2Shape& shape, const Argon2Block* memory, std::size_t length) {
    Seed last;
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < last.bytes.size() / 8; ++i) {
        word = 0;
        for (std::uint32_t lane = 0; lane < shape.lanes; ++lane)
            word ^=
                memory[std::size_t{lane} * shape.lane_blocks + shape.lane_blocks - 1].words.at(i);
        for (std::size_t j = 0; j < 8; ++j)
            last.bytes.at(8 * i + j) = static_cast<std::byte>(word >> (8 * j));
    }
    const std::array<ByteView, 1> parts = {last.bytes};
    SecretBuffer tag(length);
    kernels::argon2_hash(parts, tag.bytes());
    return tag;
}

// One lane's part of a slice, a job of the pool.
struct Segment {
    const kernels::Argon2Kernel* kernel;
    const std::atomic<bool>* cancelled;
    Argon2Run run;
};

void fill_segment(void* argument) {
    const ScopeGuard wipe(&kernels::wipe_leftovers);
    const Segment& segment = *static_cast<const Segment*>(argument);
    Argon2Run run = segment.run;
    const std::uint32_t end = run.shape.segment_blocks();
    run.from = run.pass == 0 && run.slice == 0 ? 2 : 0;
    for (; run.from < end; run.from = run.to) {
        if (segment.cancelled->load(std::memory_order_relaxed)) return;
        run.to = std::min((run.from / kBlocksBetweenLooks + 1) * kBlocksBetweenLooks, end);
        segment.kernel->fill(run);
    }
}

// Fills one slice of all lanes.  Returns false if there is no memory to queue the work, or after a cancellation.
bool fill_slice(std::vector<Segment>& segments, std::uint32_t pass, std::uint32_t slice,
                std::optional<JobPool>& pool) {
    for (std::size_t lane = 0; lane < segments.size(); ++lane) {
        Segment& segment = segments[lane];
        segment.run.pass = pass;
        segment.run.slice = slice;
        segment.run.lane = static_cast<std::uint32_t>(lane);
        if (!pool)
            fill_segment(&segment);
        else if (!pool->submit({&fill_segment, &segment}))
            return false;
    }
    return !pool || pool->wait();
}

Error no_memory(const model::KdfParams& params) {
    return fail(Errc::OutOfMemory, "%s needs %llu KiB of memory, which is not available",
                params.type.c_str(), static_cast<unsigned long long>(params.memory_kib));
}

}  // namespace

Result<SecretBuffer> argon2_by(const kernels::Argon2Kernel& kernel, const model::KdfParams& params,
                               const Argon2Inputs& inputs, std::size_t length,
                               const std::atomic<bool>& cancelled) {
    const Argon2Shape shape = shape_of(params);
    Argon2Memory memory(shape);
    if (memory.blocks() == nullptr) return no_memory(params);
    std::vector<Segment> segments(shape.lanes);
    for (Segment& segment : segments)
        segment = {&kernel, &cancelled, {.shape = shape, .memory = memory.blocks()}};

    memory.set_written(shape.segment_blocks());
    {
        Seed seed;
        begin_seed(seed, shape, params, inputs, length);
        for (std::uint32_t lane = 0; lane < shape.lanes; ++lane)
            for (std::uint32_t column = 0; column < 2; ++column)
                first_block(seed, lane, column,
                            memory.blocks()[std::size_t{lane} * shape.lane_blocks + column]);
    }
    std::optional<JobPool> pool;
    if (shape.lanes > 1)
        pool.emplace(std::min<std::size_t>(shape.lanes, kMaxArgon2Threads), cancelled);
    for (std::uint32_t pass = 0; pass < shape.passes; ++pass)
        for (std::uint32_t slice = 0; slice < kernels::kSlices; ++slice) {
            if (pass == 0) memory.set_written((slice + 1) * shape.segment_blocks());
            const bool filled = fill_slice(segments, pass, slice, pool);
            if (cancelled.load(std::memory_order_relaxed))
                return fail(Errc::Interrupted, "stopped while a key was derived");
            if (!filled) return no_memory(params);
        }
    const ScopeGuard wipe(&kernels::wipe_leftovers);
    return tag_of(shape, memory.blocks(), length);
}

}  // namespace latchkey::crypto
