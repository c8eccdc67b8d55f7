// SPDX-License-Identifier: LGPL-2.1-or-later
#include "serve/control.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "activate/userspace/packet.h"

namespace latchkey::serve {

using namespace std::chrono_literals;
using userspace::Message;

namespace {

constexpr auto kPatience = 5s;  // with a caller that connects and sends nothing
// The kernel reports the last close a moment late, and a loop device releases the file a moment after that.
constexpr auto kReleaseTakes = 1s;

constexpr int kLookForUsers =
    200;  // milliseconds, once the volume is to be closed by its last user

// Waits briefly; returns true if no process has the file open.
bool unused_soon(const FuseFile& file) {
    const auto limit = std::chrono::steady_clock::now() + kReleaseTakes;
    while (file.openers() > 0) {
        if (std::chrono::steady_clock::now() > limit) return false;
        std::this_thread::sleep_for(10ms);
    }
    return true;
}

}  // namespace

Result<Message> Control::carry_out(const Message& verb, int caller) {
    const std::string_view word = verb.text("do");
    if (word == "status") {
        MappingInfo info = volume_.info();
        info.in_use = openers() > 0;
        info.deferred_remove = deferred_;
        return userspace::to_message(info);
    }
    if (word == "close") {
        // The node and the loop device's hold on the file are gone by now.
        if (!unused_soon(file_))
            return fail(Errc::Busy, "%s is open in %d places", volume_.info().path.c_str(),
                        file_.openers());
        LK_TRY(volume_.end());
        closing_ = true;
        return userspace::success();
    }
    if (word == "deferred") {
        deferred_ = verb.flag("on");
        return userspace::success();
    }
    if (word == "suspend") {
        LK_TRY(volume_.suspend());
        return userspace::success();
    }
    if (word == "resume") {
        LK_ASSIGN(SecretBuffer keys, userspace::receive_keys(caller));
        LK_TRY(volume_.resume(std::move(keys)));
        return userspace::success();
    }
    if (word == "resize") {
        LK_TRY(volume_.resize(verb.number("size_sectors")));
        file_.size_changed();
        return userspace::success();
    }
    if (word == "refresh") {
        LK_ASSIGN(SecretBuffer keys, userspace::receive_keys(caller));
        LK_TRY(volume_.refresh(verb.flag("allow_discards"), verb.number("size_sectors"),
                               std::move(keys)));
        file_.size_changed();
        return userspace::success();
    }
    return fail(Errc::NotSupported, "a serving process knows no '%.*s'",
                static_cast<int>(word.size()), word.data());
}

bool Control::answer(int caller) {
    const auto user = userspace::user_of(caller);
    if (!user || (*user != owner_ && *user != 0)) return false;
    auto received = userspace::receive_message(caller, kPatience);
    if (!received) return false;
    const auto outcome = carry_out(received->message, caller);
    return userspace::send_message(caller,
                                   outcome ? *outcome : userspace::error_message(outcome.error()))
        .has_value();
}

void Control::run() {
    for (;;) {
        pollfd events[2] = {{.fd = listener_.get(), .events = POLLIN, .revents = 0},
                            {.fd = signals_.get(), .events = POLLIN, .revents = 0}};
        const int ready = ::poll(events, 2, deferred_ ? kLookForUsers : -1);
        if (ready < 0) continue;
        if (events[1].revents != 0 || (deferred_ && file_.openers() == 0)) {
            const auto flushed = volume_.end();
            ::_exit(flushed ? kEnded : kFailed);
        }
        if (ready == 0) continue;
        const UniqueFd caller(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        const bool heard = caller.valid() && answer(caller.get());
        // If the caller was interrupted while it waited, the caller cleans up nothing; the keeper does.
        if (closing_) ::_exit(heard ? kClosed : kEnded);
    }
}

}  // namespace latchkey::serve
