// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/crash_explorer.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "base/strprintf.h"
#include "io/mem_device.h"
#include "io/overlay_device.h"
#include "support/random.h"

namespace latchkey::test {
namespace {

constexpr std::size_t kMaxFailures = 20;

using Events = std::vector<const TraceEvent*>;

void must(const Result<void>& result) {
    if (!result) throw std::runtime_error("crash explorer: " + result.error().message);
}

// A write after the end makes a file longer, even if the growing itself was lost.
void apply_write(io::BlockDevice& device, std::uint64_t offset, ByteView bytes) {
    must(device.grow(offset + bytes.size()));
    must(device.write(offset, bytes));
}

void carry_out(io::BlockDevice& device, const TraceEvent& event) {
    if (const auto* write = std::get_if<RecordedWrite>(&event))
        apply_write(device, write->offset, write->bytes);
    if (const auto* grow = std::get_if<RecordedGrow>(&event)) must(device.grow(grow->size));
}

// Splits a write at multiples of the granularity on the disk.
std::vector<ByteRange> pieces_of(const RecordedWrite& write, std::uint64_t granularity) {
    std::vector<ByteRange> pieces;
    for (std::uint64_t at = 0; at < write.bytes.size();) {
        const std::uint64_t next = std::min<std::uint64_t>(
            write.bytes.size(), granularity - (write.offset + at) % granularity + at);
        pieces.push_back({at, next - at});
        at = next;
    }
    return pieces;
}

class Explorer {
  public:
    Explorer(Bytes before, const CrashChecker& checker, const CrashBounds& bounds)
        : checker_(checker), bounds_(bounds), random_(bounds.seed) {
        io::Topology topology;
        topology.regular_file = true;
        disk_ = std::make_shared<io::MemDevice>(std::move(before), "<crash>", topology);
    }

    void window(const Events& events) {
        ++outcome_.windows;
        if (events.size() <= bounds_.all_subsets_up_to) {
            every_subset(events);
        } else {
            ++outcome_.sampled_windows;
            every_prefix(events);
            some_subsets(events);
        }
        const Image before = fresh();
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (const auto* write = std::get_if<RecordedWrite>(events[i]))
                tears(before, events, i, *write);
            carry_out(*before, *events[i]);
        }
    }
    void flushed(const Events& events) {
        for (const TraceEvent* event : events) carry_out(*disk_, *event);
        something_flushed_ |= !events.empty();
    }
    void finish() { check(fresh(), "everything done", false, true); }
    [[nodiscard]] CrashOutcome outcome() && { return std::move(outcome_); }

  private:
    using Image = std::shared_ptr<io::OverlayDevice>;

    [[nodiscard]] Image fresh() const { return std::make_shared<io::OverlayDevice>(disk_); }

    void check(const std::shared_ptr<io::BlockDevice>& image, const std::string& text,
               bool nothing_in_window, bool all_done) {
        ++outcome_.images;
        const CrashPoint point{strprintf("window %zu: ", outcome_.windows) + text,
                               nothing_in_window && !something_flushed_, all_done};
        const std::string wrong = checker_(image, point);
        if (!wrong.empty() && outcome_.failures.size() < kMaxFailures)
            outcome_.failures.push_back(point.description + ": " + wrong);
    }

    void subset(const Events& events, const std::vector<bool>& done) {
        const Image image = fresh();
        std::string text = "writes";
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (!done[i]) continue;
            carry_out(*image, *events[i]);
            text += strprintf(" %zu", i);
        }
        const bool none = std::ranges::find(done, true) == done.end();
        check(image, (none ? "no writes" : text) + strprintf(" of %zu", events.size()), none,
              false);
    }

    void every_subset(const Events& events) {
        const std::size_t count = std::size_t{1} << events.size();
        for (std::size_t mask = 0; mask < count; ++mask) {
            std::vector<bool> done(events.size());
            for (std::size_t i = 0; i < events.size(); ++i) done[i] = (mask >> i & 1U) != 0;
            subset(events, done);
        }
    }

    void every_prefix(const Events& events) {
        const Image growing = fresh();
        for (std::size_t count = 0; count <= events.size(); ++count) {
            if (count != 0) carry_out(*growing, *events[count - 1]);
            // Adds a layer, so that writes of the checker do not reach the next prefix.
            check(std::make_shared<io::OverlayDevice>(growing),
                  strprintf("first %zu of %zu writes", count, events.size()), count == 0, false);
        }
    }

    void some_subsets(const Events& events) {
        for (std::size_t n = 0; n < std::min(bounds_.sampled_subsets, events.size()); ++n) {
            const std::size_t one =
                events.size() <= bounds_.sampled_subsets ? n : random_.below(events.size());
            std::vector<bool> all_but_one(events.size(), true);
            all_but_one[one] = false;
            subset(events, all_but_one);
            std::vector<bool> only_one(events.size(), false);
            only_one[one] = true;
            subset(events, only_one);
        }
        for (std::size_t n = 0; n < bounds_.sampled_subsets; ++n) {
            std::vector<bool> done(events.size());
            for (std::size_t i = 0; i < done.size(); ++i) done[i] = random_.below(2) != 0;
            subset(events, done);
        }
    }

    // Returns both ends of the write, and places between them.
    std::set<std::size_t> places(std::size_t pieces) {
        std::set<std::size_t> chosen;
        for (std::size_t i = 1; i < pieces && i <= bounds_.tears_per_write / 3; ++i) {
            chosen.insert(i);
            chosen.insert(pieces - i);
        }
        while (chosen.size() < std::min(bounds_.tears_per_write, pieces - 1))
            chosen.insert(1 + random_.below(pieces - 1));
        return chosen;
    }

    // `before`: the image with the writes before this one.
    void tears(const Image& before, const Events& events, std::size_t index,
               const RecordedWrite& write) {
        for (const std::uint64_t granularity : {512U, 4096U}) {
            if (granularity < bounds_.smallest_tear) continue;
            const std::vector<ByteRange> pieces = pieces_of(write, granularity);
            if (pieces.size() < 2) continue;  // a single piece is written or not
            for (const std::size_t place : places(pieces.size())) {
                std::vector<bool> first(pieces.size());
                for (std::size_t i = 0; i < place; ++i) first[i] = true;
                std::vector<bool> last = first;
                last.flip();
                const auto at = static_cast<unsigned long long>(pieces[place].offset);
                torn(before, events, index, write, pieces, first, strprintf("up to +%llu", at));
                torn(before, events, index, write, pieces, last, strprintf("from +%llu", at));
            }
            std::vector<bool> scattered(pieces.size());
            for (std::size_t i = 0; i < scattered.size(); ++i) scattered[i] = random_.below(2) != 0;
            torn(before, events, index, write, pieces, scattered,
                 strprintf("in pieces of %llu", static_cast<unsigned long long>(granularity)));
        }
    }

    void torn(const Image& before, const Events& events, std::size_t index,
              const RecordedWrite& write, const std::vector<ByteRange>& pieces,
              const std::vector<bool>& present, const std::string& how) {
        for (const bool later_done : {false, true}) {
            if (later_done && events.size() == 1) continue;  // there are no later writes
            const Image image = std::make_shared<io::OverlayDevice>(before);
            for (std::size_t piece = 0; piece < pieces.size(); ++piece)
                if (present[piece])
                    apply_write(
                        *image, write.offset + pieces[piece].offset,
                        ByteView(write.bytes).subspan(pieces[piece].offset, pieces[piece].length));
            for (std::size_t i = index + 1; later_done && i < events.size(); ++i)
                carry_out(*image, *events[i]);
            check(image,
                  strprintf("%s done; write %zu of %zu ",
                            later_done ? "all others" : "those before", index, events.size()) +
                      how,
                  false, false);
        }
    }

    const CrashChecker& checker_;
    CrashBounds bounds_;
    SeededRandom random_;
    std::shared_ptr<io::MemDevice> disk_;  // the durable state
    bool something_flushed_ = false;
    CrashOutcome outcome_;
};

}  // namespace

CrashOutcome explore_crashes(Bytes before, const Trace& trace, const CrashChecker& checker,
                             const CrashBounds& bounds) {
    Explorer explorer(std::move(before), checker, bounds);
    Events events;
    bool durable = true;
    for (const TraceEvent& event : trace) {
        if (!std::holds_alternative<RecordedFlush>(event)) {
            events.push_back(&event);
            durable = false;
            continue;
        }
        if (!events.empty()) explorer.window(events);
        explorer.flushed(events);
        events.clear();
        durable = true;
    }
    if (!events.empty()) explorer.window(events);
    if (durable) explorer.finish();
    CrashOutcome outcome = std::move(explorer).outcome();
    outcome.ends_flushed = durable;
    return outcome;
}

}  // namespace latchkey::test
