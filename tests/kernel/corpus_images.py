#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every image of the corpus that is to open opens through the kernel, and holds what the manifest says.

Usage: corpus_images.py OURS     (inside the kernel lab)
Plain, loop-AES, LUKS1, LUKS2 and LUKS2 under reencryption, recovered where its last write was cut short; each as a regular file, through a
loop device that must be gone afterwards.
Exits 77 where there is no corpus.
"""
import argparse
import re
import shlex
import sys

from guest import Failed, both, command, expect, nothing_left, read_device, same, scratch, sha256, text_of

from corpus import Unpacker, corpus_dir, manifest

FAMILIES = ("plain", "loopaes", "luks1", "luks2", "reencrypt")
# Images that a later version will map; until then they are refused by name.
REFUSED = {
    "luks2-integrity-aegis128-random-128-aead-sector4096-nowipe": "integrity",
    "luks2-integrity-aes-xts-plain64-256-hmac-sha256-sector4096": "integrity",
}


def put(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


def headerless(entry, files):
    """Options and standard input, out of the command that made the image."""
    words = shlex.split(next(line for line in entry["commands"] if " open " in line))
    words = words[words.index("open") + 1:words.index("dev")]
    secret = bytes.fromhex(entry["keyslots"][0]["passphrase_hex"])
    if "keyfile" in files:
        words[words.index("key.0")] = files["keyfile"]
    elif "key.0" in words:
        words[words.index("key.0")] = put("key", secret)
        if "--keyfile-offset" in words and len(secret) * 8 == entry["key_bits"]:
            put("key", bytes(int(words[words.index("--keyfile-offset") + 1])) + secret)
    return [*words, files["image"]], secret


def with_header(entry, files):
    place = ["--header", files["header"], files["data"]] if "header" in files else [files["image"]]
    if entry["expect"]["open"] == "volume key only":
        key = put("key", bytes.fromhex(entry["volume_key"]))
        return ["--volume-key-file", key, "--key-size", entry["key_bits"], *place], b""
    slot = next(slot for slot in entry["keyslots"] if not slot.get("unbound"))
    chosen = ["--key-slot", slot["slot"]] if "slot" in slot else []
    return ["--key-file", "-", *chosen, *place], bytes.fromhex(slot["passphrase_hex"])


def check(ours, entry, files):
    """True if it opened and holds its payload; False if it was refused as it should be."""
    if entry["family"] in ("plain", "loopaes"):
        arguments, secret = headerless(entry, files)
    else:
        arguments, secret = with_header(entry, files)
    if entry["family"].startswith("luks") and entry.get("cipher", "").startswith("cipher_null") and secret:
        # A header changed by an attacker looks the same.
        done = ours.try_run("open", "-q", "--readonly", *arguments, "image", secret=secret)
        expect(done.returncode == 1 and "not encrypted" in text_of(done), f"exit {done.returncode}: {text_of(done)}")
        arguments = ["--allow-null-cipher", *arguments]
    done = ours.try_run("open", "-q", "--readonly", *arguments, "image", secret=secret)
    if entry["expect"].get("needs_recovery"):
        expect(done.returncode == 1 and "requires reencryption recovery" in text_of(done), f"exit {done.returncode}: {text_of(done)}")
        done = ours.try_run("open", "-q", *arguments, "image", secret=secret)
    if entry["id"] in REFUSED:
        expect(done.returncode == 1 and REFUSED[entry["id"]] in text_of(done), f"exit {done.returncode}: {text_of(done)}")
        return False
    expect(done.returncode == 0, f"exit {done.returncode}: {text_of(done)}")
    payload = entry["payload"]
    same(sha256(read_device("/dev/mapper/image", payload["length"])), payload["sha256"], "the payload")
    if "volume_key" in entry:
        shown = ours.run("table", "--show-keys", "image")
        # A part that is not encrypted yet may come first.
        field = next(line for line in shown.splitlines() if line.split()[2] == "crypt").split()[4]
        if re.fullmatch("[0-9a-f]+", field):
            same(field, entry["volume_key"], "the key")
    ours.run("close", "image")
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours")
    arguments = parser.parse_args()
    if corpus_dir() is None:
        print("there is no corpus here")
        return 77
    ours, _ = both(arguments.ours)
    opened = refused = failed = 0
    with Unpacker() as unpacker, scratch():
        for entry in manifest():
            if entry["family"] not in FAMILIES or entry["expect"]["open"] is False:
                continue
            try:
                if check(ours, entry, {role: str(path) for role, path in unpacker.entry(entry).items()}):
                    opened += 1
                else:
                    refused += 1
                nothing_left(entry["id"])
            except Failed as problem:
                failed += 1
                print(f"FAILED {entry['id']}: {problem}", flush=True)
                command("dmsetup", "remove", "--force", "image", check=False)
    print(f"{opened} images hold their payload, {refused} refused by name, {failed} failed")
    same(refused, len(REFUSED), "the number of images that a later version opens")
    return 1 if failed or opened < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
