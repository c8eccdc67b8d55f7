// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/metadata.h"

#include <algorithm>
#include <cassert>
#include <cinttypes>

#include "base/json.h"
#include "luks2/header_disk.h"
#include "luks2/json_edit.h"
#include "luks2/json_text.h"
#include "luks2/validate.h"

namespace latchkey::luks2 {
namespace {

template <typename T>
const T* by_number(const std::vector<T>& objects, int number) {
    const auto found = std::ranges::find(objects, number, &T::number);
    return found == objects.end() ? nullptr : &*found;
}

// Returns the text in a JSON area: everything up to the first NUL, after which only NULs may follow.
Result<std::string_view> text_of_area(ByteView area) {
    const auto end = std::ranges::find(area, std::byte{0});
    if (end == area.end()) return fail(Errc::CorruptHeader, "JSON area: no NUL behind the text");
    const auto rubbish =
        std::find_if(end, area.end(), [](std::byte b) { return b != std::byte{0}; });
    if (rubbish != area.end())
        return fail(Errc::CorruptHeader, "JSON area: byte 0x%02x at %td behind the text, not 0",
                    std::to_integer<unsigned>(*rubbish), rubbish - area.begin());
    const std::string_view text(reinterpret_cast<const char*>(area.data()),
                                static_cast<std::size_t>(end - area.begin()));
    if (!text.starts_with('{'))
        return fail(Errc::CorruptHeader, "JSON area: the first byte 0x%02x is not '{'",
                    std::to_integer<unsigned>(area.front()));
    return text;
}

}  // namespace

bool Segment::is_backup() const {
    return std::ranges::any_of(flags,
                               [](const std::string& flag) { return flag.starts_with("backup-"); });
}

Metadata::Metadata(BinaryFields fields, std::unique_ptr<Json> document)
    : binary(std::move(fields)), document_(std::move(document)) {}
Metadata::Metadata(const Metadata& other)
    : binary(other.binary),
      document_(other.clone_document()),
      keyslots_(other.keyslots_),
      segments_(other.segments_),
      digests_(other.digests_),
      tokens_(other.tokens_),
      config_(other.config_) {}
Metadata& Metadata::operator=(const Metadata& other) {
    return *this = Metadata(other);
}
Metadata::Metadata(Metadata&&) noexcept = default;
Metadata& Metadata::operator=(Metadata&&) noexcept = default;
Metadata::~Metadata() = default;

std::unique_ptr<Json> Metadata::clone_document() const {
    return std::make_unique<Json>(*document_);
}

Result<Metadata> Metadata::parse(BinaryFields binary, ByteView json_area) {
    LK_ASSIGN(const std::string_view text, text_of_area(json_area));
    LK_ASSIGN(Json document, parse_json(text));
    return from_json(std::move(binary), std::move(document));
}

Result<Metadata> Metadata::from_json(BinaryFields binary, Json document) {
    Metadata metadata(std::move(binary), std::make_unique<Json>(std::move(document)));
    const auto checked = metadata.read_document();
    if (checked) return metadata;
    if (!drop_leftover_kdf_members(*metadata.document_)) return checked.error();
    LK_TRY(metadata.read_document());
    return metadata;
}

Result<Metadata> Metadata::check_edited(BinaryFields binary, std::unique_ptr<Json> document) {
    drop_unused(*document);
    LK_ASSIGN(Metadata metadata, from_json(std::move(binary), std::move(*document)));
    LK_TRY(metadata.json_text());
    return metadata;
}

// Uses the peer's order, so that both programs report the same one of several faults.
Result<void> Metadata::read_document() {
    const std::uint64_t header_size = binary.header_size;
    if (std::ranges::find(kHeaderSizes, header_size) == kHeaderSizes.end())
        return fail(Errc::CorruptHeader, "hdr_size %" PRIu64 " is not 16 KiB * 2^n up to 4 MiB",
                    header_size);
    const Node root(*document_, "");
    if (!document_->is_object()) return fail(Errc::CorruptHeader, "JSON: not an object");
    LK_ASSIGN(std::vector<std::string> requirements, read_requirements(root));
    LK_ASSIGN(tokens_, read_tokens(root));
    LK_ASSIGN(digests_, read_digests(root));
    LK_ASSIGN(segments_, read_segments(root, digests_, requirements));
    LK_ASSIGN(keyslots_, read_keyslots(root));
    LK_ASSIGN(config_, read_config(root, header_size, std::move(requirements)));
    LK_TRY(check_data_offset(segments_, config_, header_size));
    LK_TRY(check_areas(keyslots_, config_, header_size));
    LK_TRY(check_keyslot_digests(keyslots_, digests_));
    return check_reencrypt_keyslot(keyslots_, config_.requirements);
}

Result<std::string> Metadata::json_text() const {
    std::string text = json_to_text(*document_);
    if (text.size() >= config_.json_size)
        return fail(Errc::NoSpace, "the metadata takes %zu bytes, the JSON area has %" PRIu64,
                    text.size() + 1, config_.json_size);
    return text;
}

const Keyslot* Metadata::keyslot(int number) const {
    return by_number(keyslots_, number);
}
const Segment* Metadata::segment(int number) const {
    return by_number(segments_, number);
}
const Digest* Metadata::digest(int number) const {
    return by_number(digests_, number);
}
const Token* Metadata::token(int number) const {
    return by_number(tokens_, number);
}

bool Segment::has_flag(std::string_view flag) const {
    return std::ranges::find(flags, flag) != flags.end();
}

bool Token::lists(int keyslot) const {
    return std::ranges::find(keyslots, keyslot) != keyslots.end();
}

const Digest* Metadata::digest_of_keyslot(int number) const {
    const auto found = std::ranges::find_if(digests_, [&](const Digest& digest) {
        return std::ranges::find(digest.keyslots, number) != digest.keyslots.end();
    });
    return found == digests_.end() ? nullptr : &*found;
}

const Digest* Metadata::digest_of_segment(int number) const {
    const auto found = std::ranges::find_if(digests_, [&](const Digest& digest) {
        return std::ranges::find(digest.segments, number) != digest.segments.end();
    });
    return found == digests_.end() ? nullptr : &*found;
}

const Segment& Metadata::default_segment() const {
    for (const Segment& segment : segments_)
        if (std::ranges::find(segment.flags, "backup-final") != segment.flags.end()) return segment;
    const Segment* first = segment(0);
    assert(first != nullptr);  // rules S1 and S8
    return *first;
}

std::uint64_t Metadata::data_offset() const {
    const Segment& segment = default_segment();
    return segment.is_backup() ? segment.offset : lowest_offset(segments_);
}

std::uint64_t Metadata::header_area_bytes() const {
    return 2 * binary.header_size + config_.keyslots_size;
}

}  // namespace latchkey::luks2
