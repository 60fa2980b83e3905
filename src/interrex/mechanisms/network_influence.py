"""Social influence through ties that work (Granovetter 1978; Siegel 2009).

A citizen who sees active ties gains log-odds, saturating in their number, so that the second active friend adds
less than the first and many never make certainty. Near ties always work; far (online) ties count in proportion
to the share of the citizen's media that works, so a shutdown cuts them.
"""

from interrex.mechanisms.contract import Mechanism, Param, Prior
from interrex.mechanisms.maths import log, scalar

PARAMS = (
    Param("tie_weight", Prior("normal", 3.0, 0.7), "log-odds per doubling of active ties", "assumption"),
)  # fmt: skip

LOG2 = 0.6931471805599453


@scalar
def influence(near, far, th):
    """Log-odds added by `near` active local ties and `far` active online ties (already scaled by reach)."""
    if near + far <= 0.0:
        return 0.0
    w = th.tie_weight
    if w < 0.0:
        w = 0.0
    return 0.5 * w * log(1.0 + near + far) / LOG2


MECHANISM = Mechanism(
    name="network_influence",
    reference="Siegel, D. A. (2009). Social networks and collective action. "
    "American Journal of Political Science 53(1), 122-138.",
    doi="10.1111/j.1540-5907.2008.00361.x",
    params=PARAMS,
    reads=("reach",),
    writes=(),
    slots={"influence": influence},
)
