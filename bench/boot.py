#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a boot of systemd spends on its encrypted volumes, with our library and with the peer's.  A benchmark, never a test.

Usage: boot.py IMAGES LATCHKEY [--runs N]     IMAGES is what tests/boot/lab/build-images made

The machine is that of the case systemd_units of tests/boot/cases.py: a data volume with a key file, one with its header on another disk,
swap with a random key.  The sides boot in turn, one at a time, on one CPU.  A unit's activation time is from its start to
"active", as systemd says; figures are medians.  Then, on this machine, what the dynamic linker spends on each library in
systemd-cryptsetup (LD_DEBUG=statistics), and what libcryptsetup adds to the start of a program that loads it and ends.
"""
import argparse
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "boot"))
import cases  # noqa: E402  pylint: disable=wrong-import-position

UNITS = ("data", "apart", "swap0")
TIMES = "".join(f"systemctl show -p InactiveExitTimestampMonotonic -p ActiveEnterTimestampMonotonic systemd-cryptsetup@{unit} |"
                f" sed 's/^/time {unit} /'\n" for unit in UNITS)


def activation_ms(report):
    """{unit: milliseconds} of one boot."""
    stamps = {(unit, which): int(micros) for unit, which, micros in
              re.findall(r"^time (\S+) (Inactive|Active)\w+=(\d+)$", report.output, re.MULTILINE)}
    return {unit: (stamps[unit, "Active"] - stamps[unit, "Inactive"]) / 1000 for unit in UNITS}


def boots(images, program, runs):
    samples = {"peer": [], "ours": []}
    for _ in range(runs):
        for name, found in samples.items():
            side = cases.Side(name, images)
            side.extra_check = TIMES
            cases.attempt(cases.systemd_units, side, program)
            if side.problem:
                sys.exit(f"{name}: {side.problem}")
            found.append(activation_ms(side.reports[-1]))
            print(f"{name}: {found[-1]}", flush=True)
    print(f"\n{'unit':8} {'ours ms':>9} {'peer ms':>9} {'ratio':>6}")
    for unit in (*UNITS, "all"):
        ours, peer = (statistics.median(sum(run.values()) if unit == "all" else run[unit] for run in samples[side])
                      for side in ("ours", "peer"))
        print(f"{unit:8} {ours:9.1f} {peer:9.1f} {ours / peer:6.2f}")


CLIENT = "int main(void) { return crypt_get_rng_type(0) > 1000; }"


def start_up(ours, peer, runs=200):
    """Loads each library in a C program that calls it once and ends, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "client.c")
        source.write_text("int crypt_get_rng_type(void *);\n" + CLIENT + "\n")
        program = pathlib.Path(folder, "client")
        subprocess.run(["cc", "-O2", "-o", program, source, peer, "-Wl,-z,now"], check=True)
        wall = {ours: [], peer: []}
        relocation = {}
        for library in wall:
            environment = {"LD_LIBRARY_PATH": str(pathlib.Path(library).parent), "LD_DEBUG": "statistics", "LC_ALL": "C"}
            said = subprocess.run([program], env=environment, stderr=subprocess.PIPE, check=True).stderr.decode()
            relocation[library] = [re.search(pattern + r": (\d+)", said).group(1) for pattern in
                                   ("total startup time in dynamic loader", "number of relocations", "number of relative relocations")]
        for _ in range(runs):
            for library, times in wall.items():
                environment = {"LD_LIBRARY_PATH": str(pathlib.Path(library).parent)}
                begin = time.perf_counter()
                subprocess.run([program], env=environment, check=True)
                times.append(time.perf_counter() - begin)
    print(f"\n{'library':50} {'wall ms':>8} {'loader cycles':>14} {'relocations':>12} {'relative':>9}")
    for library, times in wall.items():
        cycles, symbols, relative = relocation[library]
        print(f"{library:50} {statistics.median(times) * 1000:8.2f} {cycles:>14} {symbols:>12} {relative:>9}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images")
    parser.add_argument("latchkey")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    library = pathlib.Path(arguments.latchkey).resolve().parents[1] / "lib" / "libcryptsetup.so.12"
    start_up(str(library), "/lib/x86_64-linux-gnu/libcryptsetup.so.12")
    boots(arguments.images, arguments.latchkey, arguments.runs)


if __name__ == "__main__":
    main()
