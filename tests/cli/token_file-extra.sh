#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# token export writes to a new file, or over a token; the peer writes over anything, even its own device.
. "$(dirname "$0")/transcript.sh"
format img one
with '{"type":"x","keyslots":[],"text":"long enough to be seen"}' run token import img
with '{"type":"y","keyslots":[]}' run token import img
cp img before
say "over a token, or nothing"
run token export img --token-id 0 --json-file out; stat -c %a out
run token export img --token-id 1 --json-file out; cat out; echo
: >empty; run token export img --token-id 1 --json-file empty; cmp out empty
run token export img --token-id 1 --json-file /dev/stdout
say "over nothing else"
cp img other
run token export img --token-id 0 --json-file other; cmp img other
run token export img --token-id 0 --json-file img
for text in '{ my important data }' '{"type":"x"}' '{"type":1,"keyslots":[]}' '{"type":"x","keyslots":[]} and more'; do
    echo "$text" >mine; run token export img --token-id 0 --json-file mine; cat mine
done
ln -s nowhere link; run token export img --token-id 0 --json-file link; ls nowhere 2>&1
run token export img --token-id 0 --json-file .
unchanged_since before img
say "added in one step, or not"
epoch() { "$LATCHKEY" luksDump img | grep Epoch; }
epoch; run token add --key-description x img; epoch
run token export img --token-id 2
say "whole or not at all"
cp out short
for name in new short; do
    (ulimit -f 0; "$LATCHKEY" token export img --token-id 0 --json-file $name >/dev/null 2>&1)
    echo "$name = $?"
done
ls new 2>&1; cmp out short
