#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
uuid=11111111-2222-3333-4444-555555555555
format img2 one --uuid $uuid; format1 img1 one --uuid $uuid; truncate -s 1M none; : >nothing
say "isLuks"
for f in img1 img2 none nothing missing; do run isLuks $f; run isLuks -v $f; done
for f in img1 img2; do run isLuks --type luks1 $f; run isLuks --type luks2 $f; run isLuks --type luks $f; done
status isLuks --type plain img2
status isLuks img2 img1
run isLuks
status isLuks --header img1 none
say "luksUUID"
show_uuid=1
for f in img1 img2; do
    cp $f img
    run luksUUID img
    run luksUUID -v img
    run luksUUID img --uuid 99999999-2222-3333-4444-555555555555 </dev/null
    run luksUUID img
    run luksUUID img --uuid nonsense </dev/null
    run luksUUID img --uuid '' </dev/null
    tty no -- luksUUID img --uuid $uuid
    run luksUUID img
    tty YES -- luksUUID img --uuid $uuid
    tty -- luksUUID -v -q img --uuid AAAAAAAA-2222-3333-4444-555555555555
    run luksUUID img
    cmp img $f >/dev/null; echo "$?"
    run luksUUID none --header img
    status luksUUID img --type luks1
    status luksUUID img --type luks2
done
status luksUUID none
run luksUUID missing
status luksUUID none --uuid $uuid </dev/null
run luksUUID
