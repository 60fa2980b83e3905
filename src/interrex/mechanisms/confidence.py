"""Confidence in the incumbent: a belief about his type that acts move.

Each audience holds three logits: trust in the person (T), belief in the state's frame (F), trust in the
predecessor (O). An act is evidence about whether the incumbent is a reformer or a continuer; it moves T by its
log likelihood ratio times the share of the audience that hears of it. Repression costs less trust where the
frame is believed. Between acts beliefs drift back with a half-life of 90 days.
"""

from math import isclose

from interrex.mechanisms.acts import act
from interrex.mechanisms.contract import Claim, Mechanism, Param, Prior, middle
from interrex.mechanisms.maths import exp, expit, scalar
from interrex.mechanisms.state import PREDECESSOR, small_country

PARAMS = (
    Param("trust_start", Prior("normal", 0.6, 0.7), "logit of the share who trust the incumbent",
          "assumption; a case may give polls from before the crisis"),
    Param("old_start", Prior("normal", 0.0, 0.7), "logit of the share who trust the predecessor", "assumption"),
    Param("trust_weight", Prior("lognormal", 1.10, 0.4), "log-odds of joining per unit of lost confidence", "assumption"),
    Param("lr_concession", Prior("normal", 0.3, 0.5), "log likelihood ratio reformer : continuer", "assumption"),
    Param("lr_cabinet", Prior("normal", 0.3, 0.5), "log likelihood ratio", "assumption"),
    Param("lr_predecessor", Prior("normal", 0.6, 0.5), "log likelihood ratio", "assumption"),
    Param("lr_arrests", Prior("normal", -0.4, 0.5), "log likelihood ratio", "assumption"),
    Param("lr_lethal", Prior("normal", -1.0, 0.5), "log likelihood ratio", "assumption"),
    Param("lr_patron", Prior("normal", -0.4, 0.5), "log likelihood ratio", "assumption"),
    Param("lr_reform", Prior("normal", 0.4, 0.5), "log likelihood ratio of promised reform or amnesty", "assumption"),
    Param("frame_shield", Prior("logit", 0.0, 1.0), "share of repression's cost that full belief in the frame removes",
          "assumption"),
    Param("dual_rule", Prior("lognormal", -1.2, 0.5), "weight of the predecessor's standing while he holds a lever",
          "assumption"),
)  # fmt: skip

HALF_LIFE_DAYS = 90.0

CONCEDE, REGULATE, CABINET = act("concede_price"), act("regulate_prices"), act("dismiss_cabinet")
REMOVE, ARRESTS, LETHAL = act("remove_predecessor"), act("arrest_activists"), act("order_lethal_force")
REQUEST, REFORM, AMNESTY = act("request_patron"), act("promise_reform"), act("amnesty")
PURGE = act("purge_kin")


@scalar
def legitimacy(g, x, th):
    """Share of audience g that would follow the incumbent, 0..1."""
    return expit(x.trust[g] + th.dual_rule * x.old[g] * x.level[PREDECESSOR])


@scalar
def mood(u, g, x, place, th):
    """Lost confidence adds to grievance: nothing at the starting level, more as confidence falls below it."""
    return -th.trust_weight * (legitimacy(g, x, th) - x.baseline[g])


@scalar
def update(x, place, th, t, dt, hour):
    """Drift back to the starting level between acts."""
    keep = exp(-0.6931471805599453 * dt / HALF_LIFE_DAYS)
    for g in range(x.trust.size):
        start = th.trust_start + place.leaning[g]
        x.trust[g] = start + (x.trust[g] - start) * keep


@scalar
def trust_ratio(kind, level, th):
    """Log likelihood ratio of an act, and whether it is repression (which the frame can excuse)."""
    if kind == CONCEDE:
        return th.lr_concession * level, 0.0
    if kind == REGULATE:
        return th.lr_concession, 0.0
    if kind == CABINET:
        return th.lr_cabinet, 0.0
    if kind == REMOVE:
        return th.lr_predecessor, 0.0
    if kind == PURGE:
        return 0.5 * th.lr_predecessor, 0.0
    if kind == ARRESTS:
        return th.lr_arrests, 1.0
    if kind == LETHAL:
        return th.lr_lethal, 1.0
    if kind == REQUEST:
        return th.lr_patron, 1.0
    if kind == REFORM or kind == AMNESTY:
        return th.lr_reform, 0.0
    return 0.0, 0.0


@scalar
def on_act(kind, level, x, place, th):
    """Move T of every audience by the act's log ratio, as far as the audience hears of it."""
    ratio, repression = trust_ratio(kind, level, th)
    if ratio == 0.0:
        return
    for g in range(x.trust.size):
        excuse = 1.0 - th.frame_shield * expit(x.frame[g]) * repression
        x.trust[g] += (0.2 + 0.8 * x.reach[g]) * ratio * excuse
        if kind == REMOVE:
            x.old[g] -= 0.5 * (0.2 + 0.8 * x.reach[g])


TH = middle(PARAMS)


def _trust(kind, **state):
    place, x = small_country(**state)
    on_act(kind, 1.0, x, place, TH)
    return float(x.trust[0])


def _drifted(days):
    place, x = small_country(trust=TH.trust_start + 1.0)
    update(x, place, TH, 0, days, 1.0)
    return float(x.trust[0] - TH.trust_start)


CLAIMS = (
    Claim("half of what an act moved is gone after 90 days", lambda: isclose(_drifted(90.0), 0.5)),
    Claim("fire on crowds costs trust, and less where the frame is believed", lambda: (
        _trust(LETHAL, frame=-3.0) < _trust(LETHAL, frame=3.0) < _trust(act("market_halt")))),
    Claim("who hears less is moved less", lambda: _trust(LETHAL, reach=1.0) < _trust(LETHAL, reach=0.0)),
)  # fmt: skip

MECHANISM = Mechanism(
    name="confidence",
    works=(),
    params=PARAMS,
    reads=("baseline", "frame", "old", "reach", "trust", "PREDECESSOR"),
    writes=("old", "trust"),
    slots={"mood": mood, "update": update, "on_act": on_act},
    claims=CLAIMS,
    note="Bayesian learning about an incumbent's type from public acts; trust in the person kept apart from belief in his frame and from trust in the predecessor (docs/model.md, section 7)",
)
