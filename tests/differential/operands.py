"""operands.py - values at which instructions go wrong, for integer and floating-point registers.

A float is boxed when the upper half of its register is all ones; one that is not counts as a NaN in every
operation on singles. Spec: Unpriv. [nanboxing].
"""

ALL = 2**64 - 1

INTEGERS = sorted(
    {
        (sign * number + near) & ALL
        for number in (0, 1, 2, 7, 8, 2**7, 2**8, 2**15, 2**16, 2**31, 2**32, 2**52, 2**53, 2**63)
        for sign in (1, -1)
        for near in (-1, 0, 1)
    }
    | {0x5555555555555555, 0xAAAAAAAAAAAAAAAA, 0x0123456789ABCDEF, 0x00000000FFFFFFFF, 0xFFFFFFFF80000001}
)

# Bit patterns of the two formats: signs are added below.
SINGLES = [
    0x00000000,  # zero
    0x00000001, 0x00000002, 0x00400000, 0x007FFFFF,  # subnormal
    0x00800000, 0x00800001, 0x00FFFFFF, 0x01000000,  # the least normal ones
    0x0C000000, 0x20000000, 0x1FFFFFFF, 0x5F7FFFFF, 0x60000000,  # products that overflow or underflow
    0x33800000, 0x34000000, 0x33FFFFFF,  # half of, one unit in the last place of 1
    0x3F000000, 0x3EFFFFFF, 0x3F7FFFFF, 0x3F800000, 0x3F800001, 0x3FC00000, 0x40200000, 0x40000000, 0x40490FDB,
    0x4AFFFFFF, 0x4B000000, 0x4B7FFFFF, 0x4B800000,  # where fractions end
    0x4EFFFFFF, 0x4F000000, 0x4F000001, 0x4F7FFFFF, 0x4F800000,  # around 2^31 and 2^32
    0x5EFFFFFF, 0x5F000000, 0x5F7FFFFF, 0x5F800000,  # around 2^63 and 2^64
    0x7EFFFFFF, 0x7F000000, 0x7F7FFFFF,  # the largest
    0x7F800000,  # infinity
    0x7F800001, 0x7FA00000, 0x7FBFFFFF,  # signalling NaNs
    0x7FC00000, 0x7FC00001, 0x7FFFFFFF,  # quiet NaNs
]

DOUBLES = [
    0x0000000000000000,
    0x0000000000000001, 0x0000000000000002, 0x0008000000000000, 0x000FFFFFFFFFFFFF,
    0x0010000000000000, 0x0010000000000001, 0x001FFFFFFFFFFFFF, 0x0020000000000000,
    0x1FFFFFFFFFFFFFFF, 0x2000000000000000, 0x5FEFFFFFFFFFFFFF, 0x6000000000000000,
    0x3CA0000000000000, 0x3CB0000000000000, 0x3CAFFFFFFFFFFFFF,
    0x3FDFFFFFFFFFFFFF, 0x3FE0000000000000, 0x3FEFFFFFFFFFFFFF, 0x3FF0000000000000, 0x3FF0000000000001,
    0x3FF8000000000000, 0x4000000000000000, 0x4004000000000000, 0x400921FB54442D18,
    0x432FFFFFFFFFFFFF, 0x4330000000000000, 0x433FFFFFFFFFFFFF, 0x4340000000000000,
    # around 2^31 and 2^32, with and without a fraction; around 2^63 and 2^64
    0x41DFFFFFFFC00000, 0x41DFFFFFFFE00000, 0x41E0000000000000, 0x41E0000000100000, 0x41E0000000200000,
    0x41EFFFFFFFE00000, 0x41EFFFFFFFF00000, 0x41F0000000000000,
    0x43DFFFFFFFFFFFFF, 0x43E0000000000000, 0x43EFFFFFFFFFFFFF, 0x43F0000000000000,
    # around what a single can hold: the largest, the least normal, the least subnormal and half of it
    0x47EFFFFFE0000000, 0x47EFFFFFEFFFFFFF, 0x47EFFFFFF0000000, 0x47F0000000000000,
    0x3810000000000000, 0x380FFFFFE0000000, 0x380FFFFFFFFFFFFF, 0x36A0000000000000, 0x3690000000000000,
    0x3690000000000001, 0x3FF0000010000000, 0x3FF0000030000000, 0x3FF0000010000001,
    0x7FDFFFFFFFFFFFFF, 0x7FE0000000000000, 0x7FEFFFFFFFFFFFFF,
    0x7FF0000000000000,
    0x7FF0000000000001, 0x7FF4000000000000, 0x7FF7FFFFFFFFFFFF,
    0x7FF8000000000000, 0x7FF8000000000001, 0x7FFFFFFFFFFFFFFF,
]  # fmt: skip


def integer(rng):
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(INTEGERS)
    if kind < 0.65:
        return 1 << rng.getrandbits(6)
    if kind < 0.75:  # a 32-bit number, extended by its sign
        return (rng.getrandbits(32) ^ 1 << 31) - (1 << 31) & ALL
    if kind < 0.85:  # near the number of bits of a word: a shift
        return rng.getrandbits(7)
    return rng.getrandbits(rng.randrange(8, 65))


def fraction(rng, bits):
    """The bits of a fraction: all of them random, or the first ones only, so that results may be exact."""
    used = bits if rng.random() < 0.5 else rng.randrange(1, bits)
    return rng.getrandbits(used) << bits - used


def single(rng):
    """32 bits of a float: a special one, or one of a moderate exponent, where rounding shows."""
    kind = rng.random()
    sign = rng.getrandbits(1) << 31
    if kind < 0.45:
        return sign | rng.choice(SINGLES)
    if kind < 0.9:
        return sign | rng.randrange(97, 160) << 23 | fraction(rng, 23)
    return rng.getrandbits(32)


def double(rng):
    kind = rng.random()
    sign = rng.getrandbits(1) << 63
    if kind < 0.45:
        return sign | rng.choice(DOUBLES)
    if kind < 0.9:
        return sign | rng.randrange(960, 1090) << 52 | fraction(rng, 52)
    return rng.getrandbits(64)


def floating(rng):
    """64 bits of a floating-point register."""
    kind = rng.random()
    if kind < 0.45:
        return 0xFFFFFFFF << 32 | single(rng)
    if kind < 0.9:
        return double(rng)
    # not boxed, if only by one bit
    return (0xFFFFFFFF ^ 1 << rng.getrandbits(5) if kind < 0.95 else rng.getrandbits(32)) << 32 | single(rng)


FORMATS = ((23, 127), (52, 1023))  # bits of the fraction, and what is added to the exponent


def tight(rng, layout):
    """One of few numbers near 1, or as far from it as a format's precision: sums and products of them lie
    half-way between two results, or next to that."""
    bits, bias = layout
    away = rng.choice((-3, -2, -1, -1, 0, 0, 0, 1)) * (bits + rng.choice((0, 1, 1, 2)))
    exponent = bias + away + rng.randrange(-1, 2)
    few = rng.choice((0, 0, 1, 1, 2, 3, rng.getrandbits(bits)))
    fraction_bits = rng.choice((few, few << bits - 2, -few)) & (1 << bits) - 1
    number = rng.getrandbits(1) << (31 if bits == 23 else 63) | exponent << bits | fraction_bits
    return number if bits == 52 else 0xFFFFFFFF << 32 | number


def near(rng, value):
    """A neighbour of a floating-point register's value, or it negated: differences cancel."""
    sign = rng.choice((0, 1 << 31, 1 << 63))
    return (value + rng.randrange(-1, 2) & ALL) ^ sign
