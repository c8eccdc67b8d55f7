// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keys/read_secret.h"

namespace latchkey {
namespace {

// Has one function for each kind of source.
struct Reader {
    const Context& context;
    const KeyReading& reading;
    unsigned retry;
    io::Keyring& keyring;

    [[nodiscard]] KeyfileOptions heeding(KeyfileOptions options) const {
        options.cancelled = reading.cancelled;
        return options;
    }

    Result<SecretBuffer> operator()(const keys::Ask& question) const {
        if (!reading.ask) return fail(Errc::NotSupported, "a passphrase cannot be asked for here");
        return reading.ask(question, retry);
    }
    Result<SecretBuffer> operator()(const keys::File& file) const {
        return read_keyfile(file.path, heeding(file.options));
    }
    Result<SecretBuffer> operator()(const keys::Descriptor& input) const {
        return read_keyfile(input.descriptor, heeding(input.options));
    }
    Result<SecretBuffer> operator()(const keys::Keyring& key) const {
        if (key.type != "user")
            return fail(Errc::NotSupported, "a volume key of keyring type %s cannot be read",
                        key.type.c_str());
        return keyring.read(key.type, key.description);
    }
    Result<SecretBuffer> operator()(const keys::Token&) const {
        return fail(Errc::NotSupported, "tokens give passphrases for their own keyslots alone");
    }
    Result<SecretBuffer> operator()(const keys::Script& script) const {
        return read_program(context, script.program);
    }
    Result<SecretBuffer> operator()(const keys::Random& source) const {
        if (source.bytes == 0) return fail(Errc::InvalidArgument, "a random key of 0 bytes");
        return read_keyfile(source.path, heeding({.size = source.bytes}));
    }
    Result<SecretBuffer> operator()(const keys::Given& given) const {
        SecretBuffer copy = SecretBuffer::copy_of(given.bytes.bytes());
        if (given.bytes.is_random()) copy.set_random();
        return copy;
    }
};

}  // namespace

keys::Keyring keys::keyring_key(std::string_view name) {
    if (name.starts_with('%')) name.remove_prefix(1);
    const std::size_t colon = name.find(':');
    if (colon == std::string_view::npos) return {.description = std::string(name)};
    return {.description = std::string(name.substr(colon + 1)),
            .type = std::string(name.substr(0, colon))};
}

Result<SecretBuffer> keys::read_secret(const Context& context, const KeySource& source,
                                       const KeyReading& reading, unsigned retry,
                                       io::Keyring& keyring) {
    if (reading.before) reading.before(source);
    return std::visit(Reader{context, reading, retry, keyring}, source.from);
}

Result<SecretBuffer> read_secret(const Context& context, const KeySource& source,
                                 const KeyReading& reading, unsigned retry) {
    return keys::read_secret(context, source, reading, retry, *io::system_keyring());
}

}  // namespace latchkey
