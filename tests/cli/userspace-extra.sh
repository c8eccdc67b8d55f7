#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Volumes served by a separate process, for ordinary users and for machines without device-mapper.
# shellcheck disable=SC2162  # "run read" is the action
. "$(dirname "$0")/transcript.sh"
# shellcheck source=served.bash
# shellcheck disable=SC2154  # here is the transcript's
. "$here/served.bash"
printf one >key
format img one

run_as open --backend userspace -d key img "$name"
run_as status "$name"
run_as open --backend userspace -d key img "$name"
run_as open --backend userspace -d key img "other$name"
printf 'written through the file' | dd of="$(file)" bs=1M conv=notrunc,fsync status=none
run_as luksSuspend "$name"
run_as status "$name" | tail -n 2
with one run_as luksResume "$name"
run_as resize --size 64 "$name"
run_as status "$name" | grep size:
run_as resize "$name"
run_as table "$name"
exec 9<"$(file)"
if [ "$(id -u)" = 0 ]; then echo 1; else run_as close "$name" | grep -c 'still in use'; fi
exec 9<&-
run_as close "$name"
run_as close "$name"
run_as status "$name"
run read -d key --length 24 img out; cat out; echo
say "read only, and a plain volume"
run_as open --backend userspace --readonly -d key img "$name"
printf x 2>/dev/null >>"$(file)" || echo "no writing"
run_as close "$name"
truncate -s 1M disk
with secret run_as open --backend userspace --type plain -c aes-xts-plain64 -h sha256 -s 512 disk "$name"
printf 'plain' | dd of="$(file)" bs=1M conv=notrunc,fsync status=none
run_as close "$name"
with secret run read --type plain -c aes-xts-plain64 -h sha256 -s 512 --length 5 disk out2; cat out2; echo
say "a serving process that dies leaves errors, and close cleans up"
run_as open --backend userspace -d key img "$name" >/dev/null
server=$(pgrep -n -f "latchkey-serve $name")
kill -KILL "$server"; sleep 0.2
dd if="$(file)" bs=4096 count=1 iflag=direct of=/dev/null status=none 2>/dev/null || echo "an error, not old data"
run_as close "$name"
run_as status "$name"
say "SIGTERM closes it"
run_as open --backend userspace -d key img "$name" >/dev/null
printf 'before the end' | dd of="$(file)" bs=1M conv=notrunc status=none
kill -TERM "$(pgrep -o -f "latchkey-serve $name")"
for _ in $(seq 50); do pgrep -f "latchkey-serve $name" >/dev/null || break; sleep 0.1; done
run_as status "$name"
run read -d key --length 14 img out3; cat out3; echo
