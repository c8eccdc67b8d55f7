#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A volume that is served in userspace: against nbdkit's luks filter under nbdfuse, and against no encryption at all.

Usage: userspace.py LATCHKEY [--folder FOLDER] [--rounds N] [--seconds S] [--json FILE]

One LUKS1 image (aes-xts-plain64, 512-bit key) lies in FOLDER, best a tmpfs, and all do the same fio jobs on it in
turns; what is printed are medians of the rounds.  CPU is that of fio and of the serving processes for one GiB, or one
million requests; the kernel's own threads (loop) are not in it.  As root, loop devices are compared too.  Besides fio,
nbdkit and nbdfuse this needs the peer, which makes the image.
"""
import argparse
import contextlib
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "interop"))
from peer import find_peer  # noqa: E402  pylint: disable=wrong-import-position

NAME = f"bench-{os.getpid()}"
MEBIBYTE = 1 << 20
SEQUENTIAL = ["--bs=1M", "--iodepth=4"]
JOBS = {
    "read 1 MiB, direct": ["--rw=read", "--direct=1", *SEQUENTIAL],
    "read 1 MiB, cached": ["--rw=read", "--direct=0", "--bs=1M", "--ioengine=psync", "--invalidate=1"],
    "write 1 MiB, direct": ["--rw=write", "--direct=1", *SEQUENTIAL],
    "write 1 MiB, cached": ["--rw=write", "--direct=0", "--bs=1M", "--ioengine=psync", "--fsync=256"],
    "random read 4 KiB": ["--rw=randread", "--direct=1", "--bs=4k", "--iodepth=32"],
    "random write 4 KiB": ["--rw=randwrite", "--direct=1", "--bs=4k", "--iodepth=32"],
}


def checked(*words, **more):
    return subprocess.run(list(map(str, words)), check=True, stdin=subprocess.DEVNULL, **more)


def processes_under(pid):
    """It and its descendants."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found += processes_under(int(child))
    return found


def cpu_seconds(pids):
    ticks = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def prefer(how, pids):
    """Before what else runs here, as on a machine that is ours alone."""
    for pid in pids:
        if how == "session":  # the scheduler weighs sessions; nice counts inside one alone
            with open(f"/proc/{pid}/autogroup", "w", encoding="ascii") as group:
                group.write("-19")
        elif how == "realtime":
            for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
                os.sched_setscheduler(int(thread.name), os.SCHED_RR, os.sched_param(1))


def wait_for(what, condition):
    limit = time.monotonic() + 20
    while not condition():
        if time.monotonic() > limit:
            sys.exit(f"{what} does not appear")
        time.sleep(0.05)


@contextlib.contextmanager
def our_volume(latchkey, image, key):
    """Yields the file, the block device or None, and the processes."""
    checked(latchkey, "open", "--backend", "userspace", image, NAME, "--key-file", key)
    try:
        if os.geteuid() == 0:
            file, node = pathlib.Path("/run/latchkey", NAME), pathlib.Path("/dev/mapper", NAME)
        else:
            runtime = os.environ.get("XDG_RUNTIME_DIR")
            session = f"/run/user/{os.geteuid()}"
            if runtime or os.path.exists(session):
                folder = f"{runtime or session}/latchkey"
            else:
                folder = os.path.expanduser("~/.latchkey")
            file, node = pathlib.Path(folder, NAME), None
        words = ["latchkey-serve", NAME]
        serving = [int(p.name) for p in pathlib.Path("/proc").iterdir() if p.name.isdigit() and
                   [os.path.basename(w) for w in command_line(p)] == words]
        yield file, node, serving
    finally:
        checked(latchkey, "close", NAME)


def command_line(process):
    try:
        return (process / "cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
    except OSError:
        return []


@contextlib.contextmanager
def their_volume(image, key, folder):
    """nbdkit's luks filter over its file plugin, as one file by nbdfuse."""
    socket, file = folder / "nbd.socket", folder / "nbdfuse"
    file.touch()
    nbdkit = subprocess.Popen(["nbdkit", "-f", "-U", socket, "--filter=luks", "file", image, f"passphrase=+{key}"])
    try:
        wait_for(socket, socket.exists)
        nbdfuse = subprocess.Popen(["nbdfuse", file, "--unix", socket])
        try:
            wait_for(file, lambda: file.stat().st_size > 0)
            yield file, [nbdkit.pid, nbdfuse.pid]
        finally:
            for _ in range(20):
                if subprocess.run(["fusermount3", "-u", file], check=False, capture_output=True).returncode == 0:
                    break
                time.sleep(0.2)
            nbdfuse.wait()
    finally:
        nbdkit.send_signal(signal.SIGTERM)
        nbdkit.wait()


@contextlib.contextmanager
def loop_device(file, *options):
    shown = checked("losetup", "--show", "-f", *options, file, stdout=subprocess.PIPE)
    device = shown.stdout.decode().strip()
    try:
        yield pathlib.Path(device)
    finally:
        checked("losetup", "-d", device)


def fio(job, path, size, seconds, servers):
    """(MiB a second, requests a second, CPU seconds for a GiB, for a million requests)."""
    before = cpu_seconds(servers)
    ran = checked("fio", "--name=job", f"--filename={path}", f"--size={size}", "--ioengine=libaio", *job,
                  "--time_based", f"--runtime={seconds}", "--randrepeat=1", "--norandommap", "--output-format=json",
                  stdout=subprocess.PIPE)
    result = json.loads(ran.stdout)["jobs"][0]
    side = result["write" if result["write"]["io_bytes"] else "read"]
    cpu = cpu_seconds(servers) - before
    cpu += (result["usr_cpu"] + result["sys_cpu"]) / 100 * result["job_runtime"] / 1000
    return {"rate": side["io_bytes"] / MEBIBYTE / (side["runtime"] / 1000),
            "iops": side["total_ios"] / (side["runtime"] / 1000),
            "cpu_gib": cpu / (side["io_bytes"] / (1 << 30)),
            "cpu_million": cpu / (side["total_ios"] / 1e6)}


def median(results, key):
    return statistics.median(result[key] for result in results)


def show(job, figures, contestants):
    small = "random" in job
    unit, cpu_unit = ("kIOPS", "cpu_million") if small else ("MiB/s", "cpu_gib")
    values = {}
    for one in contestants:
        values[one] = median(figures[job, one], "iops") / 1e3 if small else median(figures[job, one], "rate")
    text = "".join(f"{one} {values[one]:8.1f} {unit} {median(figures[job, one], cpu_unit):6.2f} s   "
                   for one in contestants)
    print(f"{job:20} {text} ratio {values[contestants[0]] / values[contestants[1]]:5.2f}", flush=True)


def compare(arguments, pairs):
    """`pairs`: {(name, name): {name: (path, processes)}}, the first of each pair ours."""
    figures = {}
    for names, places in pairs.items():
        for job, words in JOBS.items():
            if arguments.jobs and not any(word in job for word in arguments.jobs):
                continue
            for _ in range(arguments.rounds):
                for name in names:
                    path, servers = places[name]
                    figures.setdefault((job, name), []).append(
                        fio(words, path, arguments.mebibytes * MEBIBYTE, arguments.seconds, servers))
            show(job, figures, names)
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("latchkey", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/dev/shm"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of one job")
    parser.add_argument("--mebibytes", type=int, default=1024, help="of the volume")
    parser.add_argument("--prefer", choices=["session", "realtime"],
                        help="all contestants before other programs, which root alone may ask for; the kernel's threads "
                        "below loop devices are no contestants, so that 'realtime' is for nbdfuse alone")
    parser.add_argument("--against", choices=["nbdfuse", "loop"], help="one of the two alone")
    parser.add_argument("--jobs", nargs="*", help="only those with one of these words in their names")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(dir=arguments.folder)))
        key, image, clear = folder / "key", folder / "image", folder / "clear"
        key.write_bytes(b"bench")
        clear.write_bytes(b"")
        os.truncate(clear, arguments.mebibytes * MEBIBYTE)
        image.write_bytes(b"")
        os.truncate(image, (arguments.mebibytes + 4) * MEBIBYTE)
        checked(find_peer(), "luksFormat", "-q", "--type", "luks1", "-c", "aes-xts-plain64", "-s", "512",
                "--pbkdf-force-iterations", "1000", image, key)
        file, node, servers = stack.enter_context(our_volume(arguments.latchkey, image, key))
        their_file, their_servers = stack.enter_context(their_volume(image, key, folder))
        if arguments.prefer:
            prefer(arguments.prefer, [os.getpid(), *servers, *their_servers])
        # No holes: they would be read from nowhere.
        for path in (file, clear):
            checked("dd", "if=/dev/urandom", f"of={path}", "bs=1M", f"count={arguments.mebibytes}", "conv=notrunc",
                    stderr=subprocess.DEVNULL)
        pairs = {}
        if arguments.against != "loop":
            pairs["ours", "nbdfuse"] = {"ours": (file, servers), "nbdfuse": (their_file, their_servers)}
        if node and arguments.against != "nbdfuse":
            bare = stack.enter_context(loop_device(clear))
            pairs["ours", "bare loop"] = {"ours": (node, servers), "bare loop": (bare, [])}
        compare(arguments, pairs)


if __name__ == "__main__":
    sys.exit(main())
