#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whatever a command waits for, SIGTERM ends it at once, and nothing is changed or left behind.
# shellcheck disable=SC2162  # "read" is the action
. "$(dirname "$0")/transcript.sh"
native=$(dirname "$LATCHKEY")/latchkey
format img one
printf one >key
cp img before
mkfifo pipe
truncate -s 8G sparse
# Milliseconds that ending may take: the goal is 100, but a busy machine needs more.
most=${MOST_MS:-1000}

# soon SECONDS WHAT ARGS: sends SIGTERM after this many seconds.
soon() {
    local seconds=$1 what=$2
    shift 2
    "$native" "$@" <&0 >.stdout 2>.stderr &
    local pid=$! start took status
    sleep "$seconds"
    if ! kill -TERM $pid 2>/dev/null; then echo "$what: it did not wait"; wait $pid; cat .stderr; return; fi
    start=${EPOCHREALTIME/./}
    wait $pid
    status=$?
    took=$(((${EPOCHREALTIME/./} - start) / 1000))
    [ $took -le "$most" ] && took=soon || took="late ($took ms)"
    echo "$what: $took, = $status"
    stable <.stderr
}
soon 0.5 "a key file of 4 GiB" open --test-passphrase -d sparse --keyfile-size 4294967295 img
soon 0.5 "a long skip in a device" open --test-passphrase -d /dev/zero --keyfile-offset 1000000000000 img
soon 0.5 "a long skip in a pipe" open --test-passphrase -d - --keyfile-offset 1000000000000 img < <(exec cat /dev/zero)
soon 0.5 "a key file that is a named pipe" open --test-passphrase -d pipe img
soon 0.5 "a new key file that is a named pipe" luksAddKey -d key img pipe
soon 0.5 "a volume key in a named pipe" open --test-passphrase --volume-key-file pipe img
soon 0.5 "a token in a named pipe" token import --json-file pipe img
soon 0.5 "a crypttab in a named pipe" crypttab check pipe
soon 0.5 "a passphrase from a silent pipe" open --test-passphrase img < <(sleep 20)
soon 0.5 "plaintext from a silent pipe" write -q -d key img < <(sleep 20)
soon 0.5 "plaintext for a pipe that nobody reads" read -d key img > >(sleep 20)
soon 0.5 "plaintext from a named pipe" write -q -d key img pipe
soon 1 "Argon2 over much memory" luksAddKey -d key --pbkdf argon2id --pbkdf-memory 1000000 --pbkdf-force-iterations 40 img key
soon 0.5 "PBKDF2" luksAddKey -d key --pbkdf pbkdf2 --pbkdf-force-iterations 900000000 img key
soon 1 "a benchmark" benchmark
exec 9<img
flock -s 9
soon 1 "a lock" config -q --label x img
exec 9<&-
unchanged_since before img
say "what was written, and how to go on, with -q, too"
truncate -s 60M moving
with one quietly luksFormat -q "${fast[@]}" moving
cp moving copy
soon 2 "a reencryption" reencrypt -q --force-offline-reencrypt --hotzone-size 4k --resilience checksum "${fast[@]}" -d key moving
"$native" open --test-passphrase -d key moving && echo "the volume opens"
grep -c 'resume-only' .stderr
soon 2 "a write" write -q -d key copy < <(head -c 20M /dev/zero; sleep 20)
rm -f moving copy

rm sparse

say "a person who says neither yes nor no"
cat >question.py <<'END'
import os, pty, signal, sys, time
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown = b""
while b"): " not in shown:
    shown += os.read(master, 1000)
time.sleep(0.2)
start = time.monotonic()
os.kill(pid, signal.SIGTERM)
try:
    while os.read(master, 1000): pass
except OSError:
    pass
_, status = os.waitpid(pid, 0)
took = (time.monotonic() - start) * 1000
print("soon" if took < int(sys.argv[1]) else f"late ({took:.0f} ms)", "=", os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status))
END
python3 question.py "$most" "$native" erase img
unchanged_since before img

say "limits are errors"
# limited LIMITS ARGS
limited() {
    echo "ulimit $1"
    # shellcheck disable=SC2086  # several words
    (for open in {3..20}; do eval "exec $open<&-"; done; ulimit $1; shift; exec "$native" "$@" 2>&1) >.stdout
    local status=$?
    sed -E -e 's/^.*: (Too many open files)\.?$/\1/' .stdout
    echo "= $status"
}
for files in 4 5 6; do limited "-n $files" open --test-passphrase -d key img; done
limited "-Sn 4" open --test-passphrase -d key img
limited "-f 100" luksHeaderBackup --header-backup-file backup img
[ -e backup ] && echo "a part of it is left"
limited "-f 4" luksAddKey -q "${fast[@]}" -d key img key
unchanged_since before img
limited "-l 0" open --test-passphrase -d key img
limited "-c unlimited" open --test-passphrase -d key img

say "standard descriptors that are closed"
cp img copy
for closed in "<&-" ">&-" "2>&-" "<&- >&-" ">&- 2>&-" "<&- >&- 2>&-"; do
    eval "\"\$native\" luksAddKey -q -v \"\${fast[@]}\" -d key copy key $closed" >/dev/null 2>&1
    eval "\"\$native\" luksDump copy $closed" >/dev/null 2>&1
    echo "$closed: $?"
done
"$native" open --test-passphrase -d key copy && echo "no text of ours is in the device"
