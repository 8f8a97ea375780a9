"""Cases of kernel_test.py: what is open: streams, pipes, devices."""

import random

import kernel_case as of

TEXT = b"one\n\nthree\r\nlast, without an end"
BYTES = bytes(random.Random(7).randrange(256) for _ in range(20000))

CASES = [
    of.case("input", stdin=TEXT, why="lines to the end of the input"),
    of.case("input", why="no input at all"),
    of.case("input", "copy", stdin=BYTES, why="every byte, there and back"),
    of.case("pipes", why="bytes in order, whole records, ends that go away"),
    of.case("descriptors", why="copies, flags, shared offsets, locks"),
    of.case("lock_waits", why="who waits for a lock, and who may not"),
    of.case("polling", stdin=TEXT, why="who waits for several files, or for a time"),
    of.case("devices", "two", "words", why="/dev and /proc"),
]
