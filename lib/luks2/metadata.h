// SPDX-License-Identifier: LGPL-2.1-or-later
// LUKS2 metadata in memory: the JSON document and the checked values read from it.  The document is authoritative and
// keeps unknown members in order; all other code works with the values.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/json_fwd.h"
#include "latchkey/device.h"
#include "latchkey/error.h"
#include "latchkey/params.h"
#include "model/kdf_params.h"

namespace latchkey::luks2 {

inline constexpr int kMaxKeyslots = 32;
inline constexpr int kMaxTokens = 32;
inline constexpr int kMaxSegments = 32;
inline constexpr int kMaxDigests = 8;

// One keyslot's area on the metadata device.
struct Area {
    std::string type;             // "raw"; other types in reencrypt keyslots
    std::uint64_t offset = 0;     // bytes
    std::uint64_t size = 0;       // bytes
    std::string encryption = {};  // dm-crypt notation; "raw" areas
    std::uint32_t key_bytes = 0;  // of the area's own key
    // Of reencrypt keyslots; 0 or "" if the type has no such value.
    std::string hash = {};         // of checksums
    std::uint32_t block_size = 0;  // bytes covered by one checksum
    std::uint64_t shift_size = 0;  // bytes by which the data move

    [[nodiscard]] ByteRange range() const { return {.offset = offset, .length = size}; }
};

struct Keyslot {
    int number = 0;
    std::string type;             // "luks2", "reencrypt", or unknown: kept and ignored
    std::uint32_t key_bytes = 0;  // of the key in the keyslot
    Priority priority = Priority::Normal;
    Area area;
    model::KdfParams kdf = {};  // luks2 only; an unknown type is kept and cannot be opened
    Bytes kdf_salt = {};
    std::string af_hash = {};
    std::uint64_t af_stripes = 0;  // as stored; every program uses 4000
    std::string mode = {};         // reencrypt only
    std::string direction = {};    // reencrypt only
    // Why this keyslot cannot be opened although the header is valid ("kdf.salt is not base64"); "" = it can be
    // tried. A defect of one keyslot does not keep the others from opening.
    std::string defect = {};

    [[nodiscard]] bool is_luks2() const { return type == "luks2"; }
};

struct Segment {
    int number = 0;
    std::string type;                        // "crypt", "linear", "hw-opal", ...
    std::uint64_t offset = 0;                // bytes, on the data device
    std::optional<std::uint64_t> size = {};  // bytes; nothing = "dynamic"
    std::vector<std::string> flags = {};
    std::uint64_t iv_tweak = 0;       // 512-byte sectors
    std::string encryption = {};      // dm-crypt notation
    std::uint32_t sector_size = 512;  // bytes
    bool has_integrity = false;
    std::string integrity_type = {};
    std::uint32_t integrity_key_bytes = 0;  // 0 = the type's default
    // Why this segment cannot be mapped although the header is valid ("sector_size 8192 ..."); "" = it can.
    std::string defect = {};

    [[nodiscard]] bool has_flag(std::string_view flag) const;
    [[nodiscard]] bool is_backup() const;  // has a flag beginning with "backup-"
};

struct Digest {
    int number = 0;
    std::string type;                // "pbkdf2"
    std::vector<int> keyslots = {};  // those whose key it verifies
    std::vector<int> segments = {};  // those that use the key; empty = unbound
    std::string hash = {};
    std::uint64_t iterations = 0;
    Bytes salt = {};
    Bytes digest = {};
    std::string defect = {};  // why it cannot verify although the header is valid; "" = it can
};

struct Token {
    int number = 0;
    std::string type;
    std::vector<int> keyslots = {};

    [[nodiscard]] bool lists(int keyslot) const;
};

struct Config {
    std::uint64_t json_size = 0;      // bytes of the JSON area
    std::uint64_t keyslots_size = 0;  // bytes of the keyslots area
    std::vector<std::string> flags = {};
    std::vector<std::string> requirements = {};  // mandatory
};

using HeaderSalt = std::array<std::byte, 64>;

// The fields of the binary header that both copies share.
struct BinaryFields {
    std::uint64_t header_size = 0;  // bytes: binary header and JSON area of one copy
    std::uint64_t sequence_id = 0;
    std::string label = {};
    std::string subsystem = {};
    std::string uuid = {};
    std::string checksum_algorithm = "sha256";
    // [0] primary, [1] secondary.  Updates keep the salts; a copy that is damaged or missing has none, and gets a
    // fresh one when it is written.
    std::array<std::optional<HeaderSalt>, 2> salts = {};
};

// A complete, checked header.  It is a value: operations change a copy.
class Metadata {
  public:
    // Checks every rule of validate.cpp; CorruptHeader names the member and the values.
    [[nodiscard]] static Result<Metadata> from_json(BinaryFields binary, Json document);
    // Does the same with the bytes of a JSON area ('{', text, NUL padding; rules in docs/formats/luks2.md section 2).
    [[nodiscard]] static Result<Metadata> parse(BinaryFields binary, ByteView json_area);

    Metadata(const Metadata&);
    Metadata& operator=(const Metadata&);
    Metadata(Metadata&&) noexcept;
    Metadata& operator=(Metadata&&) noexcept;
    ~Metadata();

    // May be edited freely; the lengths of label and other texts are checked on writing (InvalidArgument).
    BinaryFields binary;

    // In the order of the document.
    [[nodiscard]] const std::vector<Keyslot>& keyslots() const { return keyslots_; }
    [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }
    [[nodiscard]] const std::vector<Digest>& digests() const { return digests_; }
    [[nodiscard]] const std::vector<Token>& tokens() const { return tokens_; }
    [[nodiscard]] const Config& config() const { return config_; }
    [[nodiscard]] const Json& document() const { return *document_; }

    [[nodiscard]] const Keyslot* keyslot(int number) const;  // null = no such keyslot
    [[nodiscard]] const Segment* segment(int number) const;
    [[nodiscard]] const Digest* digest(int number) const;
    [[nodiscard]] const Token* token(int number) const;
    // Returns the digest that verifies keyslot `number`; null for a keyslot of unknown type without one.
    [[nodiscard]] const Digest* digest_of_keyslot(int number) const;
    [[nodiscard]] const Digest* digest_of_segment(int number) const;
    // Returns the segment flagged backup-final, else segment 0.
    [[nodiscard]] const Segment& default_segment() const;
    // Returns the bytes from the start of the data device to its first data; 0 = a detached header that says so.
    [[nodiscard]] std::uint64_t data_offset() const;
    // Returns the bytes of the header from the start of the metadata device: both copies and the keyslots area.
    [[nodiscard]] std::uint64_t header_area_bytes() const;

    // Returns the next state: `edit(Json&)` changes a copy of the document (json_edit.h), which is then checked as a
    // whole. Removes digests that verify nothing and empty requirements, as the peer does on every write.  NoSpace if
    // the text does not fit the JSON area.
    template <typename Edit>
    [[nodiscard]] Result<Metadata> edited(Edit edit) const;

    // Returns the compact text as it is written, without NUL.  NoSpace if it does not fit config().json_size.
    [[nodiscard]] Result<std::string> json_text() const;

  private:
    Metadata(BinaryFields fields, std::unique_ptr<Json> document);
    [[nodiscard]] std::unique_ptr<Json> clone_document() const;
    [[nodiscard]] static Result<Metadata> check_edited(BinaryFields binary,
                                                       std::unique_ptr<Json> document);
    [[nodiscard]] Result<void> read_document();

    std::unique_ptr<Json> document_;
    std::vector<Keyslot> keyslots_;
    std::vector<Segment> segments_;
    std::vector<Digest> digests_;
    std::vector<Token> tokens_;
    Config config_;
};

template <typename Edit>
Result<Metadata> Metadata::edited(Edit edit) const {
    std::unique_ptr<Json> document = clone_document();
    edit(*document);
    return check_edited(binary, std::move(document));
}

}  // namespace latchkey::luks2
