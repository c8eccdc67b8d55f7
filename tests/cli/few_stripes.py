#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Rewrites keyslot 0 of a LUKS1 header (aes-cbc-plain, sha1) with few AF stripes, as LibreCrypt does.

Usage: few_stripes.py PROGRAM IMAGE PASSPHRASE STRIPES     The program's plain volumes encrypt the keyslot.
"""
import hashlib
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

PROGRAM, IMAGE, PASSPHRASE, STRIPES = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3].encode(), int(sys.argv[4])


def crypt(data, key, encrypt):
    with tempfile.TemporaryDirectory() as folder:
        area, keyfile = pathlib.Path(folder, "area"), pathlib.Path(folder, "key")
        keyfile.write_bytes(key)
        keyfile.chmod(0o600)
        area.write_bytes(bytes(len(data)) if encrypt else data)
        words = ["write" if encrypt else "read", "-q", "--type", "plain", "-c", "aes-cbc-plain", "-s", str(len(key) * 8), "-d",
                 keyfile, area]
        done = subprocess.run([PROGRAM, *words], input=data if encrypt else b"", stdout=subprocess.PIPE, check=True)
        return area.read_bytes() if encrypt else done.stdout


def diffuse(block):
    parts = [block[i:i + 20] for i in range(0, len(block), 20)]
    return b"".join(hashlib.sha1(struct.pack(">I", i) + part).digest()[:len(part)] for i, part in enumerate(parts))


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


header = bytearray(IMAGE.read_bytes())
key_bytes, = struct.unpack(">I", header[108:112])
iterations, = struct.unpack(">I", header[212:216])
start, stripes = struct.unpack(">II", header[248:256])
derived = hashlib.pbkdf2_hmac("sha1", PASSPHRASE, bytes(header[216:248]), iterations, key_bytes)
length = (key_bytes * stripes + 511) // 512 * 512
material = crypt(bytes(header[start * 512:start * 512 + length]), derived, False)
mixed = bytes(key_bytes)
for i in range(stripes - 1):
    mixed = diffuse(xor(mixed, material[i * key_bytes:(i + 1) * key_bytes]))
volume_key = xor(mixed, material[(stripes - 1) * key_bytes:stripes * key_bytes])

split, mixed = b"", bytes(key_bytes)
for i in range(STRIPES - 1):
    stripe = os.urandom(key_bytes)
    split += stripe
    mixed = diffuse(xor(mixed, stripe))
split += xor(mixed, volume_key)
split += bytes(-len(split) % 512)
header[start * 512:start * 512 + len(split)] = crypt(split, derived, True)
for slot in range(8):
    struct.pack_into(">I", header, 208 + 48 * slot + 44, STRIPES)
IMAGE.write_bytes(header)
