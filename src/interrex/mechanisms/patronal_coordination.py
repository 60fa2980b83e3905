"""Patronal coordination (Hale 2005, 2014): elites move to whom they expect to win.

The elite's expectation follows two signals: an unpopular incumbent who is also a lame duck loses it, and a
protest that the forces cannot hold is a public signal (Casper & Tyson 2014). Removing the predecessor ends the
dual pyramid; foreign troops and a cleared square restore the incumbent's odds.
"""

from interrex.mechanisms.acts import BREAK_DAYS, act
from interrex.mechanisms.contract import Claim, Mechanism, Param, Prior, Work, middle
from interrex.mechanisms.maths import exp, expit, log, scalar
from interrex.mechanisms.state import (
    DEFECTED,
    ELITE,
    NATION_CROWD,
    PATRON,
    PREDECESSOR,
    national_mean,
    small_country,
)

PARAMS = (
    Param("elite_signal", Prior("lognormal", -0.5, 0.5), "log-odds per e-fold of crowd over a thousand", "assumption"),
    Param("elite_dual", Prior("half", 0.0, 0.6), "log-odds lost while a predecessor holds a lever and trust is low",
          "Hale 2005: lame duck and unpopular together"),
    Param("elite_patron", Prior("lognormal", 0.3, 0.5), "log-odds gained by foreign troops", "assumption"),
)  # fmt: skip

REMOVE, DEFECT, AGAINST = act("remove_predecessor"), act("elite_defects"), act("predecessor_speaks_against")


@scalar
def update(x, place, th, t, dt, hour):
    """Elite expectation in -1..1, adjusting in about a day to the odds that the signals imply; who broke away is remembered
    for weeks."""
    x.level[DEFECTED] *= exp(-dt / BREAK_DAYS)
    over = 0.0
    force = 0.0
    for u in range(x.crowd.size):
        force += x.force[u]
        if place.capital[u] > 0.0 and x.crowd[u] > 0.0:
            over += x.crowd[u] / (x.force[u] + 100.0)
    unpopular = 1.0 - expit(national_mean(x.trust, place))
    odds = (
        2.5
        - th.elite_signal * log(1.0 + over)
        - 0.3 * th.elite_signal * log(1.0 + x.level[NATION_CROWD] / (force + 1000.0))
        - th.elite_dual * 2.0 * x.level[PREDECESSOR] * unpopular
        + th.elite_patron * (1.0 if x.level[PATRON] > 0.0 else 0.0)
    )
    target = 2.0 * expit(odds) - 1.0
    x.level[ELITE] += (target - x.level[ELITE]) * (1.0 - exp(-dt))


@scalar
def on_act(kind, level, x, place, th):
    """A defection is itself a public signal; removing the predecessor ends dual rule."""
    if kind == REMOVE:
        x.level[PREDECESSOR] = 0.0
    elif kind == DEFECT:
        x.level[ELITE] = max(-1.0, x.level[ELITE] - 0.3)
        x.level[DEFECTED] += level
    elif kind == AGAINST:
        x.level[DEFECTED] += level


TH = middle(PARAMS)._replace(elite_dual=0.6)


def _settled(troops=0.0, predecessor=0.0, **state):
    """The elite's expectation once it has adjusted."""
    place, x = small_country(level=0.0, **state)
    x.level[PATRON], x.level[PREDECESSOR] = troops, predecessor
    for _ in range(60):
        update(x, place, TH, 0, 1.0, 1.0)
    return float(x.level[ELITE])


CLAIMS = (
    Claim("the expectation falls with the crowd in the capital and stays between -1 and 1", lambda: (
        1.0 > _settled(crowd=0.0) > _settled(crowd=1e4) > _settled(crowd=1e9) >= -1.0)),
    Claim("a predecessor with a lever costs more where trust is low (Hale 2005)", lambda: (
        _settled(predecessor=0.0, trust=-2.0) - _settled(predecessor=1.0, trust=-2.0)
        > _settled(predecessor=0.0, trust=2.0) - _settled(predecessor=1.0, trust=2.0) > 0.0)),
    Claim("foreign troops restore the incumbent's odds", lambda: _settled(troops=1.0) > _settled()),
)  # fmt: skip

WORKS = (
    Work("Hale, H. E.", "2005", "Regime cycles: democracy, autocracy, and revolution in post-Soviet Eurasia",
         "World Politics 58(1), 133-165", "10.1353/wp.2006.0019"),
    Work("Hale, H. E.", "2014", "Patronal Politics", "Cambridge University Press"),
)  # fmt: skip

MECHANISM = Mechanism(
    name="patronal_coordination",
    works=WORKS,
    params=PARAMS,
    reads=("crowd", "force", "trust", "DEFECTED", "ELITE", "NATION_CROWD", "PATRON", "PREDECESSOR"),
    writes=("DEFECTED", "ELITE", "PREDECESSOR"),
    slots={"update": update, "on_act": on_act},
    claims=CLAIMS,
)
