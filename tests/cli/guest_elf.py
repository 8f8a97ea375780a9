"""guest_elf.py - makes RISC-V ELF files, good and bad ones, byte by byte.

Nothing of the emulator is used here: the numbers are those of the ELF specification and of the
instruction formats in the unprivileged manual.
"""

import struct

RAM = 0x8000_0000
FINISHER = 0x0010_0000
UART = 0x1000_0000

ZERO, RA, T0, T1, T2, A0 = 0, 1, 5, 6, 7, 10

MACHINE_X86_64, MACHINE_RISCV = 62, 243
HEADER_LENGTH, PROGRAM_HEADER_LENGTH, SECTION_HEADER_LENGTH, SYMBOL_LENGTH = 64, 56, 64, 24


def i_type(opcode, funct3, rd, rs1, imm):
    return (imm & 0xFFF) << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode


def s_type(funct3, rs1, rs2, imm):
    return (imm >> 5 & 0x7F) << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | (imm & 31) << 7 | 0x23


def lui(rd, value):
    return (value & 0xFFFFF000) | rd << 7 | 0x37


def addi(rd, rs1, imm):
    return i_type(0x13, 0, rd, rs1, imm)


def slli(rd, rs1, shift):
    return i_type(0x13, 1, rd, rs1, shift)


def andi(rd, rs1, imm):
    return i_type(0x13, 7, rd, rs1, imm)


def lbu(rd, rs1, imm):
    return i_type(0x03, 4, rd, rs1, imm)


def sb(rs2, rs1, imm):
    return s_type(0, rs1, rs2, imm)


def sw(rs2, rs1, imm):
    return s_type(2, rs1, rs2, imm)


def branch(funct3, rs1, rs2, offset):
    return (
        (offset >> 12 & 1) << 31
        | (offset >> 5 & 0x3F) << 25
        | rs2 << 20
        | rs1 << 15
        | funct3 << 12
        | (offset >> 1 & 0xF) << 8
        | (offset >> 11 & 1) << 7
        | 0x63
    )


def beq(rs1, rs2, offset):
    return branch(0, rs1, rs2, offset)


def bne(rs1, rs2, offset):
    return branch(1, rs1, rs2, offset)


def jal(rd, offset):
    return (
        (offset >> 20 & 1) << 31
        | (offset >> 1 & 0x3FF) << 21
        | (offset >> 11 & 1) << 20
        | (offset >> 12 & 0xFF) << 12
        | rd << 7
        | 0x6F
    )


def csrw(number, rs1):
    return number << 20 | rs1 << 15 | 1 << 12 | 0x73


MSTATUS, MEPC, SATP, PMPCFG0, PMPADDR0 = 0x300, 0x341, 0x180, 0x3A0, 0x3B0
MRET = 0x30200073
SFENCE_VMA = 0x12000073


def load_number(rd, value):
    """Instructions that put a number of 32 bits, zero or positive when signed, into a register."""
    high = (value + 0x800) & 0xFFFFF000
    return [lui(rd, high), addi(rd, rd, value - high)]


def finish(value):
    """Instructions that write a word to the finisher: the end of the run."""
    return [lui(T0, FINISHER), *load_number(T1, value), sw(T1, T0, 0), jal(ZERO, 0)]


PASS = finish(0x5555)


def words(instructions):
    return struct.pack(f"<{len(instructions)}I", *instructions)


class Elf:
    """An ELF file to be. Every field may be changed before it is built."""

    def __init__(self, code=(), entry=RAM):
        self.elf_class, self.data, self.machine, self.kind = 2, 1, MACHINE_RISCV, 2
        self.entry = entry
        self.segments = []  # (address, bytes, length in memory)
        self.symbols = {}  # name: (address, size)
        self.segment_offset = {}  # index: an offset that is not where the bytes are
        if code:
            self.add(RAM, words(code))

    def add(self, address, content, memory_length=None):
        length = len(content) if memory_length is None else memory_length
        self.segments.append((address, content, length))
        return self

    def symbol(self, name, address, size=0):
        self.symbols[name] = (address, size)
        return self

    def _symbol_sections(self):
        """The contents of .symtab and .strtab."""
        names = b"\0"
        table = bytes(SYMBOL_LENGTH)
        for name, (address, size) in self.symbols.items():
            absolute, global_notype = 0xFFF1, 0x10
            table += struct.pack("<IBBHQQ", len(names), global_notype, 0, absolute, address, size)
            names += name.encode() + b"\0"
        return table, names

    def build(self):
        offset = HEADER_LENGTH + PROGRAM_HEADER_LENGTH * len(self.segments)
        headers = b""
        contents = b""
        for index, (address, content, memory_length) in enumerate(self.segments):
            where = self.segment_offset.get(index, offset + len(contents))
            headers += struct.pack(
                "<IIQQQQQQ", 1, 7, where, address, address, len(content), memory_length, 1
            )
            contents += content
        table, names = self._symbol_sections()
        table_offset = offset + len(contents)
        names_offset = table_offset + len(table)
        section_names = b"\0.symtab\0.strtab\0"
        section_names_offset = names_offset + len(names)
        sections_offset = section_names_offset + len(section_names)
        sections = bytes(SECTION_HEADER_LENGTH)
        for name, kind, start, length, link, info, entry in (
            (1, 2, table_offset, len(table), 2, 1, SYMBOL_LENGTH),
            (9, 3, names_offset, len(names), 0, 0, 0),
            (9, 3, section_names_offset, len(section_names), 0, 0, 0),
        ):
            sections += struct.pack(
                "<IIQQQQIIQQ", name, kind, 0, 0, start, length, link, info, 1, entry
            )
        header = struct.pack(
            "<4sBBBB8xHHIQQQIHHHHHH",
            b"\x7fELF",
            self.elf_class,
            self.data,
            1,
            0,
            self.kind,
            self.machine,
            1,
            self.entry,
            HEADER_LENGTH,
            sections_offset,
            0,
            HEADER_LENGTH,
            PROGRAM_HEADER_LENGTH,
            len(self.segments),
            SECTION_HEADER_LENGTH,
            4,
            3,
        )
        return header + headers + contents + table + names + section_names + sections
