#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every action and option in use of each program has its text, and mandoc finds no fault in the pages.
# Usage: man.sh SOURCE_DIR PROGRAM_DIR PROGRAM...
set -euo pipefail
source=$1
programs=$2
shift 2
pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
for name in "$@"; do
    "$source/tools/make-man" --check "$programs/$name" "$source/man"
    "$source/tools/make-man" "$programs/$name" "$source/man" "$pages"
done
# The date is left out so that a build can be repeated; lines of text may be long.
if mandoc -T lint -W warning "$pages"/*.[58] | grep -v -e 'missing date' -e 'no document date'; then exit 1; fi
