#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What either program writes through its mapping the other reads through its own: every cipher, IV and sector size
that this kernel offers, or one of EVERY of them.

Usage: contents.py OURS [--every EVERY]     (inside the kernel lab)
"""
import argparse
import random
import sys

from guest import (Failed, both, command, expect, loop, nothing_left, read_device, same, scratch, sha256, sparse,
                   text_of, write_device)

LENGTH = 128 * 1024  # bytes of every volume
PATH = "/dev/mapper/contents"

ALL_SECTORS = [("aes", 256), ("aes", 512), ("serpent", 256)]

# Cipher, mode and key bits; then IVs for each mode.  Those that the kernel lacks are reported and counted.
CIPHERS = {"aes": [128, 192, 256], "serpent": [128, 256], "twofish": [128, 256], "camellia": [128, 256],
           "cast6": [256], "anubis": [128]}
SMALL_BLOCKS = {"cast5": [128], "blowfish": [128, 256], "des3_ede": [192]}
CBC_IVS = ["plain", "plain64", "plain64be", "null", "benbi", "essiv:sha256", "eboiv"]
OTHERS = [
    ("aes-cbc-elephant", 512), ("aes-cbc-elephant", 256), ("aes-cbc-tcw", 384), ("aes-ecb", 256), ("serpent-ecb", 128),
    ("aes-ctr-plain64", 256), ("aes-ctr-null", 128), ("aes-cbc-essiv:sha512", 256), ("aes-cbc-essiv:ripemd160", 128),
    ("aes-lrw-benbi", 256), ("aes-lrw-benbi", 384), ("twofish-lrw-benbi", 256), ("serpent-lrw-plain64", 256),
    ("xchacha12,aes-adiantum-plain64", 256), ("xchacha20,aes-adiantum-plain64", 256), ("cipher_null-ecb", 256),
    ("capi:xts(aes)-plain64", 512), ("capi:cbc(serpent)-plain64", 256), ("capi:cbc(aes)-essiv:sha256", 256),
    ("capi:xts(twofish)-plain64be", 256),
]


def specifications():
    for cipher, sizes in CIPHERS.items():
        for bits in sizes:
            for iv in CBC_IVS if cipher == "aes" else CBC_IVS[1:6]:
                yield f"{cipher}-cbc-{iv}", bits
            for iv in ["plain", "plain64", "plain64be", "eboiv", "null"] if cipher == "aes" else ["plain64"]:
                if bits != 192:
                    yield f"{cipher}-xts-{iv}", 2 * bits
    for cipher, sizes in SMALL_BLOCKS.items():
        for bits in sizes:
            yield from ((f"{cipher}-cbc-{iv}", bits) for iv in ("plain", "plain64", "null"))
    yield from OTHERS


def variants():
    """Options of an open, and what they are called."""
    for cipher, bits in specifications():
        # All sizes once for each mode and IV; other ciphers and key sizes with the two usual combinations.
        for sector in (512, 1024, 2048, 4096) if (cipher.split("-")[0], bits) in ALL_SECTORS else (512, 4096):
            options = ["-c", cipher, "-s", bits, "--skip", 8 * (bits % 3), "--offset", 8]
            if sector > 512:
                options += ["--sector-size", sector]
            yield f"{cipher} {bits} {sector}", options
            if sector > 512 and (cipher, bits) in (("aes-cbc-essiv:sha256", 256), ("aes-xts-plain64", 512), ("aes-cbc-plain", 128)):
                yield f"{cipher} {bits} {sector} large IVs", [*options, "--iv-large-sectors"]


class Exchange:
    def __init__(self, ours, peer, device):
        self.ours, self.peer, self.device = ours, peer, device
        self.draw = random.Random("latchkey-contents")

    def open(self, tool, kind, options, key):
        return tool.try_run("open", "-q", "--type", kind, *options, "--key-file", key, self.device, "contents")

    def reopen(self, tool, *how):
        done = self.open(tool, *how)
        expect(done.returncode == 0, f"{tool.name}: exit {done.returncode}: {text_of(done)}")

    def run(self, *how):
        """False if the kernel has no such thing."""
        first, second = self.draw.randbytes(LENGTH), self.draw.randbytes(LENGTH)
        tried = self.open(self.peer, *how)
        if tried.returncode != 0:
            expect(self.open(self.ours, *how).returncode != 0, "ours opens what the peer cannot")
            return False
        write_device(PATH, first)
        self.peer.run("close", "contents")
        self.reopen(self.ours, *how)
        same(sha256(read_device(PATH, LENGTH)), sha256(first), "what the peer wrote, read by ours,")
        write_device(PATH, second)
        self.ours.run("close", "contents")
        self.reopen(self.peer, *how)
        same(sha256(read_device(PATH, LENGTH)), sha256(second), "what ours wrote, read by the peer,")
        self.peer.run("close", "contents")
        return True


def loopaes_variants(draw):
    for keys in (1, 64, 65):
        for cipher, bits in (("aes", 128), ("aes", 192), ("aes", 256), ("serpent", 256), ("twofish", 128)):
            name = f"loopaes.{keys}.{cipher}.{bits}"
            with open(name, "wb") as file:
                file.write(b"".join(draw.randbytes(30).hex().encode() + b"\n" for _ in range(keys)))
            yield name, ["-c", cipher, "-s", bits, "--offset", 8], name


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours")
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    ours, peer = both(arguments.ours)
    worked, lacking, failed = 0, [], 0
    with scratch():
        with open("key", "wb") as file:
            file.write(random.Random("key").randbytes(128))
        with loop(sparse("image", 4096 + LENGTH)) as device:
            exchange = Exchange(ours, peer, device)
            plain = ((name, "plain", options, "key") for name, options in variants())
            loopaes = ((name, "loopaes", options, key) for name, options, key in loopaes_variants(exchange.draw))
            for name, kind, options, key in [*plain, *loopaes][::arguments.every]:
                try:
                    if exchange.run(kind, options, key):
                        worked += 1
                    else:
                        lacking.append(name)
                except Failed as problem:
                    failed += 1
                    print(f"FAILED {name}: {problem}", flush=True)
                    command("dmsetup", "remove", "--force", "contents", check=False)
        nothing_left("after all")
    print(f"not offered by this kernel, refused by both ({len(lacking)}): {', '.join(lacking)}")
    print(f"{worked} exchanged both ways, {failed} failed")
    # Linux 6.1 has about 260; far fewer would mean that the test tried nothing.
    return 1 if failed or worked < 200 // arguments.every else 0


if __name__ == "__main__":
    sys.exit(main())
