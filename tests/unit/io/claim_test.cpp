// SPDX-License-Identifier: GPL-2.0-or-later
// A process that serves a file and one that rewrites it exclude each other, by whatever names they opened it.
#include "io/claim.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/unique_fd.h"
#include "io/file_device.h"
#include "io/mem_device.h"
#include "support/temp_dir.h"

namespace latchkey::io {
namespace {

using test::TempDir;

class Claims : public testing::Test {
  protected:
    Claims() {
        std::filesystem::create_hard_link(image_, dir_ / "hard");
        std::filesystem::create_symlink("image", dir_ / "soft");
    }
    static Errc code_of(const Result<void>& result) {
        return result ? Errc::Refused : result.error().code;
    }
    UniqueFd open(const std::string& path) {
        return UniqueFd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    }

    TempDir dir_;
    std::string image_ = dir_.file("image", Bytes(4096));
};

TEST_F(Claims, WhoServesAFileKeepsOthersAway) {
    UniqueFd serving = open(dir_ / "hard");
    ASSERT_TRUE(claim(serving.get(), "hard", Claim::Use));
    for (const std::string& name : {image_, dir_ / "hard", dir_ / "soft"}) {
        const auto rewriting = open_file_device(name, Access::Exclusive);
        ASSERT_FALSE(rewriting) << name;
        EXPECT_EQ(rewriting.error().code, Errc::Busy);
        EXPECT_EQ(rewriting.error().message, "cannot exclusively open " + name + ", device in use");
        const auto changing = open_file_device(name, Access::ReadWrite);
        ASSERT_TRUE(changing) << "keyslots may come and go meanwhile";
        EXPECT_EQ(code_of(check_not_in_use(**changing)), Errc::Busy);
    }
    const UniqueFd another = open(image_);
    EXPECT_EQ(code_of(claim(another.get(), "image", Claim::Use)), Errc::Busy);
    ASSERT_TRUE(claim(another.get(), "image", Claim::Share));

    serving = UniqueFd();
    EXPECT_FALSE(open_file_device(image_, Access::Exclusive)) << "the other one is still there";
}

TEST_F(Claims, GoWithTheirDescriptor) {
    UniqueFd serving = open(image_);
    ASSERT_TRUE(claim(serving.get(), "image", Claim::Use));
    serving = UniqueFd();
    EXPECT_TRUE(open_file_device(image_, Access::Exclusive));
}

TEST_F(Claims, WhoRewritesAFileKeepsAwayWhoWouldServeIt) {
    const auto rewriting = open_file_device(image_, Access::Exclusive);
    ASSERT_TRUE(rewriting);
    EXPECT_TRUE(check_not_in_use(**rewriting)) << "its own claim";
    const UniqueFd serving = open(dir_ / "soft");
    for (const Claim how : {Claim::Use, Claim::Share})
        EXPECT_EQ(code_of(claim(serving.get(), "soft", how)), Errc::Busy);
    EXPECT_FALSE(open_file_device(dir_ / "hard", Access::Exclusive));
    EXPECT_TRUE(open_file_device(dir_ / "hard", Access::ReadWrite));
}

TEST_F(Claims, InMemoryNobodyElseCanBe) {
    EXPECT_TRUE(check_not_in_use(MemDevice(Bytes(10))));
}

}  // namespace
}  // namespace latchkey::io
