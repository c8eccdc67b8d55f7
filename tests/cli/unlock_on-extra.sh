#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Keyslots for a weaker machine.
. "$(dirname "$0")/transcript.sh"
truncate -s 20M image
# The passes and the memory depend on this machine; the limits do not.
limits() { grep -E 'PBKDF:|Threads:|Memory:' | awk '/Memory:/ { print ($2 <= 32768 ? "at most 32768" : $2); next } { print $1, $2 }'; }
printf 'pass' > key
run luksFormat -q image key --type luks2 --unlock-on memory=64M,cpus=1,speed=50 --iter-time 100
"$LATCHKEY" luksDump image | limits
printf 'more' > second
run luksAddKey image second --key-file key --unlock-on memory=64M,cpus=1 --iter-time 50
run luksConvertKey image --key-file key --unlock-on memory=64M,cpus=1 --iter-time 50
"$LATCHKEY" luksDump image | limits
run luksAddKey image second --key-file key --unlock-on mem=64M
run luksAddKey image second --key-file key --unlock-on speed=0
run luksAddKey image second --key-file key --unlock-on cpus=1 --pbkdf-force-iterations 4
run benchmark --pbkdf argon2id --unlock-on memory=64M,cpus=1 --iter-time 100 --json |
    sed -E 's/"passes":[0-9]+/"passes":N/; s/"kernel":("[a-z0-9-]*"|null)/"kernel":K/'
