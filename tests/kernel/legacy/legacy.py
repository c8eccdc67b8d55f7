#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Old command lines, mapped: the kernel's table holds the key that hashalot makes, and what the peer wrote by the
same parameters is there.

Usage: legacy.py OURS     (inside the kernel lab)
"""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from guest import (Steps, both, loop, nothing_left, read_device, same, scratch, sparse,  # noqa: E402
                   table, write_device)

PASSPHRASE = b"a passphrase of 2003"
MIB = 1024 * 1024


def hashalot(*arguments):
    """The oracle: Debian's program, in hexadecimal digits."""
    return subprocess.run(["hashalot", "-q", "-x", *arguments], input=PASSPHRASE + b"\n", check=True,
                          capture_output=True).stdout.decode().strip()


# A line, its cipher and IV offset, how hashalot makes its key, and the peer's options for the same mapping.
LINES = [
    ("losetup -e aes -k 256 /dev/loop9 DEV", "aes-cbc-plain", 0, ["-n", "32", "ripemd160"],
     ["-c", "aes-cbc-plain", "-s", "256", "-h", "ripemd160"]),
    ("losetup -e twofish -k 128 -o 32768 /dev/loop9 DEV", "twofish-cbc-plain", 64, ["-n", "16", "ripemd160"],
     ["-c", "twofish-cbc-plain", "-s", "128", "-h", "ripemd160", "-o", "64", "-p", "64"]),
    ("losetup -e AES192 /dev/loop9 DEV", "aes-cbc-plain64", 0, ["-n", "24", "sha384"],
     ["-c", "aes-cbc-plain64", "-s", "192", "-h", "sha384"]),
    ("losetup -e serpent-ecb -k 256 /dev/loop9 DEV", "serpent-ecb", 0, ["-n", "32", "ripemd160"],
     ["-c", "serpent-ecb", "-s", "256", "-h", "ripemd160"]),
    ("cryptsetup create old DEV", "aes-cbc-plain", 0, ["-n", "32", "ripemd160"],
     ["-c", "aes-cbc-plain", "-s", "256", "-h", "ripemd160"]),
    ("cryptsetup -h sha512 -s 128 -o 8 -p 4 create old DEV", "aes-cbc-plain", 4, ["-n", "16", "sha512"],
     ["-c", "aes-cbc-plain", "-s", "128", "-h", "sha512", "-o", "8", "-p", "4"]),
    ("hashalot -n 64 sha256 | dmsetup create old --table '0 2048 crypt aes-xts-plain64 KEY 0 DEV 0'",
     "aes-xts-plain64", 0, ["-n", "64", "sha256"], ["-c", "aes-xts-plain64", "-s", "512", "-h", "sha256:32"]),
    ("echo 0 `blockdev --getsize DEV` crypt aes-plain `hashalot -x -n 32 -s salt sha256` 3 DEV 0 | dmsetup create old",
     "aes-cbc-plain", 3, ["-n", "32", "-s", "salt", "sha256"], None),
    ("hashalot -n 40 ripemd160 | cryptsetup -d /dev/stdin create old DEV", "aes-cbc-plain", 0, ["-n", "32", "ripemd160"],
     ["-c", "aes-cbc-plain", "-s", "256", "-h", "ripemd160"]),
]


class Lines:
    def __init__(self, ours, peer, device):
        self.ours, self.peer, self.device = ours, peer, device

    def map(self, line, cipher, skip, oracle, options):
        text = b"what was written then".ljust(4096, b".")
        if options:
            self.peer.run("open", "-q", "--type", "plain", *options, self.device, "then", secret=PASSPHRASE + b"\n")
            write_device("/dev/mapper/then", text)
            self.peer.run("close", "then")
        self.ours.run("legacy", "old", "--", line.replace("DEV", self.device), secret=PASSPHRASE + b"\n")
        fields = table("old").split()
        same(fields[3:6], [cipher, hashalot(*oracle), str(skip)], "the table")
        if options:
            same(read_device("/dev/mapper/old", len(text)), text, "what the peer wrote")
        self.peer.run("close", "old")


def main():
    ours, peer = both(sys.argv[1])
    steps = Steps()
    with scratch(), loop(sparse("image", MIB)) as device:
        lines = Lines(ours, peer, device)
        for line in LINES:
            steps.run(line[0], lines.map, *line)
        # An image file gets a loop device, which is removed with the mapping.
        steps.run("a file", lines.map.__func__, Lines(ours, peer, sparse("file", MIB)), *LINES[4])
    nothing_left("after all")
    return steps.finish()


if __name__ == "__main__":
    sys.exit(main())
