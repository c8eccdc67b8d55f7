#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""systemd's own programs against what crypttab list and check say of systemd.

Usage: crypttab.py PROGRAM.  Nothing is opened: the generator writes units into a scratch folder, and systemd-cryptsetup
is given a device that does not exist.  Exit status 77 where systemd is not installed, or is none of 252.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

GENERATOR = pathlib.Path("/lib/systemd/system-generators/systemd-cryptsetup-generator")
ATTACH = pathlib.Path("/lib/systemd/systemd-cryptsetup")
QUIET = {**os.environ, "SYSTEMD_LOG_TARGET": "console", "SYSTEMD_LOG_LEVEL": "info", "LC_ALL": "C"}

FILES = {
    "sources and keys": "a UUID=1 none luks\nb /dev/vg/b\nc PARTLABEL=x - luks\nd /dev/vg/d /k:LABEL=s luks\n"
                        "e /dev/vg/e /k:x:/dev/y luks\nf /dev/vg/f /k:rel luks\ng /dev/vg/g /dev/urandom swap\n",
    "words": "only\nb /dev/vg/b none luks fifth\n# c /dev/vg/c none\n  d\t/dev/vg/d  none\tnoauto\ne /dev/vg/e none luks\r\n",
    "swap and tmp": "a /dev/vg/a none luks\nb /dev/vg/b /dev/urandom swap,tmp\nc /dev/vg/c none luks\n",
    "one name twice": "a /dev/vg/a none luks\nb /dev/vg/b none luks\na /dev/vg/c none luks\nd /dev/vg/d none luks\n",
    "behind the last colon": "a /dev/vg/a /k:/mnt/x luks\nb /dev/vg/b rel:/dev/x luks\nc /dev/vg/c /k:LABEL=a:b luks\n"
                             "d /dev/vg/d /k:./x luks\ne /dev/vg/e /k:UUID=a:/dev/z luks\nf /dev/vg/f /k: luks\n",
    "no options": "a /dev/vg/a none -\nb /dev/vg/b - none\n",
    "escapes": "my-data /dev/vg/a none luks\na\\040b /dev/vg/b none luks\n.x /dev/vg/c none luks\n",
}
GOOD = {"text": "x", "number": "1", "key-bits": "256", "sector-bytes": "512", "switch": "yes", "yes-no": "yes", "choice": "yes",
        "duration": "1min", "path": "/x", "absolute-path": "/x", "auto-or-path": "auto", "pcrs": "7", "yes-no-or-pcr": "yes",
        "pkcs11-uri": "auto", "keyring-key": "@u::x", "optional-text": "ext4", "any-text": "x", "none": None,
        "base64": "QUJDREVGR0hJSktMTU5PUA=="}
BAD = {"number": ("many", "1k", "", "-1", "08", "0x", "0b2", "18446744073709551616"), "key-bits": ("100", "many"), "sector-bytes": ("8192", "big"), "switch": ("perhaps", ""),
       "yes-no": ("perhaps",), "choice": ("stars",), "duration": ("soon", "1fortnight", "."), "pcrs": ("24", "7+"),
       "pkcs11-uri": ("slot1", "pkcs11:", ""), "base64": ("***", "abc", "ab=c"), "absolute-path": ("x",)}
NUMBERS = ("0", "16", "0x10", "0X1f", "020", "0b101", "0o17", "+16", "-0", "00")
DURATIONS = ("90", "1min30s", "1.5h", ".5h", "10ms", "1M", "2weeks", "infinity", "1y", "0")


def run(words, **environment):
    return subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=60,
                          env={**QUIET, **environment})


def ours(program, word, text, *options):
    answer = subprocess.run([program, "crypttab", word, "--json", "--for", "systemd", *options, "-"], input=text,
                            capture_output=True, text=True, check=False)
    return json.loads(answer.stdout)["result"]


def units_of(text):
    """Exec lines of the units that the generator writes: name, source, key, options."""
    with tempfile.TemporaryDirectory() as folder:
        tab = pathlib.Path(folder, "crypttab")
        tab.write_text(text, encoding="utf-8", newline="")
        out = pathlib.Path(folder, "units")
        out.mkdir()
        run([GENERATOR, out, out, out], SYSTEMD_CRYPTTAB=str(tab))
        units = {}
        for unit in out.glob("systemd-cryptsetup@*.service"):
            line = next(line for line in unit.read_text(encoding="utf-8").splitlines() if line.startswith("ExecStart="))
            units[unit.name] = line
        return units


def expected_units(program, text):
    """Which lines get one: 252 stops at the first that it cannot make."""
    findings = ours(program, "check", text)["findings"]
    fatal = min([f["line"] for f in findings if f["id"] in ("swap-and-tmp", "duplicate-name")], default=10**9)
    return [entry["systemd"] for entry in ours(program, "list", text)["entries"]
            if entry["line"] < fatal and entry["systemd"]["opens"]]


def check_files(program):
    for title, text in FILES.items():
        units = units_of(text)
        expected = expected_units(program, text)
        assert len(units) == len(expected), (title, sorted(units), [e["name"] for e in expected])
        for entry in expected:
            told = ours_explained(program, text, entry["name"])
            assert told in units, (title, told, sorted(units))
            keydev = f"/run/systemd/cryptsetup/keydev-{entry['name']}"
            on_device = entry["key"] == "file-on-device"
            assert (keydev in units[told]) == on_device, (title, units[told], entry)
            if on_device:
                assert f"{keydev}/{entry['key_path'].removeprefix('/')}'" in units[told], (title, units[told], entry)


def ours_explained(program, text, name):
    lines = json.loads(subprocess.run([program, "crypttab", "explain", "--json", "--for", "systemd", "-", name], input=text,
                                      capture_output=True, text=True, check=False).stdout)["result"]["lines"]
    return lines[0]["systemd"][0].split(" ")[0]


def complaints(option):
    """What systemd-cryptsetup says before it looks at the device."""
    said = run([ATTACH, "attach", "latchkey-none", "/nonexistent", "/nonexistent-key", option]).stderr
    return [line for line in said.splitlines() if not any(word in line for word in ("crypt_init", "does not exist", "nonexistent"))]


def findings_of(program, option, wanted):
    findings = ours(program, "check", f"a /dev/vg/a /k {option}\n")["findings"]
    return [f for f in findings if f["id"] in wanted]


def check_options(program):
    table = json.loads(run([program, "crypttab", "options", "--json"]).stdout)["result"]["options"]
    # The generator reads these itself, and systemd-cryptsetup ignores them or never sees them.
    generator = {"x-systemd.device-timeout", "keyfile-timeout"}
    count = 0
    for row in table:
        if row.get("since_systemd", 0) > 252 or row["name"] in generator:
            continue
        for spelling in [row["name"], *(a["name"] for a in row["aliases"])]:
            value = GOOD[row["value"]]
            option = spelling if value is None else f"{spelling}={value}"
            known = "systemd" in row["readers"] or row["readers"] == "both"
            said = complaints(option)
            assert any("unknown" in line for line in said) == (not known), (option, said)
            count += 1
        if "systemd" not in row:
            continue
        for value in BAD.get(row["value"], ()):
            if row["name"] in ("tcrypt-keyfile", "tpm2-pcrlock") or row["value"] == "choice" and row["name"] != "password-echo":
                continue
            if (row["name"], value) == ("key-slot", "-1"):
                continue  # any keyslot, as if the option were not there
            option = f"{row['name']}={value}"
            said = complaints(option)
            found = findings_of(program, option, ("bad-value", "value-missing"))
            assert found and said, (option, said, found)
            # After "ignoring" it continues; anything else ends the unit.
            if "ignoring" in said[0]:
                assert all("fails" not in f["message"] for f in found) or row["value"] == "sector-bytes", (option, said, found)
            else:
                assert any("fails" in f["message"] for f in found), (option, said, found)
            opens = ours(program, "list", f"a /dev/vg/a /k {option}\n")["entries"][0]["systemd"]["opens"]
            assert opens == ("ignoring" in said[0]), (option, said, opens)
            count += 1
    for value in NUMBERS:
        for name in ("offset", "skip", "keyfile-offset", "tries"):
            assert not complaints(f"{name}={value}"), (name, value)
            assert not findings_of(program, f"{name}={value}", ("bad-value",)), (name, value)
            count += 1
    for options in ("-", "none", "", "-,luks", "luks,none"):
        said = any("unknown" in line for line in complaints(options))
        assert said == bool(findings_of(program, options, ("unknown-option",))), options
        count += 1
    for source, path in (('UUID="3"', "/dev/disk/by-uuid/3"), ("UUID='3'", "/dev/disk/by-uuid/3"), ('UUID="3', r"/dev/disk/by-uuid/\x223"),
                         (r"/dev/disk/by-label/My\x20Disk", r"/dev/disk/by-label/My\x20Disk")):
        unit = units_of(f"a {source} none luks\n")["systemd-cryptsetup@a.service"]
        assert f"'{path}'" in unit, (source, unit)
        stray = ours(program, "check", f"a {source} none luks\n")["findings"]
        assert bool(stray) == (source == 'UUID="3'), (source, stray)
        count += 1
    for value in DURATIONS:
        assert not complaints(f"timeout={value}"), value
        assert not findings_of(program, f"timeout={value}", ("bad-value",)), value
    return count


def main():
    if not GENERATOR.exists() or not ATTACH.exists():
        print("systemd-cryptsetup is not installed")
        return 77
    version = run(["systemctl", "--version"]).stdout.split()
    if len(version) < 2 or version[1] != "252":
        print("systemd is not 252, whose rules these are")
        return 77
    program = sys.argv[1]
    check_files(program)
    count = check_options(program)
    print(f"{len(FILES)} files and {count} options are to systemd what we say")
    return 0


if __name__ == "__main__":
    sys.exit(main())
