// SPDX-License-Identifier: GPL-2.0-or-later
// The calls that have had another version since release 2.8, as programs know them that were linked before: the same
// program runs on libraries that have only these.
#pragma once

#define FIRST_VERSION(kind)                                \
    __asm__(".symver crypt_keyslot_context_init_by_" #kind \
            ", crypt_keyslot_context_init_by_" #kind "@CRYPTSETUP_2.6")
