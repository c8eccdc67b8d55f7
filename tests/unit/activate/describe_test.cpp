// SPDX-License-Identifier: GPL-2.0-or-later
// `status`, line by line as the peer 2.6.1 prints it for the same mappings.
#include <gtest/gtest.h>

#include "latchkey/condition.h"
#include "latchkey/mapping.h"

namespace latchkey {
namespace {

MappingInfo everything() {
    return {.active = true,
            .in_use = true,
            .suspended = true,
            .read_only = true,
            .backend = "kernel",
            .name = "x",
            .path = "/dev/mapper/x",
            .type = "LUKS2",
            .cipher = "aes-xts-plain64",
            .key_bits = 768,
            .key_in_keyring = true,
            .device = "/dev/loop0",
            .loop_file = "/tmp/g.img",
            .sector_size = 4096,
            .offset_sectors = 32768,
            .size_sectors = 16384,
            .iv_offset_sectors = 8,
            .flags = {.allow_discards = true, .no_write_workqueue = true},
            .integrity = "hmac(sha256)",
            .integrity_key_bits = 256,
            .integrity_tag_bytes = 32,
            .reencrypting = true};
}

TEST(DescribeMapping, IsThePeersLayout) {
    EXPECT_EQ(to_text(mapping::describe(everything())),
              "/dev/mapper/x is active and is in use.\n"
              "  type:    LUKS2\n"
              "  reencryption:  in-progress\n"
              "  cipher:  aes-xts-plain64\n"
              "  keysize: 768 bits\n"
              "  key location: keyring\n"
              "  integrity: hmac(sha256)\n"
              "  integrity keysize: 256 bits\n"
              "  device:  /dev/loop0\n"
              "  loop:    /tmp/g.img\n"
              "  sector size:  4096\n"
              "  offset:  32768 sectors\n"
              "  size:    16384 sectors\n"
              "  skipped: 8 sectors\n"
              "  mode:    readonly (suspended)\n"
              "  flags:   discards no_write_workqueue\n");
}

TEST(DescribeMapping, Since2_8UnitsStandInBrackets) {
    EXPECT_EQ(to_text(mapping::describe(everything(), StatusLayout::Bracketed)),
              "/dev/mapper/x is active and is in use.\n"
              "  type:    LUKS2\n"
              "  reencryption:  in-progress\n"
              "  cipher:  aes-xts-plain64\n"
              "  keysize: 768 [bits]\n"
              "  key location: keyring\n"
              "  integrity: hmac(sha256)\n"
              "  integrity keysize: 256 [bits]\n"
              "  integrity tag size: 32 [bytes] \n"
              "  device:  /dev/loop0\n"
              "  loop:    /tmp/g.img\n"
              "  sector size:  4096 [bytes]\n"
              "  offset:  32768 [512-byte units] (16777216 [bytes])\n"
              "  size:    16384 [512-byte units] (8388608 [bytes])\n"
              "  skipped: 8 [512-byte units]\n"
              "  mode:    readonly (suspended)\n"
              "  flags:   discards no_write_workqueue\n");
    EXPECT_EQ(to_json(mapping::describe(everything(), StatusLayout::Bracketed)),
              to_json(mapping::describe(everything())));
}

TEST(DescribeMapping, Since2_7TheTagHasASize) {
    const std::string text = to_text(mapping::describe(everything(), StatusLayout::TagSize));
    EXPECT_NE(text.find("  integrity keysize: 256 bits\n  integrity tag size: 32 bytes\n"),
              std::string::npos);
    MappingInfo info = everything();
    info.inline_tags = true;
    EXPECT_NE(to_text(mapping::describe(info, StatusLayout::Bracketed))
                  .find("  integrity tag size: 32 [bytes]  (inline HW tags)\n"),
              std::string::npos);
}

// Storage drivers parse these words.
TEST(DescribeMapping, ADeviceThatIsGoneIsNull) {
    MappingInfo info{.active = true,
                     .backend = "kernel",
                     .name = "x",
                     .path = "/dev/mapper/x",
                     .type = "LUKS2",
                     .cipher = "aes-xts-plain64",
                     .key_bits = 512,
                     .device = "8:0"};
    EXPECT_NE(to_text(mapping::describe(info)).find("  type:    n/a\n"), std::string::npos);
    EXPECT_NE(to_text(mapping::describe(info)).find("  device:  (null)\n"), std::string::npos);
    EXPECT_NE(to_json(mapping::describe(info)).find("\"device_gone\":true"), std::string::npos);
    info.type = "PLAIN";
    EXPECT_NE(to_text(mapping::describe(info)).find("  type:    PLAIN\n"), std::string::npos);
}

TEST(DescribeMapping, TheFirstToolHadAColon) {
    const MappingInfo info{.active = true, .in_use = true, .name = "x", .path = "/dev/mapper/x"};
    EXPECT_EQ(to_text(mapping::describe(info, StatusLayout::Of2004)),
              "/dev/mapper/x is active:\n  type:    n/a\n");
}

TEST(DescribeMapping, LeavesOutWhatIsNot) {
    const MappingInfo info{.active = true,
                           .name = "p",
                           .path = "/dev/mapper/p",
                           .type = "PLAIN",
                           .cipher = "aes-cbc-plain",
                           .key_bits = 256,
                           .device = "/dev/sda1",
                           .size_sectors = 64,
                           .flags = {.allow_discards = true}};
    EXPECT_EQ(to_text(mapping::describe(info)),
              "/dev/mapper/p is active.\n"
              "  type:    PLAIN\n"
              "  cipher:  aes-cbc-plain\n"
              "  keysize: 256 bits\n"
              "  key location: dm-crypt\n"
              "  device:  /dev/sda1\n"
              "  sector size:  512\n"
              "  offset:  0 sectors\n"
              "  size:    64 sectors\n"
              "  mode:    read/write\n"
              "  flags:   discards \n");
}

TEST(DescribeMapping, SaysLittleOfOthersDevices) {
    const MappingInfo info{.active = true, .name = "lv", .path = "/dev/mapper/lv"};
    EXPECT_EQ(to_text(mapping::describe(info)), "/dev/mapper/lv is active.\n  type:    n/a\n");
}

TEST(DescribeMapping, TellsProgramsThatNobodyServesIt) {
    const MappingInfo info{
        .active = true, .server_ended = true, .name = "v", .path = "/dev/mapper/v"};
    EXPECT_EQ(to_text(mapping::describe(info)), "/dev/mapper/v is active.\n  type:    n/a\n");
    EXPECT_NE(to_json(mapping::describe(info)).find(R"("server_ended":true)"), std::string::npos);
    EXPECT_EQ(info.check_served().error().condition, Condition::ServerEnded);
    EXPECT_EQ(info.check_served().error().code, Errc::NoDevice);
    EXPECT_TRUE(MappingInfo{.active = true}.check_served());
}

TEST(DescribeMapping, HasEveryFactForPrograms) {
    const MappingInfo info{.active = true,
                           .name = "x",
                           .path = "/dev/mapper/x",
                           .type = "LUKS1",
                           .cipher = "aes-xts-plain64",
                           .key_bits = 512,
                           .device = "/dev/sda1",
                           .flags = {.allow_discards = true}};
    const std::string json = to_json(mapping::describe(info));
    for (const char* member :
         {R"("active":true)", R"("path":"/dev/mapper/x")", R"("type":"LUKS1")",
          R"("flags":["discards"])", R"("suspended":false)", R"("sector_size_bytes":512)",
          R"("key_location":"dm-crypt")", R"("read_only":false)"})
        EXPECT_NE(json.find(member), std::string::npos) << member << " in " << json;
    EXPECT_EQ(to_json(mapping::describe({.name = "x", .path = "/dev/mapper/x"})),
              R"({"path":"/dev/mapper/x","active":false})");
}

}  // namespace
}  // namespace latchkey
