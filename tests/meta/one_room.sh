#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs are started in one place, and none is looked for by $PATH; text of the kernel is read in one place; letters are
# those of ASCII; global state is where ARCHITECTURE.md says.  Usage: one_room.sh SOURCE_DIR
cd "$1" || exit 2
# latchkey-serve forks itself into two processes.
found=$(grep -rnE '\b(fork|vfork|posix_spawnp?|exec[lv]p?e?|execvpe|fexecve|popen|system)\(' lib src include \
            --include=*.cpp --include=*.h | grep -vE '^lib/(io/child|serve/main)\.cpp:' | grep -vE '^[^:]*:[0-9]*: *//')
[ -z "$found" ] || { echo "programs are started by lib/io/child.h alone:"; echo "$found"; exit 1; }
found=$(grep -rn '#include <[io]*fstream>' lib)
[ -z "$found" ] || { echo "lib/io/kernel_text.h and keyfile.h read files, without streams:"; echo "$found"; exit 1; }
# These follow the locale: in Turkish, the small letter of I is another one than i.
found=$(grep -rnE '\b(tolower|toupper|is(alpha|alnum|digit|xdigit|space|print|upper|lower)|strn?casecmp)\(' lib src include \
            --include=*.cpp --include=*.h)
[ -z "$found" ] || { echo "latchkey/ascii.h has the letters of names and numbers:"; echo "$found"; exit 1; }
# Variables outside functions, static ones in functions, and those of a thread.
type='[\w:<>,*&][\w:<>,*& ]*'
begin='constexpr|inline constexpr|using|extern|template|struct|class|enum|namespace|typedef|return|static_assert|concept|friend|union'
found=$(grep -rlP "^(?!$begin|const [\w:]+[ &]\w)$type \w+(\{.*\}|\[[^]]*\]( = .*)?| = .*)?;|^\s+(static|thread_local) (?!const\b|constexpr\b)$type [*&]?(const )?\w+( = .*|\{.*|\(\w+::\w+\(\)\))?;" \
            lib --include=*.cpp --include=*.h | grep -v '^lib/serve/' | sort)
stated=$(sed -n '/^- \*\*Global state/,/^- \*\*We use/p' ARCHITECTURE.md | grep -oE '[a-z0-9_]+(/[a-z0-9_]+)+\.cpp' | sed 's,^,lib/,' | sort)
[ "$found" = "$stated" ] || { echo "global state in the sources, and by ARCHITECTURE.md:"; echo "$found"; echo; echo "$stated"; exit 1; }
