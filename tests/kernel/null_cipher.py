#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No way of mapping a volume takes the owner's secret for a header that stores what is written in clear; and what the
kernel says of mappings does not drive the terminal.

Usage: null_cipher.py OURS LIBRARY_DIR     (inside the kernel lab)
"""
import os
import pathlib
import sys

from guest import ENVIRONMENT, FAST, SMALL2, Steps, Tool, command, expect, loop, mappings, same, scratch, sparse, text_of

MIB = 1 << 20
WORD = b"a passphrase"
EDIT = pathlib.Path(__file__).resolve().parents[1] / "cli" / "edit_header.py"
NULL = 'segments.0.encryption="cipher_null-ecb"'
HONEST = 'segments.0.encryption="aes-xts-plain64"'


def edit(image, change):
    command(sys.executable, EDIT, image, change)
    os.sync()  # through a loop device it reaches the file only later


def volume(ours, image="image"):
    sparse(image, 4 * MIB)
    ours.run("luksFormat", "-q", *FAST, *SMALL2, "--key-file", "-", image, secret=WORD)
    pathlib.Path("key").write_bytes(WORD)
    ours.run("luksDump", "-q", "--dump-volume-key", "--volume-key-file", "vk", "--key-file", "key", image)


def refused(tool, *words, secret=WORD, left=(), because=b"not encrypted"):
    before = pathlib.Path("image").read_bytes()
    done = tool.try_run(*words, secret=secret)
    expect(done.returncode not in (0, 2), f"{tool.name} {words}: exit {done.returncode}: {text_of(done)}")
    expect(because in done.stdout + done.stderr, f"{tool.name} {words}: {text_of(done)}")
    same(mappings(), list(left), f"{tool.name} {words}: mappings")
    expect(pathlib.Path("image").read_bytes() == before, f"{tool.name} {words}: the image has changed")


def openings(ours, on_our_library):
    volume(ours)
    edit("image", NULL)
    for tool in (ours, on_our_library):
        refused(tool, "open", "image", "name")
        refused(tool, "open", "--key-file", "key", "image", "name")
        refused(tool, "open", "--volume-key-file", "vk", "image", "name")
        refused(tool, "open", "--readonly", "image", "name")
        refused(tool, "luksOpen", "--key-slot", "0", "image", "name")
    for backend in ("kernel", "userspace"):
        refused(ours, "open", "--backend", backend, "image", "name")
    for dialect in ("systemd", "debian"):
        pathlib.Path("tab").write_text(f"name {os.getcwd()}/image {os.getcwd()}/key luks\n")
        refused(ours, "crypttab", "open", "--crypttab", "tab", "--dialect", dialect, "name")
    pathlib.Path("target").mkdir(exist_ok=True)
    helper = Tool("mount", pathlib.Path(ours.path).with_name("mount.crypto_LUKS"))
    refused(helper, f"{os.getcwd()}/image", f"{os.getcwd()}/target", "-o", f"keyfile={os.getcwd()}/key")
    ours.run("open", "--allow-null-cipher", "image", "name", secret=WORD)
    expect("cipher_null" in ours.run("table", "name"), "mapped otherwise")
    ours.run("close", "name")


def running(ours, on_our_library):
    """The header changes under an open volume."""
    volume(ours)
    with loop("image") as device:
        for tool in (ours, on_our_library):
            tool.run("open", device, "name", secret=WORD)
            edit(device, NULL)
            refused(tool, "refresh", "name", left=["name"])
            tool.run("luksSuspend", "name")
            refused(tool, "luksResume", "name", left=["name"])
            edit(device, HONEST)
            tool.run("luksResume", "name", secret=WORD)
            tool.run("close", "name")


def foreign_mappings(ours, _):
    """Names and UUIDs of mappings are what whoever made them wanted."""
    name, uuid = "e\x1b]0;x\x07\u009b\x7f\nEVIL", "CRYPT-PLAIN-\x1b[1m\nEVIL"
    command("dmsetup", "--manglename", "none", "create", name, "-u", uuid, "--table", "0 8 zero")
    try:
        for verb in ("status", "table", "resize", "luksSuspend", "luksResume", "refresh"):
            done = ours.try_run(verb, "--debug", name, secret=WORD)
            output = done.stdout + done.stderr
            raw = [control for control in (b"\x1b", b"\x07", b"\x7f", b"\xc2\x9b", b"\nEVIL") if control in output]
            expect(not raw, f"{verb}: {raw} in {output!r}")
    finally:
        command("dmsetup", "--manglename", "none", "remove", name)


def main():
    ours = Tool("ours", sys.argv[1])
    wrapper = pathlib.Path(__file__).resolve().parents[1] / "capi_activation" / "peer_on_ours"
    ENVIRONMENT["CAPI_LIBRARY_DIR"] = sys.argv[2]
    on_our_library = Tool("the peer's program on our library", wrapper)
    steps = Steps()
    for step in (openings, running, foreign_mappings):
        with scratch():
            steps.run(step.__name__, step, ours, on_our_library)
    return steps.finish()

sys.exit(main())
