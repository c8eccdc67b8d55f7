// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/copy_order.h"

#include <algorithm>

#include "io/overlay_device.h"

namespace latchkey::volume {
namespace {

bool touch_any(const ByteRange& copy, const std::vector<ByteRange>& areas) {
    return std::any_of(areas.begin(), areas.end(), [&](const ByteRange& area) {
        return copy.offset < area.offset + area.length && area.offset < copy.offset + copy.length;
    });
}

// Writes the copies of the next header in memory, one after the other.
class Rehearsal {
  public:
    explicit Rehearsal(const Succession& succession)
        : succession_(succession), image_(std::make_shared<io::OverlayDevice>(succession.device)) {}

    // Simulates a write that a power failure interrupted: the copy is neither the old nor the new one.
    InForce tear(const ByteRange& copy) { return write(copy, Bytes(copy.length)); }
    InForce finish(const ByteRange& copy) {
        Bytes whole(copy.length);
        return succession_.source.read(copy.offset, whole) ? write(copy, whole) : InForce::Neither;
    }

  private:
    InForce write(const ByteRange& copy, ByteView bytes) {
        if (!image_->grow(succession_.length) || !image_->write(copy.offset, bytes))
            return InForce::Neither;
        return header_in_force(image_, succession_);
    }

    const Succession& succession_;
    std::shared_ptr<io::OverlayDevice> image_;
};

struct Judged {
    CopyOrder order;
    int without_header = 0;  // number of instants
    int exposed = 0;  // number of instants at which the present header refers to overwritten areas
};

Judged judge(const Succession& succession, const Claims& present_claims,
             std::vector<ByteRange> copies) {
    Judged judged;
    Rehearsal rehearsal(succession);
    bool all_early = true;
    for (const ByteRange& copy : copies) {
        const InForce torn = rehearsal.tear(copy);
        const InForce whole = rehearsal.finish(copy);
        if (whole != InForce::Next && judged.order.takes_over < copies.size())
            ++judged.order.takes_over;
        all_early = all_early && torn == InForce::Present && whole == InForce::Present &&
                    !touch_any(copy, present_claims.areas);
        if (all_early) {
            ++judged.order.early;
            continue;
        }
        for (const InForce state : {torn, whole}) {
            judged.without_header += state == InForce::Neither ? 1 : 0;
            judged.exposed += state == InForce::Present ? 1 : 0;
        }
    }
    judged.order.takes_over = std::min(judged.order.takes_over + 1, copies.size());
    judged.order.copies = std::move(copies);
    return judged;
}

bool better(const Judged& a, const Judged& b) {
    if (a.without_header != b.without_header) return a.without_header < b.without_header;
    return a.exposed < b.exposed;
}

}  // namespace

InForce header_in_force(const std::shared_ptr<io::BlockDevice>& image,
                        const Succession& succession) {
    Context silent;  // hides warnings about copies that are damaged on purpose
    silent.policy.metadata_locks = false;
    const auto found = formats::load(silent, image, {.at_rest = true});
    if (!found) return InForce::Neither;
    if ((*found)->equals(succession.next)) return InForce::Next;
    const bool is_present = succession.present != nullptr && (*found)->equals(*succession.present);
    return is_present ? InForce::Present : InForce::Neither;
}

CopyOrder order_copies(const Succession& succession, const Claims& present_claims) {
    std::vector<ByteRange> copies = succession.next.header_copies();
    Judged chosen = judge(succession, present_claims, copies);
    std::reverse(copies.begin(), copies.end());
    Judged reversed = judge(succession, present_claims, std::move(copies));
    return better(reversed, chosen) ? std::move(reversed.order) : std::move(chosen.order);
}

}  // namespace latchkey::volume
