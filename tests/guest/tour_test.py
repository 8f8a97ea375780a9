#!/usr/bin/env python3
"""tour_test.py - every command of docs/tour.md does what the tour shows.

Usage: tour_test.py PAGEWALK GUEST-FOLDER [--update]

A command is a fenced block marked sh; the block marked text behind it is what it prints, on standard output
and standard error together. A line ... stands for lines that are left out, ... in a line for a part of it. All
run in one folder, where build/ is what ./bootstrap makes. Every command must succeed.

--update writes into docs/tour.md what the commands print now, for lines in which only numbers differ from
what is shown.
"""

import difflib
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TIMEOUT = 300  # seconds, for one command on a slow machine with a sanitizer
TOUR = Path(__file__).resolve().parents[2] / "docs" / "tour.md"
LEFT_OUT = "..."
NUMBER = r"(?:0x[0-9a-f]+|\d[\d,.]*)"
PAGEWALK = GUESTS = Path()

# How many commands there are: one that is no longer found is no longer tested.
COMMANDS = 26

BLOCK = re.compile(r"^```sh\n(?P<command>(?:(?!```).*\n)+)```\n\n?(?:```text\n(?P<shown>(?:(?!```).*\n)+)```\n)?",
                   re.MULTILINE)


def pattern_of(line, any_number=False):
    """What fits such a line, with a group for each part of it that is shown."""

    def pattern_of_word(word):
        if word.isspace():
            return r"\s+"  # columns may be wider elsewhere
        return NUMBER if any_number and re.fullmatch(NUMBER, word) else re.escape(word)

    parts = [
        "(" + "".join(pattern_of_word(word) for word in re.split(rf"(\s+|{NUMBER})", part) if word) + ")"
        for part in line.strip().split(LEFT_OUT)
    ]
    return re.compile(".*".join(parts))


def find_lines(shown, said, any_number=False):
    """For each line that is shown how it fits what is said, None for those left out; or None if they do not fit."""
    wanted = [None if line == LEFT_OUT else pattern_of(line, any_number) for line in shown]
    dead = set()

    def fit(i, j):
        if (i, j) in dead:
            return None
        if i == len(wanted):
            return [] if j == len(said) else None
        if wanted[i] is None:
            for skipped in range(j, len(said) + 1):
                rest = fit(i + 1, skipped)
                if rest is not None:
                    return [None, *rest]
        elif j < len(said):
            found = wanted[i].fullmatch(said[j].rstrip(), len(said[j]) - len(said[j].lstrip()))
            rest = fit(i + 1, j + 1) if found else None
            if rest is not None:
                return [found, *rest]
        dead.add((i, j))
        return None

    return fit(0, 0)


def run(command):
    """What the command prints, and its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder) / "build"
        (build / "emu").mkdir(parents=True)
        (build / "emu" / "pagewalk").symlink_to(PAGEWALK)
        (build / "guest").symlink_to(GUESTS)
        result = subprocess.run(
            ["sh", "-c", command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT,
            check=False,
        )
    return result.stdout.decode(errors="replace").splitlines(), result.returncode


def differences(shown, said):
    lines = difflib.unified_diff(shown, said, "the tour shows", "the command prints", lineterm="", n=1)
    return "\n".join(lines)


class Tour(unittest.TestCase):
    def test_every_command_prints_what_is_shown(self):
        blocks = list(BLOCK.finditer(TOUR.read_text()))
        self.assertEqual(len(blocks), COMMANDS, "commands of the tour")
        for block in blocks:
            with self.subTest(command=block["command"]):
                self.assertIsNotNone(block["shown"], "a command without its output")
                self.check(block["command"], block["shown"].splitlines())

    def check(self, command, shown):
        said, status = run(command)

        self.assertEqual(status, 0, f"exit status\n{command}" + "\n".join(said))
        self.assertIsNotNone(find_lines(shown, said), f"\n{command}{differences(shown, said)}")
        for i, line in enumerate(shown):
            wrong = re.sub(r"\d(?=\D*$)", lambda digit: str(9 - int(digit.group())), line)
            if wrong != line:  # else a line ... hides that nobody looks
                changed = [*shown[:i], wrong, *shown[i + 1 :]]
                self.assertIsNone(find_lines(changed, said), f"could as well show {wrong}")

    def test_no_command_block_is_of_another_form(self):
        fences = re.findall(r"^```(\S+)$", TOUR.read_text(), re.MULTILINE)

        self.assertEqual(fences.count("sh"), COMMANDS)
        self.assertLessEqual(set(fences), {"sh", "text"})


def updated(block):
    """The block with the numbers of today, if nothing else has changed."""
    shown = block["shown"].splitlines()
    said, status = run(block["command"])
    found = find_lines(shown, said, any_number=True)

    if found is None or status != 0:
        print(f"not updated (status {status}): {block['command']}{differences(shown, said)}")
        return block[0]
    lines = [
        line if fit is None else fit.string[: fit.start()] + LEFT_OUT.join(fit.groups())
        for line, fit in zip(shown, found)
    ]
    return f"```sh\n{block['command']}```\n\n```text\n" + "".join(f"{line}\n" for line in lines) + "```\n"


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    PAGEWALK, GUESTS = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    if "--update" in sys.argv:
        TOUR.write_text(BLOCK.sub(updated, TOUR.read_text()))
    else:
        unittest.main(argv=sys.argv[:1])
