#!/usr/bin/env python3
"""kernel_presets_test.py - under every TLB and every --ad the bundled kernel and its programs do the same.

Usage: kernel_presets_test.py PAGEWALK GUEST-FOLDER PROGRAMS

What a kernel does may depend on the TLB below it in one way only: through a translation that was kept too long.
And time is counted in instructions, so a TLB that misses more does not even move the end of a time slice. So
with the same --ad and the same number of ASID bits everything but look-ups and walks must be equal: every
instruction, exception and fence, every fault and swapped page of every process, every request to the disk, each A
and D that hardware set. A fence that is missing shows as an instruction more, where `unforgiving` keeps all that
the manual lets it keep. (Without ASIDs each switch fences, and software that sets A and D takes more faults:
those are other instructions, so other ends of time slices. There only what the programs print is compared.)

The workloads are those of kernel_test.py, two that swap, and the commands of the tour. By default `unforgiving`
runs all of them, with one of the ways to set A and D, and another TLB a share, all drawn by PAGEWALK_SEED; with
PAGEWALK_FULL set every TLB all.
"""

import functools
import json
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import kernel_test
import tour_test

TIMEOUT = 600  # seconds, for one run on a slow machine
LIMIT = 500_000_000  # instructions: where a fence is missing a program may fault for ever
SEED = int(os.environ.get("PAGEWALK_SEED", "1"))
IS_QUICK = "PAGEWALK_FULL" not in os.environ
SHARE = 5  # a quick run does one in so many of the workloads with a TLB that was drawn
PAGEWALK = GUESTS = PROGRAMS = Path()

# Keeps as little as a hart can. What it has forgotten it cannot answer wrongly.
FORGETFUL = "l1i=1,l1d=1"

WHO = ("hw", "svade", "svadu")
ALONE = ("instructions", "attempts", "exceptions", "interrupts", "ticks", "exit", "faults", "markers", "disks")

# The tour's programs are run, not counted; what walk finds in the TLB may differ, what it concludes may not.
WRAPPER = """#!/bin/sh
command=$1
shift
for word; do
    shift
    case $word in
    --tlb=*) ;;
    *) set -- "$@" "$word" ;;
    esac
done
case $command in
walk) exec {pagewalk} walk {options} "$@" | grep -E '^(moment|access|satp|address|result) ' ;;
*) exec {pagewalk} run {options} --json={counts} "$@" ;;
esac
"""


def presets():
    listed = subprocess.run([PAGEWALK, "presets", "--json"], capture_output=True, timeout=TIMEOUT, check=True)
    return [preset["name"] for preset in json.loads(listed.stdout)["presets"]]


def accesses(process):
    return {mode: {array: process["by_mode"][mode][array]["accesses"] for array in ("l1i", "l1d")} for mode in "us"}


def counts_without_tlb(report):
    """All that is counted but what the TLB and the walker did."""
    counts = {name: report[name] for name in ALONE}
    counts["processes"] = [{**process, "by_mode": accesses(process), "by_mapping": None} for process in report["processes"]]
    counts["fences"] = {form: fences["count"] for form, fences in report["fences"].items()}
    counts["updates"] = [report["walks"]["a_updates"], report["walks"]["d_updates"]]
    return counts


def options_of(machine):
    tlb, who = machine
    return [f"--tlb={tlb}", f"--ad={who}", f"--max-instructions={LIMIT}"]


def run_program(machine, words, stdin=b""):
    """What it printed and its status; and the counts."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "counts.json"
        command = [PAGEWALK, "run", *options_of(machine), f"--json={report}", *words]
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=TIMEOUT, check=False)
        counts = counts_without_tlb(json.loads(report.read_text()))
    return (done.returncode, done.stdout, done.stderr), counts


def run_tour(machine, command):
    with tempfile.TemporaryDirectory() as folder:
        report, wrapper = Path(folder) / "counts.json", Path(folder) / "pagewalk"
        options = shlex.join(options_of(machine))
        wrapper.write_text(WRAPPER.format(pagewalk=shlex.quote(str(PAGEWALK)), options=options, counts=report))
        wrapper.chmod(0o755)
        tour_test.PAGEWALK, tour_test.GUESTS = wrapper, GUESTS
        said, status = tour_test.run(command)
        counts = counts_without_tlb(json.loads(report.read_text())) if report.exists() else None
    return (status, said), counts


def tour_commands():
    """Those that run under the kernel: a program without it has the name of an ELF file."""
    commands = [block["command"] for block in tour_test.BLOCK.finditer(tour_test.TOUR.read_text())]
    return [command for command in commands if "pagewalk " in command and ".elf" not in command]


def workloads():
    """Name -> what runs it, on a machine."""
    found = {}
    for program, arguments, stdin, _, _, _, why in kernel_test.CASES:
        words = ["--verbose", PROGRAMS / program, *arguments]
        found[f"{program}: {why}"] = functools.partial(run_program, words=words, stdin=stdin)
    for words in (["bigsort", "18"], ["storm", "6", "1", "20"]):
        options = ["--mem=16M", "--swap=64M", GUESTS / "user" / words[0], *words[1:]]
        found[" ".join(words)] = functools.partial(run_program, words=options)
    for command in tour_commands():
        found[command] = functools.partial(run_tour, command=command)
    return found


def prints_the_same_without_asids(name):
    """walk tells of ASIDs; how many processes a storm has depends on when each is killed."""
    return not name.startswith("storm") and not re.search(r"pagewalk walk", name)


class Presets(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.workloads = workloads()
        cls.known = {}

    def reference(self, name, bits, who):
        """The default TLB with so many ASID bits; svadu is hw, for the kernel sets menvcfg.ADUE."""
        machine = (f"default,asid={bits}", "hw" if who == "svadu" else who)
        if (name, machine) not in self.known:
            self.known[name, machine] = self.workloads[name](machine)
        return self.known[name, machine]

    def check(self, name, machine, bits):
        with self.subTest(workload=name, tlb=machine[0], ad=machine[1]):
            said, counts = self.workloads[name](machine)
            wanted_said, wanted_counts = self.reference(name, bits, machine[1])
            self.assertEqual(said, wanted_said)
            self.assertEqual(counts, wanted_counts)
            if prints_the_same_without_asids(name):
                self.assertEqual(said, self.reference(name, 16, "hw")[0])

    def asid_bits(self, tlb):
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "counts.json"
            command = [PAGEWALK, "run", f"--tlb={tlb}", f"--json={report}", GUESTS / "hello.elf"]
            subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=True)
            return json.loads(report.read_text())["tlb"]["asid_bits"]

    def check_all(self, tlb, who, names):
        bits = self.asid_bits(tlb)
        for name in names:
            self.check(name, (tlb, who), bits)

    @unittest.skipUnless(IS_QUICK, "all TLBs run everything")
    def test_the_kernel_does_the_same_under_a_tlb_that_was_drawn(self):
        draw = random.Random(SEED)
        tlb, who = draw.choice([*presets(), FORGETFUL]), draw.choice(WHO)
        self.check_all(tlb, who, draw.sample(sorted(self.workloads), len(self.workloads) // SHARE))

    def test_the_kernel_does_the_same_under_every_tlb(self):
        tlbs = [*presets(), FORGETFUL]
        self.assertIn("unforgiving", tlbs)
        for tlb in ["unforgiving"] if IS_QUICK else tlbs:
            for who in [WHO[SEED % len(WHO)]] if IS_QUICK else WHO:
                self.check_all(tlb, who, self.workloads)

    def test_the_workloads_are_there(self):
        others = 4  # commands of the tour: two are not pagewalk's, two run without the kernel
        self.assertEqual(len(self.workloads), len(kernel_test.CASES) + 2 + tour_test.COMMANDS - others)


if __name__ == "__main__":
    PAGEWALK, GUESTS, PROGRAMS = (Path(word).resolve() for word in sys.argv[1:4])
    print(f"PAGEWALK_SEED={SEED}")
    unittest.main(argv=sys.argv[:1], verbosity=2, failfast=True)  # a kernel that faults for ever takes long to say so
