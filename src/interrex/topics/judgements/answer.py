"""Key judgements: at most six sentences, number first; confidence in a sentence of its own."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import xarray as xr

from interrex.futures.base_rates import jeffreys
from interrex.futures.conditioned import Conditioned
from interrex.results.described import dataset as described_dataset
from interrex.topics.judgements.variables import GROUP
from interrex.words import count_text, likelihood_text, likelihood_word

FORECAST_DAYS = 10
"""Days ahead of the forecast of a large crowd."""


class Judgement(NamedTuple):
    """One judgement. `probability` is NaN where the sentence gives a quantity instead."""

    text: str
    probability: float
    low: float
    high: float
    confidence: str
    basis: str
    kind: str


def interval(values: np.ndarray, level: float = 0.9) -> tuple[float, float]:
    """Bootstrap-free interval of a share over members (Jeffreys)."""
    return jeffreys(float(values.sum()), values.size, level)[1:]


def spread(values: np.ndarray) -> str:
    """'12,000 (90 %: 8,000 to 17,000)'."""
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return f"{count_text(middle)} (90 %: {count_text(low)} to {count_text(high)})"


def dataset(judgements: list[Judgement]) -> xr.Dataset:
    """Group /judgements."""
    columns = {name: [getattr(j, name) for j in judgements] for name in Judgement._fields}
    words = [likelihood_word(j.probability) if math.isfinite(j.probability) else "" for j in judgements]
    return described_dataset(GROUP, columns | {"word": [word or "" for word in words]})


def sentences(stored: xr.Dataset) -> list[str]:
    """The judgements of a results tree as lines for the terminal."""
    out = []
    rows = zip(*(stored[name].values.tolist() for name in ("text", "probability", "confidence")), strict=True)
    for i, (text, probability, confidence) in enumerate(rows, 1):
        number = f" [{likelihood_text(probability)}]" if math.isfinite(probability) else ""
        out.append(f"{i}. {text}{number}\n   {confidence}")
    return out


def bargain_share(log_ratio: np.ndarray, prior: np.ndarray, deal: np.ndarray) -> float:
    """Posterior probability of the models in `deal` for one cell of the grid."""
    weight = prior * np.exp(log_ratio - log_ratio.max())
    return float(weight[deal].sum() / weight.sum())


def judge(run: Conditioned) -> list[Judgement]:
    """The judgements of a run, most important first."""
    case, summaries, evidence, passed = run.case, run.histories.summaries, run.evidence, run.passed
    fit, support, outcomes = run.answers["fit"], run.answers["support"], run.answers["outcomes"]
    forecast_days = FORECAST_DAYS
    found: list[Judgement] = []
    cut = (case.as_of_date - case.window.start).days
    nation = np.stack([s.nation for s in summaries])
    days = nation.shape[1]
    sampler = "" if passed else " The sampler's checks failed, so no interval is given."
    put_in = bool(fit.attrs.get("put_in_by_shocks"))
    seen = nation[:, : cut + 1].max(axis=1)
    if np.median(seen) >= 1000:
        day = int(np.median(nation[:, : cut + 1].argmax(axis=1)))
        from datetime import timedelta

        when = (case.window.start + timedelta(days=day)).strftime("%d %B %Y").lstrip("0")
        part = np.stack([s.nation_part for s in summaries])[:, : cut + 1].max(axis=1)
        text = f"The crowds peaked about {when}: {spread(part) if passed else count_text(float(np.median(part)))} people took part that day in the whole country"
        p = float(np.mean(part >= 10_000))
        low, high = interval(part >= 10_000)
        confidence = "Confidence is low: the spread between regions was put in by unexplained shocks." if put_in else (
            "Confidence is moderate: counts come from officials and conflict by a factor of two and more.")  # fmt: skip
        found.append(
            Judgement(
                text + "; the number is the chance that it was 10,000 or more",
                p,
                low,
                high,
                confidence + sampler,
                "crowd/nation_taking_part_post",
                "past",
            )
        )
    if cut < days - 1 and forecast_days > 0:
        ahead = nation[:, cut + 1 : cut + 1 + forecast_days].max(axis=1)
        p = float(np.mean(ahead >= 10_000))
        low, high = interval(ahead >= 10_000)
        found.append(Judgement(
            f"At least 10,000 people will be in the streets at once within {min(forecast_days, ahead.size)} days of {case.as_of_date.isoformat()}"
            if ahead.size else "", p, low, high,
            "Confidence is low: such forecasts have not been scored on other crises." + sampler, "crowd/nation_present_post", "forecast"))  # fmt: skip
    inside = float(outcomes.attrs["in_office_p"])
    base_low, base_high = (
        outcomes.attrs.get("reference_low", math.nan),
        outcomes.attrs.get("reference_high", math.nan),
    )
    found.append(
        Judgement(
            f"The incumbent is in office {case.question.horizon_days} days after {case.window.start.isoformat()}"
            + (
                f" (reference classes: {100 * base_low:.0f} to {100 * base_high:.0f} %)"
                if math.isfinite(base_low) and math.isfinite(base_high)
                else ""
            ),
            inside,
            float(outcomes.attrs["in_office_low"]),
            float(outcomes.attrs["in_office_high"]),
            "Confidence is low: exits are rare acts whose rates come from a few panels." + sampler,
            "outcomes/p",
            "outcome",
        )
    )
    if "not asked" not in evidence.verdict:
        deal = np.array([n.split("+")[0] in ("phone", "summit") for n in evidence.names])
        prior = float(evidence.prior[deal].sum())
        shifts = evidence.factors[2:5].sum(axis=0)  # they rest on assumed base rates: with and without
        cells = evidence.grid.reshape(-1, len(evidence.names))
        shares = [
            bargain_share(cell - without * shifts, evidence.prior, deal)
            for cell in cells
            for without in (0.0, 1.0)
        ]
        share = float(evidence.posterior[deal].sum())
        span = f"with bargains and their rivals starting at {100 * prior:.0f} % it runs from {100 * min(shares):.0f} to {100 * max(shares):.0f} % over the grid of priors"
        decided = evidence.verdict.startswith("decided")
        found.append(
            Judgement(
                f"Whether there was a bargain with the patron is decided by the prior: {span}"
                if decided
                else f"There was a bargain with the patron; {span}",
                math.nan if decided else share,
                math.nan,
                math.nan,
                "Confidence is low: the answer moves with the assumed chance and speed of help without a bargain.",
                "hypotheses/grid_log_ratio",
                "hypothesis",
            )
        )
    counterfactuals = run.answers.get("counterfactuals")
    if counterfactuals is not None and "diff" in counterfactuals:
        rows = [str(v) for v in counterfactuals["counterfactual"].values]
        best = int(np.nanargmax(np.abs(counterfactuals["diff"].values[:, 1])))
        label = str(counterfactuals["label"].values[best])
        d = counterfactuals["diff"].values[best, 1]
        lo, hi = counterfactuals["diff_low"].values[best, 1], counterfactuals["diff_high"].values[best, 1]
        side = "fewer" if d < 0 else "more"
        text = f"Of the {len(rows)} acts examined, this one moved the street most: '{label}' would have meant {count_text(abs(float(d)))} {side} person-days of protest"
        if passed:
            text += f" (90 %: {count_text(float(lo))} to {count_text(float(hi))})"
        found.append(Judgement(text, math.nan, math.nan, math.nan,
            "Confidence is low: the sign rests on priors that the record cannot test; see the section on counterfactuals." + sampler, "counterfactuals/diff", "counterfactual"))  # fmt: skip
    inside_share = float(fit.attrs.get("share_fit_inside", math.nan))
    if put_in or inside_share < 0.8:
        found.insert(
            min(1, len(found)),
            Judgement(
                "What the model does not explain: " + str(fit.attrs.get("verdict", ""))
                if put_in
                else "The model misses much of the record: "
                f"{100 * inside_share:.0f} % of the reports used for conditioning lie inside their 95 % predictive range"
                + (
                    f", {100 * float(fit.attrs['share_check_inside']):.0f} % of those kept for checking"
                    if math.isfinite(float(fit.attrs["share_check_inside"]))
                    else ""
                ),
                math.nan,
                math.nan,
                math.nan,
                "Confidence is high: this is a count of the model's own misses.",
                "fit/verdict",
                "misfit",
            ),
        )
    if support.attrs.get("verdict"):
        found.append(Judgement(str(support.attrs["verdict"]), math.nan, math.nan, math.nan,
            "Confidence is low: supports act through assumed hazards." + sampler, "support/p_office", "support"))  # fmt: skip
    return [j for j in found if j.text][:6]


def answer(run: Conditioned) -> xr.Dataset:
    """The group /judgements of a conditioned case."""
    return dataset(judge(run))
