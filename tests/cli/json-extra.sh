#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --json: one object on standard output, for results and errors.
. "$(dirname "$0")/transcript.sh"
printf one >one
# The object without the values that differ from run to run.
shape() {
    show_command "$@" --json
    "$LATCHKEY" "$@" --json >.stdout 2>.stderr
    echo "= $?"
    python3 -c '
import json, sys
def calm(value, key=""):
    if isinstance(value, dict): return {k: calm(v, k) for k, v in value.items()}
    if isinstance(value, list): return [calm(v, key) for v in value]
    if key in ("uuid", "previous_uuid", "salt", "kdf_salt", "digest", "digest_salt", "metadata"): return key.upper()
    return value
def once(pairs):
    assert len(dict(pairs)) == len(pairs), "a member twice"
    return dict(pairs)
text = open(".stdout").read()
assert text.count("\n") == 1 and text.endswith("\n"), "not one line"
print(json.dumps(calm(json.loads(text, object_pairs_hook=once)), indent=1))'
}
for type in 2 1; do
    say "LUKS$type"
    truncate -s 0 img; truncate -s 20M img
    with one shape luksFormat -q --type luks$type "${fast[@]}" --sector-size 512 img
    with 'one\ntwo' shape luksAddKey "${fast[@]}" img
    with two shape open --test-passphrase img
    with bad shape open --test-passphrase img
    with 'two\nnew' shape luksChangeKey "${fast[@]}" -S 1 img
    with new shape luksRemoveKey img
    shape luksDump img
    shape isLuks img
    shape luksUUID img
    shape luksUUID img --uuid 99999999-2222-3333-4444-555555555555 </dev/null
    shape luksHeaderBackup img --header-backup-file bak$type
    shape luksHeaderBackup img --header-backup-file bak$type
    shape luksHeaderRestore img --header-backup-file bak$type </dev/null
    shape repair img </dev/null
    with one shape luksDump --dump-volume-key img
    with one shape luksDump --dump-volume-key --volume-key-file key$type img
    shape erase img </dev/null
    with one shape open --test-passphrase img
    shape luksKillSlot img 0 </dev/null
done
say "LUKS2 alone"
format img one
shape config img --label L --flags allow-discards,no-read-workqueue
shape token add img --key-description k
shape token export img --token-id 0
shape token remove img --token-id 0
shape token remove img --token-id 0
shape luksDump --dump-json-metadata img
with one shape luksConvertKey "${fast[@]}" img
format img one
shape convert --type luks1 img </dev/null
truncate -s 1M none
shape luksDump none
shape isLuks none
shape luksDump missing
shape luksDump
shape nonsense
