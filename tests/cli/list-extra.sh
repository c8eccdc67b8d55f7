#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# list and show: what this machine knows of volumes.  They read only and ask nothing.
. "$(dirname "$0")/transcript.sh"
format img one --name main --label backup
with 'one\ntwo' quietly luksAddKey "${fast[@]}" --name $'USB stick' img
cp img before
say "a volume in ten lines"
run show img
run show --json img
run show missing
truncate -s 1M blank
run show blank
say "neither asks nor writes, without any input"
run show img <&-
unchanged_since before img
format1 old one
run show old
say "damage is a warning"
quietly luksUUID img --uuid 11111111-2222-3333-4444-555555555555
cp img hurt
dd if=/dev/zero of=hurt bs=4096 count=1 conv=notrunc status=none
run show hurt
cp img lost
dd if=/dev/zero of=lost bs=4096 seek=9 count=2 conv=notrunc status=none
run show lost | grep Warnings
quietly erase -q img
run show img
say "text of the header does not drive the terminal"
format evil one --label $'a\033[2Jb'
run show evil | grep Label
say "list"
"$LATCHKEY" list >listed 2>/dev/null; echo "= $?"
"$LATCHKEY" list --json 2>/dev/null | python3 -c '
import json, sys
told = json.load(sys.stdin)
print(told["ok"], type(told["result"]["volumes"]).__name__)
for volume in told["result"]["volumes"]:
    assert {"name", "device", "state", "keyslots", "warnings"} <= volume.keys(), volume'
status list surplus
