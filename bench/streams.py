#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Plaintext out of and between cached images: "latchkey read" and "copy" against cp and qemu-img convert.

Usage: streams.py LATCHKEY [--folder FOLDER] [--mebibytes N] [--rounds N]

One LUKS1 image (aes-xts-plain64, 512-bit key) lies in FOLDER, best a tmpfs with room for three of them; all write a
new file there.  Rates are medians of rounds in which each had its turn, CPU is that of the program, for one GiB.
Besides qemu-utils this needs the peer, which makes the image.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "interop"))
from peer import find_peer  # noqa: E402  pylint: disable=wrong-import-position

FAST = ["-q", "--pbkdf-force-iterations", "1000", "-c", "aes-xts-plain64", "-s", "512"]


def checked(*words, **more):
    subprocess.run(list(map(str, words)), check=True, stdin=subprocess.DEVNULL, **more)


def timed(command, output):
    """Seconds of wall time, and of CPU; `output` takes what goes to standard output."""
    with open(output, "wb") as stream:
        start = time.monotonic()
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=stream)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: failed")
    return wall, usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("latchkey", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/dev/shm"))
    parser.add_argument("--mebibytes", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = pathlib.Path(name)
        key, image, second, out = (folder / word for word in ("key", "image", "second", "out"))
        key.write_bytes(b"bench")
        for file in (image, second):
            file.touch()
            os.truncate(file, (arguments.mebibytes + 4) << 20)
            checked(find_peer(), "luksFormat", "--type", "luks1", *FAST, file, key)
        random = subprocess.Popen(["head", "-c", str(arguments.mebibytes << 20), "/dev/urandom"], stdout=subprocess.PIPE)
        subprocess.run([arguments.latchkey, "write", image, "--key-file", key, "--batch-mode"], check=True,
                       stdin=random.stdout)
        random.wait()
        null = pathlib.Path("/dev/null")
        ours = [arguments.latchkey]
        # What to run, where its standard output goes, and what is left behind.
        commands = {
            "cp": (["cp", image, out], null),
            "qemu-img convert": (["qemu-img", "convert", "-O", "raw", "--object", f"secret,id=key,file={key}",
                                  "--image-opts", f"driver=luks,key-secret=key,file.filename={image}", out], null),
            "read to a file": ([*ours, "read", image, out, "--key-file", key], null),
            "read, redirected": ([*ours, "read", image, "--key-file", key], out),
            "copy to a new file": ([*ours, "copy", image, out, "--key-file", key], null),
            "copy LUKS1 to LUKS1": ([*ours, "copy", image, second, "--key-file", key, "--new-keyfile", key,
                                     "--batch-mode"], null),
        }
        figures = {what: [] for what in commands}
        for _ in range(arguments.rounds):
            for what, (command, output) in commands.items():
                out.unlink(missing_ok=True)
                figures[what].append(timed(command, output))
        rate = {what: arguments.mebibytes / statistics.median(wall for wall, _ in runs)
                for what, runs in figures.items()}
        for what, runs in figures.items():
            cpu = statistics.median(cpu for _, cpu in runs) * 1024 / arguments.mebibytes
            print(f"{what:20} {rate[what]:8.1f} MiB/s {cpu:6.2f} s CPU   of cp {rate[what] / rate['cp']:5.2f}   "
                  f"of qemu-img {rate[what] / rate['qemu-img convert']:5.2f}")


if __name__ == "__main__":
    sys.exit(main())
