"""The verdict in plain words: how a move compares with other dates, before any test that assumes a distribution."""

from __future__ import annotations

import numpy as np
import xarray as xr

from interrex.eventstudy.placebo import FEWEST
from interrex.eventstudy.validity import holding

THRESHOLD = 0.05
MOST = 6


def verdicts(study: xr.Dataset) -> list[str]:
    """Sentences: of each pair of name and event (up to six), of each event (two to six), and of all together."""
    sentences: list[str] = []
    measured = np.argwhere(np.isfinite(study["car"].values))
    distinct = np.argwhere(study["distinct"].values)
    if len(distinct) <= MOST:
        for event, name in distinct:
            same = (study["event_day"].values[:, name] == study["event_day"].values[event, name]).sum()
            sentences.append(_of_pair(study.isel(event=event, name=name), int(same) - 1))
    events = np.unique(distinct[:, 0])
    if 1 < len(events) <= MOST and len(distinct) > len(events):
        sentences += [_of_event(study.isel(event=event)) for event in events]
    if len(measured) > 1:
        sentences.append(_of_all(study, len(measured)))
    if len(distinct) > MOST:
        p = study["p_placebo"].values[study["distinct"].values]
        judged = study["placebo_dates"].values[study["distinct"].values] >= FEWEST
        beyond = int((p[judged] <= THRESHOLD).sum())
        sentences.append(
            f"{beyond} of the {judged.sum()} pairs that can be compared are beyond ordinary days on their own at 5 %, where "
            f"chance alone would give about {judged.sum() / 20:.0f}."
        )
    return sentences


def _of_pair(pair: xr.Dataset, same: int) -> str:
    """Of one pair; same: how many further events fall on its day."""
    car, p = float(pair["car"]), float(pair["p_placebo"])
    dates, extreme = int(pair["placebo_dates"]), int(pair["placebo_as_extreme"])
    event = pair["event"].item() + (
        f" and {same} more event{'s' if same > 1 else ''} on that day" if same else ""
    )
    first, last = pair.attrs["window"]
    covered, width = int(pair["days_covered"]), last - first + 1
    days = (
        f"days {first} .. {last}" if covered == width else f"{covered} of the {width} days {first} .. {last}"
    )
    move = f"{pair['name'].item()}, {event}: abnormal return {percent(car)} over {days}"
    if pair["first_price"].item() not in ("", pair["event_day"].item()):
        move += f", its first price being of {pair['first_price'].item()}"
    if dates < FEWEST:
        return f"{move}; only {dates} other dates to compare with, so no verdict at 5 %."
    compared = f"{'none' if extreme == 0 else extreme} of {dates} other dates moved as much for its usual swings (p = {p:.3f})"
    return f"{move}; {compared}: {_judged(p)}."


def _of_event(event: xr.Dataset) -> str:
    names, p = int(np.isfinite(event["car"].values).sum()), float(event["event_p"])
    dates, extreme = int(event["event_dates"]), int(event["event_as_extreme"])
    counted = f"{names} name{'s' if names > 1 else ''}"
    move = f"{event['event'].item()}, {counted}: mean abnormal return {percent(float(event['event_car']))}"
    if dates < FEWEST:
        return f"{move}; only {dates} other dates to compare with, so no verdict at 5 %."
    return f"{move}; {extreme} of {dates} other dates as extreme (p = {p:.3f}): {_judged(p)}."


def _judged(p: float) -> str:
    return "more than ordinary days explain" if p <= THRESHOLD else "not told apart from ordinary days"


def _of_all(study: xr.Dataset, measured: int) -> str:
    """On the mean of all pairs: by the first test that holds here (see `validity`), and what the others say."""
    attrs, decided = study.attrs, study.attrs["verdict_test"]
    p = dict(zip(study["test"].values.tolist(), study["p"].values.tolist(), strict=True))
    objection = dict(zip(study["test"].values.tolist(), study["objection"].values.tolist(), strict=True))
    pairs, mean = attrs["pairs"], percent(attrs["mean_car"])
    names = f"All {measured} pairs of name and event together"
    if measured > pairs:
        names += f", {pairs} observation{'s' if pairs > 1 else ''} in all"
    names += f": mean abnormal return {mean}"
    if not decided:
        return f"{names}; no test of them holds here, so no verdict."
    if decided == "placebo dates":
        compared = attrs["placebo_compared"]
        of = (
            ("other dates" if attrs["blocks"] == 1 else "combinations of other dates")
            if attrs["placebo_exact"]
            else "draws of other dates"
        )
        size = p["placebo dates, either sign"]
        told = (
            f"{names}; {attrs['placebo_as_extreme']} of {compared} {of} as extreme (p = {p[decided]:.3g}): {_judged(p[decided])}. Up or "
            f"down alike, {attrs['placebo_sizes_as_extreme']} of {compared} had moves as large (p = {size:.3g}): {_judged(size)}."
        )
    else:
        told = f"{names}; {objection['placebo dates']}, so by the test {decided} (p = {p[decided]:.3g}): {_judged(p[decided])}."
    others = [name for name in holding(objection, p) if name != decided]
    beyond = [name for name in others if p[name] <= THRESHOLD]
    if others:
        listed = f" ({', '.join(beyond)})" if beyond else ""
        told += f" Of the {len(others)} other tests of the mean that hold here {len(beyond)} reject{'s' * (len(beyond) == 1)} at 5 %{listed}."
    return told


def percent(share: float) -> str:
    """A share of 1 as signed percent: -0.0873 is '-8.7 %'."""
    return f"{100 * share:+.1f} %" if np.isfinite(share) else "–"
