"""walk_cases.py - pagewalk walk, on a program whose page tables are known byte by byte."""

import guest_elf as g
from case import Case, guest


class Program(Case):
    """A program whose page tables are its data, so that every PTE is known.

    0x40201000 -> 0x80005000, a 4 KiB page, readable, A and D clear (VPN 1, 1, 1)
    0x80000000 -> itself, a 1 GiB page, for everything, A and D set (VPN 2)
    """

    ROOT, MIDDLE, LEAF, PAGE = (g.RAM + n * 0x1000 for n in (1, 2, 3, 5))

    def end(self):
        """What the program does when it has turned Sv39 on, in M-mode."""
        return g.PASS

    def table(self, entries):
        page = bytearray(4096)
        for index, pte in entries.items():
            page[index * 8 : index * 8 + 8] = pte.to_bytes(8, "little")
        return bytes(page)

    def setUp(self):
        super().setUp()
        pointer, read_only, everything = 0x01, 0x03, 0xCF
        code = [
            *[g.addi(g.T0, g.ZERO, -1), 0x00A2D293, g.csrw(g.PMPADDR0, g.T0)],  # srli t0, t0, 10
            *[g.addi(g.T0, g.ZERO, 0x1F), g.csrw(g.PMPCFG0, g.T0)],  # NAPOT, RWX
            *[g.addi(g.T0, g.ZERO, 1), g.slli(g.T0, g.T0, 63)],  # Sv39: mode 8
            *g.load_number(g.T1, self.ROOT >> 12),
            *[0x006282B3, g.csrw(g.SATP, g.T0), g.SFENCE_VMA],  # add t0, t0, t1
            *self.end(),
        ]
        elf = g.Elf(code)
        elf.add(self.ROOT, self.table({1: self.MIDDLE >> 2 | pointer, 2: g.RAM >> 2 | everything}))
        elf.add(self.MIDDLE, self.table({1: self.LEAF >> 2 | pointer}))
        elf.add(self.LEAF, self.table({1: self.PAGE >> 2 | read_only}))
        elf.symbol("here", g.RAM + 4, 0x100).symbol("data", 0x40201000, 0x1000)
        elf.symbol("never", g.RAM + 0x4000, 8)
        self.program = self.file("p", elf.build())
        self.attempts = len(code) - 1  # all but the loop behind the store that ends the run

    def walk(self, *words):
        result = self.run_it("walk", *words)

        self.assertEqual(result.returncode, 0, result.stderr.decode())
        return result.stdout.decode()


class Walk(Program):
    def test_is_told_step_by_step(self):
        end = g.RAM + 4 * self.attempts
        self.assertEqual(
            self.walk("--mode=s", self.program, "0x40201234"),
            f"moment     after {self.attempts} instructions, at pc 0x{end:x} "
            f"(here+0x{end - g.RAM - 4:x})\n"
            "access     a load from 0x0000000040201234 in S-mode, SUM=0 MXR=0, A and D set by "
            "hardware\n"
            "satp       0x8000000000080001: Sv39, ASID 0, root table at 0x80001000\n"
            "address    0x0000000040201234\n"
            "           VPN[2]  000000001    = 0x001 (1)\n"
            "           VPN[1]  000000001    = 0x001 (1)\n"
            "           VPN[0]  000000001    = 0x001 (1)\n"
            "           offset  001000110100 = 0x234 (564)\n"
            "           bits 63 to 39 all equal bit 38\n"
            "TLB        L1D miss\n"
            "           L2  miss\n"
            "walk       level 2: the PTE at 0x80001008 is 0x0000000020000801\n"
            "                    pointer to the table at 0x80002000\n"
            "           level 1: the PTE at 0x80002008 is 0x0000000020000c01\n"
            "                    pointer to the table at 0x80003000\n"
            "           level 0: the PTE at 0x80003008 is 0x0000000020001403\n"
            "                    leaf of a 4 KiB page at 0x80005000:\n"
            "                    readable, not writable, not executable, not for U-mode, not "
            "accessed, not dirty\n"
            "           the access sets A in that PTE\n"
            "result     physical address 0x0000000080005234, in RAM\n",
        )

    def test_tells_every_way_to_be_refused(self):
        rows = (
            (("--mode=s", "--access=store"), "0x40201000", "page fault: .*W=0", 15),
            (("--mode=s", "--access=fetch"), "0x40201000", "page fault: .*X=0", 12),
            (("--mode=u",), "0x40201000", "page fault: .*U=0", 13),
            (("--mode=s", "--ad=svade"), "0x40201000", "page fault: .*A=0", 13),
            (("--mode=s",), "0x40202000", r"page fault: .*V=0", 13),
            (("--mode=s",), "0x4000000000", "page fault: the bits above", 13),
            (("--mode=s",), "0x90000000", "where nothing answers", 5),
        )
        for words, va, pattern, cause in rows:
            with self.subTest(words=words, va=va):
                text = self.walk(*words, self.program, va)
                self.assertRegex(text, rf"(?m)^result .*{pattern}")
                self.assertRegex(text, rf"exception {cause}, ")

    def test_takes_symbols_and_numbers_as_the_address(self):
        for va in ("0x40201008", "1075843080", "data+8", "data+0x8"):
            with self.subTest(va):
                self.assertIn(
                    "address 0x0000000080005008, in RAM", self.walk("--mode=s", self.program, va)
                )

    def test_superpages(self):
        text = self.walk("--mode=s", "--access=store", self.program, "0x81234567")

        self.assertIn("leaf of a 1 GiB page at 0x80000000:", text)
        self.assertNotIn("the access sets", text)
        self.assertIn("physical address 0x0000000081234567, in RAM", text)

    def test_at_a_moment(self):
        rows = (
            ("0", "after 0 instructions, at pc 0x80000000\n"),
            ("3", "after 3 instructions, at pc 0x8000000c (here+0x8)\n"),
            ("here", "after 1 instructions, at pc 0x80000004 (here)\n"),
        )
        for at, line in rows:
            with self.subTest(at):
                text = self.walk(f"--at={at}", self.program, "0x80000000")
                self.assertIn(line, text)
                self.assertIn("nothing is translated in M-mode", text)
                self.assertIn("physical address 0x0000000080000000, in RAM", text)

    def test_in_bare_mode_says_so(self):
        self.assertIn(
            "while satp is Bare", self.walk("--at=0", "--mode=s", self.program, "0x80000000")
        )

    def test_names_pmp_if_it_refuses(self):
        self.assertIn(
            "refused by PMP\n", self.walk("--at=0", "--mode=s", self.program, "0x80000000")
        )

    def test_options_may_follow(self):
        self.assertIn("pc 0x80000004", self.walk(self.program, "0x80000000", "--at=here"))

    def test_of_a_moment_that_never_comes_is_an_error(self):
        self.refuses("--at=never", "walk", "--at=never", self.program, "0")
        self.refuses("--at=1000000", "walk", "--at=1000000", self.program, "0")
        self.refuses("--at=9", "walk", "--at=9", "--max-instructions=5", self.program, "0")

    def test_hits_are_told_from_the_cache(self):
        text = self.walk("--mode=u", guest("hello"), "user_main")

        self.assertRegex(text, r"L2  hit:  the 4K page at 0x0000000080040000, ASID 0, PTE 0x")
        self.assertNotIn("level 0", text)

    def test_keeps_the_guests_console_away(self):
        result = self.run_it("walk", guest("hello"), "0")

        self.assertIn(b"Hello", result.stderr)
        self.assertNotIn(b"Hello", result.stdout)


class CachedWalk(Program):
    """The program loads from its pages as S-mode would, by MPRV; then it takes one of them away,
    and no fence says so."""

    SET_MSTATUS, CLEAR_MSTATUS = 0x3002A073, 0x3002B073  # csrs, csrc: the bits of t0
    LOAD, STORE_ZERO = 0x00033383, 0x00033023  # ld t2, 0(t1); sd zero, 0(t1)

    def end(self):
        return [
            *g.load_number(g.T0, 1 << 17 | 1 << 11),  # MPRV, and S-mode in MPP
            *[*g.load_number(g.T1, 0x40201000), self.SET_MSTATUS, self.LOAD],
            *[*g.load_number(g.T1, g.RAM >> 3), g.slli(g.T1, g.T1, 3), self.LOAD],
            self.CLEAR_MSTATUS,
            *[*g.load_number(g.T1, (self.LEAF + 8) >> 3), g.slli(g.T1, g.T1, 3), self.STORE_ZERO],
            *g.PASS,
        ]

    def test_tells_page_tables_that_say_otherwise(self):
        text = self.walk("--mode=s", self.program, "0x40201234")

        self.assertIn(
            "TLB        L1D hit:  the 4K page at 0x0000000040201000, ASID 0, PTE "
            "0x0000000020001443\n",
            text,
        )
        self.assertTrue(
            text.endswith(
                "result     physical address 0x0000000080005234, in RAM\n"
                "stale      the page tables say otherwise, and no fence has told so:\n"
                "tables     level 2: the PTE at 0x80001008 is 0x0000000020000801\n"
                "                    pointer to the table at 0x80002000\n"
                "           level 1: the PTE at 0x80002008 is 0x0000000020000c01\n"
                "                    pointer to the table at 0x80003000\n"
                "           level 0: the PTE at 0x80003008 is 0x0000000000000000\n"
                "                    not valid (V=0)\n"
                "           the page-table entry is not valid (V=0)\n"
            ),
            text,
        )

    def test_that_agrees_with_the_page_tables_says_no_more(self):
        self.assertNotIn("stale", self.walk("--mode=s", self.program, "0x80000000"))

    def test_names_what_the_walk_cache_answered(self):
        rows = (
            (
                "8:pte",
                "walk       level 2: the walk cache has the PTE at 0x80001008 as "
                "0x0000000020000801\n",
            ),
            (
                "8:va",
                "walk       level 1: the walk cache knows it, so that no level above is read: "
                "0x0000000020000c01\n",
            ),
        )
        for cache, line in rows:
            with self.subTest(cache):
                words = (f"--tlb=default,pwc={cache}", "--mode=s", self.program, "0x40202000")
                text = self.walk(*words)
                self.assertIn(line, text)
                self.assertIn("level 0: the PTE at 0x80003010 is 0x0", text)

    def test_tells_pieces_from_pages(self):
        text = self.walk(
            "--tlb=l1i=1,l1d=4:4K:2M:pieces", "--mode=s", self.program, "0x80000008"
        )

        self.assertIn("L1D hit:  the 2M piece at 0x0000000080000000 of a 1G page, ASID 0", text)
        self.assertIn("physical address 0x0000000080000008, in RAM\n", text)
