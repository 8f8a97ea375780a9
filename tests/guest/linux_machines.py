"""Machines on which a program for Linux must do what it does natively, and runs on them.

A row of a test is one program; each machine has 32 MiB or less, and swap. The engines must agree to the last count,
so a row that runs on both is compared report by report.
"""

import json
import os
import random
import subprocess
import tempfile
import unittest
from pathlib import Path

TIMEOUT = 900  # seconds, for one run on a slow machine
SEED = int(os.environ.get("PAGEWALK_SEED", "1"))
IS_FULL = "PAGEWALK_FULL" in os.environ

MACHINES = {
    "32 MiB": [],
    "tiny TLB": ["--tlb=l1i=2,l1d=2"],
    "unforgiving TLB": ["--tlb=unforgiving"],
    "16 MiB": ["--mem=16M"],
}
ENGINES = ("fast", "reference")
ENVIRONMENT = {"PATH": "/bin", "HOME": "/", "TERM": "dumb"}


def native(command, folder, stdin=b""):
    """Status, output, errors; run in the folder, with the environment that guests get."""
    done = subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, input=stdin, capture_output=True, timeout=TIMEOUT, check=False
    )
    return done.returncode, done.stdout, done.stderr


def guest(pagewalk, machine, engine, words, stdin=b""):
    """The same of the guest, and the report; words are options, the program and its arguments."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        options = ["--mem=32M", "--swap=64M", *MACHINES[machine], f"--engine={engine}", f"--json={report}"]
        done = subprocess.run(
            [pagewalk, "run", *options, *words], input=stdin, capture_output=True, timeout=TIMEOUT, check=False
        )
        return (done.returncode, done.stdout, done.stderr), json.loads(report.read_text())


def swap_outs(report):
    return sum(process["swap_outs"] for process in report["processes"])


def drawn(rows, count, engines=1):
    """Rows with a machine and engines each: `count` of them by PAGEWALK_SEED, the first `engines` on both; or all."""
    if IS_FULL:
        return [(row, machine, ENGINES) for row in rows for machine in MACHINES]
    names = list(MACHINES)
    sample = random.Random(SEED).sample(rows, count)
    return [
        (row, names[(SEED + turn) % len(names)], ENGINES if turn < engines else ENGINES[:1])
        for turn, row in enumerate(sample)
    ]


class Case(unittest.TestCase):
    """What is common to tests of this kind."""

    maxDiff = 4000

    def check(self, pagewalk, machine, engines, words, expected, stdin=b""):
        """Runs a row on each engine; gives back the report."""
        reports = []
        for engine in engines:
            done, report = guest(pagewalk, machine, engine, words, stdin)
            self.assertEqual(done[1].decode(errors="replace"), expected[1].decode(errors="replace"), done[2])
            self.assertEqual(done, expected)
            reports.append(report)
        for report in reports:
            self.assertEqual(report, reports[0], "the engines differ")
        return reports[0]
