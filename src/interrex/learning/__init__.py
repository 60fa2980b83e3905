"""Learning from many crises: each fitted by itself, what they say put together as the priors of runs, and tried on each of them.

`learn` fits the crises one after the other (`fits`), keeps every fit as a file and goes on from there when it is asked again,
and puts them together as a table (`inference/learned.py`) from which a run takes its priors without the country that it is
about. Whether that helps is asked in two ways, each crisis left out with all of its country: how probable what its own fit says is
under what the others taught (`left_out`), and, where asked, by fitting it once more under that (`Trial`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interrex.case import Case, load_case, shipped_cases
from interrex.efforts import Progress
from interrex.errors import RunError
from interrex.inference.learned import FILE, PLACEBO, Learned, text
from interrex.learning import fits
from interrex.learning.fits import Fit
from interrex.options import LearnOptions, taking
from interrex.store import files
from interrex.topics.prior_check.lock import model_hash


class Trial(NamedTuple):
    """Log evidence of a crisis under the assumed priors and under those that the crises of other countries taught."""

    case: str
    assumed: float
    learned: float
    error: float  # standard error of their difference, from the spread of islands

    @property
    def gain(self) -> float:
        """Nats that learning adds; below 0 where it takes away."""
        return self.learned - self.assumed


TELLING = 1.0
"""A crisis is tried where its log evidence is known to so many nats: what is known no better could not tell a gain."""


class Lesson(NamedTuple):
    """What was learned, from which fits, and how it fared."""

    table: Learned
    fits: tuple[Fit, ...]
    failed: dict[str, str]  # crises that could not be fitted, and why
    trials: tuple[Trial, ...]
    path: Path


@taking(LearnOptions)
def learn(names: Sequence[str], asked: LearnOptions) -> Lesson:
    """Fit these cases (all that are shipped, if none is named), write `learned.json` and, where asked, try it on each.

    Fits that are already there by the same model, seed and number of particles are not made again. RunError where fewer than
    two crises could be fitted."""
    read = [load_case(name) for name in names or shipped_cases()]  # what cannot be read is named before hours of work
    cases = {case.id: case for case in read}
    if len(cases) < len(read):
        twice = ", ".join(sorted({c.id for c in read if sum(c.id == other.id for other in read) > 1}))
        raise RunError(f"two cases are called {twice}", "name each case once, and give cases ids of their own")
    found, failed = _fits(cases.values(), asked)
    if len(found) < 2:
        raise RunError(f"{len(found)} crises could be fitted", "learning takes two; see what was said of the others: " + "; ".join(failed.values()))
    table = gather(found)
    path = Path(asked.out) / FILE
    files.make_folder(path.parent)
    files.write_bytes(path, text(table).encode())
    tried = _trials(cases, found, table, asked) if asked.trial else ()
    return Lesson(table, tuple(found), failed, tried, path)


def gather(found: Sequence[Fit]) -> Learned:
    """The table of several fits, of the parameters on which not every case has a fact of its own; fits of other models are
    refused."""
    first = found[0]
    for one in found:
        if one.names != first.names or one.model != first.model:
            raise RunError(f"{one.crisis.case} was fitted with another model than {first.crisis.case}", "remove its fit and learn again")
    rows = [fits.said(one) for one in found]
    asked = [i for i, name in enumerate(first.names) if any(name not in f.own for f in found)]
    priors = tuple(next(f.priors[i] for f in found if first.names[i] not in f.own) for i in asked)
    made = (
        f"{len(found)} crises fitted with {found[0].z.shape[0]} particles in {len(np.unique(first.island))} islands, seed {first.seed}, "
        f"one citizen for {min(f.weight for f in found)} to {max(f.weight for f in found)} persons"
    )
    table = Learned(
        tuple(f.crisis for f in found), tuple(first.names[i] for i in asked), priors, np.array([r[0] for r in rows])[:, asked],
        np.array([r[1] for r in rows])[:, asked], made, first.model,
    )  # fmt: skip
    gain, error = mean_and_error(left_out(table))
    return table._replace(gain=gain, error=error)


def mean_and_error(gains: np.ndarray) -> tuple[float, float]:
    """The mean over crises and its standard error, nan of one crisis."""
    return float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(gains.size)) if gains.size > 1 else np.nan


def left_out(table: Learned) -> np.ndarray:
    """Nats by which what the reports of each crisis say of all parameters is more probable under what the crises of other
    countries taught than under the assumed priors, f8[C]."""
    out = np.zeros(len(table.crises))
    for k, crisis in enumerate(table.crises):
        others = table.without(crisis.country, crisis.case)
        for i, name in enumerate(table.names):
            b, v = float(table.centre[k, i]), float(table.variance[k, i])
            if name == PLACEBO or not np.isfinite(v):
                continue
            prior = others.pooled(name)
            wide = prior.sd**2 + v
            out[k] += 0.5 * (np.log((1.0 + v) / wide) + b * b / (1.0 + v) - (b - prior.mean) ** 2 / wide)
    return out


def _fits(cases: Iterable[Case], asked: LearnOptions) -> tuple[list[Fit], dict[str, str]]:
    """A fit of each case, made or found, and why the model cannot tell the others at all."""
    folder, model = Path(asked.out) / "fits", model_hash()
    found: list[Fit] = []
    failed: dict[str, str] = {}
    for case in cases:
        path = folder / f"{case.id}.npz"
        kept = fits.read(path) if path.is_file() else None
        if kept and (kept.model, kept.seed, len(kept.z)) == (model, asked.seed, fits.ISLANDS * asked.particles):
            found.append(kept)
            continue
        try:
            made = _fit(case, asked, model, None, "")
        except RunError as problem:
            failed[case.id] = str(problem)
            continue
        files.make_folder(folder)
        fits.save(made, path)
        found.append(made)
    return found, failed


def _trials(cases: Mapping[str, Case], found: Sequence[Fit], table: Learned, asked: LearnOptions) -> tuple[Trial, ...]:
    out: list[Trial] = []
    for one in found:
        if not one.log_evidence_se < TELLING:
            continue
        others = table.without(one.crisis.country, one.crisis.case)
        try:
            again = _fit(cases[one.crisis.case], asked, one.model, others, " once more")
        except RunError:
            continue
        error = float(np.hypot(one.log_evidence_se, again.log_evidence_se))
        out.append(Trial(one.crisis.case, one.log_evidence, again.log_evidence, error))
    return tuple(out)


def _fit(case: Case, asked: LearnOptions, model: str, learned: Learned | None, words: str) -> Fit:
    progress: Progress = asked.progress
    progress.stage(f"{case.id}{words}", fits.histories(asked.particles))
    return fits.fit(case, asked.seed, asked.particles, asked.threads, model, learned, progress.advance)
