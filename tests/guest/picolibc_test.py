#!/usr/bin/env python3
"""Programs with a C library print on pagewalk what the same sources print when built for the host.

Usage: picolibc_test.py PAGEWALK GUEST-FOLDER NATIVE-FOLDER

GUEST-FOLDER has the programs of guest/programs, for the bare machine and, as NAME_linux, for the bundled
kernel; NATIVE-FOLDER the same as native_NAME. The status they
end with is compared, too.
"""

import pathlib
import subprocess
import sys
import unittest

PAGEWALK = ""
GUESTS = pathlib.Path()
NATIVE = pathlib.Path()


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Picolibc(unittest.TestCase):
    maxDiff = 4000

    def compare(self, name, status, words):
        """Both are alike, end with this status, and print these words at least."""
        native = run(NATIVE / f"native_{name}")
        self.assertEqual(native[0], status)
        self.assertIn(words, native[1])
        for system in ("", "_linux"):
            with self.subTest(system=system):
                guest = run(PAGEWALK, "run", GUESTS / f"{name}{system}.elf")
                self.assertEqual(guest[1].splitlines(), native[1].splitlines())
                self.assertEqual(guest, native)

    def test_arithmetic_and_formats(self):
        self.compare("numbers", 0, "pi after 3 steps: 3.14159265358979\n")

    def test_functions_rounding_modes_and_exceptions(self):
        self.compare("rounding", 0, "0x1.4p+1 0x0p+0:")

    def test_memory_and_strings(self):
        self.compare("words", 38, "table     6 (")


if __name__ == "__main__":
    PAGEWALK = sys.argv[1]
    GUESTS, NATIVE = map(pathlib.Path, sys.argv[2:4])
    unittest.main(argv=sys.argv[:1])
