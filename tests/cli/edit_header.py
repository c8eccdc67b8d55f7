#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes a LUKS2 header as somebody who can write to the disk would: both copies, checksums made right.

Usage: edit_header.py IMAGE PATH=JSON...     segments.0.encryption='"cipher_null-ecb"', keyslots.1.priority=2
       uuid=, label= and subsystem= set the binary header's fields; \\xNN stands for any byte.  PATH= without a value
       removes the member.  PATH=@N copies the member N beside it: keyslots.5=@0.
"""
import hashlib
import json
import re
import sys

BINARY = 4096
FIELDS = {"label": (0x18, 48), "uuid": (0xa8, 40), "subsystem": (0xd0, 48)}
HASH_FIELD = (0x1c0, 64)


def field_bytes(text):
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), text.encode("utf-8", "surrogateescape"))


def edit(document, path, value):
    *parents, last = path.split(".")
    where = document
    for name in parents:
        where = where[int(name) if isinstance(where, list) else name]
    if isinstance(where, list):
        last = int(last)
    if value == "":
        del where[last]
    elif value.startswith("@"):
        where[last] = json.loads(json.dumps(where[value[1:]]))
    else:
        where[last] = json.loads(value)


def main():
    image, *changes = sys.argv[1:]
    with open(image, "r+b") as file:
        size = int.from_bytes(file.read(16)[8:16], "big")
        for offset in (0, size):
            file.seek(offset)
            header = bytearray(file.read(size))
            document = json.loads(bytes(header[BINARY:]).split(b"\0")[0])
            for change in changes:
                path, _, value = change.partition("=")
                if path in FIELDS:
                    start, length = FIELDS[path]
                    header[start:start + length] = field_bytes(value).ljust(length, b"\0")[:length]
                else:
                    edit(document, path, value)
            text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
            if len(text) >= size - BINARY:
                sys.exit(f"{len(text)} bytes of JSON do not fit")
            header[BINARY:] = text.ljust(size - BINARY, b"\0")
            start, length = HASH_FIELD
            header[start:start + length] = bytes(length)
            header[start:start + length] = hashlib.sha256(header).digest().ljust(length, b"\0")
            file.seek(offset)
            file.write(header)


main()
