"""Key judgements: at most six sentences, number first; confidence in a sentence of its own.

A judgement says something: what is zero by construction, has an interval that covers no effect, or a sign that hangs on what
the record cannot tell, is left to its own section.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.futures.conditioned import Conditioned
from interrex.futures.shares import UNKNOWN, Chance, chance
from interrex.futures.summaries import Summary
from interrex.report.numbers import chance as chance_text
from interrex.report.numbers import counts
from interrex.results.described import dataset
from interrex.topics.judgements.confidence import Mark, checks, confidence, misfit, reported
from interrex.topics.judgements.variables import GROUP
from interrex.words import SIMULATION, count_text, likelihood_text, likelihood_word

MOST = 6
LARGE = 10_000
"""Persons in the streets that make a large crowd."""
FORECAST_DAYS = 10
"""Days ahead of the forecast of a large crowd."""
NOTABLE = 1000
"""Median of the largest crowd below which there is no peak to speak of."""
FAR_APART = 3.0
"""Factor between chances of leaving from which the parts of a sum are named one by one."""
WIDE = 0.3
"""Width of a range of probabilities from which it speaks against trust."""


class Judgement(NamedTuple):
    """One judgement. The chance is NaN where the sentence gives a quantity instead; `over` says what its range runs over;
    `recorded`: whether the range rests on records alone, so that the sampler's own checks do not concern it."""

    text: str
    chance: Chance
    over: str
    confidence: str
    basis: str
    kind: str
    recorded: bool = False


def judge(run: Conditioned) -> list[Judgement]:
    """The judgements of a run, most important first."""
    fit, trust = run.answers["fit"], checks(run.passed)
    inside, put_in = _number(fit, "share_fit_inside"), _number(fit, "put_in_by_shocks") == 1
    missed = misfit(inside, put_in)
    found = [
        peak(run.case, run.histories.summaries, run.histories.island, run.passed, [*missed, *trust]),
        misses(inside, _number(fit, "share_check_inside"), put_in, _text(fit, "verdict")),
        large_crowd(run.case, run.histories.summaries, run.histories.island, [*missed, *trust]),
        in_office(run.case, run.answers["outcomes"], run.passed, [*missed, *trust]),
        _bargain(run, trust),
        counterfactual(run.answers.get("counterfactuals"), run.passed, trust),
        support(run.answers["support"], [*missed, *trust]),
    ]
    return [j for j in found if j is not None][:MOST]


def peak(
    case: CutCase, summaries: Sequence[Summary], island: np.ndarray, passed: bool, marks: list[Mark]
) -> Judgement | None:
    """How many took part on the day of the largest crowd that is known of; None where there was none to speak of."""
    days = (case.as_of_date - case.window.start).days + 1
    nation = np.stack([s.nation for s in summaries])[:, :days]
    if np.median(nation.max(axis=1)) < NOTABLE:
        return None
    day = int(np.median(nation.argmax(axis=1)))
    part = np.array([s.nation_part[day] for s in summaries])
    low, middle, high = np.quantile(part, [0.05, 0.5, 0.95])
    size = f"{count_text(middle)} (90 %: {count_text(low)} to {count_text(high)})" if passed else count_text(middle)
    text = (
        f"The crowds peaked about {_said(case.window.start + timedelta(days=day))}: {size} people took part that day in the "
        f"whole country; the number is the chance that it was {LARGE:,} or more"
    )
    sure = chance(part >= LARGE, island)
    return Judgement(
        text, _without_range(sure), "", confidence([*reported(case, "crowd", "crowds"), *marks]),
        "crowd/nation_taking_part_post", "past",
    )  # fmt: skip


def misses(inside: float, checked: float, put_in: bool, verdict: str) -> Judgement | None:
    """What the model does not explain; None where it hits most of the record and shocks did not put it in."""
    if put_in:
        return Judgement(f"What the model does not explain: {verdict}", UNKNOWN, "", "", "fit/verdict", "misfit")
    if all(mark.good for mark in misfit(inside, False)):
        return None
    kept = f", {100 * checked:.0f} % of those kept for checking" if math.isfinite(checked) else ""
    text = (
        f"The model misses much of the record: {100 * inside:.0f} % of the reports used lie inside the range that was predicted "
        f"for them{kept}"
    )
    return Judgement(text, UNKNOWN, "", "", "fit/verdict", "misfit")


def large_crowd(
    case: CutCase, summaries: Sequence[Summary], island: np.ndarray, marks: list[Mark]
) -> Judgement | None:
    """Chance of a large crowd in the days ahead; None where the window has none left. A history that left the range of the
    model before is unknown."""
    today = (case.as_of_date - case.window.start).days
    nation = np.stack([s.nation for s in summaries])
    ahead = nation[:, today + 1 : today + 1 + FORECAST_DAYS]
    if ahead.shape[1] == 0:
        return None
    still = (np.diff(nation[:, today : today + 1 + ahead.shape[1]], axis=1) == 0).all(axis=1)
    stopped = np.array([s.stopped for s in summaries]) & still
    found = chance(np.where(stopped, np.nan, ahead.max(axis=1) >= LARGE), island)
    return Judgement(
        f"At least {LARGE:,} people will be in the streets at once within {ahead.shape[1]} days of {_said(case.as_of_date)}",
        found, "histories that left the range of the model", confidence(marks), "crowd/nation_present_post", "forecast",
    )  # fmt: skip


def in_office(case: CutCase, outcomes: xr.Dataset, passed: bool, marks: list[Mark]) -> Judgement:
    """Whether he is in office at the horizon, or that he has left."""
    if _text(outcomes, "left_claim"):
        on = _said(date.fromisoformat(_text(outcomes, "left_on")))
        text = f"The incumbent left office on {on}, by claim {_text(outcomes, 'left_claim')}"
        return Judgement(text, UNKNOWN, "", "", "outcomes/left_on", "outcome")
    if "pool_p" in outcomes:
        return combined(case, outcomes, marks)
    low, high = (100 * float(outcomes["reference_p"].min()), 100 * float(outcomes["reference_p"].max()))
    days = _number(outcomes, "horizon")
    text = f"The incumbent is in office {days:.0f} days after {_said(case.window.start)} (reference classes: {low:.0f} to {high:.0f} %)"
    found = Chance(*(_number(outcomes, f"in_office_p{end}") for end in ("", "_low", "_high", "_error")))
    return Judgement(
        text, found, "classes of reference and histories that left the range of the model",
        confidence([*(_width(found) if passed else []), *marks]), "outcomes/in_office_p", "outcome",
    )  # fmt: skip


def combined(case: CutCase, outcomes: xr.Dataset, marks: list[Mark]) -> Judgement:
    """Whether he is in office at the horizon by the sum of the records and the simulation; the parts are named where they are
    far apart. What speaks against the simulation speaks against the sum only where the simulation counts."""
    stay, low, high = (1 - _number(outcomes, f"pool_{end}") for end in ("p", "high", "low"))
    found = Chance(stay, low, high, math.nan)
    names, p, weight = (outcomes[n].values.tolist() for n in ("part", "part_p", "part_weight"))
    counted = [n for n, w in zip(names, weight, strict=True) if w > 0]
    of = f"of the {' and the '.join(counted)}" if len(counted) > 1 else f"of the {counted[0]} alone"
    text = f"The incumbent is in office {_number(outcomes, 'horizon'):.0f} days after {_said(case.window.start)}, by the word {of}"
    apart = max(p) >= FAR_APART * min(p)
    if apart:
        each = ", ".join(f"{chance_text(x)} by the {n}" for n, x in zip(names, p, strict=True))
        text += f"; the parts are far apart on his leaving: {each}"
    simulated = any(n == SIMULATION for n in counted)
    agree = Mark(not apart, f"the parts differ by a factor of {max(p) / min(p):.2g}" if min(p) > 0 else "one part excludes it")
    most = weight.index(max(weight))
    skill, least, best = (float(outcomes[f"part_skill{end}"][most]) for end in ("", "_low", "_high"))
    scored = Mark(least > 0, f"the {names[most]} has a Brier skill of {skill:.2f} ({least:.2f} to {best:.2f}) so far")
    return Judgement(
        text, found, "what the parts leave open", confidence([*_width(found), scored, agree, *(marks if simulated else [])]),
        "outcomes/pool_p", "outcome", not simulated,
    )  # fmt: skip


def _bargain(run: Conditioned, trust: list[Mark]) -> Judgement | None:
    """What the evidence says of a bargain with the patron, where rival explanations were weighed."""
    evidence = run.evidence
    if run.answers.get("hypotheses") is None or not run.answers["hypotheses"].variables:
        return None
    deal = np.array([n.split("+")[0] in ("phone", "summit") for n in evidence.names])
    shares = [share_in(cell, evidence.prior, deal) for cell in evidence.every.reshape(-1, len(evidence.names))]
    return bargain(float(evidence.posterior[deal].sum()), float(evidence.prior[deal].sum()), shares, run.passed, trust)


def share_in(log_ratio: np.ndarray, prior: np.ndarray, deal: np.ndarray) -> float:
    """Posterior probability of the models in `deal` for one cell of the grid."""
    weight = prior * np.exp(log_ratio - log_ratio.max())
    return float(weight[deal].sum() / weight.sum())


def bargain(p: float, prior: float, shares: Sequence[float], passed: bool, trust: list[Mark]) -> Judgement | None:
    """Whether there was a bargain; None where the priors of the verdicts leave open on which side of the prior the evidence comes
    down, or on which side of one half the answer lies."""
    low, high = min(p, *shares), max(p, *shares)
    if low <= prior <= high or low < 0.5 < high:
        return None
    there = p >= 0.5
    found = Chance(p, low, high, math.nan) if there else Chance(1 - p, 1 - high, 1 - low, math.nan)
    text = f"There was {'a' if there else 'no'} bargain with the patron; {100 * (prior if there else 1 - prior):.0f} % before the evidence"
    marks = [*(_width(found) if passed else []), *trust]
    return Judgement(text, found, "the priors tried", confidence(marks), "hypotheses/grid_log_ratio", "hypothesis")


def counterfactual(stored: xr.Dataset | None, passed: bool, trust: list[Mark]) -> Judgement | None:
    """The act without or with which most would have been otherwise; None where no interval excludes that nothing would."""
    if stored is None or "diff" not in stored or not passed:
        return None
    at = [str(v) for v in stored["metric"].values].index("person_days")
    diff, low, high = (stored[name].values[:, at] for name in ("diff", "diff_low", "diff_high"))
    told = np.isfinite(diff) & (low * high > 0) & (np.abs(np.round(diff)) >= 1)
    if not told.any():
        return None
    best = int(np.argmax(np.where(told, np.abs(diff), -1.0)))
    side = "fewer" if diff[best] < 0 else "more"
    ends = sorted(abs(float(v)) for v in (low[best], high[best]))
    most = diff.size > 1 and abs(diff[best]) >= np.nanmax(np.abs(diff))
    first = f"Of the {diff.size} acts examined, this one moved the street most: " if most else ""
    text = (
        f"{first}‘{stored['label'].values[best]}’ would have meant {count_text(abs(float(diff[best])))} {side} person-days of "
        f"protest (90 %: {count_text(ends[0])} {f'to {count_text(ends[1])}' if math.isfinite(ends[1]) else 'or more'})"
    )
    return Judgement(text, UNKNOWN, "", confidence(trust), "counterfactuals/diff", "counterfactual")


def support(stored: xr.Dataset, marks: list[Mark]) -> Judgement | None:
    """What the support arithmetic says, where it says something."""
    if "verdict" not in stored or _number(stored, "decided") != 1:
        return None
    text = _text(stored, "verdict")
    if "weight" in stored:
        text += f"; so says the simulation alone, which {counts(_number(stored, 'weight'))} in the sum with the records"
    return Judgement(text, UNKNOWN, "", confidence(marks), "support/p_office", "support")


def _width(found: Chance) -> list[Mark]:
    width = found.high - found.low
    wide = f"{100 * width:.0f}"
    return [Mark(width < WIDE, f"the range is {wide} point{'' if wide == '1' else 's'} wide")] if math.isfinite(width) else []


def _without_range(found: Chance) -> Chance:
    return found._replace(low=math.nan, high=math.nan)


def _number(stored: xr.Dataset, name: str) -> float:
    return float(stored[name] if name in stored else stored.attrs[name])


def _text(stored: xr.Dataset, name: str) -> str:
    return str(stored[name].item() if name in stored else stored.attrs[name])


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def stored(judgements: Sequence[Judgement]) -> xr.Dataset:
    """Group /judgements."""
    p = [j.chance.p for j in judgements]
    return dataset(GROUP, {
        **{name: [getattr(j, name) for j in judgements] for name in ("text", "over", "confidence", "basis", "kind")},
        "word": [(likelihood_word(v) or "") if math.isfinite(v) else "" for v in p],
        "probability": p,
        **{name: [getattr(j.chance, name) for j in judgements] for name in ("low", "high", "error")},
        "recorded": [float(j.recorded) for j in judgements],
    })  # fmt: skip


def sentences(stored: xr.Dataset) -> list[str]:
    """The judgements of a results tree as lines for the terminal."""
    out: list[str] = []
    rows = zip(*(stored[name].values.tolist() for name in ("text", "probability", "confidence")), strict=True)
    for i, (text, probability, trust) in enumerate(rows, 1):
        number = f" [{likelihood_text(probability)}]" if math.isfinite(probability) else ""
        out.append(f"{i}. {text}{number}" + (f"\n   {trust}" if trust else ""))
    return out


def answer(run: Conditioned) -> xr.Dataset:
    """The group /judgements of a conditioned case."""
    return stored(judge(run))
