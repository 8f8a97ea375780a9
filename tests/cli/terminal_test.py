#!/usr/bin/env python3
"""A person at a terminal, played by this script with a pseudo-terminal; and input that is late.

Usage: terminal_test.py PAGEWALK GUEST-FOLDER

The guest is guest/spike/echo.S, which sends back what it receives.
"""

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time
import unittest
from pathlib import Path

PAGEWALK = ""
GUESTS = Path()
PATIENCE = 30  # seconds, for whatever should happen at once on a machine that is not busy
LFLAG = 3  # in what tcgetattr returns


def guest(name):
    return str(GUESTS / f"{name}.elf")


def in_raw_mode(modes):
    return modes[LFLAG] & (termios.ICANON | termios.ECHO | termios.ISIG) == 0


def become_its_foreground():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for number in (signal.SIGHUP, signal.SIGQUIT):  # ignored, where this test runs in the background
        signal.signal(number, signal.SIG_DFL)


class Terminal:
    """A terminal with pagewalk in its foreground."""

    def __init__(self, test, *words):
        self.person, self.line = os.openpty()
        test.addCleanup(os.close, self.person)
        test.addCleanup(os.close, self.line)
        self.modes_before = self.modes()
        self.seen = b""
        self.process = subprocess.Popen(
            [PAGEWALK, *words],
            stdin=self.line,
            stdout=self.line,
            stderr=self.line,
            start_new_session=True,
            preexec_fn=become_its_foreground,
        )
        test.addCleanup(self.end)

    def end(self):
        self.process.kill()
        self.process.wait()

    def modes(self):
        return termios.tcgetattr(self.line)

    def type(self, keys):
        os.write(self.person, keys)

    def read(self, seconds):
        """What comes within so many seconds; all that is there, if there is some."""
        if select.select([self.person], [], [], seconds)[0]:
            self.seen += os.read(self.person, 65536)

    def sees(self, text):
        """Waits for the text, and takes what came up to its end."""
        end = time.monotonic() + PATIENCE
        while text not in self.seen:
            if time.monotonic() > end:
                raise AssertionError(f"{text!r} did not come: {self.seen!r}")
            self.read(0.1)
        before, self.seen = self.seen.split(text, 1)
        return before + text

    def becomes(self, is_so):
        """Waits until this is so of the modes."""
        end = time.monotonic() + PATIENCE
        while not is_so(self.modes()):
            if time.monotonic() > end:
                raise AssertionError(f"the modes stay {self.modes()!r}")
            time.sleep(0.01)

    def status(self):
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.02)  # so that it can write
        return self.process.wait(timeout=1)

    def seconds_of_cpu(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class RawMode(unittest.TestCase):
    def listening(self, *options):
        terminal = Terminal(self, "run", *options, guest("echo"))
        terminal.sees(b"!")
        terminal.becomes(in_raw_mode)
        return terminal

    def test_ends_with_the_run_however_that_ends(self):
        ends = (
            ("the guest's own end", lambda it: it.type(b"q"), (0,)),
            ("Ctrl-A x", lambda it: it.type(b"\1x"), (130,)),
            ("SIGINT", signal.SIGINT, (130,)),
            ("SIGTERM", signal.SIGTERM, (143,)),
            ("SIGHUP", signal.SIGHUP, (129,)),
            ("SIGQUIT", signal.SIGQUIT, (-signal.SIGQUIT,)),
            ("SIGABRT", signal.SIGABRT, (-signal.SIGABRT, 1)),  # 1: a sanitizer heard of it
            ("SIGSEGV", signal.SIGSEGV, (-signal.SIGSEGV, 1)),
            ("SIGBUS", signal.SIGBUS, (-signal.SIGBUS, 1)),
            ("SIGILL", signal.SIGILL, (-signal.SIGILL, 1)),
            ("SIGFPE", signal.SIGFPE, (-signal.SIGFPE, 1)),
            ("SIGUSR1", signal.SIGUSR1, (-signal.SIGUSR1,)),
            ("SIGALRM", signal.SIGALRM, (-signal.SIGALRM,)),
            ("SIGXCPU", signal.SIGXCPU, (-signal.SIGXCPU,)),
        )
        for name, end, statuses in ends:
            with self.subTest(name):
                terminal = self.listening()
                if callable(end) and not isinstance(end, signal.Signals):
                    end(terminal)
                else:
                    terminal.process.send_signal(end)
                self.assertIn(terminal.status(), statuses)
                self.assertEqual(terminal.modes(), terminal.modes_before)

    def test_is_left_while_the_process_is_stopped(self):
        terminal = self.listening()
        for number in (signal.SIGTSTP, signal.SIGTSTP):
            terminal.process.send_signal(number)
            terminal.becomes(lambda modes: modes == terminal.modes_before)
            os.waitid(os.P_PID, terminal.process.pid, os.WSTOPPED)
            terminal.process.send_signal(signal.SIGCONT)
            terminal.becomes(in_raw_mode)
        terminal.process.send_signal(signal.SIGSTOP)  # which nobody can catch
        os.waitid(os.P_PID, terminal.process.pid, os.WSTOPPED)
        termios.tcsetattr(terminal.line, termios.TCSANOW, terminal.modes_before)  # as shells do
        terminal.process.send_signal(signal.SIGCONT)
        terminal.becomes(in_raw_mode)
        terminal.type(b"abc")
        terminal.sees(b"abc")
        terminal.type(b"q")
        self.assertEqual(terminal.status(), 0)
        self.assertEqual(terminal.modes(), terminal.modes_before)

    def test_is_not_for_a_program_that_reads_nothing(self):
        terminal = Terminal(self, "run", guest("loop"))
        time.sleep(0.3)
        self.assertEqual(terminal.modes(), terminal.modes_before)
        terminal.type(b"\3")
        self.assertEqual(terminal.status(), 130, "Ctrl-C is a signal")

    def test_leaves_messages_readable(self):
        terminal = self.listening()
        terminal.type(b"\1h")
        self.assertIn(b"\r\n", terminal.sees(b"print this list\r\n"))

    def test_passes_every_key_at_once(self):
        terminal = self.listening()
        for key in (b"a", b"\r", b"\n", b"\3", b"\4", b"\x1a", b"\x1b[A", b"\x13", b"\x11", b"\xff"):
            with self.subTest(key):
                terminal.type(key)
                terminal.sees(b"\r\n" if key == b"\n" else key)  # the output side is as it was
        self.assertEqual(terminal.seen, b"", "nothing is echoed twice")

    def test_takes_more_than_the_guest_reads_at_once(self):
        text = b"".join(b"%04d " % number for number in range(500))
        terminal = self.listening()
        terminal.type(text)
        self.assertEqual(terminal.sees(b"0499 "), text)


class CtrlA(unittest.TestCase):
    def start(self, *words):
        terminal = Terminal(self, "run", *words)
        terminal.sees(b"!")
        terminal.becomes(in_raw_mode)
        return terminal

    def test_a_sends_itself(self):
        terminal = self.start(guest("echo"))
        terminal.type(b"<\1a>")
        terminal.sees(b"<\1>")
        terminal.type(b"<\1\1>")
        terminal.sees(b"<\1>")

    def test_h_lists_the_keys_and_so_does_what_means_nothing(self):
        terminal = self.start(guest("echo"))
        for key in (b"h", b"?", b"z"):
            with self.subTest(key):
                terminal.type(b"\1" + key + b"_")
                shown = terminal.sees(b"_")
                if b"list" not in shown:
                    shown += terminal.sees(b"list")
                for word in (b"Ctrl-A x", b"Ctrl-A a", b"Ctrl-A h"):
                    self.assertIn(word, shown)
                self.assertNotIn(b"\1", shown)
                terminal.read(0.05)
                terminal.seen = b""

    def test_x_ends_the_run_as_sigint_does(self):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "counts.json"
            terminal = self.start(f"--json={out}", guest("echo"))
            terminal.type(b"\1x")
            self.assertEqual(terminal.status(), 130)
            counts = json.loads(out.read_text())
        self.assertEqual(counts["exit"], {"reason": "signal", "code": 0, "status": 130})

    def test_x_ends_a_system_that_never_reads(self):
        terminal = Terminal(self, "run", f"--bios={guest('loop')}")
        terminal.becomes(in_raw_mode)
        terminal.type(b"x" * 3000 + b"\1x")
        self.assertEqual(terminal.status(), 130)
        self.assertEqual(terminal.modes(), terminal.modes_before)


class Time(unittest.TestCase):
    def test_is_the_hosts_for_a_system_at_a_terminal_and_the_first_line_says_so(self):
        for options, says_so in (((), True), (("--time=virtual",), False)):
            with self.subTest(options):
                terminal = Terminal(self, "run", *options, f"--bios={guest('echo')}")
                first = terminal.sees(b"\r\n").decode()
                self.assertEqual("time follows the host's clock" in first, says_so, first)
                self.assertIn("--time=virtual" if says_so else "Ctrl-A x", first)
                terminal.type(b"q")
                self.assertEqual(terminal.status(), 0)

    def test_an_idle_guest_uses_no_host_cpu_and_wakes_at_once(self):
        seconds = 2
        for options in (("--time=host", "--set=echo_period=1000000"), ("--time=host",), ()):
            with self.subTest(options):
                terminal = Terminal(self, "run", *options, guest("echo"))
                terminal.sees(b"!")
                before = terminal.seconds_of_cpu()
                start = time.monotonic()
                while time.monotonic() < start + seconds:
                    terminal.read(start + seconds - time.monotonic())
                self.assertLess(terminal.seconds_of_cpu() - before, 0.05 * seconds)
                dots = terminal.seen.count(b".")
                if len(options) == 2:  # ten a second; a busy machine may be late
                    self.assertTrue(10 <= dots <= 10 * seconds + 1, dots)
                else:
                    self.assertEqual(dots, 0)
                terminal.type(b"w")
                terminal.sees(b"w")
                terminal.type(b"q")
                self.assertEqual(terminal.status(), 0)


class LateInput(unittest.TestCase):
    """Of a pipe whose other end takes its time."""

    def run_it(self, parts, *options):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "counts.json"
            with subprocess.Popen(
                [PAGEWALK, "run", f"--json={out}", *options, guest("echo")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            ) as process:
                for pause, text in parts:
                    time.sleep(pause)
                    process.stdin.write(text)
                    process.stdin.flush()
                text = process.communicate(timeout=PATIENCE)[0]
            return process.returncode, text, out.read_bytes()

    def test_wakes_a_sleeping_guest_and_changes_nothing_else(self):
        for options in ((), ("--set=echo_period=3000000",), ("--engine=reference",)):
            with self.subTest(options):
                quick = self.run_it([(0, b"ab\ncd\nq")], *options)
                slow = self.run_it([(0.2, b"a"), (0.2, b"b\n"), (0.2, b"cd\n"), (0.2, b"q")], *options)
                self.assertEqual(slow, quick)
                status, text, _ = quick
                self.assertEqual(status, 0)
                self.assertEqual(text.replace(b".", b""), b"!ab\ncd\nq")
                self.assertEqual(b"." in text, "period" in "".join(options))

    def test_that_is_at_its_end_wakes_nobody(self):
        status, text, counts = self.run_it([(0.2, b"abc")])
        self.assertEqual((status, text), (124, b"!abc"))
        self.assertEqual(json.loads(counts)["exit"]["reason"], "idle")

    def test_comes_as_it_comes_where_the_hosts_time_counts(self):
        status, text, counts = self.run_it(
            [(0.5, b"a\n"), (0.5, b"q")], "--time=host", "--set=echo_period=1000000"
        )
        self.assertEqual(status, 0)
        before, middle, _ = text.replace(b"a\n", b"|").replace(b"q", b"|").split(b"|")
        self.assertIn(b"..", before)
        self.assertIn(b"..", middle)
        self.assertGreater(json.loads(counts)["ticks"], 9000000)


if __name__ == "__main__":
    PAGEWALK, GUESTS = sys.argv[1], Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
