"""linux_cases.py - programs of Linux: what is refused before the bundled kernel is started."""


import guest_elf as g
import json_shape
from case import Case

BASE = 0x10000  # where static programs lie


class Refusals(Case):
    def program(self, name="prog"):
        elf = g.Elf(entry=BASE).add(BASE, g.words(g.PASS) + bytes(64))
        elf.symbol("_start", BASE).symbol("size", BASE + 64, 8).symbol("zeros", BASE + 0x1000, 8)
        return self.file(name, elf.build())

    def test_memory_that_is_too_small(self):
        program = self.program()

        for size in ("4K", "8M", "16380K"):
            for command, *words in (("run",), ("stat",), ("walk", "0")):
                with self.subTest(command, size=size):
                    pattern = r"--mem: \d+ bytes .*too few for .*prog runs: it needs 16M"
                    self.refuses(pattern, command, f"--mem={size}", program, *words)

    def test_files_that_do_not_fit_into_memory(self):
        elf = g.Elf(entry=BASE).add(BASE, g.words(g.PASS) + bytes(17 << 20))

        self.refuses(
            r"large: 16777216 bytes of memory \(--mem\) do not hold",
            *("run", "--mem=16M", self.file("large", elf.build())),
        )

    def test_files_for_a_program_without_a_kernel(self):
        bare = self.file("bare", g.Elf(g.PASS).build())

        for option in ("--file=/dev/null", "--root=/"):
            self.refuses("bare: --file and --root are for programs of Linux, and this is none", "run", option, bare)

    def test_arguments(self):
        program = self.program()

        self.refuses(
            "prog: arguments and environment have 131102 bytes, and 131072 are the most",
            *("run", program, "x" * 65534, "y" * 65534),
        )

    def test_settings(self):
        program = self.program()

        self.refuses("--set=nosuch=1: prog has no", "run", "--set=nosuch=1", program)
        self.refuses("--set=zeros=1: 'zeros' is at 0x11000, of", "run", "--set=zeros=1", program)

    def test_places(self):
        program = self.program()

        self.refuses("--from=main: prog has no such", "run", "--from=main", program)
        self.refuses("'main' is no address", "walk", program, "main")

    def test_segments_on_both_sides_of_where_ram_begins(self):
        elf = g.Elf(entry=BASE).add(BASE, g.words(g.PASS)).add(g.RAM, bytes(8))

        self.refuses("both: the segment of .* at 0x10000 lies outside", "run",
                     self.file("both", elf.build()))

    def test_shared_libraries(self):
        elf = g.Elf(entry=BASE).add(BASE, g.words(g.PASS))
        elf.kind = 3

        self.refuses("lib.so is a shared library", "run", self.file("lib.so", elf.build()))

    def test_processes_that_are_not_there(self):
        program = self.elf(*g.PASS)

        self.refuses(
            "--process=sort: no process of that name", "walk", "--process=sort", program, "0"
        )
        self.refuses("--process=7: no process of that ASID", "walk", "--process=7", program, "0")


class Events(Case):
    """A bare-metal program that tells of processes as a kernel would, and of nonsense."""

    A6, A7, EVENT = 16, 17, 0x00402013  # slti x0, x0, 4

    def event(self, number, value=0):
        """a6 and a7 get numbers of 31 bits."""
        return [*g.load_number(self.A6, number), *g.load_number(self.A7, value), self.EVENT]

    def tell(self, kind, pid, value=0, detail=0):
        return self.event(kind | detail << 8 | pid << 16, value)

    def name(self, pid, text):
        return self.tell(2, pid, int.from_bytes(text.encode("latin-1")[:4], "little"))

    def processes(self, *code, status=0):
        return self.counts(self.elf(*code, *g.PASS), status=status)["processes"]

    def test_without_any_there_are_no_processes(self):
        self.assertEqual(self.processes(), [])

    def test_are_counted_by_process(self):
        code = [
            *self.tell(1, 3),
            *self.name(3, "sort"),
            *self.tell(3, 3),
            *self.tell(5, 3, detail=0),
            *self.tell(5, 3, detail=2) * 2,
            *self.tell(6, 3, 0x1000) * 3,
            *self.tell(4, 3, 9),
            *self.tell(7, 3, 50),
            *self.tell(8, 3, 60),
            *self.tell(3, 0),
        ]
        nobody, process = self.processes(*code)

        self.assertEqual((nobody["pid"], nobody["name"]), (0, None))
        for key, value in {
            "pid": 3,
            "name": "sort",
            "asid": 0,
            "exit": 9,
            "minor_faults": 1,
            "cow_faults": 0,
            "swap_ins": 2,
            "swap_outs": 3,
            "resident_pages": 50,
            "touched_pages": 60,
        }.items():
            self.assertEqual(process[key], value, key)
        begins = code.index(self.EVENT, len(self.tell(1, 3) + self.name(3, "sort"))) + 1
        self.assertEqual(process["instructions"], len(code) - begins)

    def test_leave_the_shape_and_the_laws_of_the_json_alone(self):
        code = [word for pid in (1, 2, 1, 0, 2) for word in self.tell(3, pid)]
        run = self.counts("--swap=64K", self.elf(*code, *g.PASS))

        self.assertEqual(list(json_shape.mistakes(run, json_shape.RUN)), [])
        for law, left, right in json_shape.laws_of_run(run):
            self.assertEqual(left, right, law)
        self.assertEqual([process["pid"] for process in run["processes"]], [0, 1, 2])
        disk = {"name": "swap", "requests": 0, "reads": 0, "writes": 0, "flushes": 0}
        self.assertEqual(run["disks"], [{**disk, "bytes_read": 0, "bytes_written": 0, "failed": 0}])

    def test_of_both_engines_are_the_same(self):
        code = [word for pid in range(40) for word in self.tell(3, pid % 7)]
        program = self.elf(*code, *g.PASS)
        outputs = []

        for engine in ("fast", "reference"):
            result = self.run_it("run", "--json=-", f"--engine={engine}", program)
            outputs.append(result.stdout)
        self.assertEqual(*outputs)

    def test_that_make_no_sense_break_nothing(self):
        numbers = (0, 1, 9, 255, 0x10109, 0x10005, 0x1FF05, 0xFFFF0001, 0x7FFFFFFF, 0x30303)
        code = [word for number in numbers for word in self.event(number & 0x7FFFFFFF, 0x7FFFFFFF)]
        run = self.counts(self.elf(*code, *g.PASS))

        self.assertEqual(run["markers"]["event"], len(numbers))
        text = self.run_it("stat", self.elf(*code, *g.PASS)).stderr.decode("ascii")
        self.assertTrue(all(len(line) <= 100 for line in text.splitlines()))

    def test_names_are_printed_and_valid_json_whatever_they_are(self):
        code = [*self.tell(1, 1), *self.name(1, "\x1b[\n\x7f"), *self.tell(1, 2)]
        process = self.processes(*code)[1]

        self.assertEqual(process["name"], "\x1b[\n\x7f")
        text = self.run_it("stat", self.elf(*code, *g.PASS)).stderr
        self.assertNotIn(b"\x1b", text)
        self.assertRegex(text, rb"(?m)^\?\[\?\? +1 ")

    def test_in_the_table(self):
        code = [*self.tell(1, 5), *self.name(5, "cat"), *self.tell(3, 5)]
        text = self.run_it("stat", self.elf(*code, *g.PASS)).stderr.decode()

        self.assertRegex(text, r"(?m)^process +pid +ASID +exit +instructions ")
        self.assertRegex(text, r"(?m)^\(no process\) +- +- +- +\d+ ")
        self.assertRegex(text, r"(?m)^cat +5 +0 +- +\d+ ")
        self.assertRegex(text, r"(?m)^cat +5 +0 +0 +0 +0 +0 +0$")

    def test_name_the_address_space_to_walk(self):
        code = [
            *self.tell(1, 1),
            *self.name(1, "one"),
            *self.tell(1, 2),
            *self.name(2, "two"),
            *self.tell(1, 3),
            *self.name(3, "two"),
            *self.tell(4, 3),
            *self.tell(1, 4, 0x7FFFFFFF),  # all bits above are set, too: no such mode
            *self.name(4, "far"),
        ]
        program = self.elf(*code, *g.PASS)
        result = self.run_it("walk", "--process=two", program, "0x1000")

        self.assertEqual(result.returncode, 0, result.stderr.decode())
        self.assertIn("in U-mode", result.stdout.decode())
        result = self.run_it("walk", "--process=two", "--mode=s", program, "0x1000")
        self.assertIn("in S-mode", result.stdout.decode())
        for process, pattern in (
            ("0", "2 processes have that ASID at that moment"),
            ("six", "no process of that name"),
            ("far", "it has a satp of 0xffffffff7fffffff, which none can be"),
        ):
            self.refuses(pattern, "walk", f"--process={process}", program, "0")
