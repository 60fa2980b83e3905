"""A sudden price rise as a shock to grievance (Epstein 2002: a shock moves more than an erosion), and concession.

The shock reaches a unit in proportion to its exposure; conceding the price takes away part of it. Whether
concession calms or emboldens has a posterior, not a sign: `concession_effect` may be negative.
"""

from math import isclose

from interrex.mechanisms.acts import act
from interrex.mechanisms.contract import Claim, Mechanism, Param, Prior, Work, middle
from interrex.mechanisms.maths import exp, log, scalar
from interrex.mechanisms.state import CONCESSION, PRICE_SHOCK, small_country

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


TH = middle(PARAMS)


def _felt(shock, conceded):
    place, x = small_country(level=0.0, price=0.0)
    x.level[PRICE_SHOCK], x.level[CONCESSION] = shock, conceded
    update(x, place, TH, 0, 0.25, 1.0)
    return float(x.price[0])


CLAIMS = (
    Claim("without a price shock nothing is felt", lambda: _felt(0.0, 0.0) == 0.0),
    Claim("a full concession removes the share `concession_effect` of what is felt", lambda: isclose(
        _felt(1.0, 1.0), (1.0 - TH.concession_effect) * _felt(1.0, 0.0))),
)  # fmt: skip

WORKS = (
    Work("Acemoglu, D. & Robinson, J. A.", "2000", "Why did the West extend the franchise?",
         "Quarterly Journal of Economics 115(4), 1167-1199", "10.1162/003355300555042"),
)  # fmt: skip

MECHANISM = Mechanism(
    name="price_grievance",
    works=WORKS,
    params=PARAMS,
    reads=("price", "CONCESSION", "PRICE_SHOCK"),
    writes=("price", "CONCESSION", "PRICE_SHOCK"),
    slots={"mood": mood, "update": update, "on_act": on_act},
    claims=CLAIMS,
)
