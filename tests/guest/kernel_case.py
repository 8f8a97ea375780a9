"""A row of kernel_test.py, and the lines of the kernel that one may expect."""


def case(program, *arguments, stdin=b"", status=0, says=(), expected=None, why=""):
    """A row: `says` are the kernel's lines, as patterns; `expected` is standard output where it is not
    the native program's."""
    return program, arguments, stdin, status, says, expected, why


def refusal(what, page, function, pc="0x[12][0-9a-f]{4}"):
    return rf"faults \(pid 1\): {what} refused: the page is {page}; at {pc} in {function}; killed by signal 11"


def exception(what, function, signal):
    return rf"faults \(pid 1\): {what} \(scause \d+, stval 0x[0-9a-f]+\); at 0x1[0-9a-f]{{4}} in {function}; killed by signal {signal}"


def fault(work, status, *says):
    return case("faults", work, status=status, says=says, expected="before\n", why=work)
