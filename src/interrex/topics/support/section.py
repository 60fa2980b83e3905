"""Support arithmetic: which supports keep him in office, alone and together."""

from __future__ import annotations

import numpy as np

from interrex.report.blocks import Block, Callout, Figure, Section, prose
from interrex.report.figures import label
from interrex.report.numbers import chance, counts, give_or_take, known, sentence
from interrex.report.read import Group, Results
from interrex.store.manifest import Manifest
from interrex.topics.support.figure import bars, rows

_NAMES = ("elite", "street", "patron", "force")


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("support", "p_office", *_NAMES)
    return [
        Callout(sentence(group.text("verdict")), "verdict"),
        *([prose(whose(group), var="support/weight support/p_sum")] if group.has("p_sum") else []),
        _subsets(results, group),
        _shapley(results, group),
        prose(_beside_the_forecast(group), "muted small"),
    ]


def whose(group: Group) -> str:
    """Whose chances these are, and what they count beside the records."""
    return (
        f"All chances of office here are the simulation's alone, which {counts(group.number('weight'))} in the sum of records and simulation. By that sum "
        f"he is in office on day {group.number('horizon'):.0f} with {chance(group.number('p_sum'))}."
    )


def _beside_the_forecast(group: Group) -> str:
    """Why the forecast of the same event prints another number."""
    begin, known_days = group.number("from_day"), group.number("known_days")
    free = f"here acts run free from day {begin:.0f} on"
    why = (
        f"there the record is imposed up to day {known_days:.0f}, {free}"
        if begin < known_days
        else f"both run free from day {begin:.0f} on"
    )
    return (
        f"With all four supports on he is in office on day {group.number('horizon'):.0f} in "
        f"{chance(group.numbers('p_office')[0])} of the histories; the simulation's outcome forecast of the same event is "
        f"{chance(group.number('p_forecast'))}: {why}, and it has {group.number('all_members'):.0f} histories, this "
        f"{group.number('members'):.0f} of them."
    )


def _subsets(results: Results, group: Group) -> Figure:
    p, keeps = group.some_numbers("p_office"), group.number("keeps")
    low, high = results.bounds(group.numbers("p_low"), group.numbers("p_high"))
    members = np.array([group.numbers(name) for name in _NAMES]).T > 0.5
    sure, possible = (int((ends >= keeps).sum()) if known(ends[0]) else None for ends in (low, high))
    if sure is None or possible is None:
        title = f"{int((p >= keeps).sum())} of {len(p)} combinations keep him in office by the histories in the model's range"
    elif sure == possible:
        title = f"{sure} of {len(p)} combinations keep him in office with {100 * keeps:.0f} % probability"
    else:
        title = f"Between {sure} and {possible} of {len(p)} combinations keep him in office with {100 * keeps:.0f} % probability"
    stopped = group.numbers("stopped")
    return Figure(
        title,
        rows(p, low, high, members, keeps),
        "Each row is a set of supports switched on (filled) or off (hollow) by intervention in the same histories; the dot is "
        "the probability of office at the horizon in the histories that stayed in the range of the model"
        + ("." if results.intervals_withheld else ", the bar what the others could make of it.")
        + f" Between {chance(stopped.min())} and {chance(stopped.max())} left it, by combination.",
        "support/p_office",
        title,
    )


def _shapley(results: Results, group: Group) -> Figure:
    names, share, error = group.texts("name"), group.numbers("shapley"), group.numbers("shapley_error")
    low, high = results.bounds(group.numbers("shapley_low"), group.numbers("shapley_high"))
    noise = float(np.nanmax(error)) if np.isfinite(error).any() else float("nan")
    return Figure(
        "Share of each support in the probability of office",
        bars(names, share, low, high),
        "Average gain in the probability of office when a support is added to the others, over every order of adding. "
        + ("" if results.intervals_withheld else "Lines: what the histories out of range could make of it. ")
        + f"Monte Carlo error up to {give_or_take(noise)} points.",
        "support/shapley",
        "Shapley shares of " + ", ".join(label(n) for n in names),
    )


SECTION = Section(
    "support",
    "Support arithmetic",
    _fill,
    "Which supports keep the incumbent in office, and how far each carries him.",
)
