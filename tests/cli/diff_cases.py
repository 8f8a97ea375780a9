"""diff_cases.py - pagewalk diff: two reports of real runs, and files that are none."""

import json
import re
import subprocess

from case import Case, guest

SMALL = ("--tlb=l1i=32,l1d=32", "--set=chase_rounds=4")


class Reports(Case):
    """Cases with two reports: of 30 pages, which fit the L1D, and of 33."""

    def setUp(self):
        super().setUp()
        for name, pages in (("old", 30), ("new", 33)):
            self.counts(*SMALL, f"--set=chase_pages={pages}", guest("chase"))
            (self.folder / "counts.json").rename(self.folder / f"{name}.json")

    def report(self, name):
        return json.loads((self.folder / name).read_text())

    def write(self, name, document):
        return self.file(name, json.dumps(document).encode())

    def diff(self, *words, status=0, **changes):
        result = self.run_it("diff", *words, **changes)

        self.assertEqual(result.returncode, status, result.stderr.decode())
        self.assertEqual(result.stderr, b"")
        return result.stdout.decode()


def numbers(value, name=""):
    """All numbers of a report by their dotted names."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if isinstance(inner, dict) and ("symbol" in inner or "name" in inner):
                key = inner.get("symbol", inner.get("name"))
                yield from numbers(inner, f"{name}.{key}")
            else:
                yield from numbers(inner, f"{name}[{index}]")
    elif isinstance(value, int) and not isinstance(value, bool):
        yield name, value


class Diff(Reports):
    def test_of_a_report_and_itself_is_empty(self):
        self.assertEqual(self.diff("old.json", "old.json"), "no differences\n")

    def test_of_two_runs_of_one_program_is_empty(self):
        self.counts(*SMALL, "--set=chase_pages=30", guest("chase"))

        self.assertEqual(self.diff("old.json", "counts.json"), "no differences\n")

    def test_shows_every_number_that_differs(self):
        old = dict(numbers(self.report("old.json")))
        new = dict(numbers(self.report("new.json")))
        head, *rows = self.diff("old.json", "new.json").splitlines()
        want = {
            name: (old.get(name, 0), new.get(name, 0))
            for name in {**old, **new}
            if old.get(name, 0) != new.get(name, 0)
        }
        shown = {}
        for row in rows:
            name, before, after, difference, _ = row.rsplit(maxsplit=4) if row else ("",) * 5
            if "from 0" in row:
                name, before, after, difference, _, _ = row.rsplit(maxsplit=5)
            shown[name] = tuple(
                0 if text == "-" else int(text.replace(",", "")) for text in (before, after)
            )
            self.assertEqual(int(difference.replace(",", "")), shown[name][1] - shown[name][0])
            self.assertLessEqual(len(row), 100)

        self.assertEqual(head.split(), ["name", "old", "new", "difference", "percent"])
        self.assertGreater(len(want), 50)
        self.assertEqual(shown, want)

    def test_has_the_largest_change_in_percent_first(self):
        old, new = ([], [])
        for row in json.loads(self.diff("--json", "old.json", "new.json"))["counts"]:
            old.append(row["old"] or 0)
            new.append(row["new"] or 0)
        changes = [
            abs(after - before) / before if before else float("inf")
            for before, after in zip(old, new)
        ]
        self.assertEqual(changes, sorted(changes, reverse=True))
        self.assertIn(float("inf"), changes)

    def test_in_json_says_the_same(self):
        limits = ("--max-increase=roi.l1d.misses=0", "--max-increase=instructions=99.9%")
        text = self.diff(*limits, "old.json", "new.json", status=1)
        document = json.loads(self.diff(*limits, "--json", "old.json", "new.json", status=1))

        self.assertEqual(
            list(document), ["schema", "tlb", "exit", "other", "counts", "limits"]
        )
        for row in document["counts"]:
            self.assertRegex(text, rf"(?m)^{re.escape(row['name'])} ")
        self.assertEqual(
            [limit["exceeded"] for limit in document["limits"]], [True, False]
        )
        self.assertEqual(self.diff(*limits, "--json=j", "old.json", "new.json", status=1), "")
        self.assertEqual(self.report("j"), document)

    def test_says_first_that_the_tlb_differs(self):
        self.counts("--tlb=l1i=32,l1d=16", *SMALL[1:], "--set=chase_pages=30", guest("chase"))
        text = self.diff("old.json", "counts.json")

        self.assertTrue(text.startswith("THE TLB IS NOT THE SAME"), text)
        self.assertRegex(text, r"(?m)^  tlb\.l1d\.entries +32 -> 16$")

    def test_says_that_the_runs_ended_differently(self):
        self.counts(*SMALL, "--max-instructions=1000", guest("chase"), status=124)
        text = self.diff("old.json", "counts.json")

        self.assertTrue(text.startswith("THE RUNS DID NOT END ALIKE"), text)
        self.assertRegex(text, r"(?m)^  roi +\{\.\.\.\} -> null$")

    def test_reads_standard_input(self):
        with open(self.folder / "new.json", "rb") as new:
            self.assertEqual(self.diff("-", "new.json", stdin=new), "no differences\n")
        with open(self.folder / "new.json", "rb") as new:
            self.assertIn("roi.l1d.misses", self.diff("old.json", "-", stdin=new))

    def test_help_has_its_options(self):
        text = self.diff("--help")

        self.assertTrue(text.startswith("usage: pagewalk diff "))
        self.assertEqual(
            re.findall(r"(?m)^  --([a-z-]+)", text), ["json", "max-increase", "help"]
        )
        self.assertIn("pagewalk diff ", self.run_it("--help").stdout.decode())

    def test_that_cannot_be_printed_is_an_error(self):
        with open("/dev/full", "wb") as full:
            for words in (("old.json", "new.json"), ("--json", "old.json", "new.json")):
                result = self.run_it(
                    "diff", *words, capture_output=False, stdout=full, stderr=subprocess.PIPE
                )
                self.assertEqual(result.returncode, 125)
                self.assertRegex(result.stderr.decode(), r"\Apagewalk: [^\n]+\n\Z")


class Limits(Reports):
    def test_that_are_kept_or_exceeded(self):
        rows = (  # old and new: 120 and 132 loads, 0 and 132 misses, 3000 and 3300
            (("roi.l1d.accesses=12",), []),
            (("roi.l1d.accesses=11",), ["roi.l1d.accesses=11: from 120 to 132, at most 131"]),
            (("roi.l1d.accesses=10%",), []),
            (("roi.l1d.accesses=10.000000000%",), []),
            (
                ("roi.l1d.accesses=9.999999999%",),
                ["roi.l1d.accesses=9.999999999%: from 120 to 132, at most 131"],
            ),
            (("roi.l1d.misses=132",), []),
            (("roi.l1d.misses=10000%",), ["roi.l1d.misses=10000%: from 0 to 132, at most 0"]),
            (("roi.l1d.hits=0", "roi.l1d.hits=0%"), []),
            (("exit.status=0", "markers.begin=0", "tlb.l1d.entries=0"), []),
            (
                ("roi.l1d.misses=1", "roi.l1d.hits=0", "by_mode.u.l1d.misses=0"),
                ["roi.l1d.misses=1: from 0 to 132, at most 1", "by_mode.u.l1d.misses=0: from "],
            ),
        )
        for limits, exceeded in rows:
            with self.subTest(limits):
                words = [f"--max-increase={limit}" for limit in limits]
                text = self.diff(*words, "old.json", "new.json", status=1 if exceeded else 0)
                told = text[text.rindex("\n\n") + 2 :].splitlines()
                if not exceeded:
                    self.assertEqual(told, ["All limits are kept."])
                    continue
                self.assertEqual(len(told), len(exceeded))
                for line, words in zip(told, exceeded):
                    self.assertTrue(line.startswith(f"LIMIT EXCEEDED: {words}"), line)

    def test_of_functions_and_asids_count_what_is_not_there_as_0(self):
        old, new = self.report("old.json"), self.report("new.json")
        old["by_function"] = [{"symbol": "gone", "walks": 9}]
        new["by_function"] = [{"symbol": "a(int, b)", "walks": 2}]
        self.write("old.json", old)
        self.write("new.json", new)

        text = self.diff("--max-increase=by_function.a(int, b).walks=2", "old.json", "new.json")
        self.assertRegex(text, r"(?m)^by_function\.a\(int, b\)\.walks +- +2 +\+2 +from 0$")
        self.assertRegex(text, r"(?m)^by_function\.gone\.walks +9 +- +-9 +-100\.00%$")
        self.diff(
            "--max-increase=by_function.a(int, b).walks=1", "old.json", "new.json", status=1
        )
        self.diff("--max-increase=by_function.gone.walks=0", "old.json", "new.json")

    def test_that_cannot_be_judged_are_refused(self):
        new = self.report("new.json")
        new["roi"] = None
        self.write("none.json", new)
        rows = (
            ("roi.l1d.mises=0", "neither old.json nor none.json has this name"),
            ("l1d=0", "has no count of this name"),
            ("exit.reason=0", "old.json has no count of this name"),
            ("roi.l1d.misses=0", "none.json has no count of this name"),
        )
        for limit, reason in rows:
            with self.subTest(limit):
                words = (f"--max-increase={limit}", "old.json", "none.json")
                self.refuses(re.escape(f"--max-increase={limit}: ") + ".*" + reason, "diff", *words)
                self.refuses(reason, "diff", "--json=j", *words)

    def test_that_are_none_are_refused(self):
        for limit in ("", "a", "a=", "=1", "a=x", "a=-1", "a=1.5", "a=1.%", f"a={2**63}"):
            with self.subTest(limit):
                self.refuses(
                    re.escape(f"--max-increase={limit}: must be NAME=N or NAME=N%"),
                    *("diff", f"--max-increase={limit}", "old.json", "new.json"),
                )


class NotReports(Reports):
    def refuses_file(self, name, reason, content=None):
        """In both places."""
        if content is not None:
            self.file(name, content)
        with self.subTest(name):
            self.refuses(rf"pagewalk: {name}: .*{reason}", "diff", name, "new.json")
            self.refuses(rf"pagewalk: {name}: .*{reason}", "diff", "old.json", name)

    def test_files_that_are_none(self):
        (self.folder / "folder").mkdir()
        self.refuses_file("missing", "No such file or directory")
        self.refuses_file("folder", "Is a directory")
        presets = self.run_it("presets", "--json").stdout
        changes = self.run_it("diff", "--json", "old.json", "new.json").stdout
        good = (self.folder / "new.json").read_bytes()
        rows = {
            "empty": ("is no JSON: line 1", b""),
            "text": ("is no JSON: line 1", b"hello\n"),
            "binary": ("is no JSON: line 1", bytes(range(256))),
            "escape": (r"is no JSON: [^\x00-\x1f]+\n", b"\x1b[31m"),
            "cut": ("is no JSON: line", good[: len(good) // 2]),
            "twice": ("is no JSON: line", good + good),
            "utf8": ("is no JSON: line 1", b'{"\xff": 1}'),
            "number": ("is no ", b"5"),
            "list": ("has no number schema", b"[]"),
            "object": ("has no number schema", b"{}"),
            "presets": ("has no number instructions", presets),
            "changes": ("has no number instructions", changes),
            "duplicate": ("is no JSON: .*duplicate", b'{"schema": 1, "schema": 1}'),
        }
        for name, (reason, content) in rows.items():
            self.refuses_file(name, reason, content)

    def changed(self, name, **values):
        return self.write(name, {**self.report("new.json"), **values})

    def test_reports_of_another_schema(self):
        for schema in (0, 2, -1, 2**62):
            self.changed(f"schema{schema}", schema=schema)
            self.refuses_file(f"schema{schema}", f"has schema {schema}, .*schema 1 only")
        for name, schema in (("null", None), ("text", "1"), ("real", 1.0), ("true", True)):
            self.changed(name, schema=schema)
            self.refuses_file(name, "has no number schema")

    def test_reports_with_numbers_that_are_none(self):
        rows = (
            ("negative", {"ticks": -1}, "ticks is no count"),
            ("real", {"ticks": 0.5}, "ticks is no count"),
            ("huge", {"ticks": 1e300}, "ticks is no count"),
            ("deeper", {"roi": {"l1d": {"x": [0, -5]}}}, r"roi\.l1d\.x\[1\] is no count"),
            ("big", {"ticks": 2**63}, "is no JSON: .*too big"),
            ("text", {"instructions": "5"}, "has no number instructions"),
            ("null", {"l1d": None}, r"has no number l1d\.accesses"),
            ("list", {"walks": [1]}, r"has no number walks\.count"),
        )
        for name, values, reason in rows:
            self.changed(name, **values)
            self.refuses_file(name, reason)
        good = (self.folder / "new.json").read_bytes()
        self.refuses_file("infinite", "is no JSON", good.replace(b"{", b'{"x": 1e999,', 1))

    def test_the_largest_numbers_are_exact(self):
        most = 2**63 - 1
        for name, ticks in (("a", most - 1), ("b", most)):
            self.changed(name, ticks=ticks)

        self.diff("--max-increase=ticks=1", "a", "b")
        self.diff("--max-increase=ticks=0", "a", "b", status=1)
        self.diff("--max-increase=ticks=0.000000001%", "a", "b")
        self.diff("--max-increase=ticks=0%", "a", "b", status=1)
        self.assertIn(f"{most:,}", self.diff("a", "b"))

    def test_hostile_files_do_no_harm(self):
        rows = {
            "deep": ("is no JSON: .*depth", b"[" * 100000),
            "deep-object": ("is no JSON: .*depth", b'{"a":' * 100000),
        }
        good = (self.folder / "new.json").read_text()
        for name, (reason, content) in rows.items():
            self.refuses_file(name, reason, content)
        self.changed("long", x={"n" * 5000: 1})
        self.refuses_file("long", "has a name of more than 4096 characters")
        nested = '{"k": [' * 500 + "1" + "]}" * 500
        self.file("nested", good.replace("{", f'{{"x": {nested},', 1).encode())
        self.assertEqual(self.diff("nested", "nested"), "no differences\n")
        self.assertIn("  x ", self.diff("nested", "new.json"))
        many = [{"symbol": f"f{i % 5000}", "walks": i} for i in range(20000)]
        self.changed("many", by_function=many)
        self.assertEqual(self.diff("many", "many"), "no differences\n")
        self.changed("escape", **{"\x1b[2J": 1, "\x7f": "\x1b"})
        self.assertNotRegex(self.diff("new.json", "escape"), r"[\x00-\x09\x0b-\x1f\x7f]")

    def test_endless_files_are_given_up(self):
        blanks = subprocess.Popen(["yes", " "], stdout=subprocess.PIPE)
        try:
            result = self.run_it("diff", "-", "new.json", stdin=blanks.stdout)
        finally:
            blanks.kill()
            blanks.communicate()
        self.assertEqual(result.returncode, 125)
        self.assertIn("standard input: is longer than 256 MiB", result.stderr.decode())

    def test_words_that_are_wrong(self):
        self.refuses("no OLD.json given", "diff")
        self.refuses("no NEW.json given", "diff", "old.json")
        self.refuses("'new.json' is one word too many", "diff", "old.json", "old.json", "new.json")
        self.refuses("only one of the two", "diff", "-", "-")
        self.refuses("--json=no/such: ", "diff", "--json=no/such", "old.json", "new.json")
        self.refuses("standard input: is no JSON", "diff", "-", "new.json")
