"""Cases of kernel_test.py: memory, threads, programs."""

import shutil
import sys

import kernel_case as of

CASES = [
    of.case("memory", why="malloc and brk"),
    of.case(
        "mappings",
        says=[
            r"mappings \(pid \d+\): write to 0x3f[0-9a-f]{8} refused: the page is r--; .*",
            r"mappings \(pid \d+\): read of 0x3f[0-9a-f]{8} refused: the page is ---; .*",
            r"mappings \(pid \d+\): read of 0x3f[0-9a-f]{8} refused: the page is not mapped; .*",
        ],
        why="mmap, munmap, mprotect, madvise",
    ),
    of.case("remapping", why="mremap"),
    of.case(
        "sharing",
        says=[
            r"sharing \(pid \d+\): read of 0x3f[0-9a-f]{8} refused: the file ends before it, the page is rw-; .* 7",
            r"sharing \(pid \d+\): read of 0x3f[0-9a-f]{8} refused: the file ends before it, the page is r--; .* 7",
        ],
        why="shared mappings",
    ),
    of.case("threads", why="threads of one process"),
    of.case("thread_storm", why="threads that write while the process forks"),
    of.case("vforking", why="vfork and posix_spawn"),
    of.case("scripts", why="scripts and their interpreters"),
]

if shutil.which("riscv64-linux-gnu-g++") and shutil.which("g++"):
    CASES.append(of.case("exceptions", status=7, why="exceptions of C++"))
    CASES.append(of.case("containers", why="the library of C++"))
else:
    print("riscv64-linux-gnu-g++ or g++ is not there: programs in C++ are not tested", file=sys.stderr)
