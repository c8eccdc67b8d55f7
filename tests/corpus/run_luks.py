#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every LUKS image of the corpus behaves as its manifest says, through the command line.

Usage: run_luks.py PROGRAM FAMILY...     (FAMILY "pending" lists what belongs to later formats)
Prints a line for each entry that does not, and exits 1; exits 77 where there is no corpus.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

import corpus

# The texts of refusals, by entry: reviewed by hand, so that no vague message appears.
REFUSALS = json.loads((pathlib.Path(__file__).parent / "refusals.json").read_text(encoding="utf-8"))


# Keyslot ciphers that libgcrypt lacks, which the kernel's crypto API does where it is offered to programs.  Elsewhere
# they must be refused as that, not as a wrong passphrase, and are counted as pending.  The family "kernel" is these
# entries, which have to open: it runs in the kernel lab.
NEEDS_KERNEL = {"luks2-cipher-xchacha12_aes-adiantum-plain64-256": "the kernel does not offer 'adiantum(xchacha12,aes)'"}


class Program:
    def __init__(self, path):
        self.path = path

    def __call__(self, *arguments, secret=None):
        done = subprocess.run(
            [self.path, *map(str, arguments)], input=secret if secret is not None else b"",
            capture_output=True, timeout=120, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
        done.text = (done.stdout + done.stderr).decode("utf-8", "replace")
        return done


class Mismatch(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise Mismatch(message)


def device_arguments(files):
    """Operands and options that name header and data."""
    if "header" in files:
        return ["--header", files["header"], files["data"]]
    return [files["image"]]


def metadata_file(files):
    return files.get("header", files.get("image"))


def volume_key_of(program, files, slot, secret):
    """The volume key that the keyslot gives, as --dump-volume-key prints it, in hex."""
    shown = program("luksDump", "--batch-mode", "--dump-volume-key", "--key-slot", slot, "--key-file", "-",
                    metadata_file(files), secret=secret)
    expect(shown.returncode == 0, f"slot {slot}: --dump-volume-key: {shown.text}")
    after = shown.stdout.decode().split("MK dump:", 1)[1]
    return "".join(re.findall(r"\b[0-9a-f]{2}\b", after))


def check_opens(program, entry, files):
    for slot in entry["keyslots"]:
        secret = bytes.fromhex(slot["passphrase_hex"])
        # A changed header may give the keyslot another number, or describe the purpose of the key differently.
        number = slot.get("slot") if entry["family"] not in ("damaged", "reencrypt") else None
        chosen = [] if number is None else ["--key-slot", number]
        opened = program("open", "--test-passphrase", "--key-file", "-", *chosen, *device_arguments(files), secret=secret)
        expect(opened.returncode == 0, f"slot {number}: exit {opened.returncode}: {opened.text}")
        if number is None:
            continue
        if "volume_key" in entry and not slot.get("unbound"):
            key = volume_key_of(program, files, number, secret)
            expect(key == entry["volume_key"], f"slot {number}: another volume key")
        wrong = program("open", "--test-passphrase", "--key-file", "-", *chosen, *device_arguments(files),
                        secret=secret + b"\n")
        expect(wrong.returncode == 2, f"slot {number}: a newline more: exit {wrong.returncode}: {wrong.text}")
    for dead in entry.get("dead_passphrases", []):
        tried = program("open", "--test-passphrase", "--key-file", "-", *device_arguments(files),
                        secret=bytes.fromhex(dead["passphrase_hex"]))
        expect(tried.returncode == 2, f"dead passphrase of slot {dead['slot']}: exit {tried.returncode}")


def kernel_opens(program, entry, files):
    """Whether this kernel does the cipher; if not, that is what the refusal says."""
    secret = bytes.fromhex(entry["keyslots"][0]["passphrase_hex"])
    tried = program("open", "--test-passphrase", "--key-file", "-", *device_arguments(files), secret=secret)
    if tried.returncode == 0:
        return True
    expect(tried.returncode == 1 and NEEDS_KERNEL[entry["id"]] in tried.text, f"exit {tried.returncode}: {tried.text}")
    print(f"pending: {entry['id']}: {NEEDS_KERNEL[entry['id']]}")
    return False


def check_description(program, entry, files):
    """isLuks, luksUUID and luksDump agree with the manifest, as text and as JSON."""
    header = metadata_file(files)
    expect(program("isLuks", header).returncode == 0, "isLuks says no")
    shown = program("luksDump", header)
    expect(shown.returncode == 0, f"luksDump: {shown.text}")
    said = json.loads(program("luksDump", "--json", header).stdout)
    expect(said["ok"] is True, "luksDump --json: not ok")
    if "uuid" in entry:
        expect(program("luksUUID", header).stdout.decode().strip() == entry["uuid"], "another UUID")
        expect(entry["uuid"] in shown.text, "the UUID is not in luksDump")
    if "label" in entry:
        expect(re.search(rf"^Label:\s+{re.escape(entry['label'])}$", shown.text, re.M), "the label is not in luksDump")


def check_refused(program, entry, files):
    secret = bytes.fromhex(entry["keyslots"][0]["passphrase_hex"]) if entry.get("keyslots") else b"x"
    tried = program("open", "--dry-run", "--key-file", "-", *device_arguments(files), "refused", secret=secret)
    expect(tried.returncode in (1, 2, 3, 4, 5), f"exit {tried.returncode}: {tried.text}")
    expected = REFUSALS.get(entry["id"])
    expect(expected is not None, f"no reviewed message for this refusal: {tried.text}")
    expect(expected in tried.text, f"says {tried.text!r}, not {expected!r}")


def check_header(program, entry, files):
    """Images that are not meant to be opened: is the header accepted?"""
    shown = program("luksDump", metadata_file(files))
    if entry["expect"]["header_valid"]:
        expect(shown.returncode == 0, f"refused: {shown.text}")
    else:
        expect(shown.returncode == 1, f"accepted (exit {shown.returncode})")
        expected = REFUSALS.get(entry["id"])
        expect(expected is not None, f"no reviewed message for this refusal: {shown.text}")
        expect(expected in shown.text, f"says {shown.text!r}, not {expected!r}")


def check_entry(program, entry, unpacker, in_lab):
    files = unpacker.entry(entry)
    before = {role: corpus.sha256(path) for role, path in files.items()}
    opens = entry["expect"].get("open")
    if entry["id"] in NEEDS_KERNEL and not in_lab and not kernel_opens(program, entry, files):
        return
    if opens is True:
        check_opens(program, entry, files)
        check_description(program, entry, files)
    elif opens is False:
        check_refused(program, entry, files)
    elif opens is None:
        check_header(program, entry, files)
    else:  # "volume key only"
        key_file = unpacker.path / "volume.key"
        key_file.write_bytes(bytes.fromhex(entry["volume_key"]))
        opened = program("open", "--test-passphrase", "--volume-key-file", key_file, "--key-size",
                         len(entry["volume_key"]) * 4, *device_arguments(files))
        expect(opened.returncode == 0, f"volume key: exit {opened.returncode}: {opened.text}")
    after = {role: corpus.sha256(path) for role, path in files.items()}
    expect(before == after, "a reading action wrote to the image")


def list_pending(entries):
    """Formats that come later: said by name and count, so that nobody takes silence for success."""
    later = {}
    for entry in entries:
        if not entry["format"].startswith("luks"):
            later.setdefault(entry["format"], []).append(entry["id"])
    for name, ids in sorted(later.items()):
        print(f"pending: {name}: {len(ids)} images")


def main():
    if corpus.corpus_dir() is None:
        print("skipped: the corpus of images is not beside the project (or in LATCHKEY_SHARED)")
        return 77
    program, families = Program(sys.argv[1]), sys.argv[2:]
    entries = corpus.manifest()
    if families == ["pending"]:
        list_pending(entries)
        return 0
    in_lab = families == ["kernel"]
    checked = failed = 0
    with corpus.Unpacker() as unpacker:
        for entry in entries:
            if in_lab and entry["id"] not in NEEDS_KERNEL:
                continue
            if not in_lab and (entry["family"] not in families or not entry["format"].startswith("luks")):
                continue
            checked += 1
            try:
                check_entry(program, entry, unpacker, in_lab)
            except Mismatch as mismatch:
                failed += 1
                print(f"{entry['id']}: {mismatch}")
    print(f"{' '.join(families)}: {checked} images, {failed} do not behave as the manifest says")
    return 1 if failed or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
