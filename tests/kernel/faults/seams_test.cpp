// SPDX-License-Identifier: GPL-2.0-or-later
// Keyrings, loop devices and holders of the real kernel, each separately.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/keyctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "activate/kernel.h"
#include "base/secret_text.h"
#include "base/unique_fd.h"
#include "io/file_device.h"
#include "io/mem_device.h"
#include "support/child.h"
#include "support/temp_dir.h"
#include "volumes.h"

namespace latchkey {
namespace {

using test::SampleVolume;

std::int32_t new_keyring(const char* name, std::int32_t in) {
    return static_cast<std::int32_t>(::syscall(SYS_add_key, "keyring", name, nullptr, 0, in));
}

std::string read_key(const std::string& description) {
    const auto payload = io::system_keyring()->read("user", description);
    return payload ? std::string(as_text(payload->bytes())) : "error: " + payload.error().message;
}

class KernelKeyring : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(test::leftovers(), ""); }
    std::unique_ptr<io::Keyring> keyring_ = io::system_keyring();
};

TEST_F(KernelKeyring, AddsAndForgetsLogonKeys) {
    ASSERT_TRUE(keyring_->add_logon("cryptsetup:test-d0", as_byte_view("key")));
    ASSERT_TRUE(keyring_->add_logon("cryptsetup:test-d0", as_byte_view("other")));
    // Includes keys that another tool linked elsewhere.
    ASSERT_GT(
        ::syscall(SYS_add_key, "logon", "cryptsetup:test-d0", "key", 3, KEY_SPEC_SESSION_KEYRING),
        0);
    EXPECT_EQ(::syscall(SYS_request_key, "logon", "cryptsetup:test-d0", nullptr, 0) > 0, true);
    ASSERT_TRUE(keyring_->forget("cryptsetup:test-d0"));
    EXPECT_EQ(::syscall(SYS_request_key, "logon", "cryptsetup:test-d0", nullptr, 0), -1);
    EXPECT_TRUE(keyring_->forget("cryptsetup:test-d0")) << "there is none";
    EXPECT_EQ(test::visible_keys(), "");
}

TEST_F(KernelKeyring, KeysGoWithTheProcess) {
    EXPECT_EQ(
        test::in_child([] {
            return io::system_keyring()->add_logon("cryptsetup:gone", as_byte_view("key")) ? 0 : 1;
        }),
        0);
    EXPECT_EQ(test::visible_keys(), "");
}

TEST_F(KernelKeyring, ReadsUserKeys) {
    const auto link = keyring_->link("@s::%user:readable", as_byte_view("payload"));
    ASSERT_TRUE(link) << link.error().message;
    EXPECT_EQ(read_key("readable"), "payload");
    ASSERT_TRUE(keyring_->unlink(*link));
    EXPECT_EQ(read_key("readable"),
              "error: there is no key readable in the keyrings of this session");
}

TEST_F(KernelKeyring, LinksWhereItIsTold) {
    const std::int32_t named = new_keyring("my ring", KEY_SPEC_SESSION_KEYRING);
    ASSERT_GT(named, 0);
    for (const std::string& target :
         {std::string("@u"), std::string("@s"), std::string("%:my ring"),
          std::string("%keyring:my ring"), std::to_string(named)}) {
        const auto link = keyring_->link(target + "::linked", as_byte_view("vk"));
        ASSERT_TRUE(link) << target << ": " << link.error().message;
        EXPECT_EQ(link->keyring == named, !target.starts_with('@')) << target;
        // Does not read the key: the user's keyring need not be in this session's.
        EXPECT_EQ(::syscall(SYS_keyctl, KEYCTL_SEARCH, link->keyring, "user", "linked", 0),
                  link->key)
            << target;
        ASSERT_TRUE(keyring_->unlink(*link));
    }
    const auto refused = keyring_->link("%:nowhere::x", as_byte_view("vk"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "there is no keyring %:nowhere");
}

std::shared_ptr<io::BlockDevice> opened(const std::string& file) {
    return io::open_file_device(file, Access::ReadWrite).value();
}

class KernelLoops : public testing::Test {
  protected:
    Context context_;
    activate::Kernel kernel_ = activate::running_kernel(context_);
    test::TempDir directory_;
};

TEST_F(KernelLoops, HaveTheBlockSizeAndGoWithTheirUser) {
    const std::string file = directory_.sparse_file("image", 1 << 20);
    auto attached = kernel_.loops->attach(*opened(file), false, 4096);
    ASSERT_TRUE(attached) << attached.error().message;
    const auto facts = kernel_.devices->facts(attached->path);
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->logical_block, 4096U);
    EXPECT_EQ(facts->size_bytes, 1U << 20);
    EXPECT_FALSE(facts->read_only);
    EXPECT_EQ(kernel_.loops->backing_file(attached->path), file);
    std::filesystem::resize_file(file, 2 << 20);
    ASSERT_TRUE(kernel_.loops->update_size(attached->path));
    EXPECT_EQ(kernel_.devices->facts(attached->path)->size_bytes, 2U << 20);
    kernel_.loops->release(*attached);
    EXPECT_EQ(test::leftovers(), "");
    EXPECT_EQ(kernel_.loops->backing_file("/dev/null"), "");
}

TEST_F(KernelLoops, AreReadOnlyWhenAsked) {
    const std::string file = directory_.sparse_file("image", 1 << 20);
    auto attached = kernel_.loops->attach(*opened(file), true, 512);
    ASSERT_TRUE(attached);
    EXPECT_TRUE(kernel_.devices->facts(attached->path)->read_only);
    kernel_.loops->release(*attached);
    const auto in_memory = kernel_.loops->attach(io::MemDevice(Bytes(512)), true, 512);
    ASSERT_FALSE(in_memory);
    EXPECT_NE(in_memory.error().message.find("cannot open"), std::string::npos);
}

TEST_F(KernelLoops, HoldersAreNamed) {
    SampleVolume volume(SampleVolume::Kind::Luks2, directory_ / "on-block", true);
    ASSERT_TRUE(volume.open("held"));
    Context context;
    const auto info = mapping::status(context, "held");
    ASSERT_TRUE(info);
    EXPECT_TRUE(mapping::holders(*info).empty());
    test::Companion reader([](int ready, int go_on) {
        const UniqueFd fd(::open("/dev/mapper/held", O_RDONLY));
        char byte = 0;
        if (::write(ready, &byte, 1) != 1) return 1;
        return ::read(go_on, &byte, 1) == 0 ? 0 : 1;
    });
    ASSERT_TRUE(reader.ready());
    const auto holders = mapping::holders(*info);
    ASSERT_EQ(holders.size(), 1U);
    EXPECT_EQ(holders.front().kind, Holder::Kind::Process);
    EXPECT_EQ(holders.front().what.find("process "), 0U);
    const auto busy = mapping::close(context, "held");
    ASSERT_FALSE(busy);
    EXPECT_EQ(busy.error().code, Errc::Busy);
    EXPECT_NE(busy.error().hint.find(holders.front().what), std::string::npos) << busy.error().hint;
    EXPECT_EQ(reader.finish(), 0);
    const auto twice = volume.open("again");
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, Errc::Busy);
    EXPECT_NE(twice.error().hint.find("(held)"), std::string::npos) << twice.error().hint;
    ASSERT_TRUE(test::close_mapping("held"));
}

TEST(KernelRefusals, NameTheCipherThatTheKernelLacks) {
    test::TempDir directory;
    Context context;
    const auto device =
        Device::open(context, directory.sparse_file("image", 1 << 20), Access::ReadOnly);
    ASSERT_TRUE(device);
    const MappingPlan plan{
        .type = "PLAIN", .segments = {{.cipher = "sm4-xts-plain64"}}, .keys = {{.bytes = 32}}};
    const auto opened = mapping::activate(
        context, plan, VolumeKey(Vouched::ByDigest, SecretBuffer(32)), *device, "nocipher");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::MissingCipher);
    EXPECT_EQ(opened.error().message,
              "device-mapper: reload of nocipher failed: the kernel cannot do cipher "
              "sm4-xts-plain64");
    EXPECT_EQ(test::leftovers(), "");
}

}  // namespace
}  // namespace latchkey
