"""Threshold cascade (Granovetter 1978; Kuran 1989): the more take part, the more find it worth while.

Two bandwagons in log-odds: the crowd that a citizen sees in the own unit, and the national crowd as far as the
media show it. Both grow with the logarithm of the crowd's share, above reference shares that exceed one agent
of the smallest unit, so that a single agent can never tip a town.
"""

from math import isclose

from interrex.mechanisms.contract import Claim, Mechanism, Param, Prior, Work, middle
from interrex.mechanisms.maths import exp, log, scalar
from interrex.mechanisms.state import NATION_CROWD, small_country

PARAMS = (
    Param("local_momentum", Prior("normal", 0.5, 0.2), "log-odds per e-fold of the local crowd", "assumption"),
    Param("national_momentum", Prior("normal", 0.9, 0.25), "log-odds per e-fold of the national crowd shown by media",
          "assumption"),
)  # fmt: skip

LOCAL_REFERENCE = 2e-4  # share of the unit on the street that counts as a crowd
NATIONAL_REFERENCE = 5e-5  # share of the nation


@scalar
def mood(u, g, x, place, th):
    """Bandwagon of unit and nation, log-odds."""
    here = x.crowd[u] / place.population[u]
    rest = place.nation - place.population[u]
    elsewhere = (x.level[NATION_CROWD] - x.crowd[u]) / rest if rest > 0.0 else 0.0
    if elsewhere < 0.0:
        elsewhere = 0.0
    local = log(1.0 + here / LOCAL_REFERENCE) if here > 0.0 else 0.0
    shown = log(1.0 + elsewhere / NATIONAL_REFERENCE) if elsewhere > 0.0 else 0.0
    return th.local_momentum * local + th.national_momentum * x.reach[g] * shown


TH = middle(PARAMS)


def _pull(here, elsewhere, **state):
    place, x = small_country(**state)
    x.crowd[:] = here, elsewhere
    x.level[NATION_CROWD] = here + elsewhere
    return mood(0, 0, x, place, TH)


CLAIMS = (
    Claim("no crowd, no pull", lambda: _pull(0.0, 0.0) == 0.0),
    Claim("a large crowd that grows e-fold adds `local_momentum`", lambda: isclose(
        _pull(4e4 * exp(1.0), 0.0) - _pull(4e4, 0.0), TH.local_momentum, rel_tol=1e-3)),
    Claim("crowds elsewhere count as far as media show them", lambda: (
        _pull(0.0, 900.0, reach=1.0) > _pull(0.0, 900.0, reach=0.5) > _pull(0.0, 900.0, reach=0.0) == 0.0)),
)  # fmt: skip

WORKS = (
    Work("Granovetter, M.", "1978", "Threshold models of collective behavior",
         "American Journal of Sociology 83(6), 1420-1443", "10.1086/226707"),
    Work("Kuran, T.", "1989", "Sparks and prairie fires", "Public Choice 61(1), 41-74"),
)  # fmt: skip

MECHANISM = Mechanism(
    name="threshold_cascade",
    works=WORKS,
    params=PARAMS,
    reads=("crowd", "reach", "NATION_CROWD"),
    writes=(),
    slots={"mood": mood},
    claims=CLAIMS,
)
