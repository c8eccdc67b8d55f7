#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every action and option in use has its text, and mandoc finds no fault in the pages.  Usage: man.sh PROGRAM SOURCE_DIR
set -euo pipefail
"$2/tools/make-man" --check "$1" "$2/man"
pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
"$2/tools/make-man" "$1" "$2/man" "$pages"
# The date is left out so that a build can be repeated; lines of text may be long.
if mandoc -T lint -W warning "$pages"/*.[58] | grep -v -e 'missing date' -e 'no document date'; then exit 1; fi
