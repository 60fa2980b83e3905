"""What was learned, as lines for a terminal and for docs/learning.md."""

from __future__ import annotations

import numpy as np

from interrex.inference.learned import ENOUGH, PLACEBO, Learned
from interrex.learning import TELLING, Lesson, Trial, left_out, mean_and_error


def lines(lesson: Lesson) -> str:
    """Crises, parameters, and the trial where there was one, as Markdown tables with a sentence before each."""
    parts = [_crises(lesson), parameters(lesson.table)]
    if lesson.trials:
        parts.append(_trials(lesson.trials, len(lesson.fits)))
    return "\n\n".join([*parts, f"Written: {lesson.path}"])


def _crises(lesson: Lesson) -> str:
    gains = left_out(lesson.table)
    rows = [
        f"| {f.crisis.case} | {f.crisis.country or 'not told'} | {f.weight} | {int(np.isfinite(v).sum())} | {gain:+.2f} | {f.r_hat:.2f} "
        f"| {f.log_evidence:.1f} ({f.log_evidence_se:.1f}) |"
        for f, v, gain in zip(lesson.fits, lesson.table.variance, gains, strict=True)
    ]
    failed = [f"\nNot fitted: {name} ({why})." for name, why in lesson.failed.items()]
    return "\n".join([
        f"{len(lesson.fits)} crises. Left out with all of its country, what its reports say of the parameters is "
        + _gained(gains), "",
        "| crisis | country | persons a citizen | parameters it speaks of | gain | R-hat | log evidence (error) |",
        "|---|---|---|---|---|---|---|", *rows,
        *failed,
    ])  # fmt: skip


def parameters(table: Learned) -> str:
    """What is known of each parameter in a country of which nothing is known, the narrowest first."""
    found = {name: table.pooled(name) for name in table.names}
    chosen = sorted((n for n in table.names if n != PLACEBO), key=lambda n: found[n].sd)
    enough = sum(found[n].sd < ENOUGH for n in chosen)
    rows = [
        f"| {n} | {found[n].mean:+.2f} | {found[n].sd:.2f} | {found[n].crises} | {'learned' if found[n].sd < ENOUGH else 'assumption'} |"
        for n in chosen
    ]
    noise = found.get(PLACEBO)
    check = "" if noise is None else (
        f" The placebo, which nothing reads, would move by {noise.mean:+.2f} and keep {noise.sd:.2f} of its width: so much is noise."
    )
    return "\n".join([
        f"{enough} of {len(chosen)} parameters are learned: known to less than {ENOUGH:.2f} of the width of the assumed prior.{check}", "",
        "| parameter | moved by (sd of the assumed prior) | width left | crises | |", "|---|---|---|---|---|", *rows,
    ])  # fmt: skip


def _gained(gains: np.ndarray) -> str:
    """The end of a sentence on what becomes more or less probable."""
    (mean, error), better = mean_and_error(gains), int((gains > 0).sum())
    clear = "" if abs(mean) > 2.0 * error else ", which so few crises cannot tell from none"
    return (
        f"{'more' if mean > 0 else 'less'} probable under what the others taught, by {abs(mean):.2f} nats on average (standard error "
        f"{error:.2f}{clear}); {better} of {gains.size} crises gain."
    )


def _trials(trials: tuple[Trial, ...], fitted: int) -> str:
    gains = np.array([t.gain for t in trials])
    rows = [f"| {t.case} | {t.assumed:.1f} | {t.learned:.1f} | {t.gain:+.1f} | {t.error:.1f} |" for t in trials]
    return "\n".join([
        f"Fitted once more, left out with all of its country, a crisis is {_gained(gains)} Tried were the {gains.size} of {fitted} whose log "
        f"evidence is known to {TELLING:g} nat.", "",
        "| crisis | assumed priors | learned priors | gain | error |", "|---|---|---|---|---|", *rows,
    ])  # fmt: skip
