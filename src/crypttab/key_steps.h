// SPDX-License-Identifier: GPL-2.0-or-later
// Where the key of a line of crypttab comes from, in the order of systemd and of Debian's scripts.
#pragma once

#include <vector>

#include "latchkey/crypttab.h"
#include "latchkey/key_source.h"
#include "latchkey/plain.h"

namespace latchkey::cli {

// Returns the sources in the order in which they are tried.  A script's environment and a person's question are filled in
// when they are due.  `plain`: of a volume without a header, whose key is read and made otherwise
// (crypttab::hashes_key_file); nullptr = LUKS.
[[nodiscard]] std::vector<KeyStep> steps_of(const crypttab::Meaning& line,
                                            const plain::Params* plain);

}  // namespace latchkey::cli
