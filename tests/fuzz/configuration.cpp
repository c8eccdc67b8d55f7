// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/configuration.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    (void)latchkey::cli::parse_configuration({reinterpret_cast<const char*>(data), size},
                                             "fuzz.conf");
    return 0;
}
