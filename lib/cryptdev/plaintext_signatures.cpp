// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/file_device.h"
#include "io/probe.h"
#include "latchkey/crypt_device.h"

namespace latchkey {

Result<std::vector<Signature>> find_plaintext_signatures(const Device& plaintext) {
    // libblkid reads files better by itself.
    if (dynamic_cast<const io::FileDevice*>(plaintext.io().get()) != nullptr)
        return find_signatures(plaintext);
    LK_ASSIGN(const auto found, io::find_signatures_in_copy(*plaintext.io()));
    std::vector<Signature> signatures;
    for (const io::FoundSignature& one : found) signatures.push_back(one.signature);
    return signatures;
}

Result<std::vector<Signature>> find_plaintext_signatures(Context& context, const MappingPlan& plan,
                                                         const KeyRing& keys, const Device& data) {
    LK_ASSIGN(const Device plaintext,
              open_crypt_device(context, plan, keys, data, {.read_only = true}));
    return find_plaintext_signatures(plaintext);
}

}  // namespace latchkey
