#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""crypttab open beside the real readers: what they refuse is not opened, and what they open has their table and their key.

Usage: crypttab_readers.py OURS PACKAGES [--every N]     (inside the kernel lab; PACKAGES: Debian's cryptsetup, unpacked)
With --every it compares a sample of the values.
"""
import json
import os
import pathlib
import subprocess
import sys

from guest import ENVIRONMENT, FAST, FAST1, Steps, Tool, command, expect, install_debians_scripts, mappings, nothing_left, same, scratch, sparse, text_of

MIB = 1 << 20
ATTACH = "/lib/systemd/systemd-cryptsetup"
MAKEFS = "/lib/systemd/systemd-makefs"
PLAIN = "plain,cipher=aes-xts-plain64,size=512"
# A key file with 300 bytes.  The readers show what either refuses, what either opens, and with which key.
VALUES = {
    "systemd": [
        *(f"{PLAIN},headless,{name}={value}" for name in ("offset", "skip")
          for value in ("0x10", "020", "0b10000", "0o20", "+16", "-0", "-1", "1M", "", "08", "0x", "18446744073709551616")),
        *(f"plain,headless,cipher=aes-xts-plain64,size={value}" for value in ("0x100", "0400", "+256", "0", "0512", "abc", "",
                                                                             "4294967552", "-1")),
        *(f"{PLAIN},headless,sector-size={value}" for value in ("0x1000", "2048", "513", "256", "8192", "big", "0", "")),
        *(f"{PLAIN},headless,hash={value}" for value in ("sha512", "plain", "", "nonsense", "ripemd160", "sha512:32", "SHA512",
                                                         "sha256:100")),
        *(f"plain,headless,size=256,cipher={value}" for value in ("aes", "", "nonsense", "aes-cbc-essiv:sha256", "aes-plain")),
        *(f"{PLAIN},headless,{option}" for option in (
            "header=x", "fido2-cid=abc", "tpm2-pcrs=24", "tpm2-pcrs=", "pkcs11-uri=", "pkcs11-uri=pkcs11:", "pkcs11-uri=slot1",
            "tpm2-signature=x", "tpm2-pin=perhaps", "tries=x", "tries=0x2", "timeout=x", "password-echo=x", "keyfile-size=10",
            "keyfile-size=x", "keyfile-offset=0x10", "keyfile-offset=x", "keyfile-offset=290", "hash=sha512,keyfile-offset=290",
            "hash=sha512,keyfile-offset=0x10", "key-slot=x,plain", "key-slot=-1,plain", "luks,plain", "tmp=", "cipher", "offset",
            "offset=x,offset=8", "nonsense")),
    ],
    "debian": [
        *(f"{PLAIN},hash=plain,{name}={value}" for name in ("offset", "skip")
          for value in ("0x10", "020", "08", "+16", "-1", "1M", "", "18446744073709551616")),
        *(f"plain,hash=plain,cipher=aes-xts-plain64,size={value}" for value in ("256", "0x100", "0512", "0", "100", "260", "")),
        *(f"{PLAIN},hash=plain,sector-size={value}" for value in ("4096", "04096", "010000", "513", "8192", "0")),
        *(f"{PLAIN},hash={value}" for value in ("sha512", "", "nonsense", "plain")),
        *(f"{PLAIN},hash={value},keyscript=/bin/cat" for value in ("sha512", "nonsense", "plain")),
        *(f"{PLAIN},hash=plain,{option}" for option in (
            "keyfile-size=10", "keyfile-size=x", "keyfile-offset=020", "keyfile-offset=290", "tries=x", "key-slot=x", "key-slot=1",
            "header=x", "check=", "check=nonsense", "checkargs=", "tmp=", "discard=x", "offset", "keyscript=")),
    ],
}


class Readers:
    def __init__(self, path, packages):
        self.tool = Tool("ours", path)
        install_debians_scripts(packages)
        self.device = None
        self.every = 1

    def attach(self):
        """Anew for each step, as one that failed takes it along."""
        sparse("/run/device.img", 20 * MIB)
        self.device = command("losetup", "-f", "--show", "/run/device.img").strip()

    def empty(self):
        for size in (0, 20 * MIB):
            os.truncate("/run/device.img", size)
        # The loop device has cached the previous file.
        command("losetup", "-c", self.device)
        command("blockdev", "--flushbufs", self.device)

    def real(self, dialect, key, options):
        """What the reader itself says."""
        if dialect == "systemd":
            return subprocess.run([ATTACH, "attach", "vol", self.device, key, options], capture_output=True, check=False,
                                  stdin=subprocess.DEVNULL, env={**ENVIRONMENT, "SYSTEMD_LOG_TARGET": "console"})
        pathlib.Path("tab").write_text(f"vol {self.device} {key} {options}\n", encoding="utf-8")
        return subprocess.run(["cryptdisks_start", "vol"], capture_output=True, check=False, stdin=subprocess.DEVNULL,
                              env={**ENVIRONMENT, "TABFILE": f"{os.getcwd()}/tab"})

    def ours(self, dialect, key, options):
        pathlib.Path("tab").write_text(f"vol {self.device} {key} {options}\n", encoding="utf-8")
        return self.tool.try_run("crypttab", "open", "--crypttab", "tab", "--dialect", dialect, "vol")

    def listed(self, dialect, key, options):
        done = self.tool.try_run("crypttab", "list", "--json", "--for", dialect, "-",
                                 secret=f"vol {self.device} {key} {options}\n".encode())
        return json.loads(done.stdout)["result"]["entries"][0][dialect]["opens"]


def table_then_gone(with_key=True):
    """Of the mapping that there is, or nothing."""
    for name in ("vol", "vol_unformatted"):
        if name not in mappings():
            continue
        fields = command("dmsetup", "table", "--showkeys", name).split()
        command("dmsetup", "remove", "--retry", name)
        # Both are the same to the kernel.
        fields[3] = {"aes-plain": "aes-cbc-plain", "aes": "aes-cbc-plain"}.get(fields[3], fields[3])
        return " ".join(fields if with_key else fields[:4] + [str(len(fields[4]))] + fields[5:])
    return None


def compare(readers, dialect, key, options, with_key=True):
    readers.empty()
    said = text_of(readers.real(dialect, key, options))
    theirs = table_then_gone(with_key)
    readers.empty()
    done = readers.ours(dialect, key, options)
    ours = table_then_gone(with_key)
    what = f"{dialect}: {key} {options}\n{said}\n{text_of(done)}\n"
    same(ours, theirs, what)
    same(done.returncode == 0, ours is not None, "status of " + what)
    # The kernel alone refuses some, which the options do not show.
    expect(theirs is None or readers.listed(dialect, key, options), "not opened, it says: " + what)


def values(readers, dialect):
    pathlib.Path("key").write_bytes(b"".join(bytes([65 + i % 26]) for i in range(300)))
    os.chmod("key", 0o600)
    failures = []
    for options in VALUES[dialect][::readers.every]:
        try:
            compare(readers, dialect, f"{os.getcwd()}/key", options)
        except Exception as problem:  # pylint: disable=broad-except  (all of them are to be seen)
            failures.append(str(problem))
    expect(not failures, "\n\n".join(failures))


def key_files(readers, dialect):
    """Short ones, those with a newline, random ones, and those that systemd finds."""
    for name, content in {"short": b"x" * 10, "newline": b"abc\n", "empty": b""}.items():
        pathlib.Path(name).write_bytes(content)
        os.chmod(name, 0o600)
        for tail in ("", ",hash=plain", ",hash=sha512"):
            compare(readers, dialect, f"{os.getcwd()}/{name}", PLAIN + tail + (",headless" if dialect == "systemd" else ""))
    for tail in ("", ",hash=sha256", ",hash=nonsense"):
        compare(readers, dialect, "/dev/urandom", f"{PLAIN},swap{tail}", with_key=False)
    if dialect == "debian":
        return
    folder = pathlib.Path("/run/cryptsetup-keys.d")
    folder.mkdir(exist_ok=True)
    found = folder / "vol.key"
    for size in (64, 100, 10):
        found.write_bytes(b"Q" * size)
        os.chmod(found, 0o600)
        for tail in ("", ",hash=plain", ",hash=sha512", ",hash=plain,keyfile-size=64", ",keyfile-offset=1"):
            compare(readers, dialect, "none", f"{PLAIN},headless{tail}")
    found.unlink()


def luks_key_files(readers):
    """systemd's options are about the file that the line names, not about one that it finds."""
    readers.empty()
    word = b"a passphrase"
    readers.tool.run("luksFormat", "-q", "--type", "luks2", *FAST, "--key-file", "-", readers.device, secret=word)
    folder = pathlib.Path("/run/cryptsetup-keys.d")
    folder.mkdir(exist_ok=True)
    found = folder / "vol.key"
    os.makedirs("keys", exist_ok=True)
    for content, options in ((word, ""), (b"junk" + word, ",keyfile-offset=4"), (word, ",keyfile-offset=0x4"),
                             (word + b"more", ",keyfile-size=12"), (word, ",keyfile-size=4294967297"),
                             (word, ",key-slot=4294967296"), (word, ",key-slot=00"), (word, ",key-slot=1"),
                             (b"junk" + word, ",keyfile-offset=04")):
        for place, key in ((found, "none"), (pathlib.Path("key"), f"{os.getcwd()}/key")):
            place.write_bytes(content)
            os.chmod(place, 0o600)
            said = text_of(readers.real("systemd", key, "luks,headless" + options))
            theirs = table_then_gone(with_key=False)
            done = readers.ours("systemd", key, "luks,headless" + options)
            same(table_then_gone(with_key=False) is None, theirs is None, f"{key} luks{options}: {said}\n{text_of(done)}")
            place.unlink()


def header_on_the_device(readers):
    """A header that names the device itself is read there: its own offset counts, and data over it are refused."""
    word = b"a passphrase"
    pathlib.Path("key").write_bytes(word)
    os.chmod("key", 0o600)
    os.symlink(readers.device, "link")
    for kind, fast in (("luks2", FAST), ("luks1", FAST1)):
        readers.empty()
        readers.tool.run("luksFormat", "-q", "--type", kind, *fast, "--key-file", "-", readers.device, secret=word)
        for dialect in ("systemd", "debian"):
            for header in (readers.device, f"{os.getcwd()}/link"):
                options = f"luks,header={header}" + (",headless" if dialect == "systemd" else "")
                said = text_of(readers.real(dialect, f"{os.getcwd()}/key", options))
                theirs = table_then_gone(with_key=False)
                done = readers.ours(dialect, f"{os.getcwd()}/key", options)
                same(table_then_gone(with_key=False), theirs, f"{kind} {dialect} {header}: {said}\n{text_of(done)}")
                expect(theirs is not None, f"{kind} {dialect}: {said}")
                checked = readers.tool.try_run("crypttab", "check", "--for", dialect, "tab")
                same(checked.returncode, 0, "check: " + text_of(checked))
        readers.empty()
        readers.tool.run("luksFormat", "-q", "--type", kind, *fast, "--header", "head", "--key-file", "-", readers.device, secret=word)
        command("dd", "if=head", f"of={readers.device}", "conv=notrunc", "status=none")
        os.unlink("head")
        for dialect in ("systemd", "debian"):
            options = f"luks,header={readers.device}" + (",headless" if dialect == "systemd" else "")
            said = text_of(readers.real(dialect, f"{os.getcwd()}/key", options))
            same(table_then_gone(), None, f"{dialect}: data over their header: {said}")
            done = readers.ours(dialect, f"{os.getcwd()}/key", options)
            same((table_then_gone(), done.returncode != 0), (None, True), f"{dialect}: data over the header: {text_of(done)}")
    os.unlink("link")


def swap_that_is_not_made(readers):
    """A file system in the mapping stays with a key that stays; what a random key shows is chance."""
    pathlib.Path("key").write_bytes(b"Q" * 64)
    os.chmod("key", 0o600)
    key = f"{os.getcwd()}/key"

    def prepare(*words):
        readers.empty()
        command("cryptsetup", "open", "--type", "plain", "--cipher", "aes-xts-plain64", "--key-size", "512", "--key-file", key,
                readers.device, "vol")
        if words:
            command(*words, "/dev/mapper/vol")
        command("cryptsetup", "close", "vol")

    def shown():
        return subprocess.run(["blkid", "-p", "-o", "value", "-s", "TYPE", "/dev/mapper/vol"], capture_output=True, text=True,
                              check=False).stdout.strip()

    for line, made in (("swap", "swap"), ("tmp=ext2", "ext2")):
        prepare("mkfs.ext4", "-q")
        done = readers.ours("systemd", key, f"{PLAIN},hash=plain,{line}")
        same((done.returncode, shown()), (0, "ext4"), text_of(done))
        expect(f"vol: no {made} is made: /dev/mapper/vol shows ext4." in text_of(done), "nothing is said: " + text_of(done))
        # systemd's program does this.
        subprocess.run([MAKEFS, made, "/dev/mapper/vol"], capture_output=True, check=True)
        same(shown(), "ext4", "systemd-makefs")
        command("dmsetup", "remove", "--retry", "vol")
        prepare("mkfs.ext4", "-q")
        done = readers.ours("debian", key, f"{PLAIN},hash=plain,{line}")
        same((done.returncode, mappings()), (1, []), text_of(done))
        expect("shows ext4" in text_of(done) and "random" not in text_of(done), "words: " + text_of(done))
        # The result of the last run needs no message.
        prepare(*(("mkswap",) if made == "swap" else ("mkfs.ext2", "-q")))
        for dialect in ("systemd", "debian"):
            done = readers.ours(dialect, key, f"{PLAIN},hash=plain,{line}")
            same((done.returncode, shown()), (0, made), text_of(done))
            expect("is made" not in text_of(done), text_of(done))
            command("dmsetup", "remove", "--retry", "vol")
        for dialect in ("systemd", "debian"):
            readers.empty()
            done = readers.ours(dialect, "/dev/urandom", f"{PLAIN},hash=plain,{line}")
            same((done.returncode, shown()), (0, made), text_of(done))
            command("dmsetup", "remove", "--retry", "vol")
    same(mappings(), [], "mappings")


def two_lines_of_one_device(readers):
    """By whatever name; what one of them would overwrite is not touched by either."""
    readers.empty()
    word = b"a passphrase"
    readers.tool.run("luksFormat", "-q", "--type", "luks2", *FAST, "--key-file", "-", readers.device, secret=word)
    before = pathlib.Path("/run/device.img").read_bytes()[:MIB]
    link = f"{os.getcwd()}/link"
    for name, target in ((link, readers.device), (f"{os.getcwd()}/random", "/dev/urandom")):
        os.symlink(target, name)
    command("mknod", "node", "c", "1", "9")
    random_keys = ("/dev/urandom", f"{os.getcwd()}/random", f"{os.getcwd()}/node")
    for source in (readers.device, link, "/run/device.img"):
        for key in random_keys:
            tab = f"data {readers.device} none luks\nswap {source} {key} {PLAIN},swap\n"
            pathlib.Path("tab").write_text(tab, encoding="utf-8")
            found = readers.tool.try_run("crypttab", "check", "--for", "systemd", "tab")
            expect("is also the device of line 1 (data), and its contents are overwritten" in text_of(found), text_of(found))
            expect(found.returncode == 1 and "crypto_LUKS, which a random key would destroy" in text_of(found), text_of(found))
            done = readers.tool.try_run("crypttab", "open", "--all", "--crypttab", "tab", "--dialect", "systemd", secret=word)
            expect(done.returncode != 0 and not mappings(), f"{tab}{text_of(done)}")
    same(pathlib.Path("/run/device.img").read_bytes()[:MIB], before, "the device")
    # If both read it, the first one opens it.
    pathlib.Path("tab").write_text(f"one {readers.device} none luks\ntwo {link} none luks\nthree /run/device.img none luks\n",
                                   encoding="utf-8")
    found = text_of(readers.tool.try_run("crypttab", "check", "tab"))
    same(found.count("is also the device of line 1 (one): only one of them can be open"), 2, found)
    done = readers.tool.try_run("crypttab", "open", "--all", "--crypttab", "tab", "--dialect", "systemd", secret=word)
    same((done.returncode, mappings()), (5, ["one"]), text_of(done))
    # A line on its own mapping, recognised by device number; a header on its own device.
    node = os.path.realpath("/dev/mapper/one")
    if node == "/dev/mapper/one":  # without udev the nodes are made directly
        about = os.stat(node)
        node = f"{os.getcwd()}/dm-node"
        command("mknod", node, "b", os.major(about.st_rdev), os.minor(about.st_rdev))
    pathlib.Path("own").write_text(f"one {node} none luks\nh {readers.device} none luks,header={link}\n", encoding="utf-8")
    found = text_of(readers.tool.try_run("crypttab", "check", "own"))
    expect("waits for itself for ever" in found and "is the device itself: header= has no effect" in found, found)
    command("dmsetup", "remove", "--retry", "one")


def main():
    readers = Readers(sys.argv[1], sys.argv[2])
    if "--every" in sys.argv:
        readers.every = int(sys.argv[-1])
    steps = Steps()
    for step, *arguments in ((values, "systemd"), (values, "debian"), (key_files, "systemd"), (key_files, "debian"),
                             (luks_key_files,), (header_on_the_device,), (swap_that_is_not_made,), (two_lines_of_one_device,)):
        with scratch():
            readers.attach()
            steps.run(" ".join([step.__name__, *arguments]), step, readers, *arguments)
            command("losetup", "-d", readers.device, check=False)
            steps.run("nothing left", nothing_left, step.__name__)
    sys.exit(steps.finish())


if __name__ == "__main__":
    main()
