#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk with bad places, and one that fails for a while, below a served volume: EIO comes back as itself, from the
place where it is and from nowhere else.

Usage: device_errors.py PROGRAM     (inside the kernel lab: it takes device-mapper)
"""
import errno
import os
import pathlib
import sys
import tempfile

from volumes import MIB, Failed, Volume, command, expect

PROGRAM = os.path.abspath(sys.argv[1])
SECTORS = 16 * MIB // 512
BAD = 8 * MIB  # where the bad place begins, and 64 KiB from there


def error_of(action):
    try:
        action()
    except OSError as problem:
        return problem.errno
    return 0


def write_and_sync(path, data, offset):
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.pwrite(descriptor, data, offset)
        os.fsync(descriptor)
    finally:
        error_of(lambda: os.close(descriptor))


def read(path, length, offset):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.pread(descriptor, length, offset)
    finally:
        os.close(descriptor)


def load(table):
    command("dmsetup", "suspend", "--nolockfs", "--noflush", "bad")
    command("dmsetup", "reload", "bad", "--table", table)
    command("dmsetup", "resume", "bad")


def check(volume, good, bad, offset):
    """`offset`: of the volume's data on the disk."""
    path = volume.file
    volume.open()
    try:
        data = os.urandom(300000)
        write_and_sync(path, data, BAD - offset - 100000)
        expect(read(path, len(data), BAD - offset - 100000) == data, "a good disk loses data")
        load(bad)
        for inside in (BAD - offset, BAD - offset + 777, BAD - offset + 65535):
            command("sh", "-c", "echo 3 >/proc/sys/vm/drop_caches")
            found = error_of(lambda at=inside: read(path, 1, at))
            expect(found == errno.EIO, f"reading a bad place: {errno.errorcode.get(found)}")
            found = error_of(lambda at=inside: write_and_sync(path, b"x" * 4096, at))
            expect(found == errno.EIO, f"writing a bad place: {errno.errorcode.get(found)}")
        expect(read(path, 50000, BAD - offset - 100000) == data[:50000], "a good place cannot be read")
        load(good)
        expect(read(path, 4096, 0) is not None, "the disk is good again, the volume is not")
    finally:
        volume.close()


def main():
    command("modprobe", "-a", "fuse", "loop", check=False)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for kind in ("luks1", "luks2"):
            volume = Volume(PROGRAM, folder, kind)
            loop = command("losetup", "-f", "--show", volume.image).stdout.decode().strip()
            good = f"0 {SECTORS} linear {loop} 0"
            first, count = BAD // 512, 128
            bad = (f"0 {first} linear {loop} 0\n{first} {count} error\n"
                   f"{first + count} {SECTORS - first - count} linear {loop} {first + count}")
            command("dmsetup", "create", "bad", "--table", good)
            volume.image = pathlib.Path("/dev/mapper/bad")
            dump = volume.run("luksDump", volume.image).stdout.decode()
            word = next(line for line in dump.splitlines() if "ffset:" in line and "Area" not in line)
            offset = int(word.split()[-1]) * 512 if kind == "luks1" else int(word.split()[-2])
            try:
                check(volume, good, bad, offset)
            except Failed as problem:
                print(f"FAILED {kind}: {problem}")
                return 1
            command("dmsetup", "remove", "bad")
            command("losetup", "-d", loop)
            print(f"ok {kind}: data from {offset}")
    return 0


sys.exit(main())
