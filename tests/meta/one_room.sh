#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs are started in one place, and none is looked for by $PATH; what the kernel tells as text is read in one place.  Usage: one_room.sh SOURCE_DIR
cd "$1" || exit 2
# latchkey-serve forks itself into two processes.
found=$(grep -rnE '\b(fork|vfork|posix_spawnp?|exec[lv]p?e?|execvpe|fexecve|popen|system)\(' lib src include \
            --include=*.cpp --include=*.h | grep -vE '^lib/(io/child|serve/main)\.cpp:' | grep -vE '^[^:]*:[0-9]*: *//')
[ -z "$found" ] || { echo "programs are started by lib/io/child.h alone:"; echo "$found"; exit 1; }
found=$(grep -rn '#include <[io]*fstream>' lib)
[ -z "$found" ] || { echo "lib/io/kernel_text.h and keyfile.h read files, without streams:"; echo "$found"; exit 1; }
