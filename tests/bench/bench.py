#!/usr/bin/env python3
"""Measures pagewalk against QEMU and the host itself, on the same programs, side by side.

Usage: bench.py [--runs=N] [--only=NAME,...] [--no-instructions] [--json=FILE] BUILD
       bench.py --quick BUILD

Each program runs on pagewalk (`stat --json=FILE`, without and with the classes of misses), on QEMU and, where
it can, natively, one after the other and N times round (3 unless told); the best time of each is printed, then
its ratio to QEMU's. pagewalk and QEMU get the same ELF file, with the sizes of the run written into it.

Then host instructions per guest instruction: of two short runs of different length, so that start-up cancels
out. perf counts them where the host lets it, else valgrind's callgrind does.

--quick runs everything once and tiny, and only looks whether all print the same. Its exit status is 77 if
there is no QEMU.
"""

import argparse
import json
import math
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

QEMU = "qemu-system-riscv64"
SKIPPED = 77
TIMEOUT = 1800  # callgrind is slow


class Program:
    """A program of the benchmark: its file, whether it runs natively, and its sizes: for the measured run,
    two shorter ones whose difference is counted, and a tiny one."""

    def __init__(self, name, elf, has_native, full, short, longer, tiny):
        self.name, self.elf, self.has_native = name, elf, has_native
        self.full, self.short, self.longer, self.tiny = full, short, longer, tiny


PROGRAMS = [
    # 40 million loads along one random cycle through 16384 pages
    Program(
        "chase", "guest/chase.elf", True,
        full={"chase_pages": 16384, "chase_rounds": 2442},
        short={"chase_pages": 16384, "chase_rounds": 5},
        longer={"chase_pages": 16384, "chase_rounds": 15},
        tiny={"chase_pages": 64, "chase_rounds": 5},
    ),
    # quicksort and binary search of 2 M keys
    Program(
        "sort", "guest/sort.elf", True,
        full={"sort_keys": 1 << 21},
        short={"sort_keys": 16384},
        longer={"sort_keys": 65536},
        tiny={"sort_keys": 600},
    ),
    # doubles, 320x320, plain, four times
    Program(
        "matmul", "tests/bench/matmul_float.elf", True,
        full={"matmul_float_n": 320, "matmul_float_rounds": 4},
        short={"matmul_float_n": 128, "matmul_float_rounds": 0},
        longer={"matmul_float_n": 128, "matmul_float_rounds": 1},
        tiny={"matmul_float_n": 24, "matmul_float_rounds": 2},
    ),
    # a byte sieve and a branchy loop
    Program(
        "sieve", "tests/bench/sieve.elf", True,
        full={"sieve_length": 1 << 20, "sieve_rounds": 30, "sieve_numbers": 700000},
        short={"sieve_length": 1 << 16, "sieve_rounds": 1, "sieve_numbers": 1000},
        longer={"sieve_length": 1 << 16, "sieve_rounds": 11, "sieve_numbers": 15000},
        tiny={"sieve_length": 5000, "sieve_rounds": 2, "sieve_numbers": 100},
    ),
    # lists, a small matrix, a state machine, a CRC
    Program(
        "integers", "tests/bench/integers.elf", True,
        full={"integers_rounds": 20000},
        short={"integers_rounds": 10},
        longer={"integers_rounds": 110},
        tiny={"integers_rounds": 3},
    ),
    # doubles and singles: all kinds of instructions
    Program(
        "floats", "tests/bench/floats.elf", True,
        full={"floats_rounds": 300000},
        short={"floats_rounds": 100},
        longer={"floats_rounds": 1100},
        tiny={"floats_rounds": 20},
    ),
    # the same cycle as chase, on 2 MiB pages
    Program(
        "megapages", "tests/bench/chase_megapages.elf", False,
        full={"chase_pages": 16384, "chase_rounds": 2442},
        short={"chase_pages": 16384, "chase_rounds": 5},
        longer={"chase_pages": 16384, "chase_rounds": 15},
        tiny={"chase_pages": 1024, "chase_rounds": 5},
    ),
    # 4 address spaces with ASIDs, 64 pages in each turn
    Program(
        "switch", "guest/switch.elf", False,
        full={"switch_pages": 64, "switch_rounds": 50000},
        short={"switch_pages": 64, "switch_rounds": 100},
        longer={"switch_pages": 64, "switch_rounds": 1100},
        tiny={"switch_pages": 16, "switch_rounds": 20},
    ),
]


# Files: an ELF with other sizes in it.


def symbol_table(image):
    """Name -> address of every symbol of an ELF file."""
    (offset,) = struct.unpack_from("<Q", image, 0x28)
    size, count = struct.unpack_from("<HH", image, 0x3A)
    sections = [struct.unpack_from("<IIQQQQIIQQ", image, offset + i * size) for i in range(count)]
    symbols = {}
    for _, kind, _, _, start, length, link, _, _, _ in sections:
        if kind != 2:  # SHT_SYMTAB
            continue
        names = sections[link][4]
        for place in range(start, start + length, 24):
            name, _, _, _, value, _ = struct.unpack_from("<IBBHQQ", image, place)
            end = image.index(b"\0", names + name)
            symbols[image[names + name : end].decode()] = value
    return symbols


def file_offset(image, va):
    """Where in the file the bytes are that are loaded to an address."""
    (offset,) = struct.unpack_from("<Q", image, 0x20)
    size, count = struct.unpack_from("<HH", image, 0x36)
    for i in range(count):
        kind, _, start, address, _, length, _, _ = struct.unpack_from("<IIQQQQQQ", image, offset + i * size)
        if kind == 1 and address <= va and va + 8 <= address + length:
            return start + va - address
    sys.exit(f"{va:#x} is not in the file")


def write_sized(elf, sizes, out):
    image = bytearray(elf.read_bytes())
    symbols = symbol_table(image)
    for symbol, value in sizes.items():
        struct.pack_into("<Q", image, file_offset(image, symbols[symbol]), value)
    out.write_bytes(image)


# Runners: a command for a program of a size.


class Bench:
    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.counts = folder / "counts.json"

    def elf(self, program, sizes):
        out = self.folder / f"{program.name}-{'-'.join(map(str, sizes.values()))}.elf"
        if not out.exists():
            write_sized(self.build / program.elf, sizes, out)
        return str(out)

    def pagewalk(self, program, sizes, classes="off"):
        return [str(self.build / "emu/pagewalk"), "stat", f"--json={self.counts}", f"--classes={classes}",
                self.elf(program, sizes)]

    def qemu(self, program, sizes):
        return [QEMU, "-M", "virt", "-m", "128M", "-bios", "none", "-display", "none", "-monitor", "none",
                "-serial", "stdio", "-kernel", self.elf(program, sizes)]

    def native(self, program, sizes):
        name = "bench_" + pathlib.Path(program.elf).stem
        return [str(self.build / "tests/bench" / name), *[f"{symbol}={value}" for symbol, value in sizes.items()]]

    def commands(self, program, sizes):
        """Name -> command, in the order of the columns."""
        commands = {
            "pagewalk": self.pagewalk(program, sizes),
            "classes": self.pagewalk(program, sizes, "on"),
        }
        if shutil.which(QEMU) is not None:
            commands["qemu"] = self.qemu(program, sizes)
        if program.has_native:
            commands["native"] = self.native(program, sizes)
        return commands


def run(command):
    """What it prints, and how long it takes. It must succeed."""
    start = time.perf_counter()
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=False
    )
    seconds = time.perf_counter() - start
    if done.returncode != 0 or not done.stdout:
        sys.exit(f"{command} ended with {done.returncode}\n{done.stderr.decode()}")
    return done.stdout.decode().replace("\r", ""), seconds


def run_all(bench, program, sizes, best):
    """Runs it everywhere once and keeps the best times. Returns whether all printed the same."""
    said = {}
    for name, command in bench.commands(program, sizes).items():
        say(f"{program.name} on {name}")
        said[name], seconds = run(command)
        best[name] = min(seconds, best.get(name, math.inf))
    if len(set(said.values())) == 1:
        return True
    print(f"{program.name}: not all print the same: {said}")
    return False


# Host instructions.


def perf_count(command):
    """The host instructions of a command, or None if perf may not count them."""
    if shutil.which("perf") is None:
        return None
    done = subprocess.run(
        ["perf", "stat", "-x,", "-e", "instructions:u", *command],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=False, text=True,
    )
    found = re.search(r"^(\d+),.*instructions", done.stderr, re.MULTILINE)
    return int(found.group(1)) if found else None


def callgrind_count(command):
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=False, text=True,
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"callgrind: {command} ended with {done.returncode}\n{done.stderr}")
    return int(found.group(1))


def host_counter():
    """[name, function] of what counts host instructions here; None if nothing does."""
    if perf_count(["true"]) is not None:
        return "perf", perf_count
    if shutil.which("valgrind") is not None:
        return "callgrind", callgrind_count
    return None


def instructions_per_instruction(bench, program, count, classes):
    """Host instructions for one of the guest, and guest instructions for which that was found."""
    host, guest = [], []
    for sizes in (program.short, program.longer):
        host.append(count(bench.pagewalk(program, sizes, classes)))
        guest.append(json.loads(bench.counts.read_text())["instructions"])
    return (host[1] - host[0]) / (guest[1] - guest[0]), guest[1] - guest[0]


# What is printed.


def say(text):
    print(f"\r\x1b[K{text}" if sys.stderr.isatty() else text, end="", file=sys.stderr, flush=True)
    if not sys.stderr.isatty():
        print(file=sys.stderr)


def done_saying():
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def cell(value, digits):
    return f"{value:10.{digits}f}" if value is not None else f"{'-':>10}"


def print_times(results):
    columns = ["pagewalk", "classes", "qemu", "native"]
    print(f"{'seconds':<10}{'Minsn':>8}" + "".join(f"{name:>10}" for name in columns) + "  MIPS")
    for name, result in results.items():
        best = result["seconds"]
        millions = result["instructions"] / 1e6
        print(f"{name:<10}{millions:8.0f}" + "".join(cell(best.get(column), 3) for column in columns)
              + f"{millions / best['pagewalk']:6.0f}")
    if all("qemu" in result["seconds"] for result in results.values()):
        print(f"\n{'to QEMU':<10}{'':8}" + "".join(f"{name:>10}" for name in columns))
        for name, result in results.items():
            best = result["seconds"]
            ratios = {column: best[column] / best["qemu"] for column in best}
            print(f"{name:<10}{'':8}" + "".join(cell(ratios.get(column), 2) for column in columns))


def print_instructions(results, counter):
    print(f"\nhost instructions per guest instruction, by {counter}")
    print(f"{'':10}{'Minsn':>8}{'pagewalk':>10}{'classes':>10}")
    for name, result in results.items():
        print(f"{name:<10}{result['counted'] / 1e6:8.1f}" + cell(result["host"]["off"], 1)
              + cell(result["host"]["on"], 1))


def measure(bench, programs, runs, with_instructions):
    """The results by name of the program."""
    results = {program.name: {"seconds": {}} for program in programs}
    for number in range(runs):
        for program in programs:
            say(f"round {number + 1} of {runs}")
            if not run_all(bench, program, program.full, results[program.name]["seconds"]):
                sys.exit(1)
            counts = json.loads(bench.counts.read_text())
            results[program.name]["instructions"] = counts["instructions"]
    done_saying()
    print_times(results)
    counter = host_counter() if with_instructions else None
    if counter is not None:
        for program in programs:
            result = results[program.name]
            result["host"] = {}
            for classes in ("off", "on"):
                say(f"{program.name}: host instructions by {counter[0]}, classes {classes}")
                result["host"][classes], result["counted"] = instructions_per_instruction(
                    bench, program, counter[1], classes
                )
        done_saying()
        print_instructions(results, counter[0])
    return results


def check(bench):
    """--quick: the exit status."""
    is_same = [run_all(bench, program, program.tiny, {}) for program in PROGRAMS]
    print(f"{sum(is_same)} of {len(PROGRAMS)} programs print the same everywhere")
    if not all(is_same):
        return 1
    return SKIPPED if shutil.which(QEMU) is None else 0


def chosen_programs(only):
    if only is None:
        return PROGRAMS
    by_name = {program.name: program for program in PROGRAMS}
    for name in only.split(","):
        if name not in by_name:
            sys.exit(f"no program is called {name}: there are {', '.join(by_name)}")
    return [by_name[name] for name in only.split(",")]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only")
    parser.add_argument("--no-instructions", action="store_true")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.build.resolve(), pathlib.Path(folder))
        if options.quick:
            return check(bench)
        results = measure(bench, chosen_programs(options.only), max(options.runs, 1), not options.no_instructions)
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
