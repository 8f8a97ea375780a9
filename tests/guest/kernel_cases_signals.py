"""Cases of kernel_test.py: signals, groups, waiting, time."""

import kernel_case as of

CASES = [
    of.case(
        "signals",
        says=[
            r"signals \(pid \d+\): write to 0x0 refused: the page is not mapped; at 0x1[0-9a-f]{4} in fault_blocked; .* 11",
            r"signals \(pid \d+\): write to 0x0 refused: the page is not mapped; at 0x1[0-9a-f]{4} in fault_ignored; .* 11",
            r"signals \(pid \d+\): no room on the stack at 0x3fff7f[ef][0-9a-f]{3} for the handler of signal 11; killed by signal 11",
        ],
        why="handlers, masks, alternate stacks, calls that signals end",
    ),
    of.case("signalled_threads", why="which thread a signal goes to"),
    of.case("groups", why="process groups and sessions"),
    of.case("waiting", why="which child, what became of it, what it used"),
    of.case("processes", why="what /proc tells of other processes"),
    of.case("sleeping", why="sleeps end in the order of their times"),
    of.case(
        "children",
        status=7,
        says=[r"children \(pid \d+\): read of 0x8 refused: the page is not mapped; at 0x1[0-9a-f]{4} in touch_nothing; .* 11"],
        why="fork, exec, wait and kill",
    ),
]
