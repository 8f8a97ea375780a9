#!/usr/bin/env python3
"""boot_test.py - firmware and a Linux that others built, OpenSBI, U-Boot and Debian's kernel, run as they are.

Usage: boot_test.py PAGEWALK FOLDER [TEST...]

FOLDER is what fetch_debian.py fills, and is filled now if it is not; without it the test is skipped. Scripts of
scripts/ run in the guest, in the initramfs of initramfs.py; what comes to the console must be what they print, and
no complaint of the kernel with it: it prints warnings too.

By default one boot, of the variant that PAGEWALK_SEED draws, and U-Boot; everything with PAGEWALK_FULL.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import fetch_debian
import initramfs

HERE = Path(__file__).resolve().parent
PAGEWALK = FOLDER = Path()
FULL = "PAGEWALK_FULL" in os.environ
SEED = int(os.environ.get("PAGEWALK_SEED", "1"))
TIMEOUT = 900  # seconds, for one run on a slow machine
MEMORY = 256  # MiB

# What comes before the kernel's and the scripts' lines: the last line of OpenSBI's banner.
BANNER_END = "Boot HART MEDELEG"

# Firmware: the file of Debian's opensbi; None for pagewalk's own SBI.
FIRMWARE = {"fw_dynamic.bin": 0x1, "fw_dynamic.elf": 0x1, "fw_jump.bin": 0x1, "fw_jump.elf": 0x1, None: None}
# name: firmware and options
VARIANTS = {
    f"{firmware or 'own SBI'}, {tlb}": (firmware, options)
    for firmware in ("fw_dynamic.bin", "fw_jump.bin", None)
    for tlb, options in {
        "default TLB": [],
        "tiny TLB": ["--tlb=l1i=2,l1d=2"],
        "unforgiving TLB": ["--tlb=unforgiving"],
    }.items()
}
VARIANTS |= {
    "fw_dynamic.elf": ("fw_dynamic.elf", []),
    "fw_jump.elf": ("fw_jump.elf", []),
    "Sv48": ("fw_dynamic.bin", ["--mmu=sv48"]),
    "Sv57": (None, ["--mmu=sv57"]),
    "Svade": (None, ["--ad=svade"]),
    "Svadu": ("fw_dynamic.bin", ["--ad=svadu"]),
}


def firmware_file(name):
    return FOLDER / "firmware/usr/lib/riscv64-linux-gnu/opensbi/generic" / name


def u_boot():
    return FOLDER / "firmware/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin"


def kernel():
    return initramfs.kernel_of(FOLDER / "linux")


def busybox():
    return FOLDER / "riscv64/usr/bin/busybox"


def pagewalk(firmware, *options, stdin=b""):
    bios = [f"--bios={firmware_file(firmware)}"] if firmware else []
    command = [PAGEWALK, "run", f"--mem={MEMORY}M", *bios, *options]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=TIMEOUT, check=False)


def lines_of(console):
    """Lines behind the firmware's banner."""
    lines = [line.rstrip("\r") for line in console.decode(errors="replace").split("\n")]
    ends = [number for number, line in enumerate(lines) if line.startswith(BANNER_END)]
    return [line for line in lines[ends[-1] + 1 if ends else 0 :] if line]


class Linux(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.work = Path(cls.place.name)
        scripts = [(file.name, file.read_bytes()) for file in sorted((HERE / "scripts").glob("*.sh"))]
        scripts += cls.programs()
        (cls.work / "initramfs").write_bytes(initramfs.make(FOLDER / "linux", busybox(), scripts))

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    @classmethod
    def programs(cls):
        output = cls.work / "perf_tlb"
        command = ["riscv64-linux-gnu-gcc", "-std=c17", "-D_GNU_SOURCE", "-O2", "-static", f"-I{HERE.parents[1]}"]
        subprocess.run([*command, HERE / "perf_tlb.c", "-o", output], check=True)
        return [("perf_tlb", output.read_bytes())]

    def boot(self, firmware, options, append):
        words = f"console=ttyS0 loglevel=5 printk.time=0 panic=-1 {append}"
        given = [f"--kernel={kernel()}", f"--initrd={self.work / 'initramfs'}", f"--append={words}"]
        return pagewalk(firmware, *given, *options)

    def lines(self, firmware, options, append):
        done = self.boot(firmware, ["--no-reboot", *options], append)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr)
        return lines_of(done.stdout)

    def check_machine(self, lines, firmware, options):
        """The lines of machine.sh."""
        memory = next(int(line.split()[2]) for line in lines if line.startswith("machine memory"))
        isa = next(line for line in lines if line.startswith("machine isa")).split()[2].split("_")
        mmu = next((option[6:] for option in options if option.startswith("--mmu=")), "sv39")
        self.assertEqual(lines[0], f"kernel Linux {kernel().name.split('-', 1)[1]} riscv64")
        self.assertEqual(isa[0], "rv64imafdc")
        self.assertLessEqual({"zba", "zbb", "zbc", "zbs", "zicbom", "zicboz", "sstc", "svinval", "svnapot"}, set(isa))
        self.assertIn(f"machine mmu {mmu}", lines)
        self.assertTrue(0.65 * MEMORY < memory < MEMORY, memory)
        if FIRMWARE[firmware] is not None:
            self.assertIn(f"machine SBI {FIRMWARE[firmware]:#x}", lines)
        common = [line for line in lines[1:] if not line.startswith(("machine ", "extensions "))]
        self.assertEqual(
            common,
            [
                "harts 1",
                "clock riscv_clocksource",
                "interrupts of the UART: some",
                "interrupts of the timer: some",
                "complaints 0",
            ],
        )

    def check_work(self, lines, count):
        content = hashlib.sha256(b"p" * (count << 20)).hexdigest()
        self.assertEqual(
            lines,
            [
                f"{content}  -",
                f"sum of squares {sum(number * number for number in range(1, 21))}",
                "one two three four",
                f"through a pipe {sum(range(1, 20001))}",
                "half a second took half a second",
                "Segmentation fault",
                f"killed by a signal: {128 + 11}",
                "reboot: Power down",
            ],
        )

    def check_variant(self, name, count):
        firmware, options = VARIANTS[name]
        lines = self.lines(firmware, options, f'do="machine work" count={count}')
        begin = next(number for number, line in enumerate(lines) if line.startswith("complaints")) + 1
        self.check_machine(lines[:begin], firmware, options)
        self.check_work(lines[begin:], count)

    def test_variants(self):
        names = list(VARIANTS) if FULL else [list(VARIANTS)[SEED % len(VARIANTS)]]
        for number, name in enumerate(names):
            with self.subTest(name=name, seed=SEED):
                self.check_variant(name, 16 if FULL and number == 0 else 1)

    @unittest.skipUnless(FULL, "needs PAGEWALK_FULL")
    def test_two_boots_are_the_same_and_so_is_one_of_the_reference_engine(self):
        results = []
        for engine in ("fast", "fast", "reference"):
            output = self.work / "result.json"
            done = self.boot(None, [f"--engine={engine}", f"--json={output}"], "do=machine")
            results.append((done.returncode, done.stdout, output.read_bytes()))
        self.assertEqual(results[0][0], 0)
        self.assertEqual(results[0], results[1])
        self.assertEqual(results[0], results[2])

    @unittest.skipUnless(FULL, "needs PAGEWALK_FULL")
    def test_reboot(self):
        once = self.boot("fw_dynamic.bin", ["--no-reboot"], "do=machine end=reboot")
        self.assertEqual((once.returncode, once.stdout.count(b"complaints 0")), (0, 1), once.stderr)
        again = self.boot(None, ["--max-instructions=2500000000"], "do=machine end=reboot")
        self.assertEqual(again.returncode, 124, again.stderr)
        self.assertGreaterEqual(again.stdout.count(b"complaints 0"), 2)

    @unittest.skipUnless(FULL, "needs PAGEWALK_FULL")
    def test_perf_in_the_guest_counts_what_the_report_counts(self):
        import perf_counts

        for firmware in ("fw_dynamic.bin", None):
            output = self.work / "perf.json"
            done = self.boot(firmware, [f"--json={output}"], "do=perf")
            said = perf_counts.disagreements(done.stdout.decode(errors="replace"), json.loads(output.read_text()))
            self.assertEqual((done.returncode, said), (0, []), done.stdout[-2000:])

    def make_disk(self):
        """An ext4 file system, and the content of its file from-host."""
        folder, image = self.work / "files", self.work / "disk"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        content = "".join(f"line {number} of the host\n" for number in range(20000)).encode()
        (folder / "from-host").write_bytes(content)
        shutil.copy(busybox(), folder / "busybox")
        shutil.copy(HERE / "scripts/root_init.sh", folder / "init.sh")
        image.unlink(missing_ok=True)
        self.tool("mke2fs", "-q", "-t", "ext4", "-d", folder, image, "32M")
        return image, content

    def tool(self, *command):
        path = os.environ["PATH"] + ":/usr/sbin:/sbin"
        done = subprocess.run(
            command, env=os.environ | {"PATH": path}, capture_output=True, timeout=TIMEOUT, check=False
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def from_disk(self, image, path):
        return self.tool("debugfs", "-R", f"cat {path}", image)

    @unittest.skipUnless(FULL, "needs PAGEWALK_FULL")
    def test_disk(self):
        image, content = self.make_disk()
        other = self.work / "readonly"
        shutil.copy(image, other)
        before = other.read_bytes()
        drives = [f"--drive={image}", f"--drive={other},ro"]
        digest = hashlib.sha256(content).hexdigest()
        lines = self.lines("fw_dynamic.bin", drives, 'do="disk readonly"')
        self.assertEqual(
            [line for line in lines if not line.startswith(("Warning", "EXT4-fs (vdb)"))],
            [
                f"from the host: {digest}  -",
                "a program on the disk: 42",
                "after a mount: 48 files, file 8",
                "read-only: 1",
                f"readable: {digest}  -",
                "dd refused",
                "reboot: Power down",
            ],
        )
        self.assertEqual(other.read_bytes(), before)
        self.tool("e2fsck", "-fn", image)
        turned = content.translate(bytes.maketrans(bytes(range(97, 123)), bytes([*range(110, 123), *range(97, 110)])))
        self.assertEqual(self.from_disk(image, "/from-guest"), turned)
        self.assertEqual(self.from_disk(image, "/many/50"), b"file 50\n")

    @unittest.skipUnless(FULL, "needs PAGEWALK_FULL")
    def test_root_file_system(self):
        image, _ = self.make_disk()
        lines = self.lines(None, [f"--drive={image}"], "do=root end=switch")
        self.assertEqual(lines, ["root is /dev/vda ext4, process 1", "reboot: Power down"])
        self.tool("e2fsck", "-fn", image)
        self.assertEqual(self.from_disk(image, "/from-root"), b"written by the guest\n")


class UBoot(unittest.TestCase):
    def check(self, firmware):
        # The first bytes are lost when firmware and U-Boot set the UART up; any key stops the autoboot.
        typed = b"\n" * 24 + b"version\nsetexpr sum 0x1234 * 0x10\nprintenv sum\npoweroff\n"
        done = pagewalk(firmware, f"--kernel={u_boot()}", stdin=typed)
        text = done.stdout.decode(errors="replace").replace("\r", "")
        self.assertEqual(done.returncode, 0, text + done.stderr.decode())
        self.assertRegex(text, r"U-Boot \d+\.\d+")
        self.assertIn(f"DRAM:  {MEMORY} MiB", text)
        self.assertRegex(text, re.compile(r"=> version\nU-Boot \d", re.MULTILINE))
        self.assertIn("=> printenv sum\nsum=12340\n=> poweroff\n", text)

    def test_u_boot_to_its_prompt(self):
        for firmware in ("fw_dynamic.bin", None):
            with self.subTest(firmware=firmware):
                self.check(firmware)


if __name__ == "__main__":
    PAGEWALK, FOLDER = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    try:
        fetch_debian.fetch(FOLDER, ["riscv64", "linux", "firmware"])
    except fetch_debian.Missing as why:
        print(f"skipped: {why}", file=sys.stderr)
        sys.exit(fetch_debian.SKIPPED)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
