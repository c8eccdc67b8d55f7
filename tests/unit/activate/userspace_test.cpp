// SPDX-License-Identifier: GPL-2.0-or-later
// Messages between a serving process and its callers: they are decoded as they were encoded, and invalid ones are
// refused.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "activate/userspace/message.h"
#include "activate/userspace/order.h"
#include "activate/userspace/packet.h"
#include "activate/userspace/places.h"
#include "base/unique_fd.h"
#include "support/temp_dir.h"

namespace latchkey::userspace {
namespace {

template <typename T>
std::string said(const Result<T>& result) {
    return result ? "accepted" : result.error().message;
}

TEST(UserspaceMessage, SurvivesTheWay) {
    Message message;
    message.add("name", "with blanks, 100%25 and\nnewlines%");
    message.add("empty", "");
    message.add("number", UINT64_MAX);
    message.add_flag("yes", true);
    message.add("twice", "a");
    message.add("twice", "b");
    const auto parsed = Message::parse(message.encode());
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->text("name"), "with blanks, 100%25 and\nnewlines%");
    EXPECT_TRUE(parsed->has("empty"));
    EXPECT_EQ(parsed->number("number"), UINT64_MAX);
    EXPECT_TRUE(parsed->flag("yes"));
    EXPECT_EQ(parsed->all("twice"), (std::vector<std::string_view>{"a", "b"}));
    EXPECT_FALSE(parsed->has("another"));
    EXPECT_EQ(parsed->text("another"), "");
    EXPECT_EQ(parsed->encode(), message.encode());
}

TEST(UserspaceMessage, RefusesWhatIsNone) {
    EXPECT_TRUE(Message::parse(""));
    for (const char* text :
         {"name", "name value", "\n", " value\n", "Name value\n", "na-me value\n", "a b\nname\n",
          "a %\n", "a %2\n", "a %41\n", "a %0A\n"})
        EXPECT_FALSE(Message::parse(text)) << text;
    EXPECT_EQ(said(Message::parse("a b\nBad line\n")), "message: 'Bad line' is not a field");
    EXPECT_EQ(said(Message::parse("a %41\n")), "message: 'a %41' is not a field");
    EXPECT_FALSE(Message::parse(std::string_view("a b\0c\n", 6)));
    const std::string longest = "a " + std::string(kLongestMessage - 3, 'x') + "\n";
    EXPECT_TRUE(Message::parse(longest));
    EXPECT_EQ(said(Message::parse(longest + "b c\n")), "message of 65540 bytes > 65536");
}

TEST(UserspaceMessage, CarriesErrors) {
    Error error = fail(Errc::NoSpace, "no space left\nat all");
    error.hint = "buy a disk";
    const auto parsed = Message::parse(error_message(error).encode());
    ASSERT_TRUE(parsed);
    const auto answer = check_answer(*parsed);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::NoSpace);
    EXPECT_EQ(answer.error().message, "no space left\nat all");
    EXPECT_EQ(answer.error().hint, "buy a disk");
    EXPECT_TRUE(check_answer(success()));
    Message unknown;
    unknown.add("error", "of a newer version");
    EXPECT_EQ(check_answer(unknown).error().code, Errc::Io);
}

Order some_order() {
    Order order{.name = "home",
                .file = "/run/latchkey/home",
                .control = "/run/latchkey/.home.control",
                .device = "/dev/sda 1",
                .read_only = true,
                .allow_discards = true,
                .size_sectors = 77,
                .plan = {.type = "LUKS2", .uuid = "u-u", .keys = {{.bytes = 64}}}};
    order.plan.segments.push_back(
        {.length = 100, .cipher = "aes-xts-plain64", .device_offset = 4096});
    order.plan.segments.push_back({.start = 100,
                                   .cipher = "aes-cbc-essiv:sha256",
                                   .iv_offset = 8,
                                   .device_offset = 5000,
                                   .sector_size = 4096,
                                   .iv_large_sectors = true});
    return order;
}

TEST(UserspaceOrder, SurvivesTheWay) {
    const auto message = Message::parse(to_message(some_order()).encode());
    ASSERT_TRUE(message);
    const auto order = parse_order(*message);
    ASSERT_TRUE(order) << order.error().message;
    EXPECT_EQ(to_message(*order).encode(), to_message(some_order()).encode());
    EXPECT_EQ(order->device, "/dev/sda 1");
    EXPECT_EQ(order->size_sectors, 77U);
    ASSERT_EQ(order->plan.segments.size(), 2U);
    EXPECT_EQ(order->plan.segments[0].length, 100U);
    EXPECT_EQ(order->plan.segments[1].length, std::nullopt);
    EXPECT_EQ(order->plan.segments[1].sector_size, 4096U);
    EXPECT_TRUE(order->plan.segments[1].iv_large_sectors);
}

TEST(UserspaceOrder, HasTheLayersInTheirOrder) {
    Order sent = some_order();
    sent.plan.below = {
        {.suffix = "_1",
         .segments = {{.length = 8, .kind = SegmentKind::Zero}, {.start = 8, .cipher = "aes-ecb"}}},
        {.suffix = "_2", .segments = {{.kind = SegmentKind::Linear}}}};
    const auto message = Message::parse(to_message(sent).encode());
    ASSERT_TRUE(message);
    const auto order = parse_order(*message);
    ASSERT_TRUE(order) << order.error().message;
    ASSERT_EQ(order->plan.below.size(), 2U);
    EXPECT_EQ(order->plan.below[0].segments[0].kind, SegmentKind::Zero);
    EXPECT_EQ(order->plan.below[0].segments[1].cipher, "aes-ecb");
    EXPECT_EQ(order->plan.below[1].segments[0].kind, SegmentKind::Linear);
    EXPECT_EQ(order->plan.segments.size(), 2U);
    EXPECT_EQ(to_message(*order).encode(), to_message(sent).encode());

    sent.plan.below.resize(5, sent.plan.below.front());
    EXPECT_EQ(said(parse_order(to_message(sent))), "order with more than 4 layers");
}

// Returns the refusal of an order without one field, or with another value for it.
std::string refusal(const std::string& name, const std::optional<std::string>& value) {
    std::string text;
    std::string rest = to_message(some_order()).encode();
    while (!rest.empty()) {
        const std::string line = rest.substr(0, rest.find('\n') + 1);
        rest.erase(0, line.size());
        if (!line.starts_with(name + " ")) text += line;
    }
    auto message = Message::parse(text);
    EXPECT_TRUE(message);
    if (value) message->add(name, *value);
    return said(parse_order(*message));
}

TEST(UserspaceOrder, RefusesByName) {
    for (const char* name : {"name", "file", "control", "device", "type"}) {
        EXPECT_EQ(refusal(name, std::nullopt), std::string("order without ") + name);
        EXPECT_EQ(refusal(name, ""), std::string("order without ") + name);
    }
    EXPECT_EQ(refusal("uuid", std::nullopt), "accepted");
    EXPECT_EQ(refusal("key_bytes", std::nullopt), "order without key_bytes");
    EXPECT_EQ(refusal("key_bytes", "2080"), "accepted");
    EXPECT_EQ(refusal("key_bytes", "2081"), "order: key_bytes is '2081'");
    EXPECT_EQ(refusal("key_bytes", "64 "), "order: key_bytes is '64 '");
    EXPECT_EQ(refusal("read_only", "2"), "order: read_only is '2'");
    EXPECT_EQ(refusal("allow_discards", "yes"), "order: allow_discards is 'yes'");
    EXPECT_EQ(refusal("size_sectors", std::nullopt), "accepted");
    EXPECT_EQ(refusal("size_sectors", "-1"), "order: size_sectors is '-1'");
    EXPECT_EQ(refusal("size_sectors", "36028797018963968"),
              "order: size_sectors is '36028797018963968'");
    EXPECT_EQ(refusal("segment", std::nullopt), "order with 0 segments, not 1 to 64");
}

TEST(UserspaceOrder, RefusesBadSegments) {
    EXPECT_EQ(refusal("segment", "0 - aes-ecb 0 0 512 0 0"), "accepted");
    EXPECT_EQ(refusal("segment", ""), "order: segment '' has not 8 words");
    EXPECT_EQ(refusal("segment", "0 - aes-ecb 0 0 512"),
              "order: segment '0 - aes-ecb 0 0 512' has not 8 words");
    EXPECT_EQ(refusal("segment", "0 - aes-ecb 0 0 512 0 0 0"),
              "order: segment '0 - aes-ecb 0 0 512 0 0 0' has not 8 words");
    EXPECT_EQ(refusal("segment", "x - aes-ecb 0 0 512 0 0"), "order: start of a segment is 'x'");
    EXPECT_EQ(refusal("segment", "0 x aes-ecb 0 0 512 0 0"), "order: length of a segment is 'x'");
    EXPECT_EQ(refusal("segment", "0 -  0 0 512 0 0"), "order: cipher of a segment is ''");
    EXPECT_EQ(refusal("segment", "0 - aes-ecb -1 0 512 0 0"),
              "order: iv_offset of a segment is '-1'");
    EXPECT_EQ(refusal("segment", "0 - aes-ecb 0 36028797018963968 512 0 0"),
              "order: device_offset of a segment is '36028797018963968'");
    for (const char* size : {"0", "256", "513", "8192"})
        EXPECT_EQ(refusal("segment", std::string("0 - aes-ecb 0 0 ") + size + " 0 0"),
                  std::string("order: sector_size of a segment is '") + size + "'");
    EXPECT_EQ(refusal("segment", "0 - aes-ecb 0 0 512 2 0"), "order: large of a segment is '2'");
    EXPECT_EQ(refusal("segment", "0 - - 0 0 512 0 0"), "accepted") << "in clear";
    EXPECT_EQ(refusal("segment", "0 - aes-ecb 0 0 512 0 2"), "order: key of a segment is '2'");
    EXPECT_EQ(refusal("segment", "0 - aes-ecb 0 0 512 0 1"), "order: key of a segment is '1'")
        << "there is one";
    auto message = to_message(some_order());
    for (int i = 0; i < 63; ++i) message.add("segment", "0 - aes-ecb 0 0 512 0 0");
    EXPECT_EQ(said(parse_order(message)), "order with 65 segments, not 1 to 64");
}

TEST(UserspaceOrder, TellsWhatIsServed) {
    const MappingInfo info{.active = true,
                           .in_use = true,
                           .suspended = true,
                           .read_only = true,
                           .backend = "userspace",
                           .name = "home",
                           .path = "/run/latchkey/home",
                           .type = "LUKS1",
                           .uuid = "u-u",
                           .cipher = "aes-xts-plain64",
                           .key_bits = 512,
                           .device = "/dev/sda1",
                           .loop_file = "/img",
                           .sector_size = 4096,
                           .iv_large_sectors = true,
                           .offset_sectors = 1,
                           .size_sectors = 2,
                           .iv_offset_sectors = 3,
                           .flags = {.allow_discards = true}};
    const auto message = Message::parse(to_message(info).encode());
    ASSERT_TRUE(message);
    const MappingInfo told = parse_info(*message);
    EXPECT_EQ(to_message(told).encode(), to_message(info).encode());
    EXPECT_TRUE(told.active && told.in_use && told.suspended && told.read_only &&
                told.flags.allow_discards);
    EXPECT_EQ(told.sector_size, 4096U);
    EXPECT_EQ(told.iv_offset_sectors, 3U);
}

struct Pair {
    Pair() {
        int both[2];
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, both) != 0) return;
        one = UniqueFd(both[0]);
        two = UniqueFd(both[1]);
    }
    UniqueFd one{-1};
    UniqueFd two{-1};
};

TEST(UserspacePacket, KeysOfAllLengths) {
    const Pair pair;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{64}, kLongestKey}) {
        const Bytes key(size, std::byte{7});
        const VolumeKey volume_key(Vouched::ByCaller, SecretBuffer::copy_of(key));
        ASSERT_TRUE(send_keys(pair.one.get(), volume_key));
        const auto received = receive_keys(pair.two.get());
        ASSERT_TRUE(received) << size;
        EXPECT_TRUE(equal_in_constant_time(received->bytes(), key)) << size;
    }
    const VolumeKey half(Vouched::ByCaller, SecretBuffer(kLongestKey / 2 + 1));
    KeyRing too_long(half);
    too_long.add(half);
    EXPECT_EQ(said(send_keys(pair.one.get(), too_long)), "key of 2082 bytes > 2080");
    // A packet that is too long is not cut.
    const Bytes packet(kLongestKey + 2);
    ASSERT_EQ(::send(pair.one.get(), packet.data(), packet.size(), 0),
              static_cast<ssize_t>(packet.size()));
    EXPECT_EQ(said(receive_keys(pair.two.get())), "the key is longer than 2080 bytes");
}

TEST(UserspacePacket, TellsWhenTheOtherSideIsGone) {
    using namespace std::chrono_literals;
    Pair pair;
    EXPECT_EQ(said(receive_message(pair.two.get(), 1ms)), "the serving process does not answer");
    const std::string junk = "JUNK";
    ASSERT_EQ(::send(pair.one.get(), junk.data(), junk.size(), 0), 4);
    EXPECT_EQ(said(receive_message(pair.two.get(), 1s)), "message: 'JUNK' is not a field");
    const std::string huge(kLongestMessage + 100, 'a');
    ASSERT_GT(::send(pair.one.get(), huge.data(), huge.size(), 0), 0);
    EXPECT_EQ(said(receive_message(pair.two.get(), 1s)), "message of 65537 bytes > 65536");
    Message large;
    large.add("a", std::string_view(huge));
    EXPECT_EQ(said(send_message(pair.one.get(), large)), "message of 65639 bytes > 65536");
    pair.one = UniqueFd(-1);
    EXPECT_EQ(said(receive_message(pair.two.get(), 1s)), "the serving process has ended");
    EXPECT_EQ(said(receive_keys(pair.two.get())), "the serving process has ended");
    EXPECT_EQ(said(send_message(pair.two.get(), success())), "the serving process has ended");
    EXPECT_EQ(said(send_keys(pair.two.get(), VolumeKey(Vouched::ByCaller, SecretBuffer(3)))),
              "the serving process has ended");
}

using Folders = std::vector<std::string>;

TEST(UserspacePlaces, NamesThatAreNone) {
    EXPECT_TRUE(places_for("home"));
    EXPECT_TRUE(places_for(std::string(60, 'x')));
    for (const std::string& name : {std::string(), std::string("."), std::string(".hidden"),
                                    std::string("a/b"), std::string(".."), std::string(101, 'x')})
        EXPECT_EQ(said(places_for(name)), "'" + name + "' cannot be the name of a mapping");
}

TEST(UserspacePlaces, TheFolderIsOurs) {
    const test::TempDir directory;
    const std::string folder = directory / "latchkey";
    ASSERT_TRUE(make_folder(folder));
    ASSERT_TRUE(make_folder(folder));
    struct stat status {};
    ASSERT_EQ(::stat(folder.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0700U);
    ASSERT_EQ(::chmod(folder.c_str(), 0777), 0);
    EXPECT_EQ(said(make_folder(folder)), folder + " has mode 0777, not 0700");
    const std::string link = directory / "link";
    ASSERT_EQ(::symlink(directory.path().c_str(), link.c_str()), 0);
    EXPECT_EQ(said(make_folder(link)), link + ": Not a directory");
    EXPECT_EQ(said(make_folder(directory / "no/such")),
              (directory / "no") + ": No such file or directory");
    const std::string shared = directory / "for all";
    ASSERT_EQ(::mkdir(shared.c_str(), 0700), 0);
    ASSERT_EQ(::chmod(shared.c_str(), 01777), 0);
    EXPECT_EQ(said(make_folder(shared + "/latchkey")),
              "others may write to " + shared + " (mode 1777)");
    EXPECT_FALSE(anything_at(shared + "/latchkey")) << "refused, but made";
}

TEST(UserspacePlaces, NowhereThatOthersCanMake) {
    const test::TempDir directory;
    const std::string place = directory.path();
    const std::string session = "/run/user/64999";  // owned by no user here
    EXPECT_EQ(possible_folders({.number = 0, .runtime = "/x", .home = "/y"}),
              Folders{"/run/latchkey"});
    EXPECT_EQ(possible_folders({.number = 64999}), Folders{});
    EXPECT_EQ(possible_folders({.number = 64999, .runtime = "", .home = "no/path"}), Folders{});
    EXPECT_EQ(possible_folders({.number = 64999, .home = place.c_str()}),
              Folders{place + "/.latchkey"});
    EXPECT_EQ(possible_folders({.number = 64999, .runtime = "relative", .home = place.c_str()}),
              Folders{place + "/.latchkey"});
    EXPECT_EQ(possible_folders({.number = 64999, .runtime = place.c_str(), .home = place.c_str()}),
              (Folders{place + "/latchkey", place + "/.latchkey"}));
    // A named back end that is missing is an error, not skipped.
    EXPECT_EQ(
        possible_folders({.number = 64999, .runtime = "/no/such", .home = place.c_str()}).front(),
        "/no/such/latchkey");
    const std::string link = directory / "link";
    ASSERT_EQ(::symlink(place.c_str(), link.c_str()), 0);
    EXPECT_EQ(possible_folders({.number = 64999, .runtime = link.c_str()}),
              Folders{place + "/latchkey"});
}

TEST(UserspacePlaces, ConnectsOnlyWhereNobodyElseCanListen) {
    const test::TempDir directory;
    const std::string folder = directory / "latchkey";
    ASSERT_TRUE(make_folder(folder));
    const std::string path = folder + "/.x.control";
    EXPECT_EQ(connect_to(path).error().code, Errc::NotFound);
    const auto listener = listen_at(path);
    ASSERT_TRUE(listener);
    EXPECT_TRUE(connect_to(path));
    ASSERT_EQ(::chmod(folder.c_str(), 0750), 0);
    EXPECT_EQ(said(connect_to(path)), folder + " has mode 0750, not 0700");
    EXPECT_EQ(connect_to(path).error().code, Errc::Refused);
    ASSERT_EQ(::chmod(folder.c_str(), 0700), 0);
    ASSERT_EQ(::chmod(directory.path().c_str(), 0722), 0);
    EXPECT_EQ(said(connect_to(path)),
              "others may write to " + directory.path().string() + " (mode 0722)");
    ASSERT_EQ(::chmod(directory.path().c_str(), 01722), 0) << "sticky, as /tmp";
    EXPECT_EQ(said(connect_to(path)),
              "others may write to " + directory.path().string() + " (mode 1722)")
        << "anybody could have made the folder";
    const std::string deeper = directory / "own";
    ASSERT_EQ(::mkdir(deeper.c_str(), 0755), 0);
    EXPECT_TRUE(make_folder(deeper + "/latchkey")) << "what holds it is ours alone";
}

}  // namespace
}  // namespace latchkey::userspace
