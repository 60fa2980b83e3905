"""Who sees actives, and how many: counted anew in every tick from the ties of those on the street; and sorting.

Ties that may bring somebody are written down as keys and sorted into buckets of neighbouring citizens, so small that
the counts of a bucket stay in the nearest cache; then a bucket is counted at a time. A few are simply sorted. No table is kept from tick to
tick and nothing is held for citizens who see nobody (a hash table that was changed by those who come and go cost
half as much again: most of those on the street today came today).

Source of the method: Knuth, D. E. (1998). The Art of Computer Programming 3, 2nd ed., section 5.2.5 (distribution
sorting).
"""

from __future__ import annotations

import numpy as np

from interrex.engine.decorators import kernel
from interrex.mechanisms.maths import scalar

FAR_ONE = 1 << 12
"""An active far tie in a count; an active near tie is 1, so that up to 4,095 of those can be counted."""

SMALLEST, BUCKETS = 14, 11
"""A bucket spans 2**SMALLEST citizens (32 KB of counts), or more where there would be over 2**BUCKETS buckets."""

FEW = 64
"""So many are sorted by insertion, and ties without going through the buckets."""

DIGIT = 11
"""Bits of a digit in sorting."""


def bucket_bits(citizens: int) -> int:
    """Citizens that a bucket spans, as a power of two."""
    return max(SMALLEST, int(max(1, citizens - 1)).bit_length() - BUCKETS)


@kernel
def into_buckets(keys, count, shift, edge, sorted_keys):
    """Sort the first `count` keys (citizen, then one bit for a far tie) by bucket.

    The keys of bucket b come to stand in sorted_keys[edge[b] : edge[b + 1]]. A bucket spans 2**(shift - 1)
    citizens.
    """
    edge[:] = 0
    for k in range(count):
        edge[(keys[k] >> shift) + 1] += 1
    for b in range(1, edge.size):
        edge[b] += edge[b - 1]
    for k in range(count):
        b = keys[k] >> shift
        sorted_keys[edge[b]] = keys[k]
        edge[b] += 1
    for b in range(edge.size - 1, 0, -1):  # each edge has moved on to the next one
        edge[b] = edge[b - 1]
    edge[0] = 0


@kernel
def by_insertion(values, count):
    """Sort the first `count` of values."""
    for k in range(count):
        value = values[k]
        m = k
        while m > 0 and values[m - 1] > value:
            values[m] = values[m - 1]
            m -= 1
        values[m] = value


@kernel
def sort(values, count, spare, digits, end):
    """Sort the first `count` of values u4, all below `end`: by insertion if they are few, else by their digits.

    `spare` is as large as values, `digits` i8[2**DIGIT + 1]; what they hold does not matter.
    """
    if count <= FEW:
        by_insertion(values, count)
        return
    shift = 0
    while (end - 1) >> shift > 0:
        digits[:] = 0
        for k in range(count):
            digits[((values[k] >> shift) & ((1 << DIGIT) - 1)) + 1] += 1
        for b in range(1, digits.size):
            digits[b] += digits[b - 1]
        for k in range(count):
            b = (values[k] >> shift) & ((1 << DIGIT) - 1)
            spare[digits[b]] = values[k]
            digits[b] += 1
        for k in range(count):
            values[k] = spare[k]
        shift += DIGIT


@kernel
def count_few(keys, count, listed, ties):
    """Of the first `count` keys: who is there (into listed) and how often (into ties); how many."""
    found = 0
    by_insertion(keys, count)
    for k in range(count):
        citizen = keys[k] >> 1
        if found == 0 or listed[found - 1] != citizen:
            listed[found] = citizen
            ties[found] = 0
            found += 1
        ties[found - 1] += FAR_ONE if keys[k] & 1 else 1
    return found


@scalar
def near_of(count):
    """Active near ties in a count."""
    return np.int64(count) & (FAR_ONE - 1)


@scalar
def far_of(count):
    """Active far ties."""
    return np.int64(count) >> 12
