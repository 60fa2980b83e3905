"""How peaceful participants turn violent: crowding against force, and organised groups that do not grow from crowds.

Turning violent follows the clash of crowd and officers. Organised violence (a seizure) is an act with its own
hazard, since a rebellion is not a crowd that grew.
"""

from interrex.mechanisms.contract import Mechanism, Param, Prior, act, scalar

PARAMS = (
    Param("clash_rate", Prior("lognormal", -3.0, 0.8), "a day; participants turning violent in a clash", "assumption"),
    Param("seizure_shock", Prior("lognormal", -0.5, 0.6), "factor by which seizures raise violence in cities", "assumption"),
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
    return th.clash_rate * clash * (0.2 + share * 5.0)


@scalar
def on_act(kind, level, x, place, th):
    """A seizure makes part of a large city crowd violent at once."""
    if kind == SEIZURE:
        for u in range(x.violent.size):
            if place.city[u] > 0.0 and x.crowd[u] > 1000.0:
                x.violent[u] += min(0.2, 0.05 * th.seizure_shock) * x.crowd[u]


MECHANISM = Mechanism(
    name="violence",
    reference="della Porta, D. (1995). Social Movements, Political Violence, and the State. Cambridge University Press.",
    doi="10.1017/CBO9780511527555",
    params=PARAMS,
    reads=("crowd", "force"),
    writes=("violent",),
    slots={"violence": violence, "on_act": on_act},
)
