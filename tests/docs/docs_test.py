#!/usr/bin/env python3
"""docs_test.py - every example in the documents does what it shows.

Usage: docs_test.py PAGEWALK GUEST_DIR [TEST...]

An example is a fenced block marked console: a command behind "$ ", its further lines behind "> ", then what
it prints, on standard output or standard error. A line ... stands for lines that are left out. The commands of
a document run one after the other in one folder, where there are the guests (chase.elf, rules/FEN-13.elf), a
git repository, and each block of the document that is marked with a file's name, as in ```sh check.sh. Every
command must succeed. What is not to be run is marked text.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TIMEOUT = 120  # seconds, for one command on a slow machine with a sanitizer
SOURCE = Path(__file__).resolve().parents[2]
PAGEWALK = Path()
GUESTS = Path()

# How many commands each document has: one that is no longer found is no longer tested.
EXAMPLES = {"README.md": 1, "docs/ci.md": 7, "docs/tlb.md": 22}


class Block:
    """A fenced block: its language, the file that it is, if any, and its text."""

    def __init__(self, info, text):
        self.language, self.file = (info.split() + ["", ""])[:2]
        self.text = text

    def examples(self):
        """Each command, and what it is said to print."""
        for command, shown in re.findall(
            r"^\$ (.*\n(?:> .*\n)*)((?:[^$\n].*\n|\n)*)", self.text, re.MULTILINE
        ):
            yield command.replace("\n> ", "\n"), shown


def blocks_of(document):
    found = re.findall(
        r"^```([^`\n]*)\n(.*?)^```$", (SOURCE / document).read_text(), re.MULTILINE | re.DOTALL
    )
    return [Block(info, text) for info, text in found]


def documents():
    paths = [SOURCE / "README.md", *sorted((SOURCE / "docs").glob("*.md"))]
    return [str(path.relative_to(SOURCE)) for path in paths]


def fits(shown, said):
    """Whether these lines are shown. Columns may be wider elsewhere."""
    pattern = ""
    for line in shown.splitlines():
        words = re.escape(" ".join(line.split()))
        pattern += r"(?:.*\n)*?" if line == "..." else words + r"\n"
    lines = [" ".join(line.split()) + "\n" for line in said.splitlines()]
    return re.fullmatch(pattern, "".join(lines)) is not None


def wrong_versions(shown):
    """What is shown, with a digit changed in one line, for each line that has one."""
    lines = shown.splitlines()
    for i, line in enumerate(lines):
        wrong = re.sub(r"\d(?=\D*$)", lambda digit: str(9 - int(digit.group())), line)
        if wrong != line:
            yield "\n".join([*lines[:i], wrong, *lines[i + 1 :]])


class DocumentTest(unittest.TestCase):
    def enter(self, document):
        """A new folder, with all that the commands of this document find there."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for path in (*GUESTS.glob("*.elf"), GUESTS / "rules"):
            (self.folder / path.name).symlink_to(path)
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "pagewalk").symlink_to(PAGEWALK)
        (self.folder / "build" / "emu").mkdir(parents=True)
        (self.folder / "build" / "emu" / "pagewalk").symlink_to(PAGEWALK)
        (self.folder / "build" / "guest").symlink_to(GUESTS)
        for block in blocks_of(document):
            if block.file:
                path = self.folder / block.file
                path.write_text(block.text)
                path.chmod(0o755 if block.text.startswith("#!") else 0o644)
        self.shell("git init -q")

    def shell(self, command):
        """What the command prints, and its exit status."""
        someone = {
            f"GIT_{who}_{what}": "a@b"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        result = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env={**os.environ, **someone, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT,
            check=False,
        )
        return result.stdout.decode(), result.returncode


class Examples(DocumentTest):
    def run_example(self, command, shown):
        said, status = self.shell(command)

        self.assertEqual(status, 0, f"{command}{said}")
        self.assertTrue(fits(shown, said), f"{command}is shown with\n{shown}but prints\n{said}")
        for wrong in wrong_versions(shown):
            self.assertFalse(fits(wrong, said), f"{command}could as well be shown with\n{wrong}")
        self.assertNotRegex(shown, "MIPS", "that depends on the host")

    def test_print_what_they_show(self):
        counts = {}
        for document in documents():
            examples = [
                example
                for block in blocks_of(document)
                if block.language == "console"
                for example in block.examples()
            ]
            if not examples:
                continue
            counts[document] = len(examples)
            self.enter(document)
            for command, shown in examples:
                with self.subTest(document, command=command):
                    self.run_example(command, shown)
        self.assertEqual(counts, EXAMPLES)

    def test_are_marked(self):
        for document in documents():
            for block in blocks_of(document):
                if block.language == "console":
                    self.assertTrue(block.text.startswith("$ "), f"{document}: {block.text}")
                elif block.language != "text":
                    self.assertNotRegex(block.text, r"(?m)^\$ ", f"{document}: console or text?")


class CiDocument(DocumentTest):
    """What docs/ci.md has for other programs than a shell."""

    def setUp(self):
        super().setUp()
        self.enter("docs/ci.md")
        self.shell("./tlb-check.sh --update")

    def block(self, language):
        found = [block.text for block in blocks_of("docs/ci.md") if block.language == language]
        self.assertEqual(len(found), 1, language)
        return found[0]

    def test_the_workflow_runs_the_script(self):
        commands = re.findall(r"^ *- run: (.*)$", self.block("yaml"), re.MULTILINE)

        self.assertEqual(len(commands), 1)
        self.assertEqual(self.shell(commands[0])[1], 0)

    def test_the_meson_test_passes_and_fails(self):
        if shutil.which("meson") is None:
            self.skipTest("there is no meson")
        (self.folder / "meson.build").write_text(f"project('ci')\n{self.block('meson')}")
        said, status = self.shell("meson setup out && meson test -C out --suite tlb")
        self.assertEqual(status, 0, said)
        baseline = json.loads((self.folder / "tlb-baseline.json").read_text())
        baseline["roi"]["instructions"] //= 2
        (self.folder / "tlb-baseline.json").write_text(json.dumps(baseline))
        said, status = self.shell("meson test -C out --suite tlb")
        self.assertEqual(status, 1, said)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    PAGEWALK, GUESTS = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
