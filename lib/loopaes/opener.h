// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>

#include "formats/opener.h"
#include "latchkey/loopaes.h"

namespace latchkey::loopaes {

[[nodiscard]] std::unique_ptr<formats::Opener> make_opener(Params params);

}  // namespace latchkey::loopaes
