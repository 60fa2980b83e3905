"""Fatigue and a limited pool: a unit cannot send the same people out for ever.

Those who went home rest for `rest_days` before they can come again, and only `pool_share` of a unit's citizens
would ever come in one episode. Without this brake the first region to move keeps growing until it is shot at.
"""

from interrex.mechanisms.contract import Mechanism, Param, Prior
from interrex.mechanisms.maths import exp, scalar

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


MECHANISM = Mechanism(
    name="fatigue",
    reference="Chenoweth, E. & Stephan, M. J. (2011). Why Civil Resistance Works. Columbia University Press.",
    params=PARAMS,
    reads=("crowd",),
    writes=("spent", "room"),
    slots={"update": update},
)
