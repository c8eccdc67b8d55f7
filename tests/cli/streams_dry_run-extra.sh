#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --dry-run of write and copy: prints the bytes and what would be lost; nothing is written, and standard input is not read.
# shellcheck disable=SC2162
. "$(dirname "$0")/transcript.sh"
PATH=$PATH:/usr/sbin:/sbin
printf one >key; printf two >key2
format img one
mke2fs -q -t ext2 -F small 512k >/dev/null 2>&1
quietly write -q -d key img small
cp img before
say "write"
run write --dry-run -d key img small
run write --dry-run -d key --offset 16 --length 4096 img small
head -c 100 /dev/zero >hundred; run write --dry-run -d key img <hundred
(echo data; cat >left) < <(echo data; echo more) | { run write --dry-run -d key img; cat; }
run write --dry-run -d key --length 99M img small
run write --dry-run -d key --offset 9999999 img small
with wrong run write --dry-run img small
run write --dry-run --json -d key img small | sed -n 2p | python3 -c '
import json, sys
told = json.load(sys.stdin)
print(told["ok"], {key: told["result"][key] for key in ("type", "offset", "length", "destroyed")}, told["dry_run"])'
unchanged_since before img
say "copy"
format1 img1 two; cp img1 before1
run copy --dry-run -d key img new; ls new 2>&1
with one run copy --dry-run --new-keyfile key small img
head -c 600000 /dev/zero >other
run copy --dry-run small other
run copy --dry-run other small
unchanged_since before img; unchanged_since before1 img1
truncate -s 600000 zeros; unchanged_since zeros other
