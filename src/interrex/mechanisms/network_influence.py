"""Social influence through ties that work (Granovetter 1978; Siegel 2009).

A citizen who sees active ties gains log-odds, saturating in their number, so that the second active friend adds
less than the first and many never make certainty. Near ties always work; far (online) ties count in proportion
to the share of the citizen's media that works, so a shutdown cuts them.
"""

from math import isclose

from interrex.mechanisms.contract import Claim, Mechanism, Param, Prior, Work, middle
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


TH = middle(PARAMS)

CLAIMS = (
    Claim("no active tie, no influence; the first gives half of `tie_weight`", lambda: (
        influence(0.0, 0.0, TH) == 0.0 and isclose(influence(1.0, 0.0, TH), 0.5 * TH.tie_weight))),
    Claim("the second active tie adds less than the first", lambda: (
        0.0 < influence(2.0, 0.0, TH) - influence(1.0, 0.0, TH) < influence(1.0, 0.0, TH))),
)  # fmt: skip

WORKS = (
    Work("Siegel, D. A.", "2009", "Social networks and collective action",
         "American Journal of Political Science 53(1), 122-138", "10.1111/j.1540-5907.2008.00361.x"),
)  # fmt: skip

MECHANISM = Mechanism(
    name="network_influence",
    works=WORKS,
    params=PARAMS,
    reads=(),
    writes=(),
    slots={"influence": influence},
    claims=CLAIMS,
)
