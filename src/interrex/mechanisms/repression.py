"""Repression and its backlash (Lichbach 1987; Moore 1998): arrests, emergency, lethal force, fear.

Arrests follow officers, not participants: `arrests_per_officer` a day. Fear subtracts log-odds after deaths near by,
after an emergency and after an order to fire; fear of deaths fades in about ten days. Backlash adds log-odds after
deaths elsewhere, as far as media show them. Which of the two wins is inferred.
"""

from math import isclose

from interrex.mechanisms.acts import act
from interrex.mechanisms.contract import Claim, Mechanism, Param, Prior, Work, middle
from interrex.mechanisms.maths import exp, log, scalar
from interrex.mechanisms.state import CLEARED, DEATHS, EMERGENCY, LETHAL, small_country

PARAMS = (
    Param("arrests_per_officer", Prior("lognormal", -2.3, 0.8), "detained per deployed officer a day with a crowd",
          "assumption"),
    Param("emergency_fear", Prior("lognormal", 0.0, 0.6), "log-odds subtracted by an emergency", "assumption"),
    Param("lethal_fear", Prior("lognormal", 1.39, 0.5), "log-odds subtracted by an order to fire", "assumption"),
    Param("blood_fear", Prior("lognormal", -1.0, 0.7), "log-odds subtracted per e-fold of deaths in the unit", "assumption"),
    Param("backlash", Prior("half", 0.0, 0.15), "log-odds added per e-fold of deaths in the nation that media show",
          "assumption"),
    Param("clearing", Prior("lognormal", 0.7, 0.6), "a day; extra rate of leaving where squares are cleared by force",
          "assumption"),
    Param("harm_rate", Prior("lognormal", -3.5, 0.9), "deaths a day per violent participant facing armed force",
          "assumption"),
    Param("lethal_harm", Prior("lognormal", 1.0, 0.5), "factor on deaths after an order to fire or clearing", "assumption"),
)  # fmt: skip

FADE_DAYS = 10.0
SMALL_CROWD = (
    500.0  # persons; arrests follow 17 % of protests in autocracies (Mass Mobilization), mostly large ones
)
EMERGENCY_ACT, LIFT = act("state_of_emergency"), act("lift_emergency")
LETHAL_ACT, CLEAR = act("order_lethal_force"), act("clear_square")


@scalar
def arrest(u, x, place, th):
    """Rate a day at which one participant is detained: arrests per officer x officers / crowd. Small gatherings are
    mostly left alone: below SMALL_CROWD participants the rate no longer rises."""
    return th.arrests_per_officer * x.force[u] / (x.crowd[u] + SMALL_CROWD)


@scalar
def leave(u, x, place, th):
    """Squares cleared by force empty faster; an order to fire empties every place with officers in it."""
    armed = x.force[u] / (x.force[u] + 0.2 * x.crowd[u] + 1.0)
    return th.clearing * armed * (x.level[CLEARED] + x.level[LETHAL])


@scalar
def harm(u, x, place, th):
    """Deaths a day in unit u: violent participants who face armed officers."""
    armed = x.force[u] / (x.force[u] + x.crowd[u] + 1.0)
    factor = 1.0 + (th.lethal_harm - 1.0) * max(x.level[LETHAL], x.level[CLEARED])
    if factor < 1.0:
        factor = 1.0
    return th.harm_rate * x.violent[u] * armed * factor * 4.0


@scalar
def update(x, place, th, t, dt, hour):
    """Fear fades; deaths are added to it by the schedule when they happen."""
    keep = exp(-dt / FADE_DAYS)
    for u in range(x.fear.size):
        x.fear[u] *= keep


@scalar
def mood(u, g, x, place, th):
    """Emergency, order to fire, blood near by (fear) and blood elsewhere (backlash)."""
    away = log(1.0 + x.level[DEATHS]) * x.reach[g] if x.level[DEATHS] > 0.0 else 0.0
    return (
        -th.emergency_fear * x.level[EMERGENCY]
        - th.lethal_fear * x.level[LETHAL]
        - th.blood_fear * x.fear[u]
        + th.backlash * away
    )


@scalar
def on_act(kind, level, x, place, th):
    """Emergency declared or lifted, order to fire, squares cleared."""
    if kind == EMERGENCY_ACT:
        x.level[EMERGENCY] = 1.0
    elif kind == LIFT:
        x.level[EMERGENCY] = 0.0
        x.level[LETHAL] = 0.0
    elif kind == LETHAL_ACT:
        x.level[LETHAL] = 1.0
    elif kind == CLEAR:
        x.level[CLEARED] = 1.0


TH = middle(PARAMS)


def _asked(function, **state):
    place, x = small_country(**({"level": 0.0} | state))
    return function(0, x, place, TH)


def _fear_after(days):
    place, x = small_country(fear=1.0)
    update(x, place, TH, 0, days, 1.0)
    return float(x.fear[0])


CLAIMS = (
    Claim("arrests in a large crowd are `arrests_per_officer` for each officer", lambda: isclose(
        1e7 * _asked(arrest, crowd=1e7, force=300.0), 300.0 * TH.arrests_per_officer, rel_tol=1e-3)),
    Claim("nobody dies where nobody is violent or nobody is armed", lambda: (
        _asked(harm, violent=0.0) == 0.0 == _asked(harm, force=0.0) < _asked(harm))),
    Claim("fear fades to 1 / e in ten days", lambda: isclose(_fear_after(10.0), exp(-1.0))),
)  # fmt: skip

WORKS = (
    Work("Lichbach, M. I.", "1987", "Deterrence or escalation?", "Journal of Conflict Resolution 31(2), 266-297"),
    Work("Moore, W. H.", "1998", "Repression and dissent: substitution, context, and timing",
         "American Journal of Political Science 42(3), 851-873", "10.2307/2991732"),
)  # fmt: skip

MECHANISM = Mechanism(
    name="repression",
    works=WORKS,
    params=PARAMS,
    reads=("crowd", "fear", "force", "reach", "violent", "CLEARED", "DEATHS", "EMERGENCY", "LETHAL"),
    writes=("fear", "CLEARED", "EMERGENCY", "LETHAL"),
    slots={"arrest": arrest, "leave": leave, "harm": harm, "update": update, "mood": mood, "on_act": on_act},
    claims=CLAIMS,
)
