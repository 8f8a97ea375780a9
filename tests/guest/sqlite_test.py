#!/usr/bin/env python3
"""sqlite_test.py - Debian's SQLite under the bundled kernel passes a test that it passes natively.

Usage: sqlite_test.py PAGEWALK FOLDER

FOLDER is what fetch_debian.py fills, and is filled now if it is not; without it, or without a compiler for either
side, the test is skipped. debian_programs/statements.c is linked with Debian's static library for both, and tells
itself whether an answer is wrong. Under the kernel it runs on machines of linux_machines.py: one with few rounds by
default, drawn by PAGEWALK_SEED; with PAGEWALK_FULL all of them, by both engines.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import linux_machines as of

sys.path.append(str(Path(__file__).resolve().parents[1] / "system"))
import fetch_debian  # noqa: E402

PAGEWALK = FOLDER = Path()
SOURCE = Path(__file__).parent / "debian_programs/statements.c"
ROUNDS = "40" if of.IS_FULL else "2"
SMALL = "16 MiB"


def arguments(machine):
    """Rounds, and how many MiB a database has that is not in a file: more than 16 MiB leave."""
    return [ROUNDS, "12" if machine == SMALL else "1"]


def compilers():
    """Of the guest and of the host, or why not."""
    found = [shutil.which(name) for name in ("riscv64-linux-gnu-gcc", os.environ.get("CC", "cc").split()[-1])]
    if None in found:
        raise fetch_debian.Missing("riscv64-linux-gnu-gcc or a C compiler for this machine is not there")
    return found


def build(compiler, side, program):
    """Only SQLite's own header: the C library is the compiler's."""
    (library,) = (FOLDER / side / "usr/lib").glob("*/libsqlite3.a")
    shutil.copy(FOLDER / side / "usr/include/sqlite3.h", program.parent)
    linked = ["-static"] if side == "riscv64" else []
    words = ["-std=c17", "-D_GNU_SOURCE", "-O2", "-w", *linked, f"-I{program.parent}", SOURCE, library, "-lm", "-lpthread"]
    subprocess.run([compiler, *words, "-o", program], check=True, capture_output=True, timeout=of.TIMEOUT)


class Sqlite(of.Case):
    def test_it_answers_as_it_does_natively(self):
        with tempfile.TemporaryDirectory() as folder:
            programs = [Path(folder) / name for name in ("statements", "native_statements")]
            for compiler, side, program in zip(compilers(), ("riscv64", "native"), programs):
                build(compiler, side, program)
            for _, machine, engines in of.drawn([SOURCE], 1, engines=0):
                with self.subTest(machine=machine):
                    expected = of.native([programs[1], *arguments(machine)], folder)
                    self.assertEqual((expected[0], expected[2]), (0, b""), expected[1])
                    report = self.check(PAGEWALK, machine, engines, [programs[0], *arguments(machine)], expected)
                    if machine == SMALL:
                        self.assertGreater(of.swap_outs(report), 1000)


if __name__ == "__main__":
    PAGEWALK, FOLDER = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    try:
        compilers()
        fetch_debian.fetch(FOLDER, ["riscv64", "native"])
    except fetch_debian.Missing as why:
        print(f"skipped: {why}", file=sys.stderr)
        sys.exit(fetch_debian.SKIPPED)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
