#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
truncate -s 4M img; printf one | quietly luksFormat -q --type luks1 --pbkdf-force-iterations 1000 img
add img one two
cp img before
tty no -- convert img --type luks2
unchanged_since before img
tty YES -- convert img --type luks2
"$LATCHKEY" luksDump img | grep -E 'Version|area|offset|PBKDF'
opens img one two
run convert img --type luks2 </dev/null
run convert -v img --type luks1 </dev/null
opens img one two
run convert -q img --type luks2
run convert -q img --type luks1
run convert img </dev/null
run convert -q img --type luks1
run convert img --type luks </dev/null
say "what cannot"
truncate -s 20M big; printf one | quietly luksFormat -q "${small_argon[@]}" --sector-size 512 big
status convert -q big --type luks1
printf one | quietly luksFormat -q "${fast[@]}" --sector-size 4096 big
status convert -q big --type luks1
printf one | quietly luksFormat -q "${fast[@]}" --sector-size 512 big
status convert -q big --type luks1
"$LATCHKEY" luksDump big | grep -E 'Version|Payload'
printf one | quietly luksFormat -q "${fast[@]}" --sector-size 512 big
printf two | quietly luksAddKey -q "${fast[@]}" --unbound -s 512 big
status convert -q big --type luks1
printf one | quietly luksFormat -q "${fast[@]}" --sector-size 512 -S 9 big
status convert -q big --type luks1
printf one | quietly luksFormat -q "${fast[@]}" --sector-size 512 --hash sha512 big
status convert -q big --type luks1
truncate -s 1M none
run convert -q none --type luks2
run convert -q missing --type luks2
run convert
truncate -s 20M img1; printf one | quietly luksFormat -q --type luks1 --pbkdf-force-iterations 1000 --align-payload 8 img1
status convert -q img1 --type luks2
