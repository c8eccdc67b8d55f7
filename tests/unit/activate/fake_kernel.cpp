// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_kernel.h"

#include <algorithm>

#include "base/secret_text.h"
#include "base/strprintf.h"

namespace latchkey::test {
namespace {

using activate::BlockFacts;
using activate::DmCreate;
using activate::DmInfo;
using activate::DmTarget;
using activate::DmVersion;
using World = FakeKernelWorld;

constexpr std::uint32_t kDmMajor = 254;
constexpr std::uint32_t kLoopMajor = 7;

std::vector<World::Target> plain(const std::vector<DmTarget>& targets) {
    std::vector<World::Target> copies;
    for (const DmTarget& target : targets)
        copies.push_back({target.start, target.length, target.type,
                          std::string(as_text(target.parameters.bytes()))});
    return copies;
}

// Replaces the key, which is the second word.
void replace_key(World::Target& target, const std::string& key) {
    const auto from = target.parameters.find(' ') + 1;
    const auto end = target.parameters.find(' ', from);
    target.parameters.replace(from, end - from, key);
}

class FakeMapper final : public activate::DeviceMapper {
  public:
    explicit FakeMapper(World& world) : world_(world) {}

    Result<void> available() override { return {}; }
    Result<std::unique_ptr<activate::KernelLock>> lock() override {
        LK_TRY(world_.step("lock"));
        return std::make_unique<activate::KernelLock>();
    }
    Result<DmInfo> create(const DmCreate& wanted, const std::vector<DmTarget>& targets) override {
        LK_TRY(world_.step("create " + wanted.name));
        if (world_.mappings.contains(wanted.name))
            return fail(Errc::Exists, "device %s already exists", wanted.name.c_str());
        LK_TRY(check(targets));
        world_.mappings[wanted.name] = {.uuid = wanted.uuid,
                                        .read_only = wanted.read_only,
                                        .live = plain(targets),
                                        .minor = world_.next_minor++};
        return info_of(wanted.name);
    }
    Result<void> reload(std::string_view name, bool read_only,
                        const std::vector<DmTarget>& targets) override {
        LK_TRY(world_.step("reload " + std::string(name)));
        LK_TRY(check(targets));
        World::Mapping& mapping = world_.mappings.at(std::string(name));
        mapping.inactive = plain(targets);
        mapping.inactive_read_only = read_only;
        return {};
    }
    Result<void> suspend(std::string_view name, bool skip_lockfs, bool no_flush) override {
        LK_TRY(world_.step("suspend " + std::string(name) + flags(skip_lockfs, no_flush)));
        world_.mappings.at(std::string(name)).suspended = true;
        return {};
    }
    Result<void> resume(std::string_view name, bool skip_lockfs, bool no_flush) override {
        LK_TRY(world_.step("resume " + std::string(name) + flags(skip_lockfs, no_flush)));
        World::Mapping& mapping = world_.mappings.at(std::string(name));
        if (mapping.inactive) {
            mapping.live = *std::move(mapping.inactive);
            mapping.read_only = mapping.inactive_read_only;
            mapping.inactive.reset();
        }
        mapping.suspended = false;
        return {};
    }
    Result<void> remove(std::string_view name, bool deferred) override {
        const std::string text(name);
        LK_TRY(world_.step((deferred ? "remove later " : "remove ") + text));
        World::Mapping& mapping = world_.mappings.at(text);
        if (mapping.open_count > 0) {
            if (!deferred) return fail(Errc::Busy, "remove of %s failed: busy", text.c_str());
            mapping.deferred = true;
            return {};
        }
        world_.mappings.erase(text);
        world_.drop_unused_loops();
        return {};
    }
    Result<void> clear(std::string_view name) override {
        LK_TRY(world_.step("clear " + std::string(name)));
        world_.mappings.at(std::string(name)).inactive.reset();
        return {};
    }
    Result<void> message(std::string_view name, const SecretBuffer& text) override {
        const std::string message(as_text(text.bytes()));
        // A test's log may show the key, because it is not a real one.
        LK_TRY(world_.step("message " + std::string(name) + " " + message));
        World::Mapping& mapping = world_.mappings.at(std::string(name));
        constexpr std::string_view kSet = "key set ";
        if (message == "key wipe") {
            World::Target& target = mapping.live.front();
            const auto params = activate_params_key_bytes(target.parameters);
            replace_key(target, std::string(params * 2, '0'));
        } else if (message.starts_with(kSet)) {
            replace_key(mapping.live.front(), message.substr(kSet.size()));
        } else if (message == "@cancel_deferred_remove") {
            mapping.deferred = false;
        }
        return {};
    }
    Result<DmInfo> info(std::string_view name) override {
        LK_TRY(world_.step("info " + std::string(name)));
        return info_of(std::string(name));
    }
    Result<Table> table(std::string_view name) override {
        LK_TRY(world_.step("table " + std::string(name)));
        Table table{.info = info_of(std::string(name)), .targets = {}};
        if (!table.info.exists) return table;
        for (const World::Target& target : world_.mappings.at(std::string(name)).live)
            table.targets.push_back(
                {.start = target.start,
                 .length = target.length,
                 .type = target.type,
                 .parameters = SecretBuffer::copy_of(as_byte_view(target.parameters))});
        return table;
    }
    Result<std::optional<DmVersion>> target_version(std::string_view target) override {
        LK_TRY(world_.step("version of " + std::string(target)));
        return world_.crypt;
    }
    Result<void> check_place(std::string_view name) override {
        LK_TRY(world_.step("check place " + std::string(name)));
        return world_.in_the_way ? fail(Errc::InTheWay, "a file") : Result<void>();
    }
    Result<void> check_node(std::string_view name, const DmInfo& info) override {
        LK_TRY(world_.step("check node " + std::string(name)));
        return info.minor == world_.mappings.at(std::string(name)).minor && !world_.wrong_node
                   ? Result<void>()
                   : fail(Errc::InTheWay, "another device");
    }
    void settle() override { world_.calls.emplace_back("settle"); }

  private:
    static std::string flags(bool skip_lockfs, bool no_flush) {
        return std::string(skip_lockfs ? " nolockfs" : "") + (no_flush ? " noflush" : "");
    }
    static std::size_t activate_params_key_bytes(const std::string& parameters) {
        const auto from = parameters.find(' ') + 1;
        const std::string key = parameters.substr(from, parameters.find(' ', from) - from);
        return key.starts_with(':') ? std::stoul(key.substr(1)) : key.size() / 2;
    }
    // Refuses what dm-crypt refuses.
    [[nodiscard]] Result<void> check(const std::vector<DmTarget>& targets) const {
        for (const World::Target& target : plain(targets)) {
            if (world_.cipher_missing) return fail(Errc::MissingCipher, "no such cipher");
            const std::string words = target.parameters + " ";
            if (!world_.refused_argument.empty() &&
                words.find(" " + world_.refused_argument + " ") != std::string::npos)
                return fail(Errc::InvalidArgument, "reload failed: Invalid argument");
            const auto logon = target.parameters.find(":logon:");
            if (logon == std::string::npos) continue;
            const auto from = logon + 7;
            const std::string description =
                target.parameters.substr(from, target.parameters.find(' ', from) - from);
            if (std::ranges::none_of(world_.keys,
                                     [&](const auto& key) { return key.second == description; }))
                return fail(Errc::NotFound, "no key %s", description.c_str());
        }
        return {};
    }
    [[nodiscard]] DmInfo info_of(const std::string& name) const {
        const auto at = world_.mappings.find(name);
        if (at == world_.mappings.end()) return {};
        const World::Mapping& mapping = at->second;
        return {.exists = true,
                .suspended = mapping.suspended,
                .read_only = mapping.read_only,
                .live_table = !mapping.live.empty(),
                .inactive_table = mapping.inactive.has_value(),
                .deferred_remove = mapping.deferred,
                .open_count = mapping.open_count,
                .major = kDmMajor,
                .minor = mapping.minor,
                .uuid = mapping.uuid};
    }

    World& world_;
};

class FakeKeyring final : public io::Keyring {
  public:
    explicit FakeKeyring(World& world) : world_(world) {}
    Result<io::KeyLink> add_logon(std::string_view description, ByteView) override {
        LK_TRY(world_.step("add_key " + std::string(description)));
        if (world_.keyring_refuses) return fail(*world_.keyring_refuses, "add_key failed: no");
        world_.keys[++last_] = description;
        return io::KeyLink{last_, -1};
    }
    Result<void> unlink(const io::KeyLink& link) override {
        LK_TRY(world_.step("unlink key"));
        world_.keys.erase(link.key);
        world_.user_keys.erase(link.key);
        return {};
    }
    Result<void> forget(std::string_view description) override {
        LK_TRY(world_.step("forget " + std::string(description)));
        std::erase_if(world_.keys, [&](const auto& key) { return key.second == description; });
        return {};
    }
    Result<SecretBuffer> read(std::string_view, std::string_view) override {
        return fail(Errc::NotFound, "no such key");
    }
    Result<io::KeyLink> link(std::string_view target, ByteView) override {
        LK_TRY(world_.step("link " + std::string(target)));
        world_.user_keys[++last_] = target;
        return io::KeyLink{last_, -4};
    }

  private:
    World& world_;
    std::int32_t last_ = 100;
};

class FakeLoops final : public activate::LoopDevices {
  public:
    explicit FakeLoops(World& world) : world_(world) {}
    Result<Attached> attach(const io::BlockDevice& file, bool read_only,
                            std::uint32_t block_size) override {
        const std::string& name = file.name();
        world_.identities[name] = file.identity();
        LK_TRY(world_.step("attach " + name + (read_only ? " read-only" : "") + " block " +
                           std::to_string(block_size)));
        std::uint32_t minor = 0;
        while (world_.loops.contains("/dev/loop" + std::to_string(minor))) ++minor;
        const std::string path = "/dev/loop" + std::to_string(minor);
        world_.loops[path] = name;
        world_.held_loops.insert(path);
        world_.blocks[path] = {.major = kLoopMajor,
                               .minor = minor,
                               .size_bytes = world_.files.at(name),
                               .logical_block = block_size,
                               .read_only = read_only};
        return Attached{.path = path, .fd = 1000};
    }
    void release(Attached& attached) override {
        world_.held_loops.erase(attached.path);
        attached.fd = -1;
        world_.drop_unused_loops();
    }
    std::string backing_file(std::string_view device) override {
        const auto at = world_.loops.find(std::string(device));
        return at == world_.loops.end() ? "" : at->second;
    }
    DeviceIdentity backing(std::uint32_t, std::uint32_t minor) override {
        return world_.identities[backing_file("/dev/loop" + std::to_string(minor))];
    }
    Result<UniqueFd> claim(const io::BlockDevice& file, bool) override {
        LK_TRY(world_.step("claim " + file.name()));
        if (world_.served.contains(file.name()))
            return fail(Errc::Busy, "%s is in use", file.name().c_str());
        return UniqueFd();
    }
    Result<void> update_size(std::string_view device) override {
        const std::string path(device);
        LK_TRY(world_.step("loop size " + path));
        world_.blocks.at(path).size_bytes = world_.files.at(world_.loops.at(path));
        return {};
    }

  private:
    World& world_;
};

class FakeBlocks final : public activate::BlockDevices {
  public:
    explicit FakeBlocks(World& world) : world_(world) {}
    Result<BlockFacts> facts(std::string_view path) override {
        const std::string name(path);
        LK_TRY(world_.step("facts " + name));
        const auto at = world_.blocks.find(name);
        if (at == world_.blocks.end()) return fail(Errc::NoDevice, "no device %s", name.c_str());
        return BlockFacts{.path = name,
                          .major = at->second.major,
                          .minor = at->second.minor,
                          .size_bytes = at->second.size_bytes,
                          .logical_block = at->second.logical_block,
                          .read_ahead = 256,
                          .read_only = at->second.read_only};
    }
    Result<BlockFacts> facts(const io::BlockDevice& device) override {
        return facts(device.name());
    }
    BlockFacts identify(std::uint32_t major, std::uint32_t minor) override {
        BlockFacts facts{.major = major, .minor = minor};
        for (const auto& [path, block] : world_.blocks)
            if (block.major == major && block.minor == minor) facts.path = path;
        for (const auto& [name, mapping] : world_.mappings)
            if (major == kDmMajor && mapping.minor == minor) {
                facts.path = "/dev/mapper/" + name;
                facts.dm_name = name;
                facts.dm_uuid = mapping.uuid;
            }
        return facts;
    }
    Result<void> check_unused(const io::BlockDevice& device) override {
        const std::string& name = device.name();
        LK_TRY(world_.step("use " + name));
        if (world_.blocks.at(name).in_use)
            return fail(Errc::Busy, "cannot use device %s which is in use", name.c_str());
        return {};
    }
    std::vector<Holder> holders(std::uint32_t, std::uint32_t) override {
        return world_.holders_of_all;
    }
    std::vector<BlockFacts> mappings_above(std::uint32_t major, std::uint32_t minor) override {
        std::vector<BlockFacts> above;
        const std::string number = strprintf("%u:%u ", major, minor);
        for (const auto& [name, mapping] : world_.mappings)
            for (const World::Target& target : mapping.live)
                if (target.parameters.find(number) != std::string::npos) {
                    above.push_back(identify(kDmMajor, mapping.minor));
                    break;
                }
        return above;
    }

  private:
    World& world_;
};

}  // namespace

Result<void> FakeKernelWorld::step(const std::string& call) {
    const bool fails = fail_at == calls.size();
    calls.push_back(call);
    if (fails) return fail(Errc::Io, "%s failed: injected", call.c_str());
    return {};
}

void FakeKernelWorld::drop_unused_loops() {
    std::erase_if(loops, [&](const auto& loop) {
        const Block& block = blocks.at(loop.first);
        const std::string number = strprintf(" %u:%u ", block.major, block.minor);
        bool used = held_loops.contains(loop.first);
        for (const auto& [name, mapping] : mappings)
            for (const Target& target : mapping.live)
                used = used || target.parameters.find(number) != std::string::npos;
        if (!used) blocks.erase(loop.first);
        return !used;
    });
}

std::string FakeKernelWorld::state() const {
    std::string text;
    for (const auto& [name, mapping] : mappings) {
        text += name + " " + mapping.uuid + (mapping.read_only ? " read-only" : "") +
                (mapping.suspended ? " suspended" : "") + (mapping.deferred ? " deferred" : "") +
                (mapping.inactive ? " inactive table" : "") + "\n";
        for (const Target& target : mapping.live)
            text += strprintf("  %llu %llu %s %s\n", static_cast<unsigned long long>(target.start),
                              static_cast<unsigned long long>(target.length), target.type.c_str(),
                              target.parameters.c_str());
    }
    for (const auto& [path, file] : loops)
        text += path + " " + file + (held_loops.contains(path) ? " held" : "") + "\n";
    for (const auto& [id, description] : keys) text += "key " + description + "\n";
    for (const auto& [id, description] : user_keys) text += "linked " + description + "\n";
    return text;
}

activate::Kernel FakeKernelWorld::kernel() {
    return {.mapper = std::make_unique<FakeMapper>(*this),
            .keyring = std::make_unique<FakeKeyring>(*this),
            .loops = std::make_unique<FakeLoops>(*this),
            .devices = std::make_unique<FakeBlocks>(*this),
            .release = release,
            .patience = std::chrono::milliseconds(0)};
}

}  // namespace latchkey::test
