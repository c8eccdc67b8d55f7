#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The programs of docs/examples, built with the installed library alone, print what they promise; README shows one of them.
# Usage: examples.sh BUILD_DIR SOURCE_DIR CXX
set -eu
build=$1 source=$2 cxx=$3 examples=$2/docs/examples
work=$(mktemp -d "$build/examples.XXXXXX")
trap 'rm -rf "$work"' EXIT
failed() { printf "%s\n" "$*"; exit 1; }
# expect TEXT COMMAND...: the command succeeds and prints exactly this.
expect() {
    expected=$1 && shift
    said=$("$@" 2>"$work/errors") || failed "$* ends with $?: $(cat "$work/errors")"
    [ "$said" = "$expected" ] || failed "$* says: $said"
}

cmake --install "$build" --prefix "$work/installed" >"$work/install.log" || failed "$(cat "$work/install.log")"
{
    cmake -S "$examples" -B "$work/made" -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_PREFIX_PATH="$work/installed" \
        -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror"
    cmake --build "$work/made"
} >"$work/made.log" 2>&1 || failed "$(cat "$work/made.log")"
cd "$work/made"

# A public header includes what it names, except for the library's own types behind a pointer.
headers=$work/installed/include/latchkey
sed -n 's/^ *class \([A-Za-z]*\);.*/\1/p' "$headers"/*.h | sort -u >declared
while read -r name; do
    [ "$name" = LoadedHeader ] || grep -qE "^class (LATCHKEY_API )?$name( final)?( :.*)? \{" "$headers"/*.h ||
        failed "no installed header defines $name"
done <declared
if grep -n 'io::' "$headers"/*.h; then failed "installed headers speak of what is not installed"; fi
for header in "$headers"/*.h; do echo "#include <latchkey/$(basename "$header")>"; done >all.cpp
"$cxx" -std=c++20 -Wall -Wextra -Werror -fsyntax-only -I "$work/installed/include" all.cpp

./format_volume image one two >formatted || failed "format_volume ends with $?"
uuid=$(cryptsetup luksUUID image)
[ "$(cat formatted)" = "LUKS2 $uuid: keyslots 0 and 1" ] || failed "format_volume says: $(cat formatted)"
printf two | cryptsetup open --test-passphrase --key-slot 1 -d - image || failed "the peer does not open keyslot 1"
if ./format_volume image one two 2>/dev/null; then failed "format_volume overwrites a file"; fi

# Here the library's own functions do what the peer's commands would write as plaintext.
export PATH="$work/installed/sbin:$PATH"
yes 'this is plaintext' | head -c 65536 >plaintext
printf one | latchkey write -q -d - image plaintext
./read_volume image one >sector 2>opened || failed "read_volume ends with $?: $(cat opened)"
cmp -n 512 sector plaintext
[ "$(cat opened)" = "LUKS2 $uuid: keyslot 0 opens" ] || failed "read_volume says: $(cat opened)"
if ./read_volume image wrong >sector 2>opened; then failed "read_volume opens with a wrong passphrase"; fi
grep -q '^no keyslot opens with this passphrase$' opened || failed "read_volume says: $(cat opened)"

./copy_volume image two copied 2>shown || failed "copy_volume ends with $?: $(cat shown)"
cmp -n 65536 copied plaintext
grep -q "100 %.*$(stat -c %s copied) bytes copied" shown || failed "copy_volume shows: $(cat shown)"
# Stopped while the key is derived: nothing is made.
./copy_volume image two stopped 2>shown &
copying=$!
# Waits until it catches SIGINT, which is bit 1 of the mask.
until grep -q '^SigCgt:.*[2367abef]$' "/proc/$copying/status"; do sleep 0.02; done
kill -INT "$copying"
if wait "$copying"; then failed "copy_volume goes on after SIGINT"; fi
grep -q stopped shown || failed "copy_volume, interrupted, says: $(cat shown)"
[ ! -e stopped ] || failed "copy_volume was stopped, and left a file"

expect "<own memory>: kept in memory" ./own_storage secret

# Served by a process of the library, whose program is beside this one.
if [ -r /dev/fuse ] && [ -w /dev/fuse ]; then
    cp "$work/installed/libexec/latchkey/latchkey-serve" .
    name=example-$$
    mkfifo enter
    ./map_volume image one "$name" <enter >mapped 2>errors &
    mapping=$!
    exec 3>enter
    until grep -q 'press Enter' mapped; do
        kill -0 "$mapping" 2>/dev/null || failed "map_volume: $(cat errors)"
        sleep 0.1
    done
    path=$(sed 's/ (by [a-z]*): press Enter to close$//' mapped)
    cmp -n 65536 "$path" plaintext
    echo >&3
    exec 3>&-
    wait "$mapping" || failed "map_volume ends with $?: $(cat errors)"
    [ ! -e "$path" ] || failed "$path is still there"
fi

python3 - "$source" <<'END'
import pathlib, sys, textwrap
source = pathlib.Path(sys.argv[1])
example = (source / "docs/examples/read_volume.cpp").read_text()
readme = (source / "README.md").read_text()
if textwrap.indent(example, "    ") not in readme:
    sys.exit("README.md does not show docs/examples/read_volume.cpp as it is")
if missing := [path.name for path in (source / "docs/examples").glob("*.cpp") if path.name not in readme]:
    sys.exit(f"README.md does not name {missing}")
END
