// SPDX-License-Identifier: LGPL-2.1-or-later
// Copies from device to device: every thread reads, decrypts, encrypts and writes separate chunks.
#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstring>
#include <mutex>
#include <set>

#include "io/block_device.h"
#include "latchkey/stream.h"
#include "stream/journal.h"
#include "stream/progress.h"
#include "stream/workers.h"

namespace latchkey::stream {
namespace {

// The most that is copied again after an interruption.
constexpr std::uint64_t kBytesBetweenSaves = 256 * 1024 * 1024;
constexpr std::size_t kHoleBytes = 4096;  // the block of most file systems

bool all_zero(ByteView bytes) {
    static constexpr std::array<std::byte, kHoleBytes> kZeros{};
    return std::memcmp(bytes.data(), kZeros.data(), bytes.size()) == 0;
}

// Counts how many chunks from the start are finished; chunks finish in any order.
class Watermark {
  public:
    explicit Watermark(std::uint64_t first) : next_(first) {}
    std::uint64_t finish(std::uint64_t chunk) {
        finished_.insert(chunk);
        while (!finished_.empty() && *finished_.begin() == next_) {
            finished_.erase(finished_.begin());
            ++next_;
        }
        return next_;
    }
    [[nodiscard]] std::uint64_t next() const { return next_; }

  private:
    std::uint64_t next_;
    std::set<std::uint64_t> finished_;  // beyond next_; at most one per thread
};

class Copier {
  public:
    Copier(Context& context, const Device& from, Device& to, const CopyOptions& options)
        : context_(context),
          from_(from),
          to_(to),
          options_(options),
          journal_(options.journal, {.text = options.identity,
                                     .from_bytes = from.size(),
                                     .to_bytes = to.size(),
                                     .to_file = options.target_file}) {}

    Result<Copied> run();

  private:
    Result<void> write_chunk(std::uint64_t at, ByteView bytes);
    Result<void> finish_chunk(Watermark& watermark, std::uint64_t chunk);

    Context& context_;
    const Device& from_;
    Device& to_;
    const CopyOptions& options_;
    Journal journal_;
    std::atomic<std::uint64_t> written_{0};
    std::mutex watermark_mutex_;
    std::uint64_t saved_ = 0;  // bytes
};

Result<void> Copier::write_chunk(std::uint64_t at, ByteView bytes) {
    if (!options_.target_is_zero) {
        written_ += bytes.size();
        return to_.io()->write(at, bytes);
    }
    // Writes each run of blocks that are not all zeros with one call.
    while (!bytes.empty()) {
        std::size_t skipped = 0;
        while (skipped < bytes.size() &&
               all_zero(bytes.subspan(skipped, std::min(kHoleBytes, bytes.size() - skipped))))
            skipped += std::min(kHoleBytes, bytes.size() - skipped);
        bytes = bytes.subspan(skipped);
        at += skipped;
        std::size_t run = 0;
        while (run < bytes.size() &&
               !all_zero(bytes.subspan(run, std::min(kHoleBytes, bytes.size() - run))))
            run += std::min(kHoleBytes, bytes.size() - run);
        if (run != 0) LK_TRY(to_.io()->write(at, bytes.first(run)));
        written_ += run;
        bytes = bytes.subspan(run);
        at += run;
    }
    return {};
}

Result<void> Copier::finish_chunk(Watermark& watermark, std::uint64_t chunk) {
    const std::lock_guard lock(watermark_mutex_);
    const std::uint64_t in_place = watermark.finish(chunk) * kChunkBytes;
    if (!journal_.used() || in_place < saved_ + kBytesBetweenSaves) return {};
    LK_TRY(to_.io()->flush());
    LK_TRY(journal_.save(std::min(in_place, from_.size())));
    saved_ = in_place;
    return {};
}

Result<Copied> Copier::run() {
    const std::uint64_t length = from_.size();
    if (to_.size() < length)
        return fail(Errc::DeviceTooSmall,
                    "%s has %" PRIu64 " bytes, the %" PRIu64 " of %s do not fit",
                    to_.name().c_str(), to_.size(), length, from_.name().c_str());
    if (options_.target_is_zero) LK_TRY(journal_.check_for_new_target());
    LK_ASSIGN(const std::uint64_t resumed,
              options_.target_is_zero ? Result<std::uint64_t>(0) : journal_.load());
    const std::uint64_t first_chunk = resumed / kChunkBytes;
    const std::uint64_t begin = first_chunk * kChunkBytes;
    saved_ = begin;
    LK_TRY(journal_.save(begin));
    Progress progress(context_, length, begin);
    Watermark watermark(first_chunk);
    Turnstile unordered;
    const auto work = [&](std::uint64_t chunk, MutableByteView buffer) -> Result<More> {
        const std::uint64_t at = chunk * kChunkBytes;
        if (at >= length) return More::No;
        const auto bytes = buffer.first(std::min<std::uint64_t>(kChunkBytes, length - at));
        LK_TRY(from_.io()->read(at, bytes));
        LK_TRY(write_chunk(at, bytes));
        LK_TRY(finish_chunk(watermark, chunk));
        LK_TRY(progress.add(bytes.size()));
        return More::Yes;
    };
    auto worked =
        work_through(options_.threads, first_chunk, context_.cancelled(), unordered, work);
    if (!worked) {
        // Saves the place to resume from.  If this fails, the journal keeps an earlier place, which is still correct.
        if (journal_.used() && to_.io()->flush())
            (void)journal_.save(std::min(watermark.next() * kChunkBytes, length));
        return std::move(worked).error();
    }
    LK_TRY(to_.io()->flush());
    journal_.remove();
    return Copied{.bytes = length - begin, .written = written_, .resumed_at = begin};
}

}  // namespace

Result<Copied> copy(Context& context, const Device& from, Device& to, const CopyOptions& options) {
    return Copier(context, from, to, options).run();
}

}  // namespace latchkey::stream
