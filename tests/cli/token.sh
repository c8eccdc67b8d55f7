#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
format base one; add base one two
fresh() { cp base img; say "$@"; }
tokens() { "$LATCHKEY" luksDump img | sed -n '/^Tokens/,/^Digests/p' | grep -v -E '^Tokens|^Digests'; }
fresh add
run token add img --key-description my:desc
run token add -v img --key-description my:other -S 1 --token-id 5
run token add img --key-description my:third --unbound
run token add img --key-description my:third --token-id 5
run token add img --key-description my:third --token-id 5 --token-replace
run token add img --key-description my:third --token-id 32
run token add img --key-description my:third -S 7
run token add img
tokens
fresh remove
run token add img --key-description my:desc --token-id 3
run token remove img
run token remove img --token-id 2
run token remove img --token-id 40
run token remove -v img --token-id 3
run token remove img --token-id 3
tokens
fresh import
json='{"type":"mine","keyslots":["1"],"text":"a \\"quoted\\" word","n":[1,2,{"x":null}]}'
with "$json" run token import img
with "$json" run token import -v img --token-id 4 -S 0
with "$json" run token import img --token-id 4
with "$json" run token import img --token-id 4 --token-replace
printf '%b' "$json" >file
run token import img --json-file file --token-id 6
run token import img --json-file missing
with "$json" run token import img --json-file - --token-id 8
with '{"type":"mine"}' status token import img
with '{"type":"mine","keyslots":["9"]}' status token import img
with '{"type":"mine","keyslots":[1]}' status token import img
with '{"keyslots":[]}' status token import img
with 'nonsense' status token import img
with '' status token import img
with '{"type":"luks2-keyring","keyslots":[],"key_description":"x"}' run token import img --token-id 20
with '{"type":"luks2-keyring","keyslots":[]}' status token import img
with '{"type":"luks2-bad","keyslots":[]}' status token import img
tokens
say export
run token export img --token-id 4
run token export img --token-id 4 --json-file out; cat out; echo; stat -c %a out
run token export img --token-id 31
run token export img --token-id 50
run token export img
tty -- token export img --token-id 4
say unassign
run token unassign img --token-id 4 -S 1
run token unassign img --token-id 4 -S 1
run token unassign img --token-id 30 -S 1
run token unassign img --token-id 4 -S 9
run token unassign img --token-id 4
run token unassign img -S 1
tokens
say "words"
run token nonsense img
status token
status token add
format1 img1 one
run token add img1 --key-description x
run token add missing --key-description x
run luksKillSlot -q img 1 </dev/null
tokens
