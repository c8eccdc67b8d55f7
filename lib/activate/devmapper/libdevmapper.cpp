// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/devmapper/libdevmapper.h"

#include <cstdarg>
#include <utility>

#include "base/strprintf.h"

namespace latchkey::activate {
namespace {

std::recursive_mutex session_mutex;        // recursive: an error asks the kernel for versions
const Context* session_context = nullptr;  // under session_mutex

// libdevmapper's messages contain no table text: tests/kernel/faults searches the log for the key.
[[gnu::format(printf, 5, 6)]] void log_to_context(int, const char*, int, int, const char* format,
                                                  ...) {
    if (session_context == nullptr || !session_context->log_sink) return;
    va_list arguments;
    va_start(arguments, format);
    const std::string text = vstrprintf(format, arguments);
    va_end(arguments);
    session_context->debug("device-mapper: %s", text.c_str());
}

}  // namespace

DmSession::DmSession(Context& context)
    : lock_(session_mutex), outer_(std::exchange(session_context, &context)) {
    dm_log_with_errno_init(&log_to_context);
}

DmSession::~DmSession() {
    session_context = outer_;
    // Restores the default log for a program that uses libdevmapper itself.
    if (outer_ == nullptr) dm_log_with_errno_init(nullptr);
}

}  // namespace latchkey::activate
