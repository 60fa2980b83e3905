"""What moves a whole region on one day and is not explained: explicit common shocks.

e(r, d) = phi e(r, d-1) + s sqrt(1 - phi^2) (sqrt(rho) v(d) + sqrt(1 - rho) h(r, d)), v and h standard normal.
Differences between histories come from these and from the parameters, not from the lattice. The report's shock
audit shows how much of what happened they had to put in.
"""

import numpy as np

from interrex.mechanisms.contract import Claim, Mechanism, Param, Prior
from interrex.mechanisms.maths import scalar

PARAMS = (
    Param("shock_sd", Prior("lognormal", -0.92, 0.3), "log-odds", "assumption"),
    Param("shock_memory", Prior("logit", 0.0, 0.5), "correlation from day to day", "assumption"),
    Param("shock_nation", Prior("logit", 0.0, 0.8), "share of the variance that is national", "assumption"),
    Param("region_sd", Prior("lognormal", -0.69, 0.4), "log-odds, sd of lasting differences between regions",
          "assumption"),
    Param("city_effect", Prior("normal", 1.0, 0.7), "log-odds in a city against a district", "assumption"),
)  # fmt: skip


@scalar
def path(nation, region, sd, memory, share, out):
    """Shocks e[D, R] from standard normals nation[D], region[D, R]; written into `out`."""
    fresh = sd * np.sqrt(1.0 - memory * memory)
    common, own = np.sqrt(share), np.sqrt(1.0 - share)
    for d in range(out.shape[0]):
        for r in range(out.shape[1]):
            z = common * nation[d] + own * region[d, r]
            out[d, r] = sd * z if d == 0 else memory * out[d - 1, r] + fresh * z


@scalar
def mood(u, g, x, place, th):
    """Shock of the day, lasting region effect, city effect (centred, so that the calm share stays what it says)."""
    return (
        x.shock[u]
        + th.region_sd * place.region_effect[place.region[u]]
        + th.city_effect * (place.city[u] - 0.5)
    )


def _variances(memory, share):
    """Variance of each shock of three days and two regions, from its responses to one normal number at a time."""
    total = np.zeros((3, 2))
    for one in np.eye(9):
        out = np.zeros((3, 2))
        path(one[:3], one[3:].reshape(3, 2), 0.4, memory, share, out)
        total += out**2
    return total


def _together(share):
    out = np.zeros((3, 2))
    path(np.array([0.3, -1.0, 0.7]), np.array([[1.0, -1.0]] * 3), 0.4, 0.5, share, out)
    return bool(np.allclose(out[:, 0], out[:, 1]))


CLAIMS = (
    Claim("a shock has the same sd on every day, whatever the memory", lambda: all(
        np.allclose(_variances(memory, 0.3), 0.16, rtol=1e-12) for memory in (0.0, 0.5, 0.95))),
    Claim("regions move together if and only if all variance is national", lambda: _together(1.0) and not _together(0.9)),
)  # fmt: skip

MECHANISM = Mechanism(
    name="common_shocks",
    works=(),
    params=PARAMS,
    reads=("shock",),
    writes=(),
    slots={"mood": mood},
    claims=CLAIMS,
    note="explicit region-day shocks in place of finite-size noise (docs/model.md, section 4)",
)
