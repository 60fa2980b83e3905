"""Random numbers: Philox4x32-10, so that every draw has a name instead of a place in a stream.

A draw is a function of (seed, purpose) through the key and of (tick, noise, entity, draw) through the
counter. Nothing depends on the order in which draws are made, hence not on workers, batches or what else
happened, and a counterfactual meets the same luck as the history that it is compared with.

Source: Salmon, J. K., Moraes, M. A., Dror, R. O., Shaw, D. E. (2011). Parallel random numbers: as easy as 1,
2, 3. SC '11, article 16.
"""

from __future__ import annotations

import hashlib
import struct

import numpy as np

from interrex.errors import RunError
from interrex.mechanisms.maths import log, scalar
from interrex.polity.normal import normal_quantile

PURPOSES = (
    "BASE", "NEAR", "LEAVE", "VIOLENCE", "ARREST", "TERM", "HARM", "SHOCK_NATION", "SHOCK_REGION", "ACT",
    "TRAIT", "TRUTH", "PROPOSE", "PRIOR", "RESAMPLE", "MOVE", "GRAPH", "REPORT", "CONFIDENCE", "CLOCK",
    "FORECAST", "ATTENTION", "PLACEBO", "GRID",
)  # fmt: skip
"""What draws are for. Append only: a number that moves would change every result."""

(
    BASE, NEAR, LEAVE, VIOLENCE, ARREST, TERM, HARM, SHOCK_NATION, SHOCK_REGION, ACT, TRAIT,
    TRUTH, PROPOSE, PRIOR, RESAMPLE, MOVE, GRAPH, REPORT, CONFIDENCE, CLOCK, FORECAST, ATTENTION, PLACEBO, GRID,
) = range(len(PURPOSES))  # fmt: skip


def check_seed(seed: object) -> int:
    """The seed as a whole number, 0 <= seed < 2**64; RunError for anything else. Whatever draws comes through here."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= int(seed) < 1 << 64:
        raise RunError(f"{seed!r:.60} is no seed", "seeds are whole numbers from 0 to 2**64 - 1")
    return int(seed)


def key_for(seed: int, purpose: int) -> tuple[np.uint32, np.uint32]:
    """Key of `purpose` under `seed`: the first eight bytes of a hash of both. RunError as in `check_seed`."""
    digest = hashlib.sha256(b"interrex-draws-1" + struct.pack("<QI", check_seed(seed), purpose)).digest()
    k0, k1 = struct.unpack("<II", digest[:8])
    return np.uint32(k0), np.uint32(k1)


def keys_for(seed: int) -> np.ndarray:
    """All keys of `seed`: uint32[purpose, 2]."""
    return np.array([key_for(seed, purpose) for purpose in range(len(PURPOSES))], dtype=np.uint32)


@scalar
def philox(k0, k1, tick, noise, entity, draw):
    """Four uint32 words of the counter (tick, noise, entity, draw) under the key (k0, k1)."""
    # Numba widens uint32 arithmetic to 64 bits, so the low word is cut out again after every operation.
    low = np.uint64(0xFFFFFFFF)
    half = np.uint64(32)
    c0 = np.uint64(tick) & low
    c1 = np.uint64(noise) & low
    c2 = np.uint64(entity) & low
    c3 = np.uint64(draw) & low
    a = np.uint64(k0) & low
    b = np.uint64(k1) & low
    for _ in range(10):
        p = np.uint64(0xD2511F53) * c0
        q = np.uint64(0xCD9E8D57) * c2
        c0 = (q >> half) ^ c1 ^ a
        c1 = q & low
        c2 = (p >> half) ^ c3 ^ b
        c3 = p & low
        a = (a + np.uint64(0x9E3779B9)) & low
        b = (b + np.uint64(0xBB67AE85)) & low
    return np.uint32(c0), np.uint32(c1), np.uint32(c2), np.uint32(c3)


@scalar
def uniform(word):
    """Number in (0, 1), never 0 or 1, from one uint32 word."""
    return (np.float64(word) + 0.5) * 2.3283064365386963e-10


@scalar
def uniform53(high, low):
    """Number in (0, 1), never 0 or 1, on a grid of 2**-53, from two uint32 words."""
    whole = (np.uint64(high) << np.uint64(20)) | (np.uint64(low) >> np.uint64(12))
    return (np.float64(whole) + 0.5) * 2.220446049250313e-16


@scalar
def normal(word):
    """Standard normal number from one uint32 word."""
    return normal_quantile(uniform(word))


@scalar
def poisson(mean, k0, k1, tick, noise, entity):
    """Poisson number with `mean` >= 0: how many exponential gaps fit into it. Exact; costs O(mean)."""
    count = 0
    total = 0.0
    draw = 0
    while True:
        w0, w1, w2, w3 = philox(k0, k1, tick, noise, entity, draw)
        total -= log(uniform53(w0, w1))
        if total > mean:
            return count
        count += 1
        total -= log(uniform53(w2, w3))
        if total > mean:
            return count
        count += 1
        draw += 1


@scalar
def _fill(out, k0, k1, tick, noise, as_normal):
    """Fill out[row, column] with draws of (tick, noise + row, column)."""
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            w0, w1, _, _ = philox(k0, k1, tick, noise + row, column, 0)
            u = uniform53(w0, w1)
            out[row, column] = normal_quantile(u) if as_normal else u


def _table(
    seed: int, purpose: int, shape: int | tuple[int, ...], tick: int, noise: int, as_normal: bool
) -> np.ndarray:
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    if len(shape) not in (1, 2):
        raise ValueError(f"draws are laid out in one or two dimensions, not {len(shape)}")
    out = np.empty(shape if len(shape) == 2 else (1, *shape))
    k0, k1 = key_for(seed, purpose)
    _fill(out, k0, k1, tick, noise, as_normal)
    return out.reshape(shape)


def uniforms(
    seed: int, purpose: int, shape: int | tuple[int, ...], tick: int = 0, noise: int = 0
) -> np.ndarray:
    """Uniform numbers in (0, 1): entry [j] belongs to entity j, entry [i, j] to entity j of noise number noise + i.

    A value depends on its names only, not on the shape, so a longer table begins with the shorter one.
    """
    return _table(seed, purpose, shape, tick, noise, False)


def normals(
    seed: int, purpose: int, shape: int | tuple[int, ...], tick: int = 0, noise: int = 0
) -> np.ndarray:
    """Standard normal numbers, laid out as in `uniforms`."""
    return _table(seed, purpose, shape, tick, noise, True)
