#!/usr/bin/env python3
"""The built-in firmware: every call of the SBI, right and wrong, and what must hold around them.

Usage: sbi_test.py PAGEWALK GUEST-FOLDER

The guest (guest/sbi_calls) makes the calls and knows the answers. Those that any firmware gives are held
against QEMU's own OpenSBI too, where QEMU is there.
"""

import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

PAGEWALK = ""
CALLS = pathlib.Path()
QEMU = shutil.which("qemu-system-riscv64")

# Programs for S-mode, as words, for what ends a run: a7 and the arguments, ECALL, and then for ever.
ADDI = 0x00000013
LUI = 0x00000037
ECALL = 0x00000073
JUMP_HERE = 0x0000006F
BACK_IF_A0_IS_NEGATIVE = 0xFE054AE3  # blt a0, x0, 3 instructions back
A0, A1, A6, A7 = 10, 11, 16, 17
SRST, LEGACY_SHUTDOWN = 0x53525354, 8


def load_immediate(register, value):
    """Two instructions that put a value of 31 bits into a register."""
    low = value & 0xFFF
    high = (value + 0x800) & 0xFFFFF000
    return [LUI | register << 7 | high, ADDI | register << 15 | register << 7 | low << 20]


def kernel(extension, *arguments):
    """Raw code that makes one call and then does nothing more."""
    words = load_immediate(A7, extension) + load_immediate(A6, 0)
    for register, value in zip((A0, A1), arguments):
        words += load_immediate(register, value)
    return struct.pack(f"<{len(words) + 2}I", *words, ECALL, JUMP_HERE)


class Sbi(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def run_kernel(self, file, *options, content=b""):
        command = [PAGEWALK, "run", "--max-instructions=50000000", *options, f"--kernel={file}"]
        return subprocess.run(command, input=content, capture_output=True, timeout=120, check=False)

    def run_code(self, code, *options):
        file = self.folder / "kernel"
        file.write_bytes(code)
        return self.run_kernel(file, *options)

    def test_every_call_gives_what_it_must(self):
        outputs = set()
        for options in ([], ["--engine=reference"], ["--tlb=l1i=1,l1d=1,l2=none"], ["--ad=svadu"], ["--mem=8M"]):
            with self.subTest(options=options):
                done = self.run_kernel(CALLS, *options)
                self.assertNotIn(b"WRONG", done.stdout)
                self.assertEqual(done.stdout.splitlines()[-1], b"0 wrong")
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertIn(b"text\nwrite: 0 0x5\n", done.stdout)
                outputs.add(done.stdout)
        self.assertEqual(len(outputs), 1)

    def test_what_is_typed_comes_from_the_console_call(self):
        getchar = load_immediate(A7, 2) + [ECALL]
        file = self.folder / "kernel"
        words = getchar + [BACK_IF_A0_IS_NEGATIVE] + load_immediate(A7, 1) + [ECALL] + load_immediate(A7, 8) + [ECALL]
        file.write_bytes(struct.pack(f"<{len(words)}I", *words))
        done = self.run_kernel(file, content=b"z\n")
        self.assertEqual((done.returncode, done.stdout), (0, b"z"), done.stderr)

    def test_the_run_ends_as_asked(self):
        reboot = ["--no-reboot"]
        for code, options, status in (
            (kernel(SRST, 0, 0), [], 0),
            (kernel(SRST, 0, 1), [], 1),
            (kernel(SRST, 1, 0), reboot, 0),
            (kernel(SRST, 2, 1), reboot, 0),
            (kernel(LEGACY_SHUTDOWN), [], 0),
        ):
            with self.subTest(code=code):
                done = self.run_code(code, *options)
                self.assertEqual((done.returncode, done.stdout), (status, b""), done.stderr)

    def test_a_reboot_begins_again(self):
        out = self.folder / "counts.json"
        done = self.run_code(kernel(SRST, 1, 0), "--max-instructions=100000", f"--json={out}")
        self.assertEqual(done.returncode, 124)
        self.assertGreater(json.loads(out.read_bytes())["resets"]["count"], 10)

    def test_firmware_that_is_not_told_where_to_go_on_says_so(self):
        """The firmware as a program: a2 is 0, where no memory is, and that is the trap of its own."""
        done = subprocess.run(
            [PAGEWALK, "run", CALLS.parent / "sbi/sbi.elf"], capture_output=True, timeout=60, check=False
        )
        self.assertEqual(done.returncode, 120)
        self.assertRegex(done.stdout, rb"^firmware: unexpected trap, mcause 0x5, mepc 0x8000\w+, mtval 0x0\n$")

    @unittest.skipUnless(QEMU, "QEMU is not there")
    def test_opensbi_gives_the_common_answers(self):
        uart = self.folder / "uart"
        options = ["-M", "virt", "-m", "128M", "-display", "none", "-monitor", "none", "-no-reboot"]
        subprocess.run(
            [QEMU, *options, "-serial", f"file:{uart}", "-kernel", CALLS],
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=True,
        )
        lines = uart.read_bytes().splitlines()
        self.assertEqual([line for line in lines if b"WRONG" in line], [])
        self.assertEqual(lines[-1], b"0 wrong")


if __name__ == "__main__":
    PAGEWALK, CALLS = sys.argv[1], pathlib.Path(sys.argv[2]) / "sbi_calls.elf"
    unittest.main(argv=sys.argv[:1])
