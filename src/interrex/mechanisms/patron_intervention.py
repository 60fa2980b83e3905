"""Intervention by a patron, through a treaty channel or a deal channel.

After a request the patron accepts with a probability and sends the first unit after a delay. The understanding
with the patron changes only these and three hazard shifts (docs/model.md, section 11): none (treaty only),
ready (forces on alert for other reasons), phone (bargain in the crisis), summit (bargain beforehand).
"""

from typing import NamedTuple

from interrex.mechanisms.acts import act
from interrex.mechanisms.contract import Claim, Mechanism, Param
from interrex.mechanisms.maths import exp, scalar
from interrex.mechanisms.state import PATRON, small_country

PARAMS: tuple[Param, ...] = ()

DEPLOYS, WITHDRAWS = act("patron_deploys"), act("patron_withdraws")
TROOPS = 2000.0  # persons; the first wave of an air-landed intervention, order of magnitude only


class Understanding(NamedTuple):
    """One understanding with the patron. Hours are lognormal with uncertain median, probabilities beta."""

    name: str
    accept: tuple[float, float]  # Beta parameters of P(accepts | request)
    accept_wide: tuple[float, float]  # alternative prior shown in the grid
    log_median_hours: tuple[float, float]  # mean and sd of the log of the median delay
    log_sd_hours: float
    request_shift: float  # scale of the half-normal log shift of the request and purge hazards
    payoff_shift: float  # scale of the half-normal log shift of the patron's later payoffs


UNDERSTANDINGS = (
    Understanding("none", (0.5, 2.5), (1.0, 1.0), (3.8712, 0.7), 1.0, 0.0, 0.0),
    Understanding("ready", (4.0, 4.0), (9.0, 1.0), (2.8904, 0.5), 1.0, 0.0, 0.0),
    Understanding("phone", (9.0, 1.0), (9.0, 1.0), (2.8904, 0.5), 1.0, 1.0, 1.0),
    Understanding("summit", (9.0, 1.0), (9.0, 1.0), (2.4849, 0.5), 1.0, 1.0, 1.0),
)
"""docs/model.md, table of section 11: medians 48, 18, 18 and 12 hours."""


@scalar
def on_act(kind, level, x, place, th):
    """Foreign troops arrive and leave."""
    if kind == DEPLOYS:
        x.level[PATRON] = TROOPS
    elif kind == WITHDRAWS:
        x.level[PATRON] = 0.0


def _present(*kinds):
    place, x = small_country(level=0.0)
    for kind in kinds:
        on_act(kind, 1.0, x, place, None)
    return float(x.level[PATRON])


CLAIMS = (
    Claim("troops are there from their arrival to their withdrawal", lambda: (
        _present() == 0.0 < _present(DEPLOYS) and _present(DEPLOYS, WITHDRAWS) == 0.0)),
    Claim("median delays are 48, 18, 18 and 12 hours", lambda: (
        [round(exp(u.log_median_hours[0]), 1) for u in UNDERSTANDINGS] == [48.0, 18.0, 18.0, 12.0])),
)  # fmt: skip

MECHANISM = Mechanism(
    name="patron_intervention",
    works=(),
    params=PARAMS,
    reads=(),
    writes=("PATRON",),
    slots={"on_act": on_act},
    claims=CLAIMS,
    note="two rival channels to the same act, treaty and deal (docs/model.md, section 11)",
)
