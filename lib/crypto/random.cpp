// SPDX-License-Identifier: LGPL-2.1-or-later
// Random bytes from the kernel.
#include <sys/random.h>

#include <cerrno>
#include <cstring>

#include "latchkey/context.h"

namespace latchkey {
namespace {

class SystemRandom final : public RandomSource {
  public:
    Result<void> fill(std::span<std::byte> into) override {
        while (!into.empty()) {
            const ssize_t count = ::getrandom(into.data(), into.size(), 0);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0)
                return fail(Errc::Io, "no random bytes from the system: %s", std::strerror(errno));
            into = into.subspan(static_cast<std::size_t>(count));
        }
        return {};
    }
};

}  // namespace

std::shared_ptr<RandomSource> system_random() {
    return std::make_shared<SystemRandom>();
}

}  // namespace latchkey
