#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs capi_tokens with its plug-in where the library looks for it.  Usage: tokens.sh LIBRARY_DIR|- PROGRAM PLUG-IN
# Run inside the kernel lab, whose files do not last; "-" is the peer's library.
set -e
scratch=$(mktemp -d); cd "$scratch"
trap 'rm -rf "$scratch"' EXIT
[ "$1" = - ] || export LD_LIBRARY_PATH=$1
directory=$("$2" --directory)
mkdir -p "$directory"
for type in answers second; do cp "$3" "$directory/libcryptsetup-token-$type.so"; done
# With $VALGRIND: no error and nothing lost.
${VALGRIND:+"$VALGRIND" -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=9} "$2"
