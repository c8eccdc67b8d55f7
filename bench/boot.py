#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a boot of systemd spends on its encrypted volumes, with our library and with the peer's.  A benchmark, never a test.

Usage: boot.py IMAGES LATCHKEY [--runs N]     IMAGES is what tests/boot/lab/build-images made

The machine is that of the case systemd_units of tests/boot/cases.py: a data volume with a key file, one with its header on another disk,
swap with a random key.  The sides boot in turn, one at a time, on one CPU.  A unit's activation time is from its start to
"active", as systemd says; figures are medians.  Before that, on this machine: what loading each libcryptsetup costs a client.
"""
import argparse
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

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


CLIENT = r"""
#include <dlfcn.h>
#include <stdio.h>
#include <time.h>
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3; }
int main(int count, char **words) {
  double begin = now();
  void *library = count == 2 ? dlopen(words[1], RTLD_NOW) : NULL;
  if (library == NULL || dlsym(library, "crypt_init") == NULL) return 1;
  printf("%.1f\n", now() - begin);
  return 0;
}
"""


def start_up(ours, peer, runs=100):
    """What dlopen costs a client: mapping and relocating the library and what it needs, and running constructors."""
    with tempfile.TemporaryDirectory() as folder:
        source, client = pathlib.Path(folder, "client.c"), pathlib.Path(folder, "client")
        source.write_text(CLIENT)
        subprocess.run(["cc", "-O2", "-o", client, source], check=True)
        micros = {ours: [], peer: []}
        for _ in range(runs):
            for library, found in micros.items():
                found.append(float(subprocess.run([client, library], stdout=subprocess.PIPE, check=True).stdout))
        print(f"{'library':50} {'dlopen us':>10} {'relocations':>12} {'relative':>9} {'constructors':>13} {'libraries':>10}")
        for library, found in micros.items():
            environment = {"LD_DEBUG": "statistics", "LC_ALL": "C"}
            said = subprocess.run([client, library], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
            symbols = re.search(r"final number of relocations: (\d+)", said.stderr.decode()).group(1)
            dynamic = subprocess.run(["readelf", "-W", "-d", library], stdout=subprocess.PIPE, check=True).stdout.decode()
            relative = re.search(r"\(RELACOUNT\)\s+(\d+)", dynamic).group(1)
            sections = subprocess.run(["readelf", "-W", "-S", library], stdout=subprocess.PIPE, check=True).stdout.decode()
            size = re.search(r"\.init_array\s+\S+\s+\S+\s+\S+\s+([0-9a-f]+)", sections)
            needed = subprocess.run(["ldd", library], stdout=subprocess.PIPE, check=True).stdout.decode().count("=>")
            print(f"{library:50} {statistics.median(found):10.0f} {symbols:>12} {relative:>9} "
                  f"{int(size.group(1), 16) // 8:>13} {needed:>10}", flush=True)


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
