#!/usr/bin/env python3
"""differential_test.py - random instruction sequences, run on pagewalk and on QEMU, that must end alike.

Usage: differential_test.py PAGEWALK RUNTIME [--case=N] [--include=DEVIATION] [--quick] [--verbose]

RUNTIME is runtime.S in binary. PAGEWALK_SEED chooses the cases and PAGEWALK_STEPS their number; with
PAGEWALK_FULL set there are a hundred times as many, with --quick a quarter. --case=N runs one of them,
--include=DEVIATION lets in what deviations.py keeps out. On a difference the first instruction after which
the two differ is looked for, and told with its operands and both results. Instructions of an extension that
pagewalk's device tree does not name are not tried.
"""

import argparse
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # nothing is to appear in the source tree

from case import Case  # noqa: E402
from deviations import DEVIATIONS  # noqa: E402
from instructions import INSTRUCTIONS  # noqa: E402
from program import FLAG_FLOAT, FLAG_STATE, FLOATS, REGISTERS, STATE, program, record  # noqa: E402

QEMU = "qemu-system-riscv64"
QEMU_VERSION = "version 7.2."
# The hypervisor extension is on unless taken away, and makes instructions of reserved words.
QEMU_CPU = "rv64,h=false,zba=true,zbb=true,zbc=true,zbs=true"
QEMU_OPTIONS = "-M virt -bios none -display none -serial stdio -monitor none -no-reboot".split()
TOOLS = "riscv64-unknown-elf-"
DISASSEMBLED = "rv64gc_zba_zbb_zbc_zbs"

SKIPPED = 77
CASES, CASES_FULL = 6000, 600000
BATCH = 1000  # cases in one file
REPORTED = 5  # differences told in full
TIME_LIMIT = 120  # seconds, for a batch on a slow machine with a sanitizer


class Machines:
    """The two, and a folder for what they run."""

    def __init__(self, pagewalk, runtime, folder, included):
        self.included = included
        self.runtime = pathlib.Path(runtime).read_bytes()
        self.folder = pathlib.Path(folder)
        self.commands = {
            "pagewalk": [pagewalk, "run"],
            "QEMU": [QEMU, *QEMU_OPTIONS, "-cpu", QEMU_CPU, "-kernel"],
        }
        self.extensions = self.read_extensions(pagewalk)
        self.flags = FLAG_FLOAT if "d" in self.extensions else 0

    def write(self, *program_arguments):
        path = self.folder / "cases.elf"
        path.write_bytes(program(self.runtime, *program_arguments))
        return path

    def read_extensions(self, pagewalk):
        """The names in the ISA string of pagewalk's device tree; g and b stand for others."""
        tree = self.folder / "machine.dtb"
        subprocess.run([pagewalk, "run", f"--dump-dtb={tree}", self.write([], 0, 0)], check=True)
        letters, *names = re.search(rb"rv64(i[a-z0-9_]+)\0", tree.read_bytes())[1].decode().split("_")
        extensions = {*letters, *names}
        if "g" in extensions:
            extensions |= {"m", "a", "f", "d", "zicsr"}
        if "b" in extensions:
            extensions |= {"zba", "zbb", "zbs"}
        return extensions

    def run(self, records, flags, place):
        """What each of the two printed, in lines."""
        path = self.write(records, self.flags | flags, place)
        started = {
            name: subprocess.Popen([*command, path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            for name, command in self.commands.items()
        }
        printed = {}
        for name, process in started.items():
            try:
                printed[name] = process.communicate(timeout=TIME_LIMIT)[0].decode().split()
            except subprocess.TimeoutExpired:
                process.kill()
                printed[name] = process.communicate()[0].decode().split()
        return printed["pagewalk"], printed["QEMU"]


def disassemble(machines, code):
    """Offset -> instruction in words."""
    path = machines.folder / "code.o"
    halves = "".join(f".2byte {half}\n" for (half,) in struct.iter_unpack("<H", code))
    assemble = [TOOLS + "as", f"-march={DISASSEMBLED}", "-o", path, "-"]
    subprocess.run(assemble, input=halves, check=True, text=True)
    subprocess.run([TOOLS + "strip", path], check=True)  # symbols say that this is data
    dump = [TOOLS + "objdump", "-D", "-j", ".text", "-M", "no-aliases", path]
    done = subprocess.run(dump, capture_output=True, check=True, text=True)
    lines = re.findall(r"^\s+([0-9a-f]+):\s+([0-9a-f]+)\s+(.*)$", done.stdout, re.MULTILINE)
    return {int(offset, 16): f"{word:>8}  {' '.join(text.split())}" for offset, word, text in lines}


def first_difference(machines, case, place):
    """How many instructions are run when the two first differ, and both states before and after the last
    of them; None if they never do."""
    low, high = 0, len(case.pieces)
    states = {}
    for length in (low, high):
        states[length] = machines.run([record(case, length)], FLAG_STATE, place)
    if states[low][0] != states[low][1]:
        high = low
    elif states[high][0] == states[high][1]:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        states[middle] = machines.run([record(case, middle)], FLAG_STATE, place)
        if states[middle][0] == states[middle][1]:
            low = middle
        else:
            high = middle
    return high, states[low], states[high]


def operand_lines(text, state):
    """The registers that an instruction names, as they were before it."""
    if len(state) != len(STATE):
        return
    words = text.split(maxsplit=1)[-1]  # without the bits
    names = set(re.findall(r"[a-z]+[0-9]*", words)) & {*REGISTERS[1:], *FLOATS}
    for name, value in zip(STATE, state):
        if name in names or name == "fcsr":
            yield f"    before   {name:<24} {value}"


def explain(machines, case, place):
    found = first_difference(machines, case, place)
    if found is None:
        yield "    alone, the case ends alike on both: it depends on what ran before"
        return
    length, before, after = found
    texts = disassemble(machines, case.code())
    offset = 0
    text = ""
    for index, (_, size) in enumerate(case.pieces[:length]):
        text = texts.get(offset, "?")
        yield f"  {'->' if index == length - 1 else '  '} {offset:#5x}  {text}"
        offset += size
    yield from operand_lines(text, before[0])
    if len(after[0]) != len(STATE) or len(after[1]) != len(STATE):
        yield f"    the end was not reached: of {len(STATE)} words {len(after[0])} and {len(after[1])} were printed"
    for name, ours, theirs in zip(STATE, *after):
        if ours != theirs:
            yield f"    after    {name:<24} pagewalk {ours}  QEMU {theirs}"


def check_table(machines):
    """Does the disassembler know every row of the table by the same name?"""
    code = b"".join(row.match.to_bytes(4, "little") for row in INSTRUCTIONS)
    texts = disassemble(machines, code)
    wrong = []
    for index, row in enumerate(INSTRUCTIONS):
        name = texts[4 * index].split()[1]
        if name != row.name:
            wrong.append(f"{row.name} is {name} in the disassembler")
    return wrong


def run_batch(machines, seed, numbers, verbose):
    """The cases of a batch that differ, each with its explanation."""
    cases = [Case(seed, number, machines.extensions, machines.included) for number in numbers]
    first = numbers[0] % BATCH
    ours, theirs = machines.run([record(case) for case in cases], 0, first)
    if verbose:
        print(f"cases {numbers[0]} to {numbers[-1]}: {len(ours)} and {len(theirs)} digests", file=sys.stderr)
    if len(ours) < len(cases) and len(theirs) < len(cases):
        sys.exit(f"case {numbers[0] + min(len(ours), len(theirs))} ended on neither: seed {seed}")
    for place, case in enumerate(cases):
        if place >= len(ours) or place >= len(theirs) or ours[place] != theirs[place]:
            yield case, explain(machines, case, first + place)
        if place >= len(ours) or place >= len(theirs):
            return  # one of them stopped here: what follows says nothing


def run_all(machines, seed, numbers, verbose):
    """Reports the differences; their number."""
    differences = 0
    for start in range(0, len(numbers), BATCH):
        for case, explanation in run_batch(machines, seed, numbers[start : start + BATCH], verbose):
            differences += 1
            if differences <= REPORTED:
                print(f"PAGEWALK_SEED={seed} --case={case.number}: pagewalk and QEMU differ")
                print("\n".join(explanation), flush=True)
    return differences


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pagewalk")
    parser.add_argument("runtime")
    parser.add_argument("--case", type=int)
    parser.add_argument("--include", choices=DEVIATIONS, action="append", default=[])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    if shutil.which(QEMU) is None or QEMU_VERSION not in subprocess.check_output([QEMU, "--version"], text=True):
        print(f"skipped: {QEMU} 7.2 is not installed")
        sys.exit(SKIPPED)
    seed = int(os.environ.get("PAGEWALK_SEED", "1"), 0)
    usual = (CASES_FULL if os.environ.get("PAGEWALK_FULL") else CASES) // (4 if arguments.quick else 1)
    count = int(os.environ.get("PAGEWALK_STEPS", str(usual)), 0)
    numbers = range(count) if arguments.case is None else range(arguments.case, arguments.case + 1)
    with tempfile.TemporaryDirectory() as folder:
        machines = Machines(arguments.pagewalk, arguments.runtime, folder, arguments.include)
        wrong = check_table(machines)
        if wrong:
            sys.exit("\n".join(wrong))
        differences = run_all(machines, seed, numbers, arguments.verbose)
        tried = " ".join(sorted(machines.extensions & {row.extension for row in INSTRUCTIONS} | {"c"}))
    print(f"PAGEWALK_SEED={seed}: {len(numbers)} cases of {tried}, {differences} differ")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
