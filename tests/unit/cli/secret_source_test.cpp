// SPDX-License-Identifier: GPL-2.0-or-later
// Which source of a secret the options and operands of a command line choose.  Standard input is not a terminal here.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/unique_fd.h"
#include "cli/options.h"
#include "cli/parse.h"
#include "ui/secret_sources.h"

namespace latchkey::cli {
namespace {

Arguments cryptsetup_arguments(const std::vector<const char*>& words) {
    auto parsed = parse(program_called("cryptsetup"), words);
    if (const auto* error = std::get_if<UsageError>(&parsed)) {
        ADD_FAILURE() << error->reason;
        return {};
    }
    return std::get<Command>(parsed).arguments;
}

class SecretSource : public ::testing::Test {
  protected:
    void SetUp() override {
        terminal_ = UniqueFd(::dup(STDIN_FILENO));
        const UniqueFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        ASSERT_GE(::dup2(nothing.get(), STDIN_FILENO), 0);
    }
    void TearDown() override {
        if (terminal_.get() >= 0) ::dup2(terminal_.get(), STDIN_FILENO);
    }

  private:
    UniqueFd terminal_;
};

const keys::File& file_of(const KeySource& source) {
    return std::get<keys::File>(source.from);
}
const keys::Descriptor& descriptor_of(const KeySource& source) {
    return std::get<keys::Descriptor>(source.from);
}

TEST_F(SecretSource, AKeyFileIsReadFromTheOffsetToTheSize) {
    const KeySource source =
        existing_secret(cryptsetup_arguments({"open", "/dev/sdb", "x", "--key-file", "k",
                                              "--keyfile-offset", "7", "--keyfile-size", "9"}),
                        "prompt");
    EXPECT_EQ(file_of(source).path, "k");
    EXPECT_EQ(file_of(source).options.offset, 7U);
    EXPECT_EQ(file_of(source).options.size, 9U);
    EXPECT_FALSE(file_of(source).options.stop_at_newline);
}

// echo -n pw | cryptsetup open ... reads a line; --key-file=- reads all bytes.
TEST_F(SecretSource, StandardInputEndsAtANewlineUnlessItIsNamedAsAFile) {
    const KeySource line =
        existing_secret(cryptsetup_arguments({"open", "/dev/sdb", "x"}), "prompt");
    EXPECT_EQ(descriptor_of(line).descriptor, STDIN_FILENO);
    EXPECT_TRUE(descriptor_of(line).options.stop_at_newline);
    const KeySource all =
        existing_secret(cryptsetup_arguments({"open", "/dev/sdb", "x", "--key-file=-"}), "prompt");
    EXPECT_FALSE(descriptor_of(all).options.stop_at_newline);
}

TEST_F(SecretSource, OfANewSecretTheOperandWinsOverTheOption) {
    const KeySource source = new_secret(
        cryptsetup_arguments({"luksAddKey", "/dev/sdb", "operand", "--new-keyfile", "option"}),
        "prompt", 1);
    EXPECT_EQ(file_of(source).path, "operand");
}

TEST_F(SecretSource, ANewSecretHasAPartOfItsOwn) {
    const KeySource source =
        new_secret(cryptsetup_arguments({"luksAddKey", "/dev/sdb", "--new-keyfile", "new",
                                         "--new-keyfile-offset", "1", "--new-keyfile-size", "2",
                                         "--keyfile-size", "3"}),
                   "prompt", 1);
    EXPECT_EQ(file_of(source).path, "new");
    EXPECT_EQ(file_of(source).options.offset, 1U);
    EXPECT_EQ(file_of(source).options.size, 2U);
}

TEST_F(SecretSource, OfAnExistingSecretTheOptionWinsOverTheOperand) {
    const KeySource source = existing_secret(
        cryptsetup_arguments({"luksRemoveKey", "/dev/sdb", "operand", "--key-file", "option"}),
        "prompt", 1);
    EXPECT_EQ(file_of(source).path, "option");
}

}  // namespace
}  // namespace latchkey::cli
