"""check_run_cases.py - how pagewalk check runs programs: with a runner, in this emulator, with
copies, with signals and streams around it. What hangs, crashes, falls silent or lies never passes.
"""

import os
import pty
import shlex
import signal
import subprocess
import time
from pathlib import Path

import guest_elf as g
import guest_text as t
from case import TIMEOUT, Place
from check_case import CheckCase, failing, is_dead, passing, wait_for


def read_all(controller):
    """What a terminal was sent, once nobody has it open any more: its end is an error there."""
    shown = b""
    with open(controller, "rb", buffering=0) as stream:
        while True:
            try:
                some = stream.read(4096)
            except OSError:
                some = b""
            if not some:
                return shown
            shown += some


class CheckRunner(CheckCase):
    PASSING = "printf 'rule PTW-01 M\\ncase a: expected b, seen b: ok\\nend ok\\n'\n"

    def test_that_hangs_is_killed_with_all_that_it_started(self):
        start = time.monotonic()
        script = f"{self.PASSING}sleep 1000 & echo $! >pid; sleep 1000"
        message = self.failure(script, "--timeout=1")

        self.assertEqual(message, "did not end within 1 s and was killed")
        self.assertLess(time.monotonic() - start, TIMEOUT / 2)
        self.assertTrue(is_dead(int((self.folder / "pid").read_text())))

    def test_that_leaves_something_behind_passes_without_it(self):
        self.suite(PTW_01=f"{self.PASSING}sleep 1000 & echo $! >pid")

        self.assertEqual(self.results("--runner=sh {}", glob="PTW-01"), {"PTW-01": "ok"})
        self.assertTrue(is_dead(int((self.folder / "pid").read_text())))

    def test_that_crashes_is_a_failure(self):
        self.assertEqual(
            self.failure(f"{self.PASSING}kill -SEGV $$"),
            "ended by signal 11 (Segmentation fault)",
        )
        self.assertEqual(self.failure(f"{self.PASSING}kill -KILL $$"), "ended by signal 9 (Killed)")

    def test_that_is_silent_is_a_failure(self):
        self.assertEqual(self.failure(":"), "printed nothing, exit status 0")
        self.assertEqual(self.failure("exit 7"), "printed nothing, exit status 7")
        self.assertEqual(
            self.failure("echo rule PTW-01 M"), "stopped before its end line, exit status 0"
        )

    def test_that_contradicts_itself_is_a_failure(self):
        self.assertEqual(
            self.failure(f"{self.PASSING}exit 1"), "said ''end ok'' but its exit status was 1"
        )
        self.assertEqual(
            self.failure("printf 'rule PTW-01 M\\nend skip it\\n'; exit 1"),
            "said ''end skip'' but its exit status was 1",
        )
        self.assertEqual(
            self.failure(self.PASSING.replace("seen b: ok", "seen c: FAIL")),
            "''end ok'' after 1 cases that failed",
        )
        self.assertEqual(
            self.failure(f"{self.PASSING}{self.PASSING}"), "it began anew: a second rule line"
        )
        self.assertEqual(self.failure("echo end ok"), "an end line before the rule line")

    def test_that_runs_another_rules_program_is_a_failure(self):
        self.assertEqual(
            self.failure(self.PASSING.replace("PTW-01", "PTW-02")), "it says that it tests PTW-02"
        )

    def test_that_never_stops_printing_is_killed(self):
        self.assertRegex(self.failure("exec yes"), r"\Aprinted more than \d+ bytes and was killed")

    def test_shows_what_was_printed_last(self):
        self.suite(PTW_01="echo one; echo \"it's two\" >&2; exit 3")
        lines = self.tap("PTW-01", "--runner=sh {}", status=1)

        self.assertEqual(
            lines[6:10],
            ["  output: |", "    one", "  errors: |", "    it's two"],
        )

    def test_that_does_not_exist_is_a_failure_that_says_so(self):
        self.suite(PTW_01="")
        text = "\n".join(self.tap("PTW-01", "--runner=nowhere/to/be/found {}", status=1))

        self.assertIn("printed nothing, exit status 127", text)
        self.assertRegex(text, "nowhere/to/be/found: not found")

    def test_gets_the_path_quoted_wherever_it_is_wanted(self):
        odd = "it's a \"$HOME\" `odd` \\ #folder"
        (self.folder / "suite").rename(self.folder / odd)
        self.file(f"{odd}/PTW-01.elf", passing("PTW-01").encode())
        result = self.run_it(
            "check", f"--rules={odd}", "--rule=PTW-01", "--runner=cmp {} {} && cat {}"
        )

        self.assertEqual(result.returncode, 0, result.stdout)

    def test_reads_no_input_of_ours(self):
        self.suite(PTW_01=passing("PTW-01"))
        reader, writer = os.pipe()
        try:
            result = self.check("PTW-01", "--runner=cat; cat {}", stdin=reader)
        finally:
            os.close(reader)
            os.close(writer)
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_runs_one_program_at_a_time(self):
        script = "mkdir busy && sleep 0.2 && cat {}; rmdir busy"
        self.suite(PTW_01=passing("PTW-01"), PTW_02=passing("PTW-02"), PTW_03=passing("PTW-03"))
        self.assertEqual(
            set(self.results(f"--runner={script}", glob="PTW-0[123]").values()), {"ok"}
        )

    def test_one_that_fails_does_not_keep_others_from_running(self):
        self.suite(PTW_01="", PTW_02=passing("PTW-02"))
        self.assertEqual(
            self.results("--runner=cat {}", glob="PTW-0[12]", status=1),
            {"PTW-01": "not ok", "PTW-02": "ok"},
        )


class CheckHere(CheckCase):
    """The suite in this emulator."""

    def test_runs_programs_and_takes_their_word(self):
        self.suite(
            PTW_01=t.program(passing("PTW-01")),
            PTW_02=t.program(failing("PTW-02"), end=g.finish(1 << 16 | 0x3333)),
            PTW_03=t.program("rule PTW-03 M\nend skip it\n"),
            PTW_04=t.program(passing("PTW-04"), end=g.finish(1 << 16 | 0x3333)),
            PTW_05=t.program(),
        )
        self.assertEqual(
            self.results(glob="PTW-0[1-5]", status=1),
            {
                "PTW-01": "ok",
                "PTW-02": "not ok",
                "PTW-03": "skip",
                "PTW-04": "not ok",
                "PTW-05": "not ok",
            },
        )

    def test_tells_where_a_program_hangs(self):
        self.suite(PTW_01=t.program(passing("PTW-01"), end=t.HANG))
        text = "\n".join(self.tap("PTW-01", "--timeout=100", status=1))

        self.assertIn("said ''end ok'' but its exit status was 124", text)
        self.assertRegex(text, r"    pagewalk: stopped after \d+ instructions at pc 0x80000")

    def test_tells_the_results_in_order(self):
        count = 9
        rounds = [200000 if number % 2 else 1 for number in range(1, count + 1)]
        self.suite(
            **{
                f"PTW_{number:02}": t.program(
                    t.wait(rounds[number - 1]), passing(f"PTW-{number:02}")
                )
                for number in range(1, count + 1)
            }
        )
        self.assertEqual(
            [line.split(" - ")[0] for line in self.tap("PTW-0?")[2:-1]],
            [f"ok {number}" for number in range(1, count + 1)],
        )

    def shown(self, *words):
        """The reasons that the programs of NAP-01 and PBM-01 give for being skipped."""
        lines = self.tap("[NP][AB][PM]-01", *words)
        return [line.split(" # SKIP ")[1] for line in lines if " # SKIP " in line]

    def test_hands_options_on(self):
        self.suite(
            NAP_01=t.program("rule NAP-01 E\nend skip ", t.PRINT_LOW_ASID_BITS, "\n"),
            PBM_01=t.program("rule PBM-01 E\nend skip ", t.PRINT_ADUE, "\n"),
        )
        array = [("rule_expect_ad", 16)]
        self.assertEqual(self.shown(), ["7", "0"])
        self.assertEqual(self.shown("--tlb=default,asid=2"), ["3", "0"])
        self.assertEqual(self.shown("--tlb=default,asid=2", "--tlb=default,asid=1"), ["1", "0"])
        self.suite(
            NAP_01=t.program("rule NAP-01 E\nend skip ", *array, t.PRINT_LOW_ASID_BITS, "\n"),
            PBM_01=t.program("rule PBM-01 E\nend skip ", *array, t.PRINT_ADUE, "\n"),
        )
        self.assertEqual(self.shown("--ad=svadu"), ["svadu7", "svadu1"])
        self.assertEqual(self.shown("--ad=hw", "--ad", "svade"), ["svade7", "svade0"])

    def test_tells_programs_the_isa_that_is_there(self):
        arrays = [("rule_isa_override", 128), "/", ("rule_expect_ad", 16)]
        self.suite(
            NAP_01=t.program("rule NAP-01 E\nend skip <", *arrays, ">\n"),
            PBM_01=t.program("rule PBM-01 E\nend skip [", *arrays, "]\n"),
        )
        before = [path.read_bytes() for path in sorted((self.folder / "suite").iterdir())]
        longest = "rv64" + "x" * 123
        rows = (
            ((), "/"),
            (("--isa=rv64imac_svnapot",), "rv64imac_svnapot/"),
            (("--isa=rv64imac_svnapot", "--ad=svade"), "rv64imac_svnapot/svade"),
            (("--isa", longest), f"{longest}/"),
            (("--ad=hw",), "/hw"),
        )
        for words, text in rows:
            with self.subTest(words):
                self.assertEqual(self.shown(*words), [f"<{text}>", f"[{text}]"])
        after = [path.read_bytes() for path in sorted((self.folder / "suite").iterdir())]
        self.assertEqual(after, before)

    def test_expects_a_scheme_of_a_runner_too(self):
        self.suite(NAP_01=t.program("rule NAP-01 E\nend skip ", ("rule_expect_ad", 16), "\n"))
        runner = shlex.join([Place.pagewalk, "run"]) + " {}"
        lines = self.tap("NAP-01", "--ad=svade", f"--runner={runner}")

        self.assertRegex(lines[2], r" # SKIP svade\Z")


class CheckTemporary(CheckCase):
    """Copies of programs are made in TMPDIR, and nothing stays there."""

    def setUp(self):
        super().setUp()
        self.temporary = self.folder / "temporary"
        self.temporary.mkdir()
        self.environment = {**os.environ, "TMPDIR": str(self.temporary)}
        array = ("rule_isa_override", 128)
        self.suite(
            NAP_01=t.program("rule NAP-01 E\nend skip ", array, "\n"),
            PBM_01=t.program("rule PBM-01 E\nend skip ", array, "\n"),
        )

    def nothing_is_left(self):
        self.assertEqual(list(self.temporary.iterdir()), [])

    def test_files_are_gone_at_the_end(self):
        result = self.check(
            "[NP][AB][PM]-01",
            "--isa=rv64imac",
            "--runner=echo {} >>paths; exec " + shlex.quote(Place.pagewalk) + " run {}",
            env=self.environment,
        )
        paths = (self.folder / "paths").read_text().splitlines()

        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual([Path(path).name for path in paths], ["NAP-01.elf", "PBM-01.elf"])
        for path in paths:
            self.assertTrue(path.startswith(str(self.temporary)), path)
        self.nothing_is_left()

    def test_files_are_gone_after_a_failure_to_make_them(self):
        for content, pattern in (
            (t.program("text"), "has no array 'rule_isa_override' with room for 'rv64imac'"),
            (t.program(("rule_isa_override", 8)), "has no array 'rule_isa_override' with room"),
            (b"no program", "is not an ELF file"),
        ):
            self.suite(PBM_01=content)
            with self.subTest(pattern):
                result = self.check("[NP][AB][PM]-01", "--isa=rv64imac", env=self.environment)
                self.assertEqual(result.returncode, 125)
                self.assertRegex(result.stderr.decode(), rf"\Apagewalk: [^\n]*{pattern}[^\n]*\n\Z")
                self.assertRegex(result.stdout.decode(), rf"(?m)^Bail out!  .*{pattern}")
                self.nothing_is_left()

    def test_folder_that_is_not_there_is_an_error(self):
        self.temporary.rmdir()
        result = self.check("NAP-01", "--isa=rv64imac", env=self.environment)

        self.assertEqual(result.returncode, 125)
        self.assertRegex(result.stderr.decode(), r"temporary/pagewalk-check-\S+: No such file")

    def test_files_and_processes_are_gone_after_a_signal(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            with self.subTest(number):
                (self.folder / "pid").unlink(missing_ok=True)
                process = self.start(
                    *("check", "--rules=suite", "--rule=[NP][AB][PM]-01", "--isa=rv64imac"),
                    "--runner=case {} in *NAP*) exec " + shlex.quote(Place.pagewalk) + " run {} ;; "
                    "*) sleep 1000 & echo $! >half; mv half pid; wait ;; esac",
                    env=self.environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                )
                wait_for(self.folder / "pid")
                process.send_signal(number)
                output, errors = process.communicate(timeout=TIMEOUT)
                name = number.name

                self.assertEqual((process.returncode, errors), (status, b""))
                self.assertRegex(
                    output.decode(),
                    r"\ATAP version 13\n1\.\.2\nok 1 - NAP-01 .* # SKIP rv64imac\n"
                    rf"Bail out!  ended by {name} after 1 of 2 rules\n# 0 passed, ",
                )
                self.nothing_is_left()
                self.assertTrue(is_dead(int((self.folder / "pid").read_text())))


class CheckStreams(CheckCase):
    def setUp(self):
        super().setUp()
        self.suite(PTW_01=passing("PTW-01"), PTW_02=passing("PTW-02"))
        self.words = ("PTW-0[12]", "--runner=cat {}")

    def test_output_that_is_full_is_told_once_and_ends_the_suite(self):
        with open("/dev/full", "wb") as full:
            result = self.check(
                "PTW-0[12]",
                "--runner=echo >>runs; cat {}",
                capture_output=False,
                stdout=full,
                stderr=subprocess.PIPE,
            )
        self.assertEqual(result.returncode, 125)
        self.assertRegex(result.stderr.decode(), r"\Apagewalk: standard output: [^\n]+\n\Z")
        self.assertLess(len((self.folder / "runs").read_text()), 2)

    def test_output_that_nobody_reads_is_an_error(self):
        reader, writer = os.pipe()
        os.close(reader)
        try:
            result = self.check(
                *self.words, capture_output=False, stdout=writer, stderr=subprocess.PIPE
            )
        finally:
            os.close(writer)
        self.assertEqual(result.returncode, 125)

    def test_results_come_as_they_are_known(self):
        start = time.monotonic()
        process = self.start(
            *("check", "--rules=suite", "--rule=PTW-0[12]", "--timeout=30"),
            "--runner=case {} in *PTW-02*) sleep 1000 ;; esac; cat {}",
            stdout=subprocess.PIPE,
        )
        lines = [process.stdout.readline() for _ in range(3)]
        self.assertLess(time.monotonic() - start, 20)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=TIMEOUT)

        self.assertTrue(lines[2].startswith(b"ok 1 - PTW-01 "), lines)

    def test_progress_is_shown_on_a_terminal_only(self):
        self.assertEqual(self.check(*self.words).stderr, b"")
        try:
            controller, terminal = pty.openpty()
        except OSError as error:
            self.skipTest(f"this machine gives no terminal: {error}")
        try:
            result = self.check(
                *self.words, capture_output=False, stdout=subprocess.PIPE, stderr=terminal
            )
        finally:
            os.close(terminal)
        shown = read_all(controller).decode()
        self.assertEqual(result.returncode, 0)
        self.assertNotIn(b"\r", result.stdout)
        self.assertIn("\r\033[K1 of 2 rules", shown)
        self.assertTrue(shown.endswith("\r\033[K"), shown)
        self.assertNotIn("\n", shown)
