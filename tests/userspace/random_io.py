#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random reads, writes, holes and flushes of any place and length on a served volume, against a model in memory; from
time to time the volume is closed and opened again.

Usage: random_io.py PROGRAM [SECONDS [SEED]]
"""
import ctypes
import errno
import os
import random
import sys
import time

from volumes import Failed, Volume, expect, main

PROGRAM = os.path.abspath(sys.argv[1])
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 24
SEED = sys.argv[3] if len(sys.argv) > 3 else "1"
LIBC = ctypes.CDLL(None, use_errno=True)
PUNCH = 0x02 | 0x01  # FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE


def punch_hole(descriptor, offset, length):
    """0, or an errno."""
    done = LIBC.fallocate(descriptor, PUNCH, ctypes.c_int64(offset), ctypes.c_int64(length))
    return 0 if done == 0 else ctypes.get_errno()


class Model:
    """The volume as it should be, and the operations on both."""

    def __init__(self, path, seed, holes, unit):
        self.path = path
        self.random = random.Random(seed)
        self.holes = holes
        self.unit = unit  # that holes are multiples of: block devices know no other
        self.log = []
        self.descriptor = os.open(path, os.O_RDWR)
        self.size = os.lseek(self.descriptor, 0, os.SEEK_END)
        self.bytes = bytearray(os.pread(self.descriptor, self.size, 0))
        expect(len(self.bytes) == self.size, f"{path}: {len(self.bytes)} bytes of {self.size} could be read")

    def range(self):
        length = self.random.choice((1, 16, 511, 512, 513, 4095, 4096, 9000, 131072, 300000))
        length = self.random.randint(1, length)
        if self.random.random() < 0.3:
            length = max(512, length // 512 * 512)
        offset = self.random.randrange(self.size)
        if self.random.random() < 0.3:
            offset = offset // 4096 * 4096
        if self.random.random() < 0.05:
            offset = self.size - min(self.size, length)
        return offset, min(length, self.size - offset)

    def compare(self, offset, found, what):
        wanted = self.bytes[offset:offset + len(found)]
        if found == wanted:
            return
        at = next(i for i, (a, b) in enumerate(zip(found, wanted)) if a != b)
        raise Failed(f"{what} of {len(found)} at {offset}: byte {offset + at} is {found[at]:#x}, not {wanted[at]:#x}; "
                     f"the last operations: {self.log[-12:]}")

    def step(self):
        kind = self.random.choices(("read", "write", "punch", "sync"), (40, 45, 8 if self.holes else 0, 2))[0]
        offset, length = self.range()
        self.log.append((kind, offset, length))
        if kind == "read":
            found = os.pread(self.descriptor, length, offset)
            expect(len(found) == length, f"read of {length} at {offset} gave {len(found)}")
            self.compare(offset, found, "read")
        elif kind == "write":
            data = self.random.randbytes(length)
            expect(os.pwrite(self.descriptor, data, offset) == length, f"short write at {offset}")
            self.bytes[offset:offset + length] = data
        elif kind == "punch":
            offset -= offset % self.unit
            length += -length % self.unit
            length = min(length, self.size - offset)
            error = punch_hole(self.descriptor, offset, length)
            expect(error == 0, f"a hole of {length} at {offset}: {errno.errorcode.get(error)}")
            self.bytes[offset:offset + length] = bytes(length)
        else:
            os.fsync(self.descriptor)

    def reopen(self, volume, options):
        os.close(self.descriptor)
        volume.close()
        volume.open(*options)
        self.descriptor = os.open(self.path, os.O_RDWR)
        self.log.append("reopen")
        self.compare(0, os.pread(self.descriptor, self.size, 0), "read after opening again")


def exercise(volume, path, options, seconds, unit=1):
    volume.open(*options)
    try:
        model = Model(path(), f"{SEED} {volume.name.rsplit('-', maxsplit=1)[1]}", "--allow-discards" in options, unit)
        stop = time.monotonic() + seconds
        steps = 0
        while time.monotonic() < stop:
            model.step()
            steps += 1
            if steps % 1500 == 0:
                model.reopen(volume, options)
        model.reopen(volume, options)
        os.close(model.descriptor)
        print(f"  {steps} operations")
        if "--allow-discards" not in options:
            volume.close()
            plain = volume.run("read", "--key-file", volume.key, volume.image).stdout
            expect(plain == bytes(model.bytes), "'read' has other bytes than were served")
    finally:
        volume.__exit__()


def luks1(folder):
    volume = Volume(PROGRAM, folder, "luks1", 6)
    exercise(volume, lambda: volume.file, (), SECONDS / 6)


def luks2_large_sectors_with_holes(folder):
    volume = Volume(PROGRAM, folder, "luks2", 6, ["--sector-size", "4096"])
    exercise(volume, lambda: volume.file, ("--allow-discards",), SECONDS / 6)


def small_sectors_with_holes_on_the_path_that_open_tells(folder):
    volume = Volume(PROGRAM, folder, "luks2", 6, ["--sector-size", "512", "-c", "aes-cbc-essiv:sha256", "-s", "256"])
    exercise(volume, lambda: volume.path, ("--allow-discards",), SECONDS / 6,
             512 if os.geteuid() == 0 else 1)


sys.exit(main(PROGRAM, [luks1, luks2_large_sectors_with_holes, small_sectors_with_holes_on_the_path_that_open_tells]))
