// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/reencryption.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/strprintf.h"
#include "luks2/digest.h"
#include "luks2/reencrypt/layout.h"
#include "luks2/requirements.h"

namespace latchkey::luks2 {
namespace {

constexpr std::string_view kRequirement = "online-reencrypt-v";
constexpr std::size_t kLongestText = 64;  // bytes of one text in the proof

const Segment* segment_flagged(const Metadata& metadata, std::string_view flag) {
    const auto found = std::ranges::find_if(
        metadata.segments(), [&](const Segment& segment) { return segment.has_flag(flag); });
    return found == metadata.segments().end() ? nullptr : &*found;
}

const Segment* hot_segment(const Metadata& metadata) {
    const auto found = std::ranges::find_if(metadata.segments(), [&](const Segment& segment) {
        return !segment.is_backup() && segment.has_flag("in-reencryption");
    });
    return found == metadata.segments().end() ? nullptr : &*found;
}

// Returns 2 or 3; 1 is the name without a version.
std::optional<int> version_of(const Config& config) {
    for (const std::string& name : config.requirements) {
        if (!is_online_reencrypt_name(name)) continue;
        if (!name.starts_with(kRequirement)) return 1;
        return name.back() - '0';
    }
    return std::nullopt;
}

// Collects texts unchanged and numbers as 8 or 4 bytes, the highest byte first.
class Proven {
  public:
    explicit Proven(SecretBuffer& into) : into_(into) {}

    Result<void> text(std::string_view value) {
        if (value.size() > kLongestText)
            return fail(Errc::CorruptHeader, "reencryption: a text of %zu bytes > %zu",
                        value.size(), kLongestText);
        add(as_byte_view(value));
        return {};
    }
    template <typename Number>
    void number(Number value) {
        std::array<std::byte, sizeof(Number)> bytes{};
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = static_cast<std::byte>(value >> (8 * (bytes.size() - 1 - i)));
        add(bytes);
    }
    void add(ByteView bytes) {
        std::copy(bytes.begin(), bytes.end(),
                  into_.bytes().begin() + static_cast<std::ptrdiff_t>(used_));
        used_ += bytes.size();
    }
    [[nodiscard]] std::size_t used() const { return used_; }

  private:
    SecretBuffer& into_;
    std::size_t used_ = 0;
};

Result<void> add_area(Proven& bytes, const Keyslot& keyslot) {
    const Area& area = keyslot.area;
    LK_TRY(bytes.text(keyslot.mode));
    LK_TRY(bytes.text(keyslot.direction));
    LK_TRY(bytes.text(area.type));
    bytes.number(area.offset);
    bytes.number(area.size);
    if (area.type == "checksum" || area.type == "datashift-checksum") {
        LK_TRY(bytes.text(area.hash));
        bytes.number(area.block_size);
    }
    if (area.type.starts_with("datashift")) bytes.number(area.shift_size);
    return {};
}

Result<void> add_segment(Proven& bytes, const Segment& segment) {
    LK_TRY(bytes.text(segment.type));
    bytes.number(segment.offset);
    if (segment.size)
        bytes.number(*segment.size);
    else
        LK_TRY(bytes.text("dynamic"));
    if (segment.type == "linear") return {};
    if (segment.type != "crypt")
        return fail(Errc::NotSupported, "segment %d: reencryption of type %s", segment.number,
                    segment.type.c_str());
    bytes.number(segment.iv_tweak);
    LK_TRY(bytes.text(segment.encryption));
    bytes.number(segment.sector_size);
    return {};
}

}  // namespace

Result<std::optional<Reencryption>> reencryption_of(const Metadata& metadata) {
    const auto version = version_of(metadata.config());
    if (!version) return std::optional<Reencryption>();
    if (*version != 2 && *version != 3)
        return fail(Errc::NotSupported,
                    "the reencryption's metadata are of version %d, which nothing vouches for",
                    *version);
    Reencryption found{.previous = segment_flagged(metadata, "backup-previous"),
                       .final = segment_flagged(metadata, "backup-final"),
                       .moved = segment_flagged(metadata, "backup-moved-segment"),
                       .hot = hot_segment(metadata),
                       .version = *version};
    const auto keyslot = std::ranges::find(metadata.keyslots(), "reencrypt", &Keyslot::type);
    if (keyslot == metadata.keyslots().end() || found.previous == nullptr || found.final == nullptr)
        return fail(Errc::CorruptHeader, "the header says that it is reencrypted, but not how");
    if (!keyslot->defect.empty())
        return fail(Errc::NotSupported, "keyslot %d: %s", keyslot->number, keyslot->defect.c_str());
    found.keyslot = &*keyslot;
    found.old_key = metadata.digest_of_segment(found.previous->number);
    found.new_key = metadata.digest_of_segment(found.final->number);
    found.proof = metadata.digest_of_keyslot(keyslot->number);
    if (found.proof == nullptr)
        return fail(Errc::CorruptHeader, "no digest vouches for the reencryption's metadata");
    if (found.old_key == nullptr && found.new_key == nullptr)
        return fail(Errc::CorruptHeader, "the reencryption has no key");
    return std::optional(found);
}

std::vector<const Digest*> data_digests(const Metadata& metadata) {
    std::vector<const Digest*> digests;
    const auto add = [&](const Segment* segment) {
        const Digest* digest =
            segment == nullptr ? nullptr : metadata.digest_of_segment(segment->number);
        if (digest != nullptr && std::ranges::find(digests, digest) == digests.end())
            digests.push_back(digest);
    };
    const auto reencryption = reencryption_of(metadata);
    if (!reencryption || !*reencryption || !only_to_be_ended(metadata, **reencryption))
        add(segment_flagged(metadata, "backup-previous"));
    add(&metadata.default_segment());
    return digests;
}

Result<SecretBuffer> proven_bytes(const Reencryption& reencryption, const KeyRing& keys) {
    constexpr std::size_t kRoom = 2048;  // more than 20 texts and as many numbers need
    std::size_t room = kRoom;
    for (std::size_t i = 0; i < keys.size(); ++i) room += keys[i].size();
    SecretBuffer buffer(room);
    Proven bytes(buffer);
    LK_TRY(bytes.text("v" + std::to_string(reencryption.version)));
    for (std::size_t i = 0; i < keys.size(); ++i) bytes.add(keys[i].bytes());
    LK_TRY(add_area(bytes, *reencryption.keyslot));
    LK_TRY(add_segment(bytes, *reencryption.previous));
    LK_TRY(add_segment(bytes, *reencryption.final));
    if (reencryption.moved != nullptr) LK_TRY(add_segment(bytes, *reencryption.moved));
    buffer.shrink(bytes.used());
    return buffer;
}

Result<void> check_proof(Context& context, const Reencryption& reencryption, const KeyRing& keys) {
    LK_ASSIGN(const SecretBuffer bytes, proven_bytes(reencryption, keys));
    auto checked = check_digest(context, *reencryption.proof, bytes.bytes());
    if (checked || checked.error().code != Errc::WrongPassphrase) return checked;
    return fail(Errc::CorruptHeader,
                "the reencryption's metadata were changed: digest %d does not agree with them",
                reencryption.proof->number);
}

}  // namespace latchkey::luks2
