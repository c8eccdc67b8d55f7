#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Foreign text cannot drive the terminal: ESC, CSI, U+009B, DEL, newline, directions, bytes that are not UTF-8.

Usage: run.py PROGRAM [FIELD]     with FIELD only the cases whose name has it, each with what was shown
Puts such text into every field of a header, into names of files, mappings and crypttab, runs every action that shows
any of it, and looks at all that comes out.
"""
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile

EDIT = pathlib.Path(__file__).resolve().parent.parent / "cli" / "edit_header.py"
EVIL = "q\x1b[31m\u009b1m\x7f\nEVIL\r\u202e\u2066z"
RAW = b"q\x1b[31m\xc2\x9b1m\x7f\nEVIL\r\xe2\x80\xae\xffz"
FAST = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]
SMALL = ["--luks2-metadata-size", "16k", "--luks2-keyslots-size", "256k", "--sector-size", "512"]


def quoted(text):
    return json.dumps(text)


def bad(output):
    """What is wrong with it; None if nothing is."""
    try:
        text = output.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"bytes that are not UTF-8 at {error.start}"
    found = re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text)
    if found:
        return f"U+{ord(found[0]):04X} at {found.start()}"
    if re.search(r"(?m)^EVIL", text):
        return "a line of its own"
    return None


class Run:
    def __init__(self, program, only):
        self.program, self.only = os.path.abspath(program), only
        self.failed = self.tried = self.reached = 0

    def quietly(self, *words, secret=b"one"):
        done = subprocess.run([self.program, *words], input=secret, capture_output=True, check=False, timeout=60)
        if done.returncode != 0:
            sys.exit(f"{words}: {done.stderr}")

    def judge(self, name, words, output):
        self.tried += 1
        self.reached += b"\\x1b" in output or b"\\u009b" in output or b"\\u001b" in output
        wrong = bad(output)
        if self.only:
            print(name, words, output)
        if wrong:
            self.failed += 1
            print(f"{name}: {words!r}: {wrong}: {output!r}")

    def look(self, name, *words, secret=b"one"):
        """Both channels of one command."""
        if self.only and self.only not in name:
            return
        done = subprocess.run([self.program, *words], input=secret, capture_output=True, check=False, timeout=60)
        self.judge(name, words, done.stdout + done.stderr)

    def on_terminal(self, name, *words):
        """What a person sees who answers nothing useful; the terminal's own CR LF is no one's text."""
        if self.only and self.only not in name:
            return
        child, terminal = pty.fork()
        if child == 0:
            os.execv(self.program, [self.program, *words])
        seen, answered = b"", 0
        while answered < 5 and select.select([terminal], [], [], 10)[0]:
            try:
                chunk = os.read(terminal, 4096)
            except OSError:
                break
            seen += chunk
            if seen.rstrip().endswith((b":", b"?")):
                os.write(terminal, b"one\n")
                answered += 1
        os.kill(child, signal.SIGKILL)  # it may have ended
        os.waitpid(child, 0)
        self.judge(name, words, seen.replace(b"\r\n", b"\n"))


FIELDS = {
    "uuid": ["uuid=q\\x1b[31m\\xc2\\x9b\\x7f\\x0aEVIL\\x0d\\xe2\\x80\\xae\\xff"],
    "label": ["label=q\\x1b[31m\\xc2\\x9b\\x7f\\x0aEVIL\\x0d\\xe2\\x80\\xae\\xff"],
    "subsystem": ["subsystem=q\\x1b[31m\\xc2\\x9b\\x7f\\x0aEVIL\\x0d\\xe2\\x80\\xae\\xff"],
    "token type": ["tokens.0=" + json.dumps({"type": EVIL, "keyslots": ["0"], "more": EVIL})],
    "key description": ["tokens.0=" + json.dumps({"type": "luks2-keyring", "keyslots": ["0"], "key_description": EVIL})],
    "member": ["tokens.0=" + json.dumps({"type": "x", "keyslots": [], EVIL: 1})],
    "keyslot name": ["tokens.0=" + json.dumps({"type": "latchkey-names", "keyslots": [], "names": {"0": EVIL}})],
    "keyslot type": ["keyslots.0.type=" + quoted(EVIL)],
    "kdf type": ["keyslots.0.kdf.type=" + quoted(EVIL)],
    "kdf hash": ["keyslots.0.kdf.hash=" + quoted(EVIL)],
    "kdf salt": ["keyslots.0.kdf.salt=" + quoted(EVIL)],
    "af hash": ["keyslots.0.af.hash=" + quoted(EVIL)],
    "af type": ["keyslots.0.af.type=" + quoted(EVIL)],
    "area type": ["keyslots.0.area.type=" + quoted(EVIL)],
    "area cipher": ["keyslots.0.area.encryption=" + quoted(EVIL)],
    "null cipher": ["segments.0.encryption=" + quoted("cipher_null" + EVIL)],
    "digest type": ["digests.0.type=" + quoted(EVIL)],
    "digest hash": ["digests.0.hash=" + quoted(EVIL)],
    "segment cipher": ["segments.0.encryption=" + quoted(EVIL)],
    "segment IV": ["segments.0.encryption=" + quoted("aes-xts-" + EVIL)],
    "segment type": ["segments.0.type=" + quoted(EVIL)],
    "segment offset": ["segments.0.offset=" + quoted(EVIL)],
    "integrity": ["segments.0.integrity=" + json.dumps({"type": EVIL, "journal_encryption": "none",
                                                        "journal_integrity": "none"})],
    "segment flag": ["segments.0.flags=" + json.dumps([EVIL])],
    "flag": ["config.flags=" + json.dumps([EVIL])],
    "requirement": ["config.requirements=" + json.dumps({"mandatory": [EVIL]})],
}


def headers(run):
    run.quietly("luksFormat", "-q", *FAST, *SMALL, "good", "-")
    good = pathlib.Path("good").read_bytes()
    for name, changes in FIELDS.items():
        pathlib.Path("img").write_bytes(good)
        subprocess.run([sys.executable, EDIT, "img", *changes], check=True)
        run.look(name, "luksUUID", "img")
        run.look(name, "luksDump", "img")
        run.look(name, "luksDump", "--json", "img")
        run.look(name, "luksDump", "--dump-json-metadata", "img")
        run.look(name, "luksDump", "-q", "--dump-volume-key", "--volume-key-file", "/dev/null", "img")
        run.look(name, "luksDump", "-q", "--dump-volume-key", "img")
        run.look(name, "isLuks", "-v", "--debug", "img")
        run.look(name, "open", "--test-passphrase", "-v", "--debug", "img")
        run.look(name, "open", "--test-passphrase", "--json", "img")
        run.look(name, "open", "--dry-run", "--debug", "img", "name")
        run.look(name, "open", "--dry-run", "--json", "img", "name")
        run.look(name, "open", "--test-passphrase", "--token-only", "-v", "img")
        run.look(name, "open", "--test-passphrase", "--token-id", "0", "-v", "img")
        run.look(name, "read", "--length", "512", "img", "/dev/full")
        run.look(name, "token", "export", "--token-id", "0", "img")
        run.look(name, "token", "export", "--token-id", "0", "--json", "img")
        run.look(name, "repair", "-q", "--dry-run", "-v", "img")
        run.look(name, "luksKillSlot", "-q", "--dry-run", "img", "0")
        run.look(name, "config", "--dry-run", "--label", "x", "img")
        run.look(name, "luksAddKey", "-q", "--dry-run", *FAST, "img", secret=b"one\ntwo")
        run.look(name, "luksChangeKey", "-q", "--dry-run", *FAST, "img", secret=b"one\ntwo")
        run.look(name, "convert", "-q", "--dry-run", "--type", "luks1", "img")
        run.look(name, "erase", "-q", "--dry-run", "-v", "img")
    # A token in a file also keeps its meaning, and has no such characters.
    pathlib.Path("img").write_bytes(good)
    subprocess.run([sys.executable, EDIT, "img", *FIELDS["token type"]], check=True)
    run.quietly("token", "export", "--token-id", "0", "--json-file", "token", "img")
    exported = pathlib.Path("token").read_bytes()
    run.judge("token file", (), exported)
    if json.loads(exported)["type"] != EVIL:
        sys.exit("an exported token has another meaning")


def names(run):
    file = RAW.replace(b"/", b"") + b".img"
    os.rename("good", file)
    run.look("file name", "luksDump", file)
    run.look("file name", "luksDump", "--json", file)
    run.look("file name", "luksUUID", "-v", "--debug", file)
    run.look("file name", "open", "--test-passphrase", "--debug", file, secret=b"wrong")
    run.look("file name", "open", "--dry-run", file, "name")
    run.look("file name", "luksDump", "-q", "--dump-volume-key", file)
    run.look("file name", "luksHeaderBackup", "--header-backup-file", file, file)
    run.look("file name", "read", "--length", "9", file, file)
    run.look("file name", "copy", file, file)
    run.look("no such file", "luksDump", file + b"x")
    run.look("no such file", "open", "--key-file", file + b"x", file, "name")
    run.look("no such file", "open", "--header", file + b"x", file, "name")
    run.on_terminal("prompt", "open", "--test-passphrase", file)
    run.on_terminal("prompt", "luksFormat", *FAST, *SMALL, file)
    run.on_terminal("prompt", "luksAddKey", file)
    run.on_terminal("prompt", "erase", file)
    run.on_terminal("prompt", "luksUUID", file)
    for verb in (["open", "--dry-run", file], ["status"], ["close"], ["table"], ["resize"], ["luksSuspend"], ["luksResume"],
                 ["refresh"]):
        run.look("mapping name", *verb, RAW)
        run.look("mapping name", *verb, "--json", RAW)
    run.look("mapping name", "open", "--backend", "userspace", file, RAW)
    run.look("mapping name", "close", RAW)
    for words in ([RAW], ["open", RAW], [b"--" + RAW], ["open", b"--type=" + RAW, file, "n"], ["benchmark", "-c", RAW],
                  ["benchmark", "-h", RAW], ["luksFormat", "-q", "-c", RAW, file], ["luksFormat", "-q", "--uuid", RAW, file],
                  ["luksFormat", "-q", "-h", RAW, file], ["luksFormat", "-q", "--pbkdf", RAW, file],
                  ["luksFormat", "-q", *FAST, "--label", RAW, "--dry-run", file], ["token", RAW, file], ["help", RAW],
                  ["open", "--type", "plain", "-c", RAW, "--dry-run", file, "n"],
                  ["legacy", RAW], ["legacy", b"losetup -e " + RAW + b" /dev/loop0 " + file],
                  ["open", "--key-description", RAW, file, "n"], ["open", "--token-type", RAW, "--token-only", file, "n"],
                  ["open", "--volume-key-keyring", RAW, file, "n"], ["open", "--key-slot", RAW, file, "n"],
                  ["open", "--external-tokens-path", RAW, file, "n"]):
        run.look("argument", *words)
        run.look("argument", *words, "--json")
    run.look("argument", "close", "n")  # some of these open it
    os.rename(file, "good")


def crypttab(run):
    # Words end at blanks and lines at newlines; any other character may be in them.
    word = RAW.replace(b"\n", b"")
    lines = [word + b" " + word + b" " + word + b" " + word, b"name " + word + b" none luks," + word + b"=" + word,
             b"name UUID=" + word + b" " + word + b" plain,cipher=" + word + b",hash=" + word,
             b"n\\012EVIL /dev/x\\033 none keyscript=" + word, b"name /dev/x - x-systemd." + word, word]
    for number, line in enumerate(lines):
        pathlib.Path("tab").write_bytes(line + b"\n")
        for verb in ("check", "list", "explain"):
            for reader in ("both", "systemd", "debian"):
                run.look(f"crypttab {number}", "crypttab", verb, "--for", reader, "tab")
            run.look(f"crypttab {number}", "crypttab", verb, "--json", "tab")
        for to in ("systemd", "debian"):
            run.look(f"crypttab {number} losses", "crypttab", "convert", "--json", "--to", to, "tab")
            run.on_terminal(f"crypttab {number} convert", "crypttab", "convert", "--to", to, "tab")
            for verb in ("open", "close"):
                run.look(f"crypttab {number}", "crypttab", verb, "--all", "--dry-run", "--crypttab", "tab", "--dialect", to)
                run.look(f"crypttab {number}", "crypttab", verb, "--all", "--crypttab", "tab", "--dialect", to)
    run.look("crypttab", "crypttab", "check", RAW)
    run.look("crypttab", "crypttab", "open", "--crypttab", "tab", RAW)


def main():
    program, only = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as folder:
        run = Run(program, only)
        os.chdir(folder)
        os.environ.update(LC_ALL="C.UTF-8", LANGUAGE="C")
        with open("good", "wb") as file:
            file.truncate(4 << 20)
        headers(run)
        names(run)
        crypttab(run)
        os.chdir("/")
    print(f"{run.tried} commands, {run.reached} of them showed some of it, {run.failed} raw")
    # Most fields are shown somewhere: a test that reaches none of them tests nothing.
    return run.failed != 0 or (only is None and run.reached < 200)


sys.exit(main())
