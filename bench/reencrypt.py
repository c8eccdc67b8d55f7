#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reencryption of an image file to a new key, against the peer, in one run, as ratios.  A benchmark, never a test.

Usage: reencrypt.py OURS [--runs N] [--mib SIZE] [--folder FOLDER]

Each run starts from the same image in FOLDER (default /dev/shm, so that no disk decides) with aes-xts-plain64 and a
512-bit key.  The programs take turns.  The figures are medians of wall time, and throughput of plaintext.
"""
import argparse
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

from commands import measure

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "interop"))
from peer import find_peer  # noqa: E402  pylint: disable=wrong-import-position

CHEAP = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]


def make_image(peer, folder, mib):
    """Returns an image with `mib` MiB of data, and its key file.  To a reencryption any bytes are ciphertext."""
    image, key = folder / "image", folder / "key"
    key.write_bytes(b"key")
    with open(image, "wb") as file:
        file.truncate((mib + 16) << 20)
        file.write(b"\1" * ((mib + 16) << 20))
    subprocess.run([peer, "luksFormat", "-q", "--type", "luks2", *CHEAP, "--key-file", key, image], check=True)
    return image, key


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--folder", default="/dev/shm")
    options = parser.parse_args()
    peer = find_peer()
    if peer is None:
        sys.exit("no cryptsetup is installed")
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        image, key = make_image(peer, pathlib.Path(name), options.mib)
        work = image.with_name("work")
        print(f"{'resilience':12}{'ours s':>9}{'peer s':>9}{'ratio':>8}{'ours MiB/s':>12}{'peer MiB/s':>12}{'CPU ratio':>11}")
        for resilience in ("checksum", "journal", "none"):
            samples = {options.ours: [], peer: []}
            for _ in range(options.runs):
                for program, taken in samples.items():
                    shutil.copyfile(image, work)
                    taken.append(measure([program, "reencrypt", "-q", "--force-offline-reencrypt", *CHEAP, "--key-file", key,
                                          "--resilience", resilience, work]))
            wall = [statistics.median(run[0] for run in samples[program]) for program in (options.ours, peer)]
            cpu = [statistics.median(run[1] for run in samples[program]) for program in (options.ours, peer)]
            print(f"{resilience:12}{wall[0]:9.3f}{wall[1]:9.3f}{wall[0] / wall[1]:8.2f}{options.mib / wall[0]:12.0f}"
                  f"{options.mib / wall[1]:12.0f}{cpu[0] / cpu[1]:11.2f}")


if __name__ == "__main__":
    main()
