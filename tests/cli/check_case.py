"""check_case.py - a test of pagewalk check with a suite of its own.

The suite itself is not at stake in these tests: its programs are texts that a runner prints,
scripts that a runner runs, or small ELF files that print a text.
"""

import re
import time
from pathlib import Path

from case import TIMEOUT, Case


def passing(rule, kind="M"):
    return f"rule {rule} {kind}\ncase a: expected b, seen b: ok\nend ok\n"


def failing(rule, kind="M"):
    return f"rule {rule} {kind}\ncase a: expected b, seen c: FAIL\nend FAIL\n"


class CheckCase(Case):
    """A test with a suite of its own in the folder suite."""

    def setUp(self):
        super().setUp()
        (self.folder / "suite").mkdir()

    def suite(self, **programs):
        """The programs, as text or bytes, by the rule's id with _ for -."""
        for rule, content in programs.items():
            content = content if isinstance(content, bytes) else content.encode()
            self.file(f"suite/{rule.replace('_', '-')}.elf", content)

    def check(self, glob, *words, **changes):
        return self.run_it("check", "--rules=suite", f"--rule={glob}", *words, **changes)

    def tap(self, glob, *words, status=0):
        """The lines of the report."""
        result = self.check(glob, *words)

        self.assertEqual(result.returncode, status, result.stdout.decode() + result.stderr.decode())
        self.assertEqual(result.stderr, b"")
        return result.stdout.decode().splitlines()

    def results(self, *words, glob="*", status=0):
        """ok, not ok or skip by the rule's id."""
        found = {}
        for line in self.tap(glob, *words, status=status):
            match = re.match(r"(ok|not ok) \d+ - (\S+)(.*# SKIP)?", line)
            if match:
                found[match[2]] = "skip" if match[3] else match[1]
        return found

    def failure(self, script, *words):
        """The message for PTW-01 whose program is this shell script, which must fail."""
        self.suite(PTW_01=script)
        lines = self.tap("PTW-01", "--runner=exec sh {}", *words, status=1)

        self.assertEqual(lines[1], "1..1")
        self.assertTrue(lines[2].startswith("not ok 1 - PTW-01 "), lines[2])
        self.assertEqual(lines[-1], "# 0 passed, 1 failed, 0 skipped")
        self.assertTrue(lines[4].startswith("  message: '"), lines[4])
        return lines[4][len("  message: '") : -1]


def wait_for(path):
    """Until the file is there."""
    for _ in range(TIMEOUT * 20):
        if path.exists():
            return
        time.sleep(0.05)
    raise TimeoutError(path)


def is_dead(pid):
    """True if the process is gone within a while, or only its status is left for who adopted it."""
    for _ in range(TIMEOUT * 20):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
