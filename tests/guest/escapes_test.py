#!/usr/bin/env python3
"""A program under the bundled kernel reaches nothing of the host but copies of what was named.

Usage: escapes_test.py PAGEWALK KERNEL PROGRAMS

PROGRAMS has poke and permissions (tests/guest/kernel_programs) for RISC-V. Each test is a way out: what it tries must fail as on
Linux, and the host's files must be afterwards what they were, byte for byte and to the nanosecond.
"""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

import kernel_on_qemu

PAGEWALK = ""
KERNEL = ""
POKE = PERMISSIONS = pathlib.Path()

SECRET = "what the guest must not see"
MISSING = "No such file or directory"
REFUSED = 125

FULL = [
    "full: No space left on device",
    "most of it is the file's: 1, none is left: 1",
    'open("/tmp/more", O_WRONLY | O_CREAT, 0600): No space left on device',
    'mkdir("/tmp/more", 0700): No space left on device',
    "ftruncate(fd, 4096): done",
    'mkdir("/tmp/more", 0700): done',
    'pwrite(fd, "x", 1, 1L << 30): File too large',
]


class Escapes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.host = pathlib.Path(folder.name)
        self.secret = self.host / "secret"
        self.secret.write_text(SECRET)
        (self.host / "outside").mkdir()
        (self.host / "outside/secret").write_text(SECRET)
        self.root = self.host / "root"
        (self.root / "etc").mkdir(parents=True)
        (self.root / "etc/passwd").write_text("the guest's own")
        (self.root / "large").write_text("0123456789" * 2000)

    def state(self):
        """All that is on the host: kind, mode, content, times of change."""
        state = {}
        for path in sorted(self.host.rglob("*")):
            status = path.lstat()
            content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else b""
            state[path] = (status.st_mode, status.st_ino, content, status.st_mtime_ns, status.st_ctime_ns)
        return state

    def run_pagewalk(self, *arguments):
        return subprocess.run([PAGEWALK, "run", *arguments], capture_output=True, timeout=120, check=False)

    def poke(self, *pairs, options=None):
        """The answers of poke to `verb path` words, without the echo; nothing secret, the host as it was."""
        before = self.state()
        words = [word for pair in pairs for word in pair.split(" ", 1)]
        options = [f"--root={self.root}"] if options is None else options
        done = self.run_pagewalk(*options, POKE, *words)
        output = done.stdout.decode(errors="replace")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(SECRET, output)
        self.assertEqual(self.state(), before, "the host's files have changed")
        answers = []
        for pair in pairs:
            self.assertTrue(output.startswith(pair + ": "), output)
            answer, _, output = output[len(pair) + 2 :].partition("\n")
            answers.append(answer)
        return answers

    def refused(self, *arguments):
        done = self.run_pagewalk(*arguments, POKE, "list", "/")
        self.assertEqual(done.returncode, REFUSED)
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode()

    def test_above_the_root_is_the_root(self):
        up = "../" * 20
        answers = self.poke(f"read {up}etc/passwd", f"read /{up}etc/passwd", f"read {up}{self.secret}", "chdir ..", f"read {self.secret}")
        self.assertEqual(answers[:2], ["the guest's owndone"] * 2)
        self.assertEqual(answers[2:], [MISSING, "done", MISSING])
        self.assertEqual(self.poke("list /..")[0], ". .. bin dev etc large proc tmp done")

    def test_links_lead_inside(self):
        os.symlink(self.secret, self.root / "absolute")
        os.symlink("../secret", self.root / "relative")
        os.symlink("../../secret", self.root / "etc/deeper")
        os.symlink("../outside", self.root / "folder")
        os.symlink("/etc/passwd", self.root / "own")
        os.symlink("relative", self.root / "chain")
        names = ["absolute", "relative", "etc/deeper", "folder/secret", "chain"]
        self.assertEqual(self.poke(*(f"read /{name}" for name in names)), [MISSING] * len(names))
        self.assertEqual(self.poke("read /own", "list /folder", "link /relative"), ["the guest's owndone", MISSING, "../secretdone"])
        self.assertEqual(self.poke("create /absolute", "write /folder/new"), ["File exists", MISSING])

    def test_links_that_the_guest_makes(self):
        self.assertEqual(self.poke(f"symlink ../..{self.secret}", "read /made_link"), ["done", MISSING])
        self.assertEqual(self.poke(f"symlink {self.host}", "list /made_link/outside"), ["done", MISSING])

    def test_ways_by_special_files(self):
        ways = ["/proc/self/root", "/proc/1/root", "/proc/self/cwd/..", "/proc/self/exe/..", "/proc/self/fd/0/..", "/dev/fd/../..", "/proc/.."]
        for way in ways:
            with self.subTest(way=way):
                answer = self.poke(f"read {way}{self.secret}", f"read {way}/../../..{self.secret}", f"create {way}{self.host}/new")
                self.assertFalse({"done"} & set(answer), answer)
        self.assertNotIn("done", self.poke(f"chroot {self.host}", f"read {self.secret}")[1:])

    def test_ways_by_calls_that_change_what_the_root_is(self):
        """On Linux some of these are root's. Here nobody is, and there is nothing to mount."""
        refused = {"Operation not permitted", "Function not implemented", "Bad file descriptor"}
        calls = [f"mount {self.host}", f"pivot {self.host}", "device /tmp/disk", "handle /", f"chroot {self.host}"]
        answers = self.poke(*calls, "read /tmp/disk", f"read {self.secret}")
        self.assertLessEqual(set(answers[:-2]), refused | {MISSING})
        self.assertEqual(answers[-2:], [MISSING] * 2)

    def test_ways_by_open_directories(self):
        answers = self.poke(f"climb {self.secret}", f"climb ../../..{self.secret}", f"leave {self.secret}", "climb etc/passwd")
        self.assertEqual(answers, [MISSING] * 3 + ["done"])

    def test_devices_of_the_host_are_not_there(self):
        names = ["mem", "kmem", "port", "vda", "sda", "kvm", "pts/0", "ptmx", "shm", "console"]
        answers = self.poke(*(f"read /dev/{name}" for name in names), "list /dev")
        self.assertEqual(answers[:-1], [MISSING] * len(names))
        self.assertEqual(answers[-1], ". .. fd full null random stderr stdin stdout tty urandom zero done")
        ways = ["/proc/kcore", "/proc/1/mem", "/proc/self/mem", "/proc/1/fd/0", "/proc/1/exe", "/proc/1/root/etc", "/proc/sys/kernel", "/sys"]
        self.assertEqual(self.poke(*(f"read {way}" for way in ways)), [MISSING] * len(ways))

    def test_places_in_the_guest_that_a_link_of_the_host_names(self):
        """--file=HOST:GUEST where GUEST leads through a link: it is followed in the guest, not on the host."""
        os.symlink(self.host / "outside", self.root / "way")
        os.symlink("/etc", self.root / "inside")
        passwd = self.root / "etc/passwd"
        answers = self.poke(
            "list /inside", "read /etc/copy", f"read {self.host}/outside/new",
            options=[f"--root={self.root}", f"--file={passwd}:/inside/copy"],
        )
        self.assertEqual(answers, [". .. copy pagewalk passwd done", "the guest's owndone", MISSING])

    def test_writes_stay_in_the_guest(self):
        changed = ["write /large", "behind /large", "chmod /large", "read /large"]
        content = "0123456789" * 2000
        expected = "poked" + content[5:5000] + "poked" + content[5005:]
        self.assertEqual(self.poke(*changed), ["done", "done", "done", expected + "done"])
        gone = ["cut /large", "read /large", "move /large", "unlink /moved", "read /large", "unlink /etc/passwd", "create /etc/passwd"]
        self.assertEqual(self.poke(*gone), ["done"] * 4 + [MISSING] + ["done"] * 2)

    def test_a_file_that_is_only_read(self):
        os.chmod(self.root / "large", 0o444)
        refused = "Permission denied"
        self.assertEqual(self.poke("write /large", "cut /large"), [refused] * 2)
        option = [f"--file={self.root}/large:/a/b/large"]
        self.assertEqual(self.poke("write /a/b/large", "cut /a/b/large", "write /large", options=option), [refused] * 2 + [MISSING])
        self.assertEqual(self.poke("chmod /large", "write /large"), ["done"] * 2, "it is the guest's own copy")

    def test_hard_links_are_copies(self):
        os.link(self.root / "large", self.root / "same")
        answers = self.poke("write /large", "read /same", "unlink /same", "read /large")
        self.assertEqual(answers[1], "0123456789" * 2000 + "done")
        self.assertTrue(answers[3].startswith("poked56789"))

    def test_a_named_file_is_all_that_is_there(self):
        answers = self.poke("read /passwd", "list /", "read /secret", options=[f"--file={self.root}/etc/passwd"])
        self.assertEqual(answers, ["the guest's owndone", ". .. bin dev etc passwd proc tmp done", MISSING])

    def test_a_named_link_is_followed_but_not_made(self):
        os.symlink("root/etc/passwd", self.host / "named")
        answers = self.poke("read /named", "link /named", options=[f"--file={self.host}/named"])
        self.assertEqual(answers, ["the guest's owndone", "Invalid argument"])

    def test_the_program_wins(self):
        (self.root / "usr/bin").mkdir(parents=True)
        (self.root / "usr/bin/poke").write_text("no program")
        (self.root / "etc/pagewalk").mkdir()
        (self.root / "etc/pagewalk/start").write_bytes(b"/usr/bin/other\0other\0")
        os.symlink("usr/bin", self.root / "bin")
        self.assertEqual(self.poke("list /usr/bin", "link /bin"), [". .. poke done", "usr/bindone"])

    def test_special_files_are_the_kernels(self):
        for folder in ("dev/null", "proc/self"):
            (self.root / folder).mkdir(parents=True)
        (self.root / "dev/zero").write_text("no device")
        (self.root / "dev/new").write_text("no device")
        answers = self.poke("read /dev/null", "write /dev/zero", "read /dev/new", "link /proc/self/exe")
        self.assertEqual(answers, ["done", "done", MISSING, "/bin/pokedone"])

    def test_places_above_the_guests_root(self):
        for guest in ("/../x", "/a/../../x", "/a/..", "/.."):
            self.assertIn("a path in the guest has no ..", self.refused(f"--file={self.secret}:{guest}"))
        self.assertIn("names no file", self.refused(f"--file={self.secret}:/"))

    def test_what_is_no_file(self):
        self.assertIn("is a folder", self.refused(f"--file={self.root}"))
        self.assertIn("cannot be read: Not a directory", self.refused(f"--root={self.secret}"))
        self.assertIn("cannot be read: No such file", self.refused(f"--root={self.host}/nothing"))
        self.assertIn("is not a regular file", self.refused("--file=/dev/zero"))
        os.mkfifo(self.root / "pipe")
        self.assertIn("root/pipe is no file, folder or link", self.refused(f"--root={self.root}"))
        os.unlink(self.root / "pipe")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.root / "etc/socket"))
            self.assertIn("etc/socket is no file, folder or link", self.refused(f"--root={self.root}"))

    def test_a_folder_that_becomes_a_link(self):
        """Swapped while it is read, again and again: a run sees the one or the other, or an error."""
        folder, aside, link = self.root / "moving", self.root / "aside", self.root / "link"
        folder.mkdir()
        (folder / "secret").write_text("harmless")
        os.symlink("../outside", link)
        is_over = threading.Event()

        def swap():
            while not is_over.is_set():
                os.rename(folder, aside)
                os.rename(link, folder)
                os.rename(folder, link)
                os.rename(aside, folder)

        swapper = threading.Thread(target=swap)
        swapper.start()
        try:
            for _ in range(20):
                done = self.run_pagewalk(f"--root={self.root}", POKE, "read", "/moving/secret", "read", "/link/secret")
                self.assertIn(done.returncode, (0, REFUSED), done.stderr)
                self.assertNotIn(SECRET.encode(), done.stdout)
        finally:
            is_over.set()
            swapper.join()

    def test_files_have_half_of_the_memory(self):
        for engine in ("fast", "reference"):
            with self.subTest(engine=engine):
                done = self.run_pagewalk("--mem=16M", f"--engine={engine}", PERMISSIONS, "fill")
                self.assertEqual(done.stdout.decode().splitlines(), FULL)
                self.assertEqual(done.returncode, 0, done.stderr)

    @unittest.skipUnless(kernel_on_qemu.QEMU, "QEMU is not there")
    def test_an_archive_that_leads_upwards(self):
        files = kernel_on_qemu.files_of(POKE, ["poke", "list", "/", "list", "/bin"])
        files.update({"../up": b"up", "bin/../../up": b"up", "./bin//./twice": b"x"})
        status, output, said = kernel_on_qemu.run_files(KERNEL, files)
        self.assertEqual(status, 0, said)
        self.assertEqual(output, b"list /: . .. bin dev etc proc tmp done\nlist /bin: . .. poke twice done\n")
        self.assertIn(b"../up of the archive is left out", said)


if __name__ == "__main__":
    PAGEWALK, KERNEL = sys.argv[1:3]
    POKE = pathlib.Path(sys.argv[3]) / "poke"
    PERMISSIONS = pathlib.Path(sys.argv[3]) / "permissions"
    unittest.main(argv=sys.argv[:1])
