"""report_cases.py - what a run writes: counts, signatures, traces, the device tree, the table."""

import json
import re
from pathlib import Path

import guest_elf as g
import json_shape
from case import Case, guest


GUEST_NAMES = (
    "hello protection tohost fail sleep sequential stride chase gups matmul matmul_blocked sort "
    "switch"
).split()
SMALL = {  # sizes that make the workloads short
    "sequential": {"sequential_length": 2048, "sequential_rounds": 2},
    "stride": {"stride_rounds": 2},
    "chase": {"chase_pages": 40, "chase_rounds": 3},
    "gups": {"gups_pages": 16, "gups_updates": 500},
    "matmul": {"matmul_n": 8},
    "matmul_blocked": {"matmul_blocked_n": 32},
    "sort": {"sort_keys": 600},
    "switch": {"switch_rounds": 5},
}


class Json(Case):
    def sizes(self, name):
        return [f"--set={symbol}={value}" for symbol, value in SMALL.get(name, {}).items()]

    TLBS = (  # specification, are misses classified, is a cost asked for
        ("default", False, False),
        ("l1i=2,l1d=3", True, False),
        ("l1i=4x1,l1d=2x2,l2=4x2,asid=0", True, True),
        ("l1i=1:pages=2:4K:pieces+1:super,l1d=2:64K+1x2:4K,l2=2:2M:pieces,pwc=2:pte", True, False),
        ("l1i=2,l1d=2:round-robin,l2=4:inclusive,pwc=1:1G+1:2M:va:strict", True, False),
        ("l1i=2:bit-plru,l1d=3:plru,l2=4:random:exclusive,fence=all,ad=hw", False, True),
        ("l1i=3:fifo,l1d=2,invalid=leaf+non-leaf", True, False),
    )

    def test_of_every_guest_has_the_shape_and_obeys_the_laws(self):
        for name in GUEST_NAMES:
            for tlb, classes, cost in self.TLBS:
                with self.subTest(guest=name, tlb=tlb):
                    words = [f"--tlb={tlb}", f"--classes={'on' if classes else 'off'}"]
                    words += ["--cost=l2=7,pte=20"] if cost else []
                    result = self.run_it(
                        "run", "--json=j", *words, *self.sizes(name), guest(name)
                    )
                    self.assertIn(result.returncode, (0, 42, 124), result.stderr.decode())
                    self.check(json.loads((self.folder / "j").read_text()), classes, cost)

    def check(self, run, classes, cost):
        self.assertEqual(list(json_shape.mistakes(run, json_shape.RUN)), [])
        for words, is_there, should_be in json_shape.presence(run, classes, cost):
            self.assertEqual(is_there, should_be, words)
        for law, left, right in json_shape.laws_of_run(run):
            self.assertEqual(left, right, law)
        if run["roi"] is not None:
            for law, left, right in json_shape.laws(run["roi"]):
                self.assertEqual(left, right, f"roi: {law}")

    def names(self, value):
        """Every name in the JSON, but those that are numbers: ASIDs."""
        for key, inner in value.items() if isinstance(value, dict) else ():
            yield from () if key.isdigit() else (key,)
            yield from self.names(inner)
        for inner in value if isinstance(value, list) else ():
            yield from self.names(inner)

    def test_has_no_name_that_the_manual_does_not_have(self):
        manual = (Path(__file__).parents[2] / "docs/counters.md").read_text()
        words = {word for code in re.findall(r"`([^`]+)`", manual) for word in code.split(".")}

        for tlb in ("rocket", "default,l2=4:inclusive,pwc=2:va"):
            run = self.counts(
                f"--tlb={tlb}",
                "--classes=on",
                "--cost=l2=1",
                *self.sizes("chase"),
                guest("chase"),
            )
            self.assertEqual(set(self.names(run)) - words, set())

    def test_tells_the_geometry_as_resolved(self):
        run = self.counts(
            "--tlb=default,l2=none,l1d=8x4:plru?,asid=3", "--ad=svade", "--seed=5", guest("hello")
        )
        bank = {"policy": "lru", "policy_assumed": False, "pages_per_entry": 1}
        sizes = ["4K", "64K", "2M", "1G"]

        self.assertEqual(
            run["tlb"],
            {
                "preset": "default",
                "spec": "default,l2=none,l1d=8x4:plru?,asid=3",
                "l1i": {"sets": 1, "ways": 32, "entries": 32, **bank}
                | {"page_sizes": sizes, "pieces": False},
                "l1d": {"sets": 8, "ways": 4, "entries": 32, **bank}
                | {"page_sizes": sizes, "pieces": False, "policy": "plru", "policy_assumed": True},
                "l2": None,
                "walk_cache": None,
                "asid_bits": 3,
                "asid_assumed": False,
                "page_sizes": sizes,
                "invalid": [],
                "fence": "exact",
                "ad": "svade",
                "core_ad": "unknown",
                "seed": 5,
            },
        )
        self.assertIsNone(run["l2"])

    def test_tells_the_text_of_a_file_not_its_name(self):
        self.file("mine.tlb", b"# of my core\ndefault   # changed\n\nl1d=8\n")
        by_file = self.counts("--tlb=@mine.tlb", guest("hello"))

        self.assertEqual(by_file, self.counts("--tlb=default,l1d=8", guest("hello")))
        self.assertEqual(by_file["tlb"]["spec"], "default,l1d=8")

    def test_of_walk_cache_and_several_arrays(self):
        tlb = self.counts("--tlb=rocket", guest("hello"))["tlb"]

        self.assertEqual([bank["name"] for bank in tlb["l1d"]["banks"]], ["4K", "2M+1G"])
        self.assertEqual(tlb["l1d"]["entries"], 8 * 4 + 4)
        self.assertEqual(tlb["walk_cache"]["kind"], "pte")
        self.assertEqual((tlb["asid_bits"], tlb["core_ad"]), (0, "svade"))

    def test_estimates_cycles_for_the_run_and_its_region(self):
        run = self.counts("--cost=l2=7,pte=20", *self.sizes("chase"), guest("chase"))

        for counts in (run, run["roi"]):
            cycles = 7 * counts["l2"]["hits"] + 20 * counts["walks"]["pte_reads"]
            self.assertEqual(counts["cost"], {"assumed": {"l2": 7, "pte": 20}, "cycles": cycles})

    def test_classes_change_nothing_else(self):
        words = ("--tlb=l1i=2,l1d=2,l2=4:random", *self.sizes("gups"), guest("gups"))
        without, classified = (self.counts(f"--classes={on}", *words) for on in ("off", "on"))

        for counts in (classified, classified["roi"]):
            for name in ("l1i", "l1d", "l2"):
                del counts[name]["miss_class"]
        self.assertEqual(classified, without)

    def test_seed_changes_random_replacement_only(self):
        def misses(policy, seed):
            words = (f"--tlb=l1i=4,l1d=4:{policy}", f"--seed={seed}")
            return self.counts(*words, *self.sizes("gups"), guest("gups"))["l1d"]["misses"]

        self.assertEqual(misses("random", 7), misses("random", 7))
        self.assertGreater(len({misses("random", seed) for seed in range(8)}), 1)
        self.assertEqual(misses("lru", 1), misses("lru", 2))

    def test_ad_follows_the_core(self):
        for core in ("svade", "hw"):
            tlb = f"--tlb=default,ad={core}"
            follower = self.counts(tlb, "--ad=core", guest("hello"))
            self.assertEqual(follower, self.counts(tlb, f"--ad={core}", guest("hello")))
            self.assertEqual((follower["tlb"]["ad"], follower["tlb"]["core_ad"]), (core, core))

    def test_has_a_roi_only_if_a_region_was_opened(self):
        self.assertIsNone(self.counts(guest("fail"), status=42)["roi"])
        self.assertIsNotNone(self.counts(*self.sizes("chase"), guest("chase"))["roi"])

    def test_two_runs_give_the_same_bytes_wherever_the_files_are(self):
        (self.folder / "below").mkdir()
        copy = self.file("below/other.elf", Path(guest("protection")).read_bytes())
        runs = (
            ("run", "--json=a", guest("protection")),
            ("run", "--json=b", guest("protection")),
            ("stat", "--classes=off", "--json=below/c", copy),
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
    def table(self, *words):
        """The table, whose every line fits the screen, and the JSON of the same run."""
        result = self.run_it("stat", "--json=j", *words)
        text = result.stderr.decode()

        self.assertEqual(result.returncode, 0, text)
        for line in text.splitlines():
            self.assertLessEqual(len(line), 100, line)
        return text, json.loads((self.folder / "j").read_text())

    def test_shows_the_numbers_of_the_json(self):
        text, run = self.table(*Json().sizes("chase"), guest("chase"))
        region, whole = text.split("WHOLE RUN, IN SHORT")

        self.assertIn("REGION OF INTEREST", region)
        for text, counts in ((region, run["roi"]), (whole, run)):
            for label, array in (("L1I", "l1i"), ("L1D", "l1d"), ("L2", "l2")):
                numbers = [f"{counts[array][key]:,}" for key in ("accesses", "hits", "misses")]
                if counts[array]["accesses"]:
                    self.assertRegex(text, rf"(?m)^{label} +{' +'.join(numbers)} ")
            self.assertRegex(text, rf"(?m)^instructions +{counts['instructions']:,} ")
            if counts["walks"]["count"]:
                self.assertRegex(text, rf"(?m)^walks +{counts['walks']['count']:,} ")

    def test_fits_one_screen(self):
        """A report with a region has about 50 lines, whatever the TLB is."""
        for tlb in ("default", "rocket", "c906", "vexii", "a53"):
            with self.subTest(tlb):
                text, _ = self.table(f"--tlb={tlb}", *Json().sizes("chase"), guest("chase"))
                self.assertLessEqual(len(text.splitlines()), 55, text)

    def test_shows_why_it_missed(self):
        text, run = self.table("--tlb=l1i=4,l1d=8", *Json().sizes("chase"), guest("chase"))
        region = text.split("WHOLE RUN")[0]

        for word, count in run["roi"]["l1d"]["miss_class"].items():
            in_l1i = run["roi"]["l1i"]["miss_class"][word]
            pattern = rf"(?m)^  {word} +{in_l1i:,} +\S+ +{count:,} +\d+\.\d\d%$"
            (self.assertRegex if count + in_l1i else self.assertNotRegex)(region, pattern)
        self.assertNotIn("capacity  ", self.table("--classes=off", guest("hello"))[0])

    def test_begins_with_the_tlb(self):
        rows = (
            (("--tlb=c906",), "preset=c906  l1i 10 FA plru | l1d 10 FA plru | l2 64x2 fifo |"),
            (("--tlb=c906",), "A/D hw (the core: svade) | asid 16"),
            (("--tlb=c906", "--ad=core"), "A/D svade | asid 16"),
            (("--tlb=u54",), "preset=u54  l1i 32 FA lru? | l1d 32 FA lru? | l2 none | pwc none |"),
            (("--tlb=c906,l2=none",), "preset=c906, changed  l1i 10 FA plru | l1d 10"),
            (("--tlb=l1i=4,l1d=8x2:fifo",), "tlb: l1i 4 FA lru | l1d 8x2 fifo | l2 none |"),
            (("--tlb=rocket",), "pwc 8 FA plru by PTE |"),
        )
        for words, line in rows:
            with self.subTest(words):
                text = self.table(*words, guest("hello"))[0]
                head = text[text.index("tlb: ") : text.index("WHOLE RUN")]
                self.assertIn(line, " ".join(head.split(" ")).replace("|\n     ", "| "))

    def test_estimates_cycles_as_an_assumption(self):
        text, run = self.table("--cost=l2=7,pte=20", guest("hello"))
        cycles = 7 * run["l2"]["hits"] + 20 * run["walks"]["pte_reads"]

        assumed = "cycles, assumed: 7 for an L2 hit, 20 for a PTE read"
        self.assertRegex(text, rf"(?m)^ESTIMATE +{cycles:,}   {assumed}$")


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
    NUMBER = r"0x[0-9a-f]+"

    def test_has_a_line_per_instruction(self):
        run = self.counts("--trace=insn:i", guest("protection"))
        insn = (self.folder / "i").read_text().splitlines()

        self.assertEqual(len(insn), run["instructions"])
        for line in insn:
            self.assertRegex(
                line,
                rf"\Acore   0: [013] 0x[0-9a-f]{{16}} \(0x([0-9a-f]{{4}}|[0-9a-f]{{8}})\)"
                rf"( x[1-9]\d? ? {self.NUMBER})?( c\d+_\w+ {self.NUMBER})?"
                rf"( mem {self.NUMBER}( {self.NUMBER})?)*\Z",
            )

    def test_has_a_line_per_walk(self):
        """A PTE has a star where the walk cache answered, and is a PTE read where it has none."""
        for cache in ("none", "8:pte", "1:1G+2:2M:va"):
            tlb = f"--tlb=l1i=2,l1d=2,pwc={cache}"
            run = self.counts(tlb, "--trace=walk:w", guest("protection"))
            walks = (self.folder / "w").read_text().splitlines()
            pte = rf"( {self.NUMBER}={self.NUMBER}\*?)"
            values = [value for line in walks for value in re.findall(r"=(0x\S+)", line)]

            with self.subTest(cache):
                self.assertEqual(len(walks), run["walks"]["count"])
                for line in walks:
                    self.assertRegex(
                        line,
                        rf"\A\d+ {self.NUMBER} {self.NUMBER} (fetch|load|store) [US] \d+"
                        rf"{pte}{{1,3}} ((4K|2M|1G) {self.NUMBER}|page-fault .+)\Z",
                    )
                cached = sum(value.endswith("*") for value in values)
                faults = sum("page-fault" in line for line in walks)
                self.assertEqual(cached, run["walks"]["walk_cache_hits"])
                self.assertEqual(cached != 0, cache != "none")
                self.assertEqual(len(values) - cached, run["walks"]["pte_reads"])
                self.assertEqual(faults, run["walks"]["faulted"])

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
