#!/usr/bin/env python3
"""kernel_machines_test.py - programs of threads and of C++ do on small machines what they do natively.

Usage: kernel_machines_test.py PAGEWALK PROGRAMS

PROGRAMS has those of tests/guest/kernel_programs, for RISC-V, and for the host as native_NAME. They run on the
machines of linux_machines.py: some of them by default, one on both engines, drawn by PAGEWALK_SEED; with PAGEWALK_FULL all
on all.
"""

import sys
import tempfile
import unittest
from pathlib import Path

import kernel_test
import linux_machines as of

PAGEWALK = PROGRAMS = Path()
SHARE = 3  # of these, by default
NAMES = ["threads", "signalled_threads", "sharing", "vforking", "exceptions", "containers"]


class Machines(of.Case):
    def test_programs_do_what_they_do_natively(self):
        rows = [row for row in kernel_test.CASES if row[0] in NAMES and not row[4]]
        for (program, arguments, stdin, *_), machine, engines in of.drawn(rows, SHARE):
            with self.subTest(program=program, machine=machine), tempfile.TemporaryDirectory() as folder:
                expected = of.native([PROGRAMS / f"native_{program}", *arguments], folder, stdin)
                self.check(PAGEWALK, machine, engines, [PROGRAMS / program, *arguments], expected, stdin)


if __name__ == "__main__":
    PAGEWALK, PROGRAMS = (Path(word).resolve() for word in sys.argv[1:3])
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
