#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a program on a terminal of its own and answers its prompts, one answer each.

usage: on_terminal.py [ANSWER]... -- PROGRAM [ARGUMENT]...

A prompt is output that ends with a colon and a blank.  An answer is typed with a newline; the answer
^C, ^D or "<wait>" is a control character, end of input, or nothing at all; behind "TEXT^D^D" the line ends without one.  What the program wrote is
printed with newlines for carriage returns; the exit status is the program's, or 128 plus the signal.
A program that asks more than there are answers is told end of input; one that asks for 30 seconds is killed.
"""
import fcntl
import os
import select
import signal
import sys
import termios
import time

split = sys.argv.index("--")
answers, command = sys.argv[1:split], sys.argv[split + 1:]
CONTROL = {"^C": b"\x03", "^D": b"\x04", "^Z": b"\x1a", "<wait>": b""}

# Done by hand, so that the modes are read before the program can change them.
master, slave = os.openpty()
before = termios.tcgetattr(slave)
pid = os.fork()
if pid == 0:
    try:
        os.close(master)
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for descriptor in range(3):
            os.dup2(slave, descriptor)
        os.execvp(command[0], command)
    finally:
        os._exit(127)
os.close(slave)

shown = b""
since_answer = b""
deadline = time.monotonic() + 30
while True:
    ready, _, _ = select.select([master], [], [], 1)
    if time.monotonic() > deadline:
        os.kill(pid, signal.SIGKILL)
        break
    if not ready:
        continue
    try:
        data = os.read(master, 65536)
    except OSError:  # EIO: the last one who had the terminal open is gone
        break
    if not data:
        break
    shown += data
    since_answer += data
    if since_answer.endswith(b": "):
        # Programs that flush input after the prompt must not lose the answer: those that ask for a secret do so as they
        # turn the echo off.
        asked_until = time.monotonic() + (5 if b"assphrase" in since_answer[-80:] or b"PIN" in since_answer[-80:] else 0)
        while termios.tcgetattr(master)[3] & termios.ECHO and time.monotonic() < asked_until:
            time.sleep(0.01)
        time.sleep(0.06)
        since_answer = b""
        answer = answers.pop(0) if answers else "^D"
        typed = answer.encode() + b"\n"
        if answer.endswith("^D^D"):
            typed = answer[:-4].encode() + b"\x04\x04"
        os.write(master, CONTROL.get(answer, typed))

_, status = os.waitpid(pid, 0)
text = shown.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
sys.stdout.buffer.write(text)
if text and not text.endswith(b"\n"):
    sys.stdout.buffer.write(b"\n")
if answers:
    print("[answers left: %d]" % len(answers))
if termios.tcgetattr(master)[3] != before[3]:
    print("[terminal modes changed]")
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
