"""Threshold cascade (Granovetter 1978; Kuran 1989): the more take part, the more find it worth while.

Two bandwagons in log-odds: the crowd that a citizen sees in the own unit, and the national crowd as far as the
media show it. Both grow with the logarithm of the crowd's share, above reference shares that exceed one agent
of the smallest unit, so that a single agent can never tip a town.
"""

from interrex.mechanisms.contract import Mechanism, Param, Prior
from interrex.mechanisms.maths import log, scalar
from interrex.mechanisms.state import NATION_CROWD

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


MECHANISM = Mechanism(
    name="threshold_cascade",
    reference="Granovetter, M. (1978). Threshold models of collective behavior. American Journal of Sociology "
    "83(6), 1420-1443. Kuran, T. (1989). Sparks and prairie fires. Public Choice 61(1), 41-74.",
    doi="10.1086/226707",
    params=PARAMS,
    reads=("crowd", "reach"),
    writes=(),
    slots={"mood": mood},
)
