#!/usr/bin/env python3
"""busybox_test.py - Debian's busybox and bash do under the bundled kernel what they do natively.

Usage: busybox_test.py PAGEWALK FOLDER

FOLDER is what fetch_debian.py fills, and is filled now if it is not; without it the test is skipped. Each row of
busybox_rows.py is a script. It runs in an empty directory, natively by the same version of the same shell, and
under the kernel with 32 MiB and swap, by each engine, with a TLB of few entries and with one that forgives
nothing. Output and exit code must be the same.

By default a share of the rows runs, each under one of these machines, drawn by PAGEWALK_SEED; all under all with
PAGEWALK_FULL.
"""

import os
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import fetch_debian
from busybox_rows import BASH_ROWS, ROWS

PAGEWALK = FOLDER = Path()
TIMEOUT = 600  # seconds, for one run on a slow machine
SHARE = 15  # rows of busybox; and one of bash, which is larger

MACHINES = {
    "fast": ["--engine=fast"],
    "reference": ["--engine=reference"],
    "tiny TLB": ["--tlb=l1i=2,l1d=2"],
    "unforgiving TLB": ["--tlb=unforgiving"],
    "little memory": ["--mem=16M"],
}
ENVIRONMENT = {"PATH": "/bin", "HOME": "/", "TERM": "dumb"}
NO_OTHERS = "PATH=/nowhere;"  # programs of the host: busybox finds its own ones without it


def native(program, script):
    with tempfile.TemporaryDirectory() as work:
        command = [FOLDER / "native/usr/bin" / program[0], *program[1:], "-c", NO_OTHERS + script]
        done = subprocess.run(
            command, cwd=work, env=ENVIRONMENT, input=b"", capture_output=True, timeout=TIMEOUT, check=False
        )
        return done.returncode, done.stdout, done.stderr


def guest(program, script, options):
    command = [PAGEWALK, "run", "--mem=32M", "--swap=64M", *options, FOLDER / "riscv64/usr/bin" / program[0]]
    done = subprocess.run(
        [*command, *program[1:], "-c", "cd /tmp;" + NO_OTHERS + script],
        input=b"",
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def drawn(rows, count, draw):
    """Pairs of a row and a machine's name."""
    if "PAGEWALK_FULL" in os.environ:
        return [(row, machine) for row in rows for machine in MACHINES]
    names = list(MACHINES)
    return [(row, names[turn % len(names)]) for turn, row in enumerate(draw.sample(rows, count))]


class Busybox(unittest.TestCase):
    maxDiff = 4000

    def check(self, program, rows, count):
        seed = int(os.environ.get("PAGEWALK_SEED", "1"))
        for (name, script), machine in drawn(rows, count, random.Random(seed)):
            with self.subTest(name=name, machine=machine, seed=seed):
                expected = native(program, script)
                done = guest(program, script, MACHINES[machine])
                self.assertEqual(done[1].decode(errors="replace"), expected[1].decode(errors="replace"), done[2])
                self.assertEqual(done, expected)

    def test_busybox(self):
        self.check(("busybox", "sh"), ROWS, SHARE)

    def test_bash(self):
        self.check(("bash-static",), BASH_ROWS, 1)

    def test_there_are_enough_rows_and_each_has_a_name_of_its_own(self):
        names = [name for name, _ in ROWS + BASH_ROWS]
        self.assertGreaterEqual(len(ROWS), 60)
        self.assertEqual(len(names), len(set(names)))


if __name__ == "__main__":
    PAGEWALK, FOLDER = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    try:
        fetch_debian.fetch(FOLDER)
    except (fetch_debian.Missing, subprocess.TimeoutExpired) as why:
        print(f"skipped: {why}", file=sys.stderr)
        sys.exit(fetch_debian.SKIPPED)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
