#!/usr/bin/env python3
"""manual_test.py - the man page and the completion tell what --help tells.

Usage: manual_test.py PAGEWALK MAN_PAGE COMPLETION [TEST...]

MAN_PAGE is the page as it is installed, COMPLETION the file for bash.
"""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TIMEOUT = 60  # seconds
PAGEWALK = Path()
MAN_PAGE = Path()
COMPLETION = Path()


def said(*words):
    return subprocess.run(
        [PAGEWALK, *words], check=True, capture_output=True, text=True, timeout=TIMEOUT
    ).stdout


def commands():
    return re.findall(r"(?m)^  pagewalk ([a-z]+)  +[a-z]", said("--help").split("To begin")[0])


def options(command):
    """Each option as help shows it, with its argument."""
    return re.findall(r"(?m)^  (--\S+)", said(command, "--help").split("\nOptions:\n")[1])


class Page(unittest.TestCase):
    def rendered(self, *command):
        if shutil.which(command[0]) is None:
            self.skipTest(f"there is no {command[0]}")
        environment = {**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8", "GROFF_NO_SGR": "1"}
        done = subprocess.run(
            [*command, MAN_PAGE], capture_output=True, text=True, env=environment, timeout=TIMEOUT
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return re.sub(".\b", "", done.stdout)

    def test_has_every_command_and_option_and_no_other(self):
        page = MAN_PAGE.read_text().replace("\\-", "-").replace("\\fR", "")
        sections = dict(re.findall(r"(?ms)^\.SH PAGEWALK (\w+)\n(.*?)(?=^\.SH)", page))

        self.assertEqual([name.lower() for name in sections], commands())
        for command in commands():
            section = sections[command.upper()]
            as_in = re.search(r"options are those of \\fBpagewalk (\w+)\.", section)
            if as_in:
                section = sections[as_in.group(1).upper()]
            with self.subTest(command):
                self.assertEqual(re.findall(r"(?m)^\\fB(--\S+)$", section), options(command))

    def test_is_shown_by_groff_without_warnings(self):
        text = self.rendered("groff", "-man", "-ww", "-Tutf8")
        self.assertRegex(text, r"(?m)^ +--signature-granularity=N$")

    def test_is_shown_by_man_without_warnings(self):
        text = self.rendered("man", "--warnings=w", "-l")
        self.assertRegex(text, r"(?m)^EXIT STATUS$")


class Completion(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "pagewalk").symlink_to(PAGEWALK)
        for name in ("one.elf", "two words.elf", "old.json"):
            (self.folder / name).touch()
        self.environment = {**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}

    def complete(self, line):
        """What bash would put in the place of the line's last word, or of its end behind = or :."""
        script = (
            f"source '{COMPLETION}'; COMP_LINE=$1; COMP_POINT=${{#1}}; _pagewalk pagewalk;"
            'printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(
            ["bash", "--norc", "-c", script, "bash", line],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
        self.assertEqual(done.stderr, "")
        return [word for word in done.stdout.split("\n") if word]

    def test_offers_what_fits(self):
        files = ["bin", "old.json", "one.elf", "two words.elf"]
        presets = [preset["name"] for preset in json.loads(said("presets", "--json"))["presets"]]
        rows = (
            ("", ["--help", "--version", *commands()], "a command"),
            ("st", ["stat"], "one that begins so"),
            ("sit --", [], "no command"),
            ("stat --t", ["--time=", "--tlb=", "--to=", "--trace="], "options that begin so"),
            ("presets --j", ["--json", "--json="], "an argument that may be left out"),
            ("stat --tlb=", presets, "presets"),
            ("stat --tlb=ro", ["rocket"], "one preset"),
            ("stat --tlb ro", ["rocket"], "in a word of its own"),
            ("run --mmu=", ["sv39", "sv48", "sv57"], "words"),
            ("run --ad hw --mem=3M --seed 1 --mmu sv4", ["sv48"], "behind other options"),
            ("stat --tlb=@o", ["old.json", "one.elf"], "a file behind a sign"),
            ("run --trace=", ["insn:", "walk:"], "the beginning of a value"),
            ("run --trace=insn:on", ["one.elf"], "and its end"),
            ("run --trace insn:on", ["one.elf"], "which begins behind the colon"),
            ("run --json=ol", ["old.json"], "a file"),
            ("run --seed=", [], "a number"),
            ("run ", files, "a program"),
            ("run t", ["two words.elf"], "one with a space"),
            ("run --symbols=t", ["two words.elf"], "a file with a space"),
            ("run --tlb=rocket one", ["one.elf"], "a program behind options"),
            ("run one.elf --t", [], "the guest's words"),
            ("run one.elf ol", ["old.json"], "which may be files"),
            ("walk one.elf ", [], "an address"),
            ("walk --mode=", ["s", "u"], "words of walk"),
            ("diff old.json --m", ["--max-increase="], "diff takes options everywhere"),
            ("diff --json ol", ["old.json"], "which is not the argument of --json"),
            ("check --rules=", ["bin"], "a folder"),
            ("check --format ", ["junit", "tap"], "words of check"),
            ("check x", [], "nothing that check takes"),
        )
        for line, wanted, why in rows:
            with self.subTest(line, why=why):
                self.assertEqual(sorted(self.complete(f"pagewalk {line}")), sorted(wanted), why)

    def test_offers_every_option_of_every_command(self):
        for command in commands():
            wanted = set()
            for option in options(command):
                name = re.match("--[a-z-]+", option).group()
                wanted |= {name + "=" * ("=" in option)} | ({name} if "[=" in option else set())
            with self.subTest(command):
                self.assertEqual(set(self.complete(f"pagewalk {command} --")), wanted)

    def test_offers_the_words_that_pagewalk_takes(self):
        """Where pagewalk refuses a value by telling the words it takes, these are offered."""
        told = 0
        for command in commands():
            for option in options(command):
                name = re.match("--[a-z-]+", option).group()
                refused = subprocess.run(
                    [PAGEWALK, command, f"{name}=?", "p", "0"],
                    capture_output=True,
                    text=True,
                    timeout=TIMEOUT,
                ).stderr
                listed = re.search(r": must be (\w+(?:, \w+)* or \w+)$", refused)
                if listed:
                    told += 1
                    words = re.split(", | or ", listed.group(1))
                    with self.subTest(command, option=option):
                        self.assertEqual(self.complete(f"pagewalk {command} {name}="), words)
        self.assertGreaterEqual(told, 12)

    def test_works_at_the_keyboard(self):
        """In a real bash: presses tab twice, and runs what is then on the line."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            environment = {**self.environment, "PS1": "", "TERM": "dumb"}
            os.execvpe("bash", ["bash", "--norc", "-i"], environment)
        os.write(terminal, f"source '{COMPLETION}'\n".encode())
        os.write(terminal, b"pagewalk pre\t--js\t=out\nexit\n")
        text = b""
        try:
            while chunk := os.read(terminal, 4096):
                text += chunk
        except OSError:
            pass  # the terminal is closed
        os.close(terminal)
        os.waitpid(pid, 0)
        self.assertTrue((self.folder / "out").exists(), text.decode(errors="replace"))


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    PAGEWALK, MAN_PAGE, COMPLETION = (Path(word).resolve() for word in sys.argv[1:4])
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)  # what is skipped, and why
