"""A sudden price rise as a shock to grievance (Epstein 2002: a shock moves more than an erosion), and concession.

The shock reaches a unit in proportion to its exposure; conceding the price takes away part of it. Whether
concession calms or emboldens has a posterior, not a sign: `concession_effect` may be negative.
"""

from interrex.mechanisms.acts import act
from interrex.mechanisms.contract import Mechanism, Param, Prior
from interrex.mechanisms.maths import exp, log, scalar
from interrex.mechanisms.state import CONCESSION, PRICE_SHOCK

PARAMS = (
    Param("price_shock", Prior("normal", 4.0, 1.2), "log-odds where exposure is 1", "assumption"),
    Param("price_spread", Prior("lognormal", 0.0, 0.4), "power applied to exposure", "assumption"),
    Param("concession_effect", Prior("normal", 0.2, 0.4), "share of the shock that a full concession removes",
          "Acemoglu & Robinson 2000 for the question; the sign is left open"),
    Param("price_decay_days", Prior("lognormal", 2.71, 0.4), "days in which a price shock fades", "assumption"),
)  # fmt: skip

CONCEDE, REGULATE, CABINET = act("concede_price"), act("regulate_prices"), act("dismiss_cabinet")


@scalar
def update(x, place, th, t, dt, hour):
    """Log-odds added by the price shock, after what has been conceded; `level[PRICE_SHOCK]` fades in time."""
    s = x.level[PRICE_SHOCK]
    if s <= 0.0:
        return
    for u in range(x.price.size):
        e = place.exposure[u]
        reach = exp(th.price_spread * log(e)) if e > 0.0 else 0.0
        x.price[u] = s * th.price_shock * reach * (1.0 - th.concession_effect * x.level[CONCESSION])
    x.level[PRICE_SHOCK] = s * exp(-dt / th.price_decay_days)


@scalar
def mood(u, g, x, place, th):
    """The shock as felt in unit u."""
    return x.price[u]


@scalar
def on_act(kind, level, x, place, th):
    """Price concessions and regulation raise the concession reached so far; a fallen cabinet adds a little."""
    reached = x.level[CONCESSION]
    if kind == CONCEDE:
        reached = max(reached, level)
    elif kind == REGULATE:
        reached = max(reached, 1.0)
    elif kind == CABINET:
        reached = min(1.0, reached + 0.25)
    x.level[CONCESSION] = reached


MECHANISM = Mechanism(
    name="price_grievance",
    reference="Acemoglu, D. & Robinson, J. A. (2000). Why did the West extend the franchise? Quarterly Journal of "
    "Economics 115(4), 1167-1199.",
    doi="10.1162/003355300555042",
    params=PARAMS,
    reads=(),
    writes=("price",),
    slots={"mood": mood, "update": update, "on_act": on_act},
)
