// SPDX-License-Identifier: GPL-2.0-or-later
// Data are never mapped over their own header, and an open volume keeps its header.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/unique_fd.h"
#include "io/claim.h"
#include "latchkey/crypt_device.h"
#include "latchkey/mapping.h"
#include "volume_testing.h"

namespace latchkey {
namespace {

using test::cheap_format;
using test::cheap_keyslot;
using testing::HasSubstr;

class HeaderApart : public testing::TestWithParam<const char*> {
  protected:
    // A detached header for the data, opened, with its plan.
    struct Detached {
        std::optional<Volume> volume = {};
        std::optional<UnlockedVolume> opened = {};
        std::optional<MappingPlan> plan = {};
    };
    Detached detached(const std::string& header, const std::string& data) {
        FormatParams params = cheap_format(GetParam());
        params.detached = true;
        auto made = Volume::format(context_, open(header), open(data), params);
        EXPECT_TRUE(made) << made.error().message;
        EXPECT_TRUE(made->volume.add_keyslot(context_, made->key, test::passphrase("zero"),
                                             cheap_keyslot()));
        Detached result{.volume = std::move(made->volume)};
        result.opened = result.volume->unlock(context_, test::passphrase("zero")).value();
        result.plan = result.volume->plan(context_, *result.opened).value();
        return result;
    }
    Device open(const std::string& path) {
        return Device::open(context_, path, Access::ReadWrite).value();
    }

    Context context_;
    test::TempDir dir_;
    std::string header_ = dir_.sparse_file("header", 4 << 20);
    std::string data_ = dir_.sparse_file("data", 4 << 20);
};

TEST_P(HeaderApart, DataOverADetachedHeaderAreRefused) {
    std::filesystem::create_hard_link(header_, dir_ / "hard");
    std::filesystem::create_symlink("header", dir_ / "soft");
    const Detached made = detached(header_, data_);
    EXPECT_TRUE(made.volume->check_data_device(open(data_)));
    EXPECT_TRUE(open_crypt_device(context_, *made.plan, made.opened->key, open(data_)));
    for (const std::string& name : {header_, dir_ / "hard", dir_ / "soft"}) {
        const Device device = open(name);
        const std::string words =
            "data offset 0: " + name + " is a detached header, not the device with the data";
        const auto expect_refused = [&](const auto& result) {
            ASSERT_FALSE(result) << name;
            EXPECT_EQ(result.error().code, Errc::InvalidArgument);
            EXPECT_EQ(result.error().message, words);
        };
        expect_refused(made.volume->check_data_device(device));
        expect_refused(open_crypt_device(context_, *made.plan, made.opened->key, device));
        expect_refused(mapping::planned_table(*made.plan, device));
        expect_refused(mapping::activate(context_, *made.plan, made.opened->key, device, "x"));
        expect_refused(mapping::refresh(context_, *made.plan, made.opened->key, device, "x", {}));
        expect_refused(made.volume->check_data_device(device.shadow()));
    }
}

TEST_P(HeaderApart, DataWithinTheHeaderAreRefusedByTheirOffset) {
    Detached made = detached(header_, data_);
    made.plan->segments.front().device_offset = 8;
    const auto refused = open_crypt_device(context_, *made.plan, made.opened->key, open(header_));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("data offset 4096: the data on "));
    made.plan->segments.front().device_offset = 6144;  // after it, as if the header were attached
    EXPECT_TRUE(open_crypt_device(context_, *made.plan, made.opened->key, open(header_)));
}

TEST_P(HeaderApart, AnAttachedHeaderIsBeforeItsData) {
    const auto made = Volume::format(context_, open(data_), {}, cheap_format(GetParam()));
    ASSERT_TRUE(made);
    EXPECT_TRUE(made->volume.check_data_device(open(data_)));
}

TEST_P(HeaderApart, NoHeaderIsMadeThatItsDataWouldLieOver) {
    std::filesystem::create_hard_link(data_, dir_ / "hard");
    FormatParams params = cheap_format(GetParam());
    params.detached = true;
    const Bytes before = test::read_file(data_);
    const auto refused = Volume::format(context_, open(dir_ / "hard"), open(data_), params);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "header " + (dir_ / "hard") + " and data device " + data_ + " are the same device");
    EXPECT_EQ(test::read_file(data_), before);
}

INSTANTIATE_TEST_SUITE_P(BothTypes, HeaderApart, testing::Values("LUKS1", "LUKS2"),
                         [](const auto& type) { return std::string(type.param); });

class VolumeInUse : public HeaderApart {
  protected:
    void make() {
        auto made = Volume::format(context_, open(data_), {}, cheap_format(GetParam()));
        ASSERT_TRUE(made);
        for (const char* word : {"zero", "one"})
            ASSERT_TRUE(made->volume.add_keyslot(context_, made->key, test::passphrase(word),
                                                 cheap_keyslot()));
        context_.policy.guard_last_keyslot = false;
    }
    static void expect_busy(const auto& result) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, Errc::Busy) << result.error().message;
    }
};

TEST_P(VolumeInUse, KeepsItsHeaderAndItsLastKeyslot) {
    make();
    const std::string backup = dir_ / "backup";
    ASSERT_TRUE(Volume::load(context_, open(data_))->backup(context_, backup));
    std::filesystem::create_hard_link(data_, dir_ / "hard");
    const UniqueFd serving(::open(data_.c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_TRUE(io::claim(serving.get(), data_, io::Claim::Use));
    {
        auto volume = Volume::load(context_, open(dir_ / "hard")).value();
        ASSERT_TRUE(volume.kill_keyslot(context_, 0)) << "not the last one";
    }
    const Bytes before = test::read_file(data_);
    for (const std::string& name : {data_, dir_ / "hard"}) {
        auto volume = Volume::load(context_, open(name)).value();
        expect_busy(volume.kill_keyslot(context_, 1));
        expect_busy(volume.erase_keyslots(context_));
        expect_busy(
            volume.convert(context_, GetParam() == std::string("LUKS1") ? "LUKS2" : "LUKS1"));
        expect_busy(Volume::format(context_, open(name), {}, cheap_format(GetParam())));
        expect_busy(Volume::restore(context_, open(name),
                                    Device::open(context_, backup, Access::ReadOnly).value()));
        expect_busy(Device::open(context_, name, Access::Exclusive));
    }
    EXPECT_EQ(test::read_file(data_), before);
}

INSTANTIATE_TEST_SUITE_P(BothTypes, VolumeInUse, testing::Values("LUKS1", "LUKS2"),
                         [](const auto& type) { return std::string(type.param); });

}  // namespace
}  // namespace latchkey
