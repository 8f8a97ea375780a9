#!/usr/bin/env python3
"""Breaks the source in many small ways and expects the tests to see each.

Usage: mutate.py SOURCE BUILD [--share N] [--kind rule|mechanical|all] [--rules GLOB]

Two kinds of break. Those of rule_mutants.py, one for each rule that can be broken, are run against the
rule's own test. Mechanical ones, made of every comparison, mask and bound of the walk, the permissions
and the TLB, are run against the whole suite and then the unit tests of mmu/. Each is compiled from a
changed copy of one file and linked with the objects of a build folder; neither source nor build is
touched.

--share N runs a share of about N mutants, drawn with PAGEWALK_SEED; all of them with PAGEWALK_FULL set.
Exit status 1 if one survives that is not listed with its reason in equivalent_mutants.py.
"""

import argparse
import fnmatch
import json
import os
import pathlib
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

from equivalent_mutants import EQUIVALENT
from rule_mutants import RULE_MUTANTS

MECHANICAL_FILES = ["mmu/walk.c", "mmu/permission.c", "mmu/tlb.c"]

# Text and what it becomes: comparisons negated, bounds off by one, masks and connectives changed.
OPERATORS = [
    (r"(?<![=!<>])==", "!="),
    (r"!=", "=="),
    (r" < ", " <= "),
    (r" > ", " >= "),
    (r" <= ", " < "),
    (r" && ", " || "),
    (r" \|\| ", " && "),
    (r"(?<=[\w)]) - 1\b", ""),
    (r"(?<=[\w)]) \+ 1\b", ""),
    (r" & ~", " & "),
    (r" & (?!~)", " | "),
]


class Mutant:
    def __init__(self, name, path, text, rule=None):
        self.name, self.path, self.text, self.rule = name, path, text, rule


def line_of(text, place):
    return text.count("\n", 0, place) + 1


def rule_mutants(source, pattern):
    for rule, path, old, new in RULE_MUTANTS:
        if not fnmatch.fnmatch(rule, pattern):
            continue
        text = (source / path).read_text()
        if text.count(old) != 1:
            sys.exit(f"{rule}: the text to change is {text.count(old)} times in {path}: {old}")
        yield Mutant(f"{rule} {path}:{line_of(text, text.index(old))}", path, text.replace(old, new), rule)


def code_of(text):
    """The same text with comments and strings blanked, so that places stay."""
    blank = lambda match: re.sub(r"[^\n]", " ", match.group())
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\])*"|^#.*?$', blank, text, flags=re.DOTALL | re.MULTILINE)


def mechanical_mutants(source):
    for path in MECHANICAL_FILES:
        text = (source / path).read_text()
        code = code_of(text)
        for pattern, new in OPERATORS:
            for match in re.finditer(pattern, code):
                line = line_of(text, match.start())
                context = text.splitlines()[line - 1].strip()
                changed = text[: match.start()] + new + text[match.end() :]
                yield Mutant(f"{path}: {match.group().strip()} -> {new.strip() or 'nothing'}: {context}", path, changed)


class Builder:
    """Makes a program of a build folder's objects and one changed source file."""

    def __init__(self, source, build, work):
        self.source, self.build, self.work = source, build, work
        commands = json.loads((build / "compile_commands.json").read_text())
        self.commands = {
            (build / entry["file"]).resolve().relative_to(source).as_posix(): entry["command"]
            for entry in commands
            if not entry["output"].startswith("tests/")
        }
        self.copy = work / "source"
        for folder in ("mmu", "devices", "emu"):
            shutil.copytree(source / folder, self.copy / folder)

    def compile(self, path):
        """Compiles the changed copy of one file with the flags of the build."""
        words = shlex.split(self.commands[path])
        words = [word for word in words if not word.startswith("-I")]
        at = words.index("-o")
        target = self.work / (path.replace("/", "_") + ".o")
        words[at + 1] = str(target)
        words = [word for word in words if not word.startswith("-M") and not word.endswith(".d") and not word.endswith(".o") or word == str(target)]
        words = [word for word in words if word != "-Werror"]
        words[-1] = str(self.copy / path)
        done = subprocess.run([*words, f"-I{self.copy}", "-w", "-O1"], cwd=self.build, capture_output=True, check=False)
        return target if done.returncode == 0 else None

    def build_mutant(self, mutant):
        """The mutated pagewalk, or None if it does not compile."""
        original = (self.source / mutant.path).read_text()
        (self.copy / mutant.path).write_text(mutant.text)
        try:
            if mutant.path.endswith(".h"):
                users = [p for p in self.commands if p.startswith(("mmu/", "emu/hart"))]
            else:
                users = [mutant.path]
            objects = [self.compile(path) for path in users]
        finally:
            (self.copy / mutant.path).write_text(original)
        if None in objects:
            return None
        libraries = ["emu/libpagewalk-emu.a", "mmu/libpagewalk-mmu.a", "devices/libdevices.a"]
        self.objects = objects
        return self.link("pagewalk", ["emu/pagewalk.p/cli_main.c.o"], libraries, ["-ljansson", "-lelf", "-lfdt"])

    def link(self, name, objects, libraries, flags):
        """A program of objects and libraries of the build and the objects of the last mutant."""
        program = self.work / name
        program.unlink(missing_ok=True)
        words = ["cc", "-o", program, *(self.build / path for path in objects), *self.objects]
        words += [*(self.build / path for path in libraries), *flags]
        done = subprocess.run([str(word) for word in words], capture_output=True, check=False)
        return program if done.returncode == 0 else None

    def unit_tests(self):
        """The unit tests of mmu/, made with the last mutant, one after the other."""
        for test in sorted((self.build / "tests").glob("mmu_*_test.p")):
            objects = sorted(path.relative_to(self.build) for path in test.glob("*.o"))
            libraries = ["tests/libmmu-support.a", "mmu/libpagewalk-mmu.a"]
            yield self.link("unit_test", objects, libraries, ["-lcriterion"])


# A break may show only under one scheme for A and D, in a wider mode, or with a TLB that holds little.
CONFIGURATIONS = [
    ["--ad=hw"],
    ["--ad=svade", "--mmu=sv48"],
    ["--ad=svadu", "--mmu=sv57", "--tlb=l1i=2,l1d=4x2,l2=4x4"],
]


def passes(program, elf, options):
    """True if the rule's ELF says that all is well. One that hangs or crashes does not."""
    command = ["timeout", "-s", "KILL", "10", program, "run", "--max-instructions=20000000", *options, elf]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    last = done.stdout.decode(errors="replace").rstrip().splitlines()[-1:]
    return done.returncode == 0 and last != [] and last[0].startswith(("end ok", "end skip"))


def succeeds(test):
    """True if a unit test was built and passes; one that hangs does not."""
    if test is None:
        return False
    command = ["timeout", "-s", "KILL", "120", test, "--jobs", "2"]
    usual_length = {key: value for key, value in os.environ.items() if key != "PAGEWALK_FULL"}
    return subprocess.run(command, env=usual_length, capture_output=True, check=False).returncode == 0


def is_caught(builder, mutant):
    program = builder.build_mutant(mutant)
    if program is None:
        return True  # what does not compile cannot be shipped
    elfs = sorted((builder.build / "guest" / "rules").glob(f"{mutant.rule or '*'}.elf"))
    if not elfs:
        sys.exit(f"there is no ELF for {mutant.rule}")
    if any(not passes(program, elf, options) for options in CONFIGURATIONS for elf in elfs):
        return True
    # What no guest can see, such as a counter, is for the unit tests.
    return mutant.rule is None and any(not succeeds(test) for test in builder.unit_tests())


def choose(mutants, share):
    if share is None or os.environ.get("PAGEWALK_FULL") or share >= len(mutants):
        return mutants
    return random.Random(int(os.environ.get("PAGEWALK_SEED", "1"))).sample(mutants, share)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--share", type=int)
    parser.add_argument("--rules", default="*")
    parser.add_argument("--kind", choices=["rule", "mechanical", "all"], default="all")
    options = parser.parse_args()
    source, build = options.source.resolve(), options.build.resolve()
    mutants = []
    if options.kind != "mechanical":
        mutants += list(rule_mutants(source, options.rules))
    if options.kind != "rule":
        mutants += [m for m in mechanical_mutants(source) if m.name not in EQUIVALENT]
    chosen = choose(mutants, options.share)
    survivors = []
    with tempfile.TemporaryDirectory() as work:
        builder = Builder(source, build, pathlib.Path(work))
        for number, mutant in enumerate(chosen, 1):
            caught = is_caught(builder, mutant)
            if not caught:
                survivors.append(mutant)
            if not caught:
                print(f"survives: {mutant.name}", flush=True)
            if sys.stderr.isatty():
                print(f"\r{number}/{len(chosen)} mutants", end="", file=sys.stderr)
    print(f"{len(chosen)} of {len(mutants)} mutants tried, {len(survivors)} survive")
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
