// SPDX-License-Identifier: LGPL-2.1-or-later
// Exports a call under two nodes: a program finds the one that it was linked with.
#pragma once

// Stands before the definition of `name`, a call of node 2.8.  `before` is its node until then, `tag` the same as a part
// of a name.  GNU ld; clang 14 has no attribute for this.
#define CAPI_OLDER_VERSION(name, before, tag)                                                 \
    extern "C" [[gnu::visibility("default")]] decltype(name) name __asm__("latchkey_" #name); \
    extern "C" [[gnu::alias("latchkey_" #name),                                               \
                 gnu::visibility("default")]] decltype(name) latchkey_##name##_##tag;         \
    __asm__(".symver latchkey_" #name "_" #tag ", " #name "@CRYPTSETUP_" before);             \
    __asm__(".symver latchkey_" #name ", " #name "@@CRYPTSETUP_2.8")
