// SPDX-License-Identifier: GPL-2.0-or-later
// Runs on images in files, as far as without a mapping: what is read, asked, told and erased.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "latchkey/boot.h"
#include "unit/volume/volume_testing.h"

namespace latchkey::test {
namespace {

using Lines = std::vector<std::string>;

struct BootRun : testing::Test {
    TempDir folder;
    Context context;
    Lines prompts;
    Lines said;

    BootRun() {
        context.log_sink = [this](LogLevel level, std::string_view text) {
            if (level <= LogLevel::Normal) said.emplace_back(text);
        };
    }

    std::string image(const std::string& name) {
        const TestVolume made("LUKS2");
        return written(name, made.device->bytes());
    }
    std::string written(const std::string& name, ByteView bytes) {
        std::string path = folder.file(name, bytes);
        ::chmod(path.c_str(), S_IRUSR | S_IWUSR);
        return path;
    }

    // Whose passphrase a person does not know.
    static boot::OpenRequest request(std::string name, std::string source) {
        boot::OpenRequest request{.name = std::move(name), .source = std::move(source)};
        // Nothing is mapped here; this one is not looked for where there is no device-mapper.
        request.mapping.backend = "userspace";
        request.keys.tries = 2;
        request.keys.steps = [](const plain::Params*) { return person(); };
        return request;
    }
    static std::vector<KeyStep> person() {
        std::vector<KeyStep> steps;
        steps.push_back({.source = {.from = keys::Ask{}}, .when_wrong = Then::Again});
        return steps;
    }
    static void add_file(boot::OpenRequest& request, const std::string& path) {
        request.keys.steps = [path](const plain::Params*) {
            auto steps = person();
            steps.insert(steps.begin(), KeyStep{.source = {.from = keys::File{.path = path}},
                                                .when_unread = Then::Next,
                                                .when_wrong = Then::Next});
            return steps;
        };
    }

    std::string written(const std::string& name, std::string_view text) {
        return written(name, as_byte_view(text));
    }

    std::vector<boot::OpenedVolume> run(std::vector<boot::OpenRequest> requests) {
        const KeyReading reading{.ask = [this](const keys::Ask& question, unsigned) {
            prompts.push_back(question.prompt);
            return Result<SecretBuffer>(secret("a guess"));
        }};
        return boot::open_all(context, std::move(requests), reading);
    }
};

TEST_F(BootRun, AsksOnceForTwoVolumesAndTellsEachOfAWrongAnswer) {
    const auto results = run({request("a", image("1")), request("b", image("2"))});
    EXPECT_EQ(prompts, (Lines{"Enter passphrase for a, b: ", "Enter passphrase for a, b: "}));
    ASSERT_EQ(said.size(), 4U);
    EXPECT_EQ(said[0].substr(0, 3), "a: ");
    EXPECT_EQ(said[1].substr(0, 3), "b: ");
    EXPECT_TRUE(said[2].starts_with("a: maximum number of tries exceeded: ")) << said[2];
    EXPECT_TRUE(said[3].starts_with("b: maximum number of tries exceeded: ")) << said[3];
    for (const boot::OpenedVolume& one : results) {
        EXPECT_EQ(one.outcome, boot::Outcome::Failed);
        EXPECT_EQ(one.error->code, Errc::WrongPassphrase);
    }
}

TEST_F(BootRun, NamesTheDeviceWhereItAsksForOneVolume) {
    const std::string path = image("1");
    (void)run({request("a", path)});
    EXPECT_EQ(prompts.front(), "Enter passphrase for a (" + path + "): ");
}

TEST_F(BootRun, SkipsAMissingDeviceThatMayBeMissingAndFailsWhatNeedsIt) {
    boot::OpenRequest missing = request("a", folder / "nothing");
    missing.may_be_missing = true;
    boot::OpenRequest inner = request("b", image("2"));
    inner.needs = {0};
    const auto results = run({missing, inner});
    EXPECT_EQ(results[0].outcome, boot::Outcome::Skipped);
    EXPECT_EQ(results[1].error->message, "it needs a, which is not open");
    ASSERT_EQ(said.size(), 2U);
    EXPECT_EQ(said[0].substr(0, 15), "a: skipped, as ");
    EXPECT_EQ(said[1], "b: it needs a, which is not open.");
    EXPECT_EQ(prompts, Lines());
}

TEST_F(BootRun, RefusesADeviceThatIsNoVolume) {
    boot::OpenRequest wrong =
        request("a", written("text", std::string_view(std::string(1 << 20, 'x'))));
    wrong.format = boot::Format::Luks;
    const auto results = run({wrong});
    EXPECT_EQ(results[0].error->code, Errc::NotThisFormat);
}

TEST_F(BootRun, RefusesTheSecondOfTwoNamesOfOneDevice) {
    const std::string path = image("1");
    const std::string link = folder / "link";
    std::filesystem::create_symlink(path, link);
    boot::OpenRequest first = request("a", path);
    first.line = 7;
    const auto results = run({first, request("b", link)});
    EXPECT_EQ(results[1].error->message,
              "device " + link + " is that of line 7 (a), which is opened before");
}

TEST_F(BootRun, TellsOfAKeyFileThatIsWrongAndAsks) {
    boot::OpenRequest with_file = request("a", image("1"));
    add_file(with_file, written("key", "not the key"));
    (void)run({with_file});
    ASSERT_EQ(prompts.size(), 1U) << "the file was a try, too";
    EXPECT_EQ(said.size(), 2U);
}

TEST_F(BootRun, WarnsOfAKeyFileThatOthersMayRead) {
    const std::string key = written("key", "not the key");
    ::chmod(key.c_str(), S_IRUSR | S_IROTH);
    boot::OpenRequest with_file = request("a", image("1"));
    add_file(with_file, key);
    with_file.keys.not_for_others = S_IROTH;
    (void)run({with_file});
    EXPECT_EQ(said.front(), "a: others than its owner may use the key file " + key + ".");
}

TEST_F(BootRun, ErasesTheKeyFileAtTheEndOfAFailure) {
    const std::string key = written("key", "not the key");
    boot::OpenRequest with_file = request("a", image("1"));
    add_file(with_file, key);
    with_file.keys.erase = key;
    (void)run({with_file});
    EXPECT_FALSE(std::filesystem::exists(key));
}

TEST_F(BootRun, DoesNotWaitForAReaderOfAPipeThatItShouldErase) {
    const std::string key = folder / "key";
    ASSERT_EQ(::mkfifo(key.c_str(), S_IRUSR | S_IWUSR), 0);
    std::thread writer([&key] { std::ofstream(key) << "not the key"; });
    boot::OpenRequest with_pipe = request("a", image("1"));
    add_file(with_pipe, key);
    with_pipe.keys.erase = key;
    (void)run({with_pipe});
    writer.join();
    EXPECT_TRUE(std::filesystem::exists(key));
    EXPECT_NE(std::ranges::find(said, "a: the key file " + key + " cannot be erased."), said.end());
}

TEST_F(BootRun, ErasesNoKeyFileWhenItIsCancelled) {
    const std::string key = written("key", "not the key");
    boot::OpenRequest with_file = request("a", image("1"));
    add_file(with_file, key);
    with_file.keys.erase = key;
    context.cancel();
    const auto results = run({with_file, request("b", image("2"))});
    EXPECT_TRUE(std::filesystem::exists(key));
    EXPECT_EQ(results[0].error->code, Errc::Interrupted);
    EXPECT_EQ(results[1].error->code, Errc::Interrupted);
    EXPECT_EQ(said, Lines()) << "a person knows what they did";
}

TEST_F(BootRun, HasNobodyToAskWithoutAPrompter) {
    const auto results = boot::open_all(context, {request("a", image("1"))}, {});
    EXPECT_EQ(results[0].error->code, Errc::NotSupported);
}

}  // namespace
}  // namespace latchkey::test
