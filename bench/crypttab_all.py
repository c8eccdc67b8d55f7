#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""crypttab open --all of many volumes against the ideal packing of their derivations.  A benchmark, never a test.

Usage: crypttab_all.py OURS [--volumes N] [--memory MIB] [--lanes N] [--limit MIB] [--runs N] [--least]

As root, in a memory cgroup with that limit, on volumes that are opened in userspace (/dev/fuse), so that no device-mapper is
needed.  The ideal is what the same derivations take when as many processes as there are processors do nothing else, each with
the next volume as soon as it is done; it is measured in turn with ours, so that a machine that slows down slows both.  With
--least the volumes are cheap and one run is enough: exit status 1 if not all open, or if anything was killed for memory,
77 where there is no /dev/fuse or no cgroup can be made.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

WORD = b"one passphrase"


class MemoryGroup:
    """A cgroup of version 1 or 2 whose members may have so much memory together."""

    def __init__(self, limit_mib):
        root = pathlib.Path("/sys/fs/cgroup")
        first = (root / "memory").is_dir()
        self.path = (root / "memory" if first else root) / f"latchkey-bench-{os.getpid()}"
        self.path.mkdir()
        self.events = self.path / ("memory.oom_control" if first else "memory.events")
        limit = self.path / ("memory.limit_in_bytes" if first else "memory.max")
        try:
            limit.write_text(str(limit_mib << 20), encoding="ascii")
        except OSError:  # the controller of memory is not switched on for it
            self.path.rmdir()
            raise
        self.peak = self.path / ("memory.max_usage_in_bytes" if first else "memory.peak")

    def enter(self):
        (self.path / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")

    def kills(self):
        words = dict(line.split()[:2] for line in self.events.read_text(encoding="ascii").splitlines())
        return int(words.get("oom_kill", 0))

    def peak_mib(self):
        return int(self.peak.read_text(encoding="ascii")) >> 20 if self.peak.exists() else 0

    def close(self):
        for _ in range(50):
            try:
                self.path.rmdir()
                return
            except OSError:
                time.sleep(0.1)


class Bench:
    def __init__(self, ours, group, options, folder):
        self.ours, self.group, self.folder = ours, group, folder
        self.cpus = len(os.sched_getaffinity(0))
        self.names = [f"latchkey-bench-{os.getpid()}-{number}" for number in range(options.volumes)]
        cost = ["--pbkdf", "argon2id", "--pbkdf-force-iterations", str(options.passes), "--pbkdf-memory", str(options.memory << 10),
                "--pbkdf-parallel", str(options.lanes)]
        tab = ""
        for name in self.names:
            path = folder / name
            with open(path, "wb") as file:
                file.truncate(2 << 20)
            self.run("luksFormat", "-q", *cost, "--luks2-metadata-size", "16k", "--luks2-keyslots-size", "256k", "--key-file", "-", path)
            tab += f"{name} {path} none luks\n"
        (folder / "tab").write_text(tab, encoding="ascii")

    def run(self, *words, status=0):
        done = subprocess.run([self.ours, *map(str, words)], input=WORD, capture_output=True, check=False,
                              preexec_fn=self.group.enter if words[0] != "luksFormat" else None)
        if done.returncode != status:
            sys.exit(f"{' '.join(map(str, words))}: exit {done.returncode}: {(done.stdout + done.stderr).decode()}")
        return done.stdout

    def ideal(self):
        begin = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(self.cpus) as pool:
            list(pool.map(lambda name: self.run("open", "--test-passphrase", "--key-file", "-", self.folder / name), self.names))
        return time.monotonic() - begin

    def all_at_once(self):
        words = ("--all", "--crypttab", self.folder / "tab", "--dialect", "systemd", "--backend", "userspace")
        begin = time.monotonic()
        answer = json.loads(self.run("crypttab", "open", "--json", *words))
        wall = time.monotonic() - begin
        outcomes = [volume["outcome"] for volume in answer["result"]["volumes"]]
        self.run("crypttab", "close", *words)
        if outcomes != ["opened"] * len(self.names):
            sys.exit(f"outcomes: {outcomes}")
        return wall


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours")
    parser.add_argument("--volumes", type=int, default=12)
    parser.add_argument("--memory", type=int, default=256, help="MiB of each keyslot")
    parser.add_argument("--passes", type=int, default=4)
    parser.add_argument("--lanes", type=int, default=4)
    parser.add_argument("--limit", type=int, default=2048, help="MiB for all")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--least", action="store_true")
    options = parser.parse_args()
    if options.least:
        options.runs = 1
    if not os.path.exists("/dev/fuse"):
        print("skipped: there is no /dev/fuse")
        return 77
    try:
        group = MemoryGroup(options.limit)
    except OSError as problem:
        print(f"skipped: no memory cgroup can be made: {problem}")
        return 77
    try:
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(options.ours, group, options, pathlib.Path(folder))
            pairs = [(bench.all_at_once(), 0 if options.least else bench.ideal()) for _ in range(options.runs)]
            kills, peak = group.kills(), group.peak_mib()
    finally:
        group.close()
    what = f"{options.volumes} volumes of {options.memory} MiB, {options.passes} passes, {options.lanes} lanes, in {options.limit} MiB"
    ours = statistics.median(pair[0] for pair in pairs)
    print(f"{what}: {ours:.1f} s, peak {peak} MiB, killed {kills}")
    if not options.least:
        ratio = statistics.median(pair[0] / pair[1] for pair in pairs)
        print(f"  ideal {statistics.median(pair[1] for pair in pairs):.1f} s, ratio {ratio:.2f} ({bench.cpus} processors)")
    return 1 if kills else 0


if __name__ == "__main__":
    sys.exit(main())
