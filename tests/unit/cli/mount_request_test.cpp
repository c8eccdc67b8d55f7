// SPDX-License-Identifier: GPL-2.0-or-later
// The arguments that mount(8) and umount(8) pass to their helpers.
#include <gtest/gtest.h>

#include "mount/request.h"

namespace latchkey::cli {
namespace {

using Words = std::vector<const char*>;
using crypttab::KeyKind;
using crypttab::Type;

MountRequest mounting(const Words& words) {
    auto request = parse_mount(words);
    EXPECT_TRUE(request) << request.error().message;
    return request ? std::move(request).value() : MountRequest();
}
MountRequest with_options(const char* options) {
    return mounting({"/dev/sdb1", "/mnt", "-o", options});
}
std::string refused_request(const Words& words) {
    const auto request = parse_mount(words);
    return request ? "none" : request.error().message;
}

TEST(MountRequest, IsLuksAndAsksUnlessTold) {
    const MountRequest request = mounting({"/dev/sdb1", "/mnt"});
    EXPECT_EQ(request.volume.source, "/dev/sdb1");
    EXPECT_EQ(request.directory, "/mnt");
    EXPECT_EQ(request.volume.type, Type::Luks);
    EXPECT_EQ(request.volume.key, KeyKind::Ask);
    EXPECT_EQ(request.volume.tries, 3U);
    EXPECT_EQ(request.volume.name + request.file_system + request.options, "");
    EXPECT_FALSE(request.fake || request.sloppy || request.no_table || request.verbose ||
                 request.swap);
}

// pam_mount's helper has the same name and other options.
TEST(MountRequest, TheWordsOfTheOtherHelperAreTaken) {
    const MountRequest request = with_options(
        "keyfile=/etc/k,crypto_name=data,allow_discard,no_read_workqueue,no_write_workqueue,"
        "same_cpu_crypt,fsck,fsk_cipher=none,fsk_hash=md5,_netdev,user_xattr");
    EXPECT_EQ(request.volume.name, "data");
    EXPECT_TRUE(request.volume.discard && request.volume.no_read_workqueue &&
                request.volume.no_write_workqueue && request.volume.same_cpu_crypt);
    EXPECT_TRUE(request.check);
    EXPECT_EQ(request.options, "user_xattr");
    EXPECT_EQ(refused_request({"/dev/sdb1", "/mnt", "-o", "fsk_cipher=aes-256-cbc"}),
              "option 'fsk_cipher=aes-256-cbc': encrypted key files are not supported");
    EXPECT_EQ(refused_request({"/dev/sdb1", "/mnt", "-o", "crypto_name"}),
              "option 'crypto_name' needs a value");
}

TEST(MountRequest, OurOptionsAreTakenAndTheRestIsPassedOn) {
    const MountRequest request = with_options(
        "noauto,nofail,_netdev,x-systemd.automount,comment=x,noatime,key_file=/"
        "k,keyfile-offset=1,keyfile-size=2,header=/h,"
        "keyslot=3,name=data,discard,subvol=@home,tries=1,timeout=9,no-read-workqueue,,context=\"a,"
        "b\"");
    EXPECT_EQ(request.options, "noatime,discard,subvol=@home,context=\"a,b\"");
    EXPECT_EQ(request.volume.key, KeyKind::File);
    EXPECT_EQ(request.volume.key_path, "/k");
    EXPECT_EQ(request.volume.keyfile_offset_bytes, 1U);
    EXPECT_EQ(request.volume.keyfile_size_bytes, 2U);
    EXPECT_EQ(request.volume.header, "/h");
    EXPECT_EQ(request.volume.key_slot, 3U);
    EXPECT_EQ(request.volume.name, "data");
    EXPECT_EQ(request.volume.tries, 1U);
    EXPECT_EQ(request.volume.timeout_seconds, 9U);
    EXPECT_TRUE(request.volume.discard && request.volume.no_read_workqueue);
    EXPECT_FALSE(request.volume.same_cpu_crypt);
    const MountRequest quiet = with_options("crypt-discard");
    EXPECT_TRUE(quiet.volume.discard && quiet.options.empty());
}

TEST(MountRequest, PlainSwapAndTmp) {
    const MountRequest plain = with_options(
        "plain,cipher=aes-xts-plain64,keysize=512,hash=sha256,offset=8,skip=4,sector-size=4096");
    EXPECT_EQ(plain.volume.type, Type::Plain);
    EXPECT_EQ(plain.volume.cipher, "aes-xts-plain64");
    EXPECT_EQ(plain.volume.key_bits, 512U);
    EXPECT_EQ(plain.volume.hash, "sha256");
    EXPECT_EQ(plain.volume.offset_sectors, 8U);
    EXPECT_EQ(plain.volume.skip_sectors, 4U);
    EXPECT_EQ(plain.volume.sector_size, 4096U);
    const MountRequest tmp = with_options("tmp");
    EXPECT_EQ(tmp.volume.key, KeyKind::Random);
    EXPECT_EQ(tmp.volume.type, Type::Plain);
    EXPECT_EQ(tmp.volume.tmp, "ext4");
    EXPECT_EQ(tmp.file_system, "ext4");
    EXPECT_EQ(with_options("tmp=xfs,fstype=auto").volume.tmp, "xfs");
    const MountRequest swap = with_options("swap,keyfile=/k");
    EXPECT_TRUE(swap.swap && swap.volume.swap);
    EXPECT_EQ(swap.volume.key, KeyKind::File);
}

TEST(MountRequest, Flags) {
    const MountRequest request = mounting({"-fsnv", "-t", "crypto_LUKS.ext4", "a", "b", "-oro"});
    EXPECT_TRUE(request.fake && request.sloppy && request.no_table && request.verbose);
    EXPECT_EQ(request.file_system, "ext4");
    EXPECT_TRUE(request.volume.read_only);
    EXPECT_EQ(request.options, "ro");
    EXPECT_EQ(mounting({"a", "b", "-t", "crypto_LUKS"}).file_system, "");
    EXPECT_EQ(mounting({"a", "b", "-t", "xfs"}).file_system, "xfs");
    EXPECT_FALSE(mounting({"a", "b", "-o", "ro,rw"}).volume.read_only);
    EXPECT_TRUE(mounting({"a", "b", "-r"}).volume.read_only);
}

TEST(MountRequest, Refusals) {
    EXPECT_EQ(refused_request({}), "a device and a folder are needed");
    EXPECT_EQ(refused_request({"a"}), "a device and a folder are needed");
    EXPECT_EQ(refused_request({"a", "b", "c"}), "a device and a folder are needed");
    EXPECT_EQ(refused_request({"a", "b", "-o"}), "the last option needs a value");
    EXPECT_EQ(refused_request({"a", "b", "-z"}), "unknown option -z");
    EXPECT_EQ(refused_request({"a", "b", "-N", "1"}), "another namespace is not supported");
    EXPECT_EQ(refused_request({"a", "b", "-o", "size=big"}), "option 'size=big' needs a number");
    EXPECT_EQ(refused_request({"a", "b", "-o", "cipher"}), "option 'cipher' needs a value");
    EXPECT_EQ(refused_request({"a", "b", "-o", "tmp="}), "option 'tmp=' needs a value");
    EXPECT_EQ(refused_request({"a", "b", "-o", "headless=x"}),
              "option 'headless=x' needs no value");
    EXPECT_EQ(refused_request({"a", "b", "-o", "tries=99999999999"}),
              "option 'tries=99999999999' needs a number");
    EXPECT_EQ(refused_request({"a", "b", "-o", "swap,tmp"}),
              "options swap and tmp exclude each other");
    EXPECT_EQ(refused_request({"a", "b", "-o", "keyfile=/dev/urandom"}),
              "a random key can only be used with swap or tmp");
    EXPECT_EQ(refused_request({"a", "b", "-o", "name=a/b"}), "'a/b' is not a valid mapping name");
    // A request must be possible as a line of crypttab.
    EXPECT_EQ(refused_request({"a", "b", "-o", "name=control"}),
              "no mapping can have the name 'control'");
    EXPECT_EQ(refused_request({"a", "b", "-o", "plain,size=260"}),
              "size=260 is not a multiple of 8");
    EXPECT_EQ(refused_request({"a", "b", "-o", "plain,hash=nonsense"}),
              "hash=nonsense is not a hash for such a key");
    EXPECT_EQ(refused_request({"/dev/mapper/x", "b", "-o", "name=x"}),
              "it waits for its own mapping, x");
}

TEST(UnmountRequest, FlagsAreThoseOfUmount) {
    const auto request = parse_unmount(Words{"/mnt", "-l", "-fn", "-t", "crypto_LUKS"});
    ASSERT_TRUE(request);
    EXPECT_EQ(request->target, "/mnt");
    EXPECT_EQ(request->flags, (std::vector<std::string>{"-l", "-fn"}));
    EXPECT_TRUE(request->lazy);
    EXPECT_FALSE(parse_unmount(Words{"/mnt", "-r"})->lazy);
    EXPECT_EQ(parse_unmount(Words{"-l"}).error().message, "a folder is needed");
    EXPECT_EQ(parse_unmount(Words{"a", "b"}).error().message, "only one mount point may be given");
    EXPECT_EQ(parse_unmount(Words{"a", "-x"}).error().message, "unknown option -x");
    EXPECT_EQ(parse_unmount(Words{"a", "-N", "1"}).error().message,
              "another namespace is not supported");
}

TEST(Mountinfo, TheLastMountCounts) {
    constexpr std::string_view kText =
        "22 1 254:0 / / rw,relatime - ext4 /dev/mapper/root rw\n"
        "30 22 254:1 / /mnt rw shared:1 - ext4 /dev/mapper/one rw\n"
        "31 30 254:2 / /mnt rw shared:2 - ext4 /dev/mapper/two rw\n"
        "32 22 254:3 /sub /a\\040b rw - btrfs /dev/mapper/x\\134y rw\n"
        "bad line\n";
    EXPECT_EQ(mounted_device(kText, "/mnt"), "/dev/mapper/two");
    EXPECT_EQ(mounted_device(kText, "/a b"), "/dev/mapper/x\\y");
    EXPECT_EQ(mounted_device(kText, "/dev/mapper/one"), "/dev/mapper/one");
    EXPECT_EQ(mounted_device(kText, "/none"), "");
    EXPECT_TRUE(is_mounted(kText, "/dev/mapper/root"));
    EXPECT_FALSE(is_mounted(kText, "/dev/mapper/roo"));
}

TEST(MappingName, IsOneThatNeedsNoEscaping) {
    EXPECT_EQ(mapping_name("luks-1234-ab"), "luks-1234-ab");
    EXPECT_EQ(mapping_name("plain-a b/c\n"), "plain-a_b_c_");
    EXPECT_EQ(mapping_name(std::string(500, 'x')).size(), 120U);
}

}  // namespace
}  // namespace latchkey::cli
