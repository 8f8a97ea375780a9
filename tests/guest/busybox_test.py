#!/usr/bin/env python3
"""busybox_test.py - Debian's busybox and bash do under the bundled kernel what they do natively.

Usage: busybox_test.py PAGEWALK FOLDER

FOLDER is what fetch_debian.py fills, and is filled now if it is not; without it the test is skipped. Each row of
busybox_rows.py is a script. It runs in an empty directory, natively by the same version of the same shell, and
under the kernel on a machine of linux_machines.py. Output and exit code must be the same. So must those of
shell_script.bash, which bash reads from a file.

By default a share of the rows runs, each on one of these machines, drawn by PAGEWALK_SEED; all on all, by both
engines, with PAGEWALK_FULL.
"""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import linux_machines as of
from busybox_rows import BASH_ROWS, LARGE_ROWS, ROWS

sys.path.append(str(Path(__file__).resolve().parents[1] / "system"))
import fetch_debian  # noqa: E402

PAGEWALK = FOLDER = Path()
SHARE = 12  # rows of busybox; and one of bash, which is larger
SCRIPT = Path(__file__).parent / "shell_script.bash"
NO_OTHERS = "PATH=/nowhere;"  # programs of the host: busybox finds its own ones without it


def native(program, script):
    with tempfile.TemporaryDirectory() as work:
        return of.native([FOLDER / "native/usr/bin" / program[0], *program[1:], "-c", NO_OTHERS + script], work)


class Busybox(of.Case):
    def check_row(self, program, script, machine, engines):
        words = [FOLDER / "riscv64/usr/bin" / program[0], *program[1:], "-c", "cd /tmp;" + NO_OTHERS + script]
        return self.check(PAGEWALK, machine, engines, words, native(program, script))

    def check_rows(self, program, rows, count):
        for (name, script), machine, engines in of.drawn(rows, count):
            with self.subTest(name=name, machine=machine, seed=of.SEED):
                self.check_row(program, script, machine, engines)

    def test_busybox(self):
        self.check_rows(("busybox", "sh"), ROWS, SHARE)

    def test_bash(self):
        self.check_rows(("bash-static",), BASH_ROWS, 1)

    def test_more_than_there_is_memory(self):
        for program, name, script in LARGE_ROWS if of.IS_FULL else [LARGE_ROWS[of.SEED % len(LARGE_ROWS)]]:
            with self.subTest(name=name):
                report = self.check_row(program, script, "16 MiB", of.ENGINES if of.IS_FULL else of.ENGINES[:1])
                self.assertGreater(of.swap_outs(report), 100)

    def test_a_script_of_bash(self):
        for _, machine, engines in of.drawn([SCRIPT], 1, engines=0):
            with self.subTest(machine=machine), tempfile.TemporaryDirectory() as work:
                shutil.copy(SCRIPT, work)
                programs = FOLDER / "native/usr/bin"
                command = [programs / "bash-static", f"{work}/{SCRIPT.name}", programs / "busybox"]
                files = [f"--file={SCRIPT}:/tmp/{SCRIPT.name}", f"--file={FOLDER}/riscv64/usr/bin/busybox:/bin/busybox"]
                words = [*files, FOLDER / "riscv64/usr/bin/bash-static", f"/tmp/{SCRIPT.name}", "/bin/busybox"]
                expected = of.native(command, work)
                self.assertEqual((expected[0], expected[2]), (0, b""))
                self.check(PAGEWALK, machine, engines, words, expected)

    def test_there_are_enough_rows_and_each_has_a_name_of_its_own(self):
        names = [name for name, _ in ROWS + BASH_ROWS]
        self.assertGreaterEqual(len(ROWS), 60)
        self.assertGreaterEqual(len(SCRIPT.read_text().splitlines()), 200)
        self.assertEqual(len(names), len(set(names)))


if __name__ == "__main__":
    PAGEWALK, FOLDER = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    try:
        fetch_debian.fetch(FOLDER, ["riscv64", "native"])
    except fetch_debian.Missing as why:
        print(f"skipped: {why}", file=sys.stderr)
        sys.exit(fetch_debian.SKIPPED)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
