// SPDX-License-Identifier: GPL-2.0-or-later
// Every operation that writes fails once at each of its steps: each read, write, flush and lock, the growing of a
// file, each request for random bytes, and its derivation refused or stopped.  A failure before the first write
// leaves the device and its length unchanged.  A later one leaves a header that opens, and the error says which.
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "support/fault_device.h"
#include "volume_testing.h"

namespace latchkey::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

constexpr const char* kOtherUuid = "11111111-2222-4333-8444-555555555555";

// Fails from the given request on.
class FailingRandom final : public RandomSource {
  public:
    explicit FailingRandom(std::optional<std::size_t> when) : when_(when) {}
    Result<void> fill(std::span<std::byte> into) override {
        const std::size_t number = requests++;
        if (when_ && number >= *when_) return fail(Errc::Io, "no entropy by plan");
        return seeded_.fill(into);
    }
    std::size_t requests = 0;

  private:
    std::optional<std::size_t> when_;
    SeededRandom seeded_{7};
};

// The environment of an operation: a volume whose device fails on demand.
struct Stage {
    std::unique_ptr<Context> owned = std::make_unique<Context>();
    Context& context = *owned;
    std::string type;
    std::shared_ptr<FaultDevice> device;
    std::shared_ptr<io::MemDevice> below;
    std::shared_ptr<FailingRandom> random;
    VolumeKey key;
};

Error none() {
    return Error{Errc::Refused, "done"};
}

template <typename T>
Error outcome_of(Result<T> result) {
    return result ? none() : std::move(result).error();
}

Result<Volume> loaded(Stage& stage) {
    return Volume::load(stage.context, Device(stage.device));
}

struct Verb {
    const char* name;
    // The operation; Refused = it succeeded.
    std::function<Error(Stage&)> run;
    // The passphrases that open afterwards: one of the old state, and one of the finished operation.
    const char* old_word = "zero";
    const char* new_word = "zero";
    bool luks1 = true;
    bool luks2 = true;
    bool header_file = false;  // the device is a file with only the header, shorter than a header
    bool destroys = false;     // once it writes, nothing of the old state is guaranteed
    bool own_before = false;   // it changes the device itself before the operation begins
    bool full = false;         // every keyslot has an area, and there is no room for another
    bool converts = false;     // the passphrase is the same before and after
};

// Restores a backup that equals the device now, except for the changes of `change`.
template <typename Change>
Error restore_copy(Stage& stage, Change change) {
    auto copy = memory(Bytes(stage.below->bytes().begin(), stage.below->bytes().end()));
    Context plain;
    auto volume = Volume::load(plain, Device(copy));
    if (!volume) return std::move(volume).error();
    if (auto changed = change(stage, plain, *volume); !changed) return std::move(changed).error();
    return outcome_of(Volume::restore(stage.context, Device(stage.device), Device(copy)));
}

std::vector<Verb> verbs() {
    const auto format = [](Stage& stage) {
        FormatParams params = cheap_format(stage.type);
        params.uuid = kOtherUuid;
        return outcome_of(Volume::format(stage.context, Device(stage.device), {}, params, {},
                                         passphrase("fresh"), cheap_keyslot()));
    };
    const auto format_header = [](Stage& stage) {
        FormatParams params = cheap_format(stage.type);
        params.detached = true;
        const Device data(memory(Bytes(1 << 20)));
        return outcome_of(Volume::format(stage.context, Device(stage.device), data, params, {},
                                         passphrase("fresh"), cheap_keyslot()));
    };
    const auto with_volume = [](auto verb) {
        return [verb](Stage& stage) {
            auto volume = loaded(stage);
            if (!volume) return std::move(volume).error();
            return outcome_of(verb(stage, *volume));
        };
    };
    const auto convert_key = [](Stage& s, Volume& v) {
        NewKeyslot keyslot = cheap_keyslot(1);
        keyslot.same_passphrase = true;
        return v.change_keyslot(s.context, {.key = s.key.copy(), .keyslot = 1}, passphrase("one"),
                                keyslot);
    };
    return {
        {.name = "luksFormat", .run = format, .new_word = "fresh", .destroys = true},
        {.name = "luksFormat of a header file",
         .run = format_header,
         .new_word = "fresh",
         .header_file = true,
         .destroys = true},
        {.name = "luksAddKey",
         .run = with_volume([](Stage& s, Volume& v) {
             return v.add_keyslot(s.context, s.key, passphrase("fresh"), cheap_keyslot());
         }),
         .new_word = "fresh"},
        {.name = "luksAddKey --unbound",
         .run = with_volume([](Stage& s, Volume& v) {
             return v.add_unbound_keyslot(s.context, {}, 32, passphrase("loose"), cheap_keyslot());
         }),
         .luks1 = false},
        {.name = "luksChangeKey",
         .run = with_volume([](Stage& s, Volume& v) {
             return v.change_keyslot(s.context, {.key = s.key.copy(), .keyslot = 1},
                                     passphrase("fresh"), cheap_keyslot());
         }),
         .old_word = "one",
         .new_word = "fresh"},
        {.name = "luksChangeKey in its place",
         .run = with_volume([](Stage& s, Volume& v) {
             return v.change_keyslot(s.context, {.key = s.key.copy(), .keyslot = 1},
                                     passphrase("fresh"), cheap_keyslot(1));
         }),
         .old_word = "one",
         .new_word = "fresh"},
        {.name = "luksChangeKey without room",
         .run = with_volume([](Stage& s, Volume& v) {
             return v.change_keyslot(s.context, {.key = s.key.copy(), .keyslot = 1},
                                     passphrase("fresh"), cheap_keyslot(1));
         }),
         .old_word = "one",
         .new_word = "fresh",
         .destroys = true,  // the only keyslot
         .full = true},
        {.name = "luksConvertKey",
         .run = with_volume(convert_key),
         .old_word = "one",
         .new_word = "one",
         .luks1 = false,
         .converts = true},
        {.name = "luksConvertKey without room",
         .run = with_volume(convert_key),
         .old_word = "one",
         .new_word = "one",
         .luks1 = false,
         .destroys = true,
         .full = true,
         .converts = true},
        {.name = "luksKillSlot",
         .run = with_volume([](Stage& s, Volume& v) { return v.kill_keyslot(s.context, 1); })},
        {.name = "luksErase",
         .run = with_volume([](Stage& s, Volume& v) { return v.erase_keyslots(s.context); }),
         .destroys = true},
        {.name = "luksUUID",
         .run = with_volume([](Stage& s, Volume& v) { return v.set_uuid(s.context, kOtherUuid); })},
        {.name = "config --label",
         .run =
             with_volume([](Stage& s, Volume& v) { return v.set_label(s.context, "label", {}); }),
         .luks1 = false},
        {.name = "config --priority",
         .run = with_volume(
             [](Stage& s, Volume& v) { return v.set_priority(s.context, 1, Priority::Prefer); }),
         .luks1 = false},
        {.name = "token import",
         .run = with_volume([](Stage& s, Volume& v) {
             return v.import_token(s.context, {}, R"({"type":"x","keyslots":[]})", false);
         }),
         .luks1 = false},
        {.name = "convert to LUKS2",
         .run = with_volume([](Stage& s, Volume& v) { return v.convert(s.context, "LUKS2"); }),
         .luks2 = false},
        {.name = "convert to LUKS1",
         .run = with_volume([](Stage& s, Volume& v) { return v.convert(s.context, "LUKS1"); }),
         .luks1 = false},
        {.name = "luksHeaderRestore",
         .run =
             [](Stage& stage) {
                 // Of the same volume with one more keyslot, in a free place.
                 return restore_copy(stage, [](Stage& s, Context& plain, Volume& volume) {
                     return volume.add_keyslot(plain, s.key, passphrase("fresh"), cheap_keyslot());
                 });
             },
         .new_word = "fresh"},
        {.name = "luksHeaderRestore of an older backup",
         .run =
             [](Stage& stage) {
                 return restore_copy(stage, [](Stage& s, Context& plain, Volume& volume) {
                     auto changed =
                         volume.change_keyslot(plain, {.key = s.key.copy(), .keyslot = 1},
                                               passphrase("fresh"), cheap_keyslot(1));
                     for (int i = 0; changed && i < 4; ++i)
                         if (auto present = Volume::load(plain, Device(s.below)))
                             (void)present->set_label(plain, std::to_string(i), {});
                     return changed;
                 });
             },
         .old_word = "one",
         .new_word = "fresh",
         .destroys = true,  // of the one keyslot whose place both have
         .own_before = true},
        {.name = "repair",
         .run =
             [](Stage& stage) {
                 stage.below->bytes()[0x4000 + 100] ^=
                     std::byte{0xff};  // of LUKS2's secondary copy
                 return outcome_of(Volume::repair(stage.context, Device(stage.device)));
             },
         .luks1 = false,
         .own_before = true},
    };
}

class VerbFaults : public testing::TestWithParam<std::string> {
  protected:
    // Makes the volume once; it is the same every time.
    VerbFaults() : made_(GetParam(), 2), image_(made_.snapshot()) {
        while (made_.volume->add_keyslot(made_.context, *made_.key, passphrase("more"),
                                         cheap_keyslot())) {
        }
        full_image_ = made_.snapshot();
    }

    [[nodiscard]] Stage stage(const Verb& verb, Faults faults,
                              std::optional<std::size_t> random = {}) const {
        const Bytes& image = verb.full ? full_image_ : image_;
        Bytes bytes = verb.header_file ? Bytes(512, std::byte{0x5a}) : image;
        auto below = memory(std::move(bytes));
        auto source = std::make_shared<FailingRandom>(random);
        Stage made{.type = GetParam(),
                   .device = std::make_shared<FaultDevice>(below, std::move(faults)),
                   .below = below,
                   .random = source,
                   .key = made_.key->copy()};
        made.context.random = source;
        return made;
    }

    [[nodiscard]] static bool opens(Stage& stage, const char* word) {
        Context plain;
        const auto volume = Volume::load(plain, Device(stage.below));
        return volume && volume->unlock(plain, passphrase(word));
    }

    // Returns the bytes before any write, which must be unchanged.
    [[nodiscard]] static Bytes bytes_of(const Stage& stage) {
        return {stage.below->bytes().begin(), stage.below->bytes().end()};
    }

    void judge(const Verb& verb, Stage& stage, const Error& error, const Bytes& before,
               const std::string& how) const {
        SCOPED_TRACE(GetParam() + " " + verb.name + ": " + how + ": " + error.message);
        EXPECT_EQ(stage.device->locks_held(), 0);
        if (error.code == Errc::Refused) return;  // the fault had no effect
        if (stage.device->writes_done() == 0) {
            EXPECT_EQ(bytes_of(stage), before) << "nothing was written, and yet it differs";
            return;
        }
        const bool old_opens = opens(stage, verb.old_word);
        const bool new_opens = opens(stage, verb.new_word);
        EXPECT_TRUE(old_opens || new_opens || verb.destroys);
        if (verb.full) {
            EXPECT_TRUE(opens(stage, "zero")) << "the other keyslots stay";
            if (!old_opens && !new_opens) {
                EXPECT_THAT(error.message, HasSubstr("keyslot 1 was being rewritten in place, and "
                                                     "may not open any more"));
            }
        }
        if (verb.converts) {
            EXPECT_THAT(error.message, testing::Not(HasSubstr("new passphrase")));
            if (error.code == Errc::Unfinished) {
                EXPECT_THAT(error.message,
                            HasSubstr("keyslot 1 is converted, its passphrase is the same"));
            }
        }
        if (!old_opens && error.message.ends_with("; the header is what it was before")) {
            EXPECT_THAT(error.message, AnyOf(HasSubstr("overwritten"), HasSubstr("new passphrase"),
                                             HasSubstr("rewritten in place"),
                                             HasSubstr("not every area is wiped")))
                << "a keyslot of it is gone";
        }
        if (error.message.find("the header is what it was before") != std::string::npos &&
            error.message.find("overwritten") == std::string::npos &&
            error.message.find("rewritten in place") == std::string::npos &&
            error.message.find("not every area is wiped") == std::string::npos &&
            error.message.find("new passphrase") == std::string::npos) {
            EXPECT_TRUE(old_opens) << "the old header holds, it says";
        }
        if (error.message.find("they no longer open") != std::string::npos) {
            EXPECT_FALSE(opens(stage, "zero") || opens(stage, "one")) << "it is said of all";
        }
        if (error.message.find("it no longer opens") != std::string::npos) {
            EXPECT_FALSE(opens(stage, "one")) << "that is the keyslot which goes";
        }
        if (error.code == Errc::Unfinished) {
            const bool removes = std::string_view(verb.name) == "luksErase";
            EXPECT_TRUE(new_opens || removes) << "the new state holds, it says";
        } else if (new_opens && !old_opens && !verb.destroys) {
            ADD_FAILURE() << "only the new passphrase opens, and the error does not say so";
        }
    }

    TestVolume made_;
    Bytes image_;
    Bytes full_image_;
};
INSTANTIATE_TEST_SUITE_P(All, VerbFaults, testing::Values("LUKS1", "LUKS2"),
                         [](const auto& test) { return test.param; });

TEST_P(VerbFaults, AtEachStepLeaveOldOrNewAndSayWhich) {
    for (const Verb& verb : verbs()) {
        if (GetParam() == "LUKS1" ? !verb.luks1 : !verb.luks2) continue;
        Stage whole = stage(verb, {});
        const Error done = verb.run(whole);
        ASSERT_EQ(done.message, "done") << GetParam() << " " << verb.name;
        ASSERT_GT(whole.device->writes(), 0U) << verb.name;

        const auto inject = [&](const std::string& how, Faults faults,
                                std::optional<std::size_t> random = {}) {
            Stage broken = stage(verb, std::move(faults), random);
            const Bytes before = bytes_of(broken);
            const Error error = verb.run(broken);
            // Operations that cause a fault themselves start from a changed device.
            judge(verb, broken, error, verb.own_before ? bytes_of(broken) : before, how);
        };
        for (std::size_t n = 0; n < whole.device->writes(); ++n) {
            const std::string how = "write " + std::to_string(n);
            inject(how + ", in half and for good", {.write = n, .half_written = true});
            inject(how + ", once", {.write = n, .code = Errc::DeviceFull, .for_good = false});
        }
        for (std::size_t n = 0; n < whole.device->flushes(); ++n) {
            const std::string how = "flush " + std::to_string(n);
            inject(how + ", for good", {.flush = n, .code = Errc::DeviceFull});
            inject(how + ", once", {.flush = n, .for_good = false});
        }
        for (std::size_t n = 0; n < whole.device->reads(); ++n)
            inject("read " + std::to_string(n), {.read = n, .for_good = n % 2 == 0});
        for (std::size_t n = 0; n < whole.device->lock_calls(); ++n)
            inject("lock " + std::to_string(n), {.lock = n});
        inject("no room", {.code = Errc::DeviceFull, .no_growing = true});
        // Wiping reads and writes block by block, always with the same result.
        const std::size_t step = 1 + whole.random->requests / 12;
        for (std::size_t n = 0; n < whole.random->requests; n += step)
            inject("random " + std::to_string(n), {}, n);
    }
}

// Refusals by the user, the policy or the machine come before the first write.
TEST_P(VerbFaults, RefusalsLeaveEveryByte) {
    struct Refusal {
        const char* how;
        std::function<void(Stage&)> prepare;
    };
    const std::vector<Refusal> refusals = {
        {"the policy allows no such cost",
         [](Stage& stage) { stage.context.policy.kdf.max_iterations = 999; }},
        {"stopped", [](Stage& stage) { stage.context.cancel(); }},
        {"read only", [](Stage& stage) { stage.device->faults.read_only = true; }},
        {"lock not had", [](Stage& stage) { stage.device->faults.lock = 0; }},
        {"no entropy",
         [](Stage& stage) { stage.context.random = std::make_shared<FailingRandom>(0); }},
        {"no entropy soon",
         [](Stage& stage) { stage.context.random = std::make_shared<FailingRandom>(3); }},
    };
    for (const Verb& verb : verbs()) {
        if (GetParam() == "LUKS1" ? !verb.luks1 : !verb.luks2) continue;
        if (verb.own_before) continue;
        for (const Refusal& refusal : refusals) {
            Stage refused = stage(verb, {});
            const Bytes before = bytes_of(refused);
            refusal.prepare(refused);
            const Error error = verb.run(refused);
            if (error.code == Errc::Refused) continue;  // it does not need this
            if (error.code == Errc::Unfinished || refused.device->writes_done() != 0) {
                // Wiping a keyslot's old area comes after the commit, and may fail there.
                EXPECT_TRUE(opens(refused, verb.new_word) || verb.destroys)
                    << verb.name << " " << refusal.how;
                EXPECT_FALSE(std::string_view(verb.name).starts_with("luksFormat"));
                continue;
            }
            EXPECT_EQ(bytes_of(refused), before) << verb.name << ": " << refusal.how;
        }
    }
}

// The keyslot's own refusals: an impossible number, an area cipher that fails, no room for its area, a name.
TEST_P(VerbFaults, AFirstKeyslotThatCannotBeLeavesEveryByte) {
    const std::vector<std::pair<const char*, NewKeyslot>> wishes = {
        {"number", {.number = 99, .kdf = cheap_kdf()}},
        {"negative number", {.number = -7, .kdf = cheap_kdf()}},
        {"area cipher", {.kdf = cheap_kdf(), .area_cipher = "nocipher-xts", .area_key_bytes = 32}},
        {"kdf", {.kdf = {.type = "scrypt", .forced_iterations = 1000}}},
        {"cost", {.kdf = {.type = "pbkdf2", .forced_iterations = 1}}},
        {"cost beyond the format",
         {.kdf = {.type = "pbkdf2", .forced_iterations = std::uint64_t{1} << 40}}},
        {"memory",
         {.kdf = {.type = "argon2id",
                  .forced_iterations = 4,
                  .memory_kib = std::uint64_t{1} << 40,
                  .lanes = 1}}},
    };
    for (const auto& [how, wish] : wishes) {
        Stage refused = stage({.name = "luksFormat", .run = {}}, {});
        const auto made = Volume::format(refused.context, Device(refused.device), {},
                                         cheap_format(GetParam()), {}, passphrase("fresh"), wish);
        EXPECT_FALSE(made) << how;
        EXPECT_EQ(bytes_of(refused), image_) << how;
    }
    if (GetParam() == "LUKS1") return;
    FormatParams params = cheap_format("LUKS2");
    params.keyslots_size = 4096;
    Stage refused = stage({.name = "luksFormat", .run = {}}, {});
    const auto made = Volume::format(refused.context, Device(refused.device), {}, params, {},
                                     passphrase("fresh"), cheap_keyslot());
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::NoSpace);
    EXPECT_EQ(bytes_of(refused), image_);
}

TEST_P(VerbFaults, FormatWithoutAKeyslotRefusesItsCostToo) {
    FormatParams params = cheap_format(GetParam());
    params.kdf.forced_iterations = 5'000'000'000;
    Stage refused = stage({.name = "luksFormat", .run = {}}, {});
    const auto made = Volume::format(refused.context, Device(refused.device), {}, params);
    ASSERT_FALSE(made);
    EXPECT_EQ(bytes_of(refused), image_);
}

TEST_P(VerbFaults, ErrorsAfterTheCommitSayWhatHolds) {
    const auto change = [](Stage& stage) {
        auto volume = loaded(stage);
        EXPECT_TRUE(volume);
        return outcome_of(volume->change_keyslot(stage.context,
                                                 {.key = stage.key.copy(), .keyslot = 1},
                                                 passphrase("fresh"), cheap_keyslot(1)));
    };
    const Verb verb{.name = "luksChangeKey", .run = change};
    Stage whole = stage(verb, {});
    ASSERT_EQ(change(whole).message, "done");
    std::size_t told = 0;
    for (const Errc code : {Errc::Io, Errc::DeviceFull})
        for (std::size_t n = 0; n < whole.device->flushes(); ++n) {
            Stage broken = stage(verb, {.flush = n, .code = code});
            const Error error = change(broken);
            if (opens(broken, "one")) continue;  // the old one still opens
            if (error.code == Errc::Unfinished) ++told;
            EXPECT_EQ(error.code, Errc::Unfinished) << error.message;
            EXPECT_THAT(error.message, HasSubstr("new passphrase"));
            EXPECT_TRUE(opens(broken, "fresh"));
        }
    EXPECT_GE(told, 2U);
}

}  // namespace
}  // namespace latchkey::test
