#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole commands against the peer, in one run, as ratios.  A benchmark, never a test.

Usage: commands.py OURS [--runs N] [--quick]

Both programs do the same on the same image, in turn, so that a machine that slows down slows both.  The figures are
medians.  CPU is user and system time of the process and its threads; memory is the peak resident set.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "interop"))
from peer import find_peer  # noqa: E402  pylint: disable=wrong-import-position


def measure(command, expected=0):
    """(wall s, CPU s, peak KiB) of one run.  posix_spawn: what Python does between fork and exec would count as the program's."""
    words = [str(word) for word in command]
    quiet = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    begin = time.monotonic()
    process = os.posix_spawnp(words[0], words, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(process, 0)
    wall = time.monotonic() - begin
    if os.waitstatus_to_exitcode(status) != expected:
        sys.exit(f"{' '.join(words)}: exit {os.waitstatus_to_exitcode(status)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


class Bench:
    def __init__(self, ours, peer, runs):
        self.ours, self.peer, self.runs = ours, peer, runs

    def compare(self, name, arguments, column, target, runs=None, note="", expected=0):
        """Medians of one column (0 wall, 1 CPU) of both, in turn."""
        samples = {self.ours: [], self.peer: []}
        for _ in range(runs or self.runs):
            for program in (self.ours, self.peer):
                samples[program].append(measure([program, *map(str, arguments)], expected))
        mine, theirs = (statistics.median(run[column] for run in samples[p]) for p in (self.ours, self.peer))
        memory = [max(run[2] for run in samples[p]) / 1024 for p in (self.ours, self.peer)]
        unit = ("wall", "CPU")[column]
        print(f"{name:34} {unit:4} {mine * 1000:9.2f} {theirs * 1000:9.2f}  {mine / theirs:5.2f}  {target:>7}   "
              f"{memory[0]:7.1f} {memory[1]:7.1f}  {note}", flush=True)


def stolen():
    """Seconds of processor time that a hypervisor has kept from this machine."""
    with open("/proc/stat", encoding="ascii") as file:
        return int(file.readline().split()[8]) / os.sysconf("SC_CLK_TCK")


def iteration_time(program, folder, kind, milliseconds, runs):
    """How long opening takes, as a part of the --iter-time asked for: median over new headers, and how many were left
    out because another guest of the host took more than a fiftieth of the time."""
    ratios = []
    left_out = 0
    while len(ratios) < runs and left_out < 5 * runs:
        begin = time.monotonic()
        stolen_before = stolen()
        image = folder / "timed.img"
        with open(image, "wb") as file:
            file.truncate(20 << 20)
        subprocess.run([program, "luksFormat", "--batch-mode", *kind, "--iter-time", str(milliseconds), "--key-file",
                        folder / "key", image], check=True)
        wall, _, _ = measure([program, "open", "--test-passphrase", "--key-file", str(folder / "key"), str(image)])
        image.unlink()
        if stolen() - stolen_before > (time.monotonic() - begin) / 50:
            left_out += 1
        else:
            ratios.append(wall * 1000 / milliseconds)
    return (statistics.median(ratios) if ratios else float("nan")), left_out


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("ours")
    arguments.add_argument("--runs", type=int, default=21)
    arguments.add_argument("--quick", action="store_true", help="no --iter-time measurement")
    options = arguments.parse_args()
    peer = find_peer()
    if peer is None:
        sys.exit("no cryptsetup of another maker is installed")
    bench = Bench(options.ours, peer, options.runs)
    with tempfile.TemporaryDirectory(prefix="latchkey-bench-") as name:
        folder = pathlib.Path(name)
        (folder / "key").write_bytes(b"benchmark")

        def image(label, *how):
            path = folder / f"{label}.img"
            with open(path, "wb") as file:
                file.truncate(24 << 20)
            subprocess.run([peer, "luksFormat", "--batch-mode", *how, "--key-file", folder / "key", path], check=True)
            return path

        weak = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]
        luks1 = image("luks1", "--type", "luks1", "--pbkdf-force-iterations", "1000")
        luks2 = image("luks2", *weak)
        strong = image("pbkdf2", "--pbkdf", "pbkdf2", "--hash", "sha256", "--key-size", "512", "--pbkdf-force-iterations", "2000000")
        argon = image("argon2id", "--pbkdf", "argon2id", "--pbkdf-memory", "262144", "--pbkdf-parallel", "4", "--pbkdf-force-iterations", "4")
        argon1 = image("argon2id-1", "--pbkdf", "argon2id", "--pbkdf-memory", "262144", "--pbkdf-parallel", "1", "--pbkdf-force-iterations", "4")
        key = ["--key-file", folder / "key"]
        print(f"{'command':34} {'':4} {'ours ms':>9} {'peer ms':>9}  {'ratio':>5}  {'target':>7}   {'ours MiB':>7} {'peer MiB':>7}")
        bench.compare("isLuks, LUKS1", ["isLuks", luks1], 1, "0.50", options.runs * 5)
        bench.compare("isLuks, LUKS2", ["isLuks", luks2], 1, "0.50", options.runs * 5)
        bench.compare("luksDump, LUKS1", ["luksDump", luks1], 1, "0.50", options.runs * 5)
        bench.compare("luksDump, LUKS2", ["luksDump", luks2], 1, "0.50", options.runs * 5)
        bench.compare("luksUUID", ["luksUUID", luks2], 1, "", options.runs * 5)
        bench.compare("unlock, KDF of no weight", ["open", "--test-passphrase", *key, luks2], 1, "", options.runs)
        bench.compare("unlock, PBKDF2 sha256, 512-bit key", ["open", "--test-passphrase", *key, strong], 1, "0.65", max(3, options.runs // 4))
        bench.compare("unlock, argon2id 4 x 256 MiB x 4", ["open", "--test-passphrase", *key, argon], 0, "1.10", max(5, options.runs // 2),
                      "memory: at most 256 + 16 MiB")
        bench.compare("unlock, argon2id 4 x 256 MiB x 1", ["open", "--test-passphrase", *key, argon1], 1, "0.65", max(5, options.runs // 2))
        for hash_name in ("sha256", "sha512"):
            eight = image(f"eight-{hash_name}", "--type", "luks1", "--hash", hash_name, "--key-size", "512", "--pbkdf-force-iterations", "300000")
            for number in range(1, 8):
                (folder / f"key{number}").write_bytes(b"key %d" % number)
                subprocess.run([peer, "luksAddKey", "--batch-mode", "--hash", hash_name, "--pbkdf-force-iterations", "300000", *key, eight,
                                folder / f"key{number}"], check=True)
            (folder / "wrong").write_bytes(b"wrong")
            for label, file, status, target in (("last", "key7", 0, "0.20"), ("wrong", "wrong", 2, "0.15")):
                bench.compare(f"8 keyslots, {hash_name}, {label}", ["open", "--test-passphrase", "--key-file", folder / file, eight], 0,
                              target if hash_name == "sha256" else "", max(3, options.runs // 4), expected=status)
        if not options.quick:
            print("\nopening time / --iter-time, median of ten new headers (target 0.9 to 1.1):")
            for label, kind in (("PBKDF2", ["--pbkdf", "pbkdf2"]), ("argon2id", ["--pbkdf", "argon2id"]), ("LUKS1", ["--type", "luks1"])):
                ours, ours_out = iteration_time(options.ours, folder, kind, 1000, 10)
                theirs, theirs_out = iteration_time(peer, folder, kind, 1000, 3)
                print(f"  {label:10} ours {ours:5.2f}   peer {theirs:5.2f}   "
                      f"(left out, as the machine was slowed: {ours_out}, {theirs_out})", flush=True)


if __name__ == "__main__":
    main()
