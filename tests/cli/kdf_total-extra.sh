#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Keyslots that would together take hours are refused before the first one is tried; a normal header opens.
# shellcheck disable=SC2162,SC2154  # "run read" is the action; here is the transcript's
. "$(dirname "$0")/transcript.sh"
ulimit -t 60  # seconds of computing: nothing here takes one
printf one >key
truncate -s 16M good
printf one | quietly luksFormat -q "${fast[@]}" --luks2-metadata-size 64k --luks2-keyslots-size 8M --offset 20480 --sector-size 512 good
area=$("$LATCHKEY" luksDump good | sed -n 's/.*Area length:\([0-9]*\).*/\1/p')
copies=() dear=() list='"0"'
for i in $(seq 24); do
    copies+=("keyslots.$i=@0" "keyslots.$i.area.offset=\"$((131072 + i * area))\"")
    list+=",\"$i\""
done
copies+=("digests.0.keyslots=[$list]")
for i in $(seq 0 24); do dear+=("keyslots.$i.kdf.iterations=1000000000"); done
changed() { cp good img; "$here/edit_header.py" img "$@"; }

say "many keyslots, each of which is allowed alone"
changed "${copies[@]}"
echo "as people have them:"; run open --test-passphrase -v -d key img
"$here/edit_header.py" img "${dear[@]}"
run open --test-passphrase -d key img
run read -d key img out
run luksKillSlot -q -d key img 3
run open --test-passphrase --json -d key img
say "slow digests"
changed 'digests.0.iterations=1000000000' "${copies[@]}"
run open --test-passphrase -d key img
say "tokens"
changed "${copies[@]}" "${dear[@]}" "tokens.0={\"type\":\"luks2-keyring\",\"keyslots\":[$list],\"key_description\":\"latchkey-nothing\"}"
run open --test-passphrase --token-only img
say "a key so long that one keyslot takes hours"
changed 'keyslots.0.kdf.iterations=1000000000' 'keyslots.0.kdf.hash="ripemd160"' 'keyslots.0.area.key_size=512'
run open --test-passphrase -d key img
say "who trusts the header says so"
run open --test-passphrase -d key good --kdf-max-total 0
changed "${copies[@]}" 'digests.0.iterations=100000000'
run open --test-passphrase -d key img --kdf-max-total 1499
run open --test-passphrase -d key --key-slot 2 img --kdf-max-total 59
say "LUKS1"
format1 img1 one
python3 - img1 <<'P'
import struct, sys
with open(sys.argv[1], "r+b") as file:
    for slot in range(8):
        file.seek(208 + 48 * slot)
        file.write(struct.pack(">II", 0x00ac71f3, 1000000000))
P
run open --test-passphrase -d key img1
