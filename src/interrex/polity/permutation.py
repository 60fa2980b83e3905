"""Keyed permutations of 0..n-1, computed forwards and backwards instead of stored.

A number x = right 2**bits + left passes through six rounds of an unbalanced Feistel network, left on
2**bits values and right on ceil(n / 2**bits); a result of n or more is sent through again until it falls
below n, which happens to less than one in sqrt(n). Nothing is stored but the round keys, so an order of a
billion citizens costs no memory and no time to make.

Sources: Luby, M., Rackoff, C. (1988). How to construct pseudorandom permutations from pseudorandom functions.
SIAM Journal on Computing 17(2), 373-386. Black, J., Rogaway, P. (2002). Ciphers with arbitrary finite domains.
CT-RSA 2002, 114-130 (method 2, cycle walking, and method 3).
"""

from __future__ import annotations

import numpy as np

from interrex.mechanisms.maths import scalar

ROUNDS = 6
"""Rounds of a pass; with four, the tests of mixing fail."""

BITS, HEIGHT, SIZE, KEY = 0, 1, 2, 3
"""Columns of a permutation: width of the left half in bits, values of the right half, n, first round key."""

COLUMNS = KEY + ROUNDS


def make_permutation(size: int, keys: np.ndarray) -> np.ndarray:
    """Permutation of 0..size-1 (1 <= size < 2**32) under ROUNDS round keys u4: i8[COLUMNS]."""
    bits = max(0, int(size - 1).bit_length() // 2)
    height = -(-size // (1 << bits))
    return np.array([bits, height, size, *keys[:ROUNDS]], dtype=np.int64)


@scalar
def mix(value, key):
    """32 bits that look unrelated to `value`: the halves of a 64-bit product, folded."""
    low = np.uint64(0xFFFFFFFF)
    product = (np.uint64(value ^ key) & low) * np.uint64(0x9E3779B1)
    return np.int64((product >> np.uint64(32)) ^ (product & low))


@scalar
def scaled(value, key, height):
    """A number in 0..height-1 that looks unrelated to `value`."""
    low = np.uint64(0xFFFFFFFF)
    product = ((np.uint64(value) ^ np.uint64(key)) & low) * np.uint64(0x9E3779B1)
    folded = ((product >> np.uint64(32)) ^ product) & low
    return np.int64((folded * (np.uint64(height) & low)) >> np.uint64(32))


@scalar
def once(value, table, p):
    """One pass forwards through permutation `p` of `table`; may be `size` or more."""
    bits, height = table[p, BITS], table[p, HEIGHT]
    mask = (np.int64(1) << bits) - 1
    left, right = value & mask, value >> bits
    for r in range(0, ROUNDS, 2):
        left ^= mix(right, table[p, KEY + r]) & mask
        right += scaled(left, table[p, KEY + r + 1], height)
        right -= height if right >= height else 0
    return (right << bits) | left


@scalar
def once_back(value, table, p):
    """One pass backwards; may be `size` or more."""
    bits, height = table[p, BITS], table[p, HEIGHT]
    mask = (np.int64(1) << bits) - 1
    left, right = value & mask, value >> bits
    for r in range(ROUNDS - 2, -1, -2):
        right -= scaled(left, table[p, KEY + r + 1], height)
        right += height if right < 0 else 0
        left ^= mix(right, table[p, KEY + r]) & mask
    return (right << bits) | left


@scalar
def forward(value, table, p):
    """Image of `value` under permutation `p` of `table`, rows of `make_permutation`."""
    value = once(value, table, p)
    while value >= table[p, SIZE]:
        value = once(value, table, p)
    return value


@scalar
def backward(value, table, p):
    """The number whose image is `value`."""
    value = once_back(value, table, p)
    while value >= table[p, SIZE]:
        value = once_back(value, table, p)
    return value


@scalar
def back_all(values, row, count, table, p):
    """Replace values[row, :count] by the numbers whose images they are.

    A bare pass over all, with the keys at hand, which the compiler turns into vector instructions, then the few
    that need another.
    """
    bits, height, size = table[p, BITS], table[p, HEIGHT], table[p, SIZE]
    mask = (np.int64(1) << bits) - 1
    k0, k1, k2 = table[p, KEY], table[p, KEY + 1], table[p, KEY + 2]
    k3, k4, k5 = table[p, KEY + 3], table[p, KEY + 4], table[p, KEY + 5]
    for n in range(count):
        left, right = values[row, n] & mask, values[row, n] >> bits
        right -= scaled(left, k5, height)
        right += height if right < 0 else 0
        left ^= mix(right, k4) & mask
        right -= scaled(left, k3, height)
        right += height if right < 0 else 0
        left ^= mix(right, k2) & mask
        right -= scaled(left, k1, height)
        right += height if right < 0 else 0
        left ^= mix(right, k0) & mask
        values[row, n] = (right << bits) | left
    for n in range(count):
        if values[row, n] >= size:
            values[row, n] = backward(values[row, n], table, p)
