#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A derivation of more than two seconds says that it goes on: latchkey in a pipe, both programs on a terminal, never
# with -q, and never earlier.
. "$(dirname "$0")/transcript.sh"
native=$(dirname "$LATCHKEY")/latchkey
endless=(luksFormat --pbkdf pbkdf2 --pbkdf-force-iterations 999999999 --offset 32768)

declare -A started
begin() { # NAME COMMAND...: its standard error goes to NAME.err
    local name=$1
    shift
    truncate -s 20M "$name.img"
    printf one | "$@" "$name.img" >"$name.out" 2>"$name.err" &
    started[$name]=$!
}
printf one >key
truncate -s 20M opened.img
"$native" luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 opened.img key
start=${EPOCHREALTIME/./}
begin plainly "$native" "${endless[@]}"
begin quietly "$native" -q "${endless[@]}"
begin json "$native" --json "${endless[@]}"
begin peer "$LATCHKEY" --compat=2.6 "${endless[@]}"
begin often "$LATCHKEY" --compat=2.6 --progress-frequency 1 "${endless[@]}"
timeout 60 python3 - "$native" "${endless[@]}" terminal.img >terminal.out 2>&1 <<'EOF' &
import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    open(sys.argv[-1], "wb").truncate(20 << 20)
    os.execv(sys.argv[1], sys.argv[1:] + ["key"])
os.write(terminal, b"YES\n")
seen = b""
while seen.count(b"s so far") < 2:
    seen += os.read(terminal, 4096)
os.kill(pid, 9)
print(seen[seen.index(b"\x1b"):].split(b"\r")[1].decode().replace("\x1b[2K", "<erased>"))
EOF
person=$!
for ((tries = 0; tries < 600; ++tries)); do
    grep -q 'so far' plainly.err && grep -q 'so far' often.err && break
    sleep 0.1
done
took=$(((${EPOCHREALTIME/./} - start) / 1000))
if [ $took -ge 2000 ]; then echo "not before two seconds"; else echo "after $took ms already"; fi
wait $person
for name in plainly quietly json peer often; do
    echo "$name: $(head -n 1 "$name.err")"
    kill -KILL "${started[$name]}"
    wait "${started[$name]}" 2>/dev/null
done
cat terminal.out
