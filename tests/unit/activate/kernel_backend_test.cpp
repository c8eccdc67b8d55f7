// SPDX-License-Identifier: GPL-2.0-or-later
// The back end's calls to the kernel, their order, and its refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "activate_testing.h"
#include "base/secret_text.h"
#include "latchkey/mapping.h"

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kAddKey = "add_key cryptsetup:12345678-1234-1234-1234-123456789abc-d0";

class KernelActivation : public testing::Test, protected test::ActivationBench {
  protected:
    std::string table(const std::string& name = "x") {
        return world.mappings.at(name).live.front().parameters;
    }
    void expect_refused(const Result<void>& result, Errc code, const std::string& message) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, code);
        EXPECT_THAT(result.error().message, HasSubstr(message));
    }
    void expect_refused(const Result<MappingInfo>& result, Errc code, const std::string& message) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, code);
        EXPECT_THAT(result.error().message, HasSubstr(message));
    }
};

TEST_F(KernelActivation, OpensLuks2WithItsKeyInTheKeyring) {
    const auto info = open(test::luks2_plan(), block);
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_THAT(world.calls, ElementsAre("lock", "info x", "check place x", "facts /dev/sdz1",
                                         "use /dev/sdz1", "version of crypt", kAddKey, "create x",
                                         "unlink key", "settle", "check node x"));
    EXPECT_EQ(world.state(),
              "x CRYPT-LUKS2-12345678123412341234123456789abc-x\n"
              "  0 98304 crypt aes-xts-plain64 "
              ":4:logon:cryptsetup:12345678-1234-1234-1234-123456789abc-d0 0 8:1 32768 1 "
              "sector_size:4096\n");
    EXPECT_EQ(info->type, "LUKS2");
    EXPECT_EQ(info->uuid, test::kMappedUuid);
    EXPECT_EQ(info->size_sectors, 98304U);
    EXPECT_EQ(info->device, "/dev/sdz1");
    EXPECT_TRUE(info->key_in_keyring);
}

TEST_F(KernelActivation, OpensLuks1WithItsKeyInTheTable) {
    ASSERT_TRUE(open(test::luks1_plan(), block));
    EXPECT_THAT(world.calls, ElementsAre("lock", "info x", "check place x", "facts /dev/sdz1",
                                         "use /dev/sdz1", "create x", "settle", "check node x"));
    EXPECT_EQ(table(), "aes-cbc-essiv:sha256 abababab 0 8:1 4096");
}

TEST_F(KernelActivation, AttachesAFileAndLetsGoOfIt) {
    ASSERT_TRUE(open(test::plain_plan(), file));
    EXPECT_THAT(world.calls, ElementsAre("lock", "info x", "check place x", "claim /home/image",
                                         "attach /home/image block 512", "facts /dev/loop0",
                                         "create x", "settle", "check node x"));
    EXPECT_EQ(world.state(),
              "x CRYPT-PLAIN-x\n  0 131056 crypt aes-xts-plain64 abababab 8 7:0 16\n"
              "/dev/loop0 /home/image\n");
    ASSERT_TRUE(backend.close(context, "x", {}));
    EXPECT_EQ(world.state(), "") << "the loop device went with the mapping";
}

TEST_F(KernelActivation, MakesADeviceForEachLayerAndRemovesThemAll) {
    const auto info = open(test::layered_plan(), block);
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_EQ(world.state(),
              "x CRYPT-PLAIN-x\n  0 84 crypt aes-xts-plain64 abababab 8 254:1 16\n"
              "x_1 CRYPT-SUBDEV-x_1\n  0 131070 crypt aes-cbc-plain abababab 0 8:1 2\n"
              "x_2 CRYPT-SUBDEV-x_2\n  0 100 linear 254:0 0\n");
    EXPECT_EQ(info->size_sectors, 84U);
    ASSERT_TRUE(backend.close(context, "x", {}));
    EXPECT_EQ(world.state(), "");
}

TEST_F(KernelActivation, LeavesOthersDevicesInPlaceOfALayer) {
    world.mappings["x_2"].uuid = "CRYPT-SUBDEV-x_2";
    world.mappings["x_2"].live = {{.length = 1, .type = "zero"}};
    const std::string before = world.state();
    expect_refused(open(test::layered_plan(), block), Errc::Exists, "device x_2 already exists");
    EXPECT_EQ(world.state(), before);
}

TEST_F(KernelActivation, KeepsTheKeyInTheTableWhereTheKernelIsOldOrThePolicySaysSo) {
    world.crypt = activate::DmVersion{1, 18, 0};
    ASSERT_TRUE(open(test::luks2_plan(), block));
    EXPECT_THAT(table(), HasSubstr(" abababab "));
    ASSERT_TRUE(backend.close(context, "x", {}));
    world.crypt = activate::DmVersion{1, 24, 0};
    context.policy.use_kernel_keyring = false;
    ASSERT_TRUE(open(test::luks2_plan(), block));
    EXPECT_THAT(table(), HasSubstr(" abababab "));
    ASSERT_TRUE(backend.close(context, "x", {}));
    context.policy.use_kernel_keyring = true;
    ASSERT_TRUE(open(test::luks2_plan(), block, {.key_in_keyring = false}));
    EXPECT_THAT(table(), HasSubstr(" abababab "));
}

TEST_F(KernelActivation, KeepsTheKeyInTheTableOfAKernelBefore415) {
    world.release = {4, 14, 300};
    activate::KernelBackend old(world.kernel());
    const ActivateOptions options;
    ASSERT_TRUE(old.activate(context, {"x", test::luks2_plan(), key, block, options}));
    EXPECT_THAT(table(), HasSubstr(" abababab "));
}

TEST_F(KernelActivation, KeepsTheKeyInTheTableWhereKeyringsAreForbidden) {
    world.keyring_refuses = Errc::AccessDenied;
    ASSERT_TRUE(open(test::luks2_plan(), block));
    EXPECT_THAT(table(), HasSubstr(" abababab "));
    EXPECT_EQ(log,
              "cannot load the key into the kernel's keyring: add_key failed: no\n"
              "the key goes into the table instead\n");
    ASSERT_TRUE(backend.suspend(context, "x"));
    ASSERT_TRUE(backend.resume(context, "x", test::luks2_plan(), key, {}));
    ASSERT_TRUE(refresh(test::luks2_plan(), block, {}));
    EXPECT_THAT(table(), HasSubstr(" abababab "));
    ASSERT_TRUE(backend.close(context, "x", {}));
    world.keyring_refuses = Errc::Io;
    expect_refused(open(test::luks2_plan(), block), Errc::Io,
                   "cannot load the key into the kernel's keyring");
    EXPECT_EQ(world.state(), "");
}

TEST_F(KernelActivation, SaysWhichCipherIsMissing) {
    world.cipher_missing = true;
    expect_refused(open(test::luks1_plan(), block), Errc::MissingCipher, "no such cipher");
    EXPECT_EQ(world.state(), "");
}

TEST_F(KernelActivation, GivesNoKeyToTheNullCipher) {
    MappingPlan plan = test::luks2_plan();
    plan.segments.front().cipher = "cipher_null-ecb";
    ASSERT_TRUE(open(plan, block));
    EXPECT_EQ(table(), "cipher_null-ecb - 0 8:1 32768 1 sector_size:4096");
}

TEST_F(KernelActivation, MergesPersistentFlagsUnlessTheyAreToBeIgnored) {
    MappingPlan plan = test::luks1_plan();
    plan.flags = {"allow-discards", "no-journal"};
    ASSERT_TRUE(open(plan, block, {.flags = {.same_cpu_crypt = true}}));
    EXPECT_THAT(table(), testing::EndsWith(" 4096 2 allow_discards same_cpu_crypt"));
    ASSERT_TRUE(backend.close(context, "x", {}));
    ASSERT_TRUE(
        open(plan, block, {.flags = {.same_cpu_crypt = true}, .ignore_persistent_flags = true}));
    EXPECT_THAT(table(), testing::EndsWith(" 4096 1 same_cpu_crypt"));
}

TEST_F(KernelActivation, LeavesOutWhatTheKernelIsTooOldFor) {
    world.refused_argument = "high_priority";
    ASSERT_TRUE(open(test::luks1_plan(), block,
                     {.flags = {.allow_discards = true, .high_priority = true}}));
    EXPECT_THAT(table(), testing::EndsWith(" 4096 1 allow_discards"));
    EXPECT_EQ(log, "high_priority is left out: it needs dm-crypt 1.26, this kernel has 1.24.0\n");
}

TEST_F(KernelActivation, RefusesATableThatNoFlagIsToBlameFor) {
    world.refused_argument = "allow_discards";
    expect_refused(open(test::luks1_plan(), block, {.flags = {.allow_discards = true}}),
                   Errc::InvalidArgument, "reload failed");
    EXPECT_EQ(world.state(), "");
}

TEST_F(KernelActivation, IsReadOnlyWhereTheDeviceIs) {
    world.blocks["/dev/sdz1"].read_only = true;
    const auto info = open(test::luks1_plan(), block);
    ASSERT_TRUE(info);
    EXPECT_TRUE(info->read_only);
    EXPECT_TRUE(world.mappings.at("x").read_only);
}

TEST_F(KernelActivation, RefusesANameThatIsTaken) {
    ASSERT_TRUE(open(test::luks1_plan(), block));
    world.calls.clear();
    expect_refused(open(test::luks1_plan(), file), Errc::Exists, "device x already exists");
    EXPECT_THAT(world.calls, ElementsAre("lock", "info x"));
}

TEST_F(KernelActivation, MapsNothingWhereSomethingIsInTheWay) {
    world.in_the_way = true;
    expect_refused(open(test::luks1_plan(), file), Errc::InTheWay, "a file");
    EXPECT_THAT(world.calls, ElementsAre("lock", "info x", "check place x"));
    EXPECT_EQ(world.state(), "");
}

TEST_F(KernelActivation, TakesTheMappingBackWhoseNodeIsAnotherDevice) {
    world.wrong_node = true;
    expect_refused(open(test::luks2_plan(), file), Errc::InTheWay, "another device");
    EXPECT_EQ(world.state(), "");
}

TEST_F(KernelActivation, RefreshingLeavesItAsWritableAsItIs) {
    ASSERT_TRUE(open(test::luks2_plan(), block, {.read_only = true}));
    ASSERT_TRUE(refresh(test::luks2_plan(), block, {.flags = {.allow_discards = true}}));
    EXPECT_TRUE(world.mappings.at("x").read_only);
    ASSERT_TRUE(open(test::plain_plan(), file, {}, "y"));
    const auto info =
        backend.refresh(context, {"y", test::plain_plan(), key, file, {.read_only = true}});
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_FALSE(info->read_only);
    EXPECT_FALSE(world.mappings.at("y").read_only);
}

TEST_F(KernelActivation, RemovesWhatAKilledProcessLeft) {
    world.mappings["x"] = {.uuid = "CRYPT-LUKS2-12345678123412341234123456789abc-x"};
    EXPECT_TRUE(backend.status(context, "x")->without_table);
    ASSERT_TRUE(open(test::luks1_plan(), block));
    EXPECT_EQ(log, "device x has no table: removing what a killed process left\n");
    EXPECT_THAT(table(), HasSubstr("aes-cbc"));
    EXPECT_FALSE(backend.status(context, "x")->without_table);
}

TEST_F(KernelActivation, LeavesOthersEmptyDevicesAlone) {
    world.mappings["x"] = {.uuid = "LVM-abc"};
    expect_refused(open(test::luks1_plan(), block), Errc::Exists, "device x already exists");
}

TEST_F(KernelActivation, SaysWhoHoldsTheDataDevice) {
    world.blocks["/dev/sdz1"].in_use = true;
    world.holders_of_all = {{Holder::Kind::Device, "dm-3 (home)"}, {Holder::Kind::Mount, "/mnt"}};
    const auto refused = open(test::luks1_plan(), block);
    expect_refused(refused, Errc::Busy, "cannot use device /dev/sdz1 which is in use");
    EXPECT_EQ(refused.error().hint, "it is held by dm-3 (home), /mnt");
    EXPECT_TRUE(open(test::luks1_plan(), block, {.shared = true}));
}

TEST_F(KernelActivation, RefusesWhatDoesNotFitTheDevice) {
    expect_refused(open(test::luks1_plan(), block, {.size_sectors = 1ULL << 40}),
                   Errc::DeviceTooSmall, "needs 1099511627776");
    MappingPlan far = test::luks1_plan();
    far.segments.front().device_offset = 1ULL << 40;
    expect_refused(open(far, block), Errc::DeviceTooSmall, "no space is left for data");
    world.blocks["/dev/sdz1"].size_bytes = 0;
    expect_refused(open(test::luks1_plan(), block), Errc::DeviceTooSmall,
                   "device /dev/sdz1 has zero size");
    world.blocks["/dev/sdz1"] = {.size_bytes = test::kDataBytes + 512, .logical_block = 4096};
    expect_refused(open(test::luks1_plan(), block), Errc::InvalidArgument,
                   "not aligned to the logical block of /dev/sdz1, 4096 bytes");
    EXPECT_EQ(world.state(), "");
}

TEST_F(KernelActivation, RefusesBadRequestsBeforeItAsksTheKernel) {
    expect_refused(open(test::luks1_plan(), block, {}, "a/b"), Errc::InvalidArgument,
                   "\"a/b\" cannot be the name of a mapping");
    expect_refused(open(test::luks1_plan(), block, {}, ""), Errc::InvalidArgument, "is empty");
    expect_refused(open(test::luks1_plan(), block, {}, std::string(128, 'x')),
                   Errc::InvalidArgument, "128 bytes > 127");
    expect_refused(open(test::luks1_plan(), block.shadow()), Errc::InvalidArgument,
                   "is a copy in memory");
    MappingPlan plan = test::luks1_plan();
    plan.keys.front().bytes = 32;
    expect_refused(open(plan, block), Errc::InvalidArgument,
                   "the key has 4 bytes, the plan wants 32");
    plan = test::luks1_plan();
    plan.segments.clear();
    expect_refused(open(plan, block), Errc::InvalidArgument, "the plan has no segments");
    expect_refused(open(test::luks1_plan(), block, {.link_key_to = {"@u"}}), Errc::InvalidArgument,
                   "\"@u\" is not <keyring>::<key>");
    EXPECT_THAT(world.calls, IsEmpty());
}

TEST_F(KernelActivation, SaysThatTheModuleIsMissing) {
    world.crypt.reset();
    expect_refused(open(test::luks2_plan(), block), Errc::NotSupported, "load its module dm_crypt");
    EXPECT_EQ(world.state(), "");
}

TEST_F(KernelActivation, LinksTheKeyForTheUserLast) {
    ASSERT_TRUE(open(test::luks2_plan(), block, {.link_key_to = {"@u::%user:a", "@s::b"}}));
    EXPECT_THAT(world.calls, testing::IsSupersetOf({"link @u::%user:a", "link @s::b"}));
    EXPECT_EQ(world.calls.back(), "link @s::b");
    EXPECT_THAT(world.state(), HasSubstr("linked @u::%user:a\nlinked @s::b\n"));
}

TEST_F(KernelActivation, ClosesAndForgetsTheKey) {
    ASSERT_TRUE(open(test::luks2_plan(), block));
    world.keys[1] = test::luks2_plan().keys.front().keyring_description;  // left by another tool
    EXPECT_THAT(calls_of([&] { EXPECT_TRUE(backend.close(context, "x", {})); }),
                ElementsAre("table x", "check place x", "remove x", "settle",
                            "forget cryptsetup:12345678-1234-1234-1234-123456789abc-d0"));
    EXPECT_EQ(world.state(), "");
    expect_refused(backend.close(context, "x", {}), Errc::NoDevice, "device x is not active");
}

// libdevmapper would remove it, and with it data that were meant for the volume.
TEST_F(KernelActivation, ClosesNothingInWhosePlaceIsAFile) {
    ASSERT_TRUE(open(test::luks1_plan(), block));
    world.in_the_way = true;
    expect_refused(backend.close(context, "x", {}), Errc::InTheWay, "a file");
    EXPECT_TRUE(world.mappings.contains("x"));
}

TEST_F(KernelActivation, DoesNotTryToCloseWhatIsMounted) {
    ASSERT_TRUE(open(test::luks1_plan(), block));
    world.mappings["x"].open_count = 1;
    world.holders_of_all = {{Holder::Kind::Mount, "/mnt"}};
    world.calls.clear();
    const auto refused = backend.close(context, "x", {});
    expect_refused(refused, Errc::Busy, "device x is still in use");
    EXPECT_EQ(refused.error().hint, "it is held by /mnt");
    EXPECT_THAT(world.calls, ElementsAre("table x"));
}

TEST_F(KernelActivation, TriesToCloseWhatAProcessHas) {
    ASSERT_TRUE(open(test::luks1_plan(), block));
    world.mappings["x"].open_count = 1;
    world.holders_of_all = {{Holder::Kind::Process, "process 12 (dd)"}};
    const auto refused = backend.close(context, "x", {});
    expect_refused(refused, Errc::Busy, "device x is still in use");
    EXPECT_EQ(refused.error().hint, "it is held by process 12 (dd)");
    EXPECT_THAT(world.calls, testing::Contains("remove x"));
}

TEST_F(KernelActivation, ClosesLaterAndNotAfterAll) {
    ASSERT_TRUE(open(test::luks1_plan(), block));
    world.mappings["x"].open_count = 1;
    world.holders_of_all = {{Holder::Kind::Mount, "/mnt"}};
    ASSERT_TRUE(backend.close(context, "x", {.deferred = true}));
    EXPECT_TRUE(backend.status(context, "x")->deferred_remove);
    ASSERT_TRUE(backend.close(context, "x", {.cancel_deferred = true}));
    EXPECT_FALSE(backend.status(context, "x")->deferred_remove);
    expect_refused(backend.close(context, "x", {.deferred = true, .cancel_deferred = true}),
                   Errc::InvalidArgument, "exclude each other");
}

TEST_F(KernelActivation, RemovesTheHelpersBelow) {
    world.mappings["x_dif"] = {.uuid = "CRYPT-INTEGRITY-12345678123412341234123456789abc-x_dif",
                               .live = {{0, 1000, "integrity", "8:1 32768 28 J 1 block_size:4096"}},
                               .minor = 7};
    world.mappings["x"] = {.uuid = "CRYPT-LUKS2-12345678123412341234123456789abc-x",
                           .live = {{0, 1000, "crypt",
                                     "capi:gcm(aes)-random :32:logon:d 0 254:7 0 1 "
                                     "integrity:28:aead"}},
                           .minor = 8};
    // Below another mapping, and the volume's own: not a helper.
    world.mappings["y_dif"] = {.uuid = "CRYPT-INTEGRITY-y_dif", .minor = 9};
    const auto info = backend.status(context, "x");
    ASSERT_TRUE(info);
    EXPECT_EQ(info->cipher, "aes-gcm-random");
    EXPECT_EQ(info->device, "/dev/sdz1") << "below the integrity device";
    EXPECT_EQ(info->integrity_tag_bytes, 28U);
    EXPECT_FALSE(info->inline_tags);
    ASSERT_TRUE(backend.close(context, "x", {}));
    EXPECT_EQ(world.state(), "y_dif CRYPT-INTEGRITY-y_dif\n");
}

TEST_F(KernelActivation, RemovesTheHelpersOfAReencryption) {
    // x is linear over the overlay, which is crypt over the hotzone and the disk; the hotzone is linear.
    const std::string prefix = "CRYPT-SUBDEV-12345678123412341234123456789abc-x-";
    world.mappings["x-hotzone"] = {
        .uuid = prefix + "hotzone-forward", .live = {{0, 8, "linear", "8:1 32768"}}, .minor = 20};
    world.mappings["x-overlay"] = {
        .uuid = prefix + "overlay",
        .live = {{0, 8, "crypt", "aes-ecb 00 0 254:20 0"}, {8, 8, "crypt", "aes-ecb 00 8 8:1 8"}},
        .minor = 21};
    world.mappings["x"] = {.uuid = "CRYPT-LUKS2-12345678123412341234123456789abc-x",
                           .live = {{0, 16, "linear", "254:21 0"}},
                           .minor = 22};
    const auto calls = calls_of([&] { EXPECT_TRUE(backend.close(context, "x", {})); });
    EXPECT_THAT(calls, ElementsAre("table x", "check place x", "table x-overlay", "table x-hotzone",
                                   "table x-overlay", "table x-hotzone", "table x-overlay",
                                   "remove x", "remove x-overlay", "remove x-hotzone", "settle"));
    EXPECT_EQ(world.state(), "");
}

TEST_F(KernelActivation, SuspendsAndWipesTheKeyEverywhere) {
    ASSERT_TRUE(open(test::luks2_plan(), block));
    EXPECT_THAT(calls_of([&] { EXPECT_TRUE(backend.suspend(context, "x")); }),
                ElementsAre("table x", "forget cryptsetup:12345678-1234-1234-1234-123456789abc-d0",
                            "suspend x", "message x key wipe"));
    EXPECT_THAT(table(), HasSubstr(" 00000000 "));
    EXPECT_TRUE(backend.status(context, "x")->suspended);
    expect_refused(backend.suspend(context, "x"), Errc::InvalidArgument,
                   "volume x is already suspended");
}

TEST_F(KernelActivation, ResumesWithTheKeyInItsPlace) {
    ASSERT_TRUE(open(test::luks2_plan(), block));
    expect_refused(backend.resume(context, "x", test::luks2_plan(), key, {}), Errc::InvalidArgument,
                   "volume x is not suspended");
    ASSERT_TRUE(backend.suspend(context, "x"));
    EXPECT_THAT(
        calls_of([&] { EXPECT_TRUE(backend.resume(context, "x", test::luks2_plan(), key, {})); }),
        ElementsAre("table x", "version of crypt", kAddKey,
                    "message x key set :4:logon:cryptsetup:12345678-1234-1234-1234-123456789abc-d0",
                    "unlink key", "resume x", "settle"));
    ASSERT_TRUE(backend.suspend(context, "x"));
    ASSERT_TRUE(backend.resume(context, "x", test::luks2_plan(), key, {.key_in_keyring = false}));
    EXPECT_THAT(table(), HasSubstr(" abababab "));
}

TEST_F(KernelActivation, ResumesNoOtherVolume) {
    ASSERT_TRUE(open(test::luks2_plan(), block));
    ASSERT_TRUE(backend.suspend(context, "x"));
    MappingPlan other = test::luks2_plan();
    other.uuid = "87654321-1234-1234-1234-123456789abc";
    expect_refused(backend.resume(context, "x", other, key, {}), Errc::InvalidArgument,
                   "volume x is LUKS2 12345678-1234-1234-1234-123456789abc, the header is of LUKS2 "
                   "87654321-1234-1234-1234-123456789abc");
    EXPECT_TRUE(world.mappings.at("x").suspended);
}

TEST_F(KernelActivation, ResumingDropsATableThatAKilledResizeLeft) {
    ASSERT_TRUE(open(test::luks2_plan(), block));
    ASSERT_TRUE(backend.suspend(context, "x"));
    world.mappings["x"].inactive = world.mappings["x"].live;
    world.mappings["x"].inactive->front().length = 8;
    ASSERT_TRUE(backend.resume(context, "x", test::luks2_plan(), key, {}));
    EXPECT_EQ(world.mappings["x"].live.front().length, 98304U);
}

TEST_F(KernelActivation, GrowsWithTheFileWhileItIsInUse) {
    ASSERT_TRUE(open(test::luks1_plan(), file));
    world.files["/home/image"] *= 2;
    EXPECT_THAT(calls_of([&] { EXPECT_TRUE(backend.resize(context, "x", 0, nullptr)); }),
                ElementsAre("table x", "loop size /dev/loop0", "facts /dev/loop0", "reload x",
                            "resume x nolockfs noflush", "settle"));
    EXPECT_EQ(world.mappings["x"].live.front().length, 262144U - 4096U);
    ASSERT_TRUE(backend.resize(context, "x", 1024, nullptr));
    EXPECT_EQ(world.mappings["x"].live.front().length, 1024U);
    EXPECT_EQ(world.calls[world.calls.size() - 2], "resume x") << "shrinking waits for I/O";
    world.calls.clear();
    ASSERT_TRUE(backend.resize(context, "x", 1024, nullptr));
    EXPECT_THAT(world.calls, testing::Not(testing::Contains("reload x"))) << "nothing to do";
}

TEST_F(KernelActivation, ResizingNeedsTheKeyThatIsInTheKeyring) {
    ASSERT_TRUE(open(test::luks2_plan(), block));
    expect_refused(backend.resize(context, "x", 8, nullptr), Errc::InvalidArgument,
                   "device x has its key in the keyring: resizing needs the key");
    ASSERT_TRUE(backend.resize(context, "x", 8, &key));
    EXPECT_EQ(world.mappings["x"].live.front().length, 8U);
    EXPECT_THAT(world.keys, IsEmpty());
}

TEST_F(KernelActivation, RefusesSizesThatCannotBe) {
    ASSERT_TRUE(open(test::luks2_plan(), block));
    expect_refused(backend.resize(context, "x", 1001, &key), Errc::InvalidArgument,
                   "not aligned to the requested sector size: 1001 sectors, 4096 bytes");
    expect_refused(backend.resize(context, "x", 1ULL << 40, &key), Errc::DeviceTooSmall,
                   "device /dev/sdz1 is too small");
    expect_refused(backend.resize(context, "y", 8, &key), Errc::NoDevice, "device y is not active");
    world.mappings["x"].live.front().parameters += " integrity:28:aead";
    world.mappings["x"].live.front().parameters =
        "capi:gcm(aes)-random :4:logon:d 0 8:1 0 1 integrity:28:aead";
    expect_refused(backend.resize(context, "x", 8, &key), Errc::NotSupported, "integrity");
    world.mappings["x"].live.front().type = "linear";
    expect_refused(backend.resize(context, "x", 8, &key), Errc::NotSupported,
                   "device x is not a crypt mapping");
}

TEST_F(KernelActivation, RefreshesFlagsAndReturnsToTheDevicesSize) {
    ASSERT_TRUE(open(test::luks2_plan(), block, {.size_sectors = 8}));
    world.calls.clear();
    const auto info = refresh(test::luks2_plan(), block, {.flags = {.allow_discards = true}});
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_THAT(world.calls,
                ElementsAre("table x", "facts /dev/sdz1", "facts /dev/sdz1", "version of crypt",
                            kAddKey, "reload x", "unlink key", "resume x", "settle"));
    EXPECT_EQ(world.mappings["x"].live.front().length, 98304U);
    EXPECT_TRUE(info->flags.allow_discards);
}

TEST_F(KernelActivation, RefreshesNothingThatIsAnotherVolume) {
    ASSERT_TRUE(open(test::luks1_plan(), block));
    const std::string before = world.state();
    MappingPlan other = test::luks1_plan();
    other.segments.front().iv_offset = 1;
    expect_refused(refresh(other, block), Errc::InvalidArgument,
                   "device x: IV offset is 0, the header has 1");
    other = test::luks1_plan();
    other.uuid = "87654321-1234-1234-1234-123456789abc";
    expect_refused(refresh(other, block), Errc::InvalidArgument, "device x: uuid is CRYPT-LUKS1-1");
    other = test::luks1_plan();
    other.segments.front().cipher = "aes-cbc-plain64";
    expect_refused(refresh(other, block), Errc::InvalidArgument, "device x: cipher is");
    expect_refused(refresh(test::luks1_plan(), file), Errc::InvalidArgument,
                   "device x: data device is /dev/sdz1, the header has /home/image");
    key = test::activation_key(std::byte{0x11});
    expect_refused(refresh(test::luks1_plan(), block), Errc::InvalidArgument,
                   "device x has another key");
    EXPECT_EQ(world.state(), before);
}

TEST_F(KernelActivation, ShowsTheTableWithoutTheKeyUnlessAsked) {
    ASSERT_TRUE(open(test::luks1_plan(), block));
    const auto hidden = backend.table(context, "x", false);
    ASSERT_TRUE(hidden);
    EXPECT_EQ(as_text(hidden->bytes()),
              "0 126976 crypt aes-cbc-essiv:sha256 00000000 0 8:1 4096\n");
    EXPECT_THAT(as_text(backend.table(context, "x", true)->bytes()), HasSubstr(" abababab "));
    ASSERT_FALSE(backend.table(context, "y", false));
}

TEST_F(KernelActivation, TellsNothingOfANameThatNobodyHas) {
    const auto info = backend.status(context, "nobody");
    ASSERT_TRUE(info);
    EXPECT_FALSE(info->active);
    EXPECT_EQ(to_text(mapping::describe(*info)), "/dev/mapper/nobody is inactive.\n");
}

}  // namespace
}  // namespace latchkey
