#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""README's table "What works", cell by cell: a "yes" is run, a "-" has to be refused.

Usage: readme_table.py OURS      inside the kernel lab
A row that nothing here runs, and a check whose row is gone, are failures.
"""
import json
import os
import pathlib
import sys

from guest import FAST, Steps, Tool, command, expect, loop, nothing_left, read_device, same, scratch, sparse, text_of

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
WORD = b"one"
MIB = 1 << 20


def forget(path):
    if os.path.exists(path):
        os.unlink(path)


def new_volume(ours, kind, path="image", *options):
    forget(path)
    ours.run("luksFormat", "-q", "--type", kind, *FAST, *options, sparse(path, 24 * MIB), secret=WORD)
    return path


def basics(ours, kind):
    image = new_volume(ours, kind)
    ours.run("isLuks", "--type", kind, image)
    expect(ours.run("luksUUID", image).strip() in ours.run("luksDump", image), "the dump lacks the UUID")


def keyslots(ours, kind):
    image = new_volume(ours, kind)
    ours.run("luksAddKey", *FAST, image, secret=b"one\ntwo")
    ours.run("luksChangeKey", *FAST, "-S", 1, image, secret=b"two\nthree")
    ours.run("luksAddKey", *FAST, image, secret=b"one\nfour")
    ours.run("luksRemoveKey", image, secret=b"four")
    ours.run("luksKillSlot", "-q", image, 1)
    expect(ours.try_run("open", "--test-passphrase", image, secret=b"three").returncode == 2, "a killed slot opens")


def only_luks2(ours, kind):
    image = new_volume(ours, kind)
    with open("key", "wb") as file:
        file.write(bytes(64))
    ours.run("luksConvertKey", *FAST, "-S", 0, image, secret=WORD)
    ours.run("config", image, "--label", "shelf", "--subsystem", "attic")
    ours.run("config", image, "-S", 0, "--priority", "prefer")
    ours.run("config", image, "-S", 0, "--name", "first")
    expect("first" in ours.run("luksDump", image), "the keyslot's name is not shown")
    ours.run("token", "add", image, "--key-description", "some:key", "-S", 0)
    ours.run("token", "export", image, "--token-id", 0)
    ours.run("luksAddKey", *FAST, "--unbound", "-s", 256, image, secret=b"loose")


def whole_headers(ours, kind):
    image = new_volume(ours, kind)
    forget("backup")
    ours.run("luksHeaderBackup", image, "--header-backup-file", "backup")
    ours.run("repair", image)
    ours.run("erase", "-q", image)
    expect(ours.try_run("open", "--test-passphrase", image, secret=WORD).returncode != 0, "erased, and it opens")
    ours.run("luksHeaderRestore", "-q", image, "--header-backup-file", "backup")
    ours.run("open", "--test-passphrase", image, secret=WORD)


def converts(ours, kind):
    to = {"luks1": "luks2", "luks2": "luks1"}[kind]
    # LUKS1 cannot have larger sectors.
    image = new_volume(ours, kind, "image", *(["--sector-size", 512] if kind == "luks2" else []))
    ours.run("convert", "-q", image, "--type", to)
    ours.run("open", "--test-passphrase", image, secret=WORD)
    ours.run("isLuks", "--type", to, image)
    return f"to {to.upper()}"


def mapped(ours, kind):
    for backend in ("kernel", "userspace"):
        image = new_volume(ours, kind)
        ours.run("open", "--backend", backend, image, "shelf", secret=WORD)
        expect(f"type:    {kind.upper()}" in ours.run("status", "shelf"), f"{backend}: the status lacks the type")
        ours.run("resize", "--size", 2048, "shelf", secret=WORD)
        same(len(read_device("/dev/mapper/shelf", 2 * MIB)), MIB, f"{backend}: bytes of the resized mapping")
        ours.run("refresh", "--allow-discards", "shelf", secret=WORD)
        ours.run("luksSuspend", "shelf")
        ours.run("luksResume", "shelf", secret=WORD)
        if backend == "kernel":
            expect("crypt" in ours.run("table", "shelf"), "no table")
        ours.run("close", "shelf")


def streams(ours, kind):
    image = new_volume(ours, kind)
    text = os.urandom(4096) * 16
    ours.run("write", "-q", image, "--key-file", "word", secret=text)
    same(ours.try_run("read", image, "--length", len(text), "--key-file", "word").stdout, text, "what was written")
    forget("plain")
    ours.run("copy", image, "plain", "--key-file", "word")
    same(read_device("plain", len(text)), text, "the copy")


def tests_only(ours, kind):
    image = new_volume(ours, kind)
    ours.run("open", "--test-passphrase", image, secret=WORD)
    expect(" crypt aes-xts-plain64 " in ours.run("open", "--dry-run", image, secret=WORD), "no table line")


def places(ours, kind):
    with open("key", "wb") as file:
        file.write(os.urandom(64))
    data = sparse("data", 4 * MIB)
    os.makedirs("kept", exist_ok=True)
    forget("header")
    ours.run("luksFormat", "-q", "--type", kind, *FAST, "--header", "header", "--volume-key-file", "key", data,
             "word")
    ours.run("open", "--test-passphrase", "--header", "header", "--key-file", "word", data)
    ours.run("open", "--test-passphrase", "--header", "header", "--volume-key-file", "key", data)
    expect(json.loads(ours.run("luksDump", "header", "--json")), "no JSON")
    before = read_device("header", 24 * MIB)
    ours.run("luksKillSlot", "-q", "--dry-run", "header", 0, secret=WORD)
    same(read_device("header", 24 * MIB), before, "a dry run's header")
    ours.run("luksAddKey", *FAST, "--backup-dir", "kept", "--key-file", "word", "header", "key")
    ours.run("luksKillSlot", "-q", "--backup-dir", "kept", "header", 1)
    expect(os.listdir("kept"), "no backup was made")
    for name in os.listdir("kept"):
        os.unlink(os.path.join("kept", name))


def keyrings(ours, kind):
    image = new_volume(ours, kind)
    command("keyctl", "add", "user", "shelf:word", "one", "@s")
    try:
        ours.run("token", "add", image, "--key-description", "shelf:word")
        ours.run("open", "--test-passphrase", "--token-only", image)
        ours.run("open", "--token-only", image, "shelf")
        ours.run("close", "shelf")
    finally:
        command("keyctl", "unlink", "%user:shelf:word", "@s", check=False)


def reencrypted(ours, kind):
    """Another cipher for the same plaintext, closed and open, none, and one again; a file that is open is left alone."""
    image = new_volume(ours, kind, "image", "--sector-size", 512) if kind == "luks2" else new_volume(ours, kind)
    change = ["reencrypt", "-q", "--force-offline-reencrypt", "-c", "aes-cbc-essiv:sha256", "-s", 256, image]
    ours.run("open", image, "shelf", secret=WORD)
    before = read_device("/dev/mapper/shelf", MIB)
    expect(ours.try_run(*change, secret=WORD).returncode == 5, "an open volume is not refused")
    ours.run("close", "shelf")
    ours.run(*change, secret=WORD)
    expect("aes-cbc-essiv:sha256" in ours.run("luksDump", image), "the dump lacks the new cipher")
    ours.run("open", image, "shelf", secret=WORD)
    same(read_device("/dev/mapper/shelf", MIB), before, "the plaintext")
    ours.run("close", "shelf")
    with loop(image) as device:
        ours.run("open", device, "shelf", secret=WORD)
        ours.run("reencrypt", "-q", "-c", "aes-xts-plain64", "-s", 512, device, secret=WORD)
        same(read_device("/dev/mapper/shelf", MIB), before, "the plaintext of the open volume")
        refused = ours.try_run("reencrypt", "-q", "--decrypt", "--header", f"{image}.refused", device, secret=WORD)
        expect(refused.returncode != 0 and "close shelf first" in text_of(refused), "an open volume is decrypted")
        ours.run("close", "shelf")
    ours.run("reencrypt", "-q", "--force-offline-reencrypt", "--decrypt", "--header", f"{image}.exported", image, secret=WORD)
    same(read_device(image, MIB), before, "the data in clear")
    ours.run("reencrypt", "-q", "--force-offline-reencrypt", "--encrypt", *FAST, "--header", f"{image}.new", image, secret=WORD)
    expect(read_device(image, MIB) != before, "the data are still in clear")
    ours.run("open", "--header", f"{image}.new", image, "shelf", secret=WORD)
    same(read_device("/dev/mapper/shelf", MIB), before, "the plaintext")
    ours.run("close", "shelf")
    return "yes, also while it is mounted; decrypt while it is not open"


def other_programs_headers(ours, kind):
    """Integrity: known by name, and nothing of it is touched."""
    if kind == "luks1":
        expect(False, "the format has none")
    image = new_volume(ours, kind)
    before = read_device(image, 24 * MIB)
    done = ours.try_run("luksFormat", "-q", "--integrity", "hmac-sha256", image, secret=WORD)
    expect(done.returncode != 0 and done.stderr, "--integrity is not refused in words")
    same(read_device(image, 24 * MIB), before, "the header after the refusals")
    return "recognised, kept, refused by name"


CHECKS = {
    "luksFormat, luksDump, isLuks, luksUUID": basics,
    "luksAddKey, luksChangeKey, luksRemoveKey, luksKillSlot": keyslots,
    "luksConvertKey, config, token, unbound keyslots, keyslot names": only_luks2,
    "luksHeaderBackup, luksHeaderRestore, erase, repair": whole_headers,
    "convert": converts,
    "open (device-mapper or userspace), close, status, resize, refresh, luksSuspend, luksResume, table": mapped,
    "read, write, copy: plaintext without a mapping": streams,
    "open --test-passphrase, open --dry-run": tests_only,
    "detached headers, key files, volume-key files, `--json`, `--dry-run`, `--backup-dir`": places,
    "tokens that unlock (`luks2-keyring`), keys of the kernel keyring": keyrings,
    "reencrypt: another key, cipher or key size, encrypt and decrypt, in place": reencrypted,
    "integrity": other_programs_headers,
}


def rows():
    """[(what, LUKS1's cell, LUKS2's cell)] of the table."""
    lines = README.read_text(encoding="utf-8").split("## What works")[1].split("\n## ")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in cells if row[0] and set(row[0]) != {"-"}]


def cell_holds(ours, check, kind, cell):
    if cell == "-":
        try:
            check(ours, kind)
        except Exception:  # pylint: disable=broad-except  # whatever says no
            return
        expect(False, "README says that it does not work, and it does")
    said = check(ours, kind) or "yes"
    same(said, cell, "what README says")


def main():
    ours = Tool("ours", sys.argv[1])
    table = rows()
    steps = Steps()
    with scratch():
        with open("word", "wb") as file:
            file.write(WORD)
        steps.run("every row has its check", same, sorted(row[0] for row in table), sorted(CHECKS), "README's rows")
        for what, *cells in table:
            for kind, cell in zip(("luks1", "luks2"), cells):
                if what in CHECKS:
                    steps.run(f"{what}: {kind}: {cell}", cell_holds, ours, CHECKS[what], kind, cell)
    steps.run("nothing is left", nothing_left, "README's table")
    return steps.finish()


if __name__ == "__main__":
    sys.exit(main())
