"""The state's frame ("foreign terrorists") as manipulation of information (Edmond 2013).

Framing raises belief in the frame where it is heard and the audience leans to the state; believers excuse
repression. Violence on the street makes the frame more credible; a blackout stops both frame and rebuttal.
"""

from math import isclose

from interrex.mechanisms.acts import act
from interrex.mechanisms.contract import Claim, Mechanism, Param, Prior, Work, middle
from interrex.mechanisms.maths import exp, log, scalar
from interrex.mechanisms.state import DEATHS, small_country

PARAMS = (
    Param("frame_start", Prior("normal", -1.0, 0.5), "logit of the share who would believe the frame unprompted", "assumption"),
    Param("frame_gain", Prior("lognormal", -0.7, 0.6), "logit of belief gained by one framing act", "assumption"),
)  # fmt: skip

FRAME, REQUEST, REJECT = act("frame_foreign"), act("request_patron"), act("reject_talks")


@scalar
def update(x, place, th, t, dt, hour):
    """Belief drifts back with a half-life of 90 days."""
    keep = exp(-0.6931471805599453 * dt / 90.0)
    for g in range(x.frame.size):
        start = th.frame_start + place.leaning[g]
        x.frame[g] = start + (x.frame[g] - start) * keep


@scalar
def on_act(kind, level, x, place, th):
    """Framing acts raise belief, more after bloodshed, and only half as much on open networks."""
    if kind != FRAME and kind != REQUEST and kind != REJECT:
        return
    for g in range(x.frame.size):
        credulous = 1.0 - 0.5 * place.online[g]
        x.frame[g] += (
            th.frame_gain * credulous * (0.2 + 0.8 * x.reach[g]) * (1.0 + 0.1 * log(1.0 + x.level[DEATHS]))
        )


TH = middle(PARAMS)


def _gained(deaths):
    place, x = small_country(frame=0.0)
    x.level[DEATHS] = deaths
    on_act(FRAME, 1.0, x, place, TH)
    return x.frame.tolist()


CLAIMS = (
    Claim("framing raises belief, half as much on open networks", lambda: (
        0.0 < _gained(0.0)[0] and isclose(_gained(0.0)[1], 2.0 * _gained(0.0)[0]))),
    Claim("bloodshed makes the frame more credible", lambda: _gained(100.0)[0] > _gained(0.0)[0]),
)  # fmt: skip

WORKS = (
    Work("Edmond, C.", "2013", "Information manipulation, coordination, and regime change",
         "Review of Economic Studies 80(4), 1422-1458", "10.1093/restud/rdt020"),
)  # fmt: skip

MECHANISM = Mechanism(
    name="framing",
    works=WORKS,
    params=PARAMS,
    reads=("frame", "reach", "DEATHS"),
    writes=("frame",),
    slots={"update": update, "on_act": on_act},
    claims=CLAIMS,
)
