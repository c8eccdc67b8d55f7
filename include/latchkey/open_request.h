// SPDX-License-Identifier: LGPL-2.1-or-later
// One volume to be opened, whoever wants it: a line of crypttab, the options of mount(8).
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
    bool relies_on_defaults = false;     // nobody said which cipher or which hash
    std::string refusal = {};            // why it cannot be plain, translated; "" = it can
    std::string must_exist = {};         // a path without which it is not opened; "" = none
    bool spares_other_contents = false;  // a device with a signature of something else is refused
};

// Where the keys are, and what is done with their files.
struct KeyWishes {
    // Makes the chain of keys, once it is known what the volume is: for plain volumes their parameters, nullptr = LUKS.
    std::function<std::vector<KeyStep>(const plain::Params* plain)> steps = {};
    std::string device = {};  // that the key file lies on, "UUID=..." and the like; "" = none
    std::uint64_t device_seconds = 0;  // how long that device is waited for
    std::optional<int> keyslot = {};   // the only one that is tried
    bool named_tokens = false;         // a person wants tokens, and is told if none opens it
    bool exact_file = false;           // a plain volume's key file has to be as long as the key
    std::string erase = {};  // the key file that is overwritten and removed at the end; "" = none
    // Who but its owner may not use a key file, as mode bits, and whether it has to be root's: a person is warned.
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
    std::string file_system = {};  // that is made; "" = none
    bool keeps_contents =
        false;  // nothing is made where the mapping shows something; otherwise that is an error
    bool for_everybody = false;  // the new file system's root has the mode of /tmp
};

struct OpenRequest {
    std::string name = {};         // of the mapping
    std::string source = {};       // the device with the data: a path, "UUID=..." and the like
    std::uint32_t line = 0;        // of the file that asks for it, for messages
    DeviceIdentity expected = {};  // that the source was seen to be; unknown = nobody looked
    std::vector<std::size_t> needs = {};  // indices of earlier requests, which must be open before

    std::optional<Error> refusal = {};  // why it is not opened here
    bool nobody_opens = false;          // another program refuses it, too: its device is not in use

    Format format = Format::LuksOrPlain;
    std::string format_name = {};    // for messages
    std::string header = {};         // the path of a detached header; "" = none
    std::string header_device = {};  // that the header's path is on; "" = this system
    PlainWishes plain = {};
    ActivateOptions mapping = {};
    bool random_key = false;       // nobody has its key twice: what was on the device is lost
    bool wants_measuring = false;  // the volume key is to be measured into a PCR, which is not done

    KeyWishes keys = {};
    Afterwards afterwards = {};
    // Makes what scripts and checks find in their environment.  `device`: what the source was found to be; `tried`: how often
    // they ran before.  May be empty.
    std::function<std::vector<std::string>(const std::string& device, unsigned tried)> environment =
        {};

    bool may_be_missing = false;       // a missing device is no failure
    std::uint64_t device_seconds = 0;  // how long the device is waited for

    // Returns whether what was on the device is lost when it is opened.
    [[nodiscard]] bool overwrites() const {
        return random_key || afterwards.swap || !afterwards.file_system.empty();
    }
};

}  // namespace latchkey::boot
