#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""crypttab open and close: what a boot does, without the programs that usually do it.

Usage: crypttab_open.py OURS PACKAGES     (inside the kernel lab; PACKAGES: Debian's cryptsetup, unpacked)
"""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time

from guest import (ENVIRONMENT, FAST, Steps, Tool, command, expect, install_debians_scripts, loop, mappings, nothing_left, same, scratch, sparse,
                   table, text_of)

MIB = 1 << 20
WORD = b"a passphrase"
ON_TERMINAL = pathlib.Path(__file__).resolve().parents[1] / "cli" / "on_terminal.py"


class Boot:
    """The program under test, and the crypttab of the step."""

    def __init__(self, path, packages):
        self.tool = Tool("ours", path)
        self.packages = packages

    def volume(self, path, secret=WORD, *options, megabytes=2):
        sparse(path, megabytes * MIB)
        self.tool.run("luksFormat", "-q", "--type", "luks2", *FAST, "--luks2-metadata-size", "16k", "--luks2-keyslots-size",
                      "256k", "--sector-size", "512", *options, "--key-file", "-", path, secret=secret)
        return str(pathlib.Path(path).resolve())

    def tab(self, text):
        pathlib.Path("tab").write_text(text, encoding="utf-8")

    def try_open(self, *words, dialect="systemd", secret=b"", action="open", environment=None, wrapper=()):
        return self.tool.try_run("crypttab", action, "--crypttab", "tab", "--dialect", dialect, *words, secret=secret,
                                 environment=environment, wrapper=wrapper)

    def open(self, *words, status=0, **options):
        done = self.try_open(*words, **options)
        same(done.returncode, status, f"status of crypttab open {' '.join(words)}: {text_of(done)}")
        return text_of(done)

    def close(self, *words, status=0, **options):
        return self.open(*words, status=status, action="close", **options)


def script(path, text):
    pathlib.Path(path).write_text("#!/bin/sh\n" + text, encoding="utf-8")
    os.chmod(path, 0o755)


def cleartext(name, fstype=None):
    """What blkid sees in the mapping."""
    return subprocess.run(["blkid", "-p", "-o", "value", "-s", "TYPE", f"/dev/mapper/{name}"], capture_output=True, text=True,
                          check=False).stdout.strip()


def key_files(boot):
    data = boot.volume("a.img")
    pathlib.Path("key").write_bytes(b"junk" + WORD + b"more")
    os.chmod("key", 0o600)
    here = os.getcwd()
    for dialect in ("systemd", "debian"):
        boot.tab(f"one {data} {here}/key luks,discard,no-read-workqueue,keyfile-offset=4,keyfile-size={len(WORD)}\n")
        text = boot.open("one", dialect=dialect)
        expect("one: opened." in text, text)
        expect("allow_discards" in table("one") and "no_read_workqueue" in table("one"), "flags are missing: " + table("one"))
        expect("is open already" in boot.open("--all", dialect=dialect), "a second open says nothing")
        expect("one: closed." in boot.close("--all", dialect=dialect), "close says nothing")
        same(mappings(), [], "mappings after close")
    # Debian tries a key file once; systemd then asks the user.
    boot.tab(f"one {data} {here}/key luks\n")
    done = boot.try_open("one", dialect="debian", secret=WORD)
    same(done.returncode, 2, "debian, key file that does not fit: " + text_of(done))
    boot.open("one", secret=WORD)
    boot.close("one")
    boot.tab(f"one {data} {here}/key luks,headless\n")
    boot.open("one", secret=WORD, status=2)
    boot.tab(f"one {data} {here}/missing luks\n")
    boot.open("one", secret=WORD)
    boot.close("one")
    boot.open("one", secret=WORD, dialect="debian", status=1)
    os.chmod("key", 0o644)
    boot.tab(f"one {data} {here}/key luks,readonly,keyfile-offset=4,keyfile-size={len(WORD)},keyfile-erase\n")
    text = boot.open("one")
    expect("others than its owner may use the key file" in text, "no word on rights: " + text)
    expect(not os.path.exists("key"), "the key file is still there")
    expect(command("blockdev", "--getro", "/dev/mapper/one").strip() == "1", "not read-only")
    boot.close("one")
    # The folders of key files, which are found by the volume's name.
    pathlib.Path("/run/cryptsetup-keys.d").mkdir(exist_ok=True)
    pathlib.Path("/run/cryptsetup-keys.d/one.key").write_bytes(WORD)
    boot.tab(f"one {data}\n")
    boot.open("one")
    boot.close("one")
    os.unlink("/run/cryptsetup-keys.d/one.key")
    nothing_left("key files")


def sockets(boot):
    data = boot.volume("a.img")
    path = f"{os.getcwd()}/socket"
    names = []
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()

        def serve():
            for _ in range(2):
                peer, address = server.accept()
                names.append(address)
                peer.sendall(WORD)
                peer.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        boot.tab(f"one {data} {path} luks\n")
        boot.open("one")
        boot.close("one")
        boot.open("one")
        boot.close("one")
        thread.join(10)
    expect(all(name[:1] == b"\0" and name.endswith(b"/cryptsetup/one") for name in names), f"addresses: {names}")
    expect(names[0] != names[1], "the address is no random one")
    nothing_left("sockets")


def passphrases(boot):
    """On a terminal: twice wrong, then right; tries used up."""
    data = boot.volume("a.img")

    def typed(*answers, dialect):
        words = [sys.executable, str(ON_TERMINAL), *answers, "--", boot.tool.path, "crypttab", "open", "--crypttab", "tab",
                 "--dialect", dialect, "one"]
        # As from a shell: the parent process may have ignored the signal.
        return subprocess.run(words, capture_output=True, timeout=60, check=False, env=ENVIRONMENT,
                              preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))

    for dialect in ("systemd", "debian"):
        boot.tab(f"one {data} none luks,tries=3\n")
        done = typed("x", "y", WORD.decode(), dialect=dialect)
        same(done.returncode, 0, text_of(done))
        same(text_of(done).count("Enter passphrase for one ("), 3, "prompts: " + text_of(done))
        expect(WORD.decode() not in text_of(done), "the passphrase was shown")
        boot.close("one")
        done = typed("x", "y", "z", WORD.decode(), dialect=dialect)
        same(done.returncode, 2, text_of(done))
        expect("maximum number of tries exceeded" in text_of(done), text_of(done))
        same(text_of(done).count("Enter passphrase for one ("), 3, "prompts: " + text_of(done))
        nothing_left("tries used up")
        same(typed("^C", dialect=dialect).returncode, 1, "interrupted")
        nothing_left("interrupted")
    boot.tab(f"one {data} none luks,password-echo=yes\n")
    expect(WORD.decode() in text_of(typed(WORD.decode(), dialect="systemd")), "what is typed is not shown")
    boot.close("one")
    boot.tab(f"one {data} none luks,verify,tries=2\n")
    done = typed(WORD.decode(), "x", WORD.decode(), WORD.decode(), dialect="systemd")
    same(done.returncode, 0, text_of(done))
    expect("Passphrases do not match" in text_of(done), text_of(done))
    boot.close("one")
    boot.tab(f"one {data} none luks,timeout=1\n")
    begin = time.monotonic()
    expect(typed("<wait>", dialect="systemd").returncode != 0, "a timeout is no failure")
    expect(time.monotonic() - begin < 8, "the timeout is not kept")
    pathlib.Path("nothing").touch()
    sparse("empty.img", 2 * MIB)
    boot.tool.run("luksFormat", "-q", *FAST, "--luks2-metadata-size", "16k", "--luks2-keyslots-size", "256k", "--key-file",
                  "nothing", "empty.img")
    boot.tab(f"one {os.getcwd()}/empty.img none luks,try-empty-password,headless\n")
    boot.open("one")
    boot.close("one")
    nothing_left("passphrases")


def shared_passphrases(boot):
    """Asked once for all that it opens; a second time for the others; each stays within its tries."""
    lines = []
    for number in range(5):
        data = boot.volume(f"{number}.img", WORD if number < 4 else b"another")
        lines.append(f"v{number} {data} none luks,tries=2\n")
    boot.tab("".join(lines))
    text = boot.open("--all", secret=WORD + b"\nanother\n")
    same(mappings(), [f"v{number}" for number in range(5)], "mappings: " + text)
    boot.close("--all")
    text = boot.open("--all", secret=WORD + b"\nx\ny\n", status=2)
    same(mappings(), [f"v{number}" for number in range(4)], "mappings: " + text)
    expect("1 of 5 volumes are not open." in text, text)
    done = boot.try_open("--all", "--json", secret=b"another\n")
    answer = json.loads(done.stdout)
    same(done.returncode, 0, text_of(done))
    same([one["outcome"] for one in answer["result"]["volumes"]], ["was-open"] * 4 + ["opened"], "outcomes")
    boot.close("--all")
    nothing_left("shared passphrases")


def chains(boot):
    """A volume in a volume, whose key is in a third; one that fails takes what lies on it along, and no other."""
    here = os.getcwd()
    outer = boot.volume("outer.img", megabytes=6)
    keys = boot.volume("keys.img", megabytes=6)
    other = boot.volume("other.img", b"other")
    for name, data in (("outer", outer), ("keys", keys)):
        boot.tool.run("open", "--key-file", "-", data, name, secret=WORD)
    boot.tool.run("luksFormat", "-q", *FAST, "--luks2-metadata-size", "16k", "--luks2-keyslots-size", "256k", "--key-file", "-",
                  "/dev/mapper/outer", secret=b"inner key")
    command("mkfs.ext4", "-q", "-O", "^has_journal", "-L", "stick", "/dev/mapper/keys")
    os.mkdir("mnt")
    command("mount", "/dev/mapper/keys", "mnt")
    pathlib.Path("mnt/inner.key").write_bytes(b"inner key")
    pathlib.Path("mnt/other.header").write_bytes(b"\0" * 0)
    command("umount", "mnt")
    boot.tool.run("close", "outer")
    boot.tool.run("close", "keys")
    boot.tab(f"inner /dev/mapper/outer /inner.key:/dev/mapper/keys luks\nkeys {keys} none luks\nouter {outer} none luks\n"
             f"other {other} {here}/missing luks,headless\n")
    plan = boot.open("--all", "--dry-run")
    names = [line.split()[1].rstrip(":") for line in plan.splitlines() if line[:1].isdigit()]
    same(names, ["keys", "outer", "inner", "other"], "plan:\n" + plan)
    same(mappings(), [], "mappings after --dry-run")
    text = boot.open("inner", secret=WORD)
    same(mappings(), ["inner", "keys", "outer"], "mappings: " + text)
    expect(not [name for name in os.listdir("/run") if name.startswith("latchkey-")], "a folder of a key device is left")
    busy = boot.close("outer", status=5)
    expect("Device outer is still in use." in busy and "(inner)" in busy, "holders: " + busy)
    text = boot.close("--all")
    expect(text.index("inner: closed") < text.index("outer: closed"), "order of closing: " + text)
    text = boot.open("--all", secret=b"wrong\nwrong\nwrong\n", status=2)
    expect("inner: it needs keys, which is not open" in text or "inner: it needs outer, which is not open" in text, text)
    boot.tab("a /dev/mapper/b none luks\nb /dev/mapper/a none luks\n")
    expect("wait for each other: 1 (a), 2 (b)" in boot.open("--all", status=1), "a circle is not named")
    nothing_left("chains")


def headers(boot):
    here = os.getcwd()
    sparse("stick.img", 8 * MIB)
    sparse("data.img", MIB)
    boot.volume("head.img", WORD, "--header", "header", megabytes=1)
    command("mkfs.ext4", "-q", "-O", "^has_journal", "-L", "stick", "stick.img")
    os.mkdir("mnt")
    command("mount", "-o", "loop", "stick.img", "mnt")
    pathlib.Path("mnt/header").write_bytes(pathlib.Path("header").read_bytes())
    command("umount", "mnt")
    data = str(pathlib.Path("head.img").resolve())
    for dialect in ("systemd", "debian"):
        boot.tab(f"one {data} none luks,header={here}/header\n")
        boot.open("one", dialect=dialect, secret=WORD)
        same(table("one").split()[7], "0", "offset of the data")
        boot.close("one")
    with loop("stick.img") as stick:
        boot.tab(f"one {data} none header=/header:{stick}\n")
        boot.open("one", secret=WORD)
        boot.close("one")
        boot.tab(f"one {data} none header=/../../header:{stick}\n")
        boot.open("one", secret=WORD, status=4)
        boot.tab(f"one {data} none header={here}/none\n")
        boot.open("one", secret=WORD, status=4)
    nothing_left("headers")


def swap_and_tmp(boot):
    sparse("swap.img", 4 * MIB)
    sparse("tmp.img", 8 * MIB)
    with loop("swap.img") as swap, loop("tmp.img") as tmp:
        for dialect in ("systemd", "debian"):
            boot.tab(f"swap {swap} /dev/urandom plain,swap,cipher=aes-xts-plain64,size=512,hash=plain\n"
                     f"tmp {tmp} /dev/urandom plain,tmp=ext2,cipher=aes-xts-plain64,size=256,hash=plain\n")
            text = boot.open("--all", dialect=dialect)
            same((cleartext("swap"), cleartext("tmp")), ("swap", "ext2"), f"{dialect}: {text}")
            expect("aes-xts-plain64" in table("swap") and len(table("swap").split()[4]) == 128, "table of swap")
            os.makedirs("mnt", exist_ok=True)
            command("mount", "/dev/mapper/tmp", "mnt")
            mode = oct(os.stat("mnt").st_mode & 0o7777)
            same(mode, "0o1777" if dialect == "debian" else "0o755", "mode of the new file system")
            command("umount", "mnt")
            command("swapon", "/dev/mapper/swap")
            busy = boot.close("--all", dialect=dialect, status=5)
            expect("It is in use as swap." in busy, busy)
            same(mappings(), ["swap"], "mappings")
            command("swapoff", "/dev/mapper/swap")
            boot.close("--all", dialect=dialect)
        # Never over a file system.
        command("mkfs.ext4", "-q", "-L", "precious", swap)
        for dialect in ("systemd", "debian"):
            boot.tab(f"swap {swap} /dev/urandom plain,swap,cipher=aes-xts-plain64,size=512,hash=plain\n")
            text = boot.open("--all", dialect=dialect, status=1)
            expect("ext4" in text, "what is there is not named: " + text)
            same(mappings(), [], "mappings")
        same(command("blkid", "-p", "-o", "value", "-s", "LABEL", swap).strip(), "precious", "the file system")
        # Nor with a permanent key, whose mapping does not show it; an unused device keeps what was made before.
        with open("swap.key", "wb") as key:
            key.write(bytes(range(64)))
        os.chmod("swap.key", 0o600)
        for option in ("swap", "tmp=ext2"):
            for dialect in ("systemd", "debian"):
                boot.tab(f"swap {swap} {os.getcwd()}/swap.key plain,{option},cipher=aes-xts-plain64,size=512,hash=plain\n")
                text = boot.open("--all", dialect=dialect, status=1)
                expect("has a signature of ext4" in text, f"{option}, {dialect}: {text}")
                same(mappings(), [], "mappings")
        same(command("blkid", "-p", "-o", "value", "-s", "LABEL", swap).strip(), "precious", "the file system")
        command("wipefs", "-q", "-a", swap)
        for attempt in ("made", "found again"):
            boot.tab(f"swap {swap} {os.getcwd()}/swap.key plain,swap,cipher=aes-xts-plain64,size=512,hash=plain\n")
            boot.open("--all", dialect="systemd")
            same(cleartext("swap"), "swap", attempt)
            boot.close("--all", dialect="systemd")
        # A small file system at the front names the swap after it.
        command("mkfs.ext2", "-q", "-F", "-L", "cryptswap", swap, "1M")
        boot.tab(f"swap {swap} /dev/urandom swap,offset=2048,cipher=aes-xts-plain64,size=512\n")
        boot.open("--all")
        same(cleartext("swap"), "swap", "swap behind a label")
        boot.close("--all")
        boot.tab(f"swap {swap} /dev/urandom swap,offset=2047,cipher=aes-xts-plain64,size=512\n")
        boot.open("--all", status=1)
    nothing_left("swap and tmp")


def plain_and_checks(boot):
    here = os.getcwd()
    sparse("plain.img", 4 * MIB)
    boot.tool.run("open", "--type", "plain", "-q", "--cipher", "aes-cbc-essiv:sha256", "--key-size", "256", "--hash", "ripemd160",
                  "plain.img", "one", secret=WORD)
    command("mkfs.ext2", "-q", "/dev/mapper/one")
    want = table("one")
    boot.tool.run("close", "one")
    data = f"{here}/plain.img"
    options = "plain,cipher=aes-cbc-essiv:sha256,size=256,hash=ripemd160"
    for dialect in ("systemd", "debian"):
        boot.tab(f"one {data} none {options}\n")
        boot.open("one", dialect=dialect, secret=WORD + b"\n")
        same(table("one").replace("7:0", "X").split()[4], want.split()[4], f"{dialect}: the key")
        boot.close("one")
    # With Debian's checks, each wrong passphrase counts as a try; the last one is right.
    for check in ("check", "check=blkid,checkargs=ext2", f"check={here}/mine,checkargs=a\\054b"):
        script("mine", 'test "$2" = a,b && blkid -p -o value -s TYPE "$1" | grep -qx ext2\n')
        boot.tab(f"one {data} none {options},{check}\n")
        boot.open("one", dialect="debian", secret=b"x\ny\n" + WORD + b"\n")
        boot.close("one")
        text = boot.open("one", dialect="debian", secret=b"x\ny\nz\n" + WORD + b"\n", status=2)
        expect("maximum number of tries exceeded" in text, text)
        nothing_left("a check that fails")
    # So does a passphrase that opens a LUKS volume whose content fails the check.
    checked = boot.volume("checked.img")
    script("count", f"echo >>{here}/checks; exit 1\n")
    boot.tab(f"one {checked} none luks,check={here}/count,tries=2\n")
    text = boot.open("one", dialect="debian", secret=WORD + b"\n" + WORD + b"\n" + WORD + b"\n", status=2)
    same(len(pathlib.Path("checks").read_text().splitlines()), 2, "checks: " + text)
    boot.tab(f"one {data} none {options},check=un_blkid,tries=1\n")
    boot.open("one", dialect="debian", secret=WORD + b"\n", status=2)
    boot.tab(f"one {data} none {options},check=nothing-of-the-kind\n")
    expect("is not there" in boot.open("one", dialect="debian", secret=WORD + b"\n", status=1), "a missing check")
    # Debian's scripts do not map a device with known content; they take an unknown device as plain, with a message.
    command("mkfs.ext2", "-q", "-F", "plain.img")
    text = boot.open("one", dialect="debian", secret=WORD + b"\n", status=1)
    expect("ext2" in text, text)
    sparse("empty.img", MIB)
    boot.tab(f"one {here}/empty.img none cipher=aes-xts-plain64,size=512,hash=sha256\n")
    text = boot.open("one", dialect="debian", secret=WORD + b"\n")
    expect("has no LUKS header: it is taken as plain" in text, text)
    boot.close("one")
    text = boot.open("one", secret=WORD + b"\n", status=1)
    expect("is not a valid LUKS device" in text, "systemd takes it as LUKS: " + text)
    nothing_left("plain and checks")


def missing_devices(boot):
    data = boot.volume("a.img")
    boot.tab(f"gone /dev/disk/by-uuid/none none luks,nofail\nlost UUID=1111-2222 none luks\none {data} none luks\n"
             f"later {data} none luks,noauto\n")
    text = boot.open("--all", secret=WORD, status=4)
    expect("gone: skipped" in text and "lost: " in text and "1 of 3 volumes are not open." in text, text)
    same(mappings(), ["one"], "mappings")
    boot.close("--all")
    same(boot.try_open("gone").returncode, 0, "nofail by name")
    expect("o line of the crypttab is called 'nobody'" in boot.open("nobody", status=1), "an unknown name")
    # A device that appears while it is waited for.
    os.rename("a.img", "hidden")
    boot.tab(f"one {data} none luks,x-systemd.device-timeout=20\n")
    threading.Timer(1, os.rename, ("hidden", "a.img")).start()
    boot.open("--all", secret=WORD)
    boot.close("--all")
    # The same for a key file's device; if that does not appear, the user is asked.
    sparse("stick.img", 8 * MIB)
    command("mkfs.ext4", "-q", "-O", "^has_journal", "-L", "keystick", "stick.img")
    os.mkdir("mnt")
    command("mount", "-o", "loop", "stick.img", "mnt")
    pathlib.Path("mnt/key").write_bytes(WORD)
    command("umount", "mnt")
    link = "/dev/latchkey-test-stick"
    with loop("stick.img") as stick:
        boot.tab(f"one {data} /key:{link} luks,headless,keyfile-timeout=20\n")
        threading.Timer(1, os.symlink, (stick, link)).start()
        boot.open("--all")
        boot.close("--all")
        os.unlink(link)
        boot.tab(f"one {data} /key:{link} luks,keyfile-timeout=1\n")
        begin = time.monotonic()
        boot.open("--all", secret=WORD)
        expect(1 <= time.monotonic() - begin < 10, "the key's device is waited for as long as the line says")
        boot.close("--all")
    # A keyslot number that no format has must not select another keyslot, with any kind of key.
    boot.tab(f"one {data} none luks,key-slot=2147483647\n")
    boot.open("one", secret=WORD, status=1)
    # systemd ignores a number of more than 31 bits with a message; for Debian it remains a keyslot that does not exist.
    boot.tab(f"one {data} none luks,key-slot=4294967296\n")
    expect("the option is ignored" in boot.open("one", secret=WORD), "no word on a keyslot that is ignored")
    boot.close("one")
    boot.open("one", secret=WORD, status=1, dialect="debian")
    boot.tab(f"one {data} none luks,keyscirpt=x\nbad {data} none tcrypt\nworse {data} /dev/urandom luks\n")
    text = boot.open("--all", secret=WORD, dialect="debian", status=1)
    expect("unknown option 'keyscirpt'" in text and "of type tcrypt" in text and "line 3 cannot be used" in text, text)
    same(mappings(), ["one"], "mappings")
    boot.close("--all")
    nothing_left("missing devices")


def key_scripts(boot):
    """Arguments and environment are those that Debian's own scripts give for the same line."""
    install_debians_scripts(boot.packages)
    data = boot.volume("a.img", b"key 1\n")
    here = os.getcwd()
    script("/usr/lib/cryptsetup/scripts/told", f'{{ echo "$# $1"; env | grep CRYPTTAB | sort; echo; }} >>{here}/told\n'
           'printf "key %s\\n" "$CRYPTTAB_TRIED"; exit 3\n')
    lines = ("my\\040name {} argu\\054ment luks,keyscript=told,tries=4,discard,key-slot=0,initramfs,unknown=x,read-only",
             "other {} none keyscript=/lib/cryptsetup/scripts/told,luks,tries=2,size=256,hash=a\\054b,same-cpu-crypt,"
             "check=un_blkid,sector-size=512,verify,loud,,tries=3", "third\t {}  x\tluks,keyscript=told")
    with loop("a.img") as device:
        for number, line in enumerate(lines):
            name = line.split()[0].replace("\\040", " ")
            line = line.format(device)
            pathlib.Path("told").unlink(missing_ok=True)
            boot.tab(line + "\n")
            boot.try_open(name, dialect="debian")
            ours = pathlib.Path("told").read_text(encoding="utf-8")
            expect(len(ours) > 100, "the script did not run")
            subprocess.run(["dmsetup", "remove", name], capture_output=True, check=False)
            pathlib.Path("told").unlink()
            subprocess.run(["cryptdisks_start", name], capture_output=True, check=False, env={**ENVIRONMENT, "TABFILE": f"{here}/tab"})
            theirs = pathlib.Path("told").read_text(encoding="utf-8")
            subprocess.run(["dmsetup", "remove", name], capture_output=True, check=False)
            # How often depends on how their cryptsetup understood the rest of the line.
            same(ours.split("\n\n")[0], theirs.split("\n\n")[0], f"line {number}")
            if number == 0:
                same(ours, theirs, "all runs of line 0")
    boot.tab(f"one {data} x luks,keyscript=/nowhere\n")
    expect("is not there, or may not be run" in boot.open("one", dialect="debian", status=1), "a missing script")
    # A line that would do harm if a shell evaluated it.
    boot.tab("a;touch\\040x /nowhere$(touch\\040y) `touch\\040z` luks,keyscript=$(touch\\040w)\n")
    boot.open("--all", dialect="debian", status=4)
    expect(not set("xyzw") & set(os.listdir(".")), "a shell has read the line")
    nothing_left("key scripts")


def tokens(boot):
    """A passphrase in the keyring, to which a token of the header points."""
    data = boot.volume("a.img")
    boot.tool.run("token", "add", "--key-description", "boot:one", "--key-slot", "0", data)
    command("keyctl", "add", "user", "boot:one", WORD.decode(), "@s")
    boot.tab(f"one {data} none luks,headless\n")
    boot.open("one")
    boot.close("one")
    command("keyctl", "purge", "user", "boot:one")
    boot.open("one", status=2)
    boot.tab(f"one {data} none luks,tpm2-device=auto\n")
    expect("no token opens it" in boot.open("one", secret=WORD), "a token that is named and does not open it")
    boot.close("one")
    nothing_left("tokens")


def interrupted(boot):
    """A signal ends the script that is waited for; what is open stays, the rest leaves nothing."""
    first = boot.volume("a.img", b"key")
    second = boot.volume("b.img", b"key")
    here = os.getcwd()
    script("quick", "printf key\n")
    script("slow", f"echo $$ >{here}/pid; exec sleep 100\n")
    boot.tab(f"a {first} x luks,keyscript={here}/quick\nb {second} x luks,keyscript={here}/slow\n"
             f"c {first} x luks,keyscript={here}/quick\n")
    words = [boot.tool.path, "crypttab", "open", "--all", "--crypttab", "tab", "--dialect", "debian"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=ENVIRONMENT) as process:
        end = time.monotonic() + 30
        while not os.path.exists("pid") or not pathlib.Path("pid").read_text(encoding="ascii"):
            expect(time.monotonic() < end, "the script does not start")
            time.sleep(0.05)
        process.terminate()
        process.wait(20)
        text = process.stdout.read().decode()
    same(process.returncode, 1, "status: " + text)
    expect(not os.path.exists("/proc/" + pathlib.Path("pid").read_text(encoding="ascii").strip()), "the script lives on")
    expect("b" not in mappings() and "c" not in mappings(), f"mappings: {mappings()}: {text}")
    boot.close("--all")
    nothing_left("interrupted")


def main():
    boot = Boot(sys.argv[1], sys.argv[2])
    steps = Steps()
    for step in (key_files, sockets, passphrases, shared_passphrases, chains, headers, swap_and_tmp, plain_and_checks,
                 missing_devices, key_scripts, tokens,
                 interrupted):
        with scratch():
            begin = time.monotonic()
            steps.run(step.__name__, step, boot)
            print(f"   {time.monotonic() - begin:.1f} s", flush=True)
    sys.exit(steps.finish())


if __name__ == "__main__":
    main()
