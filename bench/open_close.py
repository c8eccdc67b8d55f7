#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Opening and closing a volume against the peer, under a real kernel: CPU time and device-mapper ioctls, as ratios.

Usage: open_close.py OURS [--runs N]

Runs itself in the kernel lab, as root.  The volume's KDF costs next to nothing, so that what is left is starting a
program, reading the header, and talking to the kernel.  Times of User-mode Linux are not those of a machine: the
ratios are what to read.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "interop"))
from peer import find_peer  # noqa: E402  pylint: disable=wrong-import-position

FORMATS = {
    "luks1": ["--pbkdf-force-iterations", "1000"],
    "luks2": ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"],
}


def cpu_seconds(command):
    """User and system time of one successful run."""
    process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(map(str, command))}: failed")
    process.returncode = 0
    return usage.ru_utime + usage.ru_stime


def device_mapper_ioctls(command):
    """How many of one run, as strace counts them."""
    with tempfile.NamedTemporaryFile() as trace:
        subprocess.run(["strace", "-f", "-e", "trace=ioctl", "-o", trace.name, *map(str, command)],
                       check=True, stdin=subprocess.DEVNULL)
        return len(re.findall(r"ioctl\(\d+, DM_", pathlib.Path(trace.name).read_text(encoding="utf-8")))


def inside(ours, runs):
    peer = find_peer()
    print(f"{'':8} {'verb':6} {'ours':>18} {'peer':>18} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as folder:
        key = pathlib.Path(folder) / "key"
        key.write_bytes(b"cheap")
        for kind, cost in FORMATS.items():
            image = pathlib.Path(folder) / kind
            with open(image, "wb") as file:
                file.truncate(32 << 20)
            subprocess.run([peer, "luksFormat", "-q", "--type", kind, *cost, image, key], check=True)
            verbs = {"open": ["open", image, "bench", "--key-file", key], "close": ["close", "bench"]}
            cpu = {(program, verb): [] for program in (ours, peer) for verb in verbs}
            calls = {}
            for _ in range(runs):
                for program in (ours, peer):
                    for verb, words in verbs.items():
                        cpu[program, verb].append(cpu_seconds([program, *words]))
            for program in (ours, peer):
                for verb, words in verbs.items():
                    calls[program, verb] = device_mapper_ioctls([program, *words])
            for verb in verbs:
                mine, theirs = (statistics.mean(cpu[program, verb]) * 1e3 for program in (ours, peer))
                print(f"{kind:8} {verb:6} {mine:11.1f} ms CPU {theirs:11.1f} ms CPU {mine / theirs:6.2f}")
                mine, theirs = calls[ours, verb], calls[peer, verb]
                print(f"{'':8} {'':6} {mine:11} ioctls {theirs:11} ioctls {mine / theirs:6.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ours", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        inside(arguments.ours, arguments.runs)
        return 0
    lab = ROOT / "tests" / "kernel" / "lab" / "kernel-lab"
    return subprocess.run([lab, "--", "python3", __file__, "--inside", "--runs", str(arguments.runs),
                           arguments.ours.resolve()], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
