"""What the numbers say, in words: every sentence is made from values of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import xarray as xr

from interrex.report.numbers import chance, figure, interval, iso_day, nats, points, said_days, shorten

QUANTITIES = {
    "trust": "trust in the incumbent", "frame": "belief in his frame", "old": "trust in the predecessor", "other": "the share",
}  # fmt: skip
SHORT = {"trust": "trust", "frame": "belief", "old": "trust", "other": "the share"}


class Said(NamedTuple):
    """An item of the answer as sentences take it: quantiles of its value and of its share, sd, and what it rests on."""

    kind: str
    about: str
    audience: str
    value: np.ndarray
    share: np.ndarray
    sd: float
    rests_on: str


def said(found: xr.Dataset, kind: str, audience: str = "") -> Iterator[Said]:
    """Items of a kind, of one audience where one is given."""
    kinds, audiences = (found[f"item_{name}"].values for name in ("kind", "audience"))
    for at in np.flatnonzero((kinds == kind) & ((audiences == audience) if audience else True)):
        one = found.isel(item=at)
        about, where, on = (str(one[f"item_{name}"].item()) for name in ("about", "audience", "rests_on"))
        yield Said(
            kind, about, where, one["item_value"].values, one["item_share"].values, float(one["item_sd"]), on
        )


def verdict(found: xr.Dataset) -> list[str]:
    """The answer in sentences: level and what the bias costs, changes, acts, audiences, houses."""
    out: list[str] = []
    for audience in found["audience"].values.tolist():
        out += [_level(found, audience), *_changes(found, audience), *_acts(found, audience)]
    return [*out, *_gaps(found), _houses(found)]


def among(found: xr.Dataset, audience: str) -> str:
    """` among AUDIENCE` where there is more than one."""
    return f" among {shorten(audience, 40)}" if found.sizes["audience"] > 1 else ""


def span_words(name: str) -> str:
    """A span as a sentence says it."""
    return f"since {iso_day(name[6:])}" if name.startswith("since ") else f"over the last {name}"


def moved(share: np.ndarray) -> str:
    """What a share did, from the quantiles of its change."""
    low, median, high = share[0], share[2], share[-1]
    if low <= 0 <= high:
        return f"moved by {points(median)} points, which may be nothing ({points(low)} to {points(high)})"
    return f"{'rose' if median > 0 else 'fell'} by {points(abs(median)).lstrip('+')} points ({points(low)} to {points(high)})"


def _level(found: xr.Dataset, audience: str) -> str:
    """Level with and without the shared bias, and the part of its variance that no further report would remove."""
    (level,), (told,), (bias,) = (list(said(found, kind, audience)) for kind in ("level", "told", "bias"))
    floor = min(bias.sd**2 / level.sd**2, 1.0)
    what = QUANTITIES[found.attrs["quantity"]]
    return (
        f"On {iso_day(found.attrs['last'])} {what}{among(found, audience)} is {chance(level.share[2])} "
        f"({interval(level.share[0], level.share[-1])}); {chance(told.share[2])} ({interval(told.share[0], told.share[-1])}) say so "
        f"to those who ask. The bias that all reports share is {chance(floor)} of the variance of the level, and more "
        "reports of the same kind would not lessen it."
    )


def _changes(found: xr.Dataset, audience: str) -> list[str]:
    told = [f"{span_words(one.about)} it {moved(one.share)}" for one in said(found, "change", audience)]
    whole = "; ".join(told)
    return [f"{whole[0].upper()}{whole[1:]}."] if told else []


def _acts(found: xr.Dataset, audience: str) -> list[str]:
    return [
        f"{said_days(one.about)}: "
        + (
            f"the reports do not tell how {SHORT[found.attrs['quantity']]}{among(found, audience)} moved; the answer is the prior."
            if one.rests_on == "prior" else f"{SHORT[found.attrs['quantity']]}{among(found, audience)} {moved(one.share)}."
        )
        for one in said(found, "act", audience)
    ]  # fmt: skip


def _gaps(found: xr.Dataset) -> list[str]:
    out: list[str] = []
    for gap in said(found, "gap"):
        low, median, high = gap.share[0], gap.share[2], gap.share[-1]
        one, two = gap.about.split(" less ", 1)
        if low <= 0 <= high:
            out.append(
                f"Between {one} and {two} no difference can be told for sure ({points(low)} to {points(high)} points)."
            )
        else:
            more, less = (one, two) if median > 0 else (two, one)
            ends = [points(end).lstrip("+−") for end in sorted((abs(low), abs(high)))]
            out.append(
                f"It is higher among {more} than among {less}, by {points(median).lstrip('+−')} points ({ends[0]} to {ends[1]})."
            )
    return out


def _houses(found: xr.Dataset) -> str:
    """Which houses stand apart for sure, the highest first."""
    if not list(said(found, "house")):
        return "No two houses report in the same days, so what sets them apart is not known."
    sure = sorted(
        (one for one in said(found, "house") if one.value[0] > 0 or one.value[-1] < 0),
        key=lambda one: -one.value[2],
    )
    if not sure:
        return "No house stands apart for sure from the others of the same days."
    told = [
        f"{one.about} {points(one.share[2])} ({points(one.share[0])} to {points(one.share[-1])})"
        for one in sure
    ]
    return f"Houses against the mean of those of the same days, in points, on average over these: {', '.join(told)}."


def scatter(found: xr.Dataset) -> list[str]:
    """Houses whose reports scatter less or more than their samples would, for sure."""
    out: list[str] = []
    for one in said(found, "scatter"):
        low, median, high = one.value[0], one.value[2], one.value[-1]
        if low <= 1 <= high:
            continue
        why = (
            "its samples are larger or better drawn than is told, or its answers are smoothed"
            if high < 1
            else "something besides chance moves its answers from report to report"
        )
        out.append(
            f"The reports of {one.about} scatter {figure(median)} times as much as their samples would ({figure(low)} to "
            f"{figure(high)}): {why}."
        )
    return out


def trials(found: xr.Dataset) -> list[str]:
    """How the fusion fared against its rivals, on houses left out and on reports kept for checking."""
    out: list[str] = []
    for r, name in enumerate(found["rival"].values.tolist()):
        low, high, ours, theirs, count = (
            float(found[f"rival_{one}"][r]) for one in ("low", "high", "fusion", "score", "reports")
        )
        does = "beats" if low > 0 else "loses to" if high < 0 else "cannot be told from"
        out.append(
            f"One step ahead the fusion {does} {name}: {nats(ours - theirs)} nats a report ({nats(low)} to {nats(high)}, "
            f"{count:,.0f} reports)."
        )
    for h, house in enumerate(found["left_out"].values.tolist()):
        count, inside, changes, mean = (
            float(found[one][h]) for one in ("left_out_reports", "inside_90", "changes_90", "left_out_mean")
        )
        out.append(
            f"{house} left out: {chance(inside)} of its {count:,.0f} reports lie inside the 90 % that the others expect, and "
            f"{chance(changes)} of its changes; it reads {points(mean)} points from them on average."
        )
    checks = found["report_use"].values == "check"
    if checks.any():
        share, expected = found["report_share"].values[checks], found["report_expected"].values[:, checks]
        inside = int(((share >= expected[0]) & (share <= expected[-1])).sum())
        out.append(
            f"Kept for checking: {inside} of {len(share)} reports lie inside the 90 % that the others expect."
        )
    return out or ["There are too few reports to try the fusion on any of them."]


def mind(found: xr.Dataset) -> list[str]:
    """What the reader must know: what rests on the prior, what was made of the files."""
    out = scatter(found)
    prior = [one for kind in KINDS if kind not in ("parameter", "scatter") for one in unanswered(found, kind)]
    if prior:
        out.append(f"The reports do not tell, and the answer is the prior: {', '.join(prior)}.")
    if own := unanswered(found, "parameter"):
        out.append(f"What the model could not learn of itself, and took from the prior: {'; '.join(own)}.")
    out.append(
        "Differences between days and audiences are free of the shared bias only as far as it stood still and was alike: a change "
        "of fear on the day of an act looks like a change of trust."
    )
    return out + found["note"].values.tolist()


def unanswered(found: xr.Dataset, kind: str) -> list[str]:
    """Items of a kind, as a table names them, that rest on the prior."""
    listed = zip(
        names(found), found["item_kind"].values.tolist(), found["item_rests_on"].values.tolist(), strict=True
    )
    return [name for name, one, on in listed if one == kind and on == "prior"]


KINDS = {
    "level": "level", "told": "as told to those who ask", "bias": "bias that all reports share", "change": "change",
    "act": "act", "gap": "", "house": "house", "parameter": "", "scatter": "scatter over that of samples,",
}  # fmt: skip


def names(found: xr.Dataset) -> list[str]:
    """The items as a table names them."""
    words = dict(
        zip(found["parameter"].values.tolist(), found["parameter_words"].values.tolist(), strict=True)
    )
    out: list[str] = []
    for kind, about, audience in zip(
        *(found[f"item_{name}"].values.tolist() for name in ("kind", "about", "audience")), strict=True
    ):
        what = {"change": span_words(about), "act": said_days(about)}.get(kind, words.get(about, about))
        where = audience if found.sizes["audience"] > 1 else ""
        out.append(" ".join(part for part in (KINDS[kind], what, f"({where})" if where else "") if part))
    return out
