"""instructions.py - the instructions that are tried, as the tables of the unprivileged manual have them.

A line is: name, extension, then the fields from bit 31 down to bit 0, each binary digits or the name of an
operand. An operand's name starting with f is a floating-point register. base is an integer register that
holds an address, offset an immediate that goes with it; pc-relative instructions are made in case.py.

Spec: Unpriv. [rv32-64g], and the instructions of the chapter on B.
"""

# Bits of each operand; immhi and immlo are the halves of the immediate of a store.
WIDTH = {
    "rd": 5, "rs1": 5, "rs2": 5, "base": 5, "fd": 5, "fs1": 5, "fs2": 5, "fs3": 5, "rm": 3, "aqrl": 2,
    "imm12": 12, "imm20": 20, "offset": 12, "offsethi": 7, "offsetlo": 5, "shamt6": 6, "shamt5": 5,
    "fence": 12, "skip20": 20, "skiphi": 7, "skiplo": 5, "any": 5,
}

SYSTEM = 0x73

TABLE = """
lui       i  imm20 rd 0110111
auipc     i  imm20 rd 0010111
jal       i  skip20 rd 1101111
jalr      i  imm12 base 000 rd 1100111
beq       i  skiphi rs2 rs1 000 skiplo 1100011
bne       i  skiphi rs2 rs1 001 skiplo 1100011
blt       i  skiphi rs2 rs1 100 skiplo 1100011
bge       i  skiphi rs2 rs1 101 skiplo 1100011
bltu      i  skiphi rs2 rs1 110 skiplo 1100011
bgeu      i  skiphi rs2 rs1 111 skiplo 1100011
lb        i  offset base 000 rd 0000011
lh        i  offset base 001 rd 0000011
lw        i  offset base 010 rd 0000011
ld        i  offset base 011 rd 0000011
lbu       i  offset base 100 rd 0000011
lhu       i  offset base 101 rd 0000011
lwu       i  offset base 110 rd 0000011
sb        i  offsethi rs2 base 000 offsetlo 0100011
sh        i  offsethi rs2 base 001 offsetlo 0100011
sw        i  offsethi rs2 base 010 offsetlo 0100011
sd        i  offsethi rs2 base 011 offsetlo 0100011
addi      i  imm12 rs1 000 rd 0010011
slti      i  imm12 rs1 010 rd 0010011
sltiu     i  imm12 rs1 011 rd 0010011
xori      i  imm12 rs1 100 rd 0010011
ori       i  imm12 rs1 110 rd 0010011
andi      i  imm12 rs1 111 rd 0010011
slli      i  000000 shamt6 rs1 001 rd 0010011
srli      i  000000 shamt6 rs1 101 rd 0010011
srai      i  010000 shamt6 rs1 101 rd 0010011
addiw     i  imm12 rs1 000 rd 0011011
slliw     i  0000000 shamt5 rs1 001 rd 0011011
srliw     i  0000000 shamt5 rs1 101 rd 0011011
sraiw     i  0100000 shamt5 rs1 101 rd 0011011
add       i  0000000 rs2 rs1 000 rd 0110011
sub       i  0100000 rs2 rs1 000 rd 0110011
sll       i  0000000 rs2 rs1 001 rd 0110011
slt       i  0000000 rs2 rs1 010 rd 0110011
sltu      i  0000000 rs2 rs1 011 rd 0110011
xor       i  0000000 rs2 rs1 100 rd 0110011
srl       i  0000000 rs2 rs1 101 rd 0110011
sra       i  0100000 rs2 rs1 101 rd 0110011
or        i  0000000 rs2 rs1 110 rd 0110011
and       i  0000000 rs2 rs1 111 rd 0110011
addw      i  0000000 rs2 rs1 000 rd 0111011
subw      i  0100000 rs2 rs1 000 rd 0111011
sllw      i  0000000 rs2 rs1 001 rd 0111011
srlw      i  0000000 rs2 rs1 101 rd 0111011
sraw      i  0100000 rs2 rs1 101 rd 0111011
fence     i  fence any 000 any 0001111
fence.i   i  fence any 001 any 0001111
ecall     i  000000000000 00000 000 00000 1110011
ebreak    i  000000000001 00000 000 00000 1110011

mul       m  0000001 rs2 rs1 000 rd 0110011
mulh      m  0000001 rs2 rs1 001 rd 0110011
mulhsu    m  0000001 rs2 rs1 010 rd 0110011
mulhu     m  0000001 rs2 rs1 011 rd 0110011
div       m  0000001 rs2 rs1 100 rd 0110011
divu      m  0000001 rs2 rs1 101 rd 0110011
rem       m  0000001 rs2 rs1 110 rd 0110011
remu      m  0000001 rs2 rs1 111 rd 0110011
mulw      m  0000001 rs2 rs1 000 rd 0111011
divw      m  0000001 rs2 rs1 100 rd 0111011
divuw     m  0000001 rs2 rs1 101 rd 0111011
remw      m  0000001 rs2 rs1 110 rd 0111011
remuw     m  0000001 rs2 rs1 111 rd 0111011

lr.w      a  00010 aqrl 00000 base 010 rd 0101111
sc.w      a  00011 aqrl rs2 base 010 rd 0101111
amoswap.w a  00001 aqrl rs2 base 010 rd 0101111
amoadd.w  a  00000 aqrl rs2 base 010 rd 0101111
amoxor.w  a  00100 aqrl rs2 base 010 rd 0101111
amoand.w  a  01100 aqrl rs2 base 010 rd 0101111
amoor.w   a  01000 aqrl rs2 base 010 rd 0101111
amomin.w  a  10000 aqrl rs2 base 010 rd 0101111
amomax.w  a  10100 aqrl rs2 base 010 rd 0101111
amominu.w a  11000 aqrl rs2 base 010 rd 0101111
amomaxu.w a  11100 aqrl rs2 base 010 rd 0101111
lr.d      a  00010 aqrl 00000 base 011 rd 0101111
sc.d      a  00011 aqrl rs2 base 011 rd 0101111
amoswap.d a  00001 aqrl rs2 base 011 rd 0101111
amoadd.d  a  00000 aqrl rs2 base 011 rd 0101111
amoxor.d  a  00100 aqrl rs2 base 011 rd 0101111
amoand.d  a  01100 aqrl rs2 base 011 rd 0101111
amoor.d   a  01000 aqrl rs2 base 011 rd 0101111
amomin.d  a  10000 aqrl rs2 base 011 rd 0101111
amomax.d  a  10100 aqrl rs2 base 011 rd 0101111
amominu.d a  11000 aqrl rs2 base 011 rd 0101111
amomaxu.d a  11100 aqrl rs2 base 011 rd 0101111

csrrw     zicsr  imm12 rs1 001 rd 1110011
csrrs     zicsr  imm12 rs1 010 rd 1110011
csrrc     zicsr  imm12 rs1 011 rd 1110011
csrrwi    zicsr  imm12 any 101 rd 1110011
csrrsi    zicsr  imm12 any 110 rd 1110011
csrrci    zicsr  imm12 any 111 rd 1110011

flw       f  offset base 010 fd 0000111
fsw       f  offsethi fs2 base 010 offsetlo 0100111
fmadd.s   f  fs3 00 fs2 fs1 rm fd 1000011
fmsub.s   f  fs3 00 fs2 fs1 rm fd 1000111
fnmsub.s  f  fs3 00 fs2 fs1 rm fd 1001011
fnmadd.s  f  fs3 00 fs2 fs1 rm fd 1001111
fadd.s    f  0000000 fs2 fs1 rm fd 1010011
fsub.s    f  0000100 fs2 fs1 rm fd 1010011
fmul.s    f  0001000 fs2 fs1 rm fd 1010011
fdiv.s    f  0001100 fs2 fs1 rm fd 1010011
fsqrt.s   f  0101100 00000 fs1 rm fd 1010011
fsgnj.s   f  0010000 fs2 fs1 000 fd 1010011
fsgnjn.s  f  0010000 fs2 fs1 001 fd 1010011
fsgnjx.s  f  0010000 fs2 fs1 010 fd 1010011
fmin.s    f  0010100 fs2 fs1 000 fd 1010011
fmax.s    f  0010100 fs2 fs1 001 fd 1010011
fcvt.w.s  f  1100000 00000 fs1 rm rd 1010011
fcvt.wu.s f  1100000 00001 fs1 rm rd 1010011
fcvt.l.s  f  1100000 00010 fs1 rm rd 1010011
fcvt.lu.s f  1100000 00011 fs1 rm rd 1010011
fmv.x.w   f  1110000 00000 fs1 000 rd 1010011
feq.s     f  1010000 fs2 fs1 010 rd 1010011
flt.s     f  1010000 fs2 fs1 001 rd 1010011
fle.s     f  1010000 fs2 fs1 000 rd 1010011
fclass.s  f  1110000 00000 fs1 001 rd 1010011
fcvt.s.w  f  1101000 00000 rs1 rm fd 1010011
fcvt.s.wu f  1101000 00001 rs1 rm fd 1010011
fcvt.s.l  f  1101000 00010 rs1 rm fd 1010011
fcvt.s.lu f  1101000 00011 rs1 rm fd 1010011
fmv.w.x   f  1111000 00000 rs1 000 fd 1010011

fld       d  offset base 011 fd 0000111
fsd       d  offsethi fs2 base 011 offsetlo 0100111
fmadd.d   d  fs3 01 fs2 fs1 rm fd 1000011
fmsub.d   d  fs3 01 fs2 fs1 rm fd 1000111
fnmsub.d  d  fs3 01 fs2 fs1 rm fd 1001011
fnmadd.d  d  fs3 01 fs2 fs1 rm fd 1001111
fadd.d    d  0000001 fs2 fs1 rm fd 1010011
fsub.d    d  0000101 fs2 fs1 rm fd 1010011
fmul.d    d  0001001 fs2 fs1 rm fd 1010011
fdiv.d    d  0001101 fs2 fs1 rm fd 1010011
fsqrt.d   d  0101101 00000 fs1 rm fd 1010011
fsgnj.d   d  0010001 fs2 fs1 000 fd 1010011
fsgnjn.d  d  0010001 fs2 fs1 001 fd 1010011
fsgnjx.d  d  0010001 fs2 fs1 010 fd 1010011
fmin.d    d  0010101 fs2 fs1 000 fd 1010011
fmax.d    d  0010101 fs2 fs1 001 fd 1010011
fcvt.s.d  d  0100000 00001 fs1 rm fd 1010011
fcvt.d.s  d  0100001 00000 fs1 rm fd 1010011
feq.d     d  1010001 fs2 fs1 010 rd 1010011
flt.d     d  1010001 fs2 fs1 001 rd 1010011
fle.d     d  1010001 fs2 fs1 000 rd 1010011
fclass.d  d  1110001 00000 fs1 001 rd 1010011
fcvt.w.d  d  1100001 00000 fs1 rm rd 1010011
fcvt.wu.d d  1100001 00001 fs1 rm rd 1010011
fcvt.l.d  d  1100001 00010 fs1 rm rd 1010011
fcvt.lu.d d  1100001 00011 fs1 rm rd 1010011
fmv.x.d   d  1110001 00000 fs1 000 rd 1010011
fcvt.d.w  d  1101001 00000 rs1 rm fd 1010011
fcvt.d.wu d  1101001 00001 rs1 rm fd 1010011
fcvt.d.l  d  1101001 00010 rs1 rm fd 1010011
fcvt.d.lu d  1101001 00011 rs1 rm fd 1010011
fmv.d.x   d  1111001 00000 rs1 000 fd 1010011

add.uw    zba  0000100 rs2 rs1 000 rd 0111011
sh1add    zba  0010000 rs2 rs1 010 rd 0110011
sh2add    zba  0010000 rs2 rs1 100 rd 0110011
sh3add    zba  0010000 rs2 rs1 110 rd 0110011
sh1add.uw zba  0010000 rs2 rs1 010 rd 0111011
sh2add.uw zba  0010000 rs2 rs1 100 rd 0111011
sh3add.uw zba  0010000 rs2 rs1 110 rd 0111011
slli.uw   zba  000010 shamt6 rs1 001 rd 0011011

andn      zbb  0100000 rs2 rs1 111 rd 0110011
orn       zbb  0100000 rs2 rs1 110 rd 0110011
xnor      zbb  0100000 rs2 rs1 100 rd 0110011
clz       zbb  0110000 00000 rs1 001 rd 0010011
ctz       zbb  0110000 00001 rs1 001 rd 0010011
cpop      zbb  0110000 00010 rs1 001 rd 0010011
clzw      zbb  0110000 00000 rs1 001 rd 0011011
ctzw      zbb  0110000 00001 rs1 001 rd 0011011
cpopw     zbb  0110000 00010 rs1 001 rd 0011011
max       zbb  0000101 rs2 rs1 110 rd 0110011
maxu      zbb  0000101 rs2 rs1 111 rd 0110011
min       zbb  0000101 rs2 rs1 100 rd 0110011
minu      zbb  0000101 rs2 rs1 101 rd 0110011
sext.b    zbb  0110000 00100 rs1 001 rd 0010011
sext.h    zbb  0110000 00101 rs1 001 rd 0010011
zext.h    zbb  0000100 00000 rs1 100 rd 0111011
rol       zbb  0110000 rs2 rs1 001 rd 0110011
ror       zbb  0110000 rs2 rs1 101 rd 0110011
rori      zbb  011000 shamt6 rs1 101 rd 0010011
rolw      zbb  0110000 rs2 rs1 001 rd 0111011
rorw      zbb  0110000 rs2 rs1 101 rd 0111011
roriw     zbb  0110000 shamt5 rs1 101 rd 0011011
orc.b     zbb  001010000111 rs1 101 rd 0010011
rev8      zbb  011010111000 rs1 101 rd 0010011

clmul     zbc  0000101 rs2 rs1 001 rd 0110011
clmulh    zbc  0000101 rs2 rs1 011 rd 0110011
clmulr    zbc  0000101 rs2 rs1 010 rd 0110011

bclr      zbs  0100100 rs2 rs1 001 rd 0110011
bclri     zbs  010010 shamt6 rs1 001 rd 0010011
bext      zbs  0100100 rs2 rs1 101 rd 0110011
bexti     zbs  010010 shamt6 rs1 101 rd 0010011
binv      zbs  0110100 rs2 rs1 001 rd 0110011
binvi     zbs  011010 shamt6 rs1 001 rd 0010011
bset      zbs  0010100 rs2 rs1 001 rd 0110011
bseti     zbs  001010 shamt6 rs1 001 rd 0010011
"""


class Instruction:
    """One row: its name, its extension, and (operand, lowest bit) for each operand."""

    def __init__(self, line):
        self.name, self.extension, *fields = line.split()
        self.mask = self.match = 0
        self.operands = []
        low = 32
        for field in fields:
            if field in WIDTH:
                low -= WIDTH[field]
                self.operands.append((field, low))
            else:
                low -= len(field)
                self.mask |= (1 << len(field)) - 1 << low
                self.match |= int(field, 2) << low
        if low != 0:
            raise ValueError(f"{self.name} has {32 - low} bits")
        names = {field for field, _ in self.operands}
        self.is_memory = bool(names & {"offset", "offsetlo"})
        # What needs nothing but operands: it touches no memory, goes on to the next, and changes no CSR but fcsr.
        self.is_plain = not names & {"base", "skip20", "skiphi"} and self.match & 0x7F != SYSTEM


INSTRUCTIONS = [Instruction(line) for line in TABLE.splitlines() if line]
BY_NAME = {instruction.name: instruction for instruction in INSTRUCTIONS}


def is_known(word):
    """Is this any instruction of the table?"""
    return any(word & row.mask == row.match for row in INSTRUCTIONS)
