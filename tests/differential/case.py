"""case.py - one random case: what is in the registers, and a short sequence of instructions.

A case is drawn from a seed and its number alone. Its code runs straight on: branches and jumps go forward,
over one to three of the units it is made of. One or two registers, its bases, point into the scratch memory
and are never written, so that loads and stores find it; the others hold whatever comes.
"""

import random

import operands
from deviations import NEW_INSTRUCTIONS
from instructions import BY_NAME, INSTRUCTIONS, is_known

SCRATCH = 0x8001_0F00  # runtime.S: 512 bytes, a page ends in their middle
SCRATCH_LENGTH = 512
CODE_LENGTH = 256
BASE_SLACK = 16  # a base is this far or less into the scratch memory, and aligned to nothing
UNMAPPED = 0x1800_0000  # no device here, on either machine

ECALL = 0x00000073
C_NOP = 0x0001
SP = 2
SSCRATCH, FFLAGS, FRM, FCSR = 0x140, 0x001, 0x002, 0x003
NO_CSRS = (0x5FF, 0x8FF, 0xAFF, 0xEFF)
READ_ONLY_CSRS = (0xF11, 0xF14)
EDGE_IMMEDIATES = (0, 1, 2, 0x7FF, 0x800, 0xFFF, 0x55, 0x3F, 0x40)

# Opcodes with room for what is no instruction.
OPCODES_WITH_ROOM = (0x03, 0x13, 0x1B, 0x0F, 0x23, 0x2F, 0x33, 0x3B, 0x63, 0x67, 0x6B, 0x77, 0x0B, 0x2B, 0x5B, 0x7B)
FLOAT_OPCODES_WITH_ROOM = (0x07, 0x27, 0x43, 0x47, 0x4B, 0x4F, 0x53)


class Unit:
    """Instructions that no jump enters in the middle, as (word, length). If skip is not zero the last
    one goes over that many units that follow: patch gives its word, from the distance to go to counted
    from the unit's beginning."""

    def __init__(self, *words, skip=0, patch=None):
        self.pieces = [(word, 4 if word & 3 == 3 else 2) for word in words]
        self.skip, self.patch = skip, patch

    def length(self):
        return sum(length for _, length in self.pieces)


def skip_branch(distance):
    """The immediate of a branch, in place."""
    return (
        (distance >> 12 & 1) << 31
        | (distance >> 5 & 0x3F) << 25
        | (distance >> 1 & 0xF) << 8
        | (distance >> 11 & 1) << 7
    )


def skip_jump(distance):
    """That of JAL, for less than 2 KiB."""
    return (distance >> 1 & 0x3FF) << 21


def skip_short_branch(distance):
    """That of C.BEQZ and C.BNEZ: offset[8|4:3] in 12:10, offset[7:6|2:1|5] in 6:2."""
    return (
        (distance >> 8 & 1) << 12
        | (distance >> 3 & 3) << 10
        | (distance >> 6 & 3) << 5
        | (distance >> 1 & 3) << 3
        | (distance >> 5 & 1) << 2
    )


def skip_short_jump(distance):
    """That of C.J, for less than 2 KiB: offset[11|4|9:8|10|6|7|3:1|5] in 12:2."""
    place = ((11, 12), (4, 11), (9, 10), (8, 9), (10, 8), (6, 7), (7, 6), (3, 5), (2, 4), (1, 3), (5, 2))
    return sum((distance >> bit & 1) << to for bit, to in place)


def halves(offset):
    """The offset of a load, and that of a store in two parts."""
    return {"offset": offset & 0xFFF, "offsethi": offset >> 5 & 0x7F, "offsetlo": offset & 31}


class Case:
    """registers and floats: 32 words of 64 bits, scratch: 256 bytes of them, fcsr, and pieces: the code.
    included are the names of the deviations that may occur."""

    def __init__(self, seed, number, extensions, included=()):
        self.rng = random.Random(f"{seed}/{number}")
        self.number = number
        self.included = included
        self.has_float = "d" in extensions
        self.rows = {}
        for row in INSTRUCTIONS:
            if row.extension in extensions:
                self.rows.setdefault(row.extension, []).append(row)
        self.plain = {
            extension: [row for row in rows if row.is_plain]
            for extension, rows in self.rows.items()
            if any(row.is_plain for row in rows)
        }
        self.fill_registers()
        self.pieces = self.assemble(self.make_units())

    def fill_registers(self):
        rng = self.rng
        self.registers = [0] + [operands.integer(rng) for _ in range(31)]
        self.bases = [rng.randrange(8, 16)] + ([SP] if rng.random() < 0.3 else [])
        for base in self.bases:
            self.registers[base] = SCRATCH + rng.randrange(BASE_SLACK)
        self.floats = [0] * 32
        if self.has_float:
            self.floats = [operands.floating(rng) for _ in range(32)]
            if rng.random() < 0.4:
                layout = rng.choice(operands.FORMATS)
                self.floats = [operands.tight(rng, layout) for _ in range(32)]
            for _ in range(8):
                self.floats[rng.getrandbits(5)] = operands.near(rng, rng.choice(self.floats))
        some = operands.floating if self.has_float else operands.integer
        self.scratch = [rng.choice((operands.integer, some))(rng) for _ in range(32)]
        kind = rng.random()
        frm = 0 if kind < 0.4 else rng.randrange(5) if kind < 0.95 else rng.randrange(5, 8)
        self.fcsr = frm << 5 | (rng.getrandbits(5) if rng.random() < 0.3 else 0)

    def code(self, length=None):
        """The code in bytes, or as if its first length instructions only were there."""
        kept = len(self.pieces) if length is None else length
        words = self.pieces[:kept]
        words += [(C_NOP, 2)] * (sum(length for _, length in self.pieces[kept:]) // 2)
        return b"".join(word.to_bytes(length, "little") for word, length in [*words, (ECALL, 4)])

    def make_units(self):
        rng = self.rng
        themes = [*self.plain, *("f", "d") * 3] if self.has_float else list(self.plain)
        theme = rng.choice(themes) if rng.random() < 0.7 else None
        makers = [self.simple, self.memory, self.short, self.atomic, self.branch, self.jump, self.csr, self.illegal]
        weights = [10, 3, 4, 2, 1, 0.4, 0.7, 0.3]
        if theme:
            weights[0] = 30
        if theme in ("f", "d"):  # flags stay set until they are cleared, and hide what follows
            weights[makers.index(self.csr)] = 8
        units = []
        room = min(CODE_LENGTH - 4, rng.randrange(56, 160) if rng.random() < 0.8 else CODE_LENGTH)
        while room >= 40:
            unit = rng.choices(makers, weights)[0](theme)
            units.append(unit)
            room -= unit.length()
        return units

    def assemble(self, units):
        starts = [0]
        for unit in units:
            starts.append(starts[-1] + unit.length())
        pieces = []
        for index, unit in enumerate(units):
            if unit.patch:
                to = starts[min(index + 1 + unit.skip, len(units))]
                unit.pieces[-1] = (unit.patch(to - starts[index]), unit.pieces[-1][1])
            pieces += unit.pieces
        return pieces

    def destination(self, besides=()):
        while True:
            register = self.rng.getrandbits(5)
            if register not in self.bases and register not in besides:
                return register

    def immediate(self, bits):
        rng = self.rng
        if bits == 12 and rng.random() < 0.4:
            return rng.choice(EDGE_IMMEDIATES)
        return rng.getrandbits(bits)

    def rounding(self):
        """Dynamic, static, and now and then one of the two reserved ones."""
        kind = self.rng.random()
        if kind < 0.5:
            return 7
        return self.rng.randrange(5) if kind < 0.98 else self.rng.randrange(5, 7)

    def word(self, row, **given):
        """The row's word, with operands as given or else random ones."""
        rng = self.rng
        word = row.match
        for operand, low in row.operands:
            if operand in given:
                value = given[operand]
            elif operand == "rd":
                value = self.destination()
            elif operand == "rm":
                value = self.rounding()
            elif operand == "imm12":
                value = self.immediate(12)
            elif operand == "imm20":
                value = rng.getrandbits(20)
            elif operand == "shamt6":
                value = rng.getrandbits(6)
            elif operand == "aqrl":
                value = rng.getrandbits(2)
            elif operand == "fence":
                value = rng.getrandbits(12)
            elif operand in ("skip20", "skiphi", "skiplo"):
                value = 0
            else:
                value = rng.getrandbits(5)
            word |= value << low
        return word

    def simple(self, theme):
        rng = self.rng
        extension = theme if theme and rng.random() < 0.8 else rng.choice(list(self.plain))
        row = rng.choice(self.plain[extension])
        if row.name == "ctzw" and "ctzw" not in self.included:  # of a lower half that is not zero
            source = self.destination(besides=[0])
            set_bits = self.word(BY_NAME["ori"], rd=source, imm12=rng.randrange(1, 4096))
            return Unit(set_bits, self.word(row, rs1=source))
        return Unit(self.word(row))

    def memory(self, _theme):
        rng = self.rng
        rows = [row for rows in self.rows.values() for row in rows if row.is_memory]
        row = rng.choice(rows)
        if rng.random() < 0.03:
            offset = 0 if "misaligned-unmapped" not in self.included else rng.getrandbits(11)
            base = self.destination(besides=[0])
            unmapped = self.word(BY_NAME["lui"], rd=base, imm20=UNMAPPED >> 12)
            return Unit(unmapped, self.word(row, base=base, **halves(offset)))
        base = rng.choice(self.bases)
        offset = rng.randrange(SCRATCH_LENGTH - 8) + SCRATCH - self.registers[base]
        if rng.random() < 0.3:  # about where the page ends
            offset = 256 + rng.randrange(-9, 2) + SCRATCH - self.registers[base]
        return Unit(self.word(row, base=base, **halves(offset)))

    def address(self, register, alignment, astray=0):
        """ADDI register, base, offset: an aligned address of the scratch memory, or one astray from it."""
        base = self.rng.choice(self.bases)
        target = self.rng.randrange(SCRATCH_LENGTH // alignment - 16) * alignment + astray
        offset = SCRATCH + target - self.registers[base]
        return self.word(BY_NAME["addi"], rd=register, rs1=base, imm12=offset & 0xFFF)

    def misaligned_rows(self, rows, load, store):
        """The atomic instructions that are tried with an address that is not aligned."""
        found = [load]
        if "misaligned-sc" in self.included:
            found.append(store)
        if "misaligned-amo" in self.included:
            found += rows
        return found

    def atomic(self, _theme):
        rng = self.rng
        width = rng.choice("wd")
        size = 4 if width == "w" else 8
        pointer = self.destination(besides=[0])
        address = self.address(pointer, size)
        load, store = BY_NAME[f"lr.{width}"], BY_NAME[f"sc.{width}"]
        kind = rng.random()
        if kind < 0.6:
            rows = [row for row in self.rows["a"] if row.name.endswith(width) and row not in (load, store)]
            if rng.random() < 0.1:  # misaligned
                rows = self.misaligned_rows(rows, load, store)
                address = self.address(pointer, size, astray=rng.randrange(1, size))
            return Unit(address, self.word(rng.choice(rows), base=pointer))
        words = [address]
        if kind < 0.95:  # else an SC without a reservation
            words.append(self.word(load, base=pointer, rd=self.destination(besides=[pointer])))
        for _ in range(rng.randrange(3)):
            row = rng.choice(self.plain["m"])
            words.append(self.word(row, rd=self.destination(besides=[pointer])))
        if rng.random() < 0.15:  # another 64 bytes than those reserved
            words.append(self.word(BY_NAME["addi"], rd=pointer, rs1=pointer, imm12=64))
        words.append(self.word(store, base=pointer, rd=self.destination(besides=[pointer])))
        if rng.random() < 0.2:  # the reservation is used up
            words.append(self.word(store, base=pointer))
        return Unit(*words)

    def branch(self, _theme):
        rng = self.rng
        skip = rng.randrange(1, 4)
        if rng.random() < 0.3:
            word = 0xC001 | rng.getrandbits(1) << 13 | rng.getrandbits(3) << 7  # C.BEQZ, C.BNEZ
            return Unit(word, skip=skip, patch=lambda distance: word | skip_short_branch(distance))
        name = rng.choice(("beq", "bne", "blt", "bge", "bltu", "bgeu"))
        same = {} if rng.random() < 0.8 else dict.fromkeys(("rs1", "rs2"), rng.getrandbits(5))
        branch = self.word(BY_NAME[name], **same)
        return Unit(branch, skip=skip, patch=lambda distance: branch | skip_branch(distance))

    def jump(self, _theme):
        rng = self.rng
        skip = rng.randrange(0, 4)
        kind = rng.random()
        if kind < 0.3:
            return Unit(0xA001, skip=skip, patch=lambda distance: 0xA001 | skip_short_jump(distance))
        if kind < 0.6:
            jump = self.word(BY_NAME["jal"])
            return Unit(jump, skip=skip, patch=lambda distance: jump | skip_jump(distance))
        pointer = self.destination(besides=[0])
        here = self.word(BY_NAME["auipc"], rd=pointer, imm20=0)
        if kind < 0.8:
            jump = self.word(BY_NAME["jalr"], base=pointer, imm12=0)
            odd = rng.getrandbits(1)  # bit 0 of the target is ignored
            return Unit(here, jump, skip=skip, patch=lambda distance: jump | (distance | odd) << 20)
        forward = self.word(BY_NAME["addi"], rd=pointer, rs1=pointer, imm12=10)
        jump = 0x8002 | rng.getrandbits(1) << 12 | pointer << 7  # C.JR, C.JALR
        return Unit(here, forward, jump)

    def csr(self, theme):
        rng = self.rng
        if theme in ("f", "d") and rng.random() < 0.9:
            return Unit(self.word(BY_NAME["csrrwi"], imm12=FFLAGS, any=0))
        kind = rng.random()
        given = {}
        if kind < 0.05:
            number = rng.choice(NO_CSRS)
        elif kind < 0.1:
            number = rng.choice(READ_ONLY_CSRS)
            if "read-only-csr" not in self.included:
                given = {"rs1": 0, "any": 0}
        elif self.has_float and kind < 0.8:
            number = rng.choice((FFLAGS, FRM, FCSR))
        else:
            number = SSCRATCH
        return Unit(self.word(rng.choice(self.rows["zicsr"]), imm12=number, **given))

    def illegal(self, _theme):
        """A word that is no instruction, or EBREAK."""
        rng = self.rng
        if rng.random() < 0.2:
            return Unit(rng.choice((0x00100073, 0x9002, 0x0000, 0xFFFFFFFF)))
        while True:
            opcodes = OPCODES_WITH_ROOM + (FLOAT_OPCODES_WITH_ROOM if self.has_float else ())
            word = rng.getrandbits(25) << 7 | rng.choice(opcodes)
            is_new = any(word & mask == match for mask, match in NEW_INSTRUCTIONS)
            if not is_known(word) and (not is_new or "new-extensions" in self.included):
                return Unit(word)

    def short(self, _theme):
        """A compressed instruction: any 16 bits that are no jump, with a base where there is an address."""
        while True:
            word = self.rng.getrandbits(16)
            made = (self.short_0, self.short_1, self.short_2)[word % 3](word & ~3, word >> 13)
            if made is not None:
                return Unit(made)

    def short_0(self, word, kind):
        """C.ADDI4SPN, and loads and stores with a base of x8 to x15."""
        if kind == 0:
            return None if 8 + (word >> 2 & 7) in self.bases else word
        if kind == 4:
            return word  # reserved
        if kind in (2, 3) and 8 + (word >> 2 & 7) in self.bases or kind in (1, 5) and not self.has_float:
            return None
        return word & ~0x0380 | self.bases[0] - 8 << 7

    def short_1(self, word, kind):
        """Immediates and arithmetic; kinds from 5 on are jumps."""
        word |= 1
        changed = word >> 7 & 31
        if kind > 4:
            return None
        if kind == 4:
            changed = 8 + (word >> 7 & 7)
        return None if changed in self.bases else word

    def short_2(self, word, kind):
        """C.SLLI, C.MV, C.ADD, and loads and stores of sp; bits 4 and 9 would reach too far."""
        word |= 2
        changed = word >> 7 & 31
        if kind in (0, 4):
            is_jump = kind == 4 and word >> 2 & 31 == 0
            return None if is_jump or changed in self.bases else word
        if SP not in self.bases or kind in (1, 5) and not self.has_float:
            return None
        if kind in (2, 3) and changed in self.bases:
            return None
        return word & ~{1: 0x10, 3: 0x10, 5: 0x200, 7: 0x200}.get(kind, 0)
