"""guest_text.py - ELF files of programs that print on the console and end: a rule suite without
rules, for tests of who runs it.
"""

import guest_elf as g

DATA = g.RAM + 0x1000
T3, T4 = 28, 29
MENVCFG, ADUE_SHIFT = 0x30A, 61
ASID_SHIFT = 44

HANG = [g.jal(g.ZERO, 0)]


def srli(rd, rs1, shift):
    return g.i_type(0x13, 5, rd, rs1, shift)


def csrr(rd, number):
    return g.i_type(0x73, 2, rd, 0, number)


def address_of(rd, target, here):
    """Two instructions at the address here that put another address into a register."""
    high = (target - here + 0x800) & 0xFFFFF000
    return [high | rd << 7 | 0x17, g.addi(rd, rd, target - here - high)]


PRINT_TEXT = [  # at t2, up to a NUL
    g.lui(g.T0, g.UART),
    g.lbu(g.T1, g.T2, 0),
    g.addi(g.T2, g.T2, 1),
    g.beq(g.T1, g.ZERO, 12),
    g.sb(g.T1, g.T0, 0),
    g.jal(g.ZERO, -16),
]

PRINT_DIGIT = [  # of t3, which is below ten
    g.lui(g.T0, g.UART),
    g.addi(T3, T3, ord("0")),
    g.sb(T3, g.T0, 0),
]

PRINT_LOW_ASID_BITS = [  # what the low three read as after ones were written to all
    *g.load_number(T3, 0x8FFFF),  # Sv39, ASID, PPN 0
    g.slli(T3, T3, ASID_SHIFT),
    g.csrw(g.SATP, T3),
    csrr(T3, g.SATP),
    srli(T3, T3, ASID_SHIFT),
    g.andi(T3, T3, 7),
    *PRINT_DIGIT,
]

PRINT_ADUE = [  # what menvcfg.ADUE reads as after it was set
    g.addi(T3, g.ZERO, 1),
    g.slli(T3, T3, ADUE_SHIFT),
    g.csrw(MENVCFG, T3),
    csrr(T3, MENVCFG),
    srli(T3, T3, ADUE_SHIFT),
    g.andi(T3, T3, 1),
    *PRINT_DIGIT,
]


def wait(rounds):
    """About two instructions a round."""
    return [*g.load_number(T4, rounds), g.addi(T4, T4, -1), g.bne(T4, g.ZERO, -4)]


def program(*parts, end=g.PASS):
    """The bytes of a program that does its parts and ends: a text is printed, an array (NAME,
    LENGTH) of zeros is printed as the text it holds by then, instructions are executed."""
    elf = g.Elf()
    code = []
    place = DATA
    for part in parts:
        if isinstance(part, list):
            code += part
            continue
        if isinstance(part, tuple):
            elf.symbol(part[0], place, part[1])
            content = bytes(part[1])
        else:
            content = part.encode() + b"\0"
        code += address_of(g.T2, place, g.RAM + 4 * len(code)) + PRINT_TEXT
        elf.add(place, content)
        place += 0x200
    elf.add(g.RAM, g.words(code + end))
    return elf.build()
