"""report_cases.py - what a run writes: counts, signatures, traces, the device tree, the table."""

import json
from pathlib import Path

import guest_elf as g
import json_shape
from case import Case, guest


GUEST_NAMES = (
    "hello protection tohost fail sleep sequential stride chase gups matmul matmul_blocked"
).split()
SMALL = {  # sizes that make the workloads short
    "sequential": {"sequential_length": 2048, "sequential_rounds": 2},
    "stride": {"stride_rounds": 2},
    "chase": {"chase_pages": 40, "chase_rounds": 3},
    "gups": {"gups_pages": 16, "gups_updates": 500},
    "matmul": {"matmul_n": 8},
    "matmul_blocked": {"matmul_blocked_n": 32},
}


class Json(Case):
    def sizes(self, name):
        return [f"--set={symbol}={value}" for symbol, value in SMALL.get(name, {}).items()]

    def test_of_every_guest_has_the_shape_and_obeys_the_laws(self):
        for name in GUEST_NAMES:
            for tlb in ("default", "l1i=2,l1d=3", "l1i=4x1,l1d=2x2,l2=4x2,asid=0"):
                with self.subTest(guest=name, tlb=tlb):
                    result = self.run_it(
                        "run", "--json=j", f"--tlb={tlb}", *self.sizes(name), guest(name)
                    )
                    self.assertIn(result.returncode, (0, 42, 124), result.stderr.decode())
                    run = json.loads((self.folder / "j").read_text())
                    self.assertEqual(list(json_shape.mistakes(run, json_shape.RUN)), [])
                    for law, left, right in json_shape.laws_of_run(run):
                        self.assertEqual(left, right, law)
                    if run["roi"] is not None:
                        for law, left, right in json_shape.laws(run["roi"]):
                            self.assertEqual(left, right, f"roi: {law}")

    def test_tells_the_geometry_as_resolved(self):
        run = self.counts("--tlb=default,l2=none,l1d=8x4,asid=3", "--ad=svade", guest("hello"))

        self.assertEqual(
            run["tlb"],
            {
                "l1i": {"sets": 1, "ways": 32, "entries": 32, "policy": "lru"},
                "l1d": {"sets": 8, "ways": 4, "entries": 32, "policy": "lru"},
                "l2": None,
                "asid_bits": 3,
                "page_sizes": ["4K", "64K", "2M", "1G"],
                "ad": "svade",
            },
        )
        self.assertIsNone(run["l2"])

    def test_has_a_roi_only_if_a_region_was_opened(self):
        self.assertIsNone(self.counts(guest("fail"), status=42)["roi"])
        self.assertIsNotNone(self.counts(*self.sizes("chase"), guest("chase"))["roi"])

    def test_two_runs_give_the_same_bytes_wherever_the_files_are(self):
        (self.folder / "below").mkdir()
        copy = self.file("below/other.elf", Path(guest("protection")).read_bytes())
        runs = (
            ("run", "--json=a", guest("protection")),
            ("run", "--json=b", guest("protection")),
            ("stat", "--json=below/c", copy),
        )
        for words in runs:
            self.assertEqual(self.run_it(*words).returncode, 0)
        first = (self.folder / "a").read_bytes()
        self.assertEqual((self.folder / "b").read_bytes(), first)
        self.assertEqual((self.folder / "below/c").read_bytes(), first)

    def test_on_standard_output_is_alone_there(self):
        result = self.run_it("run", "--json=-", guest("hello"))

        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stdout, self.json_in_file(guest("hello")))
        self.assertEqual(result.stderr, self.run_it("run", guest("hello")).stdout)

    def json_in_file(self, *words):
        self.counts(*words)
        return (self.folder / "counts.json").read_bytes()


class Set(Case):
    def test_changes_what_a_workload_does(self):
        """A round is one load per page; 32 entries hold all of up to 32 pages, else none."""
        for pages, misses_per_round in ((31, 0), (32, 0), (33, 33), (50, 50)):
            with self.subTest(pages=pages):
                regions = [
                    self.counts(
                        "--tlb=l1i=32,l1d=32",
                        f"--set=chase_pages={pages}",
                        f"--set=chase_rounds={rounds:#x}",
                        guest("chase"),
                    )["roi"]
                    for rounds in (4, 9)
                ]
                loads, misses = (
                    regions[1]["l1d"][kind] - regions[0]["l1d"][kind]
                    for kind in ("accesses", "misses")
                )
                self.assertEqual((loads, misses), (5 * pages, 5 * misses_per_round))


class Report(Case):
    def test_shows_the_numbers_of_the_json(self):
        result = self.run_it("stat", "--json=j", *Json().sizes("chase"), guest("chase"))
        run = json.loads((self.folder / "j").read_text())
        region, whole = result.stderr.decode().split("WHOLE RUN")

        self.assertIn("REGION OF INTEREST", region)
        for text, counts in ((region, run["roi"]), (whole, run)):
            for label, array in (("L1I", "l1i"), ("L1D", "l1d"), ("L2", "l2")):
                numbers = [f"{counts[array][key]:,}" for key in ("accesses", "hits", "misses")]
                self.assertRegex(text, rf"(?m)^{label} +{' +'.join(numbers)} ")
            self.assertRegex(text, rf"(?m)^instructions +{counts['instructions']:,} ")
            self.assertRegex(text, rf"(?m)^walks +{counts['walks']['count']:,} ")
        for line in result.stderr.decode().splitlines():
            self.assertLessEqual(len(line), 100, line)


class Signature(Case):
    A, B = 0x0123456789ABCDEF, 0xFEDCBA9876543210
    BYTES = (A * B).to_bytes(16, "little") + 0x600DDA7A.to_bytes(4, "little")

    def lines(self, granularity):
        """Numbers of that many bytes, the last filled up with zeros."""
        padded = self.BYTES + bytes(-len(self.BYTES) % granularity)
        return "".join(
            padded[i : i + granularity][::-1].hex() + "\n"
            for i in range(0, len(padded), granularity)
        )

    def test_is_written_in_every_granularity(self):
        self.assertEqual(self.lines(8).splitlines()[2], "00000000600dda7a")
        rows = [([], 8)] + [([f"--signature-granularity={size}"], size) for size in (4, 8, 16)]
        for words, granularity in rows:
            with self.subTest(words):
                self.run_it("run", "--signature=s", *words, guest("tohost"))
                self.assertEqual((self.folder / "s").read_text(), self.lines(granularity))

    def test_needs_its_symbols_in_order_and_in_ram(self):
        rows = (
            ("begin_signature", {}),
            ("end_signature", {"begin_signature": g.RAM}),
            ("before", {"begin_signature": g.RAM + 8, "end_signature": g.RAM}),
            ("RAM", {"begin_signature": 0, "end_signature": 8}),
            ("RAM", {"begin_signature": g.RAM, "end_signature": g.RAM + (1 << 40)}),
        )
        for pattern, symbols in rows:
            elf = g.Elf(g.PASS)
            for name, address in symbols.items():
                elf.symbol(name, address)
            with self.subTest(symbols):
                self.refuses(
                    f"--signature.*{pattern}", "run", "--signature=s", self.file("p", elf.build())
                )

    def test_may_be_empty(self):
        elf = g.Elf(g.PASS).symbol("begin_signature", g.RAM).symbol("end_signature", g.RAM)

        self.assertEqual(
            self.run_it("run", "--signature=s", self.file("p", elf.build())).returncode, 0
        )
        self.assertEqual((self.folder / "s").read_bytes(), b"")


class Trace(Case):
    def test_has_a_line_per_instruction_and_per_walk(self):
        run = self.counts("--trace=insn:i", "--trace=walk:w", guest("protection"))
        insn = (self.folder / "i").read_text().splitlines()
        walk = (self.folder / "w").read_text().splitlines()
        number = r"0x[0-9a-f]+"

        self.assertEqual(len(insn), run["instructions"])
        self.assertEqual(len(walk), run["walks"]["count"])
        for line in insn:
            self.assertRegex(
                line,
                rf"\Acore   0: [013] 0x[0-9a-f]{{16}} \(0x([0-9a-f]{{4}}|[0-9a-f]{{8}})\)"
                rf"( x[1-9]\d? ? {number})?( c\d+_\w+ {number})?( mem {number}( {number})?)*\Z",
            )
        for line in walk:
            self.assertRegex(
                line,
                rf"\A\d+ {number} {number} (fetch|load|store) [US] \d+( {number}={number}){{1,3}} "
                rf"((4K|2M|1G) {number}|page-fault .+)\Z",
            )
        self.assertEqual(sum("page-fault" in line for line in walk), run["walks"]["faulted"])

    def test_begins_like_the_program(self):
        self.run_it("run", "--trace=insn:i", self.elf(*g.PASS))
        self.assertEqual(
            (self.folder / "i").read_text(),
            "core   0: 3 0x0000000080000000 (0x001002b7) x5  0x0000000000100000\n"
            "core   0: 3 0x0000000080000004 (0x00005337) x6  0x0000000000005000\n"
            "core   0: 3 0x0000000080000008 (0x55530313) x6  0x0000000000005555\n"
            "core   0: 3 0x000000008000000c (0x0062a023) mem 0x0000000000100000 0x00005555\n",
        )

    def test_changes_no_count(self):
        plain = self.counts(guest("hello"))
        self.assertEqual(self.counts("--trace=insn:i", "--trace=walk:w", guest("hello")), plain)


class DeviceTree(Case):
    def test_is_written_with_the_arguments_of_the_guest(self):
        self.run_it("run", "--dump-dtb=d", self.elf(*g.PASS), "one", "--two", "three four")
        tree = (self.folder / "d").read_bytes()

        self.assertEqual(tree[:4], bytes.fromhex("d00dfeed"))
        self.assertEqual(int.from_bytes(tree[4:8], "big"), len(tree))
        self.assertIn(b"one --two three four\0", tree)


class Presets(Case):
    def test_are_listed(self):
        result = self.run_it("presets")

        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout.decode(), r"(?m)^default +l1i=32,l1d=32,l2=256x4")

    def test_are_listed_as_json_and_each_works(self):
        result = self.run_it("presets", "--json")
        listed = json.loads(result.stdout)

        self.assertEqual(listed["schema"], 1)
        self.assertTrue(listed["presets"])
        for preset in listed["presets"]:
            self.assertEqual(sorted(preset), ["name", "source", "tlb"])
            by_name = self.counts(f"--tlb={preset['name']}", guest("fail"), status=42)
            by_spec = self.counts(f"--tlb={preset['tlb']}", guest("fail"), status=42)
            self.assertEqual(by_name, by_spec)

    def test_go_into_a_file_too(self):
        self.assertEqual(self.run_it("presets", "--json=p").returncode, 0)
        self.assertEqual(self.files(), ["p"])
