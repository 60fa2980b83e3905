"""Size and power of every test, on simulated prices: what the tables in the documentation are made of.

Many studies side by side: returns follow a market model with one beta each, and the errors and the days of the events
are of one of the kinds below. The tests see them through the same functions as real prices.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from interrex.engine import draws
from interrex.eventstudy import models
from interrex.eventstudy.dependence import Together
from interrex.eventstudy.joint import judge
from interrex.eventstudy.measure import OtherDates, Plan, measure, other_dates
from interrex.eventstudy.pairs import Pairs
from interrex.eventstudy.returns import Panel, previous_trade
from interrex.eventstudy.setting import Setting, market_of

LENGTH = 100
OTHERS = 99
"""Days of an estimation window, and placebo dates: with 99, p is a whole number of hundredths."""

PERMUTED = 399
"""Draws of permuted days and of combinations of other dates in each study."""

SPREAD, MARKET = 0.02, 0.01
"""Standard deviations of a day's error and of the market's return."""

SHARED = 0.2
"""Correlation of the errors of two names where they are clustered."""

KINDS = ("normal", "fat-tailed", "clustered", "raised variance")
"""Errors on one day that all names share."""

DAYS = ("halts", "thin trading", "own days", "days that overlap")
"""Days, with clustered errors: all names shut on the first four of six days; three in ten days without trade, six
days; each name on a day of its own; six days from a day in ten of each name's own."""

HALT, MISSING, LONG, APART = 4, 0.3, 6, 10
"""Days of the halt, share of days without trade, days of the longer windows, days among which those that overlap begin."""

CLAIMS = {
    "joint verdict": ("normal", "fat-tailed", "clustered", *DAYS),
    "placebo dates": ("normal", "fat-tailed", "clustered", *DAYS),
    "placebo dates, either sign": ("normal", "fat-tailed", "clustered", *DAYS),
    "permutation": ("normal", "fat-tailed", "clustered", *DAYS[:3]),
    "generalised rank": (*KINDS, *DAYS[:3]),
    "Kolari-Pynnonen": (*KINDS, *DAYS),
    "crude dependence": ("normal", "fat-tailed", "clustered", *DAYS[:3]),
    "Corrado rank": ("normal", "fat-tailed", "clustered", *DAYS[:3]),
    "BMP": ("normal", "fat-tailed", "raised variance", "own days"),
    "cross-sectional t": ("normal", "fat-tailed", "raised variance", "own days"),
    "Patell": ("normal", "own days"),
    "generalised sign": ("normal", "fat-tailed", "raised variance", "own days"),
    "sign": ("normal", "fat-tailed", "raised variance", "own days"),
}
"""Under which errors and days a test of thirty names keeps its size of 5 %; checked to 1.5 points (with one and three
names for the placebo dates). On days it is what `validity.objections` lets stand."""


class Rates(NamedTuple):
    """Shares of the repeats in which each test, and the joint verdict, rejects at 5 %, and how many repeats there were."""

    rates: dict[str, float]
    repeats: int


def rejections(
    kind: str, names: int, repeats: int, *, shift: float = 0.0, seed: int = 1, with_placebo: bool = True
) -> Rates:
    """How often each test rejects at 5 % when every name gains `shift` (a share of 1) on its event day.

    kind: one of KINDS (fat-tailed: Student's t with 3 degrees of freedom; clustered: correlation SHARED; raised
    variance: twice the standard deviation on the event day) or of DAYS. names: in each study. with_placebo: compare
    with other dates too, which takes most of the time.
    """
    rejected: dict[str, int] = {}
    batch = max(1, min(repeats, 1_500 // names))
    done = 0
    while done < repeats:
        now = min(batch, repeats - done)
        for name, p in _p_values(kind, names, now, shift, with_placebo, seed, done):
            rejected[name] = rejected.get(name, 0) + int(p <= 0.05 + 1e-9)
        done += now
    return Rates({name: count / repeats for name, count in rejected.items()}, repeats)


def closed_form_power(names: int, shift: float, spread: float = SPREAD) -> float:
    """Power at 5 % of the z test that knows the standard deviation of independent normal errors."""
    centre = shift * np.sqrt(names) / spread
    edge = float(special.ndtri(0.975))
    return float(special.ndtr(centre - edge) + special.ndtr(-edge - centre))


def tables(seed: int = 1, repeats: int = 1000) -> str:
    """Size and power tables as Markdown: the output of `interrex events --self-test`."""
    few = max(1, repeats * 2 // 5)
    lines = [f"Size: rejections at 5 % where nothing happened, per cent of {repeats} studies of one day, all names on the "
             f"same day. Standard error {100 * np.sqrt(0.05 * 0.95 / repeats):.1f} points. A star marks errors that the test "
             "does not claim to bear, with thirty names or more.", ""]  # fmt: skip
    for names in (30, 5):
        found = {
            kind: rejections(kind, names, repeats, seed=seed, with_placebo=names <= 5).rates for kind in KINDS
        }
        lines += _table(f"{names} names", found)
    lines += [f"The same for days with halts and without trade, for names on days of their own and for windows that overlap in "
              f"part, errors correlated {SHARED}, per cent of {few}. Standard error {100 * np.sqrt(0.05 * 0.95 / few):.1f} points.",
              ""]  # fmt: skip
    lines += _table("30 names", {kind: rejections(kind, 30, few, seed=seed).rates for kind in DAYS})
    shifts = (0.0, 0.005, 0.01, 0.02)
    lines += [
        f"Power: rejections at 5 % for a gain on day 0, normal errors of {SPREAD:.0%} a day, per cent of {repeats}.",
        "",
    ]
    for names in (50, 5):
        gained = {
            f"{shift:.1%}": rejections(
                "normal", names, repeats, shift=shift, seed=seed + 1, with_placebo=names <= 5
            ).rates
            for shift in shifts
        }
        lines += _table(f"{names} names", gained, starred=False)[:-1]
        exact = " | ".join(f"{100 * closed_form_power(names, shift):.1f}" for shift in shifts)
        lines += [f"| z test that knows the spread (closed form) | {exact} |", ""]
    lines += [
        f"Power of 30 names that each gain 1 % on their event day, errors correlated {SHARED}, per cent of {few}.",
        "",
    ]
    gained = {
        kind: rejections(kind, 30, few, shift=0.01, seed=seed + 1).rates for kind in ("clustered", *DAYS)
    }
    lines += _table("30 names", gained)
    return "\n".join(lines).rstrip()


def _table(title: str, found: dict[str, dict[str, float]], starred: bool = True) -> list[str]:
    """A Markdown table of rates, a column for each key of `found`; starred: mark what a test does not claim."""
    lines = [f"| {title} | {' | '.join(found)} |", "|---" * (len(found) + 1) + "|"]
    for name in (name for name in CLAIMS if name in next(iter(found.values()))):
        cells = [
            f"{100 * rates[name]:.1f}{'*' if starred and column not in CLAIMS[name] else ''}"
            for column, rates in found.items()
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return [*lines, ""]


def _p_values(
    kind: str, names: int, repeats: int, shift: float, with_placebo: bool, seed: int, skipped: int
) -> list[tuple[str, float]]:
    """p of each test, and of the verdict, in each of the repeats."""
    window = (0, LONG - 1 if kind in ("halts", "thin trading", "days that overlap") else 0)
    plan = Plan("market", window, (-LENGTH, -1), 20, "ols", "log")
    setting = _setting(kind, names, repeats, shift, plan, with_placebo, seed, skipped)
    pairs = measure(setting, plan)
    if with_placebo:
        others = other_dates(setting, pairs, plan, "all")
    else:
        none = setting.markets[0].panel.days[:0]
        total = names * repeats
        others = OtherDates(none, np.empty((0, total, len(plan.days))), np.empty((0, total)))
    found: list[tuple[str, float]] = []
    for repeat in range(repeats):
        mine = _one(pairs, slice(repeat * names, (repeat + 1) * names))
        part = OtherDates(
            others.dates, *(rows[:, repeat * names : (repeat + 1) * names] for rows in others[1:])
        )
        judged = judge(mine, part, PERMUTED, seed + skipped + repeat)
        p = {test.name: test.p for test in judged.tests if with_placebo or "placebo" not in test.name}
        found += [*p.items(), ("joint verdict", p[judged.decided])]
    return found


def _one(pairs: Pairs, names: slice) -> Pairs:
    """The pairs of one study among several that were measured side by side."""
    together: list[Together] = []
    for group in pairs.together:
        chosen = (group.names >= names.start) & (group.names < names.stop)
        if chosen.any():
            part = group.of(chosen)
            together.append(part._replace(names=part.names - names.start))
    by_name = {
        name: value[:, names] for name, value in pairs._asdict().items() if isinstance(value, np.ndarray)
    }
    return pairs._replace(**by_name, together=together)


def _setting(
    kind: str, names: int, repeats: int, shift: float, plan: Plan, with_placebo: bool, seed: int, skipped: int
) -> Setting:
    """Studies side by side: prices of repeats * names instruments and their markets, one event."""
    width, long = repeats * names, len(plan.days)
    first = LENGTH + (OTHERS if with_placebo else 0)
    spaced = {"own days": names, "days that overlap": APART}.get(kind, 1)
    days = first + spaced + long - 1

    def stream(what: int) -> int:
        return 2 + what + 16 * (skipped + 1)

    def normals(what: int, columns: int) -> np.ndarray:
        return draws.normals(seed, draws.PLACEBO, (days, columns), tick=stream(what))

    place = np.full(width, first)
    if kind == "own days":
        place += np.tile(np.arange(names), repeats)
    elif kind == "days that overlap":
        place += (draws.uniforms(seed, draws.PLACEBO, width, tick=stream(9)) * spaced).astype(int)
    market = np.repeat(MARKET * normals(0, repeats), names, axis=1)
    errors = normals(1, width)
    if kind == "fat-tailed":
        degrees = 3
        spread = np.sqrt(sum(normals(2 + part, width) ** 2 for part in range(degrees)) / degrees)
        errors = errors / spread / np.sqrt(degrees / (degrees - 2))
    elif kind == "clustered" or kind in DAYS:
        common = np.repeat(normals(2, repeats), names, axis=1)
        errors = np.sqrt(1 - SHARED) * errors + np.sqrt(SHARED) * common
    elif kind == "raised variance":
        errors[-1] *= 2
    elif kind != "normal":
        raise ValueError(f"kind is one of {(*KINDS, *DAYS)}, not {kind!r}")
    beta = np.tile(np.linspace(0.5, 1.5, names), repeats)
    returns = market * beta + SPREAD * errors
    returns[place, np.arange(width)] += shift
    missing = np.zeros((days, width), dtype=bool)
    if kind == "halts":
        missing[first : first + HALT] = True
    elif kind == "thin trading":
        missing = draws.uniforms(seed, draws.PLACEBO, (days, width), tick=stream(8)) < MISSING
    level, theirs = np.cumsum(returns, axis=0), np.cumsum(market, axis=0)
    price = np.where(missing, np.nan, np.exp(level))
    previous = previous_trade(price)
    there = np.isfinite(price) & (previous >= 0)
    back = np.maximum(previous, 0)
    span = np.where(there, np.arange(days)[:, None] - previous, np.nan)
    moved, along = (
        np.where(there, one - np.take_along_axis(one, back, 0), np.nan) for one in (level, theirs)
    )
    calendar = np.datetime64("2000-01-01", "D") + np.arange(days)
    labels = [str(name) for name in range(width)]
    panel = Panel("", calendar, labels, price, previous, span, moved, price, price, missing)
    met = np.ones((1, width), dtype=bool)
    rows = models.design(plan.model, span, along[..., None])
    whole = market_of(panel, rows, np.ones(price.shape, dtype=bool), place[None], met, plan.window, "mask")
    return Setting([whole], [0], labels, ["event"], ["constant", "market"], {}, {}, [])
