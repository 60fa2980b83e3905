"""What moves a whole region on one day and is not explained: explicit common shocks.

e(r, d) = phi e(r, d-1) + s sqrt(1 - phi^2) (sqrt(rho) v(d) + sqrt(1 - rho) h(r, d)), v and h standard normal.
Differences between histories come from these and from the parameters, not from the lattice. The report's shock
audit shows how much of what happened they had to put in.
"""

import numpy as np

from interrex.mechanisms.contract import Mechanism, Param, Prior
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


MECHANISM = Mechanism(
    name="common_shocks",
    reference="docs/model.md, section 4: explicit region-day shocks in place of finite-size noise.",
    params=PARAMS,
    reads=("shock",),
    writes=(),
    slots={"mood": mood},
)
