"""usage_cases.py - help, and what is wrong with a command line or a program."""

import re
import subprocess

import guest_elf as g
from case import Case, guest


class Help(Case):
    OF_RUN = (
        "bios kernel initrd append drive dtb no-reboot time "
        "tlb classes cost seed json mem swap disk-latency disk-fail file root verbose mmu engine ad "
        "set symbols from to max-instructions signature signature-granularity trace dump-dtb help"
    )
    OPTIONS = {
        "run": OF_RUN,
        "stat": OF_RUN,
        "walk": "bios kernel initrd append drive dtb no-reboot time tlb seed mem swap disk-latency disk-fail file root verbose mmu engine ad set "
        "symbols max-instructions at process access mode help",
        "check": "tlb engine ad mmu format rule list runner timeout isa rules help",
        "presets": "json help",
        "diff": "json max-increase help",
    }

    def test_of_pagewalk_lists_the_commands(self):
        result = self.run_it("--help")

        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stderr, b"")
        for command in self.OPTIONS:
            self.assertIn(f"pagewalk {command} ", result.stdout.decode())

    def test_of_every_command_teaches_by_example_and_has_its_options(self):
        for command, options in self.OPTIONS.items():
            with self.subTest(command):
                result = self.run_it(command, "--help")
                text = result.stdout.decode()
                shown = re.findall(r"^  --([a-z-]+)", text, re.MULTILINE)

                self.assertEqual(result.returncode, 0)
                self.assertEqual(result.stderr, b"")
                self.assertTrue(text.startswith(f"usage: pagewalk {command} "))
                self.assertRegex(text, rf"(?m)^  pagewalk {command}\b")
                self.assertEqual(sorted(shown), sorted(options.split()))

    def test_examples_of_stat_and_walk_with_guests_of_ours_work(self):
        for command in ("run", "stat", "walk"):
            text = self.run_it(command, "--help").stdout.decode()
            for line in re.findall(r"^  pagewalk (.*hello\.elf.*)$", text, re.MULTILINE):
                words = re.sub(r"  +.*", "", line).replace("hello.elf", guest("hello")).split()
                with self.subTest(line):
                    self.assertEqual(self.run_it(*words).returncode, 0)

    def test_version(self):
        result = self.run_it("--version")

        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertRegex(result.stdout.decode(), r"\Apagewalk \d+\.\d+\.\d+\n\Z")

    def test_that_cannot_be_printed_is_an_error(self):
        with open("/dev/full", "wb") as full:
            result = self.run_it(
                "--help", capture_output=False, stdout=full, stderr=subprocess.PIPE
            )
        self.assertEqual(result.returncode, 125)
        self.assertRegex(result.stderr.decode(), r"\Apagewalk: standard output: [^\n]+\n\Z")


class Usage(Case):
    def test_mistakes_are_named(self):
        program = self.elf(*g.PASS)
        rows = (
            ("no command", ()),
            ("'fly'", ("fly",)),
            ("'--fly'", ("--fly",)),
            ("no PROGRAM", ("run",)),
            ("no PROGRAM", ("run", "--mem=8M")),
            ("no VA", ("walk", program)),
            ("'more'", ("walk", program, "0", "more")),
            ("'--fly'", ("run", "--fly", program)),
            ("'--js'", ("run", "--js", "x", program)),
            ("'--json'", ("run", "--json")),
            ("'-j'", ("run", "-j", program)),
            ("--mem=12Q", ("run", "--mem=12Q", program)),
            ("--mem=5000", ("run", "--mem=5000", program)),
            ("--ad=soft", ("run", "--ad=soft", program)),
            ("--set=x", ("run", "--set=x", program)),
            ("--max-instructions=-1", ("run", "--max-instructions=-1", program)),
            ("--signature-granularity=3", ("run", "--signature-granularity=3", program)),
            ("--trace=bus:x", ("run", "--trace=bus:x", program)),
            ("--access=x", ("walk", "--access=x", program, "0")),
            ("--mode=m", ("walk", "--mode=m", program, "0")),
        )
        for pattern, words in rows:
            with self.subTest(words):
                self.refuses(re.escape(pattern), *words)

    def test_a_bad_tlb_is_named_part_by_part(self):
        program = self.elf(*g.PASS)
        rows = (
            ("l1i=0,l1d=4", "l1i=0"),
            ("l1i=4,l1d=0x4", "l1d=0x4"),
            ("l1i=4,l1d=4x0", "l1d=4x0"),
            ("l1i=4,l1d=3x4", "l1d=3x4"),
            ("l1i=4,l1d=65537", "l1d=65537"),
            ("l1i=4,l1d=65536x2", "l1d=65536x2"),
            ("l1i=4,l1d=99999999999999999999", "l1d=99999999999999999999"),
            ("l1i=4,l1d=4:mru", "l1d=4:mru"),
            ("l1d=4", "l1d=4"),
            ("l1i=4", "l1i=4"),
            ("l1i=4,l1d=4,l3=4", "l3=4"),
            ("l1i=4,l1d=4,asid=17", "asid=17"),
            ("nothing", "nothing"),
            ("", ""),
        )
        for spec, part in rows:
            with self.subTest(spec):
                self.refuses(re.escape(f"--tlb={spec}: '{part}' "), "run", f"--tlb={spec}", program)

    def test_a_bad_part_of_a_tlb_file_is_named_with_the_file(self):
        program = self.elf(*g.PASS)
        rows = (
            (b"l1i=4\nl1d=3x4\n", "'l1d=3x4' "),
            (b"l1i=4 # no l1d\n", "'l1i=4' "),
            (b"l1i=4\nl1d=4:mru\n", "'l1d=4:mru' "),
            (b"", "has nothing in it"),
            (b"# nothing\n\n", "has nothing in it"),
            (b"\x7fELF\0\0", "is no text file"),
            (b"l1i=4\n" + b"#" * 65536, "has more than 65536 bytes"),
        )
        for text, pattern in rows:
            self.file("mine", text)
            with self.subTest(text[:20]):
                self.refuses(re.escape(f"--tlb=@mine: {pattern}"), "run", "--tlb=@mine", program)
        self.refuses("--tlb=@none: cannot be opened: No such", "stat", "--tlb=@none", program)
        self.refuses("--tlb=@.: cannot be read: Is a", "walk", "--tlb=@.", program, "0")
        self.refuses("--tlb=@: a file needs a name", "run", "--tlb=@", program)

    def test_ad_of_a_core_that_nobody_knows(self):
        for tlb in ("default", "l1i=4,l1d=4"):
            self.refuses(
                f"--ad=core: --tlb={tlb} does not say", "run", "--ad=core", f"--tlb={tlb}", "p"
            )
        self.refuses("--ad=core: --tlb=default does not say", "check", "--ad=core")

    def test_symbols_that_do_not_exist(self):
        program = self.file("p", g.Elf(g.PASS).symbol("small", g.RAM, 4).build())

        self.refuses("--set=nosuch=1: p .*'nosuch'", "run", "--set=nosuch=1", program)
        self.refuses("--set=small=1: 'small' has 4 bytes", "run", "--set=small=1", program)
        self.refuses("--at=nosuch: p ", "walk", "--at=nosuch", program, "0")
        self.refuses("'nosuch' is no address", "walk", program, "nosuch")

    def test_set_outside_ram(self):
        program = self.file("p", g.Elf(g.PASS).symbol("far", 0x1000).build())

        self.refuses("--set=far=1: 'far' is at 0x1000", "run", "--set=far=1", program)

    def test_options_after_the_program_belong_to_the_guest(self):
        program = self.elf(*g.PASS)

        self.assertEqual(self.run_it("run", program, "--fly", "-c").returncode, 0)


class BadPrograms(Case):
    def test_files_that_are_no_programs(self):
        good = g.Elf(g.PASS).build()
        (self.folder / "folder").mkdir()
        rows = {
            "missing": None,
            "folder": None,
            "empty": b"",
            "text": b"hello\n" * 100,
            "magic": b"\x7fELF",
            "header": good[:64],
            "cut": good[:100],
        }
        for name, content in rows.items():
            if content is not None:
                self.file(name, content)
            with self.subTest(name):
                self.refuses(name, "run", "--json=j", name)

    def refuses_elf(self, name, elf, pattern=""):
        with self.subTest(name):
            self.refuses(f"{name}.*{pattern}", "run", "--json=j", self.file(name, elf.build()))

    def test_elf_files_for_something_else(self):
        for name, change in (
            ("x86", {"machine": g.MACHINE_X86_64}),
            ("32-bit", {"elf_class": 1}),
            ("big-endian", {"data": 2}),
            ("object", {"kind": 1}),
            ("core", {"kind": 4}),
        ):
            elf = g.Elf(g.PASS)
            vars(elf).update(change)
            self.refuses_elf(name, elf)

    def test_segments_that_cannot_be(self):
        code = g.words(g.PASS)
        past = g.Elf(g.PASS)
        past.segment_offset[0] = 1 << 40
        self.refuses_elf("past-the-end", past)
        self.refuses_elf("none", g.Elf())
        self.refuses_elf("overlap", g.Elf(g.PASS).add(g.RAM + 8, code))
        self.refuses_elf("below-ram", g.Elf(g.PASS).add(0x1000, code), "0x1000")
        self.refuses_elf("above-ram", g.Elf(g.PASS).add(g.RAM + (1 << 40), code))
        self.refuses_elf("around", g.Elf(g.PASS).add(2**64 - 8, code))
        self.refuses_elf("huge", g.Elf(g.PASS).add(g.RAM + 4096, b"", 2**63))

    def test_memory_that_is_too_small(self):
        program = self.file("big", g.Elf(g.PASS).add(g.RAM + 0x10000, bytes(4096)).build())

        self.refuses("big.*--mem", "run", "--mem=64K", program)
        self.refuses("big.*--mem", "run", "--mem=68K", program)  # no room for the device tree
        self.assertEqual(self.run_it("run", "--mem=128K", program).returncode, 0)
