// SPDX-License-Identifier: GPL-2.0-or-later
// A kernel in memory: it imitates device-mapper, keyrings and loop devices, records the calls, and lets one fail.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "activate/kernel.h"

namespace latchkey::test {

// Must live longer than the Kernel made from it.
struct FakeKernelWorld {
    struct Target {
        std::uint64_t start = 0;
        std::uint64_t length = 0;
        std::string type = {};
        std::string parameters = {};
        friend bool operator==(const Target&, const Target&) = default;
    };
    struct Mapping {
        std::string uuid = {};
        bool read_only = false;
        std::vector<Target> live = {};
        std::optional<std::vector<Target>> inactive = {};
        bool inactive_read_only = false;
        bool suspended = false;
        bool deferred = false;
        int open_count = 0;
        std::uint32_t minor = 0;
        std::string last_message = {};
    };
    struct Block {
        std::uint32_t major = 8;
        std::uint32_t minor = 1;
        std::uint64_t size_bytes = 64ULL << 20;
        std::uint32_t logical_block = 512;
        bool read_only = false;
        bool in_use = false;
    };

    std::map<std::string, Mapping> mappings = {};
    std::map<std::string, Block> blocks = {{"/dev/sdz1", {}}};
    std::map<std::string, std::uint64_t> files = {};        // path to size in bytes
    std::map<std::string, std::string> loops = {};          // "/dev/loop0" to its file
    std::map<std::string, DeviceIdentity> identities = {};  // of files
    std::set<std::string> served = {};                      // files that another process serves
    std::set<std::string> held_loops = {};                  // by us
    std::map<std::int32_t, std::string> keys = {};          // logon keys, by serial number
    std::map<std::int32_t, std::string> user_keys = {};     // linked for the user
    std::vector<Holder> holders_of_all = {};
    std::optional<activate::DmVersion> crypt = activate::DmVersion{1, 24, 0};
    std::string refused_argument = {};  // dm-crypt refuses a table that contains this word
    bool cipher_missing = false;
    bool in_the_way = false;  // something occupies the place of a new mapping
    bool wrong_node = false;  // another node appeared instead of it
    std::optional<Errc> keyring_refuses = {};
    activate::DmVersion release{6, 1, 0};

    std::uint32_t next_minor = 0;

    std::vector<std::string> calls = {};  // the calls that can fail, and "settle"
    std::optional<std::size_t> fail_at = {};

    [[nodiscard]] activate::Kernel kernel();
    // Returns everything that could be left behind, as text.
    [[nodiscard]] std::string state() const;
    // Records a call; returns an error if it is the one to fail.
    [[nodiscard]] Result<void> step(const std::string& call);
    void drop_unused_loops();
};

}  // namespace latchkey::test
