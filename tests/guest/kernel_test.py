#!/usr/bin/env python3
"""Static programs for Linux do under the bundled kernel what the same sources do natively.

Usage: kernel_test.py PAGEWALK KERNEL PROGRAMS NATIVE [--quick]

--quick leaves out what says nothing about pagewalk's fast engine: QEMU, and the reference engine.

KERNEL is kernel.elf. PROGRAMS has the programs of tests/guest/kernel_programs for RISC-V, NATIVE the same
as native_NAME for the host. Each case runs on the fast engine, and under QEMU if it is there; one in four, drawn
by PAGEWALK_SEED, and with PAGEWALK_FULL all, on the reference engine too, which must give the same report. What
only this kernel does is compared with a text.
"""

import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import unittest

import kernel_cases_files
import kernel_cases_paths
import kernel_cases_signals
import kernel_cases_threads
import kernel_on_qemu
from kernel_case import case, exception, fault, refusal

PAGEWALK = ""
KERNEL = pathlib.Path()
PROGRAMS = pathlib.Path()
NATIVE = pathlib.Path()

SEED = int(os.environ.get("PAGEWALK_SEED", "1"))
ENGINES = ("fast", "reference")
SHARE = 1 if "PAGEWALK_FULL" in os.environ else 4  # one in so many cases is for the slow engine
if "--quick" in sys.argv:
    sys.argv.remove("--quick")
    ENGINES = ("fast",)
    kernel_on_qemu.QEMU = None

STARTUP = """PATH=/bin
HOME=/
TERM=dumb
one place: 1
home: /
page size: 4096, 4096
has segments: 1, headers of 56: 1
path: /bin/startup
random bytes: 1, secure: 0, base: 0
argc is aligned: 1
"""

SEGMENTS = "constants are there\n"

# Where guest/kernel/layout.h puts it; its headers behind the ELF header of 64 bytes.
PIE = """constants are found by relocated addresses
and all of them
loaded at       0x0000000200000000
headers at +    0x0000000000000040
headers         0x0000000000000000
entry at _start+0x0000000000000000
dynamic linker  0x0000000000000000
break at end+   0x0000000000000000
break grows by  0x0000000000000064
zeroes          0x0000000000000000
"""

CASES = [
    *kernel_cases_files.CASES,
    *kernel_cases_paths.CASES,
    *kernel_cases_signals.CASES,
    *kernel_cases_threads.CASES,
    case("hello", why="no argument"),
    case("hello", "a", "two words", "ü", status=3, why="arguments, and a status"),
    case("hello", "", "a", "", status=3, why="empty arguments"),
    case("startup", expected=STARTUP, why="stack, environment, auxiliary vector"),
    case("startup", "x" * 100000, "y", expected=STARTUP + "an argument of 100000 bytes\nan argument of 1 bytes\n", why="a long argument"),
    case("made_code", expected="42\n1001\n", why="code that the program writes"),
    case("segments_code", status=6, expected=SEGMENTS, why="constants on a page of code"),
    case("segments_data", status=6, expected=SEGMENTS, why="data on a page of constants"),
    case("segments_zeroes", status=6, expected=SEGMENTS, why="zeroes on a page of data, segments out of order"),
    case(
        "segments_refused",
        status=126,
        says=["/bin/segments_refused: two segments share a page that would be writable and executable"],
        expected="",
        why="data on a page of code",
    ),
    case("pie", status=5, expected=PIE, why="a program that is linked for no address"),
    case(
        "pie",
        "fault",
        status=139,
        says=[r"pie \(pid 1\): write to 0x0 refused: the page is not mapped; at 0x200000[0-9a-f]{3} in write_null; .*"],
        expected="",
        why="a function of it",
    ),
    case("system", says=[r"system \(pid 1\): unknown system call 1999, answered with ENOSYS"], why="questions"),
    case("floats", why="floating-point registers of several processes"),
    fault("write_null", 139, refusal("write to 0x0", "not mapped", "write_null")),
    fault("read_nowhere", 139, refusal("read of 0x123456789000", "not mapped", "read_nowhere")),
    fault("read_kernel", 139, refusal("read of 0xffffffc080002000", "the kernel's", "read_kernel")),
    fault("write_constant", 139, refusal("write to 0x[0-9a-f]+", "r-[-x]", "write_constant")),
    fault("write_code", 139, refusal("write to 0x1[0-9a-f]{4}", "r-x", "write_code")),
    fault("run_data", 139, refusal("execution of 0x[0-9a-f]+", "rw-", "an unknown function", "0x[0-9a-f]+")),
    fault("write_closed", 139, refusal("write to 0x3f[0-9a-f]{8}", "---", "write_closed")),
    fault("overflow_stack", 139, refusal("write to 0x3fff7fe[0-9a-f]{3}", "---", ".*")),
    fault("run_illegal", 132, exception("illegal instruction", "run_illegal", 4)),
    fault("run_privileged", 132, exception("illegal instruction", "run_privileged", 4)),
    fault("run_breakpoint", 133, exception("breakpoint", "run_breakpoint", 5)),
    fault("abort", 134),
]


def command(*words, stdin=b""):
    done = subprocess.run(words, input=stdin, capture_output=True, timeout=600, check=False)
    return done.returncode, done.stdout, done.stderr


def split_errors(errors):
    """The kernel's lines, without what marks them, and what the program itself wrote."""
    lines = errors.decode().splitlines(keepends=True)
    said = [line.removeprefix("kernel: ").rstrip("\n") for line in lines if line.startswith("kernel: ")]
    return said, "".join(line for line in lines if not line.startswith("kernel: "))


class Programs(unittest.TestCase):
    maxDiff = 4000

    def run_cases(self, run, cases):
        for program, arguments, stdin, status, says, expected, why in cases:
            with self.subTest(program=program, why=why):
                got_status, output, errors = run(program, arguments, stdin)
                said, own_errors = split_errors(errors)
                native = (status, (expected or "").encode(), b"")
                if expected is None:
                    native = command(NATIVE / f"native_{program}", *arguments, stdin=stdin)
                self.assertEqual(output.decode(errors="replace"), native[1].decode(errors="replace"))
                self.assertEqual(output, native[1])
                self.assertEqual((got_status, own_errors), (native[0], native[2].decode()))
                self.assertEqual(got_status, status)
                self.assertEqual(len(said), len(says), said)
                for line, pattern in zip(said, says):
                    self.assertRegex(line, f"^{pattern}$")

    def test_on_pagewalk(self):
        reports = {}

        def run(engine, program, arguments, stdin):
            with tempfile.TemporaryDirectory() as folder:
                report = pathlib.Path(folder) / "report.json"
                options = ("--verbose", f"--engine={engine}", f"--json={report}")
                done = command(PAGEWALK, "run", *options, PROGRAMS / program, *arguments, stdin=stdin)
                said = reports.setdefault((program, arguments, stdin), report.read_bytes())
                self.assertEqual(report.read_bytes(), said, "the engines differ")
                return done

        for engine in ENGINES:
            cases = CASES if engine == "fast" else CASES[SEED % SHARE :: SHARE]
            with self.subTest(engine=engine):
                self.run_cases(lambda *row, engine=engine: run(engine, *row), cases)

    @unittest.skipIf(kernel_on_qemu.QEMU is None, "qemu-system-riscv64 is not there")
    def test_on_qemu(self):
        def run(program, arguments, stdin):
            return kernel_on_qemu.run(KERNEL, PROGRAMS / program, arguments, stdin=stdin, append="verbose")

        self.run_cases(run, CASES)


# Offsets in the file header and in a program header.
HEADER_TYPE, HEADER_MACHINE, HEADER_SEGMENTS, HEADER_COUNT = 16, 18, 32, 56
SEGMENT_TYPE, SEGMENT_OFFSET, SEGMENT_VA, SEGMENT_FILE_SIZE, SEGMENT_MEMORY_SIZE = 0, 8, 16, 32, 40
SEGMENT_SIZE, SEGMENT_LOAD, SEGMENT_INTERPRETER = 56, 1, 3


def first_segment(content, kind=SEGMENT_LOAD):
    (at,) = struct.unpack_from("<Q", content, HEADER_SEGMENTS)
    while struct.unpack_from("<I", content, at)[0] != kind:
        at += SEGMENT_SIZE
    return at


def poke(content, form, at, value):
    changed = bytearray(content)
    struct.pack_into("<" + form, changed, at, value)
    return bytes(changed)


def poke_segment(form, field, value):
    return lambda content: poke(content, form, first_segment(content) + field, value)


def poke_first(form, at, value):
    return lambda content: poke(content, form, at, value)


DAMAGES = [
    ("an empty file", lambda content: b"", "it is no ELF file"),
    ("a short file", lambda content: content[:63], "it is no ELF file"),
    ("a text", lambda content: b"# no script\n" * 20, "it is no ELF file"),
    ("another machine", poke_first("H", HEADER_MACHINE, 62), "it is not for 64-bit RISC-V"),
    ("an object file", poke_first("H", HEADER_TYPE, 1), "it is no executable"),
    ("headers outside", poke_first("Q", HEADER_SEGMENTS, 1 << 63), "its program headers are damaged"),
    ("too many headers", poke_first("H", HEADER_COUNT, 65535), "its program headers are damaged"),
    ("cut in the middle", lambda content: content[:3000], "a segment is not in the file"),
    ("a far offset", poke_segment("Q", SEGMENT_OFFSET, (1 << 64) - 4096), "a segment is not in the file"),
    (
        "less memory than file",
        poke_segment("Q", SEGMENT_MEMORY_SIZE, 5),
        "a segment is longer in the file than in memory",
    ),
    ("a low address", poke_segment("Q", SEGMENT_VA, 0x1000), "a segment lies where no program may be"),
    ("the upper half", poke_segment("Q", SEGMENT_VA, 0xFFFFFFC080000000), "a segment lies where no program may be"),
    ("without end", poke_segment("Q", SEGMENT_MEMORY_SIZE, (1 << 64) - 1), "a segment lies where no program may be"),
    ("moved by a byte", poke_segment("Q", SEGMENT_VA, 0x10001), "a segment begins at another place .*"),
    ("over the next", poke_segment("Q", SEGMENT_MEMORY_SIZE, 1 << 24), "its segments overlap"),
    (
        "nothing",
        lambda content: poke_segment("I", SEGMENT_TYPE, 0)(poke_segment("I", SEGMENT_TYPE, 0)(content)),
        "it has nothing to load",
    ),
    (
        "an interpreter",
        poke_segment("I", SEGMENT_TYPE, SEGMENT_INTERPRETER),
        "it is dynamically linked, .* link it with -static",
    ),
]


@unittest.skipIf(kernel_on_qemu.QEMU is None, "qemu-system-riscv64 is not there")
class Damaged(unittest.TestCase):
    """What the emulator would not give to the kernel; on QEMU nobody looks before."""

    def test_a_program_that_cannot_be_loaded_is_refused_with_a_reason(self):
        whole = (PROGRAMS / "hello").read_bytes()
        for name, damage, reason in DAMAGES:
            with self.subTest(damage=name):
                files = kernel_on_qemu.files_of(PROGRAMS / "hello")
                files["bin/hello"] = damage(whole)
                done = kernel_on_qemu.run_files(KERNEL, files)
                self.assertEqual((done[0], done[1]), (126, b""), done)
                self.assertRegex(done[2].decode(), f"^kernel: /bin/hello: {reason}\n$")

    def test_a_damaged_program_never_stops_the_kernel(self):
        whole = (PROGRAMS / "hello").read_bytes()
        draw = random.Random(39)
        for turn in range(12):
            changed = bytearray(whole)
            for _ in range(draw.randrange(1, 6)):
                changed[draw.choice((draw.randrange(64), 64 + draw.randrange(56 * 5)))] = draw.randrange(256)
            files = kernel_on_qemu.files_of(PROGRAMS / "hello")
            files["bin/hello"] = bytes(changed)
            with self.subTest(turn=turn):
                status, _, errors = kernel_on_qemu.run_files(KERNEL, files)
                self.assertNotEqual(status, 124, errors)

    def test_a_start_that_makes_no_sense_is_told(self):
        files = kernel_on_qemu.files_of(PROGRAMS / "hello")
        start = "etc/pagewalk/start"
        rows = [
            (b"", 126, "/etc/pagewalk/start: it names no program"),
            (b"/bin/hello", 126, "/etc/pagewalk/start: it names no program"),
            (b"/bin/other\x001\0other\0", 127, "/bin/other: there is no such program"),
            (b"/bin/hello\x0065537\0" + b"x\0" * 65537, 126, "/etc/pagewalk/start: too many arguments, .*"),
            *((b"/bin/hello\0" + rest, 126, "/etc/pagewalk/start: it does not hold as many arguments as it says")
              for rest in (b"", b"1", b"\0a\0", b"2\0a\0", b"1a\0a\0", b"-1\0a\0", b"1\0a", b"9" * 40 + b"\0a\0")),
        ]
        for content, status, reason in rows:
            with self.subTest(reason=reason):
                done = kernel_on_qemu.run_files(KERNEL, {**files, start: content})
                self.assertEqual((done[0], done[1]), (status, b""), done)
                self.assertRegex(done[2].decode(), f"^kernel: {reason}\n$")
        del files[start]
        done = kernel_on_qemu.run_files(KERNEL, files)
        self.assertEqual(done[0], 127)
        self.assertIn("there is nothing to run", done[2].decode())


if __name__ == "__main__":
    PAGEWALK = sys.argv[1]
    KERNEL, PROGRAMS, NATIVE = map(pathlib.Path, sys.argv[2:5])
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])
