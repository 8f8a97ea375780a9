#!/usr/bin/env python3
"""kernel_fences_test.py - without any one of its fences the bundled kernel does something else.

Usage: kernel_fences_test.py PAGEWALK PROGRAMS USER

PROGRAMS has what is built of tests/guest/kernel_programs, USER what is built of guest/user.

pagewalk carries the kernel as an ELF file in its own binary. Every SFENCE.VMA in it is found there; for each,
a copy of pagewalk has a NOP in its place. ROWS has the program that shows it, by the function that the fence is
in, with a TLB that keeps all that the manual lets it keep. What cannot be shown stands in EQUIVALENT.

With PAGEWALK_FULL set each fence is tried with all programs, numbers of ASIDs, and both ways to set A and D.
"""

import itertools
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import NamedTuple

PAGEWALK = PROGRAMS = USER = Path()
IS_FULL = "PAGEWALK_FULL" in os.environ
TIMEOUT = 600  # seconds, for one run

ASID_BITS = 16  # a kernel with n bits has 2^n - 1 ASIDs to give, for it keeps 0 to itself
LIMIT_REACHED = 124
LIMIT = 500_000_000  # instructions, for a kernel with all its fences

# What shows a fence's absence, besides more of a count: another status or other text; no end, which is one.
OUTPUT, ENDLESS = "output", "endless"


class Row(NamedTuple):
    """The program prints `output`; without the fence, `sign` is to be seen."""

    program: str  # guest/user/NAME, or what kernel_programs/fences.c is to do
    output: str
    sign: str
    why: str
    asid_bits: int = ASID_BITS
    dirty: bool = False  # dirty_tlb runs before the kernel


TURNS = """first: I write my name at 0x30000
second: I write my name at 0x30000
first: at 0x30000 I read first
second: at 0x30000 I read second
"""
MAPPED = "64 pages: 2016\n"

ROWS = {
    "start": Row(
        "page_mapped", MAPPED, ENDLESS, "what the hart had kept of ASID 0 answers the first fetch under satp", dirty=True
    ),
    "fence_page_mapped": Row(
        "page_mapped", MAPPED, "more store_page", "the invalid PTE answers once more; the fence of page_allowed heals it"
    ),
    "fence_page_unmapped": Row("page_unmapped", "a new page holds 0\n", OUTPUT, "the old page is still there"),
    "fence_page_replaced": Row("page_replaced", "?, and by the kernel L\n", OUTPUT, "the old frame is read"),
    "fence_page_restricted": Row(
        "page_restricted", "a store to what may only be read: signal 11, exit 0\n", OUTPUT, "the store is done"
    ),
    "fence_page_allowed": Row(
        "page_allowed", "what may be written again holds 2\n", ENDLESS, "the store is refused again and again"
    ),
    "fence_accessed_cleared": Row(
        "accessed_cleared", "read 6144 times\n", "more minor_faults", "the page in use looks idle, and is taken"
    ),
    "fence_pages_shared": Row(
        "pages_shared", "the child's page holds 1\n", OUTPUT, "the parent writes to what is the child's, too"
    ),
    "fence_new_generation": Row("user/turns", TURNS, OUTPUT, "one ASID is two address spaces", asid_bits=1),
    "fence_switch_without_asids": Row("user/turns", TURNS, OUTPUT, "the same of ASID 0", asid_bits=0),
    "fence_kernel_table": Row(
        "kernel_table", "a page at boot's address holds 5\n", ENDLESS, "boot's gigapage is global, and refuses U-mode"
    ),
    "fence_kernel_stack_mapped": Row(
        "kernel_stack_mapped", "words that changed: 0\n", OUTPUT, "a kernel stack lies on user pages"
    ),
}

# The same fences in another place: mremap moves PTEs, page_table_move().
MOVED_ROWS = {
    "fence_page_unmapped": Row("page_moved", "moved: 7, the old place: 0\n", OUTPUT, "the old place has the page still"),
    "fence_page_mapped": Row(
        "page_moved", "moved: 7, the old place: 0\n", "more load_page", "the new place is known as invalid"
    ),
}
ALL_ROWS = [*ROWS.items(), *MOVED_ROWS.items()]

# By function: what the manual asks for, and why no run here can show it. A run that does shows that the reason
# is wrong.
EQUIVALENT = {
    "supervisor": '"The SFENCE.VMA instruction must be used to ensure that updates to the address-translation data '
    'structures are observed by subsequent implicit reads". Here stores are done in program order; and what was '
    "cached before is gone by the fence of `start`, behind which nothing is translated before satp is written",
    "fence_new_space": '"Writing satp does not imply any ordering constraints between page-table updates and subsequent '
    'address translations". Here stores are done in program order, and nothing can be kept of an ASID that is new',
    "fence_table_added": '"If software modifies a non-leaf PTE, it should execute SFENCE.VMA with rs1=x0". Here a PTE '
    "that was invalid above the last level is kept as what may become a superpage, so that a fence by address "
    "removes it; and every new table is followed by page_mapped, with such a fence, for an address that it leads to",
}

# What each program prints.
OUTPUTS = {row.program: row.output for _, row in ALL_ROWS} | {"table_added": "16 regions: 56\n"}

# What else the full test runs. They check themselves; here it is that their runs are compared.
OTHERS = [
    ("children",),
    ("floats",),
    ("made_code",),
    ("mappings",),
    ("user/copy",),
    ("user/storm", "3", "1", "6"),
    ("user/swapped",),
    ("user/twins",),
]

# Fields of ELF's headers, as far as they are looked at.
ELF_MAGIC, MACHINE_RISCV = b"\x7fELF", 243
FILE_MACHINE, FILE_ENTRY, FILE_SECTIONS, FILE_SECTION_COUNT = 18, 24, 40, 60
FILE_SEGMENTS, FILE_SEGMENT_COUNT = 32, 56
SEGMENT_SIZE, SEGMENT_LOAD, SEGMENT_FILE_SIZE, SEGMENT_MEMORY_SIZE = 56, 1, 32, 40
EXECUTABLE = 1  # PF_X
SECTION_SIZE, SECTION_SYMBOLS = 64, 2

NOP = 0x00000013
SFENCE_VMA, SFENCE_VMA_MASK = 0x12000073, 0xFE007FFF


class Segment(NamedTuple):
    header: int  # where its header is in the file
    flags: int
    offset: int
    va: int
    length: int


class Elf:
    """A RISC-V ELF file that begins at `base` in `content`. All offsets are into `content`."""

    def __init__(self, content, base=0):
        self.content, self.base = content, base

    def field(self, form, at):
        return struct.unpack_from("<" + form, self.content, self.base + at)[0]

    def segments(self):
        first = self.base + self.field("Q", FILE_SEGMENTS)
        for i in range(self.field("H", FILE_SEGMENT_COUNT)):
            header = first + i * SEGMENT_SIZE
            kind, flags, offset, va, _, length = struct.unpack_from("<IIQQQQ", self.content, header)
            if kind == SEGMENT_LOAD:
                yield Segment(header, flags, self.base + offset, va, length)

    def code(self):
        return [segment for segment in self.segments() if segment.flags & EXECUTABLE]

    def functions(self):
        """(va, name) of what stands in code, sorted: labels of the assembler too, but not $x and such."""
        sections = [
            struct.unpack_from("<IIQQQQII", self.content, self.base + self.field("Q", FILE_SECTIONS) + i * SECTION_SIZE)
            for i in range(self.field("H", FILE_SECTION_COUNT))
        ]
        symbols = next(section for section in sections if section[1] == SECTION_SYMBOLS)
        names = self.base + sections[symbols[6]][4]
        for at in range(self.base + symbols[4], self.base + symbols[4] + symbols[5], 24):
            name, _, _, _, va, _ = struct.unpack_from("<IBBHQQ", self.content, at)
            text = self.content[names + name : self.content.index(b"\0", names + name)].decode()
            if text and not text.startswith("$") and any(0 <= va - s.va < s.length for s in self.code()):
                yield va, text

    def fences(self):
        """(offset, function) of every SFENCE.VMA. Code is a multiple of two bytes, so any even place may be one."""
        functions = sorted(self.functions())
        for segment in self.code():
            for i in range(0, segment.length - 3, 2):
                (word,) = struct.unpack_from("<I", self.content, segment.offset + i)
                if word & SFENCE_VMA_MASK == SFENCE_VMA:
                    yield segment.offset + i, [name for va, name in functions if va <= segment.va + i][-1]


def bundled_kernel(content):
    """The RISC-V ELF file in pagewalk's binary that has system calls; the other one is firmware."""
    found, at = [], content.find(ELF_MAGIC, 1)
    while at > 0:
        if struct.unpack_from("<H", content, at + FILE_MACHINE)[0] == MACHINE_RISCV:
            found.append(Elf(content, at))
        at = content.find(ELF_MAGIC, at + 1)
    found = [elf for elf in found if any(name == "syscall_handle" for _, name in elf.functions())]
    assert len(found) == 1, f"{len(found)} kernels in the binary"
    return found[0]


def begin_with(content, prelude):
    """The kernel behind other code: that is put behind the code of its first page, which starts where RAM does."""
    kernel = bundled_kernel(content)
    segment = min(kernel.code(), key=lambda segment: segment.va)
    place = segment.length + -segment.length % 16
    length = place + len(prelude)
    assert not any(content[segment.offset + place : segment.offset + length]), "no room for the prelude"
    content[segment.offset + place : segment.offset + length] = prelude
    for field in (SEGMENT_FILE_SIZE, SEGMENT_MEMORY_SIZE):
        struct.pack_into("<Q", content, segment.header + field, length)
    struct.pack_into("<Q", content, kernel.base + FILE_ENTRY, segment.va + place)


def prelude_code():
    elf = Elf((PROGRAMS / "dirty_tlb").read_bytes())
    (segment,) = elf.code()
    entry = elf.field("Q", FILE_ENTRY) - segment.va
    return elf.content[segment.offset + entry : segment.offset + segment.length]


def words_of(program):
    """The program of a row, as words of a command."""
    return (program,) if program.startswith("user/") else ("fences", program)


class Case(NamedTuple):
    """What a pagewalk is run with."""

    words: tuple  # the program and its arguments
    asid_bits: int = ASID_BITS
    ad: str = "hw"
    dirty: bool = False

    def command(self):
        program = self.words[0]
        path = USER / program.removeprefix("user/") if program.startswith("user/") else PROGRAMS / program
        return [path, *self.words[1:]]


def case_of(row):
    return Case(words_of(row.program), asid_bits=row.asid_bits, dirty=row.dirty)


class Run(NamedTuple):
    status: int
    output: str
    said: str
    attempts: int
    counts: dict


class Bench:
    """Copies of pagewalk with and without fences, and what they do. None stands for the whole kernel."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.content = PAGEWALK.read_bytes()
        self.fences = list(bundled_kernel(self.content).fences())
        self.whole_runs = {}

    def pagewalk(self, fence, dirty):
        path = self.folder / f"pagewalk-{fence}-{dirty}"
        if not path.exists():
            content = bytearray(self.content)
            if fence is not None:
                struct.pack_into("<I", content, fence, NOP)
            if dirty:
                begin_with(content, prelude_code())
            path.write_bytes(content)
            path.chmod(0o755)
        return path

    def run(self, fence, case, limit):
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        words = [
            self.pagewalk(fence, case.dirty),
            "run",
            f"--tlb=unforgiving,asid={case.asid_bits}",
            f"--ad={case.ad}",
            "--mem=16M",
            "--swap=64M",
            f"--json={report}",
            f"--max-instructions={limit}",
            *case.command(),
        ]
        done = subprocess.run(words, capture_output=True, stdin=subprocess.DEVNULL, timeout=TIMEOUT, check=False)
        counts = json.loads(report.read_text())
        numbers = dict(counts["faults"])
        for name in ("minor_faults", "cow_faults", "ad_faults", "refused_faults", "swap_ins", "swap_outs"):
            numbers[name] = sum(process[name] for process in counts["processes"])
        output, said = (stream.decode(errors="replace") for stream in (done.stdout, done.stderr))
        return Run(done.returncode, output, said, counts["attempts"], numbers)

    def whole(self, case):
        if case not in self.whole_runs:
            self.whole_runs[case] = self.run(None, case, LIMIT)
        return self.whole_runs[case]

    def signs(self, fence, case):
        """What is otherwise without the fence. Four times as many instructions are taken to be without end."""
        whole = self.whole(case)
        limit = 4 * whole.attempts
        run = self.run(fence, case, limit)
        signs = set()
        if run.status == LIMIT_REACHED and run.attempts >= limit:
            signs.add(ENDLESS)
        if (run.status, run.output, run.said) != (whole.status, whole.output, whole.said):
            signs.add(OUTPUT)
        for name, count in run.counts.items():
            if count != whole.counts[name]:
                signs.add(f"{'more' if count > whole.counts[name] else 'fewer'} {name}")
        return signs


class Fences(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.bench = Bench(cls.folder.name)

    def check_whole(self, case, output):
        run = self.bench.whole(case)
        self.assertEqual((run.status, run.output), (0, output), run.said)

    def test_each_fence_has_a_row_and_each_row_a_fence(self):
        found = {function for _, function in self.bench.fences}
        self.assertEqual(found, ROWS.keys() | EQUIVALENT.keys())
        self.assertFalse(ROWS.keys() & EQUIVALENT.keys())

    def test_the_whole_kernel_passes(self):
        for _, row in ALL_ROWS:
            with self.subTest(row=row):
                self.check_whole(case_of(row), row.output)
        for program, output in OUTPUTS.items():
            with self.subTest(program=program):
                self.check_whole(Case(words_of(program)), output)

    def test_without_a_fence_its_row_shows_it(self):
        fences = {function: fence for fence, function in self.bench.fences}
        for function, row in ALL_ROWS:
            with self.subTest(fence=function, program=row.program, why=row.why):
                self.assertIn(row.sign, self.bench.signs(fences[function], case_of(row)))

    def test_what_is_said_to_be_equivalent_is_not_seen(self):
        cases = [Case(words_of(program)) for program in OUTPUTS] + [case_of(row) for _, row in ALL_ROWS]
        for (fence, function), case in itertools.product(self.bench.fences, dict.fromkeys(cases)):
            if function in EQUIVALENT:
                with self.subTest(fence=function, case=case):
                    self.assertEqual(self.bench.signs(fence, case), set())


def all_cases():
    """Case -> what the whole kernel prints, or None."""
    outputs = {words_of(program): output for program, output in OUTPUTS.items()} | dict.fromkeys(OTHERS)
    cases = {
        Case(words, asid_bits, ad): output
        for (words, output), asid_bits, ad in itertools.product(outputs.items(), (0, 1, 2, ASID_BITS), ("hw", "svade"))
    }
    dirty = {case._replace(dirty=True): output for case, output in cases.items() if "page_mapped" in case.words}
    return cases | dirty


@unittest.skipUnless(IS_FULL, "PAGEWALK_FULL is not set")
class AllConfigurations(unittest.TestCase):
    def test_each_fence_with_all_programs(self):
        cases = all_cases()
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(folder)
            for case, output in cases.items():
                with self.subTest(case=case):
                    whole = bench.whole(case)
                    self.assertNotIn(whole.status, (LIMIT_REACHED, 99), whole.said)
                    if output is not None:
                        self.assertEqual((whole.status, whole.output), (0, output), whole.said)
            for fence, function in bench.fences:
                seen = [(case, signs) for case in cases if (signs := bench.signs(fence, case))]
                print(f"{function}: seen in {len(seen)} of {len(cases)} runs", flush=True)
                with self.subTest(fence=function):
                    self.assertEqual(bool(seen), function in ROWS, seen[:1])


if __name__ == "__main__":
    PAGEWALK, PROGRAMS, USER = map(Path, sys.argv[1:4])
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
