"""What mechanisms see: the place, which stays as it is in a history, and the macro state, which they move."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.mechanisms.maths import scalar


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
    ALARM,  # days since 1,000 in one unit, or in the nation by the ledger, or a death (99 before): crisis phase while <= 1
    TRUST_START,  # mean trust at the start, logit
    SEIZED,  # organised violence after a seizure, 1 at once and fading
    CALM,  # intercept of the calm level, log-odds
    REFUSED,  # refusals and stand-downs of organs, sum of their levels, fading over weeks
    DEFECTED,  # public breaks within the elite, the same
    REPORTED,  # persons on the street by the ledger, in the nation; fades once nothing more is reported
    REPORTED_CAPITAL,  # and in the capital and the largest city
) = range(24)

LEVEL_NAMES = tuple(name for name, value in list(globals().items()) if name.isupper() and type(value) is int)
"""Names of the national scalars in the order of `level`."""

LEVELS = len(LEVEL_NAMES)

BY_AUDIENCE = ("trust", "frame", "old", "reach", "baseline")
"""Fields of `Macro` that hold a number for each audience; all others but `level` have one for each unit."""


@scalar
def national_mean(values, place):
    """Mean of a quantity of audiences over the citizens who listen to them; audiences abroad weigh nothing."""
    total = 0.0
    for u in range(place.population.size):
        for g in range(values.size):
            total += place.population[u] * place.share[u, g] * values[g]
    return total / place.nation


UNDER_WAY = {
    "crowd": 900.0, "violent": 90.0, "spent": 50.0, "fear": 0.7, "price": 0.5, "shock": 0.2, "risk": 0.6,
    "force": 300.0, "obedience": 0.9, "room": 0.95, "trust": 0.2, "frame": 0.1, "old": 0.4, "reach": 0.8,
    "baseline": 0.5, "level": 0.5,
}  # fmt: skip
"""A state in which every mechanism has something to do (persons, log-odds, shares)."""


def small_country(**changed: float) -> tuple[Place, Macro]:
    """Two units of one region, two audiences, the first online, everything under way but for what is changed; for claims and
    trials."""
    both, one = np.ones(2), np.array([1.0, 0.0])
    place = Place(
        population=50_000.0 * both, region=np.zeros(2, np.int64), police=200.0 * both, exposure=both, city=one,
        capital=one, share=np.array([[0.7, 0.3], [0.6, 0.4]]), online=one, leaning=0.0 * both,
        region_effect=np.array([0.3]), reserve=np.array([400.0, 900.0]), nation=100_000.0,
    )  # fmt: skip
    values = dict.fromkeys(Macro._fields, 0.0) | UNDER_WAY | changed
    return place, Macro(**{name: np.full(LEVELS if name == "level" else 2, values[name]) for name in Macro._fields})
