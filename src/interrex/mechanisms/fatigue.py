"""Fatigue and a limited pool: a unit cannot send the same people out for ever.

Those who went home rest for `rest_days` before they can come again, and only `pool_share` of a unit's citizens
would ever come in one episode. Without this brake the first region to move keeps growing until it is shot at.
"""

from math import isclose

from interrex.mechanisms.contract import Claim, Mechanism, Param, Prior, Work, middle
from interrex.mechanisms.maths import exp, scalar
from interrex.mechanisms.state import small_country

PARAMS = (
    Param("pool_share", Prior("lognormal", -3.2, 0.6), "share of a unit's citizens who would ever take part",
          "assumption; Chenoweth & Stephan 2011 report peaks of 0.1-10 % of populations"),
    Param("rest_days", Prior("lognormal", 1.39, 0.4), "days of rest after taking part", "assumption"),
)  # fmt: skip


@scalar
def update(x, place, th, t, dt, hour):
    """Share of the pool still at home and rested."""
    keep = exp(-dt / th.rest_days)
    for u in range(x.room.size):
        x.spent[u] *= keep
        room = 1.0 - (x.crowd[u] + x.spent[u]) / (th.pool_share * place.population[u])
        x.room[u] = room if room > 0.0 else 0.0


TH = middle(PARAMS)


def _after(days, **state):
    place, x = small_country(**state)
    update(x, place, TH, 0, days, 1.0)
    return float(x.spent[0]), float(x.room[0])


CLAIMS = (
    Claim("with nobody out and nobody resting the whole pool is at home", lambda: _after(0.25, crowd=0.0, spent=0.0)[1] == 1.0),
    Claim("with the whole pool out nobody is left, and never fewer", lambda: (
        _after(0.25, crowd=50_000.0 * TH.pool_share)[1] == 0.0 == _after(0.25, crowd=50_000.0)[1])),
    Claim("the resting fall to 1 / e in `rest_days`", lambda: isclose(_after(TH.rest_days, spent=100.0)[0], 100.0 * exp(-1.0))),
)  # fmt: skip

WORKS = (
    Work("Chenoweth, E. & Stephan, M. J.", "2011", "Why Civil Resistance Works", "Columbia University Press"),
)  # fmt: skip

MECHANISM = Mechanism(
    name="fatigue",
    works=WORKS,
    params=PARAMS,
    reads=("crowd", "spent"),
    writes=("room", "spent"),
    slots={"update": update},
    claims=CLAIMS,
)
