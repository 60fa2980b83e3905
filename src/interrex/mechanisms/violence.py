"""How peaceful participants turn violent: crowding against force, and organised groups that do not grow from crowds.

Turning violent follows the clash of crowd and officers. Organised violence (a seizure) is an act with its own
hazard, since a rebellion is not a crowd that grew.
"""

from interrex.mechanisms.acts import act
from interrex.mechanisms.contract import Claim, Mechanism, Param, Prior, Work, middle
from interrex.mechanisms.maths import exp, scalar
from interrex.mechanisms.state import SEIZED, small_country

PARAMS = (
    Param("clash_rate", Prior("lognormal", -3.0, 0.8), "a day; participants turning violent in a clash", "assumption"),
    Param("seizure_violence", Prior("lognormal", -2.0, 0.6), "a day; participants of city crowds turning violent after an "
          "organised seizure", "assumption"),
)  # fmt: skip

SEIZURE = act("organised_seizure")


@scalar
def violence(u, x, place, th):
    """Rate a day at which a participant turns violent: highest where crowd and officers are of one size."""
    a, c = x.crowd[u], x.force[u]
    if a < 50.0:
        return 0.0
    clash = 4.0 * a * c / ((a + c) * (a + c) + 1.0)
    share = a / (a + 2000.0)
    return (
        th.clash_rate * clash * (0.2 + share * 5.0)
        + th.seizure_violence * x.level[SEIZED] * place.city[u] * share
    )


@scalar
def update(x, place, th, t, dt, hour):
    """Organised violence fades within a day."""
    x.level[SEIZED] *= exp(-dt)


@scalar
def on_act(kind, level, x, place, th):
    """A seizure by an organised group raises violence in city crowds."""
    if kind == SEIZURE:
        x.level[SEIZED] = 1.0


TH = middle(PARAMS)


def _clash(crowd, force):
    place, x = small_country(level=0.0, crowd=crowd, force=force)
    return violence(0, x, place, TH)


CLAIMS = (
    Claim("below 50 participants nobody turns violent", lambda: _clash(49.0, 49.0) == 0.0 < _clash(51.0, 51.0)),
    Claim("a clash is worst where crowd and officers are of one size", lambda: (
        _clash(1000.0, 300.0) < _clash(1000.0, 1000.0) > _clash(1000.0, 3000.0))),
)  # fmt: skip

WORKS = (
    Work("della Porta, D.", "1995", "Social Movements, Political Violence, and the State", "Cambridge University Press",
         "10.1017/CBO9780511527555"),
)  # fmt: skip

MECHANISM = Mechanism(
    name="violence",
    works=WORKS,
    params=PARAMS,
    reads=("crowd", "force", "SEIZED"),
    writes=("SEIZED",),
    slots={"violence": violence, "update": update, "on_act": on_act},
    claims=CLAIMS,
)
