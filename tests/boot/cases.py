#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Real boots of Debian with encrypted disks, on Debian's packages and on ours, side by side.

Usage: cases.py IMAGES LATCHKEY CASE     CASE is a function below; IMAGES is what lab/build-images made

A case sets up both machines alike, says what must be true of each, and returns its outcome, which must be the same on both:
what is mounted, mapped and swapped to, and in which words the distribution told about it.
"""
import concurrent.futures
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "lab"))
from boot_lab import Boot  # noqa: E402  (the path is set above)

PASSPHRASE = "bootlab-pass"  # build-images gives it to the root volumes
WRONG = ("first-wrong-try", "second-wrong-try", "third-wrong-try")
KEY = bytes(range(7, 71))  # of the key files: neither text nor a line
ROOT_UUID = "22222222-3333-4444-5555-666666666666"
DEBIAN_WORDS = r"crypto disks|cryptsetup|\((starting|started|running|skipped|failed)|unlock disk|[Nn]o key available|tries"
FSTAB_ROOT = "/dev/ubda / ext4 defaults 0 0\n"

# The facts that every guest reports.  No table with a key is among them: the kernel shows zeros for keys.
FACTS = r"""
echo "state $1"
program=$(readlink -f /sbin/cryptsetup); echo "program $($program --version)"
echo "library $(dpkg-query -S "$(readlink /lib/*/libcryptsetup.so.12)")"
dmsetup table --target crypt | sed '/^No devices/d; s/^/table /'
dmsetup info -c --noheadings -o name,uuid | sed -E '/^No devices/d; s/LVM-.*/LVM/; s/^/uuid /'
while read -r device place type options rest; do
    case $device in /dev/mapper/*) echo "mounted $device $place $type" ;; esac
done </proc/mounts
while read -r device type rest; do [ "$device" = Filename ] || echo "swap $(cat /sys/class/block/${device##*/}/dm/name) $type"; done </proc/swaps
for file in /mnt*/hello; do [ -e "$file" ] && echo "content $file $(cat "$file")"; done
# volume keys and passphrases that outlived their use; a logon key cannot be read, but it can be seen
grep -E 'cryptsetup|latchkey' /proc/keys | sed -E 's/^[0-9a-f]+ +//; s/ +/ /g; s/ (perm|[0-9]+[smhdw]) / * /; s/^/key /'
# anything left in memory file systems, logs, and what processes show
grep -rlaF -f /bootlab/secrets /run /tmp /var/log /var/lib/systemd 2>/dev/null | sed 's/^/leak /'
grep -laF -f /bootlab/secrets /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | sed 's/^/leak /'
true
"""


class Failed(Exception):
    """What a case found, for a person."""


def expect(condition, message):
    if not condition:
        raise Failed(message)


def uuid(number):
    return f"11111111-2222-3333-4444-{number:012}"


def seems_powertec(path):
    """Whether the kernel of the guests takes this disk for one with PowerTec's partition table, whose only mark is a checksum
    of one byte: one LUKS2 header in 256 has it right by chance, and its volume is then found on a partition that begins at 0."""
    with open(path, "rb") as file:
        sector = file.read(512)
    return (sum(sector[:511]) + 0x2A) % 256 == sector[511]


class Disks:
    """Makes the case's disks with our program: it writes into volumes without device-mapper."""

    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)

    def run(self, *words, secret=b""):
        subprocess.run([self.program, *map(str, words)], input=secret, check=True, capture_output=True)

    def blank(self, name, size_mib=24):
        path = self.folder / name
        with open(path, "wb") as file:
            file.truncate(size_mib << 20)
        return path

    def data(self, name, number, secret, *, header=None, kind="luks2", iterations=1000):
        """A volume with an ext4 that holds one file, "hello", with the volume's name in it."""
        contents = self.folder / f"{name}.contents"
        contents.mkdir()
        (contents / "hello").write_text(f"hello from {name}\n")
        plain = self.blank(f"{name}.ext4", 8)
        subprocess.run(["mkfs.ext4", "-q", "-F", "-b", "4096", "-m", "0", "-O", "^has_journal", "-d", contents, plain], check=True)
        path = self.blank(name)
        where = ["--header", header] if header else []
        while True:
            self.run("luksFormat", "--batch-mode", "--type", kind, "--uuid", uuid(number), "--key-file", "-", "--pbkdf", "pbkdf2",
                     "--pbkdf-force-iterations", iterations, *where, path, secret=secret)
            if not seems_powertec(header or path):
                break
        key = self.folder / f"{name}.key"
        key.write_bytes(secret)
        self.run("write", "--batch-mode", "--key-file", key, *where, path, plain)
        return path


def lines(report, word):
    return sorted(line[len(word) + 1:] for line in report.output.splitlines() if line.startswith(word + " "))


def secrets_stay_secret(report, *secrets):
    for secret in secrets:
        for place in ("journal", "console", "output"):
            text = getattr(report, place)
            expect(secret not in text, f"{secret!r} is in the {place}")
    expect(KEY.hex() not in report.output + report.journal + report.console, "the key file's bytes are in hexadecimal somewhere")
    expect(not lines(report, "leak"), f"secrets were left in {lines(report, 'leak')}")


def spoken(text, pattern):
    """The lines in which the distribution talks about our subject, without what differs from boot to boot."""
    found = [line.strip() for line in text.splitlines() if re.search(pattern, line)]
    return [re.sub(r"^\[ *[0-9.]+\] |\[[0-9]+\]", "", line) for line in found]


class Side:
    """One of the two: peer or ours."""

    def __init__(self, name, images):
        self.name, self.images = name, pathlib.Path(images)
        self.reports, self.problem, self.outcome = [], "", None
        self.extra_check = ""  # more for the guest's shell to do, and print

    def start(self, boot):
        self.reports.append(boot.run())
        return self.reports[-1]

    def boot(self, **options):
        boot = Boot(self.images, **options)
        boot.check, boot.secrets = FACTS + self.extra_check, [PASSPHRASE, *WRONG]
        return boot

    def image(self, suffix):
        return self.images / f"{self.name}{suffix}"

    def facts(self, report, state, words=None):
        """The facts that must be the same on both sides; checked here is what is true of each alone."""
        expect(report.state == state, f"the guest came up as {report.state!r}, not {state!r}")
        expect(report.status == 0, f"the check returned {report.status}: {report.output}")
        for part in ("program", "library"):
            said = lines(report, part)
            expect(len(said) == 1 and ("latchkey" in said[0]) == (self.name == "ours"), f"it ran with {said}")
        secrets_stay_secret(report, PASSPHRASE, *WRONG)
        facts = {word: lines(report, word) for word in ("state", "table", "uuid", "mounted", "swap", "content", "key")}
        # systemd keeps passphrases typed for other volumes for two and a half minutes; nothing else may stay.
        expect(all(" user cryptsetup: " in key and state != "sysvinit" for key in facts["key"]), f"keys in the kernel: {facts['key']}")
        return {**facts, "words": words or []}


def debian_scripts(side, disks):
    """Key file, random-key swap, a header on another disk, and a disk that is not there, by cryptdisks."""
    boot = side.boot(init="sysvinit")
    header = disks.blank("header", 16)
    boot.disks = [side.image(".ext4"), disks.data("data", 1, KEY), disks.blank("swap"), disks.data("apart", 2, KEY, header=header), header]
    boot.file("/etc/data.key", KEY, 0o600)
    boot.file("/etc/crypttab", f"""data UUID={uuid(1)} /etc/data.key luks,discard
swap0 /dev/ubdc /dev/urandom swap,plain,cipher=aes-xts-plain64,size=256
gone UUID={uuid(9)} /etc/data.key luks,nofail
apart /dev/ubdd /etc/data.key luks,header=/dev/ubde
""")
    boot.file("/etc/fstab", FSTAB_ROOT + "/dev/mapper/data /mnt ext4 defaults 0 2\n/dev/mapper/apart /mnt2 ext4 defaults 0 2\n"
              "/dev/mapper/swap0 none swap sw 0 0\n")
    boot.file("/mnt2/.mountpoint", "")
    report = side.start(boot)
    outcome = side.facts(report, "sysvinit", spoken(report.console, DEBIAN_WORDS))
    expect(outcome["content"] == ["/mnt/hello hello from data", "/mnt2/hello hello from apart"], f"{outcome['content']}")
    expect(outcome["swap"] == ["swap0 partition"], f"no swap: {outcome['swap']}")
    expect(len(outcome["uuid"]) == 3, f"mappings: {outcome['uuid']}")
    expect("allow_discards" in "".join(line for line in outcome["table"] if line.startswith("data:")), "no discards")
    return outcome


def debian_tries(side, disks):
    """Three wrong passphrases for one volume, then the right one at once for the next, by cryptdisks."""
    boot = side.boot(init="sysvinit")
    boot.disks = [side.image(".ext4"), disks.data("locked", 1, PASSPHRASE.encode()), disks.data("other", 2, PASSPHRASE.encode())]
    boot.file("/etc/crypttab", f"locked UUID={uuid(1)} none luks\nother UUID={uuid(2)} none luks\n")
    boot.file("/etc/fstab", FSTAB_ROOT + "/dev/mapper/other /mnt ext4 defaults 0 2\n")
    for wrong in WRONG:
        boot.type("Please unlock disk locked[^:]*: ?", wrong)
    boot.type("Please unlock disk other[^:]*: ?", PASSPHRASE)
    # cryptdisks runs a second time for volumes that are still closed
    for wrong in WRONG:
        boot.type("Please unlock disk locked[^:]*: ?", wrong)
    report = side.start(boot)
    outcome = side.facts(report, "sysvinit", spoken(report.console, DEBIAN_WORDS))
    expect(outcome["content"] == ["/mnt/hello hello from other"], f"{outcome['content']}")
    expect(len(outcome["uuid"]) == 1 and outcome["uuid"][0].startswith("other:"), f"mappings: {outcome['uuid']}")
    expect(report.console.count("No key available with this passphrase") == 6, "not six refusals")
    return outcome


def root_boot(side, suffix, device):
    boot = side.boot()
    boot.disks = [side.image(suffix)]
    boot.root = device
    boot.arguments.append(f"initrd={side.image('.initrd')}")
    boot.file("/etc/crypttab", f"cryptroot UUID={ROOT_UUID} none luks,discard,initramfs\n")
    boot.file("/etc/fstab", f"{device} / ext4 defaults 0 1\n")
    return boot


INITRAMFS_WORDS = r"unlock disk|^cryptsetup:|No key available"


def initramfs_root(side, _):
    """The root file system in LUKS2, opened by Debian's initramfs; the passphrase is typed after two wrong ones."""
    boot = root_boot(side, ".luks", "/dev/mapper/cryptroot")
    for text in (WRONG[0], WRONG[1], PASSPHRASE):
        boot.type("Please unlock disk cryptroot[^:]*: ?", text)
    report = side.start(boot)
    outcome = side.facts(report, "multi-user", spoken(report.console, INITRAMFS_WORDS))
    expect(outcome["mounted"] == ["/dev/mapper/cryptroot / ext4"], f"mounted: {outcome['mounted']}")
    expect("cryptroot: set up successfully" in report.console, "no word of success")
    expect(report.console.count("bad password or options?") == 2, "not two refusals")
    return outcome


def initramfs_lvm(side, _):
    """The root file system on a logical volume in LUKS2."""
    boot = root_boot(side, "-lvm.luks", "/dev/mapper/labvg-root")
    boot.type("Please unlock disk cryptroot[^:]*: ?", PASSPHRASE)
    report = side.start(boot)
    outcome = side.facts(report, "multi-user", spoken(report.console, INITRAMFS_WORDS))
    expect(outcome["mounted"] == ["/dev/mapper/labvg-root / ext4"], f"mounted: {outcome['mounted']}")
    expect(len(outcome["table"]) == 1 and outcome["table"][0].startswith("cryptroot:"), f"tables: {outcome['table']}")
    return outcome


def initramfs_unlock(side, _):
    """The root in LUKS2, opened by Debian's cryptroot-unlock, which looks for the waiting cryptsetup by its file and environment."""
    boot = root_boot(side, ".luks", "/dev/mapper/cryptroot")
    boot.arguments.append("bootlab.unlock")
    report = side.start(boot)
    outcome = side.facts(report, "multi-user", sorted(spoken(report.console, INITRAMFS_WORDS + "|cryptroot-unlock")))
    expect(outcome["mounted"] == ["/dev/mapper/cryptroot / ext4"], f"mounted: {outcome['mounted']}")
    expect("cryptroot-unlock: cryptsetup: cryptroot set up successfully" in report.console, "cryptroot-unlock did not find the process")
    return outcome


def initramfs_tries(side, _):
    """Nothing but wrong passphrases in the initramfs: it asks for half a minute, gives up, and leaves a shell, with no key."""
    boot = root_boot(side, ".luks", "/dev/mapper/cryptroot")
    boot.end_on_panic = False
    boot.type_always("Please unlock disk cryptroot[^:]*: ?", WRONG[0])
    for command in ("dmsetup table", "grep cryptsetup /proc/keys", "ls -A /run/cryptsetup", "poweroff -f"):
        boot.type(r"\(initramfs\) ", command)
    report = side.start(boot)
    expect(report.state == "", f"the guest came up as {report.state!r}")
    expect(WRONG[0] not in report.console, "the passphrase was shown")
    tries = report.console.count("bad password or options?")
    expect(tries >= 3 and tries % 3 == 0, f"{tries} tries")
    expect(report.console.count("maximum number of tries exceeded") == tries // 3, "the end of the tries was not told")
    _, _, shell = report.console.partition("(initramfs) ")
    expect("No devices found" in shell and "poweroff -f" in shell, "the shell of the initramfs did not come, or a mapping is there")
    # How often it asks again within its half minute depends on the machine's speed.
    return {"words": sorted(set(spoken(report.console, INITRAMFS_WORDS + "|ALERT|Gave up"))),
            "shell": [line for line in shell.splitlines() if line.strip() and "reboot:" not in line]}


def systemd_boot(side, disks, number):
    """A machine with that many volumes data1, ... under the passphrase, and their lines for crypttab and fstab."""
    boot = side.boot()
    boot.disks = [side.image(".ext4")]
    for i in range(1, number + 1):
        boot.disks.append(disks.data(f"data{i}", i, PASSPHRASE.encode()))
        boot.file(f"/mnt{i}/.mountpoint", "")
    boot.file("/etc/crypttab", "".join(f"data{i} UUID={uuid(i)} none luks\n" for i in range(1, number + 1)))
    boot.file("/etc/fstab", FSTAB_ROOT + "".join(f"/dev/mapper/data{i} /mnt{i} ext4 defaults 0 2\n" for i in range(1, number + 1)))
    return boot


def journal_words(report):
    """What systemd-cryptsetup and systemd itself said about the volumes, sorted: units run side by side."""
    return sorted(re.sub(r"^\S+ ", "", line) for line in spoken(report.journal, "systemd-cryptsetup|systemd.*(Cryptsetup|Cryptography)"))


def systemd_units(side, disks):
    """Key file, random-key swap, a header on another disk, and with nofail a disk that is not there, by systemd."""
    boot = side.boot()
    header = disks.blank("header", 16)
    boot.disks = [side.image(".ext4"), disks.data("data", 1, KEY), disks.blank("swap"), disks.data("apart", 2, KEY, header=header), header]
    boot.file("/etc/data.key", KEY, 0o600)
    boot.file("/etc/crypttab", f"""data UUID={uuid(1)} /etc/data.key luks,discard
swap0 /dev/ubdc /dev/urandom swap,plain,cipher=aes-xts-plain64,size=256
gone UUID={uuid(9)} /etc/data.key luks,nofail,x-systemd.device-timeout=2
apart /dev/ubdd /etc/data.key luks,header=/dev/ubde
""")
    boot.file("/etc/fstab", FSTAB_ROOT + "/dev/mapper/data /mnt ext4 defaults 0 2\n/dev/mapper/apart /mnt2 ext4 defaults 0 2\n"
              "/dev/mapper/swap0 none swap sw 0 0\n")
    boot.file("/mnt2/.mountpoint", "")
    report = side.start(boot)
    outcome = side.facts(report, "multi-user", journal_words(report))
    expect(outcome["content"] == ["/mnt/hello hello from data", "/mnt2/hello hello from apart"], f"{outcome['content']}")
    expect(outcome["swap"] == ["swap0 partition"], f"no swap: {outcome['swap']}")
    expect(len(outcome["uuid"]) == 3, f"mappings: {outcome['uuid']}")
    expect("allow_discards" in "".join(line for line in outcome["table"] if line.startswith("data:")), "no discards")
    return outcome


def systemd_twelve(side, disks):
    """Twelve volumes with one passphrase, which systemd asks for once."""
    boot = systemd_boot(side, disks, 12)
    boot.type("Please enter passphrase for disk [^:]*: ?", PASSPHRASE)
    report = side.start(boot)
    outcome = side.facts(report, "multi-user", journal_words(report))
    expect(outcome["content"] == sorted(f"/mnt{i}/hello hello from data{i}" for i in range(1, 13)), f"{outcome['content']}")
    return outcome


def systemd_tries(side, disks):
    """Three wrong passphrases for a volume that /mnt1 needs: the unit fails, systemd goes into emergency mode, no key stays."""
    boot = systemd_boot(side, disks, 1)
    for wrong in WRONG:
        boot.type("Please enter passphrase for disk [^:]*: ?", wrong)
    report = side.start(boot)
    outcome = side.facts(report, "emergency", journal_words(report))
    expect(not outcome["uuid"], f"mappings: {outcome['uuid']}")
    return outcome


def no_udev(side, disks):
    """No init, no udev, no module loaded, no /dev/mapper: cryptsetup alone gets its mapping, and takes it away."""
    boot = side.boot(init="none")
    boot.disks = [side.image(".ext4"), disks.data("data", 1, KEY)]
    boot.file("/etc/data.key", KEY, 0o600)
    boot.check = """
[ ! -e /dev/mapper ] || echo "there is a /dev/mapper already"
mount -t sysfs sysfs /sys
cryptsetup open --key-file /etc/data.key /dev/ubdb data || echo "open: $?"
mount /dev/mapper/data /mnt && cat /mnt/hello && umount /mnt
cryptsetup close data || echo "close: $?"
dmsetup ls
"""
    report = side.start(boot)
    expect(report.output.splitlines()[-2:] == ["hello from data", "No devices found"], report.output)
    return {"said": report.output.splitlines()}


CASES = [no_udev, debian_scripts, debian_tries, initramfs_root, initramfs_lvm, initramfs_unlock, initramfs_tries, systemd_units, systemd_twelve, systemd_tries]


def attempt(case, side, program):
    with tempfile.TemporaryDirectory(prefix="boot-disks.") as folder:
        try:
            side.outcome = case(side, Disks(program, folder))
        except Failed as problem:
            side.problem = str(problem)
        except subprocess.CalledProcessError as problem:
            side.problem = f"{problem}: {(problem.stderr or b'').decode(errors='replace')}"


def differences(peer, ours):
    for key, theirs in peer.outcome.items():
        if theirs != ours.outcome[key]:
            yield f"{key} differs\n" + "\n".join(difflib.unified_diff(theirs, ours.outcome[key], "peer", "ours", lineterm=""))


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    images, program, name = *map(os.path.abspath, sys.argv[1:3]), sys.argv[3]
    case = next((one for one in CASES if one.__name__ == name), None)
    if case is None:
        sys.exit(f"no case {name}; there are {', '.join(one.__name__ for one in CASES)}")
    if not pathlib.Path(images, "key").exists():
        print("there are no images to boot: boot.images says why")
        return 77
    sides = [Side(side, images) for side in ("peer", "ours")]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda side: attempt(case, side, program), sides))
    found = [f"{side.name}: {side.problem}" for side in sides if side.problem]
    if not found:
        found = list(differences(*sides))
    for text in found:
        print(f"== {text}")
    for side in sides:
        for report in side.reports:
            print(f"{side.name}: {report.wall_s:.1f} s, up after {report.uptime_s:.1f} s")
            if found:
                print(f"== {side.name}: console\n{report.console}\n== {side.name}: report\n{report.output}\n"
                      f"== {side.name}: journal\n{report.journal[-8000:]}")
    for text in found:  # again: logs are cut at either end
        print(f"== {text}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
