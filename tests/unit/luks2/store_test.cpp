// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks2/store.h"

#include <gmock/gmock.h>

#include "base/hex.h"
#include "crypto/hash.h"
#include "io/mem_device.h"
#include "luks2/json_edit.h"
#include "samples.h"
#include "support/corpus.h"
#include "support/crash_explorer.h"
#include "support/fault_device.h"
#include "support/random.h"
#include "support/recording_device.h"

namespace latchkey::luks2 {
namespace {

using test::refusal;
using testing::HasSubstr;

constexpr std::uint64_t kSize = 0x1000000;  // of vector X: both copies and the keyslots area

// Returns vector X with the copies changed by `edit(primary, secondary)`.
template <typename Edit>
Bytes image_with(Edit edit) {
    Bytes image = test::image_of(test::vector_x());
    const std::span<std::byte> all(image);
    edit(all.first(0x4000), all.subspan(0x4000, 0x4000));
    return image;
}

template <typename Edit>
io::MemDevice device_with(Edit edit) {
    return io::MemDevice(image_with(edit));
}

void zero(std::span<std::byte> bytes) {
    std::ranges::fill(bytes, std::byte{0});
}

void put_copy(std::span<std::byte> place, const test::HeaderVector& vector, std::uint64_t offset,
              std::uint64_t sequence_id) {
    std::ranges::copy(test::copy_bytes(vector, offset, sequence_id), place.begin());
}

class Luks2Store : public testing::Test {
  protected:
    Luks2Store() { context_.random = std::make_shared<test::RampRandom>(); }
    Context context_;
};

TEST_F(Luks2Store, ReadsBothCopies) {
    const auto device = device_with([](auto, auto) {});
    const auto stored = read_metadata(device);
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_TRUE(stored->both_good());
    EXPECT_EQ(stored->damage, "");
    EXPECT_EQ(stored->metadata.binary.sequence_id, 3U);
    EXPECT_EQ(stored->metadata.binary.salts[0], test::ramp_salt());
    EXPECT_EQ(stored->metadata.binary.salts[1], test::ramp_salt());
    EXPECT_EQ(stored->metadata.json_text().value(), test::vector_x().json);
}

TEST_F(Luks2Store, TakesTheSecondaryWhereThePrimaryIsDamaged) {
    const auto device = device_with([](auto primary, auto) { primary[5000] ^= std::byte{1}; });
    const auto stored = read_metadata(device);
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_EQ(stored->primary, CopyState::Damaged);
    EXPECT_EQ(stored->secondary, CopyState::Good);
    EXPECT_THAT(stored->damage, HasSubstr("primary header: checksum "));
    EXPECT_FALSE(stored->metadata.binary.salts[0]) << "its salt must not be used again";
    EXPECT_TRUE(stored->metadata.binary.salts[1]);
}

TEST_F(Luks2Store, TakesThePrimaryWhereTheSecondaryIsDamaged) {
    const auto device = device_with([](auto, auto secondary) { zero(secondary); });
    const auto stored = read_metadata(device);
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_EQ(stored->primary, CopyState::Good);
    EXPECT_EQ(stored->secondary, CopyState::Damaged);
    EXPECT_EQ(stored->damage, "secondary header at 16384: no LUKS2 magic");
    EXPECT_TRUE(stored->metadata.binary.salts[0]);
    EXPECT_FALSE(stored->metadata.binary.salts[1]);
}

TEST_F(Luks2Store, FindsTheSecondaryAtEveryPlace) {
    for (const std::uint64_t header_size : kHeaderSizes) {
        test::HeaderVector vector = test::vector_x();
        vector.header_size = header_size;
        vector.json = test::vector_json(R"("type":"pbkdf2","hash":"sha256","iterations":1000)",
                                        "sha256", test::kDigest256, std::to_string(2 * header_size),
                                        "16777216", std::to_string(header_size - 4096), "1048576");
        Bytes image = test::image_of(vector);
        const io::MemDevice whole(image);
        const auto both = read_metadata(whole);
        ASSERT_TRUE(both) << both.error().message;
        EXPECT_TRUE(both->both_good()) << header_size;

        zero(std::span(image).first(4096));
        const io::MemDevice secondary_only(image);
        const auto stored = read_metadata(secondary_only);
        ASSERT_TRUE(stored) << stored.error().message;
        EXPECT_EQ(stored->metadata.binary.header_size, header_size);
        EXPECT_EQ(stored->damage, "primary header: no LUKS2 magic");
    }
}

TEST_F(Luks2Store, TheNewerCopyCounts) {
    test::HeaderVector stale = test::vector_x();
    stale.label = "stale";
    for (const bool primary_is_stale : {true, false}) {
        const auto device = device_with([&](auto primary, auto secondary) {
            put_copy(primary_is_stale ? primary : secondary, stale, primary_is_stale ? 0 : 0x4000,
                     2);
        });
        const auto stored = read_metadata(device);
        ASSERT_TRUE(stored) << stored.error().message;
        EXPECT_EQ(stored->metadata.binary.label, "");
        EXPECT_EQ(stored->metadata.binary.sequence_id, 3U);
        EXPECT_EQ(stored->primary, primary_is_stale ? CopyState::Obsolete : CopyState::Good);
        EXPECT_EQ(stored->secondary, primary_is_stale ? CopyState::Good : CopyState::Obsolete);
        EXPECT_THAT(stored->damage, HasSubstr(": sequence id 2 < 3"));
        EXPECT_FALSE(stored->metadata.binary.salts[primary_is_stale ? 0 : 1]);
    }
}

TEST_F(Luks2Store, ACopyWithInvalidJsonDoesNotCount) {
    test::HeaderVector bad = test::vector_x();
    bad.json = test::with(bad.json, "\"12288\"", "\"12287\"");
    const auto device = device_with([&](auto primary, auto) { put_copy(primary, bad, 0, 9); });
    const auto stored = read_metadata(device);
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_EQ(stored->primary, CopyState::Obsolete);
    EXPECT_EQ(stored->metadata.binary.sequence_id, 3U);
    EXPECT_EQ(stored->damage, "primary header: config.json_size: 12287 != 12288 (hdr_size - 4096)");
}

TEST_F(Luks2Store, SaysWhatIsWrongWithBothCopies) {
    const auto device = device_with([](auto primary, auto secondary) {
        primary[7] = std::byte{3};
        secondary[7] = std::byte{4};
    });
    EXPECT_EQ(refusal(read_metadata(device)),
              "primary header: version 3 != 2; secondary header at 16384: version 4 != 2");
    const auto one = device_with([](auto primary, auto secondary) {
        zero(primary.first(8));
        secondary[7] = std::byte{4};
    });
    EXPECT_EQ(refusal(read_metadata(one)), "secondary header at 16384: version 4 != 2");
}

// The next change must not overwrite it with the other copy, which has version 2.
TEST_F(Luks2Store, AWholeCopyOfANewerVersionIsNoDamage) {
    const auto newer = [](std::span<std::byte> copy) {
        const std::size_t checksum = offsetof(HeaderDisk, checksum);
        copy[7] = std::byte{3};
        zero(copy.subspan(checksum, 64));
        const auto sum = crypto::digest("sha256", copy);
        std::ranges::copy(*sum, copy.begin() + static_cast<std::ptrdiff_t>(checksum));
    };
    const auto first = device_with([&](auto primary, auto) { newer(primary); });
    EXPECT_EQ(refusal(read_metadata(first), Errc::NotSupported), "primary header: version 3 != 2");
    const auto second = device_with([&](auto, auto secondary) { newer(secondary); });
    EXPECT_EQ(refusal(read_metadata(second), Errc::NotSupported),
              "secondary header at 16384: version 3 != 2");
    const auto fallen = device_with([&](auto primary, auto) {
        newer(primary);
        primary[9] ^= std::byte{1};
    });
    EXPECT_TRUE(read_metadata(fallen)) << "a version that no checksum vouches for is damage";
}

TEST_F(Luks2Store, IsNotThisFormatWithoutMagic) {
    const auto nothing = device_with([](auto primary, auto secondary) {
        zero(primary);
        zero(secondary);
    });
    EXPECT_EQ(refusal(read_metadata(nothing), Errc::NotThisFormat), "<memory> has no LUKS2 header");
    for (const std::size_t size : {0U, 1U, 6U, 511U, 4096U})
        EXPECT_EQ(refusal(read_metadata(io::MemDevice(Bytes(size))), Errc::NotThisFormat),
                  "<memory> has no LUKS2 header");
}

// A LUKS1 volume may contain the remains of a LUKS2 secondary.
TEST_F(Luks2Store, LeavesLuks1AloneWhateverLiesBehindIt) {
    const auto device = device_with([](auto primary, auto) { primary[7] = std::byte{1}; });
    EXPECT_EQ(refusal(read_metadata(device), Errc::NotThisFormat), "version 1 != 2");
}

TEST_F(Luks2Store, RefusesADeviceThatEndsTooEarly) {
    const Bytes image = test::image_of(test::vector_x());
    const auto cut = [&](std::size_t size) {
        return refusal(read_metadata(io::MemDevice(
                           Bytes(image.begin(), image.begin() + static_cast<long>(size)))),
                       Errc::DeviceTooSmall);
    };
    EXPECT_EQ(cut(8), "primary header: <memory> has 8 bytes, needs 4096");
    EXPECT_EQ(cut(4095), "primary header: <memory> has 4095 bytes, needs 4096");
    EXPECT_EQ(cut(4096), "primary header: <memory> has 4096 bytes, needs 16384");
    EXPECT_EQ(cut(0x4000), "<memory> has 16384 bytes, needs 16777216");
    EXPECT_EQ(cut(0x8000), "<memory> has 32768 bytes, needs 16777216");
    EXPECT_EQ(cut(kSize - 1), "<memory> has 16777215 bytes, needs 16777216");
    EXPECT_TRUE(read_metadata(io::MemDevice(image)));
}

TEST_F(Luks2Store, ReadsOneCopyWhereTheOtherCannotBeRead) {
    const auto memory = std::make_shared<io::MemDevice>(test::image_of(test::vector_x()));
    test::FaultDevice device(memory);
    device.faults.read = 0;
    device.faults.for_good = false;
    const auto stored = read_metadata(device);
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_EQ(stored->primary, CopyState::Damaged);
    EXPECT_THAT(stored->damage, HasSubstr("primary header: "));

    test::FaultDevice dead(memory);
    dead.faults.read = 0;
    const auto nothing = read_metadata(dead);
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().code, Errc::Unreadable);
}

// Every place where a header may be, and the error if one sector of it cannot be read.
TEST_F(Luks2Store, WhatCannotBeReadIsNotNothing) {
    const auto blank = std::make_shared<io::MemDevice>(Bytes(kSize));
    for (const std::uint64_t at :
         {std::uint64_t{0}, std::uint64_t{0x4000}, std::uint64_t{0x400000}}) {
        test::FaultDevice device(blank, {.bad_ranges = {{.offset = at, .length = 512}}});
        EXPECT_THAT(refusal(read_metadata(device), Errc::Unreadable),
                    HasSubstr("cannot read device <memory> at offset " + std::to_string(at) +
                              ": Input/output error"));
    }
    // The sector of the magic shows that there is no header; the others do not matter.
    for (const std::uint64_t at : {std::uint64_t{512}, std::uint64_t{0x4000 + 3584}}) {
        test::FaultDevice device(blank, {.bad_ranges = {{.offset = at, .length = 512}}});
        EXPECT_EQ(read_metadata(device).error().code, Errc::NotThisFormat) << at;
    }
    // LUKS1's header is in the first two sectors.
    Bytes luks1(kSize);
    std::ranges::copy(as_byte_view("LUKSº¾"), luks1.begin());
    luks1[7] = std::byte{1};
    test::FaultDevice old(std::make_shared<io::MemDevice>(luks1),
                          {.bad_ranges = {{.offset = 2048, .length = 512}}});
    EXPECT_EQ(read_metadata(old).error().code, Errc::NotThisFormat);
    // One copy is damaged, the other unreadable: it may be intact.
    const auto half = std::make_shared<io::MemDevice>(
        image_with([](auto primary, auto) { primary[4100] ^= std::byte{1}; }));
    test::FaultDevice device(half, {.bad_ranges = {{.offset = 0x4000 + 8192, .length = 512}}});
    EXPECT_EQ(read_metadata(device).error().code, Errc::Unreadable);
}

TEST_F(Luks2Store, OneUnreadableSectorOfACopyLeavesTheOther) {
    const auto memory = std::make_shared<io::MemDevice>(test::image_of(test::vector_x()));
    for (std::uint64_t at = 0; at < 0x8000; at += 512) {
        test::FaultDevice device(memory, {.bad_ranges = {{.offset = at, .length = 512}}});
        const auto stored = read_metadata(device);
        ASSERT_TRUE(stored) << at << stored.error().message;
        EXPECT_EQ(stored->primary, at < 0x4000 ? CopyState::Damaged : CopyState::Good) << at;
        EXPECT_EQ(stored->secondary, at < 0x4000 ? CopyState::Good : CopyState::Damaged) << at;
        EXPECT_THAT(stored->damage, HasSubstr("at offset " + std::to_string(at) + ":"));
    }
}

TEST_F(Luks2Store, NothingIsWrittenWhereTheIdCannotBeRead) {
    const auto memory = std::make_shared<io::MemDevice>(test::image_of(test::vector_x()));
    test::FaultDevice device(memory);
    Metadata next = read_metadata(device)->metadata;
    device.faults.bad_ranges = {{.offset = 0, .length = 0x8000}};
    EXPECT_EQ(write_metadata(context_, device, next).error().code, Errc::Unreadable);
    EXPECT_EQ(device.writes(), 0U);
}

TEST_F(Luks2Store, CopiesThatDifferUnderOneSequenceIdAreDamage) {
    const auto other = test::loaded(test::vector_x()).edited([](Json& document) {
        document["config"]["flags"] = {"allow-discards"};
    });
    ASSERT_TRUE(other) << other.error().message;
    const auto memory = std::make_shared<io::MemDevice>(test::image_of(test::vector_x()));
    Metadata next = *other;
    next.binary.sequence_id = read_metadata(*memory)->metadata.binary.sequence_id;
    const auto changed = std::make_shared<io::MemDevice>(test::image_of(test::vector_x()));
    next.binary.sequence_id -= 1;
    Bytes before(0x4000);
    ASSERT_TRUE(memory->read(0, before));
    // From a header with the previous id, an operation makes the same id with other content; only its secondary is
    // kept.
    next.binary.uuid = "other";
    ASSERT_TRUE(write_metadata(context_, *changed, next));
    ASSERT_TRUE(changed->write(0, before));
    const auto stored = read_metadata(*changed);
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_EQ(stored->secondary, CopyState::Obsolete);
    EXPECT_EQ(stored->primary, CopyState::Good);
    EXPECT_THAT(stored->damage,
                HasSubstr("metadata is not that of the primary with the same sequence id 3"));
    EXPECT_TRUE(stored->metadata.config().flags.empty());
}

TEST_F(Luks2Store, CopiesWithoutACommonDigestAreOfTwoVolumes) {
    const std::string salt = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=";
    for (const std::uint64_t id : {2U, 3U, 4U})
        for (const bool another : {false, true}) {
            test::HeaderVector other = test::vector_x();
            other.label = "other";
            const std::size_t digests = other.json.find("\"digests\"");
            if (another)
                other.json.replace(other.json.find("\"salt\":\"", digests) + 8, salt.size(), salt);
            const auto device =
                device_with([&](auto, auto secondary) { put_copy(secondary, other, 0x4000, id); });
            const auto stored = read_metadata(device);
            ASSERT_TRUE(stored) << stored.error().message;
            EXPECT_EQ(stored->two_volumes, another) << id << ' ' << stored->damage;
            EXPECT_EQ(stored->damage.find("no digest in common") != std::string::npos, another);
        }
}

TEST_F(Luks2Store, ReadsEveryByteOnce) {
    const auto memory = std::make_shared<io::MemDevice>(test::image_of(test::vector_x()));
    test::FaultDevice device(memory);
    device.faults.second_read_lies = true;
    const auto stored = read_metadata(device);
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_TRUE(stored->both_good());
}

TEST_F(Luks2Store, WritesWhatTheReferenceWrites) {
    for (const test::HeaderVector& vector :
         {test::vector_x(), test::vector_y(), test::vector_z()}) {
        Metadata metadata = test::loaded(vector);
        metadata.binary.sequence_id = 2;
        metadata.binary.salts = {};
        io::MemDevice device(Bytes(kSize, std::byte{0xee}));
        const auto written = write_metadata(context_, device, metadata);
        ASSERT_TRUE(written) << written.error().message;
        EXPECT_EQ(metadata.binary.sequence_id, 3U);
        EXPECT_EQ(metadata.binary.salts[1], test::ramp_salt());
        const auto sum = crypto::digest("sha256", device.bytes().first(2 * vector.header_size));
        EXPECT_EQ(to_hex(*sum), vector.sha256) << vector.name;
        EXPECT_EQ(device.bytes()[2 * vector.header_size], std::byte{0xee}) << "nothing beyond";
    }
}

TEST_F(Luks2Store, KeepsSaltsAndCountsWrites) {
    auto device = device_with([](auto, auto) {});
    device.bytes()[0x68] = std::byte{0x55};  // the primary's salt, which its checksum covers
    ASSERT_FALSE(read_metadata(device)->both_good());
    auto stored = read_metadata(device);
    context_.random = std::make_shared<test::SeededRandom>(1);
    Metadata next = stored->metadata;
    ASSERT_TRUE(write_metadata(context_, device, next));
    const auto first = read_metadata(device);
    ASSERT_TRUE(first->both_good());
    EXPECT_EQ(first->metadata.binary.sequence_id, 4U);
    EXPECT_NE(first->metadata.binary.salts[0], test::ramp_salt()) << "of the copy that was damaged";
    EXPECT_EQ(first->metadata.binary.salts[1], test::ramp_salt());
    ASSERT_TRUE(write_metadata(context_, device, next));
    const auto second = read_metadata(device);
    EXPECT_EQ(second->metadata.binary.sequence_id, 5U);
    EXPECT_EQ(second->metadata.binary.salts, first->metadata.binary.salts);
}

TEST_F(Luks2Store, ClearsWhatALongerTextLeft) {
    auto device = device_with([](auto, auto) {});
    Metadata next = read_metadata(device)->metadata;
    auto longer = next.edited([](Json& json) {
        json["tokens"]["0"] = {{"type", "x"}, {"keyslots", Json::array()}};
    });
    ASSERT_TRUE(longer);
    ASSERT_TRUE(write_metadata(context_, device, *longer));
    auto shorter = longer->edited([](Json& json) { json["tokens"].erase("0"); });
    ASSERT_TRUE(write_metadata(context_, device, *shorter));
    const auto stored = read_metadata(device);
    ASSERT_TRUE(stored->both_good()) << stored->damage;
    EXPECT_EQ(stored->metadata.json_text().value(), test::vector_x().json);
}

TEST_F(Luks2Store, RefusesToOverwriteWhatSomebodyElseWrote) {
    auto device = device_with([](auto, auto) {});
    Metadata mine = read_metadata(device)->metadata;
    Metadata theirs = mine;
    theirs.binary.label = "theirs";
    ASSERT_TRUE(write_metadata(context_, device, theirs));
    const Bytes before(device.bytes().begin(), device.bytes().end());
    EXPECT_EQ(refusal(write_metadata(context_, device, mine), Errc::ConcurrentChange),
              "sequence id on disk 4 != 3");
    EXPECT_TRUE(std::ranges::equal(before, device.bytes()));
    EXPECT_EQ(mine.binary.sequence_id, 3U);

    const auto again = reread_metadata(device, mine);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->metadata.binary.label, "theirs");
}

TEST_F(Luks2Store, NoticesAnotherVolumeInItsPlace) {
    auto device = device_with([](auto, auto) {});
    Metadata known = read_metadata(device)->metadata;
    known.binary.uuid = "00000000-0000-4000-8000-000000000000";
    EXPECT_EQ(refusal(reread_metadata(device, known), Errc::ConcurrentChange),
              "<memory> is another volume now: UUID 12345678-1234-1234-1234-123456789abc != "
              "00000000-0000-4000-8000-000000000000");
    EXPECT_EQ(refusal(reread_metadata(io::MemDevice(Bytes(kSize)), known), Errc::ConcurrentChange),
              "the LUKS2 header of <memory> is gone");
}

TEST_F(Luks2Store, RefusesWhatCannotBeWrittenBeforeWriting) {
    const auto memory = std::make_shared<io::MemDevice>(test::image_of(test::vector_x()));
    test::RecordingDevice device(memory);
    Metadata next = read_metadata(device)->metadata;
    next.binary.label = std::string(48, 'x');
    EXPECT_EQ(refusal(write_metadata(context_, device, next), Errc::InvalidArgument),
              "label has 48 bytes, at most 47 fit");
    next = read_metadata(device)->metadata;
    next.binary.uuid = "other";  // so that the id on disk is not compared
    next.binary.sequence_id = UINT64_MAX;
    EXPECT_EQ(refusal(write_metadata(context_, device, next)),
              "sequence id 18446744073709551615 cannot grow");
    EXPECT_TRUE(device.trace().empty());
}

TEST_F(Luks2Store, ReportsAFailedWriteAndWhichHeaderHolds) {
    const auto memory = std::make_shared<io::MemDevice>(test::image_of(test::vector_x()));
    for (const bool second : {false, true}) {
        test::FaultDevice device(memory);
        Metadata next = read_metadata(device)->metadata;
        const std::uint64_t id = next.binary.sequence_id;
        device.faults.write = second ? 1 : 0;
        const auto result = write_metadata(context_, device, next);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, second ? Errc::Unfinished : Errc::Io);
        EXPECT_EQ(next.binary.sequence_id, second ? id + 1 : id);
        EXPECT_EQ(read_metadata(*memory)->metadata.binary.sequence_id, next.binary.sequence_id);
    }
}

// --- recovery ---

TEST_F(Luks2Store, RecoversEitherCopy) {
    for (const bool primary_is_bad : {true, false}) {
        auto device = device_with(
            [&](auto primary, auto secondary) { zero(primary_is_bad ? primary : secondary); });
        auto stored = read_metadata(device);
        ASSERT_TRUE(stored);
        ASSERT_TRUE(recover_copy(context_, device, *stored));
        EXPECT_TRUE(stored->both_good());
        EXPECT_EQ(stored->damage, "");
        // The fresh salt is the ramp again, so every byte is known.
        const auto sum = crypto::digest("sha256", device.bytes().first(0x8000));
        EXPECT_EQ(to_hex(*sum), test::vector_x().sha256);
    }
}

TEST_F(Luks2Store, RecoveryWritesOnlyTheBadCopy) {
    const auto memory =
        std::make_shared<io::MemDevice>(image_with([](auto primary, auto) { zero(primary); }));
    test::RecordingDevice device(memory);
    auto stored = read_metadata(device);
    EXPECT_TRUE(device.trace().empty()) << "reading never writes";
    context_.random = std::make_shared<test::SeededRandom>(1);
    ASSERT_TRUE(recover_copy(context_, device, *stored));
    ASSERT_EQ(device.trace().size(), 2U);
    const auto* write = std::get_if<test::RecordedWrite>(&device.trace()[0]);
    ASSERT_NE(write, nullptr);
    EXPECT_EQ(write->offset, 0U);
    EXPECT_EQ(write->bytes.size(), 0x4000U);
    EXPECT_TRUE(std::holds_alternative<test::RecordedFlush>(device.trace()[1]));
    const auto again = read_metadata(device);
    EXPECT_TRUE(again->both_good());
    EXPECT_EQ(again->metadata.binary.sequence_id, 3U);
    EXPECT_NE(again->metadata.binary.salts[0], again->metadata.binary.salts[1]);

    device.forget();
    auto good = read_metadata(device);
    ASSERT_TRUE(recover_copy(context_, device, *good));
    EXPECT_TRUE(device.trace().empty()) << "nothing to do";
}

// --- crashes ---

enum class Before { Whole, PrimaryBad, SecondaryBad, PrimaryOld, SecondaryOld };

class Luks2StoreCrash : public testing::TestWithParam<Before> {};

TEST_P(Luks2StoreCrash, LeavesTheOldOrTheNewHeader) {
    const Before state = GetParam();
    const Bytes before = image_with([&](auto primary, auto secondary) {
        if (state == Before::PrimaryBad) zero(primary.first(100));
        if (state == Before::SecondaryBad) zero(secondary.first(100));
        if (state == Before::PrimaryOld) put_copy(primary, test::vector_x(), 0, 2);
        if (state == Before::SecondaryOld) put_copy(secondary, test::vector_x(), 0x4000, 2);
    });
    const auto memory = std::make_shared<io::MemDevice>(before);
    test::RecordingDevice device(memory);
    Context context;
    Metadata next = read_metadata(device)->metadata;
    next.binary.label = "new";
    ASSERT_TRUE(write_metadata(context, device, next));
    ASSERT_TRUE(read_metadata(device)->both_good());

    const auto outcome = test::explore_crashes(
        before, device.trace(),
        [](const std::shared_ptr<io::BlockDevice>& image, const test::CrashPoint& point) {
            const auto stored = read_metadata(*image);
            if (!stored) return "does not open: " + stored.error().message;
            const bool is_new = stored->metadata.binary.label == "new";
            if (stored->metadata.binary.sequence_id != (is_new ? 4U : 3U))
                return std::string("neither the old nor the new header");
            if (point.nothing_done && is_new) return std::string("new before anything was written");
            if (point.all_done && !(is_new && stored->both_good()))
                return std::string("not the new state at the end");
            return std::string();
        });
    EXPECT_TRUE(outcome.ends_flushed);
    EXPECT_GT(outcome.images, 20U);
    EXPECT_THAT(outcome.failures, testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, Luks2StoreCrash,
                         testing::Values(Before::Whole, Before::PrimaryBad, Before::SecondaryBad,
                                         Before::PrimaryOld, Before::SecondaryOld),
                         [](const auto& before) {
                             switch (before.param) {
                                 case Before::Whole: return "Whole";
                                 case Before::PrimaryBad: return "PrimaryBad";
                                 case Before::SecondaryBad: return "SecondaryBad";
                                 case Before::PrimaryOld: return "PrimaryOld";
                                 default: return "SecondaryOld";
                             }
                         });

// --- images of other programs ---

// Returns the bytes of the header, which may be on a separate metadata device.
Bytes header_bytes(const test::Corpus& corpus, const test::CorpusEntry& entry) {
    for (const test::CorpusFile& file : entry.files)
        if (file.role == "header") return corpus.load(entry, "header");
    return corpus.load(entry);
}

TEST(Luks2StoreCorpus, ReadsAndWritesTheSameText) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    int images = 0;
    for (const char* family : {"luks2", "tokens", "reencrypt"})
        for (const test::CorpusEntry& entry : corpus.family(family)) {
            if (entry.format != "luks2") continue;
            const io::MemDevice device(header_bytes(corpus, entry));
            const auto stored = read_metadata(device);
            ASSERT_TRUE(stored) << entry.id << ": " << stored.error().message;
            EXPECT_TRUE(stored->both_good()) << entry.id << ": " << stored->damage;
            const std::string text = stored->metadata.json_text().value();
            const auto area = device.bytes().subspan(4096, text.size() + 1);
            EXPECT_TRUE(std::ranges::equal(as_byte_view(text), area.first(text.size())))
                << entry.id;
            EXPECT_EQ(area.back(), std::byte{0}) << entry.id;
            for (const Keyslot& slot : stored->metadata.keyslots())
                EXPECT_EQ(slot.defect, "") << entry.id;
            ++images;
        }
    EXPECT_GT(images, 40);
}

// Both copies of every image stay the same byte for byte when they are written with their sequence id.
TEST(Luks2StoreCorpus, WritesTheBytesThatTheReferenceWrote) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    for (const test::CorpusEntry& entry : corpus.family("luks2")) {
        const Bytes bytes = header_bytes(corpus, entry);
        const io::MemDevice original(bytes);
        Metadata metadata = read_metadata(original)->metadata;
        io::MemDevice copy((Bytes(bytes.size())));
        --metadata.binary.sequence_id;
        Context context;
        ASSERT_TRUE(write_metadata(context, copy, metadata));
        const std::size_t both = 2 * metadata.binary.header_size;
        EXPECT_TRUE(std::ranges::equal(original.bytes().first(both), copy.bytes().first(both)))
            << entry.id;
    }
}

// Faults that the header itself does not show: these are refused when they are opened.
const std::map<std::string, std::string> kRefusedLater = {
    {"damaged2-json-bad-base64", "keyslot"},
    {"damaged2-json-digest-changed", "passphrase"},
    {"damaged2-json-iterations-0", "keyslot"},
    {"damaged2-json-sector-size-8192", "segment"},
    {"damaged2-json-unknown-hash", "passphrase"},
    {"damaged2-json-unknown-keyslot-type", "keyslot"},
    {"damaged2-json-unknown-requirement", "requirement"},
    {"damaged2-keyslot-area", "passphrase"},
    {"damaged2-no-data-area", "data device"},
    {"up-blkid-luks2-pv", "foreign signature"},
};

TEST(Luks2StoreCorpus, RefusesWhatIsDamaged) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    int images = 0;
    for (const test::CorpusEntry& entry : corpus.family("damaged")) {
        if (entry.format != "luks2") continue;
        ++images;
        const Bytes bytes = header_bytes(corpus, entry);
        const auto stored = read_metadata(io::MemDevice(bytes));
        const bool good = entry.opens.value_or(false) || entry.header_valid.value_or(false);
        const auto later = kRefusedLater.find(entry.id);
        EXPECT_EQ(stored.has_value(), good || later != kRefusedLater.end())
            << entry.id << " (" << entry.reason
            << "): " << (stored ? "accepted" : stored.error().message);
        if (!stored) {
            EXPECT_NE(stored.error().code, Errc::Io) << entry.id;
            EXPECT_NE(stored.error().message, "") << entry.id;
        } else if (later != kRefusedLater.end() && later->second == "keyslot") {
            EXPECT_NE(stored->metadata.keyslots()[0].defect, "") << entry.id;
        } else if (later != kRefusedLater.end() && later->second == "segment") {
            EXPECT_NE(stored->metadata.default_segment().defect, "") << entry.id;
        }
        if (entry.id.starts_with("damaged2-truncated")) {
            ASSERT_FALSE(stored) << entry.id;
            EXPECT_EQ(stored.error().code, Errc::DeviceTooSmall) << entry.id;
        }
    }
    EXPECT_GT(images, 50);
}

TEST(Luks2StoreCorpus, AgreesWithTheReferencesTableOfValidHeaders) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    int images = 0;
    for (const test::CorpusEntry& entry : corpus.family("validation")) {
        if (entry.format != "luks2") continue;
        ++images;
        const auto stored = read_metadata(io::MemDevice(header_bytes(corpus, entry)));
        EXPECT_EQ(stored.has_value(), entry.header_valid.value())
            << entry.id << ": " << (stored ? "accepted" : stored.error().message);
    }
    EXPECT_EQ(images, 43);
}

}  // namespace
}  // namespace latchkey::luks2
