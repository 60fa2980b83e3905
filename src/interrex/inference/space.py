"""The space that is sampled: every unknown as a standard normal, so that one prior serves all.

A point has a crowd block (parameters of the mechanisms and of the observation model, region effects, national
and regional shocks), a hazard block (rates and slopes of act kinds), and the noise numbers that drive the ticks.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from interrex.case.schema import Fact
from interrex.inference.learned import Learned
from interrex.mechanisms.contract import Mechanism, Param, Prior

OBSERVATION = (
    Param("canary", Prior("normal", 0.0, 1.0), "none", "nothing reads it: its posterior must equal its prior"),
    Param("official_bias", Prior("normal", 0.0, 0.2), "log, of crowd counts by state sources", "assumption"),
    Param("completeness", Prior("logit", 2.0, 0.7), "share of detentions and deaths that agencies report", "assumption"),
    Param("report_delay", Prior("lognormal", 0.18, 0.5), "days from detention to report", "assumption"),
    Param("shared_bias", Prior("normal", 0.3, 0.4), "logit, shared by all opinion reports (fear)", "assumption"),
)  # fmt: skip
"""Parameters of the observation model (docs/model.md, section 13)."""


@functools.lru_cache
def _laws(params: tuple[Param, ...]) -> tuple[tuple[Prior, list[int]], ...]:
    """Parameters by the kind of their prior: one prior with all numbers of its kind as arrays, and where they stand."""
    laws: list[tuple[Prior, list[int]]] = []
    for kind in dict.fromkeys(p.prior.kind for p in params):
        where = [i for i, p in enumerate(params) if p.prior.kind == kind]
        a, b = (np.array([getattr(params[i].prior, name) for i in where]) for name in "ab")
        laws.append((Prior(kind, a, b), where))  # type: ignore[arg-type]
    return tuple(laws)


class Space(NamedTuple):
    """Names, priors and sizes. z is laid out as [parameters | region effects | nation shocks | region shocks]."""

    params: tuple[Param, ...]
    mechanism: tuple[str, ...]  # which mechanism a parameter belongs to
    theta_size: int  # the first so many parameters go to the kernel
    regions: int
    days: int

    @property
    def size(self) -> int:
        """Length of z."""
        return len(self.params) + self.regions + self.days * (1 + self.regions)

    def index(self, name: str) -> int:
        """Position of a parameter in z; KeyError if there is none."""
        for i, p in enumerate(self.params):
            if p.name == name:
                return i
        raise KeyError(name)

    def values(self, z: np.ndarray) -> np.ndarray:
        """Natural values of the parameters, f8[..., P]."""
        out = np.empty(z.shape)
        for prior, where in _laws(self.params):
            out[..., where] = prior.value(z[..., where])
        return out

    def parts(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """(parameter values, region effects R, nation shocks D, region shocks D x R) of one point."""
        p, r, d = len(self.params), self.regions, self.days
        return (
            self.values(z[:p]), z[p : p + r], z[p + r : p + r + d], z[p + r + d :].reshape(d, r),
        )  # fmt: skip

    def names(self) -> list[str]:
        """A name for every coordinate of z."""
        out = [p.name for p in self.params]
        out += [f"region[{r}]" for r in range(self.regions)]
        out += [f"nation_shock[{d}]" for d in range(self.days)]
        out += [f"shock[{d},{r}]" for d in range(self.days) for r in range(self.regions)]
        return out


NORMAL_95 = 1.6448536269514722


def _logit(share: float | str) -> float:
    return math.log(float(share) / (1.0 - float(share)))


def make_space(
    mechanisms: Sequence[Mechanism], facts: Mapping[str, Fact], regions: int, days: int, learned: Learned | None = None
) -> Space:
    """The space of a run. A fact of the case named like a parameter, a share measured before the crisis, centres its
    prior on the logit scale; its `low` and `high`, a 90 % range, set the prior's standard deviation; of the others what was learned from other
    crises does."""
    params: list[Param] = []
    owner: list[str] = []
    for mechanism in mechanisms:
        for p in mechanism.params:
            fact = facts.get(p.name)
            if fact is not None:
                prior = p.prior._replace(a=_logit(fact.value))
                if fact.low is not None and fact.high is not None:
                    prior = prior._replace(b=(_logit(fact.high) - _logit(fact.low)) / (2.0 * NORMAL_95))
                source = fact.source or "assumption of the case"
                p = p._replace(prior=prior, source=source, assumption=fact.assumption)
            elif learned is not None:
                p = learned.param(p)
            params.append(p)
            owner.append(mechanism.name)
    theta_size = len(params)
    params += OBSERVATION if learned is None else map(learned.param, OBSERVATION)
    owner += ["observation"] * len(OBSERVATION)
    return Space(tuple(params), tuple(owner), theta_size, regions, days)
