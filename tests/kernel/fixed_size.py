#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fixed_size.py IMAGE BYTES: gives the data segment of a LUKS2 header a fixed size, in both copies."""
import hashlib
import json
import sys

COPY = 16384  # bytes of a copy, as luksFormat makes it
BINARY = 4096
CHECKSUM = slice(0x1c0, 0x1c0 + 64)

with open(sys.argv[1], "r+b") as image:
    for offset in (0, COPY):
        image.seek(offset)
        copy = bytearray(image.read(COPY))
        metadata = json.loads(copy[BINARY:].rstrip(b"\0"))
        metadata["segments"]["0"]["size"] = sys.argv[2]
        copy[BINARY:] = json.dumps(metadata, separators=(",", ":")).encode().ljust(COPY - BINARY, b"\0")
        copy[CHECKSUM] = bytes(64)
        copy[CHECKSUM] = hashlib.sha256(copy).digest().ljust(64, b"\0")
        image.seek(offset)
        image.write(copy)
