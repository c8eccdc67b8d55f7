// SPDX-License-Identifier: LGPL-2.1-or-later
// One volume to open, for a line of crypttab or for the options of mount(8).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "latchkey/error.h"
#include "latchkey/identity.h"
#include "latchkey/key_source.h"
#include "latchkey/mapping_info.h"
#include "latchkey/plain.h"

namespace latchkey::boot {

enum class Format : std::uint8_t {
    Luks,
    Plain,
    LuksOrPlain,  // plain if the device has no LUKS header
    Other,        // nothing here opens it
};

// How a volume without a header is opened.
struct PlainWishes {
    plain::Params params = {};
    bool relies_on_defaults = false;     // the request names no cipher or no hash
    std::string refusal = {};            // why it cannot be plain, translated; "" = it can
    std::string must_exist = {};         // a path without which it is not opened; "" = none
    bool spares_other_contents = false;  // a device with a signature of something else is refused
};

// Where the keys are, and what is done with their files.
struct KeyWishes {
    // Makes the chain of keys when the type of the volume is known.  `plain`: the parameters of a plain volume; null = LUKS.
    std::function<std::vector<KeyStep>(const plain::Params* plain)> steps = {};
    std::string device = {};  // the device with the key file, "UUID=..." and the like; "" = none
    std::uint64_t device_seconds = 0;  // how long that device is waited for
    std::optional<int> keyslot = {};   // the only one that is tried
    bool named_tokens = false;         // the request asks for tokens; a failure of all is reported
    bool exact_file = false;           // a plain volume's key file has to be as long as the key
    std::string erase = {};  // the key file that is overwritten and removed at the end; "" = none
    // Mode bits that a key file should not have, and whether it should belong to root.  Otherwise a warning follows.
    std::uint32_t not_for_others = 0;
    bool must_be_roots = false;

    unsigned tries = 3;                // 0 = no limit
    std::uint64_t answer_seconds = 0;  // how long a person may take to answer; 0 = no limit
    bool asks_twice = false;  // the passphrase is typed twice, and no other request's is tried
    bool echo = false;        // what a person types is shown
};

// What is done with the new mapping.
struct Afterwards {
    std::string check = {};  // the name of a check; "" = none
    std::string check_program = {};
    std::string check_argument = {};
    bool swap = false;
    std::string file_system = {};  // to be made; "" = none
    bool keeps_contents =
        false;  // nothing is made where the mapping shows something; otherwise that is an error
    bool for_everybody = false;  // the root folder of the new file system gets the mode of /tmp
};

struct OpenRequest {
    std::string name = {};         // of the mapping
    std::string source = {};       // the device with the data: a path, "UUID=..." and the like
    std::uint32_t line = 0;        // of the file that asks for it, for messages
    DeviceIdentity expected = {};  // of the source when it was checked; unknown = not checked
    std::vector<std::size_t> needs = {};  // indices of earlier requests, which must be open before

    std::optional<Error> refusal = {};  // why it is not opened here
    bool nobody_opens = false;          // other programs refuse it, too, so its device is free

    Format format = Format::LuksOrPlain;
    std::string format_name = {};    // for messages
    std::string header = {};         // the path of a detached header; "" = none
    std::string header_device = {};  // that the header's path is on; "" = this system
    PlainWishes plain = {};
    ActivateOptions mapping = {};
    bool random_key = false;  // the key cannot be read again: the contents of the device are lost
    bool wants_measuring =
        false;  // the request asks to measure the volume key into a PCR (not done)

    KeyWishes keys = {};
    Afterwards afterwards = {};
    // Returns the environment of scripts and checks.  `device`: the path of the source; `tried`: how often they ran
    // before.  May be empty.
    std::function<std::vector<std::string>(const std::string& device, unsigned tried)> environment =
        {};

    bool may_be_missing = false;       // a missing device is not a failure
    std::uint64_t device_seconds = 0;  // how long the device is waited for

    // Returns whether opening it destroys the contents of the device.
    [[nodiscard]] bool overwrites() const {
        return random_key || afterwards.swap || !afterwards.file_system.empty();
    }
};

}  // namespace latchkey::boot
