#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# luksFormat and others refuse before the first write: no byte changes, no file grows, and no new file is left.
. "$(dirname "$0")/transcript.sh"

# refused FILE ARGS: runs ARGS, then prints whether FILE is unchanged.
refused() {
    local file=$1
    cp -- "$file" .before
    shift
    with one run "$@"
    grep '^Hint: ' .stderr
    unchanged_since .before "$file"
}
small() { truncate -s 0 small; head -c "$1" /dev/urandom >small; }

say "no room for data"
for size in 0 10 512 4096 524288 1048576 1049600 2097152; do
    for type in luks1 luks2; do
        small $size
        refused small luksFormat -v -q --type $type "${fast[@]}" small
    done
done
for size in 16776704 16777216; do small $size; refused small luksFormat -v -q "${fast[@]}" small; done
say "just enough"
small 16777728; with one status luksFormat -q "${fast[@]}" small; opens small one
small 2097664; with one status luksFormat -q --type luks1 "${fast[@]}" small; opens small one
say "as the hints say"
small 2097152; with one status luksFormat -q "${fast[@]}" --luks2-keyslots-size 256k small; opens small one
small 524288; with one status luksFormat -q "${fast[@]}" --luks2-keyslots-size 256k --offset 576 small; opens small one
small 2080768; with one status luksFormat -q --type luks1 "${fast[@]}" --align-payload 8 small; opens small one
stat -c %s small

truncate -s 4M data
say "header files: what is no header is not buried, what is short grows"
for type in luks1 luks2; do
    small 10; refused small luksFormat -q --type $type "${fast[@]}" --header small data
    for size in 0 512 4096; do
        small $size
        with one status luksFormat -q --type $type "${fast[@]}" --header small data
        stat -c %s small
    done
done

say "keyslots that cannot be"
format img one
cp img saved
fast+=(--offset 6144)
refused img luksFormat -q "${fast[@]}" img -S 99
refused img luksFormat -q "${fast[@]}" img --luks2-keyslots-size 4k
refused img luksFormat -q "${fast[@]}" img --keyslot-cipher nonsense-xts-plain64 --keyslot-key-size 256
refused img luksFormat -q --pbkdf pbkdf2 --offset 6144 --pbkdf-force-iterations 100000 --kdf-max-iterations 50000 img
refused img luksFormat -q "${fast[@]}" img missing
refused img luksFormat -q "${fast[@]}" img --volume-key-file missing
opens img one

say "stopped while it derives"
for type in luks1 luks2; do
    place=()
    [ $type = luks2 ] && place=(--offset 6144)
    printf one | timeout -s TERM 1 "$LATCHKEY" luksFormat -q --type $type --pbkdf pbkdf2 --pbkdf-force-iterations 900000000 "${place[@]}" img >/dev/null 2>&1
    echo "= $?"
    unchanged_since saved img
done
# Stopped twice, or killed: a new header file has no name before it is complete.
for signal in INT KILL; do
    (printf one | timeout -s $signal 1 "$LATCHKEY" luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 900000000 --header new data) >/dev/null 2>&1
    echo "= $?"
    ls new 2>&1
done

unset 'fast[-1]' 'fast[-1]'
say "no header file is left behind"
with one run luksFormat -q "${fast[@]}" --header new --luks2-keyslots-size 4k data; ls new 2>&1
with one run luksFormat -q "${fast[@]}" --header new data missing; ls new 2>&1
with one run luksFormat -q "${fast[@]}" --header new data; ls new

say "volume keys that end in zeros"
head -c 64 /dev/zero >zeros
{ head -c 32 /dev/zero | tr '\0' k; head -c 32 /dev/zero; } >half
truncate -s 20M big
for key in zeros half; do
    for type in luks1 luks2; do
        with one run luksFormat -q --type $type "${fast[@]}" --volume-key-file $key big
        opens big one
        rm -f got; with one status luksDump -q --dump-volume-key --volume-key-file got big
        cmp $key got && echo "the same key"
    done
done
with one run luksFormat -q "${fast[@]}" -s 0 big
opens big one

say "several changes, one of them refused"
long=$(printf '%048d' 0)
refused img config --priority prefer -S 0 --label "$long" img
refused img config --label short --flags nonsense img
