#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is best below a volume that is served in userspace: pread and pwrite, or io_uring?

Usage: below.py [--folder FOLDER] [--direct] [--rounds N]

FUSE hands over one request at a time, so that pread by as many processes as there are requests stands against io_uring
with one request in flight each, and, as what a server of another shape could reach, with 32.  By fio, on a file in
FOLDER, best once a tmpfs and once a disk; medians of rounds in which each had its turn.
"""
import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ENGINES = {
    "pread/pwrite": ["--ioengine=psync"],
    "io_uring, 1 each": ["--ioengine=io_uring", "--iodepth=1"],
    "io_uring, 32 each": ["--ioengine=io_uring", "--iodepth=32", "--iodepth_batch=16",
                          "--iodepth_batch_complete_max=16"],
}
JOBS = {"random read 4 KiB": ["--rw=randread", "--bs=4k"], "random write 4 KiB": ["--rw=randwrite", "--bs=4k"],
        "read 128 KiB": ["--rw=read", "--bs=128k"], "write 128 KiB": ["--rw=write", "--bs=128k"]}


def run(words):
    """Thousands of requests a second, and microseconds of CPU for one."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(["fio", "--name=job", *words, "--time_based", "--group_reporting", "--norandommap",
                          "--output-format=json"], check=True, stdout=subprocess.PIPE)
    job = json.loads(ran.stdout)["jobs"][0]
    side = job["write" if job["write"]["total_ios"] else "read"]
    # Not fio's own count, which leaves out the kernel's helpers of io_uring.
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return side["iops"] / 1e3, cpu / side["total_ios"] * 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/dev/shm"))
    parser.add_argument("--direct", action="store_true", help="past the page cache")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.NamedTemporaryFile(dir=arguments.folder) as file:
        common = [f"--filename={file.name}", "--size=512m", f"--direct={int(arguments.direct)}", "--runtime=1",
                  "--invalidate=0", f"--numjobs={arguments.processes}"]
        subprocess.run(["fio", "--name=fill", f"--filename={file.name}", "--size=512m", "--rw=write", "--bs=1M"],
                       check=True, stdout=subprocess.DEVNULL)
        for what, job in JOBS.items():
            figures = {engine: [] for engine in ENGINES}
            for _ in range(arguments.rounds):
                for engine, words in ENGINES.items():
                    figures[engine].append(run([*common, *job, *words]))
            text = "".join(f"{engine} {statistics.median(k for k, _ in runs):7.1f} k/s "
                           f"{statistics.median(c for _, c in runs):6.2f} us CPU   "
                           for engine, runs in figures.items())
            print(f"{what:20} {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
