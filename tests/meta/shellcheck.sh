#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs shellcheck on every shell script of the project.  SC2012 (ls in a pipe) is disabled: the file names are ours.
# Usage: shellcheck.sh SOURCE_DIR
set -eu
cd "$1"
find . \( -name .git -o -path './build*' \) -prune -o -type f -print |
    while read -r file; do
        if head -c 64 "$file" | head -n 1 | grep -aqE '^#! ?/(usr/)?bin/(env )?(ba|da)?sh'; then
            echo "$file"
        fi
    done | LC_ALL=C sort | xargs -r shellcheck -x -P SCRIPTDIR --exclude=SC2012
