#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every source file states its licence in its first two lines: LGPL for the library, GPL for the rest.
# Usage: spdx.sh SOURCE_DIR
set -eu
cd "$1"
bad=0
check() {
    licence=$1
    shift
    for file in $(find "$@" -type f \( -name '*.h' -o -name '*.c' -o -name '*.cpp' -o -name '*.sh' -o -name '*.cmake' -o -name '*.py' \
                       -o -name CMakeLists.txt -o -name '*.in' \) | LC_ALL=C sort); do
        head -n 2 "$file" | grep -qE "SPDX-License-Identifier: $licence( \*/)?\$" || {
            echo "$file: no line 'SPDX-License-Identifier: $licence'"
            bad=1
        }
    done
}
check LGPL-2.1-or-later lib include
check GPL-2.0-or-later CMakeLists.txt cmake src tests tools bench
exit $bad
