// SPDX-License-Identifier: GPL-2.0-or-later
// Labels, flags, UUIDs, parameters of new headers, plans, repair and restore.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "luks2/json_edit.h"
#include "support/fault_device.h"
#include "verbs_testing.h"

namespace latchkey::luks2 {
namespace {

using test::cheap;
using test::make_volume;
using test::opens;
using test::passphrase;
using testing::HasSubstr;

class Luks2Config : public testing::Test {
  protected:
    Context context_;
};

TEST_F(Luks2Config, LabelsOf47BytesFitAndLongerAreRefused) {
    auto volume = make_volume(context_);
    auto& header = *volume.header;
    const std::string fits(47, 'l');
    ASSERT_TRUE(header.set_label(context_, fits, {}));
    ASSERT_TRUE(header.set_label(context_, {}, "sub"));
    EXPECT_EQ(header.info().label, fits);
    EXPECT_EQ(header.info().subsystem, "sub");
    EXPECT_EQ(test::load(volume.device).value()->info().label, fits);
    EXPECT_EQ(header.set_label(context_, fits + "l", {}).error().message,
              "label of 48 bytes, at most 47");
    EXPECT_EQ(header.set_label(context_, {}, std::string(49, 's')).error().message,
              "subsystem of 49 bytes, at most 47");
    EXPECT_EQ(header.set_label(context_, std::string("a\0b", 3), {}).error().message,
              "label has a NUL byte");
    ASSERT_TRUE(header.set_label(context_, "", ""));
    EXPECT_EQ(header.info().label, "");
}

TEST_F(Luks2Config, UuidAndFlagsAreChecked) {
    auto volume = make_volume(context_);
    EXPECT_EQ(volume.header->set_uuid(context_, "zork").error().message, "\"zork\" is not a UUID");
    EXPECT_EQ(volume.header->set_flags(context_, {"zork"}).error().message, "unknown flag zork");
    ASSERT_TRUE(volume.header->set_flags(context_, {"no-journal", "allow-discards"}));
    EXPECT_EQ(volume.header->info().flags,
              (std::vector<std::string>{"no-journal", "allow-discards"}));
    const auto plan = volume.header->plan(context_, volume.key);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(plan->flags, (std::vector<std::string>{"no-journal", "allow-discards"}));
}

TEST_F(Luks2Config, EachVerbIsOneCommit) {
    auto volume = make_volume(context_);  // format writes 2
    auto& header = *volume.header;
    EXPECT_EQ(header.info().sequence_id, 2U);
    std::uint64_t expected = 2;
    const auto step = [&](bool done) {
        EXPECT_TRUE(done);
        EXPECT_EQ(header.info().sequence_id, ++expected);
    };
    step(header.add_keyslot(context_, volume.key, passphrase("a"), cheap()).has_value());
    step(header.add_unbound_keyslot(context_, CandidateKey(test::ramp(8)), passphrase("b"), cheap())
             .has_value());
    step(header.set_label(context_, "a", {}).has_value());
    step(header.set_priority(context_, 0, Priority::Prefer).has_value());
    step(header.set_uuid(context_, "87654321-1234-1234-1234-123456789abc").has_value());
    step(header.import_token(context_, {}, R"({"type":"x","keyslots":[]})", false).has_value());
    step(header.assign_token(context_, 0, 0, true).has_value());
    step(header.kill_keyslot(context_, 0).has_value());
}

TEST_F(Luks2Config, PlanIsWhatDmCryptGets) {
    auto volume = make_volume(context_);
    const auto plan = volume.header->plan(context_, volume.key);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->type, "LUKS2");
    EXPECT_EQ(plan->keys.front().keyring_description,
              "cryptsetup:12345678-1234-1234-1234-123456789abc-d0");
    ASSERT_EQ(plan->segments.size(), 1U);
    const model::PlanSegment& segment = plan->segments[0];
    EXPECT_EQ(segment.cipher, "aes-cbc-plain64");
    EXPECT_EQ(segment.device_offset, (1U << 20) / 512);
    EXPECT_EQ(segment.iv_offset, 0U);
    EXPECT_EQ(segment.sector_size, 512U);
    EXPECT_FALSE(segment.iv_large_sectors);
    EXPECT_FALSE(segment.length);
    EXPECT_EQ(plan->key_bytes(), 16U);
    EXPECT_THAT(volume.header->plan(context_, test::ramp_key(17)).error().message,
                HasSubstr("segment 0: "));
}

TEST_F(Luks2Config, PlanOfSeveralSegmentsAndTheRefusals) {
    auto volume = make_volume(context_, {"one"});
    const auto plan_of = [&](auto edit) {
        test::edit_header(context_, volume.device, edit);
        return test::load(volume.device).value()->plan(context_, volume.key);
    };
    auto plan = plan_of([](Json& document) {
        Json& segments = document["segments"];
        segments["1"] = segments["0"];
        segments["0"]["size"] = "8192";
        segments["1"]["offset"] = "2097152";
        segments["1"]["iv_tweak"] = "16";
        document["digests"]["0"]["segments"] = {"0", "1"};
    });
    ASSERT_TRUE(plan) << plan.error().message;
    ASSERT_EQ(plan->segments.size(), 2U);
    EXPECT_EQ(plan->segments[0].length, 16U);
    EXPECT_EQ(plan->segments[1].start, 16U);
    EXPECT_EQ(plan->segments[1].iv_offset, 16U);
    EXPECT_EQ(plan->segments[1].device_offset, 4096U);

    plan = plan_of([](Json& document) {
        document["segments"]["1"]["integrity"] = {{"type", "hmac(sha256)"},
                                                  {"journal_encryption", "none"},
                                                  {"journal_integrity", "none"}};
    });
    EXPECT_EQ(plan.error().code, Errc::NotSupported);
    EXPECT_EQ(plan.error().message, "segment 1: integrity hmac(sha256) cannot be mapped");
    plan = plan_of([](Json& document) {
        document["segments"]["1"].erase("integrity");
        document["segments"]["1"]["type"] = "linear";
    });
    EXPECT_EQ(plan.error().message, "segment 1: type linear cannot be mapped");
    plan = plan_of([](Json& document) {
        document["segments"]["1"]["type"] = "crypt";
        document["segments"]["1"]["encryption"] = "zork-xts-plain64";
    });
    EXPECT_THAT(plan.error().message, HasSubstr("segment 1: "));
}

TEST_F(Luks2Config, CreateRefusesWhatCannotBe) {
    const auto refusal = [&](auto change) {
        FormatParams params = test::cheap_params();
        change(params);
        const auto result = check_create(context_, params);
        return result ? std::string("accepted") : result.error().message;
    };
    EXPECT_EQ(refusal([](FormatParams&) {}), "accepted");
    EXPECT_EQ(refusal([](FormatParams& p) { p.sector_size = 513; }),
              "sector size 513 is not 512, 1024, 2048 or 4096");
    EXPECT_EQ(refusal([](FormatParams& p) { p.label = std::string(48, 'x'); }),
              "label of 48 bytes, at most 47");
    EXPECT_EQ(refusal([](FormatParams& p) { p.uuid = "zork"; }), "\"zork\" is not a UUID");
    EXPECT_EQ(refusal([](FormatParams& p) { p.metadata_size = 4096; }),
              "metadata size 4096 is not a power of two from 16 KiB to 4 MiB");
    EXPECT_EQ(refusal([](FormatParams& p) {
                  p.data_offset_sectors = 2049;
                  p.alignment_sectors = 2048;
              }),
              "data offset 1049088 is not a multiple of the alignment 1048576");
    EXPECT_EQ(refusal([](FormatParams& p) { p.data_offset_sectors = ~std::uint64_t{0}; }),
              "data offset of 18446744073709551615 sectors is too large");
    EXPECT_NE(refusal([](FormatParams& p) { p.hash = "zork"; }), "accepted");

    FormatParams params = test::cheap_params();
    params.sector_size = 4096;
    params.data_offset_sectors = 32769;
    auto device = test::file_with(Bytes(20 << 20));
    EXPECT_EQ(kFormat.create(context_, device, nullptr, params, test::ramp_key(16)).error().message,
              "data offset 16777728 is not a multiple of 4096");
    params.data_offset_sectors = 32768;
    device = test::file_with(Bytes((20 << 20) + 512));
    EXPECT_EQ(kFormat.create(context_, device, nullptr, params, test::ramp_key(16)).error().message,
              "data size 4194816 is not a multiple of the sector size 4096");
}

TEST_F(Luks2Config, CreateClearsWhatWasThere) {
    FormatParams params = test::cheap_params();
    params.metadata_size = 0x40000;
    auto volume = make_volume(context_, {"old"}, params, 4 << 20);
    // The old secondary is at 256 KiB, where a reader would look for one.
    params.metadata_size = 0x4000;
    params.kdf.forced_iterations = 1000;
    const auto created = kFormat.create(context_, volume.device, nullptr, params, volume.key);
    ASSERT_TRUE(created) << created.error().message;
    volume.device->bytes()[0] ^= std::byte{0xff};
    const auto loaded = test::load(volume.device);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_TRUE((*loaded)->keyslots().empty());
    EXPECT_EQ((*loaded)->info().metadata_size, 0x4000U);
}

TEST_F(Luks2Config, DetachedHeaderGrowsItsFileAndKnowsTheDataDevice) {
    FormatParams params = test::cheap_params();
    params.detached = true;
    params.sector_size = 0;
    auto header_file = test::file_with({});
    auto data = test::file_with(Bytes(1 << 20));
    const auto created =
        kFormat.create(context_, header_file, data.get(), params, test::ramp_key(16));
    ASSERT_TRUE(created) << created.error().message;
    EXPECT_EQ(header_file->size(), (*created)->header_area_bytes());
    EXPECT_EQ((*created)->info().data_offset, 0U);
    EXPECT_EQ((*created)->info().sector_size, 4096U);
    EXPECT_EQ(Bytes(1 << 20), test::bytes_of(*data));
    EXPECT_TRUE(test::load(header_file));
}

TEST_F(Luks2Config, BlockDeviceThatIsTooSmallIsRefused) {
    auto device = std::make_shared<io::MemDevice>(Bytes(16384), "<disk>");
    FormatParams params = test::cheap_params();
    const auto refused = kFormat.create(context_, device, nullptr, params, test::ramp_key(16));
    EXPECT_EQ(refused.error().code, Errc::DeviceTooSmall);
    EXPECT_EQ(test::bytes_of(*device), Bytes(16384));
}

TEST_F(Luks2Config, RepairRewritesTheDamagedCopy) {
    auto volume = make_volume(context_, {"one"});
    EXPECT_TRUE(repair_header(context_, volume.device).value().empty());
    const Bytes good = test::bytes_of(*volume.device);
    struct DamagedCopy {
        std::size_t place;
        const char* which;
    };
    for (const DamagedCopy& damage :
         {DamagedCopy{0, "primary"}, DamagedCopy{0x4000 + 0x1100, "secondary"}}) {
        volume.device->bytes()[damage.place] ^= std::byte{1};
        const auto done = repair_header(context_, volume.device);
        ASSERT_TRUE(done) << done.error().message;
        ASSERT_EQ(done->size(), 1U);
        EXPECT_THAT(done->front(), HasSubstr(damage.which));
        EXPECT_FALSE(test::load(volume.device).value()->info().damaged_copy);
        EXPECT_EQ(opens(*test::load(volume.device).value(), "one").value_or(-1), 0);
        EXPECT_EQ(test::load(volume.device).value()->info().sequence_id,
                  volume.header->info().sequence_id);
        // Everything except the salt and checksum of the copy is unchanged.
        EXPECT_TRUE(std::equal(good.begin() + 0x1000, good.begin() + 0x4000,
                               volume.device->bytes().begin() + 0x1000));
    }
    volume.device->bytes()[0] ^= std::byte{1};
    volume.device->bytes()[0x4000] ^= std::byte{1};
    EXPECT_FALSE(repair_header(context_, volume.device));
}

class Luks2Restore : public Luks2Config {
  protected:
    test::TestVolume volume_ = make_volume(context_, {"one"});
    std::shared_ptr<io::MemDevice> backup_ = test::file_with(test::bytes_of(*volume_.device));

    Result<std::vector<std::string>> check() {
        return check_restore(context_, backup_, volume_.device);
    }
};

TEST_F(Luks2Restore, OfTheSameVolumeWarnsOfTheKeyslotsAlone) {
    const auto warnings = check();
    ASSERT_TRUE(warnings) << warnings.error().message;
    EXPECT_EQ(*warnings,
              (std::vector<std::string>{
                  "all keyslots of the header on <file> are replaced by those of the backup"}));
}

TEST_F(Luks2Restore, OfAnotherUuidOrKeyWarns) {
    ASSERT_TRUE(volume_.header->set_uuid(context_, "87654321-1234-1234-1234-123456789abc"));
    auto warnings = check();
    ASSERT_TRUE(warnings);
    ASSERT_EQ(warnings->size(), 2U);
    EXPECT_THAT((*warnings)[1], HasSubstr("UUID 12345678-1234-1234-1234-123456789abc"));
    volume_ = make_volume(context_, {"one"});
    warnings = check();
    ASSERT_TRUE(warnings);
    EXPECT_THAT(warnings->back(), HasSubstr("another volume key"));
}

TEST_F(Luks2Restore, OfOtherSizesIsRefused) {
    volume_ = make_volume(context_, {}, test::cheap_params(4));
    EXPECT_THAT(check().error().message, HasSubstr("header size 557056 of the backup != 294912"));
    FormatParams params = test::cheap_params();
    params.data_offset_sectors = 4096;
    volume_ = make_volume(context_, {}, params);
    EXPECT_THAT(check().error().message, HasSubstr("data offset 1048576 of the backup != 2097152"));
}

TEST_F(Luks2Restore, WithUnknownRequirementsIsRefused) {
    test::edit_header(context_, backup_,
                      [](Json& document) { set_requirements(document, {"zork"}); });
    EXPECT_EQ(check().error().code, Errc::UnmetRequirement);
    test::edit_header(context_, backup_,
                      [](Json& document) { set_requirements(document, {"offline-reencrypt"}); });
    EXPECT_EQ(check().error().code, Errc::NotSupported);
}

TEST_F(Luks2Restore, OverADestroyedHeaderIsAllowed) {
    const MutableByteView headers = volume_.device->bytes().first(32768);
    std::fill(headers.begin(), headers.end(), std::byte{0});
    const auto warnings = check();
    ASSERT_TRUE(warnings) << warnings.error().message;
    EXPECT_THAT(warnings->front(), HasSubstr("has no usable LUKS2 header"));
}

}  // namespace
}  // namespace latchkey::luks2
