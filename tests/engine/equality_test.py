#!/usr/bin/env python3
"""Runs every guest program and every rule test on both engines and holds each byte they give against each other.

Usage: equality_test.py PAGEWALK GUEST-FOLDER [--quick] [CLASS.TEST...]

--quick makes everything shorter: sanitizers are ten times slower.

The JSON report, what the guest printed, what pagewalk said, the exit status and the guest's signature must
be the same. TLBs and options are drawn with PAGEWALK_SEED, a share of them each time; with PAGEWALK_FULL set
every preset meets every program, and thirty times as many random runs are made.
"""

import functools
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

FULL = bool(os.environ.get("PAGEWALK_FULL"))
QUICK = "--quick" in sys.argv
SEED = int(os.environ.get("PAGEWALK_SEED", "0x5eed"), 0)
PAGEWALK = ""
GUESTS = pathlib.Path()

ENGINES = ("fast", "reference")

# What keeps a guest short. The others are short as they are, or end by the limit.
SIZES = {
    "chase": ["chase_pages=64", "chase_rounds=20"],
    "gups": ["gups_pages=64", "gups_updates=2000"],
    "sequential": ["sequential_length=8192", "sequential_rounds=2"],
    "stride": ["stride_count=64", "stride_rounds=20"],
    "matmul": ["matmul_n=16"],
    "matmul_blocked": ["matmul_blocked_n=16", "matmul_blocked_block=8"],
    "reflush": ["reflush_rounds=20"],
    "sort": ["sort_keys=300"],
    "switch": ["switch_rounds=20"],
    "selfcount": ["selfcount_pages=16"],
}
SIGNED = ("tohost",)
LIMIT = 60000 if QUICK else 300000

# One for each way in which a TLB can look at hits, and for each way in which levels go together.
TLBS = [
    "default",
    "l1i=2,l1d=2:fifo,l2=none",
    "l1i=1,l1d=1,l2=none,asid=0",
    "l1i=4:plru,l1d=4:plru,l2=8x2:plru",
    "l1i=3:bit-plru,l1d=2x3:bit-plru,l2=16",
    "l1i=2x2:random,l1d=5:random,l2=4x2:random",
    "l1i=4:round-robin,l1d=2x2:round-robin,l2=none",
    "l1i=2:pages=4,l1d=2:pages=4,l2=4x2:pages=8",
    "l1i=4,l1d=4,l2=4x2:inclusive",
    "l1i=4,l1d=4:plru,l2=4x2:exclusive",
    "l1i=4:4K:pieces,l1d=2:4K:pieces+2:super,l2=none,pwc=4",
    "l1i=8,l1d=8,l2=none,pwc=2+2:va,invalid=leaf+non-leaf,fence=all",
]


def command(engine, elf, options):
    return [PAGEWALK, "run", f"--engine={engine}", "--json=-", *options, str(elf)]


def run(engine, elf, options):
    """Everything that a run gives, by name."""
    with tempfile.TemporaryDirectory() as folder:
        signature = pathlib.Path(folder) / "signature"
        extra = [f"--signature={signature}"] if elf.stem in SIGNED else []
        done = subprocess.run(
            command(engine, elf, [*options, *extra]),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=600,
            check=False,
        )
        return {
            "status": done.returncode,
            "report": done.stdout,
            "console": done.stderr.replace(folder.encode(), b"FOLDER"),
            "signature": signature.read_bytes() if signature.exists() else None,
        }


def sizes_of(elf):
    return [f"--set={setting}" for setting in SIZES.get(elf.stem, [])]


def limited(options):
    """Rule tests and guests end long before this; some loop forever."""
    has_limit = any(option.startswith("--max-instructions") for option in options)
    return options if has_limit else [*options, f"--max-instructions={LIMIT}"]


@functools.cache
def programs():
    return sorted(GUESTS.glob("*.elf"))


@functools.cache
def rule_tests():
    return sorted((GUESTS / "rules").glob("*.elf"))


@functools.cache
def presets():
    done = subprocess.run(
        [PAGEWALK, "presets", "--json"], capture_output=True, timeout=60, check=True
    )
    return [preset["name"] for preset in json.loads(done.stdout)["presets"]]


@functools.cache
def some_pcs(elf):
    """Where a program goes, up to some point of its run."""
    with tempfile.TemporaryDirectory() as folder:
        trace = pathlib.Path(folder) / "trace"
        subprocess.run(
            command(
                "reference",
                elf,
                [*sizes_of(elf), f"--trace=insn:{trace}", "--max-instructions=20000"],
            ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=600,
            check=False,
        )
        text = trace.read_text()
    return re.findall(r"^core +0: \d (0x[0-9a-f]+)", text, re.MULTILINE) or ["0x80000000"]


def draw(rng, elf):
    """Options for a run of a program: everything that may make a difference to an engine."""
    tlb = rng.choice(TLBS + presets())
    options = [f"--tlb={tlb}", f"--classes={rng.choice(['on', 'off'])}"]

    if rng.random() < 0.5:
        options.append(f"--ad={rng.choice(['hw', 'svade', 'svadu', 'core'])}")
    if rng.random() < 0.3:
        options.append(f"--mmu={rng.choice(['sv48', 'sv57'])}")
    if rng.random() < 0.3:
        options.append(f"--seed={rng.randrange(1000)}")
    if rng.random() < 0.5:  # small ones as likely as large ones
        most = 2 ** rng.randrange(4, 15 if QUICK else 18)
        options.append(f"--max-instructions={rng.randrange(1, most) | 1}")
    if rng.random() < 0.5:
        pcs = some_pcs(elf)
        bounds = rng.choice([["from"], ["to"], ["from", "to"]])
        options += [f"--{bound}={rng.choice(pcs)}" for bound in bounds]
    return options


class Equality(unittest.TestCase):
    def check(self, elf, options):
        options = limited([*sizes_of(elf), *options])
        got = {engine: run(engine, elf, options) for engine in ENGINES}
        for what, fast in got["fast"].items():
            if fast != got["reference"][what]:
                for engine in ENGINES:
                    print(" ".join(command(engine, elf, options)), file=sys.stderr)
                self.fail(
                    f"PAGEWALK_SEED={SEED:#x}: {elf.stem}: the {what} differs:\n"
                    f"{first_difference(fast, got['reference'][what])}"
                )
        return got["fast"]

    def test_every_program_under_some_tlbs(self):
        rng = random.Random(SEED)
        count = 2 if QUICK else 5
        for elf in programs():
            everything = TLBS + presets()
            chosen = everything if FULL else ["default", *rng.sample(everything, count)]
            for tlb in chosen:
                with self.subTest(guest=elf.stem, tlb=tlb):
                    options = [f"--tlb={tlb}"]
                    self.check(elf, options)
                    if FULL:
                        self.check(elf, [*options, "--classes=on"])

    def test_every_rule_under_some_tlb(self):
        rng = random.Random(SEED + 1)
        for elf in rule_tests():
            chosen = TLBS + presets() if FULL else ["default", rng.choice(TLBS + presets())]
            for tlb in chosen[1:] if QUICK else chosen:
                with self.subTest(rule=elf.stem, tlb=tlb):
                    options = [f"--tlb={tlb}", f"--classes={rng.choice(['on', 'off'])}"]
                    self.check(elf, options)

    def test_every_preset_runs_some_programs(self):
        rng = random.Random(SEED + 2)
        for preset in presets():
            for elf in rng.sample(programs(), 1 if QUICK else 2):
                with self.subTest(guest=elf.stem, tlb=preset):
                    self.check(elf, [f"--tlb={preset}", "--ad=core", "--classes=on"])

    def test_random_programs_under_random_options(self):
        rng = random.Random(SEED + 3)
        seen = set()
        for _ in range(40 if QUICK else 6000 if FULL else 200):
            elf = rng.choice(programs() if rng.random() < 0.7 else rule_tests())
            options = draw(rng, elf)
            with self.subTest(guest=elf.stem, options=options):
                seen.add(self.check(elf, options)["status"])
        self.assertIn(0, seen)  # some ended by themselves,
        self.assertIn(124, seen)  # and some were stopped

    def test_every_number_of_instructions(self):
        """Stopped after any number of them, both engines have done the same."""
        elf = GUESTS / "hello.elf"
        rng = random.Random(SEED + 4)
        first = rng.randrange(1, 9000)
        for limit in range(first, first + (10 if QUICK else 60)):
            with self.subTest(limit=limit):
                self.check(elf, [f"--max-instructions={limit}"])

    def test_the_rule_suite_says_the_same(self):
        said = []
        for engine in ENGINES:
            arguments = [f"--engine={engine}", f"--rules={GUESTS / 'rules'}"]
            arguments += ["--rule=F*"] if QUICK else []
            done = subprocess.run(
                [PAGEWALK, "check", *arguments], capture_output=True, timeout=900, check=False
            )
            said.append((done.returncode, done.stdout, done.stderr))
        self.assertEqual(said[0], said[1])
        self.assertIn(b"ok 1", said[0][1])


def first_difference(fast, reference):
    """The first lines that differ, of two values as run gives them."""
    if not isinstance(fast, bytes) or not isinstance(reference, bytes):
        return f"fast: {fast!r}, reference: {reference!r}"
    lines = [text.decode(errors="replace").split("\n") for text in (fast, reference)]
    for number, (left, right) in enumerate(zip(*lines), start=1):
        if left != right:
            return f"line {number}: fast: {left.strip()}, reference: {right.strip()}"
    return f"fast has {len(lines[0])} lines, reference {len(lines[1])}"


def main():
    global PAGEWALK, GUESTS
    arguments = [argument for argument in sys.argv[1:] if argument != "--quick"]
    PAGEWALK, GUESTS = arguments[0], pathlib.Path(arguments[1])
    print(f"PAGEWALK_SEED={SEED:#x}", file=sys.stderr)
    unittest.main(argv=[sys.argv[0], *arguments[2:]])


if __name__ == "__main__":
    main()
