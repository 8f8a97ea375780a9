"""region_cases.py - regions of programs without markers, and misses by function."""

import re

import guest_elf as g
import json_shape
from case import Case, guest

NOP = g.addi(g.ZERO, g.ZERO, 0)
BEGIN, END = (g.i_type(0x13, 2, g.ZERO, g.ZERO, marker) for marker in (1, 2))
EVENTS = ("l1i_misses", "l1d_misses", "l2_misses", "walks")


class Bounds(Case):
    """A loop of three rounds, of two instructions and a branch, then the end.

    0 start: addi; 4 loop: nop; 8 inside: addi; 12 branch; 16 after: nop; 20: five more
    """

    def setUp(self):
        super().setUp()
        code = [
            *[g.addi(g.A0, g.ZERO, 3), NOP, g.addi(g.A0, g.A0, -1), g.bne(g.A0, g.ZERO, -8)],
            *[NOP, *g.PASS],
        ]
        elf = g.Elf(code).symbol("start", g.RAM).symbol("loop", g.RAM + 4)
        elf.symbol("inside", g.RAM + 8).symbol("after", g.RAM + 16).symbol("never", g.RAM + 256)
        self.program = self.file("p", elf.build())
        self.retired = self.counts("p")["instructions"]

    def roi(self, *options):
        return self.counts(*options, self.program)["roi"]

    def test_hold_what_is_from_one_place_up_to_the_other(self):
        rows = (
            (("--from=loop", "--to=inside"), 3, "one instruction, three times"),
            (("--from=inside", "--to=loop"), 6 + self.retired - 10, "the last until the end"),
            (("--from=loop", "--to=after"), 9, "a begin inside is nothing"),
            (("--from=start", "--to=after"), 10, "from the first instruction"),
            (("--from=loop",), self.retired - 1, "until the end"),
            (("--to=after",), 10, "from the start"),
            (("--to=start",), 0, "which is the end already"),
            (("--from=loop", "--to=never"), self.retired - 1, "until the end"),
            (("--from=loop", "--to=loop"), self.retired - 1, "from round to round"),
            (("--from=loop+4", "--to=loop+0x8"), 3, "places beside a symbol"),
            (("--from=0x80000004", "--to=2147483656"), 3, "addresses"),
        )
        for options, instructions, why in rows:
            with self.subTest(options):
                self.assertEqual(self.roi(*options)["instructions"], instructions, why)

    def test_that_are_never_reached_are_no_region(self):
        self.assertIsNone(self.roi("--from=never", "--to=after"))

    def test_end_with_a_run_that_ends_inside(self):
        counts = self.counts("--from=loop", "--max-instructions=5", self.program, status=124)

        self.assertEqual(counts["roi"]["instructions"], 4)

    def test_change_nothing_else(self):
        for name in ("hello", "protection"):
            plain = self.counts(guest(name))
            for options in (
                ("--from=map", "--to=console_print"),
                ("--from=trap_entry", "--to=trap_entry"),
                ("--to=user_main",),
                ("--from=user_main+4",),
            ):
                with self.subTest(name, options=options):
                    bounded = self.counts(*options, guest(name))
                    self.assertIsNotNone(bounded["roi"])
                    self.assertEqual({**bounded, "roi": None}, {**plain, "roi": None})

    def test_go_together_with_markers(self):
        code = [NOP, BEGIN, NOP, END, NOP, BEGIN, NOP, *g.PASS]
        elf = g.Elf(code).symbol("a", g.RAM).symbol("b", g.RAM + 24)
        program = self.file("marked", elf.build())
        counts = self.counts("--from=a", "--to=b", program)

        self.assertEqual(counts["roi"]["instructions"], 4, "from a up to the end marker")
        self.assertEqual(counts["markers"]["begin"], 2)
        self.assertEqual(counts["markers"]["ignored_begins"], 1)
        self.assertEqual(counts["markers"]["ignored_ends"], 0)

    def test_must_be_places(self):
        for option in ("--from", "--to"):
            for place in ("nowhere", "loop+", "loop+x", "+4", "loop-4"):
                with self.subTest(option, place=place):
                    pattern = rf"{option}={re.escape(place)}: p has no such symbol$"
                    self.refuses(pattern, "run", f"{option}={place}", "p")
            self.refuses(f"{option}=: must be a symbol", "run", f"{option}=", "p")

    def test_are_for_run_and_stat(self):
        self.refuses("unknown option '--from=loop'", "walk", "--from=loop", "p", "0")


class Functions(Case):
    """What missed in which function."""

    def expect_whole(self, counts, where):
        """The rows add up to the totals, are in order, and none is empty."""
        rows = counts["by_function"]
        totals = [(counts[name] or {"misses": 0})["misses"] for name in json_shape.ARRAYS]
        totals.append(counts["walks"]["count"])
        self.assertEqual([sum(row[event] for row in rows) for event in EVENTS], totals, where)
        order = [(-sum(row[event] for event in EVENTS[:3]), row["symbol"]) for row in rows]
        self.assertEqual(order, sorted(order), where)
        self.assertEqual(len({row["symbol"] for row in rows}), len(rows), where)
        for row in rows:
            self.assertEqual(list(row), ["symbol", *EVENTS], where)
            self.assertTrue(any(row[event] for event in EVENTS), where)

    def test_add_up_to_the_totals(self):
        programs = (("hello",), ("protection",), ("stride", "--set=stride_rounds=200"))
        for name, *settings in programs:
            for tlb in ("default", "l1i=2,l1d=2", "l1i=1,l1d=1,l2=4"):
                with self.subTest(name, tlb=tlb):
                    options = (f"--tlb={tlb}", "--from=user_main", *settings)
                    counts = self.counts(*options, guest(name))
                    self.expect_whole(counts, "whole run")
                    self.expect_whole(counts["roi"], "region")

    def test_have_their_names(self):
        rows = {row["symbol"]: row for row in self.counts(guest("gups"))["by_function"]}

        self.assertEqual(next(iter(rows)), "user_main")
        self.assertGreater(rows["user_main"]["l1d_misses"], 100000)
        self.assertIn("boot_main", rows)
        self.assertNotIn("?", rows)

    def test_are_in_the_table(self):
        text = self.run_it("stat", guest("stride")).stderr.decode()

        self.assertRegex(text, r"(?m)^function +of all misses +L1I misses +L1D misses +L2 misses$")
        self.assertRegex(text, r"(?m)^user_main +\d+\.\d{4}% +[\d,]+ +[\d,]+ +[\d,]+$")


class Symbols(Case):
    """--symbols: a list in place of the program's own."""

    LIST = (
        "0000000080000000 T _low\n"
        "                 U undefined\n"
        "0000000080040000 t user code\t[module]\n"
        "0000000080060000 d data\n"
    )

    def setUp(self):
        super().setUp()
        self.file("list", self.LIST.encode())

    def test_name_the_functions(self):
        plain = self.counts(guest("hello"))
        counts = self.counts("--symbols=list", guest("hello"))
        rows = {row["symbol"]: row for row in counts["by_function"]}

        self.assertEqual(set(rows), {"_low", "user code"})
        self.assertEqual(rows["user code"]["l1i_misses"], 1)
        self.assertEqual({**counts, "by_function": 0}, {**plain, "by_function": 0})

    def test_may_come_from_an_elf_file(self):
        own = self.counts(guest("hello"))
        self.assertEqual(self.counts(f"--symbols={guest('hello')}", guest("hello")), own)
        other = self.counts(f"--symbols={guest('gups')}", guest("hello"))
        self.assertNotEqual(other["by_function"], own["by_function"])

    def test_leave_the_rest_to_nobody(self):
        self.file("high", b"80040000 T user\n")
        rows = {
            row["symbol"]: row
            for row in self.counts("--symbols=high", guest("hello"))["by_function"]
        }
        self.assertEqual(set(rows), {"?", "user"})

    def test_name_bounds(self):
        bounded = self.counts("--symbols=list", "--from=user code", guest("hello"))
        own = self.counts("--from=0x80040000", guest("hello"))

        self.assertEqual(bounded["roi"]["instructions"], own["roi"]["instructions"])
        self.refuses(
            "--from=user_main: list has no such symbol",
            *("run", "--symbols=list", "--from=user_main", guest("hello")),
        )

    def test_name_where_a_run_stopped(self):
        result = self.run_it(
            "run", "--symbols=list", "--max-instructions=100", guest("hello")
        ).stderr.decode()
        self.assertRegex(result, r"stopped after 100 instructions at pc 0x\w+ \(_low\+0x\w+\)")

    def test_name_places_for_walk(self):
        for at in ("user code", "user code+0x0", "0x80040000"):
            result = self.run_it(
                *("walk", "--symbols=list", f"--at={at}", guest("hello"), "data+8")
            ).stdout.decode()
            self.assertIn("at pc 0x80040000 (user code)\n", result)
            self.assertRegex(result, r"(?m)^access .* 0x0000000080060008 ")

    def test_are_not_those_of_settings(self):
        plain = self.counts("--set=gups_updates=100", guest("gups"))
        listed = self.counts("--symbols=list", "--set=gups_updates=100", guest("gups"))

        self.assertEqual(plain["instructions"], listed["instructions"])

    def test_must_be_a_list(self):
        self.file("zero", b"0000000000000000 T _text\n0000000000000000 t start\t[module]\n")
        self.file("bad", b"80000000 T _start\nmain.o:\n")
        self.file("none", b"                 U undefined\n")
        self.file("stub", b"ffffffffffffffff B The real System.map is elsewhere\n")
        with open(guest("hello"), "rb") as program:
            self.file("cut", program.read()[:-1000])
        rows = (
            ("missing", "cannot be opened: No such file"),
            (".", "cannot be read: Is a directory"),
            ("bad", "line 2 is not as nm or kallsyms write it"),
            ("none", "has no symbols"),
            ("zero", "all addresses are zero; a kernel hides them"),
            ("stub", "is a stub without addresses"),
            ("cut", "is truncated: "),
        )
        for name, why in rows:
            with self.subTest(name):
                self.refuses(
                    rf"--symbols={re.escape(name)}: {why}",
                    *("run", f"--symbols={name}", guest("hello")),
                )
        self.refuses("--symbols=: a file needs a name", "run", "--symbols=", guest("hello"))
