"""check_cases.py - pagewalk check: its list, its two forms of report, its mistakes."""

import collections
import re
import signal
import subprocess
import xml.etree.ElementTree as xml
from pathlib import Path

import guest_text as t
from case import TIMEOUT, Place
from check_case import CheckCase, failing, passing, wait_for

REPOSITORY = Path(__file__).resolve().parents[2]
SCHEMA = Path(__file__).resolve().parent / "junit.xsd"
SUBJECTS = {"SATP": 10, "VA": 5, "PTW": 16, "PTE": 9, "PRM": 14, "MPR": 5, "AD": 15, "FEN": 20,
            "TRP": 15, "PRI": 4, "RET": 4, "VIR": 2, "PMP": 2, "NAP": 2, "PBM": 1, "INV": 1,
            "RSW": 1, "CBO": 3}  # fmt: skip


class CheckList(CheckCase):
    def lines(self, *words):
        result = self.run_it("check", "--list", *words)

        self.assertEqual((result.returncode, result.stderr), (0, b""))
        return result.stdout.decode().splitlines()

    def test_has_every_rule_once_with_kind_and_words_and_test(self):
        found = collections.Counter()
        for line in self.lines():
            match = re.fullmatch(r"(([A-Z]+)-\d\d) +([MELU](?:/[MEL])?) +(\S.*?)   +(\S.*)", line)
            self.assertIsNotNone(match, line)
            found[match[2]] += 1
            if match[5].endswith(".elf"):
                self.assertEqual(match[5], f"{match[1]}.elf")
                self.assertNotIn("U", match[3])
        self.assertEqual(found, SUBJECTS)
        self.assertEqual(sum(found.values()), 126 + 3)

    def test_names_tests_that_there_are(self):
        paths = re.findall(r"tests/\S+", "\n".join(self.lines()))

        self.assertGreaterEqual(len(paths), 3)
        for path in paths:
            self.assertTrue((REPOSITORY / path).is_file(), path)

    def test_of_some_rules(self):
        ids = [line.split()[0] for line in self.lines("--rule=ptw-0[12]")]
        self.assertEqual(ids, ["PTW-01", "PTW-02"])

    def test_knows_every_program_that_is_built(self):
        listed = re.findall(r"\S+\.elf$", "\n".join(self.lines()), re.MULTILINE)
        for path in (Place.guests / "rules").glob("*.elf"):
            self.assertIn(path.name, listed)


class CheckTap(CheckCase):
    def test_of_a_suite_that_passes(self):
        self.suite(PTW_01=passing("PTW-01"), PTW_02=passing("PTW-02"))
        lines = self.tap("PTW-0[12]", "--runner=cat {}")

        self.assertEqual(lines[:2], ["TAP version 13", "1..2"])
        self.assertRegex(lines[2], r"\Aok 1 - PTW-01 the walk starts at ")
        self.assertRegex(lines[3], r"\Aok 2 - PTW-02 ")
        self.assertEqual(lines[4:], ["# 2 passed, 0 failed, 0 skipped"])

    def test_skips_what_is_absent_and_what_cannot_be_seen(self):
        self.suite(NAP_01="rule NAP-01 E\nend skip no Svnapot\n")

        self.assertRegex(self.tap("NAP-01", "--runner=cat {}")[2], r" # SKIP no Svnapot\Z")
        self.assertRegex(
            self.tap("AD-06")[2], r" # SKIP not visible to one hart: .*tests/mmu/step9_test\.c\Z"
        )

    def test_shows_choices_and_cases_that_were_skipped(self):
        self.suite(
            FEN_09="rule FEN-09 L\ncase a [sv39]: allowed old | new, seen old: choice\n"
            "case b [sv48]: skip no Sv48\nend ok\n"
        )
        lines = self.tap("FEN-09", "--runner=cat {}")

        self.assertEqual(lines[3], "# choice a [sv39]: allowed old | new, seen old")
        self.assertEqual(lines[4], "# b [sv48]: skip no Sv48")

    def test_shows_the_cases_that_failed(self):
        self.suite(
            PTW_10="rule PTW-10 M\ncase it's 2M [sv39]: expected cause 13, seen no trap: FAIL\n"
            "case 1G [sv39]: expected cause 13, seen cause 13: ok\nend FAIL\n"
        )
        lines = self.tap("PTW-10", "--runner=cat {}; exit 1", status=1)

        self.assertEqual(
            lines[2:],
            [
                "not ok 1 - PTW-10 misaligned superpage: page fault",
                "  ---",
                "  message: '1 of 2 cases: it''s 2M [sv39]: expected cause 13, seen no trap'",
                "  failure: 'rule'",
                "  cases: |",
                "    it's 2M [sv39]: expected cause 13, seen no trap",
                "  ...",
                "# 0 passed, 1 failed, 0 skipped",
            ],
        )

    def prove(self, name):
        result = subprocess.run(
            ["prove", name], cwd=self.folder, capture_output=True, timeout=TIMEOUT
        )
        return result.returncode, result.stdout.decode() + result.stderr.decode()

    def test_is_accepted_by_prove(self):
        self.suite(
            PTW_01=passing("PTW-01"),
            PTW_02=failing("PTW-02"),
            PTW_03="  two blanks: here\n\n  ...\n---\n'a: b' \" - c\n",
            PTW_04="rule PTW-04 M\nend skip because # of \\ it's\n",
            PTW_05=failing("PTW-05").replace("a:", "a' \" \\ # [b] {c} - d:"),
        )
        for glob, status, failed in (("PTW-0[14]", 0, None), ("PTW-0[1-5]", 1, "2-3, 5")):
            result = self.check(glob, "--runner=cat {}; ! grep -q FAIL {}")
            name = self.file("report.tap", result.stdout)
            proved, text = self.prove(name)

            self.assertEqual((result.returncode, proved), (status, status), text)
            self.assertNotIn("Parse errors", text)
            if failed:
                self.assertIn(f"Failed tests:  {failed}\n", text)

    def test_glob_may_be_in_small_letters(self):
        self.suite(PTW_01=passing("PTW-01"))
        self.assertEqual(self.results("--runner=cat {}", glob="ptw-01"), {"PTW-01": "ok"})


class CheckJunit(CheckCase):
    def setUp(self):
        super().setUp()
        self.suite(
            PTW_01=passing("PTW-01"),
            PTW_02=failing("PTW-02").replace("a:", "<&\">]]>'\x1b\xff:"),
            PTW_03="exit\n",
            PTW_04="rule PTW-04 M\nend skip a < b\n",
        )

    def report(self):
        result = self.check("PTW-0[1-4]", "--format=junit", "--runner=cat {}; ! grep -q FAIL {}")

        self.assertEqual((result.returncode, result.stderr), (1, b""))
        return result.stdout

    def validate(self, report):
        """True if the report is as the schema wants it."""
        self.file("report.xml", report)
        words = ["xmllint", "--noout", "--nonet", "--schema", str(SCHEMA), "report.xml"]
        result = subprocess.run(words, cwd=self.folder, capture_output=True, timeout=TIMEOUT)

        self.assertIn(result.returncode, (0, 1, 3), result.stderr.decode())
        return result.returncode == 0

    def test_is_valid_and_its_totals_are_right(self):
        report = self.report()
        suites = xml.fromstring(report)
        suite = suites.find("testsuite")

        self.assertTrue(self.validate(report))
        self.assertEqual(
            [(case.get("classname"), case.get("name")) for case in suite],
            [("walk", f"PTW-0{number}") for number in range(1, 5)],
        )
        for element in (suites, suite):
            self.assertEqual(int(element.get("tests")), 4)
            self.assertEqual(int(element.get("failures")), len(suite.findall("*/failure")))
            self.assertEqual(int(element.get("skipped")), len(suite.findall("*/skipped")))
            self.assertEqual(element.get("errors"), "0")
        self.assertEqual([case.get("type") for case in suite.iter("failure")], ["rule", "silence"])
        self.assertIn("<&\">]]>'???: expected b, seen c", suite.find("*/failure").text)
        self.assertEqual(suite.find("*/skipped").get("message"), "a < b")

    def test_schema_refuses_what_readers_do_not_know(self):
        report = self.report().decode()
        changes = (
            ('skipped message="', 'skipped reason="'),
            (' tests="4"', ""),
            (' time="', ' duration="'),
            (' classname="walk"', ""),
            ('name="PTW-02"', 'name="PTW-01"'),
            ("<failure ", "<fault "),
            ('type="rule"', 'type=""'),
            ("system-out>", "output>"),
            ('failures="2"', 'failures="two"'),
            ("</testcase>", ""),
        )
        for old, new in changes:
            with self.subTest(old):
                self.assertIn(old, report)
                self.assertFalse(self.validate(report.replace(old, new).encode()))

    def test_of_a_suite_that_was_interrupted_is_valid_and_has_an_error(self):
        self.suite(PTW_02="sleep 1000\n")
        process = self.start(
            *("check", "--rules=suite", "--rule=PTW-0[1-4]", "--format=junit"),
            "--runner=cat {}; grep -q sleep {} && touch reached && sh {}",
            stdout=subprocess.PIPE,
        )
        wait_for(self.folder / "reached")
        process.send_signal(signal.SIGINT)
        report, _ = process.communicate(timeout=TIMEOUT)
        suite = xml.fromstring(report).find("testsuite")

        self.assertEqual(process.returncode, 130)
        self.assertTrue(self.validate(report))
        self.assertEqual((suite.get("tests"), suite.get("errors")), ("2", "1"))
        self.assertIn("SIGINT", suite.find("*/error").get("message"))


class CheckUsage(CheckCase):
    def test_mistakes_are_named(self):
        self.suite(PTW_01=passing("PTW-01"))
        rows = (
            ("--rule=XYZ-*: no rule has such an id", ("--rule=XYZ-*",)),
            ("--rule=: no rule has such an id", ("--list", "--rule=")),
            ("--format=yaml: must be tap or junit", ("--format=yaml",)),
            ("--runner=qemu: must have {} where", ("--runner=qemu",)),
            ("--timeout=0: must be a number of seconds", ("--timeout=0",)),
            ("--timeout=1s: must be a number of seconds", ("--timeout=1s",)),
            ("--timeout=86401: must be a number of seconds", ("--timeout=86401",)),
            ("--isa=: must be at most 127 characters", ("--isa=",)),
            ("--isa=rv32imac: must be at most 127 characters", ("--isa=rv32imac",)),
            ("must be at most 127 characters", ("--isa=rv64" + "x" * 124,)),
            ("--rules=: a file needs a name", ("--rules=",)),
            ("--rules=nowhere: No such file", ("--rules=nowhere",)),
            ("suite/PTW-02.elf: No such file", ("--rules=suite", "--rule=PTW-0[12]")),
            ("6 programs are missing", ("--rules=suite", "--rule=PTW-[01][0-3]")),
            ("--tlb=default: is for this emulator", ("--tlb=default", "--runner=cat {}")),
            ("--ad=x: must be hw, svade, svadu or core", ("--ad=x",)),
            ("'more' is one word too many", ("more",)),
            ("'--json=x'", ("--json=x",)),
        )
        for pattern, words in rows:
            with self.subTest(words):
                self.refuses(re.escape(pattern), "check", *words)

    def test_without_its_suite_it_says_where_it_looked(self):
        copy = self.file("alone", Path(Place.pagewalk).read_bytes())
        (self.folder / copy).chmod(0o755)
        result = subprocess.run(
            [self.folder / copy, "check"], capture_output=True, timeout=TIMEOUT, check=False
        )
        self.assertEqual((result.returncode, result.stdout), (125, b""))
        self.assertRegex(
            result.stderr.decode(),
            r"\Apagewalk: the rule suite is not there: there is neither /\S+/guest/rules nor "
            r"/\S+/pagewalk/rules\n\Z",
        )

    def test_finds_its_suite_beside_it_built_or_installed(self):
        for program, suite in (
            ("build/emu/pagewalk", "build/guest/rules"),
            ("usr/bin/pagewalk", "usr/libexec/pagewalk/rules"),
        ):
            with self.subTest(program):
                for folder in (Path(program).parent, Path(suite)):
                    (self.folder / folder).mkdir(parents=True)
                self.file(program, Path(Place.pagewalk).read_bytes())
                (self.folder / program).chmod(0o755)
                self.file(f"{suite}/PTW-01.elf", t.program(passing("PTW-01")))
                link = self.folder / f"link-{len(program)}"
                link.symlink_to(self.folder / program)
                for start in (self.folder / program, link):
                    result = subprocess.run(
                        [start, "check", "--rule=PTW-01"], capture_output=True, timeout=TIMEOUT
                    )
                    self.assertEqual(result.returncode, 0, result.stderr.decode())
