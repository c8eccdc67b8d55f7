// SPDX-License-Identifier: GPL-2.0-or-later
// LUKS1 to LUKS2 and back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/hex.h"
#include "base/json.h"
#include "crypto/hash.h"
#include "luks1/layout.h"
#include "luks1/store.h"
#include "luks2/detour.h"
#include "luks2/json_edit.h"
#include "support/crash_explorer.h"
#include "verbs_testing.h"

namespace latchkey {
namespace luks1 {
extern const formats::Format kFormat;
}

namespace luks2 {
namespace {

using latchkey::test::CrashBounds;
using latchkey::test::CrashOutcome;
using latchkey::test::CrashPoint;
using latchkey::test::explore_crashes;
using latchkey::test::RecordingDevice;
using test::cheap;
using test::opens;
using test::passphrase;
using testing::HasSubstr;

struct Luks1Volume {
    std::shared_ptr<io::MemDevice> device;
    std::unique_ptr<formats::LoadedHeader> header;
    VolumeKey key;
};

class Luks2Conversion : public testing::Test {
  protected:
    // Passphrases are "0", "1", ... by keyslot.
    Luks1Volume luks1(const std::vector<int>& keyslots, std::uint32_t key_bytes = 32,
                      const char* cipher = "aes-xts-plain64", bool detached = false) {
        FormatParams params{
            .type = "LUKS1", .cipher = cipher, .key_bytes = key_bytes, .hash = "sha256"};
        params.uuid = "12345678-1234-1234-1234-123456789abc";
        params.detached = detached;
        params.kdf.forced_iterations = 1000;
        VolumeKey key = test::ramp_key(key_bytes);
        auto device = test::file_with(Bytes(detached ? 0 : (2 << 20) + 16384));
        auto header = luks1::kFormat.create(context_, device, nullptr, params, key);
        if (!header) throw std::runtime_error(header.error().message);
        for (const int number : keyslots) {
            const auto added = (*header)->add_keyslot(
                context_, key, passphrase(std::to_string(number)), cheap(number));
            if (!added) throw std::runtime_error(added.error().message);
        }
        return {std::move(device), std::move(*header), std::move(key)};
    }
    Result<std::unique_ptr<formats::LoadedHeader>> up(const Luks1Volume& volume) {
        return convert_from_luks1(context_, *volume.header);
    }
    static Result<std::unique_ptr<formats::LoadedHeader>> load_any(
        const std::shared_ptr<io::BlockDevice>& device) {
        Context context;
        return formats::load(context, device, {});
    }

    Context context_;
};

TEST_F(Luks2Conversion, VectorAIsWhatTheReferenceMakes) {
    context_.random = std::make_shared<test::RampRandom>();
    auto volume = luks1({});
    ASSERT_TRUE(
        volume.header->add_keyslot(context_, volume.key, passphrase("pass phrase"), cheap()));
    const Bytes before = test::bytes_of(*volume.device);
    const auto header = up(volume);
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_EQ((*header)->info().sequence_id, 2U);
    EXPECT_EQ(
        test::json_on(*volume.device),
        R"({"keyslots":{"0":{"type":"luks2","key_size":32,"kdf":{"type":"pbkdf2","hash":"sha256","iterations":1000,"salt":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},"af":{"type":"luks1","hash":"sha256","stripes":4000},"area":{"type":"raw","encryption":"aes-xts-plain64","key_size":32,"offset":"32768","size":"131072"}}},"tokens":{},"segments":{"0":{"type":"crypt","offset":"2097152","iv_tweak":"0","size":"dynamic","encryption":"aes-xts-plain64","sector_size":512}},"digests":{"0":{"type":"pbkdf2","keyslots":["0"],"segments":["0"],"hash":"sha256","salt":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","digest":"KYPaqQ6jOgf09zC4oh2BmaUMJNw=","iterations":1000}},"config":{"json_size":"12288","keyslots_size":"2064384"}})");
    // Areas moved, everything else stayed.
    const ByteView after = volume.device->bytes();
    EXPECT_TRUE(std::equal(before.begin() + 4096, before.begin() + 1052672, after.begin() + 32768));
    EXPECT_TRUE(std::equal(before.begin() + 1081344, before.end(), after.begin() + 1081344));

    const auto back = convert_to_luks1(context_, **header, "LUKS1");
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(to_hex(*crypto::digest("sha256", volume.device->bytes().first(2 << 20))),
              "d769bb8619cbc1dd102cb3dae21052345e2716e2b4c23d6fb252a4374b0a1003");
    EXPECT_EQ(before, test::bytes_of(*volume.device));
}

TEST_F(Luks2Conversion, EveryKeyslotOpensThereAndBack) {
    for (const std::uint32_t key_bytes : {16U, 32U, 64U}) {
        const char* cipher = key_bytes == 16 ? "aes-cbc-essiv:sha256" : "aes-xts-plain64";
        for (const std::vector<int>& keyslots :
             {std::vector<int>{0}, {5}, {7}, {0, 7}, {1, 2, 6}, {0, 1, 2, 3, 4, 5, 6, 7}}) {
            SCOPED_TRACE(std::to_string(key_bytes) + " bytes, keyslot " +
                         std::to_string(keyslots.front()) + " and " +
                         std::to_string(keyslots.size() - 1) + " others");
            auto volume = luks1(keyslots, key_bytes, cipher);
            const Bytes before = test::bytes_of(*volume.device);
            const auto header = up(volume);
            ASSERT_TRUE(header) << header.error().message;
            for (const int number : keyslots)
                EXPECT_EQ(opens(**header, std::to_string(number)).value_or(-1), number);
            EXPECT_EQ(opens(**load_any(volume.device), "nothing").error().code,
                      Errc::WrongPassphrase);
            EXPECT_EQ((*load_any(volume.device))->type(), "LUKS2");
            EXPECT_FALSE((*load_any(volume.device))->info().damaged_copy);

            const auto back = convert_to_luks1(context_, **header, "LUKS1");
            ASSERT_TRUE(back) << back.error().message;
            for (const int number : keyslots)
                EXPECT_EQ(opens(**back, std::to_string(number)).value_or(-1), number);
            // Without a gap before the data, the bytes after the areas were moved too, as by the peer.
            const auto end = static_cast<std::ptrdiff_t>(
                luks1::standard_areas(key_bytes).header_sectors * io::kSectorSize);
            EXPECT_TRUE(
                std::equal(before.begin(), before.begin() + end, volume.device->bytes().begin()));
            EXPECT_TRUE(std::equal(before.begin() + (2 << 20), before.end(),
                                   volume.device->bytes().begin() + (2 << 20)));
        }
    }
}

TEST_F(Luks2Conversion, DetachedHeaderFileGrows) {
    auto volume = luks1({0}, 64, "aes-xts-plain64", true);
    ASSERT_LT(volume.device->size(), 2097152U);
    const auto header = up(volume);
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_EQ(volume.device->size(), 2097152U);
    EXPECT_EQ((*header)->info().data_offset, 0U);
    EXPECT_EQ((*header)->info().keyslots_size, 2064384U);
    EXPECT_EQ(opens(**header, "0").value_or(-1), 0);
}

TEST_F(Luks2Conversion, DataThatBeginBeyondTheDeviceLeaveAHeaderThatLoads) {
    for (const std::uint32_t sectors : {0x2000U, 0x80000000U}) {
        auto volume = luks1({0, 1});
        auto stored = luks1::read_header(*volume.device);
        ASSERT_TRUE(stored);
        stored->header.payload_offset_sectors = sectors;
        ASSERT_TRUE(luks1::write_header(*volume.device, stored->header));
        auto loaded = load_any(volume.device);
        ASSERT_TRUE(loaded) << loaded.error().message;
        volume.header = std::move(*loaded);
        const auto converted = up(volume);
        ASSERT_TRUE(converted) << converted.error().message;
        const auto again = load_any(volume.device);
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ((*again)->info().data_offset, std::uint64_t{sectors} * 512);
        EXPECT_EQ(opens(**again, "1").value_or(-1), 1);
    }
}

TEST_F(Luks2Conversion, FromLuks1RefusesWhatItWouldDamage) {
    const auto refusal = [&](Luks1Volume volume) {
        const Bytes before = test::bytes_of(*volume.device);
        volume.header = std::move(*load_any(volume.device));
        const auto converted = up(volume);
        EXPECT_EQ(before, test::bytes_of(*volume.device));
        return converted ? std::string("converted") : converted.error().message;
    };
    auto volume = luks1({0});
    ASSERT_TRUE(volume.device->write(1052672, as_byte_view("LUKSMETA")));
    EXPECT_EQ(refusal(std::move(volume)), "cannot convert: LUKSMETA data at byte 1052672");
    volume = luks1({}, 16, "cipher_null-ecb");
    EXPECT_EQ(refusal(std::move(volume)),
              "cannot convert: cipher cipher_null-ecb cannot encrypt LUKS2 keyslots");
    volume = luks1({0});
    auto header = luks1::read_header(*volume.device).value().header;
    for (luks1::Keyslot& keyslot : header.keyslots) keyslot.area_offset_sectors += 8;
    ASSERT_TRUE(luks1::write_header(*volume.device, header));
    EXPECT_EQ(refusal(std::move(volume)), "cannot convert: first keyslot area at sector 16 != 8");
    volume = luks1({0});
    header = luks1::read_header(*volume.device).value().header;
    header.payload_offset_sectors = 2056;  // as in programs before 1.2
    ASSERT_TRUE(luks1::write_header(*volume.device, header));
    EXPECT_EQ(refusal(std::move(volume)),
              "cannot convert: data at byte 1052672, LUKS2 needs 1081344");
    volume = luks1({0});
    header = luks1::read_header(*volume.device).value().header;
    header.keyslots[7].area_offset_sectors = (128 << 20) / 512;
    header.payload_offset_sectors = (130 << 20) / 512;
    ASSERT_TRUE(volume.device->grow(131 << 20));
    ASSERT_TRUE(luks1::write_header(*volume.device, header));
    EXPECT_EQ(refusal(std::move(volume)),
              "cannot convert: keyslot areas end at byte 134348800, LUKS2's at 134221824 at most");
    volume = luks1({0});
    header = luks1::read_header(*volume.device).value().header;
    header.keyslots[3].state = 7;
    ASSERT_TRUE(luks1::write_header(*volume.device, header));
    EXPECT_THAT(refusal(std::move(volume)), HasSubstr("state 0x00000007"));
}

TEST_F(Luks2Conversion, ToLuks1RefusesWhatLuks1CannotSay) {
    FormatParams params = test::cheap_params(10);
    const auto refusal = [&](auto change) {
        auto volume = test::make_volume(context_, {"one"}, params);
        change(volume);
        volume.header = std::move(*test::load(volume.device));
        const Bytes before = test::bytes_of(*volume.device);
        const auto converted = convert_to_luks1(context_, *volume.header, "LUKS1");
        EXPECT_EQ(before == test::bytes_of(*volume.device), !converted);
        return converted ? std::string("converted") : converted.error().message;
    };
    const auto edit = [&](auto change) {
        return refusal(
            [&](test::TestVolume& volume) { test::edit_header(context_, volume.device, change); });
    };
    const std::string no = "cannot convert to LUKS1: ";
    EXPECT_EQ(refusal([](auto&) {}), "converted");
    EXPECT_EQ(edit([](Json& d) { d["segments"]["0"]["sector_size"] = 4096; }),
              no + "sector size 4096 != 512");
    EXPECT_EQ(edit([](Json& d) { d["segments"]["0"]["iv_tweak"] = "8"; }),
              no + "the segment has an IV offset or a fixed size");
    EXPECT_EQ(edit([](Json& d) { d["segments"]["0"]["size"] = "4096"; }),
              no + "the segment has an IV offset or a fixed size");
    EXPECT_EQ(edit([](Json& d) {
                  d["tokens"]["3"] = {{"type", "x"}, {"keyslots", Json::array()}};
              }),
              no + "token 3, LUKS1 has none");
    EXPECT_EQ(edit([](Json& d) { d["keyslots"]["0"]["kdf"]["hash"] = "sha1"; }),
              no + "keyslot 0 has the hashes sha1 and sha256, the digest sha256");
    EXPECT_EQ(edit([](Json& d) { d["keyslots"]["0"]["af"]["hash"] = "sha1"; }),
              no + "keyslot 0 has the hashes sha256 and sha1, the digest sha256");
    EXPECT_EQ(edit([](Json& d) { d["keyslots"]["0"]["area"]["encryption"] = "aes-cbc-plain"; }),
              no + "keyslot 0 is encrypted with aes-cbc-plain, the data with aes-cbc-plain64");
    EXPECT_EQ(edit([](Json& d) { d["keyslots"]["0"]["area"]["size"] = "131072"; }),
              no + "keyslot 0: area of 131072 bytes, LUKS1 has 65536");
    EXPECT_EQ(edit([](Json& d) { d["keyslots"]["0"]["af"]["stripes"] = 3; }),
              no + "keyslot 0: area of 65536 bytes, LUKS1 has 65536");
    EXPECT_THAT(edit([](Json& d) { set_requirements(d, {"zork"}); }), HasSubstr("zork"));
    EXPECT_EQ(refusal([&](test::TestVolume& v) {
                  ASSERT_TRUE(v.header->add_keyslot(context_, v.key, passphrase("x"), cheap(8)));
              }),
              no + "keyslot 8, LUKS1 has 0 to 7");
    EXPECT_EQ(refusal([&](test::TestVolume& v) {
                  ASSERT_TRUE(v.header->add_unbound_keyslot(context_, CandidateKey(test::ramp(16)),
                                                            passphrase("x"), cheap()));
              }),
              no + "2 digests, LUKS1 has one");
    EXPECT_EQ(
        refusal([&](test::TestVolume& v) { ASSERT_TRUE(v.header->kill_keyslot(context_, 0)); }),
        no + "no keyslot is active");
    EXPECT_EQ(refusal([&](test::TestVolume& v) {
                  auto spec = cheap();
                  spec.kdf = {.type = "argon2id", .iterations = 4, .memory_kib = 32, .lanes = 1};
                  ASSERT_TRUE(v.header->add_keyslot(context_, v.key, passphrase("x"), spec));
              }),
              no + "keyslot 1 has the KDF argon2id");
    params = test::cheap_params(7);
    EXPECT_EQ(refusal([](auto&) {}), no + "no space for the areas of 8 keyslots");
    params = test::cheap_params(8);
    EXPECT_EQ(refusal([](auto&) {}), "converted");
}

TEST_F(Luks2Conversion, NamesAndLabelsAreLostWithAWarning) {
    auto volume = test::make_volume(context_, {"one"}, test::cheap_params(9));
    ASSERT_TRUE(volume.header->set_keyslot_name(context_, 0, "paper"));
    std::string warned;
    context_.log_sink = [&](LogLevel level, std::string_view text) {
        if (level == LogLevel::Warning) warned += text;
    };
    const auto back = convert_to_luks1(context_, *volume.header, "LUKS1");
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(warned,
              "LUKS1 keeps no label, subsystem, flags and names of keyslots: they are lost");
}

TEST_F(Luks2Conversion, LargerMetadataAreasConvertToo) {
    FormatParams params = test::cheap_params(9);
    params.metadata_size = 0x8000;
    auto volume = test::make_volume(context_, {"one", "two"}, params);
    const auto back = convert_to_luks1(context_, *volume.header, "LUKS1");
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(opens(**load_any(volume.device), "two").value_or(-1), 1);
    // No copy of the LUKS2 header may become valid again.
    volume.device->bytes()[0] = std::byte{0};
    EXPECT_EQ(load_any(volume.device).error().code, Errc::NotThisFormat);
}

class Luks2ConversionCrash : public Luks2Conversion {
  protected:
    // `safe`: keyslots that open at every moment.
    void explore(const std::shared_ptr<io::MemDevice>& device,
                 const std::function<bool(const std::shared_ptr<io::BlockDevice>&)>& convert,
                 const std::vector<int>& safe, const std::vector<int>& all) {
        Bytes before = test::bytes_of(*device);
        auto recorder = std::make_shared<RecordingDevice>(device);
        ASSERT_TRUE(convert(recorder));
        const CrashOutcome outcome = explore_crashes(
            std::move(before), recorder->trace(),
            [&](const std::shared_ptr<io::BlockDevice>& image,
                const CrashPoint& point) -> std::string {
                const auto loaded = load_any(image);
                if (!loaded) return loaded.error().message;
                const bool whole = point.all_done || point.nothing_done;
                for (const int number : whole ? all : safe)
                    if (!opens(**loaded, std::to_string(number), number))
                        return std::string((*loaded)->type()) + ": keyslot " +
                               std::to_string(number) + " is lost";
                return "";
            },
            CrashBounds{.tears_per_write = 6});
        EXPECT_TRUE(outcome.ends_flushed);
        EXPECT_GT(outcome.images, 20U);
        for (const std::string& failure : outcome.failures) ADD_FAILURE() << failure;
    }
    void there_and_back(const std::vector<int>& keyslots, std::uint32_t key_bytes,
                        const std::vector<int>& safe_there, const std::vector<int>& safe_back) {
        const auto volume = luks1(keyslots, key_bytes);
        explore(
            volume.device,
            [&](const std::shared_ptr<io::BlockDevice>& device) {
                const auto header = load_any(device);
                return header && convert_from_luks1(context_, **header).has_value();
            },
            safe_there, keyslots);
        explore(
            volume.device,
            [&](const std::shared_ptr<io::BlockDevice>& device) {
                const auto header = load_any(device);
                return header && convert_to_luks1(context_, **header, "LUKS1").has_value();
            },
            safe_back, keyslots);
    }
};

// 256-bit keys leave room after the areas: a detour for up to seven keyslots.
TEST_F(Luks2ConversionCrash, OneKeyslot) {
    there_and_back({0}, 32, {0}, {0});
}
TEST_F(Luks2ConversionCrash, SeveralKeyslots) {
    there_and_back({0, 3, 7}, 32, {0, 3, 7}, {0, 3, 7});
}
// 512-bit keys leave none, but areas of disabled keyslots can be used.
TEST_F(Luks2ConversionCrash, LongKeys) {
    there_and_back({0, 1}, 64, {0, 1}, {0, 1});
}
// One keyslot is at risk here, but not the volume.
TEST_F(Luks2ConversionCrash, LongKeysWithoutRoomForAll) {
    there_and_back({0, 1, 2}, 64, {0, 1}, {0, 1});
}

luks1::Header layout(std::uint32_t key_bytes, const std::vector<int>& enabled) {
    luks1::Header header;
    header.key_bytes = key_bytes;
    const luks1::AreaLayout areas = luks1::standard_areas(key_bytes);
    for (std::size_t i = 0; i < header.keyslots.size(); ++i)
        header.keyslots[i].area_offset_sectors = areas.offsets_sectors[i];
    for (const int number : enabled) header.keyslot(number).state = luks1::kStateEnabled;
    return header;
}

TEST(Luks2Detour, TakesHolesFirst) {
    const auto detours = plan_detours({layout(32, {0, 7}), 131072, 32768, 2 << 20});
    ASSERT_EQ(detours.size(), 2U);
    EXPECT_EQ(detours[0].keyslot, 0);
    EXPECT_EQ(detours[0].place, 1081344U);  // after the last area of either layout
    EXPECT_FALSE(detours[0].changes_with);
    EXPECT_EQ(detours[1].place, 1081344U + 131072);
}

TEST(Luks2Detour, ChangesWithADisabledKeyslotOfTheSameSector) {
    const luks1::Header header = layout(64, {0, 6});
    const auto detours = plan_detours({header, 258048, 32768, 2 << 20});
    ASSERT_EQ(detours.size(), 1U);  // 7 is beside 6
    EXPECT_EQ(detours[0].keyslot, 0);
    EXPECT_EQ(detours[0].changes_with, 2);
    const luks1::Header moved = with_detours(header, detours);
    EXPECT_EQ(moved.keyslots[0].area_offset_sectors, header.keyslots[2].area_offset_sectors);
    EXPECT_EQ(moved.keyslots[2].area_offset_sectors, header.keyslots[0].area_offset_sectors);
}

TEST(Luks2Detour, IsNothingWithoutRoom) {
    EXPECT_TRUE(
        plan_detours({layout(64, {0, 1, 2, 3, 4, 5, 6, 7}), 258048, 32768, 2 << 20}).empty());
}

}  // namespace
}  // namespace luks2
}  // namespace latchkey
