"""Priors learned from other crises: what the fits of the library say of the parameters, without the country of a run.

Each crisis was fitted by itself under the assumed priors (`interrex learn`); a fit is kept as what its reports alone say of
each parameter, a Gaussian of z. Crises are put together parameter by parameter. z of a crisis is N(mu, w) and mu is
N(0, 1 - w), so that without a crisis the prior of a new country is N(0, 1), the assumed one, whatever the share w of the
variance that lies between crises; w is uniform on (0, 1). Given w everything is Gaussian, and w is summed over.

Fits first, hierarchy after: Lunn, D., Barrett, J., Sweeting, M. & Thompson, S. (2013). Fully Bayesian hierarchical modelling
in two stages, with application to meta-analysis. Journal of the Royal Statistical Society C 62(4), 551-572. Here each
parameter has a hierarchy of its own, and posteriors of a crisis are Gaussian.
"""

from __future__ import annotations

import datetime
import json
import math
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interrex.case.cut import CutCase
from interrex.errors import RunError
from interrex.inference.exact import dot, exp_of, log_of
from interrex.mechanisms.contract import Param, Prior

SHARES = (np.arange(25) + 0.5) / 25
"""Shares of the variance that lie between crises, each as likely as the others."""

ENOUGH = 2.0 / 3.0
"""A parameter counts as learned where its sd is below this share of the assumed prior's."""

FILE = "learned.json"
FORMAT = 1
PLACEBO = "canary"
"""Nothing reads it, so nothing can be learned of it: it keeps its prior, and shows what the method would learn from noise."""


class Crisis(NamedTuple):
    """One fit, as far as it tells on which runs it may bear."""

    case: str
    country: str
    start: datetime.date
    end: datetime.date  # last day of what it was conditioned on


class Pooled(NamedTuple):
    """z of one parameter in a country of which nothing is known."""

    mean: float
    sd: float
    crises: int  # whose reports say something of it


class Learned(NamedTuple):
    """What the reports of each crisis say of each parameter: centre and variance of a Gaussian of z, inf where nothing."""

    crises: tuple[Crisis, ...]
    names: tuple[str, ...]
    priors: tuple[Prior, ...]  # assumed, under which z was fitted
    centre: np.ndarray  # f8[C, P]
    variance: np.ndarray  # f8[C, P]
    made: str  # how, in words
    model: str  # hash of the text of the model that was fitted
    gain: float = math.nan  # nats by which a crisis that is left out is more probable so, mean over crises
    error: float = math.nan  # and its standard error

    @property
    def helps(self) -> bool:
        """Whether crises that were left out have gained, clearly."""
        return self.gain > 2.0 * self.error

    def keep(self, chosen: list[bool]) -> Learned:
        """These crises alone."""
        return self._replace(
            crises=tuple(c for c, kept in zip(self.crises, chosen, strict=True) if kept),
            centre=self.centre[chosen], variance=self.variance[chosen],
        )  # fmt: skip

    def without(self, country: str, case: str) -> Learned:
        """All crises but those of a country, by its name, and of a case."""
        own = country.casefold()
        return self.keep([c.country.casefold() != own and c.case != case for c in self.crises])

    def before(self, day: datetime.date) -> Learned:
        """Crises that were over on that day."""
        return self.keep([c.end < day for c in self.crises])

    def pooled(self, name: str) -> Pooled:
        """What they say of a parameter together."""
        i = self.names.index(name)
        return pool(self.centre[:, i], self.variance[:, i])

    def param(self, param: Param) -> Param:
        """The parameter with its learned prior; as it is where its assumed prior is not that of the fits, or where its prior
        is no shift and scale of z."""
        if param.name not in self.names or param.name == PLACEBO or param.prior.kind == "half":
            return param
        if self.priors[self.names.index(param.name)] != param.prior:
            return param
        found = self.pooled(param.name)
        if not found.crises:
            return param
        a, b = param.prior.a, param.prior.b
        prior = param.prior._replace(a=round(a + b * found.mean, 6), b=round(b * found.sd, 6))
        source = (
            f"{found.crises} crises of other countries: moved by {found.mean:+.2f} sd of the assumed prior, to {found.sd:.2f} of its "
            f"width ({param.source})"
        )
        return param._replace(prior=prior, source=source, assumption=found.sd >= ENOUGH)


def pool(centre: np.ndarray, variance: np.ndarray) -> Pooled:
    """z of a new crisis from Gaussians of others, f8[C]: its mean and sd over mu and the share of variance between crises."""
    told = np.isfinite(variance)
    b, v = centre[told], variance[told]
    if not b.size:
        return Pooled(0.0, 1.0, 0)
    spread = SHARES[:, None] + v  # of b about mu, f8[shares, C]
    precision = 1.0 / (1.0 - SHARES) + (1.0 / spread).sum(axis=1)
    mean = (b / spread).sum(axis=1) / precision
    misfit = (log_of(spread) + b**2 / spread).sum(axis=1) + log_of((1.0 - SHARES) * precision) - mean**2 * precision
    weight = exp_of(-0.5 * (misfit - misfit.min()))
    weight /= weight.sum()
    first, second = dot(weight, mean), dot(weight, SHARES + 1.0 / precision + mean**2)
    return Pooled(first, math.sqrt(second - first**2), int(told.sum()))


def told(mean: float, var: float, error: float) -> tuple[float, float]:
    """What reports alone say of z: centre and variance, from the mean and variance of its posterior under N(0, 1) and the
    square of the Monte Carlo error of that mean; (0, inf) where the posterior is no narrower than the prior."""
    if var >= 1.0:
        return 0.0, math.inf
    gain = 1.0 / (1.0 - var)  # of the centre over the posterior's mean
    return mean * gain, var * gain + error * gain * gain


def shipped() -> Learned | None:
    """The table that comes with interrex; None if there is none."""
    file = resources.files("interrex").joinpath("library", FILE)
    return parse(file.read_text(encoding="utf-8")) if file.is_file() else None


def text(learned: Learned) -> str:
    """The table as JSON, one crisis a line."""
    crises = [
        json.dumps({
            "case": c.case, "country": c.country, "start": c.start.isoformat(), "end": c.end.isoformat(),
            "told": {
                name: [round(float(b), 3), round(float(v), 3)]
                for name, b, v in zip(learned.names, centre, variance, strict=True) if math.isfinite(v)
            },
        })
        for c, centre, variance in zip(learned.crises, learned.centre, learned.variance, strict=True)
    ]  # fmt: skip
    priors = json.dumps({name: list(p) for name, p in zip(learned.names, learned.priors, strict=True)})
    head = (
        f'"format": {FORMAT},\n"made": {json.dumps(learned.made)},\n"model": "{learned.model}",\n"gain": {json.dumps(round(learned.gain, 3))},\n'
        f'"error": {json.dumps(round(learned.error, 3))},\n"priors": {priors}'
    )
    return "{\n" + head + ',\n"crises": [\n' + ",\n".join(crises) + "\n]\n}\n"


def parse(given: str) -> Learned:
    """The table of a text; RunError if it is none."""
    try:
        document = json.loads(given)
        if document["format"] != FORMAT:
            raise ValueError(f"format {document['format']}")
        names = tuple(document["priors"])
        crises: list[Crisis] = []
        centre, variance = (np.full((len(document["crises"]), len(names)), fill) for fill in (0.0, math.inf))
        for k, one in enumerate(document["crises"]):
            start, end = (datetime.date.fromisoformat(one[day]) for day in ("start", "end"))
            crises.append(Crisis(one["case"], one["country"], start, end))
            for name, (b, v) in one["told"].items():
                if not (math.isfinite(b) and v > 0.0):
                    raise ValueError(f"{name} of {one['case']}")
                centre[k, names.index(name)], variance[k, names.index(name)] = b, v
        priors = tuple(Prior(kind, float(a), float(b)) for kind, a, b in document["priors"].values())
        return Learned(tuple(crises), names, priors, centre, variance, str(document["made"]), str(document["model"]), float(document["gain"]), float(document["error"]))
    except (KeyError, TypeError, ValueError) as problem:
        raise RunError(f"{FILE} is no table of fitted crises ({problem})", "make it again: interrex learn") from None


def country_of(cut: CutCase) -> str:
    """The name of its country; '' where the case does not say."""
    fact = cut.facts.get("country")
    return str(fact.value) if fact is not None else ""


PRIORS = {
    "tested": "from the crises of other countries where these have made crises that were left out more probable, else as declared",
    "learned": "from the crises of other countries",
    "earlier": "from those of them that were over at the as-of day",
    "assumed": "as each mechanism declares them",
}
"""Where the priors of a run can come from; else a file that `interrex learn` wrote."""


def learned_for(cut: CutCase, word: str) -> Learned | None:
    """What a run of the case takes its priors from, by a word of PRIORS or a file; None for the assumed ones. RunError for
    any other word."""
    if word == "assumed":
        return None
    if word in PRIORS:
        table = shipped()
    else:
        try:
            table = parse(Path(word).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            raise RunError(
                f"--priors {word} is neither a file nor one of {', '.join(PRIORS)}", "give one of these, or a learned.json of interrex learn"
            ) from None
    if table is None:
        return None
    if word == "tested" and not table.helps:
        return None
    table = table.without(country_of(cut), cut.id)
    return table.before(cut.as_of_date) if word == "earlier" else table
