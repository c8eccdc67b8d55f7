// SPDX-License-Identifier: GPL-2.0-or-later
// A keyring with user keys that records which ones were requested.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "io/keyring.h"
#include "support/secrets.h"

namespace latchkey::test {

class FakeUserKeys : public io::Keyring {
  public:
    std::map<std::string, std::string> keys;
    std::vector<std::string> asked;

    Result<SecretBuffer> read(std::string_view type, std::string_view description) override {
        asked.emplace_back(description);
        const auto found = keys.find(std::string(description));
        if (type != "user" || found == keys.end())
            return fail(Errc::NotFound, "no key %s", asked.back().c_str());
        return secret(found->second);
    }
    Result<io::KeyLink> add_logon(std::string_view, ByteView) override { return refused(); }
    Result<void> unlink(const io::KeyLink&) override { return refused(); }
    Result<void> forget(std::string_view) override { return refused(); }
    Result<io::KeyLink> link(std::string_view, ByteView) override { return refused(); }

  private:
    static Error refused() { return fail(Errc::NotSupported, "not asked for here"); }
};

}  // namespace latchkey::test
