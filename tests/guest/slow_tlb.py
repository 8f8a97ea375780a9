"""A TLB written for reading, not for speed, and the stream of pages to feed it: the loads and stores of a
guest, from the commit log that `pagewalk run --trace=insn:FILE` writes.

It follows docs/tlb.md and shares nothing with mmu/. It holds 4 KiB pages of one address space, none of
which faults or lacks A or D: all that the programs of guest/workloads have.
"""

import dataclasses

PAGE_SHIFT = 12
FENCE, BEGIN, END = -1, -2, -3  # in a stream, among page numbers

SFENCE_ALL = "(0x12000073)"
MARKS = {"(0x00102013)": BEGIN, "(0x00202013)": END}
SATP_SV39 = "c384_satp 0x8"
MACHINE = "3"


def stream_of(lines):
    """The pages that a commit log's loads and stores touch while Sv39 is on, fences and marks included.

    A line is `core   0: PRIVILEGE PC (INSTRUCTION)` and what it did: ` mem ADDRESS` for a load or store.
    """
    stream = []
    is_translating = False
    for line in lines:
        place = line.find(" mem 0x")
        if place >= 0:
            if is_translating and line[10] != MACHINE:
                stream.append(int(line[place + 5 :].split(None, 1)[0], 16) >> PAGE_SHIFT)
        elif SATP_SV39 in line:
            is_translating = True
        else:
            event = FENCE if SFENCE_ALL in line else MARKS.get(line[31:43])
            if event is not None:
                stream.append(event)
    return stream


class Lru:
    """Gives up the way whose last use is the longest ago."""

    def __init__(self, ways):
        self.last_use = [0] * ways
        self.now = 0

    def use(self, way):
        self.now += 1
        self.last_use[way] = self.now

    def fill(self, way):
        self.use(way)

    def victim(self):
        return self.last_use.index(min(self.last_use))


class Fifo(Lru):
    """Gives up the way that was filled the longest ago."""

    def use(self, way):
        pass

    def fill(self, way):
        Lru.use(self, way)


class RoundRobin:
    """Gives up the ways in turn."""

    def __init__(self, ways):
        self.ways = ways
        self.next = 0

    def use(self, way):
        pass

    def fill(self, way):
        pass

    def victim(self):
        way = self.next
        self.next = (way + 1) % self.ways
        return way


class TreePlru:
    """A node is the range of ways below it; it points to its lower or its upper part."""

    def __init__(self, ways):
        self.ways = ways
        self.points_up = {}
        self.path = [list(self.path_to(way)) for way in range(ways)]

    @staticmethod
    def parts(node):
        """The lower part has as many ways as the largest power of two that leaves some for the upper."""
        first, count = node
        lower = 1
        while 2 * lower < count:
            lower *= 2
        return (first, lower), (first + lower, count - lower)

    def path_to(self, way):
        """The nodes above a way, and whether it is in the lower part of each."""
        node = (0, self.ways)
        while node[1] > 1:
            lower, upper = self.parts(node)
            yield node, way < upper[0]
            node = lower if way < upper[0] else upper

    def use(self, way):
        self.points_up.update(self.path[way])

    def fill(self, way):
        self.use(way)

    def victim(self):
        node = (0, self.ways)
        while node[1] > 1:
            node = self.parts(node)[self.points_up.get(node, False)]
        return node[0]


class BitPlru:
    """Gives up the lowest way not used since all were."""

    def __init__(self, ways):
        self.ways = ways
        self.used = set()

    def use(self, way):
        self.used.add(way)
        if len(self.used) == self.ways:
            self.used.clear()

    def fill(self, way):
        self.use(way)

    def victim(self):
        return min(set(range(self.ways)) - self.used)


class SplitMix64:
    """The generator of random replacement."""

    MASK = (1 << 64) - 1

    def __init__(self, state):
        self.state = state & self.MASK

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & self.MASK
        z = self.state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & self.MASK
        z = (z ^ z >> 27) * 0x94D049BB133111EB & self.MASK
        return z ^ z >> 31


class Random:
    """Gives up any way. All sets draw from one generator."""

    def __init__(self, ways, generator):
        self.ways = ways
        self.generator = generator

    def use(self, way):
        pass

    def fill(self, way):
        pass

    def victim(self):
        return (self.generator.next() >> 32) * self.ways >> 32


POLICIES = {
    "lru": Lru,
    "plru": TreePlru,
    "bit-plru": BitPlru,
    "fifo": Fifo,
    "round-robin": RoundRobin,
    "random": Random,
}

L1D = 1


@dataclasses.dataclass
class Counts:
    accesses: int = 0
    misses: int = 0

    def add(self, accesses, misses):
        self.accesses += accesses
        self.misses += misses


def count(stream, sets, ways, policy, seed=1):
    """What an L1D of this shape counts on a stream: in the whole of it, and in its regions."""
    generator = SplitMix64(seed * 64 + L1D * 8)
    more = [generator] if policy == "random" else []
    policies = [POLICIES[policy](ways, *more) for _ in range(sets)]
    held = [[None] * ways for _ in range(sets)]
    whole, region = Counts(), Counts()
    accesses = misses = 0  # since the last mark
    is_inside = False

    for page in stream:
        if page == FENCE:
            held = [[None] * ways for _ in range(sets)]
        elif page < 0:
            for counts in (whole, region) if is_inside else (whole,):
                counts.add(accesses, misses)
            accesses = misses = 0
            is_inside = page == BEGIN
        else:
            chosen, pages = policies[page % sets], held[page % sets]
            accesses += 1
            if page in pages:
                chosen.use(pages.index(page))
            else:
                misses += 1
                way = pages.index(None) if None in pages else chosen.victim()
                pages[way] = page
                chosen.fill(way)
    whole.add(accesses, misses)
    return whole, region
