// SPDX-License-Identifier: GPL-2.0-or-later
// Headers with known bytes: the vectors of the format's documentation (docs/formats/luks2.md), which cryptsetup 2.6.1
// wrote with a random source that always returns 00, 01, 02 ...
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "base/json.h"
#include "luks2/binary_header.h"
#include "luks2/json_text.h"
#include "luks2/metadata.h"

namespace latchkey::test {

inline luks2::HeaderSalt ramp_salt() {
    luks2::HeaderSalt salt{};
    for (std::size_t i = 0; i < salt.size(); ++i) salt[i] = static_cast<std::byte>(i);
    return salt;
}

struct HeaderVector {
    const char* name;
    std::uint64_t header_size;  // bytes
    const char* label;
    const char* subsystem;
    std::string json;
    const char* sha256;  // of both copies
};

// Returns vector X with another kdf, hash, digest and sizes.
inline std::string vector_json(const std::string& kdf, const std::string& hash,
                               const std::string& digest, const std::string& area_offset,
                               const std::string& data_offset, const std::string& json_size,
                               const std::string& keyslots_size) {
    const std::string salt = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    return R"({"keyslots":{"0":{"type":"luks2","key_size":64,"af":{"type":"luks1","stripes":4000,"hash":")" +
           hash + R"("},"area":{"type":"raw","offset":")" + area_offset +
           R"(","size":"258048","encryption":"aes-xts-plain64","key_size":64},"kdf":{)" + kdf +
           R"(,"salt":")" + salt +
           R"("}}},"tokens":{},"segments":{"0":{"type":"crypt","offset":")" + data_offset +
           R"(","size":"dynamic","iv_tweak":"0","encryption":"aes-xts-plain64","sector_size":4096}},"digests":{"0":{"type":"pbkdf2","keyslots":["0"],"segments":["0"],"hash":")" +
           hash + R"(","iterations":1000,"salt":")" + salt + R"(","digest":")" + digest +
           R"("}},"config":{"json_size":")" + json_size + R"(","keyslots_size":")" + keyslots_size +
           R"("}})";
}

inline constexpr const char* kDigest256 = "LRO57JV3520XXqZzbAZHiXv9hbTb8JCTCmOMCNi9ze0=";

inline HeaderVector vector_x() {
    return {"X",
            0x4000,
            "",
            "",
            vector_json(R"("type":"pbkdf2","hash":"sha256","iterations":1000)", "sha256",
                        kDigest256, "32768", "16777216", "12288", "16744448"),
            "2d677fe3ea41101dd3bc552c1b8a8f74c97e6cee725f96edbd5e56e076beabda"};
}
inline HeaderVector vector_y() {
    return {"Y",
            0x4000,
            "mylabel",
            "mysub",
            vector_json(R"("type":"argon2id","time":4,"memory":32,"cpus":1)", "sha256", kDigest256,
                        "32768", "16777216", "12288", "16744448"),
            "7c03eeef67951a971ada2fd7df9fc70844607289d605331518126e83615a4d88"};
}
inline HeaderVector vector_z() {
    return {
        "Z",
        0x8000,
        "",
        "",
        vector_json(R"("type":"argon2i","time":4,"memory":64,"cpus":2)", "sha512",
                    "Qx/iRrv4kAiT05o65qCihcXn4WoBpXJyKewmOGcbrtc21DOZ7S4paAScusNQfYgZqZHuhoDWyrRM"
                    "Yiq8+vcrqQ==",
                    "65536", "2097152", "28672", "1048576"),
        "ef56969d6873636b69968e9fcda788a97f20708d6d81b88852a3079509b647a2"};
}

inline luks2::BinaryFields fields_of(const HeaderVector& vector) {
    return {.header_size = vector.header_size,
            .sequence_id = 3,
            .label = vector.label,
            .subsystem = vector.subsystem,
            .uuid = "12345678-1234-1234-1234-123456789abc",
            .salts = {ramp_salt(), ramp_salt()}};
}

inline latchkey::Json parsed(const std::string& text) {
    auto json = luks2::parse_json(text);
    EXPECT_TRUE(json) << json.error().message;
    return json ? std::move(*json) : latchkey::Json();
}

inline Result<luks2::Metadata> load(const std::string& json, std::uint64_t header_size = 0x4000) {
    LK_ASSIGN(latchkey::Json document, luks2::parse_json(json));
    HeaderVector vector = vector_x();
    vector.header_size = header_size;
    return luks2::Metadata::from_json(fields_of(vector), std::move(document));
}

// Returns a checked Metadata; the test fails if there is none.
inline luks2::Metadata loaded(const HeaderVector& vector) {
    auto metadata = luks2::Metadata::from_json(fields_of(vector), parsed(vector.json));
    if (!metadata) throw std::runtime_error(metadata.error().message);
    return std::move(*metadata);
}

// Returns one copy as it is on disk, with `algorithm` and a text that need not be valid.
inline Bytes copy_bytes(const HeaderVector& vector, std::uint64_t offset,
                        std::uint64_t sequence_id = 3, const std::string& algorithm = "sha256") {
    const auto bytes = luks2::serialize_copy({.header_size = vector.header_size,
                                              .sequence_id = sequence_id,
                                              .offset = offset,
                                              .label = vector.label,
                                              .subsystem = vector.subsystem,
                                              .uuid = "12345678-1234-1234-1234-123456789abc",
                                              .checksum_algorithm = algorithm,
                                              .salt = ramp_salt()},
                                             vector.json);
    if (!bytes) throw std::runtime_error(bytes.error().message);
    return *bytes;
}

// Returns both copies and an empty keyslots area.
inline Bytes image_of(const HeaderVector& vector, std::uint64_t size = 0x1000000) {
    Bytes image(size);
    for (const std::uint64_t offset : {std::uint64_t{0}, vector.header_size}) {
        const Bytes copy = copy_bytes(vector, offset);
        std::ranges::copy(copy, image.begin() + static_cast<std::ptrdiff_t>(offset));
    }
    return image;
}

// Returns the message of a result that must be an error of this kind.
template <typename T>
std::string refusal(const Result<T>& result, Errc code = Errc::CorruptHeader) {
    if (result) return "no error";
    if (result.error().code != code)
        return "wrong kind " + std::string(info(result.error().code).name) + ": " +
               result.error().message;
    return result.error().message;
}

// Replaces the first `from` in the text; the test fails if there is none.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, text.npos) << "not in the sample: " << from;
    if (at != text.npos) text.replace(at, from.size(), to);
    return text;
}

}  // namespace latchkey::test
