"""program.py - the ELF file with the runtime, a header and the records of some cases; and the state it prints.

The addresses and offsets are those of runtime.S.
"""

import struct

RUNTIME = 0x8000_0000
HEADER = 0x8001_0000
RECORDS = 0x8002_0000
RECORD_LENGTH = 1024
FLAG_FLOAT, FLAG_STATE = 1, 2

ELF_HEADER = struct.Struct("<4sBBBB8xHHIQQQIHHHHHH")
PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")

REGISTERS = (
    "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6".split()
)
FLOATS = (
    "ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7 "
    "fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11".split()
)

# What each word of the printed state is.
STATE = (
    ["fcsr"]
    + REGISTERS[1:]
    + FLOATS
    + [f"scratch+{8 * word:#x}" for word in range(64)]
    + [f"trap {trap}: {part}" for trap in range(16) for part in ("mcause", "mtval", "pc of the code")]
    + ["traps"]
)


def record(case, length=None):
    """The record of a case, or of its first length instructions."""
    words = [case.fcsr, *case.registers[1:], *case.floats, *case.scratch]
    return (struct.pack("<96Q", *words) + case.code(length)).ljust(RECORD_LENGTH, b"\0")


def elf(segments):
    """An ELF file of (address, bytes), that starts at the first."""
    offset = ELF_HEADER.size + PROGRAM_HEADER.size * len(segments)
    entry = segments[0][0]
    header = ELF_HEADER.pack(
        b"\x7fELF", 2, 1, 1, 0, 2, 243, 1, entry, ELF_HEADER.size, 0, 0, ELF_HEADER.size, PROGRAM_HEADER.size,
        len(segments), 0, 0, 0,
    )  # fmt: skip
    headers = b""
    for address, content in segments:
        headers += PROGRAM_HEADER.pack(1, 7, offset, address, address, len(content), len(content), 1)
        offset += len(content)
    return header + headers + b"".join(content for _, content in segments)


def program(runtime, records, flags, place):
    """An ELF file that runs records, the first of which lies where that of index place would."""
    first = RECORDS + place * RECORD_LENGTH
    header = struct.pack("<4Q", len(records), flags, first, 0)
    return elf([(RUNTIME, runtime), (HEADER, header), (first, b"".join(records) or b"\0")])
