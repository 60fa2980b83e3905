"""The verdict in plain words: how a move compares with other dates, before any test that assumes a distribution."""

from __future__ import annotations

import numpy as np
import xarray as xr

from interrex.eventstudy.placebo import FEWEST

THRESHOLD = 0.05
MOST = 6


def verdicts(study: xr.Dataset) -> list[str]:
    """Sentences: of each pair of name and event (up to six), of each event (two to six), and of all together."""
    sentences = []
    measured = np.argwhere(np.isfinite(study["car"].values))
    first, last = study.attrs["window"]
    if len(measured) <= MOST:
        for event, name in measured:
            sentences.append(_of_pair(study.isel(event=event, name=name), first, last))
    events = np.unique(measured[:, 0])
    if 1 < len(events) <= MOST and len(measured) > len(events):
        sentences += [_of_event(study.isel(event=event)) for event in events]
    if len(measured) > 1:
        sentences.append(_of_all(study))
    if len(measured) > MOST:
        beyond = int((study["p_placebo"].values <= THRESHOLD).sum())
        sentences.append(
            f"{beyond} of the {len(measured)} pairs are beyond ordinary days on their own at 5 %, where chance alone "
            f"would give about {len(measured) / 20:.0f}."
        )
    return sentences


def _of_pair(pair: xr.Dataset, first: int, last: int) -> str:
    car, p = float(pair["car"]), float(pair["p_placebo"])
    dates, extreme = int(pair["placebo_dates"]), int(pair["placebo_as_extreme"])
    move = f"{pair['name'].item()}, {pair['event'].item()}: abnormal return {percent(car)} over days {first} .. {last}"
    if dates < FEWEST:
        return f"{move}; only {dates} other dates to compare with, so no verdict at 5 %."
    compared = f"{'none' if extreme == 0 else extreme} of {dates} other dates moved as much for its usual swings (p = {p:.3f})"
    return f"{move}; {compared}: {_judged(p)}."


def _of_event(event: xr.Dataset) -> str:
    names, p = int(np.isfinite(event["car"].values).sum()), float(event["event_p"])
    dates, extreme = int(event["event_dates"]), int(event["event_as_extreme"])
    move = (
        f"{event['event'].item()}, {names} names: mean abnormal return {percent(float(event['event_car']))}"
    )
    if dates < FEWEST:
        return f"{move}; only {dates} other dates to compare with, so no verdict at 5 %."
    return f"{move}; {extreme} of {dates} other dates as extreme (p = {p:.3f}): {_judged(p)}."


def _judged(p: float) -> str:
    return "more than ordinary days explain" if p <= THRESHOLD else "not told apart from ordinary days"


def _of_all(study: xr.Dataset) -> str:
    attrs, p = study.attrs, study["p"].sel(test=["placebo dates", "placebo dates, either sign"]).values
    compared = attrs["placebo_compared"]
    mean = percent(float(study["car"].mean()))
    names = f"All {attrs['pairs']} pairs of name and event together: mean abnormal return {mean}"
    if compared < FEWEST:
        return f"{names}; too few other dates for a verdict at 5 %."
    of = "other dates" if attrs["placebo_exact"] else "draws of other dates"
    return (
        f"{names}; {attrs['placebo_as_extreme']} of {compared} {of} as extreme (p = {p[0]:.3g}): {_judged(p[0])}. Up or "
        f"down alike, {attrs['placebo_sizes_as_extreme']} of {compared} had moves as large (p = {p[1]:.3g}): {_judged(p[1])}."
    )


def percent(share: float) -> str:
    """A share of 1 as signed percent: -0.0873 is '-8.7 %'."""
    return f"{100 * share:+.1f} %" if np.isfinite(share) else "–"
