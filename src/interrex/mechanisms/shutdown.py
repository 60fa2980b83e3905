"""Internet shutdown: it cuts far ties and news of other places, and may anger (Hassanpour 2014).

The open networks reach `1 - effect x blackout` of their audience; state television is not cut. Whether a
shutdown also angers people into the street has an open sign.
"""

from math import isclose

from interrex.mechanisms.acts import act
from interrex.mechanisms.contract import Claim, Mechanism, Param, Prior, Work, middle
from interrex.mechanisms.maths import scalar
from interrex.mechanisms.state import BLACKOUT, small_country

PARAMS = (
    Param("shutdown_effect", Prior("logit", 1.7, 0.7), "share of online reach that a full blackout removes", "assumption"),
    Param("shutdown_anger", Prior("normal", 0.0, 0.4), "log-odds under a full blackout",
          "Hassanpour 2014 argues for a positive sign; left open"),
)  # fmt: skip

CUT, RESTORE = act("shutdown"), act("restore_internet")


@scalar
def update(x, place, th, t, dt, hour):
    """Share of every audience's media that works."""
    for g in range(x.reach.size):
        x.reach[g] = 1.0 - place.online[g] * th.shutdown_effect * x.level[BLACKOUT]


@scalar
def mood(u, g, x, place, th):
    """Anger at the blackout among those who are cut off."""
    return th.shutdown_anger * x.level[BLACKOUT] * place.online[g]


@scalar
def on_act(kind, level, x, place, th):
    """A cut of given level (0..1) and its end."""
    if kind == CUT:
        x.level[BLACKOUT] = max(x.level[BLACKOUT], level)
    elif kind == RESTORE:
        x.level[BLACKOUT] = 0.0


TH = middle(PARAMS)


def _reach(cut):
    place, x = small_country(level=0.0)
    on_act(CUT, cut, x, place, TH)
    update(x, place, TH, 0, 0.25, 1.0)
    return x.reach.tolist()


CLAIMS = (
    Claim("a full blackout takes `shutdown_effect` of the open networks' reach and nothing of state television's", lambda: (
        isclose(_reach(1.0)[0], 1.0 - TH.shutdown_effect) and _reach(1.0)[1] == 1.0)),
    Claim("the more is cut, the fewer are reached", lambda: _reach(0.0)[0] > _reach(0.5)[0] > _reach(1.0)[0]),
)  # fmt: skip

WORKS = (
    Work("Hassanpour, N.", "2014", "Media disruption and revolutionary unrest: evidence from Mubarak's quasi-experiment",
         "Political Communication 31(1), 1-24", "10.1080/10584609.2012.737439"),
)  # fmt: skip

MECHANISM = Mechanism(
    name="shutdown",
    works=WORKS,
    params=PARAMS,
    reads=("BLACKOUT",),
    writes=("reach", "BLACKOUT"),
    slots={"mood": mood, "update": update, "on_act": on_act},
    claims=CLAIMS,
)
