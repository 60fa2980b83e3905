"""The line of Poisson points from which base risings are drawn.

Marked points lie over (citizen, rate mark): intensity 1 in both directions, so a citizen whose hazard of the
tick is h has a point below h with probability 1 - exp(-h). Marks are cut into layers whose height doubles, and a
layer into stretches of citizens so long that each holds half a point on average. A stretch is drawn by its
name (tick, noise, stretch, layer), whoever asks for it: only stretches that reach under a bound are looked at, a
looser bound looks at more of them and decides the same, and a counterfactual with other hazards meets the same
points.

Source of the idea of drawing candidates under a bound: Lewis, P. A. W., Shedler, G. S. (1979). Simulation of
nonhomogeneous Poisson processes by thinning. Naval Research Logistics Quarterly 26(3), 403-413.
"""

from __future__ import annotations

import math

import numpy as np

from interrex.engine.draws import philox, uniform
from interrex.mechanisms.maths import scalar

HIGHEST = 16.0
"""No point has a higher mark: who has more hazard in a tick enters all the same, but for one in nine million."""

LAYERS = 62
"""Layer 0 lies under 2**-31, layers 1 to 31 double up to 1, the others are half high, up to HIGHEST."""

BOTTOM = np.array(
    [0.0] + [2.0 ** (j - 32) for j in range(1, 32)] + [1.0 + 0.5 * j for j in range(LAYERS - 32)]
)
"""f8[LAYERS] lower edge of each layer."""

THICK = np.array([2.0**-31] + [2.0 ** (j - 32) for j in range(1, 32)] + [0.5] * (LAYERS - 32))
"""f8[LAYERS] height of each layer."""

STRETCH = np.array([30] + [31 - j for j in range(1, 32)] + [0] * (LAYERS - 32), dtype=np.int64)
"""i8[LAYERS] length of a stretch in citizens, as a power of two; times THICK it is one half."""

MOST = 12
"""Points that a stretch can hold; more have probability 1e-14."""

CHANCE = np.array(
    [int(sum(math.exp(-0.5) * 0.5**k / math.factorial(k) for k in range(n + 1)) * 2.0**32) for n in range(MOST)],
    dtype=np.uint32,
)  # fmt: skip
"""u4[MOST] a word of CHANCE[n] or more means more than n points."""


@scalar
def number_of_points(word):
    """Points in a stretch, from one word: Poisson with mean one half."""
    count = 0
    while count < MOST and word >= CHANCE[count]:
        count += 1
    return count


@scalar
def point(stretch, layer, place, mark):
    """Citizen and rate mark of a point, from two words."""
    bits = STRETCH[layer]
    citizen = (np.int64(stretch) << bits) + (np.int64(place) >> (32 - bits))
    return citizen, BOTTOM[layer] + THICK[layer] * uniform(mark)


@scalar
def later_point(k0, k1, t, noise, stretch, layer, k):
    """Citizen and mark of the k-th point of a stretch, k >= 1 (the first uses words drawn with the number)."""
    place, mark, _, _ = philox(k0, k1, t, noise, stretch, layer + 64 * k)
    return point(stretch, layer, place, mark)
