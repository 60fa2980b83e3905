"""How many officers stand in a unit, and whether they obey (Bellin 2004; Casper & Tyson 2014).

Only part of the police can be deployed at one time. Obedience falls where the crowd outnumbers them and where
the elite doubts the incumbent; reserves are sent to cities under strain once an emergency allows it, and foreign
troops free some more by guarding sites.
"""

from interrex.mechanisms.acts import BREAK_DAYS, act
from interrex.mechanisms.contract import Claim, Mechanism, Param, Prior, Work, middle
from interrex.mechanisms.maths import exp, expit, scalar
from interrex.mechanisms.state import ARMY, ELITE, PATRON, REFUSED, STOOD_DOWN

PARAMS = (
    Param("deployable", Prior("logit", -1.39, 0.5), "share of the police on the street at one time",
          "assumption; median .2, in place of a Beta(4,16)"),
    Param("waver", Prior("lognormal", -0.3, 0.5), "log-odds of disobedience per e-fold of crowd over force", "assumption"),
    Param("reserve_rate", Prior("lognormal", -0.7, 0.6), "a day; speed at which reserves arrive", "assumption"),
    Param("reserve_share", Prior("logit", -1.5, 0.6), "share of national guard and army that may be sent", "assumption"),
)  # fmt: skip

EMERGENCY_ACT, LETHAL_ACT, STAND_DOWN = (
    act("state_of_emergency"),
    act("order_lethal_force"),
    act("stand_down"),
)
REFUSES, DEPLOYS = act("army_refuses"), act("patron_deploys")
WAVERING = 4.0 * 0.6931471805599453  # a day: half of the way to the new obedience in six hours; assumption


@scalar
def obedience(crowd, force, elite, th):
    """Share of officers who obey, 0..1: near 1 without a crowd, falling with crowd : force and with elite doubt."""
    over = crowd / (force + 1.0)
    return expit(3.0 - th.waver * (over if over < 20.0 else 20.0) * 0.3 - 1.5 * (1.0 - elite) * 0.5)


@scalar
def update(x, place, th, t, dt, hour):
    """Local police at once; reserves flow to units by their share of the national crowd, with a delay. That organs refused is
    remembered for weeks."""
    x.level[REFUSED] *= exp(-dt / BREAK_DAYS)
    total = 0.0
    for u in range(x.crowd.size):
        total += x.crowd[u]
    ready = 0.0
    if x.level[ARMY] > 0.0:
        ready = th.reserve_share * (place.reserve[0] + place.reserve[1]) + x.level[PATRON]
    arrive = 1.0 - exp(-th.reserve_rate * dt)
    turn = 1.0 - exp(-WAVERING * dt)
    for u in range(x.crowd.size):
        local = th.deployable * place.police[u] * (1.0 - 0.5 * x.level[STOOD_DOWN] * place.city[u])
        o = obedience(x.crowd[u], local, x.level[ELITE], th)
        x.obedience[u] += (o - x.obedience[u]) * turn
        sent = ready * x.crowd[u] / total if total > 100.0 else 0.0
        base = local * x.obedience[u]
        surplus = x.force[u] - base
        if surplus < 0.0:
            surplus = 0.0
        if sent > surplus:
            surplus += (sent - surplus) * arrive
        else:
            surplus += (sent - surplus) * 0.1 * dt
        x.force[u] = base + surplus


@scalar
def on_act(kind, level, x, place, th):
    """Emergency and lethal order release the reserves; stand-downs and refusals take force away."""
    if kind == EMERGENCY_ACT or kind == LETHAL_ACT:
        x.level[ARMY] = 1.0
    elif kind == STAND_DOWN:
        x.level[STOOD_DOWN] = min(1.0, x.level[STOOD_DOWN] + 0.5)
        x.level[REFUSED] += level
    elif kind == REFUSES:
        x.level[ARMY] = 0.0
        x.level[REFUSED] += level
    elif kind == DEPLOYS:
        x.level[STOOD_DOWN] = 0.0


TH = middle(PARAMS)

CLAIMS = (
    Claim("nearly all obey while nobody is out and the elite stands firm", lambda: obedience(0.0, 100.0, 1.0, TH) > 0.95),
    Claim("obedience falls as the crowd grows over the force and as the elite doubts", lambda: (
        obedience(0.0, 100.0, 1.0, TH) > obedience(500.0, 100.0, 1.0, TH) > obedience(500.0, 100.0, -1.0, TH) > 0.0)),
)  # fmt: skip

WORKS = (
    Work("Bellin, E.", "2004", "The robustness of authoritarianism in the Middle East", "Comparative Politics 36(2), 139-157"),
    Work("Casper, B. A. & Tyson, S. A.", "2014", "Popular protest and elite coordination in a coup d'etat",
         "Journal of Politics 76(2), 548-564", "10.1017/S0022381613001485"),
)  # fmt: skip

MECHANISM = Mechanism(
    name="security_obedience",
    works=WORKS,
    params=PARAMS,
    reads=("crowd", "force", "obedience", "ARMY", "ELITE", "PATRON", "REFUSED", "STOOD_DOWN"),
    writes=("force", "obedience", "ARMY", "REFUSED", "STOOD_DOWN"),
    slots={"update": update, "on_act": on_act},
    claims=CLAIMS,
)
