"""Size and power of every test, on simulated prices: what the tables in the documentation are made of.

A study of one day, many times over: the names share the event day, returns follow a market model with one beta each,
and the errors are of one of the kinds below. The tests see them through the same fits as real prices.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from interrex.engine import draws
from interrex.eventstudy import models, significance
from interrex.eventstudy.placebo import permutation, placebo_dates

LENGTH = 100
OTHERS = 99
"""Days of an estimation window, and placebo dates: with 99, p is a whole number of hundredths."""

PERMUTED = 399
"""Draws of permuted days in each study."""

SPREAD, MARKET = 0.02, 0.01
"""Standard deviations of a day's error and of the market's return."""

SHARED = 0.2
"""Correlation of the errors of two names where they are clustered."""

KINDS = ("normal", "fat-tailed", "clustered", "raised variance")
CLAIMS = {
    "cross-sectional t": ("normal", "fat-tailed", "raised variance"),
    "Patell": ("normal",),
    "BMP": ("normal", "fat-tailed", "raised variance"),
    "Kolari-Pynnonen": KINDS,
    "Corrado rank": ("normal", "fat-tailed", "clustered"),
    "generalised rank": KINDS,
    "sign": ("normal", "fat-tailed", "raised variance"),
    "generalised sign": ("normal", "fat-tailed", "raised variance"),
    "crude dependence": ("normal", "fat-tailed", "clustered"),
    "placebo dates": ("normal", "fat-tailed", "clustered"),
    "placebo dates, either sign": ("normal", "fat-tailed", "clustered"),
    "permutation": ("normal", "fat-tailed", "clustered"),
}
"""Under which errors a test of thirty names keeps its size of 5 %; checked to 1.5 points (with one and three names for
the placebo dates)."""


class Rates(NamedTuple):
    """Shares of the repeats in which each test rejects at 5 %, and how many repeats there were."""

    rates: dict[str, float]
    repeats: int


def rejections(
    kind: str, names: int, repeats: int, *, shift: float = 0.0, seed: int = 1, with_placebo: bool = True
) -> Rates:
    """How often each test rejects at 5 % when every name gains `shift` (a share of 1) on the event day.

    kind: errors, one of KINDS (fat-tailed: Student's t with 3 degrees of freedom; clustered: correlation SHARED;
    raised variance: twice the standard deviation on the event day). names: in each study.
    """
    days = LENGTH + (OTHERS if with_placebo else 0) + 1
    rejected: dict[str, int] = {}
    batch = max(1, min(repeats, 1_500 // names))
    done = 0
    while done < repeats:
        now = min(batch, repeats - done)
        returns, market = _returns(kind, names, now, days, shift, seed, done)
        for name, p in _p_values(returns, market, names, with_placebo, seed + done):
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
    lines = [f"Size: rejections at 5 % where nothing happened, per cent of {repeats} studies of one day, all names on the "
             "same day.", f"Standard error {100 * np.sqrt(0.05 * 0.95 / repeats):.1f} points. A star marks errors that the test does not claim to bear, with thirty names or more.", ""]  # fmt: skip
    for names in (30, 5):
        found = {
            kind: rejections(kind, names, repeats, seed=seed, with_placebo=names <= 5).rates for kind in KINDS
        }
        lines += [f"| {names} names | {' | '.join(KINDS)} |", "|---" * (len(KINDS) + 1) + "|"]
        for name in found["normal"]:
            cells = [f"{100 * found[kind][name]:.1f}{'' if kind in CLAIMS[name] else '*'}" for kind in KINDS]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        lines.append("")
    shifts = (0.0, 0.005, 0.01, 0.02)
    lines += [
        f"Power: rejections at 5 % for a gain on day 0, normal errors of {SPREAD:.0%} a day, per cent of {repeats}.",
        "",
    ]
    for names in (50, 5):
        gained = {
            shift: rejections(
                "normal", names, repeats, shift=shift, seed=seed + 1, with_placebo=names <= 5
            ).rates
            for shift in shifts
        }
        lines += [
            f"| {names} names | {' | '.join(f'{shift:.1%}' for shift in shifts)} |",
            "|---" * (len(shifts) + 1) + "|",
        ]
        for name in gained[0.0]:
            lines.append(f"| {name} | {' | '.join(f'{100 * gained[shift][name]:.1f}' for shift in shifts)} |")
        exact = " | ".join(f"{100 * closed_form_power(names, shift):.1f}" for shift in shifts)
        lines += [f"| z test that knows the spread (closed form) | {exact} |", ""]
    return "\n".join(lines).rstrip()


def _returns(
    kind: str, names: int, repeats: int, days: int, shift: float, seed: int, skipped: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns float[days, repeats * names] and the market's, float[days, repeats], the event on the last day."""
    width = repeats * names

    def normals(what: int, columns: int) -> np.ndarray:
        return draws.normals(seed, draws.PLACEBO, (days, columns), tick=2 + what + 16 * (skipped + 1))

    market = MARKET * normals(0, repeats)
    errors = normals(1, width)
    if kind == "fat-tailed":
        degrees = 3
        spread = np.sqrt(sum(normals(2 + part, width) ** 2 for part in range(degrees)) / degrees)
        errors = errors / spread / np.sqrt(degrees / (degrees - 2))
    elif kind == "clustered":
        errors = np.sqrt(1 - SHARED) * errors + np.sqrt(SHARED) * np.repeat(
            normals(2, repeats), names, axis=1
        )
    elif kind == "raised variance":
        errors[-1] *= 2
    elif kind != "normal":
        raise ValueError(f"kind is one of {KINDS}, not {kind!r}")
    beta = np.tile(np.linspace(0.5, 1.5, names), repeats)
    returns = np.repeat(market, names, axis=1) * beta + SPREAD * errors
    returns[-1] += shift
    return returns, market


def _p_values(
    returns: np.ndarray, market: np.ndarray, names: int, with_placebo: bool, seed: int
) -> list[tuple[str, float]]:
    days, width = returns.shape
    span = np.ones(returns.shape)
    rows = models.design("market", span, np.repeat(market, names, axis=1)[..., None])
    usable = np.ones(returns.shape, dtype=bool)

    def around(day: int) -> tuple[models.Fit, models.Abnormal]:
        before, event = slice(day - LENGTH, day), slice(day, day + 1)
        fitted = models.fit("market", returns[before], rows[before], span[before], usable[before])
        return fitted, models.forecast(fitted, returns[event], rows[event], span[event])

    fitted, abnormal = around(days - 1)
    before = slice(days - 1 - LENGTH, days - 1)
    scale = models.residual_sd(fitted, rows[before], span[before])
    scar = abnormal.ar[0] / abnormal.sd[0]
    others = []
    if with_placebo:
        for day in range(days - 1 - OTHERS, days - 1):
            other = around(day)[1]
            others.append((other.ar[0] / other.sd[0]).reshape(-1, names))
    found = []
    for repeat in range(width // names):
        mine = slice(repeat * names, (repeat + 1) * names)
        residuals = fitted.residuals[:, mine]
        sample = significance.Sample(
            car=abnormal.car[-1, mine], scar=scar[mine], df=fitted.df[mine], before=residuals,
            before_sar=residuals / scale[:, mine], after=abnormal.ar[:, mine], after_sar=scar[None, mine],
            correlation=significance.mean_correlation([residuals]),
        )  # fmt: skip
        found += [(test.name, test.p) for test in (one(sample) for one in significance.TESTS)]
        days = np.concatenate([sample.before_sar, sample.after_sar]).sum(1)
        found.append(("permutation", permutation([days], [1], PERMUTED, seed + repeat).p))
        if with_placebo:
            compared, one = np.array([other[repeat] for other in others]), [np.full(OTHERS, 1.0)]
            mine_scar = scar[mine]
            found.append(("placebo dates", placebo_dates(mine_scar.mean(), [compared.mean(1)], one, 1, 0).p))
            size = placebo_dates(np.abs(mine_scar).mean(), [np.abs(compared).mean(1)], one, 1, 0)
            found.append(("placebo dates, either sign", size.p))
    return found
