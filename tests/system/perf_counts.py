"""Holds the TLB misses that Linux counted (perf_tlb.c) against those that pagewalk did.

Both count the same window of the same run: the kernel from one read of its counters to the next, pagewalk
between two markers inside. So the kernel has them all, and besides those of half a system call at each
end: from a counter's CSR out to the program, and in again.
"""

import re

# The pages that half a system call can need, after loops that have taken its translations out of every
# array. In arrays so small that it loses its own again the empty window shows how many more it takes.
PAGES_OF_THE_WAY = 64


def windows(output):
    """What perf_tlb printed: {"empty": (data, instructions), "full": ..., "touched": (pages, rounds)}."""
    return {
        name: (int(first), int(second))
        for name, first, second in re.findall(r"^(empty|full|touched) \w+=(\d+) \w+=(\d+)\r?$", output, re.MULTILINE)
    }


def disagreements(output, counts):
    """What is wrong, a sentence each, between what perf_tlb printed and the JSON of the run, in which nothing
    else executes markers."""
    found = windows(output)
    if set(found) != {"empty", "full", "touched"} or counts["roi"] is None:
        return ["perf_tlb did not run to its end"]
    region = counts["roi"]
    of_pagewalk = (region["l1d"]["by_access"]["load"]["misses"], region["l1i"]["misses"])
    wrong = []
    for event, pagewalk, linux, empty in zip(
        ("dTLB-load-misses", "iTLB-load-misses"), of_pagewalk, found["full"], found["empty"], strict=True
    ):
        if not pagewalk <= linux <= pagewalk + empty + PAGES_OF_THE_WAY:
            wrong.append(f"{event}: {linux} in Linux, {pagewalk} between the markers, {empty} with nothing between")
    # An array with room for less than half of the pages loses some in each round; others show nothing.
    for array, pagewalk in zip(("l1d", "l1i"), of_pagewalk, strict=True):
        pages = found["touched"][0]
        least = pages // 2 if counts["tlb"][array]["entries"] < pages // 2 else 0
        if pagewalk < least:
            wrong.append(f"{array}: {pagewalk} misses, of at least {least}")
    return wrong
