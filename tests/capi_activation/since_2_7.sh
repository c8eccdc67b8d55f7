#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs since_2_7, under valgrind, with a separate folder for the plug-in.  Usage: since_2_7.sh LIBRARY_DIR PROGRAM PLUG-IN
# Run inside the kernel lab.
set -e
scratch=$(mktemp -d); cd "$scratch"
trap 'rm -rf "$scratch"' EXIT
mkdir plugins
cp "$3" plugins/libcryptsetup-token-answers.so
export LD_LIBRARY_PATH=$1
valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=9 "$2" "$scratch/plugins"
