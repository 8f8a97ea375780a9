"""run_cases.py - how a run ends, and the streams and files around it."""

import json
import os
import pty
import re
import resource
import signal
import subprocess
import time
import unittest

import guest_elf as g
import json_shape
from case import TIMEOUT, Case, Place, guest


class Outputs(Case):
    def test_that_cannot_be_written_are_refused_before_the_run(self):
        program = self.elf(*g.PASS)
        program_with_signature = self.file(
            "s.elf",
            g.Elf(g.PASS)
            .symbol("begin_signature", g.RAM)
            .symbol("end_signature", g.RAM + 8)
            .build(),
        )
        for option in ("--json=", "--trace=insn:", "--trace=walk:", "--dump-dtb=", "--signature="):
            chosen = program_with_signature if option == "--signature=" else program
            with self.subTest(option):
                self.refuses(re.escape(f"{option}no/f: "), "run", f"{option}no/f", chosen)
                self.refuses(re.escape(f"{option}.: "), "run", f"{option}.", chosen)

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_in_a_folder_without_rights(self):
        program = self.elf(*g.PASS)

        self.folder.chmod(0o500)
        self.addCleanup(self.folder.chmod, 0o700)
        self.refuses("--json=j: Permission denied", "run", "--json=j", program)

    def test_two_in_one_file_are_refused(self):
        program = self.elf(*g.PASS)

        self.refuses("--json=./x: .*--trace=", "run", "--trace=insn:x", "--json=./x", program)
        self.refuses("--json=-: .*--trace=", "run", "--trace=walk:-", "--json=-", program)

    def test_are_left_as_they_were_if_the_run_does_not_start(self):
        self.file("old.json", b"before")
        self.refuses("missing", "run", "--json=old.json", "--trace=insn:t", "missing")
        self.refuses("begin_signature", "run", "--json=old.json", "--signature=s", self.elf(0))
        self.assertEqual((self.folder / "old.json").read_bytes(), b"before")

    @staticmethod
    def limit_files():
        """A full disk: no file may grow beyond this. No device is opened by its name here: a
        mistake in pagewalk, run by root, would replace it."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

    def test_that_break_down_at_the_end_are_told(self):
        self.file("old", b"before")
        program = self.elf(*g.PASS)
        before = self.files()
        result = self.run_it("run", "--json=old", program, preexec_fn=self.limit_files)

        self.assertEqual(result.returncode, 125)
        self.assertRegex(result.stderr.decode(), r"\Apagewalk: --json=old: [^\n]+\n\Z")
        self.assertEqual((self.folder / "old").read_bytes(), b"before")
        self.assertEqual(self.files(), before)

    def test_a_full_trace_ends_the_run(self):
        result = self.run_it(
            "run", "--trace=insn:trace", guest("loop"), preexec_fn=self.limit_files
        )

        self.assertEqual(result.returncode, 125)
        self.assertIn("--trace=insn:trace: ", result.stderr.decode())
        self.assertEqual(self.files(), [])

    def test_are_all_written_and_nothing_else(self):
        words = [
            f"--{option}"
            for option in ("json=j", "trace=insn:i", "trace=walk:w", "signature=s", "dump-dtb=d")
        ]
        self.assertEqual(self.run_it("run", *words, guest("tohost")).returncode, 0)
        self.assertEqual(self.files(), ["d", "i", "j", "s", "w"])


class ExitStatus(Case):
    def test_is_the_guests_own(self):
        rows = (
            (guest("hello"), 0, 0),
            (guest("tohost"), 0, 0),
            (guest("fail"), 42, 42),
            (self.elf(*g.finish(255 << 16 | 0x3333), name="255"), 255, 255),
            (self.elf(*g.finish(300 << 16 | 0x3333), name="300"), 300, 255),
            (self.elf(*g.finish(124 << 16 | 0x3333), name="124"), 124, 124),
            (self.elf(*g.finish(0x3333), name="1"), 1, 1),
        )
        for program, code, status in rows:
            with self.subTest(program):
                counts = self.counts(program, status=status)
                self.assertEqual(
                    counts["exit"], {"reason": "guest", "code": code, "status": status}
                )

    def stops(self, words, pattern, reason):
        result = self.run_it("run", "--json=counts.json", *words)
        counts = json.loads((self.folder / "counts.json").read_text())

        self.assertEqual(result.returncode, 124)
        self.assertRegex(result.stderr.decode(), r"\Apagewalk: [^\n]+\n\Z")
        self.assertRegex(result.stderr.decode(), pattern)
        self.assertEqual(counts["exit"], {"reason": reason, "code": 0, "status": 124})
        return counts

    def test_out_of_instructions(self):
        counts = self.stops(
            ("--max-instructions=1000", guest("loop")),
            r"stopped after 1000 instructions at pc 0x80000000 \(start\) in M-mode\n",
            "limit",
        )
        self.assertEqual((counts["instructions"], counts["attempts"]), (1000, 1000))

    def test_traps_for_ever_at_the_trap_vector(self):
        counts = self.stops(
            ("--max-instructions=1000", guest("spin_trap")),
            r"\(handler\) in M-mode; the last exception was an illegal instruction \(0x0\)\n",
            "limit",
        )
        self.assertLess(counts["instructions"], 10)
        self.assertEqual(counts["attempts"], 1000)

    def test_jumps_nowhere(self):
        self.stops(
            ("--max-instructions=1000", guest("nowhere")),
            r"pc 0x8000000 in M-mode; the last exception was a fetch access fault at 0x8000000\n",
            "limit",
        )

    def test_names_pmp_if_it_refused(self):
        """mret to U-mode without any PMP entry: the first fetch is refused, then the handler, 0."""
        code = [g.csrw(g.MSTATUS, g.ZERO), *g.load_number(g.T0, 0x1000), g.csrw(g.MEPC, g.T0)]
        self.stops(
            ("--max-instructions=6", self.elf(*code, g.MRET)),
            r"fetch access fault at 0x1000, refused by PMP\n",
            "limit",
        )

    def test_asleep_for_ever(self):
        counts = self.stops((guest("sleep"),), r"pagewalk: asleep for ever after 2 ", "idle")
        self.assertEqual(counts["instructions"], 2)


class Streams(Case):
    ECHO = [  # reads a character and prints it, until a 'q'
        g.lui(g.T0, g.UART),
        g.lbu(g.T1, g.T0, 5),
        g.andi(g.T1, g.T1, 1),
        g.beq(g.T1, g.ZERO, -8),
        g.lbu(g.T1, g.T0, 0),
        g.sb(g.T1, g.T0, 0),
        g.addi(g.T2, g.ZERO, ord("q")),
        g.bne(g.T1, g.T2, -24),
        *g.PASS,
    ]
    CHATTER = [g.lui(g.T0, g.UART), g.sb(g.T0, g.T0, 0), g.jal(g.ZERO, -4)]

    def test_input_reaches_the_guest_and_is_echoed(self):
        result = self.run_it("run", self.elf(*self.ECHO), stdin=None, input=b"one\0two\xffq rest")

        self.assertEqual((result.returncode, result.stdout), (0, b"one\0two\xffq"))

    def test_input_that_comes_late_changes_no_count(self):
        program = self.elf(*self.ECHO)
        runs = []

        for pause in (0, 0.3):
            process = self.start(
                "run", "--json=j", program, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
            )
            for character in b"abq":
                time.sleep(pause)
                process.stdin.write(bytes([character]))
                process.stdin.flush()
            process.stdin.close()
            self.assertEqual(process.wait(TIMEOUT), 0)
            runs.append((self.folder / "j").read_bytes())
        self.assertEqual(runs[0], runs[1])

    def test_the_end_of_input_is_not_the_end_of_the_run(self):
        result = self.run_it("run", "--max-instructions=5000", self.elf(*self.ECHO))

        self.assertEqual(result.returncode, 124)

    def test_a_terminal_is_not_waited_for(self):
        try:
            controller, terminal = pty.openpty()
        except OSError as error:
            self.skipTest(f"this machine gives no terminal: {error}")
        try:
            result = self.run_it(
                "run", "--max-instructions=5000", self.elf(*self.ECHO), stdin=terminal
            )
            self.assertEqual(result.returncode, 124)
            os.write(controller, b"q\n")
            result = self.run_it("run", self.elf(*self.ECHO), stdin=terminal)
            self.assertEqual((result.returncode, result.stdout), (0, b"q"))
        finally:
            os.close(controller)
            os.close(terminal)

    def told_once(self, result):
        self.assertEqual(result.returncode, 125)
        text = result.stderr.decode()
        self.assertEqual(text.count("standard output"), 1, text)

    def test_output_that_is_full_is_told_once(self):
        for program in (guest("hello"), self.elf(*self.CHATTER)):
            with self.subTest(program), open("/dev/full", "wb") as full:
                result = self.run_it(
                    "run", program, capture_output=False, stdout=full, stderr=subprocess.PIPE
                )
                self.told_once(result)

    def test_output_that_nobody_reads_ends_the_run(self):
        reader, writer = os.pipe()
        os.close(reader)
        try:
            result = self.run_it(
                "run",
                "--json=j",
                self.elf(*self.CHATTER),
                capture_output=False,
                stdout=writer,
                stderr=subprocess.PIPE,
            )
        finally:
            os.close(writer)
        self.told_once(result)
        self.assertEqual(json.loads((self.folder / "j").read_text())["exit"]["status"], 125)

    def test_output_that_is_closed_does_not_go_into_a_file_of_ours(self):
        """The first file opened would get the number of the closed standard output."""
        for closed in (">&-", "<&- >&-"):
            command = f'exec "{Place.pagewalk}" run --json=j "{guest("hello")}" {closed}'
            with self.subTest(closed):
                result = subprocess.run(
                    ["sh", "-c", command],
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    timeout=TIMEOUT,
                )
                self.told_once(result)
                self.assertEqual(json.loads((self.folder / "j").read_text())["exit"]["code"], 0)

    def test_output_comes_before_the_report(self):
        result = self.run_it(
            "stat",
            guest("hello"),
            capture_output=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        text = result.stdout.decode()
        self.assertLess(text.index("Hello"), text.index("WHOLE RUN"))


class Signals(Case):
    def interrupt(self, number, *words):
        process = self.start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(0.5)
        process.send_signal(number)
        _, errors = process.communicate(timeout=TIMEOUT)
        return process.returncode, errors.decode()

    def test_end_the_run_with_report_and_json(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number):
                code, errors = self.interrupt(number, "stat", "--json=j", guest("loop"))
                run = json.loads((self.folder / "j").read_text())

                self.assertEqual(code, status)
                self.assertRegex(errors, r"pagewalk: stopped after \d+ instructions at pc ")
                self.assertIn("WHOLE RUN", errors)
                self.assertEqual(run["exit"], {"reason": "signal", "code": 0, "status": status})
                self.assertEqual(list(json_shape.mistakes(run, json_shape.RUN)), [])

    def test_end_a_wait_for_input(self):
        reader, writer = os.pipe()
        try:
            process = self.start(
                "run", self.elf(*Streams.ECHO), stdin=reader, stderr=subprocess.DEVNULL
            )
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(TIMEOUT), 130)
        finally:
            os.close(reader)
            os.close(writer)

    def test_leave_no_other_files(self):
        self.interrupt(signal.SIGINT, "run", "--trace=insn:t", "--json=j", guest("loop"))
        self.assertEqual(self.files(), ["j", "t"])
