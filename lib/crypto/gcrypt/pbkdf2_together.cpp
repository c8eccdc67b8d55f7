// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/pbkdf2_together.h"

#include <algorithm>
#include <utility>

#include "crypto/gcrypt/kernel_trust.h"
#include "crypto/gcrypt/pbkdf2.h"

namespace latchkey::crypto {
namespace {

std::size_t blocks_of(std::size_t length, std::size_t digest_bytes) {
    return (length + digest_bytes - 1) / digest_bytes;
}

// A lane with its streams, which are neighbours in one array of all streams.
struct Placed {
    std::size_t lane;
    std::uint64_t iterations;
    std::size_t first;
    std::size_t count;
};

// Returns the lanes with the fewest iterations first: those still to be advanced are then the last ones.
std::vector<Placed> places_of(const std::vector<Pbkdf2Lane>& lanes, std::size_t digest_bytes) {
    std::vector<Placed> placed;
    placed.reserve(lanes.size());
    for (std::size_t i = 0; i < lanes.size(); ++i)
        placed.push_back({i, lanes[i].iterations, 0, blocks_of(lanes[i].length, digest_bytes)});
    std::ranges::stable_sort(placed, {}, &Placed::iterations);
    std::size_t first = 0;
    for (Placed& place : placed) place.first = std::exchange(first, first + place.count);
    return placed;
}

SecretBuffer key_of(const kernels::Kernel& kernel, std::span<const kernels::Stream> streams,
                    std::size_t digest_bytes, std::size_t length) {
    SecretBuffer key(length);
    for (std::size_t i = 0; i < streams.size(); ++i) {
        const std::size_t at = i * digest_bytes;
        write_digest(kernel, streams[i].sum,
                     key.bytes().subspan(at, std::min(digest_bytes, length - at)));
    }
    return key;
}

}  // namespace

Result<void> pbkdf2_together(Kernels kernels, const std::string& hash, ByteView passphrase,
                             const std::vector<Pbkdf2Lane>& lanes,
                             const std::atomic<bool>& cancelled,
                             const std::function<void(std::size_t lane, SecretBuffer key)>& done) {
    LK_ASSIGN(const HashAlgorithm* algorithm, find_hash(hash));
    const std::size_t digest_bytes = gcry_md_get_algo_dlen(algorithm->id);
    const kernels::Kernel& any = *kernels.front();
    LK_ASSIGN(Hmac hmac, Hmac::create(*algorithm, passphrase));
    LK_ASSIGN(const kernels::Stream keyed, keyed_stream(any, *algorithm, passphrase));
    const std::vector<Placed> placed = places_of(lanes, digest_bytes);
    std::vector<kernels::Stream> streams(placed.back().first + placed.back().count, keyed);
    SecretBuffer digest(digest_bytes);
    for (const Placed& place : placed)
        for (std::size_t i = 0; i < place.count; ++i) {
            first_step(hmac, lanes[place.lane].salt, i + 1, digest.bytes());
            kernels::Stream& stream = streams[place.first + i];
            stream.step = words_of(any, digest.bytes());
            stream.sum = stream.step;
        }
    std::uint64_t at = 1;  // iterations that all unfinished streams have
    for (const Placed& place : placed) {
        const auto unfinished = std::span(streams).subspan(place.first);
        if (!advance(kernels, unfinished, place.iterations - at, cancelled))
            return fail(Errc::Interrupted, "stopped while a key was derived");
        at = place.iterations;
        done(place.lane,
             key_of(any, unfinished.first(place.count), digest_bytes, lanes[place.lane].length));
    }
    return {};
}

std::size_t lanes_to_take(const Pbkdf2Costs& costs, const std::vector<std::size_t>& lengths,
                          bool later_pays) {
    std::size_t streams = blocks_of(lengths.front(), costs.digest_bytes);
    const double alone = cost_of_streams(costs.kernels, streams);
    std::size_t best = 1;
    double best_each = alone;
    for (std::size_t i = 1; i < lengths.size(); ++i) {
        streams += blocks_of(lengths[i], costs.digest_bytes);
        const double all = cost_of_streams(costs.kernels, streams);
        const double each = all / static_cast<double>(i + 1);
        if (all > alone && !later_pays) break;
        if (each >= best_each) continue;
        best = i + 1;
        best_each = each;
    }
    return best;
}

TrustedKernels kernels_for_lanes(const std::string& hash) {
    const auto algorithm = find_hash(hash);
    if (!algorithm) return {};
    return {trusted_kernels(hash), gcry_md_get_algo_dlen((*algorithm)->id)};
}

}  // namespace latchkey::crypto
