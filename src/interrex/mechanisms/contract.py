"""What every mechanism file looks like.

A mechanism is one published idea in one file, always in the same order: module docstring with the reference,
`PARAMS` (each with prior, unit, source), scalar functions marked `@scalar`, and `MECHANISM`, which says which
slots of a tick the functions fill, what the mechanism reads and writes, and what it claims about itself.
Tests read the claims; the engine composes the slots; nothing else is needed to add or replace one.

Scalar functions see only numbers and the named tuples below, and use the `exp`, `log`, `expit` of this file:
polynomials of our own, so that a history has the same bits under any maths library.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numba
import numpy as np

scalar = numba.njit(nogil=True, error_model="numpy", forceinline=True, no_cfunc_wrapper=True)  # pyright: ignore[reportCallIssue]
"""Decorator of every function that may run inside a tick."""


class Prior(NamedTuple):
    """A prior as a monotone map of a standard normal z (so every parameter is N(0,1) to the sampler).

    kind  value(z)                       a, b
    normal     a + b z                   mean, sd
    lognormal  exp(a + b z)              log median, log sd
    logit      1 / (1 + exp(-(a + b z))) mean and sd on the log-odds scale
    half       b |z| + a                 shift, scale (half-normal)
    """

    kind: str
    a: float
    b: float

    def value(self, z: Any) -> Any:
        """Parameter values for standard normal `z` (array or number)."""
        z = np.asarray(z, dtype=float)
        if self.kind == "normal":
            return self.a + self.b * z
        if self.kind == "lognormal":
            return np.exp(self.a + self.b * z)
        if self.kind == "logit":
            return 1.0 / (1.0 + np.exp(-(self.a + self.b * z)))
        if self.kind == "half":
            return self.a + self.b * np.abs(z)
        raise ValueError(f"unknown prior kind {self.kind!r}")

    def text(self) -> str:
        """The prior in words, for the report's table of assumptions."""
        if self.kind == "lognormal":
            return f"lognormal, median {np.exp(self.a):.3g}, log sd {self.b:g}"
        if self.kind == "logit":
            return (
                f"logit-normal, median {1 / (1 + np.exp(-self.a)):.3g}, sd {self.b:g} on the log-odds scale"
            )
        if self.kind == "half":
            return f"half-normal, scale {self.b:g}"
        return f"normal, mean {self.a:g}, sd {self.b:g}"


class Param(NamedTuple):
    """One parameter: its prior, its unit, where the prior comes from, and whether that is an assumption."""

    name: str
    prior: Prior
    unit: str
    source: str
    assumption: bool = True


class Claim(NamedTuple):
    """Something a mechanism says about itself that a test can check."""

    text: str
    check: Callable[[], bool]


class Mechanism(NamedTuple):
    """A mechanism: `slots` maps slot names (see SLOTS) to scalar functions."""

    name: str
    reference: str
    params: tuple[Param, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    slots: Mapping[str, Callable[..., Any]]
    claims: tuple[Claim, ...] = ()
    doi: str = ""


SLOTS = {
    "mood": "mood(u, g, x, place, th): log-odds shared by the citizens of unit u and audience g; summed",
    "leaning": "leaning(grievance, risk_aversion, risk, th): a citizen's own log-odds, rising in grievance, falling in "
    "risk aversion and in risk; summed",
    "influence": "influence(near, far, th): log-odds added by active ties; 0 at (0, 0), never falling; summed",
    "leave": "leave(u, x, place, th): rate a day at which an active citizen goes home; summed",
    "arrest": "arrest(u, x, place, th): rate a day at which an active citizen is detained; summed",
    "violence": "violence(u, x, place, th): rate a day at which an active citizen turns violent; summed",
    "harm": "harm(u, x, place, th): deaths a day expected in unit u; summed",
    "update": "update(x, place, th, t, dt, hour): moves the macro state before citizens are drawn; in plan order",
    "on_act": "on_act(kind, level, x, place, th): what an act of this kind does to the macro state; in plan order",
}
"""The closed list of slots and how their functions are composed."""


class Place(NamedTuple):
    """What does not change in a history. Arrays over units u, audiences g."""

    population: np.ndarray  # f8[U] persons
    region: np.ndarray  # i8[U] index of the region
    police: np.ndarray  # f8[U] officers of the ordinary police stationed in the unit
    exposure: np.ndarray  # f8[U] 0..1, share of the exogenous price shock that reaches the unit
    city: np.ndarray  # f8[U] 1 in a city, 0 in a district
    capital: np.ndarray  # f8[U] 1 in the capital and the largest city
    share: np.ndarray  # f8[U, G] share of the unit's citizens in each audience
    online: np.ndarray  # f8[G] 1 if the audience lives on the open networks
    leaning: np.ndarray  # f8[G] how far the audience starts above or below the nation's trust, logit
    region_effect: np.ndarray  # f8[R] standard normal, drawn with the parameters
    reserve: np.ndarray  # f8[2] national guard and army that may be sent, persons
    nation: float  # persons


class Macro(NamedTuple):
    """The macro state x. Written by one mechanism each; masses in persons, times in days."""

    crowd: np.ndarray  # f8[U] persons on the street
    violent: np.ndarray  # f8[U] of them violent
    spent: np.ndarray  # f8[U] persons who went home and rest
    fear: np.ndarray  # f8[U] log-odds subtracted by fear
    killed: np.ndarray  # f8[U] persons killed in the six hours that are running
    price: np.ndarray  # f8[U] log-odds added by the price shock
    shock: np.ndarray  # f8[U] common shock of the day, log-odds
    risk: np.ndarray  # f8[U] perceived probability of arrest, 0..1
    force: np.ndarray  # f8[U] officers deployed
    obedience: np.ndarray  # f8[U] share of them who obey, 0..1
    room: np.ndarray  # f8[U] share of the unit's limited pool of participants still at home, 0..1
    trust: np.ndarray  # f8[G] trust in the incumbent, logit
    frame: np.ndarray  # f8[G] belief in the state's frame, logit
    old: np.ndarray  # f8[G] trust in the predecessor, logit
    reach: np.ndarray  # f8[G] share of the audience's media that work, 0..1
    baseline: np.ndarray  # f8[G] legitimacy at the start, 0..1
    level: np.ndarray  # f8[LEVELS] national scalars, indices below


(
    EMERGENCY,  # 1 while a state of emergency is in force
    BLACKOUT,  # 0..1 share of the internet cut
    LETHAL,  # 1 once lethal force is ordered
    CONCESSION,  # 0..1 size of the price concession so far
    PATRON,  # foreign troops present, persons
    PREDECESSOR,  # 1 while the predecessor holds a lever of power
    ELITE,  # -1..1 which side the elite expects to win (1 the incumbent)
    DEATHS,  # killed so far, persons
    ARRESTS,  # detained so far, persons
    PRICE_SHOCK,  # 1 once the exogenous price shock has happened
    NATION_CROWD,  # persons on the street in the nation
    CRISIS_DAY,  # days since the crisis began (-1 before)
    PEAK,  # largest national crowd so far
    CLEARED,  # 1 once squares have been cleared by force
    STOOD_DOWN,  # 0..1 share of the guarding organs that stand down
    ARMY,  # 1 once the reserves may be used inside the country
    ALARM,  # days since a crowd of 1,000 in one unit or a death (99 before the first): crisis phase while <= 1
    TRUST_START,  # mean trust at the start, logit
    SEIZED,  # organised violence after a seizure, 1 at once and fading
    CALM,  # intercept of the calm level, log-odds
) = range(20)
LEVELS = 20

ACTS = (
    "concede_price", "regulate_prices", "dismiss_cabinet", "appoint_cabinet", "remove_predecessor",
    "transfer_party", "state_of_emergency", "lift_emergency", "shutdown", "restore_internet", "frame_foreign",
    "arrest_activists", "order_lethal_force", "reject_talks", "dismiss_security_chief", "arrest_security_chief",
    "purge_kin", "promise_reform", "amnesty", "call_election", "referendum", "request_patron", "patron_accepts",
    "patron_refuses", "patron_deploys", "patron_withdraws", "patron_supports", "foreign_condemns",
    "foreign_supports", "foreign_mediation", "annexation_demand", "predecessor_appears", "predecessor_supports",
    "predecessor_speaks_against", "kin_appears", "kin_resigns", "incumbent_appears", "step_down", "flight",
    "assassination", "coup_attempt", "elite_defects", "army_refuses", "stand_down", "organised_seizure",
    "clear_square", "exile_claims", "opposition_calls", "firm_cuts_output", "market_halt", "contact_patron",
)  # fmt: skip
"""Kinds of act, the same in every case; `kind` in `on_act` is the index here."""


def act(name: str) -> int:
    """Index of an act kind; ValueError if there is no such kind."""
    return ACTS.index(name)


POWERS = np.array([math.ldexp(1.0, k) for k in range(-1080, 1024)])
"""Powers of two: a table look-up instead of a call into the C library (a third of exp's time)."""


ATANH = tuple(2.0 / k for k in range(23, 1, -2))
"""Coefficients of 2 atanh(s) / s - 2 in powers of s**2, the highest first."""


@scalar
def exp(v):
    """exp(v) from a range reduction by log 2 and a Taylor polynomial; error below 1.1 ulp on [-700, 700], 0 below
    and exp(700) above."""
    if v < -700.0:
        return 0.0
    if v > 700.0:
        v = 700.0
    k = np.floor(v * 1.4426950408889634 + 0.5)
    f = (v - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10
    p = 1.0 + f * (
        1.0
        + f
        * (
            0.5
            + f
            * (
                1.6666666666666666e-1
                + f
                * (
                    4.1666666666666664e-2
                    + f
                    * (
                        8.3333333333333332e-3
                        + f
                        * (
                            1.3888888888888889e-3
                            + f
                            * (
                                1.9841269841269841e-4
                                + f
                                * (
                                    2.4801587301587302e-5
                                    + f
                                    * (
                                        2.7557319223985893e-6
                                        + f
                                        * (
                                            2.7557319223985888e-7
                                            + f
                                            * (
                                                2.5052108385441720e-8
                                                + f * (2.0876756987868099e-9 + f * 1.6059043836821613e-10)
                                            )
                                        )
                                    )
                                )
                            )
                        )
                    )
                )
            )
        )
    )
    return p * POWERS[int(k) + 1080]


LEAST_NORMAL = 2.0**-1022
"""From here down a number has fewer digits."""


@scalar
def log(v):
    """Natural logarithm of finite v > 0, subnormal numbers included; error below 1 ulp.

    With v = 2**k (1 + f) and s = f / (2 + f), log(1 + f) = 2 atanh(s) is written as f less a small correction, so
    that the rounding of s does not reach the result (the form of fdlibm, Sun Microsystems 1993)."""
    k = -1022
    if v < LEAST_NORMAL:
        v *= 18014398509481984.0  # 2**54
        k -= 54
    # taken apart by hand: with calls of frexp the logarithms of an array take four times as long
    word = np.float64(v).view(np.int64)
    k += word >> 52
    m = np.int64((word & 0xFFFFFFFFFFFFF) | 0x3FE0000000000000).view(np.float64)
    if m < 0.70710678118654757:
        m *= 2.0
        k -= 1
    f = m - 1.0
    s = f / (2.0 + f)
    w = s * s
    rest = 0.0
    for c in ATANH:
        rest = w * (c + rest)
    half = 0.5 * f * f
    return k * 0.693147180369123816490 - ((half - (s * (half + rest) + k * 1.90821492927058770002e-10)) - f)


@scalar
def expit(v):
    """1 / (1 + exp(-v))."""
    e = exp(-abs(v))
    return (1.0 if v >= 0.0 else e) / (1.0 + e)


@scalar
def national_mean(values, place):
    """Mean of a quantity of audiences over the citizens who listen to them; audiences abroad weigh nothing."""
    total = 0.0
    for u in range(place.population.size):
        for g in range(values.size):
            total += place.population[u] * place.share[u, g] * values[g]
    return total / place.nation
