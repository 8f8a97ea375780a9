"""case.py - a test of the command line: how pagewalk is run and how it must refuse.

main() in cli_test.py says where pagewalk and the guests are.
"""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

import guest_elf as g

TIMEOUT = 120  # seconds, for one run on a slow machine with a sanitizer


class Place:
    """What is tested, as absolute paths."""

    pagewalk = ""
    guests = Path()


def guest(name):
    return str(Place.guests / f"{name}.elf")


class Case(unittest.TestCase):
    """A test in a folder of its own, which is empty but for what the test puts there."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, name, content):
        (self.folder / name).write_bytes(content)
        return name

    def elf(self, *code, name="program.elf"):
        return self.file(name, g.Elf(code).build())

    def run_it(self, *words, **changes):
        settings = {
            "cwd": self.folder,
            "stdin": subprocess.DEVNULL,
            "capture_output": True,
            "timeout": TIMEOUT,
            **changes,
        }
        return subprocess.run([Place.pagewalk, *words], **settings)

    def start(self, *words, **changes):
        settings = {"cwd": self.folder, "stdin": subprocess.DEVNULL, **changes}
        return subprocess.Popen([Place.pagewalk, *words], **settings)

    def files(self):
        return sorted(path.name for path in self.folder.iterdir())

    def refuses(self, pattern, *words):
        """One sentence that matches, status 125, no output, no file more or less."""
        before = self.files()
        result = self.run_it(*words)
        text = result.stderr.decode()

        self.assertEqual(result.returncode, 125, text)
        self.assertRegex(text, r"\Apagewalk: [^\n]+\n\Z")
        self.assertRegex(text, pattern)
        self.assertEqual(result.stdout, b"")
        self.assertEqual(self.files(), before)

    def counts(self, *words, status=0):
        """The JSON of a run that ends with this status."""
        result = self.run_it("run", "--json=counts.json", *words)

        self.assertEqual(result.returncode, status, result.stderr.decode())
        return json.loads((self.folder / "counts.json").read_text())
