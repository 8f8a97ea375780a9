#!/usr/bin/env python3
"""Breaks the source in many small ways and expects the tests to see each.

Usage: mutate.py SOURCE BUILD [--share N] [--kind rule|mechanical|all] [--rules GLOB] [--files GLOB]

Two kinds of break. Those of rule_mutants.py, one for each rule that can be broken, are run against the
rule's own program. Mechanical ones, made of every comparison, mask and bound in mmu/, are run against
the unit tests of mmu/, then against the programs of all rules, and what is left against the unit tests
again with the broken file under AddressSanitizer and UBSan. Each is compiled from a changed copy of one
file, of a header all that includes it, and linked with the objects of a build folder; neither source
nor build is touched.

--share N runs a share of about N mutants, drawn with PAGEWALK_SEED, of both kinds, those of rules and the
mechanical ones of all files but UNREVIEWED; --kind draws from all of one kind, or of both. With
PAGEWALK_FULL set all of both kinds are run.
Exit status 1 if one survives that is not listed with its reason in equivalent_mutants.py.
"""

import argparse
import collections
import fnmatch
import json
import os
import pathlib
import random
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile

from equivalent_mutants import EQUIVALENT
from rule_mutants import RULE_MUTANTS

# Text and what it becomes: comparisons negated, bounds off by one, masks and connectives changed. Not
# the length of an array, and not x & -x, whose lowest bit is that of x | -x.
OPERATORS = [
    (r"(?<![=!<>])==", "!="),
    (r"!=", "=="),
    (r" < ", " <= "),
    (r" > ", " >= "),
    (r" <= ", " < "),
    (r" >= ", " > "),
    (r" && ", " || "),
    (r" \|\| ", " && "),
    (r"(?<=[\w)]) - 1\b", ""),
    (r"(?<=[\w)]) \+ 1\b(?!\])", ""),
    (r" & ~", " & "),
    (r" & (?![~-])", " | "),
]


# Files whose mechanical mutants have not all been tried, or not all of whose survivors are settled, since
# they last changed. A share leaves them out; --full and --kind do not.
UNREVIEWED = {
    "mmu/bank.c",
    "mmu/bank.h",
    "mmu/bank_add.h",
    "mmu/miss_class.c",
    "mmu/miss_class.h",
    "mmu/mmu.c",
    "mmu/mmu.h",
    "mmu/permission.h",
    "mmu/region.c",
    "mmu/replacement.c",
    "mmu/replacement.h",
    "mmu/shortcut.c",
    "mmu/tlb.c",
    "mmu/unit.h",
}


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


def has_code(path):
    return path.suffix == ".c" or path.suffix == ".h" and "static inline" in path.read_text()


def mechanical_mutants(source, pattern):
    """Each has a name of its own: what stands in several places is numbered from the second on."""
    used = collections.Counter()
    for file in sorted((source / "mmu").iterdir()):
        path = file.relative_to(source).as_posix()
        if not has_code(file) or not fnmatch.fnmatch(path, pattern):
            continue
        text = file.read_text()
        code = code_of(text)
        for old, new in OPERATORS:
            for match in re.finditer(old, code):
                context = text.splitlines()[line_of(text, match.start()) - 1].strip()
                name = f"{path}: {match.group().strip()} -> {new.strip() or 'nothing'}: {context}"
                used[name] += 1
                if used[name] > 1:
                    name += f" ({used[name]})"
                yield Mutant(name, path, text[: match.start()] + new + text[match.end() :])


SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]


class DoesNotCompile(Exception):
    pass


class Builder:
    """Makes programs of a build folder's objects and one changed source file, or header."""

    def __init__(self, source, build, work):
        self.source, self.build, self.work = source, build, work
        self.copy = work / "source"
        self.mutant, self.flags = None, []
        self.objects = {}  # of the mutant, by source: of those that a program has needed so far
        self.links = {}
        for folder in ("mmu", "devices", "emu"):
            shutil.copytree(source / folder, self.copy / folder)
        commands = json.loads((build / "compile_commands.json").read_text())
        self.commands = {
            (build / entry["file"]).resolve().relative_to(source).as_posix(): entry["command"]
            for entry in commands
            if not entry["output"].startswith("tests/")
        }
        self.includes = {
            path.relative_to(self.copy).as_posix(): set(re.findall(r'^#include "(.*)"', path.read_text(), re.MULTILINE))
            for path in self.copy.rglob("*.[ch]")
        }

    def users(self, path):
        """The sources of the MMU and the hart that a file is in: the rest only shows what they do."""
        found = {path}
        while True:
            more = {user for user, includes in self.includes.items() if includes & found} - found
            if not more:
                return sorted(user for user in found & self.commands.keys() if user.startswith(("mmu/", "emu/hart/")))
            found |= more

    def compile(self, path):
        """Compiles the changed copy of one file with the flags of the build."""
        words = shlex.split(self.commands[path])
        target = self.work / (path.replace("/", "_") + ".o")
        words[words.index("-o") + 1] = str(target)
        words = [word for word in words if not word.startswith(("-I", "-M")) and not word.endswith(".d")]
        words = [word for word in words if word != "-Werror" and (not word.endswith(".o") or word == str(target))]
        words[-1] = str(self.copy / path)
        words += [f"-I{self.copy}", "-w", "-O1", *self.flags]
        if subprocess.run(words, cwd=self.build, capture_output=True, check=False).returncode != 0:
            raise DoesNotCompile
        return target

    def take(self, mutant, flags=()):
        """From now on programs are made of this mutant; None is the source as it is."""
        self.mutant, self.flags, self.objects = mutant, list(flags), {}

    def compile_users(self, folders):
        """The objects of all that the mutant changes in these folders."""
        if self.mutant is None:
            return []
        sources = [path for path in self.users(self.mutant.path) if path.startswith(folders)]
        changed = self.copy / self.mutant.path
        original = changed.read_text()
        changed.write_text(self.mutant.text)
        try:
            self.objects |= {path: self.compile(path) for path in sources if path not in self.objects}
        finally:
            changed.write_text(original)
        return [self.objects[path] for path in sources]

    def link(self, name):
        """A program of the build with the objects of the mutant in place of its own. In a unit test that is mmu/."""
        objects = self.compile_users(("mmu/",) if name.startswith("tests/") else ("mmu/", "emu/"))
        if name not in self.links:
            ninja = [os.environ.get("NINJA", "ninja"), "-C", self.build, "-t", "commands", name]
            commands = subprocess.run(ninja, stdout=subprocess.PIPE, text=True, check=True).stdout
            self.links[name] = shlex.split(commands.splitlines()[-1])
        words = list(self.links[name])
        at = words.index("-o") + 1
        program = self.work / "program"
        program.unlink(missing_ok=True)
        words[at : at + 1] = [str(program), *(str(path) for path in objects), *self.flags]
        done = subprocess.run(words, cwd=self.build, capture_output=True, check=False, text=True)
        if done.returncode != 0:
            sys.exit(f"{name} does not link: {done.stderr}")
        return program

    def unit_tests(self):
        """The unit tests of mmu/ in order: the one that sees most, then the quick ones, then the slow ones."""
        tests = {path.name for path in (self.build / "tests").glob("mmu_*_test")}
        ends = {f"mmu_{name}_test": -1 for name in FIRST} | {f"mmu_{name}_test": 1 for name in LAST}
        return [f"tests/{name}" for name in sorted(tests, key=lambda name: (ends.get(name, 0), name))]


FIRST = ["slow_model"]
LAST = ["allowed_answers", "closed_forms", "measured_streams", "translate_random", "walk_table"]

# Seconds of the CPU that a process of a test may take, those of LAST and others: several times what is needed.
LONG, SHORT = 60, 20

# Random tests run this long, and the same each time: their length decides how long a survivor takes.
STEPS = "240000"

# A break may show only under one scheme for A and D, in a wider mode, or with a TLB that holds little.
CONFIGURATIONS = [
    ["--ad=hw"],
    ["--ad=svade", "--mmu=sv48"],
    ["--ad=svadu", "--mmu=sv57", "--tlb=l1i=2,l1d=4x2,l2=4x4"],
]


def run_limited(command, seconds, **options):
    """Runs a program of which no process may take more seconds than this, of the CPU: on a busy host all is slow."""
    limit = lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    command = ["timeout", "-s", "KILL", str(30 * seconds), *command]
    return subprocess.run(command, preexec_fn=limit, capture_output=True, check=False, **options)


def passes(program, elf, options):
    """True if the rule's ELF says that all is well. One that hangs or crashes does not."""
    command = [program, "run", "--max-instructions=20000000", *options, elf]
    done = run_limited(command, 10, stdin=subprocess.DEVNULL)
    last = done.stdout.decode(errors="replace").rstrip().splitlines()[-1:]
    return done.returncode == 0 and last != [] and last[0].startswith(("end ok", "end skip"))


def succeeds(test, seconds):
    """True if a unit test passes; one that hangs, or takes all memory, does not."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PAGEWALK_")}
    environment |= {"PAGEWALK_STEPS": STEPS, "ASAN_OPTIONS": "hard_rss_limit_mb=2048"}
    return run_limited([test, "--jobs", "2", "--fail-fast"], seconds, env=environment).returncode == 0


def failing_unit_test(builder):
    """The first unit test that fails with the mutant, or None."""
    limits = {f"tests/mmu_{name}_test": LONG for name in LAST}
    return next((name for name in builder.unit_tests() if not succeeds(builder.link(name), limits.get(name, SHORT))), None)


def rules_hold(builder, rule):
    """True if the programs of a rule, or of all that match, say that all is well."""
    elfs = sorted((builder.build / "guest" / "rules").glob(f"{rule}.elf"))
    if not elfs:
        sys.exit(f"there is no ELF for {rule}")
    program = builder.link("emu/pagewalk")
    return all(passes(program, elf, options) for options in CONFIGURATIONS for elf in elfs)


def program_that_sees(builder, mutant):
    """What fails with the mutant, or None."""
    builder.take(mutant)
    if mutant.rule is not None:
        return None if rules_hold(builder, mutant.rule) else f"the program of {mutant.rule}"
    test = failing_unit_test(builder)
    if test is not None:
        return test
    if not rules_hold(builder, "*"):
        return "the rules"
    builder.take(mutant, SANITIZE)
    test = failing_unit_test(builder)
    return test and f"{test} under sanitizers"


def catcher(builder, mutant):
    """What sees the mutant, or None."""
    try:
        return program_that_sees(builder, mutant)
    except DoesNotCompile:
        return "the compiler"  # what does not compile cannot be shipped


def is_bounded(share):
    """Whether only a share of the mutants is asked for."""
    return share is not None and not os.environ.get("PAGEWALK_FULL")


def choose(mutants, share):
    if not is_bounded(share) or share >= len(mutants):
        return mutants
    return random.Random(int(os.environ.get("PAGEWALK_SEED", "1"))).sample(mutants, share)


def try_all(builder, mutants, verbose):
    """Returns how many survive, and names them."""
    survivors = 0
    for number, mutant in enumerate(mutants, 1):
        seen_by = catcher(builder, mutant)
        survivors += seen_by is None
        if seen_by is None:
            print(f"survives: {mutant.name}", flush=True)
        elif verbose:
            print(f"{seen_by} sees {mutant.name}", flush=True)
        if sys.stderr.isatty():
            print(f"\r{number}/{len(mutants)} mutants", end="", file=sys.stderr)
    return survivors


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--share", type=int)
    parser.add_argument("--rules", default="*")
    parser.add_argument("--files", default="*")
    parser.add_argument("--kind", choices=["rule", "mechanical", "all"])
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    left_out = UNREVIEWED if options.kind is None and is_bounded(options.share) else set()
    source, build = options.source.resolve(), options.build.resolve()
    mutants = []
    if options.kind != "mechanical":
        mutants += list(rule_mutants(source, options.rules))
    if options.kind != "rule":
        every = list(mechanical_mutants(source, options.files))
        gone = EQUIVALENT.keys() - {m.name for m in every} if options.files == "*" else set()
        if gone:
            sys.exit(f"equivalent_mutants.py lists what is no mutant: {sorted(gone)[0]}")
        mutants += [m for m in every if m.name not in EQUIVALENT and m.path not in left_out]
    chosen = choose(mutants, options.share)
    with tempfile.TemporaryDirectory() as work:
        builder = Builder(source, build, pathlib.Path(work))
        builder.take(None)
        broken = failing_unit_test(builder)
        if broken is not None:
            sys.exit(f"{broken} fails without a mutant")
        survivors = try_all(builder, chosen, options.verbose)
    print(f"{len(chosen)} of {len(mutants)} mutants tried, {survivors} survive")
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
