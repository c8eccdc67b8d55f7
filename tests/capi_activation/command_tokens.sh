#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Our command opens tokens through plug-ins as the peer's does: status, and messages about tokens and PINs.
# Usage: command_tokens.sh OURS LIBRARY_DIR PROGRAM PLUG-IN, inside the kernel lab.  PROGRAM prints where plug-ins are.
set -uo pipefail
ours=$1 library=$2 asks=$3 plugin=$4
export LC_ALL=C TOKEN_ANSWERS_QUIET=1
for directory in "$("$asks" --directory)" "$(LD_LIBRARY_PATH=$library "$asks" --directory)"; do
    mkdir -p "$directory"
    cp "$plugin" "$directory/libcryptsetup-token-answers.so"
done
mkdir elsewhere; cp "$plugin" elsewhere/libcryptsetup-token-moved.so
truncate -s 20M volume
printf one | cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 volume

run() {
    echo "\$ $*"
    "$program" "$@" 2>&1 | grep -E 'Key slot|PIN|Token .*(requires|cannot)|unlocked'
    echo "= ${PIPESTATUS[0]}"
}
token() {
    cryptsetup token remove --token-id 0 volume 2>/dev/null
    printf '{"type":"answers","keyslots":["0"],%s}' "$1" | cryptsetup token import --json-file - --token-id 0 volume
    echo "## $1"
}
open=(open -v --test-passphrase volume)
script() {
    token '"give":"one"'
    run "${open[@]}" </dev/null
    run "${open[@]}" --token-only </dev/null
    run "${open[@]}" --token-only --disable-external-tokens </dev/null
    run luksDump volume | grep -c gives
    "$program" luksDump volume | sed -n '/^Tokens/,/^Digests/p'
    token '"give":"one","pin":"1234"'
    printf one | run "${open[@]}"
    printf 1234 | run "${open[@]}"
    printf 1234 | run "${open[@]}" --token-only
    printf 99 | run "${open[@]}" --token-only
    printf 1234 | run "${open[@]}" --token-id 0
    printf 1234 | run "${open[@]}" --token-type answers
    printf '99\none' | run "${open[@]}" --token-type answers
    for errno in 11 2 1; do
        token "\"errno\":\"-$errno\""
        printf one | run "${open[@]}"
        printf one | run "${open[@]}" --token-only
        printf one | run "${open[@]}" --token-id 0
        printf one | run "${open[@]}" --token-type answers
    done
    token '"give":"wrong"'
    printf one | run "${open[@]}" --token-only
    printf one | run "${open[@]}" --token-id 0
}
program=cryptsetup
script >peer.transcript
[ "$(wc -l <peer.transcript)" -gt 60 ] || { cat peer.transcript; exit 1; }
export LD_LIBRARY_PATH=$library
program=$ours
script >ours.transcript
diff -u peer.transcript ours.transcript || exit 1
# This release of the peer has no option for it.
cryptsetup token remove --token-id 0 volume
printf '{"type":"moved","keyslots":["0"],"give":"one"}' | cryptsetup token import --json-file - --token-id 0 volume
"$ours" "${open[@]}" --token-only </dev/null && exit 1
"$ours" "${open[@]}" --token-only --external-tokens-path "$PWD/elsewhere" </dev/null
