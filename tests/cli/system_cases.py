"""system_cases.py - systems: firmware, kernels, what they are given, drives, and starting again."""

import json
import os
import shutil
import struct
import subprocess
import unittest

import guest_elf as g
import json_shape
from case import TIMEOUT, Case

A1, A2 = 11, 12
KERNEL = 0x8020_0000
RESET = g.finish(0x7777)
NO_DISK = {"requests": 0, "reads": 0, "writes": 0, "flushes": 0}
NO_DISK |= {"bytes_read": 0, "bytes_written": 0, "failed": 0}


def load(rd, rs1, imm):
    return g.i_type(0x03, 3, rd, rs1, imm)


# Goes on where the information in a2 says, as firmware does, but in M-mode.
GO_ON = [load(g.T0, A2, 16), g.i_type(0x67, 0, 0, g.T0, 0)]
FAIL_42 = g.finish(42 << 16 | 0x3333)


def image(code, size=0x10000, text_offset=0x20_0000, flags=0):
    """An Image of Linux: code behind its header, which begins with a jump there."""
    header = struct.pack(
        "<IIQQQIIQ8s4sI",
        g.jal(0, 64),
        0,
        text_offset,
        size,
        flags,
        2,
        0,
        0,
        b"RISCV",
        b"RSC\x05",
        0,
    )
    return header + g.words(code)


class System(Case):
    def setUp(self):
        super().setUp()
        self.bios = self.file("fw.bin", g.words(GO_ON))
        self.kernel = self.file("Image", image(FAIL_42))

    def status(self, *words):
        result = self.run_it("run", *words)
        self.assertEqual(result.stderr.decode(), "")
        return result.returncode


class Boot(System):
    def test_every_kind_of_firmware_goes_on_in_every_kind_of_kernel(self):
        firmware = (self.bios, self.file("fw.elf", g.Elf(GO_ON).build()))
        low = g.Elf(entry=KERNEL).add(KERNEL, g.words(FAIL_42))
        high = g.Elf(entry=g.RAM + 0x40_0004).add(g.RAM + 0x40_0000, g.words([0, *FAIL_42]))
        kernels = (
            self.kernel,
            self.file("raw", g.words(FAIL_42)),
            self.file("low.elf", low.build()),
            self.file("high.elf", high.build()),
        )
        for bios in firmware:
            for kernel in kernels:
                with self.subTest(bios=bios, kernel=kernel):
                    self.assertEqual(self.status("--bios", bios, "--kernel", kernel), 42)

    def test_without_a_kernel_firmware_goes_on_where_one_would_be(self):
        both = g.Elf(GO_ON).add(KERNEL, g.words(FAIL_42)).build()

        self.assertEqual(self.status("--bios", self.file("both.elf", both)), 42)

    def test_without_firmware_there_is_that_of_pagewalk_and_its_memory_is_reserved(self):
        for words in ((), ("--dtb=tree",)):
            self.assertEqual(self.status("--kernel", self.kernel, *words, "--dump-dtb=tree"), 42)
            tree = (self.folder / "tree").read_bytes()
            self.assertIn(b"firmware@80000000\0", tree)
        result = self.run_it("walk", "--kernel", self.kernel, f"--at={KERNEL:#x}", "0x1000")

        self.assertEqual(result.returncode, 0, result.stderr.decode())
        self.assertIn("in S-mode", result.stdout.decode())
        self.assertNotIn("firmware@", self.tree_of("--bios", self.bios))

    def tree_of(self, *words):
        self.run_it("run", *words, "--kernel", self.kernel, "--dump-dtb=tree")
        return (self.folder / "tree").read_bytes().decode("latin-1")

    def test_the_initrd_is_in_memory_where_the_tree_says(self):
        initrd = self.file("initrd", struct.pack("<Q", FAIL_42[0]) * 1000)
        words = ("--bios", self.bios, "--kernel", self.kernel, "--initrd", initrd, "--mem=64M")
        self.assertEqual(self.status(*words, "--dump-dtb=t", "--append=console=ttyS0 quiet"), 42)
        tree = (self.folder / "t").read_bytes()
        start = g.RAM + (64 << 20) - 0x1000 * 4

        self.assertIn(b"console=ttyS0 quiet\0", tree)
        self.assertIn(struct.pack(">Q", start), tree)
        self.assertIn(struct.pack(">Q", start + 8000), tree)

    def test_another_device_tree_takes_the_place_of_the_machines(self):
        self.status("--bios", self.bios, "--kernel", self.kernel, "--dump-dtb=own")
        words = ("--bios", self.bios, "--kernel", self.kernel, "--dtb=own", "--mem=64M")
        self.assertEqual(self.status(*words, "--dump-dtb=same"), 42)
        self.assertEqual(self.status(*words, "--append=ours", "--dump-dtb=other"), 42)

        for name, has_ours in (("same", False), ("other", True)):
            tree = (self.folder / name).read_bytes()
            self.assertIn(struct.pack(">QQ", g.RAM, 128 << 20), tree)
            self.assertEqual(b"ours\0" in tree, has_ours)

    def test_the_seed_is_the_only_noise(self):
        words = ("--bios", self.bios, "--kernel", self.kernel, "--dump-dtb=tree", "--json=counts")
        trees = []

        for seed in (1, 1, 2):
            self.status(*words, f"--seed={seed}")
            trees.append([(self.folder / name).read_bytes() for name in ("tree", "counts")])
        self.assertEqual(trees[0], trees[1])
        self.assertNotEqual(trees[0][0], trees[2][0])
        self.assertEqual(len(trees[0][0]), len(trees[2][0]))

    @unittest.skipIf(shutil.which("dtc") is None, "the device-tree compiler is not there")
    def test_the_compiler_of_device_trees_finds_nothing_to_warn_of(self):
        initrd = self.file("initrd", b"files")
        words = ("--bios", self.bios, "--kernel", self.kernel, "--initrd", initrd, "--append=a b")

        for ad in ("hw", "svade", "svadu"):
            self.status(*words, f"--ad={ad}", "--dump-dtb=tree")
            command = ["dtc", "-I", "dtb", "-O", "dts", "-o", "source", "tree"]
            result = subprocess.run(command, cwd=self.folder, capture_output=True, timeout=TIMEOUT)
            self.assertEqual((result.returncode, result.stderr), (0, b""))

    def test_walk_and_stat_take_systems(self):
        words = ("--bios", self.bios, "--kernel", self.kernel)
        result = self.run_it("walk", *words, "--at=3", hex(KERNEL))

        self.assertEqual(result.returncode, 0, result.stderr.decode())
        self.assertIn(f"after 3 instructions, at pc {KERNEL + 64:#x}", result.stdout.decode())
        result = self.run_it("stat", *words)
        self.assertEqual(result.returncode, 42)
        self.assertIn("WHOLE RUN", result.stderr.decode())

    def test_both_engines_say_the_same(self):
        outputs = []

        for engine in ("fast", "reference"):
            words = ("--bios", self.bios, "--kernel", self.kernel, f"--engine={engine}")
            outputs.append(self.run_it("run", "--json=-", *words).stdout)
        self.assertEqual(*outputs)


class Refused(System):
    def refused(self, option, name, pattern):
        words = {"--bios": self.bios, "--kernel": self.kernel, option: name}
        self.refuses(pattern, "run", *(word for pair in words.items() for word in pair))

    def test_what_is_no_file(self):
        (self.folder / "folder").mkdir()
        os.mkfifo(self.folder / "pipe")
        self.file("empty", b"")
        with (self.folder / "large").open("wb") as file:
            file.truncate((1 << 30) + 1)
        for option, kind in (
            ("--bios", "firmware"),
            ("--kernel", "a kernel"),
            ("--initrd", "an initrd"),
            ("--dtb", "a device tree"),
        ):
            with self.subTest(option):
                self.refused(option, "missing", "missing cannot be opened: No such file")
                self.refused(option, "folder", f"folder is a directory, not {kind}")
                self.refused(option, "pipe", "pipe is not a regular file")
                self.refused(option, "empty", "empty is empty")
                self.refused(option, "large", f"larger than 1024 MiB, too large for {kind}")

    def test_what_is_of_another_kind(self):
        linux = self.file("linux.elf", g.Elf(entry=0x10000).add(0x10000, bytes(8)).build())
        pc = g.Elf(GO_ON)
        pc.machine = g.MACHINE_X86_64
        foreign = self.file("foreign", pc.build())
        packed = self.file("packed", b"\x1f\x8b\x08" + bytes(100))

        self.refused("--bios", self.kernel, "Image is an Image of Linux, which --kernel is for")
        for option, kind in (("--bios", "firmware"), ("--kernel", "a kernel")):
            self.refused(option, linux, f"linux.elf is a program of Linux, not {kind}")
            self.refused(option, foreign, "foreign is for x86-64, not RISC-V")
            self.refused(option, packed, r"packed is compressed \(gzip\): unpack it first")
        self.refused("--dtb", packed, "packed is no device tree: FDT_ERR_BADMAGIC")

    def test_images_that_cannot_run(self):
        self.refused("--kernel", self.file("be", image(FAIL_42, flags=1)), "big-endian kernel")
        self.refused("--kernel", self.file("m", image(FAIL_42, text_offset=0)), "at offset 0x0")

    def test_what_does_not_fit(self):
        words = ("run", "--mem=64M", "--bios", self.bios, "--kernel")
        large = self.file("large", image(FAIL_42, size=100 << 20))
        with (self.folder / "initrd").open("wb") as file:
            file.truncate(100 << 20)
        bios = self.file("bios", bytes(4 << 20))

        pattern = "segment of 104857600 bytes at 0x80200000 lies outside the memory"
        self.refuses(pattern, *words, large)
        pattern = (
            "Image: 67108864 bytes of memory .* its 65536 bytes at 0x80200000 and, at their end, "
            "an initrd of 104857600 bytes, a device tree of [0-9]+ and 4096"
        )
        self.refuses(pattern, *words, self.kernel, "--initrd=initrd")
        pattern = "65536 bytes at 0x80200000 and the 4194304 bytes at 0x80000000 of bios overlap"
        self.refuses(pattern, "run", "--bios", bios, "--kernel", self.kernel)

    def test_options_that_do_not_go_together(self):
        program = self.elf(*g.PASS)
        system = ("run", "--bios", self.bios)

        for words in (("--set=a=1",), ("--signature=s",), ("--swap=4K",), ("--file=x",)):
            self.refuses("goes with a PROGRAM, not with a system", *system, *words)
        for words in (("--initrd=x",), ("--append=x",)):
            self.refuses("goes with a system, so give --kernel or --bios", "run", *words, program)
        self.refuses("'program.elf' is one word too many: .*--append", *system, program)
        self.refuses("no VA given", "walk", "--bios", self.bios)
        self.refuses("'2' is one word too many", "walk", "--bios", self.bios, "1", "2")

    def test_names_that_are_none(self):
        for option in ("bios", "kernel", "initrd", "dtb", "drive"):
            self.refuses(f"--{option}=: a file needs a name", "run", f"--{option}=")
        self.refuses("--drive=,ro: a file needs a name", "run", "--drive=,ro")
        self.refuses("--time=now: must be virtual or host", "run", "--time=now")


class Drives(System):
    def test_are_in_slots_in_their_order(self):
        self.file("a", bytes(512))
        self.file("b", bytes(1024))
        for words in (("--bios", self.bios, "--kernel", self.kernel), (self.elf(*FAIL_42),)):
            run = self.counts("--drive=b", "--drive", "a,ro", *words, status=42)
            want = [{"name": f"drive{i}", **NO_DISK} for i in range(2)]

            self.assertEqual(run["disks"], want)
            self.assertEqual(list(json_shape.mistakes(run, json_shape.RUN)), [])

    def test_tell_the_guest_how_long_they_are(self):
        """Ends with the capacity, in sectors, of the drive in the slot."""
        self.file("a", bytes(5 * 512))
        self.file("b", bytes(7 * 512))

        for slot, want in ((0, 7), (1, 5)):
            code = [
                *g.load_number(g.T2, 0x1000_1000 + slot * 0x1000),
                g.i_type(0x03, 2, g.T1, g.T2, 0x100),
                g.slli(g.T1, g.T1, 16),
                *g.load_number(g.T2, 0x3333),
                g.i_type(0x33, 0, g.T1, g.T1, g.T2),
                g.lui(g.T0, g.FINISHER),
                g.sw(g.T1, g.T0, 0),
            ]
            self.assertEqual(self.status("--drive=b", "--drive=a", self.elf(*code)), want)

    def test_that_are_none(self):
        program = self.elf(*g.PASS)
        (self.folder / "folder").mkdir()
        self.file("empty", b"")
        self.file("odd", bytes(513))
        self.file("disk", bytes(512))

        for name, why in (
            ("missing", "No such file"),
            ("folder", "(Is a directory|it is no file that could be a disk)"),
            ("empty", "the image is empty"),
            ("odd", "513 bytes are not a multiple of 512"),
        ):
            for suffix in ("", ",ro"):
                self.refuses(f"--drive={name}: {why}", "run", f"--drive={name}{suffix}", program)
        self.refuses("one drive too many: a machine", "run", *["--drive=disk,ro"] * 9, program)
        self.refuses("--swap: goes without --drive", "run", "--swap=4K", "--drive=disk", program)
        self.refuses("--disk-fail: goes without", "run", "--disk-fail=1", "--drive=disk", program)
        linux = self.file("linux.elf", g.Elf(entry=0x10000).add(0x10000, bytes(8)).build())
        self.refuses("linux.elf: --drive and --dtb are for", "run", "--drive=disk", linux)

    def test_one_file_may_be_read_twice_but_not_written(self):
        program = self.elf(*FAIL_42)
        self.file("disk", bytes(512))
        (self.folder / "link").hardlink_to(self.folder / "disk")

        self.assertEqual(self.status("--drive=disk,ro", "--drive=link,ro", program), 42)
        for first, second in (("", ""), (",ro", ""), ("", ",ro")):
            words = (f"--drive=disk{first}", f"--drive=link{second}", program)
            self.refuses("--drive=link: is the same file as --drive=disk", "run", *words)


class Reset(System):
    def test_starts_the_guest_again_until_it_is_stopped(self):
        for words in (("--bios", self.file("fw", g.words(RESET))), (self.elf(*RESET),)):
            length = len(RESET) - 1  # the jump behind it is not reached
            run = self.counts(f"--max-instructions={length * 3}", *words, status=124)

            self.assertEqual(run["instructions"], length * 3)
            self.assertEqual(run["resets"], {"count": 3, "entries_killed": 0})

    def test_ends_the_run_where_that_is_asked_for(self):
        run = self.counts("--no-reboot", self.elf(*RESET))

        self.assertEqual(run["exit"], {"reason": "guest", "code": 0, "status": 0})
        self.assertEqual(run["resets"]["count"], 0)

    def test_settings_hold_at_every_start(self):
        """Ends with the number that was set, unless it is 7, which its first run makes of it."""
        word = g.RAM + 0x1000
        at_word = 0x17 | g.T2 << 7 | 0x1000  # auipc t2, 1
        code = [
            at_word,
            load(g.T0, g.T2, 0),
            g.addi(g.T1, 0, 5),
            g.sw(g.T0, g.T2, 8),
            g.sw(g.T1, g.T2, 0),
            *RESET,
        ]
        program = g.Elf(code).add(word, bytes(16)).symbol("word", word, 8)
        program.symbol("begin_signature", word + 8).symbol("end_signature", word + 16)
        limit = f"--max-instructions={len(code) - 1 + 4}"  # the jump at the end is not reached
        name = self.file("p.elf", program.build())
        self.run_it("run", "--set=word=7", "--signature=s", limit, name)

        self.assertEqual((self.folder / "s").read_text(), f"{7:016x}\n")

    def test_is_in_the_table(self):
        result = self.run_it("stat", "--max-instructions=9", self.elf(*RESET))

        self.assertRegex(result.stderr.decode(), r"(?m)^resets +\d+ +of the machine: killed 0$")

    def test_the_trace_goes_on(self):
        self.run_it("run", "--trace=insn:t", "--max-instructions=8", self.elf(*RESET))
        lines = (self.folder / "t").read_text().splitlines()

        self.assertEqual(len(lines), 8)
        self.assertEqual(sum(f"{g.RAM:#018x}" in line for line in lines), 2)


class Repetition(System):
    def test_of_two_boots_are_the_same(self):
        outputs = []

        for _ in range(2):
            result = self.run_it("run", "--json=-", "--bios", self.bios, "--kernel", self.kernel)
            outputs.append(result.stdout)
        self.assertEqual(*outputs)
        run = json.loads(outputs[0])
        self.assertEqual(list(json_shape.mistakes(run, json_shape.RUN)), [])
