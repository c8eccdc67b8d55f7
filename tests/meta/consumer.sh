#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Another project uses the installed library, through its CMake package and through pkg-config, on a volume that the
# peer made.  Usage: consumer.sh BUILD_DIR CONSUMER_SOURCE_DIR CXX
set -eu
build=$1 source=$2 cxx=$3
work=$(mktemp -d "$build/consumer.XXXXXX")
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/installed" >"$work/install.log" || { cat "$work/install.log"; exit 1; }
for completion in bash-completion/completions/latchkey zsh/site-functions/_latchkey fish/vendor_completions.d/latchkey.fish; do
    grep -q luksFormat "$work/installed/share/$completion" || { echo "no completion: $completion"; exit 1; }
done
# A tree that was moved must still work, because package managers move it.
mv "$work/installed" "$work/moved"

uuid=6f0ac1c8-7c9e-4f41-8f2c-1d1b2b1c2d3e
truncate -s 4M "$work/image"
printf secret | cryptsetup -q luksFormat --type luks1 --uuid "$uuid" --pbkdf-force-iterations 1000 "$work/image" -

expect_answers() {
    answer=$("$@" "$work/image" secret)
    [ "$answer" = "LUKS1 $uuid opens" ] || { echo "$1 says: $answer"; exit 1; }
    answer=$("$@" "$work/image" wrong)
    [ "$answer" = "LUKS1 $uuid no keyslot opens with this passphrase" ] || { echo "$1 says: $answer"; exit 1; }
}

{
    cmake -S "$source" -B "$work/cmake" -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_PREFIX_PATH="$work/moved"
    cmake --build "$work/cmake"
} >"$work/cmake.log" 2>&1 || { cat "$work/cmake.log"; exit 1; }
expect_answers "$work/cmake/consumer"
expect_answers "$work/cmake/consumer-static"

pc=$(find "$work/moved" -name latchkey.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046 # flags, word by word
"$cxx" -std=c++20 -o "$work/consumer" "$source/consumer.cpp" $(pkg-config --cflags --libs latchkey)
LD_LIBRARY_PATH=$(pkg-config --variable=libdir latchkey)
export LD_LIBRARY_PATH
expect_answers "$work/consumer"

# The library exports what the headers promise, and nothing of the layers below.
leaked=$(nm -DC --defined-only "$LD_LIBRARY_PATH/liblatchkey.so" | grep -E ' [TVWB] latchkey::(io|crypto|formats|luks1|luks2|model|volume)::' || true)
[ -z "$leaked" ] || { echo "exported by accident:"; echo "$leaked"; exit 1; }
