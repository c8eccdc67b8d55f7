#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Signals end the work at once, and the terminal is restored.
. "$(dirname "$0")/transcript.sh"
format img one
format1 busy one

# Prints the milliseconds that something took, as "soon" or "late".
soon() {
    local start=${EPOCHREALTIME/./}
    "$@"
    (( ${EPOCHREALTIME/./} - start < 5000000 )) && echo soon || echo late
}

say "a key derivation is interrupted"
interrupted() {
    printf 'one\ntwo' >input
    cp busy busy.before
    "$LATCHKEY" luksAddKey -v --pbkdf-force-iterations 4294967295 busy <input >.stdout 2>.stderr &
    sleep 0.7
    kill "-$1" $!
    wait $!
    echo "= $?"
    cat .stdout .stderr
    unchanged_since busy.before busy
}
for signal in INT TERM HUP QUIT; do
    # A job in the background ignores SIGINT and SIGQUIT unless it is told otherwise.
    say "SIG$signal"
    if [ $signal = INT ] || [ $signal = QUIT ]; then set -m; else set +m; fi
    soon interrupted $signal 2>/dev/null
done
set +m

say "twice at once, as timeout and shells do, is one wish"
for gap in 0 0.002; do
    "$LATCHKEY" luksAddKey -v --pbkdf-force-iterations 4294967295 busy <input >.stdout 2>.stderr &
    sleep 0.7
    kill -TERM $!
    sleep $gap
    kill -TERM $!
    wait $!
    echo "= $?"
done 2>/dev/null
unchanged_since busy.before busy

say "what the parent ignores is ignored"
(trap '' HUP; printf one | "$LATCHKEY" open --test-passphrase img & kill -HUP $!; wait $!; echo "= $?")

say "at the prompt"
tty ^C -- open -v --test-passphrase img
cat >prompt.py <<'END'
import os, pty, signal, sys, termios, time
def modes(fd): return termios.tcgetattr(fd)[3] & termios.ECHO
name, command = sys.argv[1], sys.argv[2:]
pid, master = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
shown = b""
while not shown.endswith(b": "):
    shown += os.read(master, 1000)
print("echo at the prompt:", bool(modes(master)))
if name == "STOP":
    os.write(master, b"half a pass\x1a")
    _, status = os.waitpid(pid, os.WUNTRACED)
    print("stopped:", os.WIFSTOPPED(status), "echo:", bool(modes(master)))
    os.kill(pid, signal.SIGCONT)
    shown = b""
    while not shown.endswith(b": "):
        shown += os.read(master, 1000)
    print("asked again, echo:", bool(modes(master)))
    time.sleep(0.1)
    os.write(master, b"one\n")
else:
    os.kill(pid, getattr(signal, "SIG" + name))
try:
    while os.read(master, 1000): pass
except OSError:
    pass
_, status = os.waitpid(pid, 0)
print("echo after:", bool(modes(master)))
print("=", os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status))
END
for signal in TERM HUP QUIT INT STOP; do
    echo "SIG$signal"
    python3 prompt.py $signal "$LATCHKEY" open --test-passphrase img
done

say "while it waits for a silent pipe"
exec 3< <(sleep 20)
"$LATCHKEY" open --test-passphrase img <&3 &
sleep 0.3
kill -TERM $!
wait $!
echo "= $?"
