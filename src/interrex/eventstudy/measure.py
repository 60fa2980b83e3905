"""Abnormal returns of every name at its events, and at every other date on which it could have had one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.eventstudy import models, robust
from interrex.eventstudy.options import Kind
from interrex.eventstudy.pairs import Pairs
from interrex.eventstudy.returns import held, quote_bounds
from interrex.eventstudy.setting import Market, Setting

BLOCK = 3000
"""Columns (positions times names) that are fitted in one go; more would not fit into a processor's cache."""


class Plan(NamedTuple):
    """How to measure: model, windows in trading days from the event (first, last), fewest days of an estimation,
    what intervals rest on (ols, hac, garch), and kind of return."""

    model: str
    window: tuple[int, int]
    estimation: tuple[int, int]
    least: int
    errors: str
    kind: Kind

    @property
    def days(self) -> np.ndarray:
        """Days of the event window, int[W]."""
        return np.arange(self.window[0], self.window[1] + 1)

    @property
    def before(self) -> np.ndarray:
        """Days of the estimation window, int[L]."""
        return np.arange(self.estimation[0], self.estimation[1] + 1)


class Look(NamedTuple):
    """Fits and abnormal returns for P positions of a market, columns [position, name] laid out in one row."""

    fitted: models.Fit
    abnormal: models.Abnormal
    rows: np.ndarray
    span: np.ndarray


def look(market: Market, positions: np.ndarray, columns: np.ndarray, plan: Plan) -> Look:
    """Fit `columns` before each of the positions[P] and look round it.

    Days of an estimation window that lie before the data are left out; the event windows must lie inside them.
    """
    day = positions + plan.before[:, None]
    inside = day >= 0
    day = np.maximum(day, 0)
    around = positions + plan.days[:, None]

    def at(values: np.ndarray, when: np.ndarray) -> np.ndarray:
        chosen = values[when][:, :, columns]
        return chosen.reshape(len(when), -1, *chosen.shape[3:])

    panel = market.panel
    rows, span = at(market.rows, day), at(panel.span, day)
    usable = at(market.usable, day) & np.repeat(inside, len(columns), axis=1)
    fitted = models.fit(plan.model, at(panel.returns, day), rows, span, usable, plan.least)
    abnormal = models.forecast(
        fitted, at(panel.returns, around), at(market.rows, around), at(panel.span, around)
    )
    return Look(fitted, abnormal, rows, span)


def fits_in(market: Market, positions: np.ndarray, plan: Plan) -> np.ndarray:
    """Which positions leave room for the event window and for two or more days before it: bool[P]."""
    last = positions + plan.window[1] < len(market.panel.days)
    return last & (positions + plan.window[0] >= 0) & (positions + plan.estimation[1] >= 1)


def reach(positions: np.ndarray, plan: Plan) -> np.ndarray:
    """Days of the estimation window that lie inside the data: int[P]."""
    return positions + plan.estimation[1] + 1 - np.maximum(0, positions + plan.estimation[0])


def measure(setting: Setting, plan: Plan) -> Pairs:
    """Measure every name at every event that it meets."""
    count, total = len(setting.labels), len(setting.names)
    width, length = len(plan.days), len(plan.before)

    def empty(*shape: int) -> np.ndarray:
        return np.full((count, *shape), np.nan)

    def none() -> np.ndarray:
        return np.zeros((count, total), int)

    pairs = Pairs(
        ar=empty(total, width), sd=empty(total, width), expected=empty(total, width), car=empty(total, width),
        car_sd=empty(total, width), scar=empty(total), held=empty(total), quote_low=empty(total), quote_high=empty(total), covered=none(),
        halted=none(), stale=none(), day0=np.full((count, total), np.datetime64("NaT"), "datetime64[D]"),
        before=empty(length, total), before_sar=empty(length, total),
        coefficients=empty(total, len(setting.coefficients)), df=empty(total), used=empty(total), r2=empty(total),
        idle=empty(total), reach=none(), dates=[],
    )  # fmt: skip
    for event in range(count):
        dated: list[tuple[np.ndarray, np.ndarray]] = []
        for market, first in zip(setting.markets, setting.first, strict=True):
            where = market.where[event]
            for position in np.unique(where[where >= 0]):
                columns = np.flatnonzero(where == position)
                cell = (event, first + columns)
                pairs.day0[cell] = market.panel.days[position]
                if not fits_in(market, position, plan):
                    continue
                found = look(market, np.array([position]), columns, plan)
                _keep(pairs, cell, found, market, int(position), columns, plan)
                if plan.errors != "ols":
                    _respread(pairs, cell, market, int(position), columns, plan)
                inside = position + plan.before >= 0
                dated.append(
                    (market.panel.days[(position + plan.before)[inside]], found.fitted.residuals[inside])
                )
        pairs.dates.append(_on_common_days(dated))
    return pairs


def _keep(
    pairs: Pairs,
    cell: tuple[int, np.ndarray],
    found: Look,
    market: Market,
    position: int,
    columns: np.ndarray,
    plan: Plan,
) -> None:
    fitted, abnormal, panel = found.fitted, found.abnormal, market.panel
    for target, value in ((pairs.ar, abnormal.ar), (pairs.sd, abnormal.sd), (pairs.expected, abnormal.expected),
                          (pairs.car, abnormal.car), (pairs.car_sd, abnormal.car_sd)):  # fmt: skip
        target[cell] = value.T
    event, names = cell
    with np.errstate(invalid="ignore", divide="ignore"):
        pairs.scar[cell] = abnormal.car[-1] / abnormal.car_sd[-1]
        pairs.before_sar[event][:, names] = fitted.residuals / models.residual_sd(
            fitted, found.rows, found.span
        )
    pairs.before[event][:, names] = fitted.residuals
    pairs.covered[cell] = abnormal.covered.sum(0)
    pairs.coefficients[cell] = fitted.coefficients
    pairs.df[cell], pairs.used[cell], pairs.r2[cell] = fitted.df, fitted.days, fitted.r2
    pairs.reach[cell] = reach(np.array(position), plan)
    days = slice(position + plan.window[0], position + plan.window[1] + 1)
    pairs.held[cell] = held(panel, days, np.isfinite(abnormal.ar), columns)
    below, above = quote_bounds(panel, days, np.isfinite(abnormal.ar), columns, plan.kind)
    pairs.quote_low[cell], pairs.quote_high[cell] = abnormal.car[-1] + below, abnormal.car[-1] + above
    pairs.halted[cell] = panel.halted[days, columns].sum(0)
    pairs.stale[cell] = (~market.driven[days, columns]).sum(0)
    own = panel.returns[max(0, position + plan.estimation[0]) : position + plan.estimation[1] + 1, columns]
    pairs.idle[cell] = 1 - (np.isfinite(own) & (own != 0)).mean(0)


def _respread(
    pairs: Pairs, cell: tuple[int, np.ndarray], market: Market, position: int, columns: np.ndarray, plan: Plan
) -> None:
    """Put HAC or GARCH intervals (and GARCH coefficients) in place of those of OLS."""
    panel = market.panel
    event, names = cell
    for name, column in zip(names, columns, strict=True):
        if not np.isfinite(pairs.df[event, name]):
            continue
        days = np.s_[max(0, position + plan.estimation[0]) : position + plan.estimation[1] + 1, column]
        good = market.usable[days] & np.isfinite(market.rows[days]).all(-1)
        y, x, span = panel.returns[days][good], market.rows[days][good], panel.span[days][good]
        around = np.s_[position + plan.window[0] : position + plan.window[1] + 1, column]
        inside = np.isfinite(pairs.ar[event, name])
        begun = np.cumsum(inside) > 0
        ahead = np.where(inside[:, None], market.rows[around], 0.0)
        stretch = np.where(inside, panel.span[around], 0.0)
        if plan.errors == "hac":
            spread = robust.hac(y, x, span, ahead, stretch)
        else:
            spread = robust.garch(y, x, ahead, stretch, plan.window[0] - plan.estimation[1])
            expected = ahead @ spread.coefficients
            moved = np.where(inside, panel.returns[around] - expected, 0.0)
            pairs.ar[event, name] = np.where(inside, moved, np.nan)
            pairs.expected[event, name] = np.where(inside, expected, np.nan)
            pairs.car[event, name] = np.where(begun, np.cumsum(moved), np.nan)
            pairs.coefficients[event, name] = spread.coefficients
        pairs.sd[event, name] = np.where(inside, spread.ar_sd, np.nan)
        pairs.car_sd[event, name] = np.where(begun, spread.car_sd, np.nan)


def _on_common_days(dated: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    if not dated:
        return np.empty((0, 0))
    days = np.unique(np.concatenate([day for day, _ in dated]))
    out = np.full((len(days), sum(values.shape[1] for _, values in dated)), np.nan)
    at = 0
    for day, values in dated:
        out[np.searchsorted(days, day), at : at + values.shape[1]] = values
        at += values.shape[1]
    return out[:, np.isfinite(out).any(0)]


class OtherDates(NamedTuple):
    """The study at other dates: car[D, N, W] paths and scar[D, N], NaN where a name has no such date."""

    car: np.ndarray
    scar: np.ndarray


def other_dates(setting: Setting, pairs: Pairs, plan: Plan, which: str) -> OtherDates:
    """Measure every other date on which a name could have had its event: a window that touches none of its own,
    and as many estimation days in the data as its events had. which: all, or only dates before its first event."""
    dates = np.unique(np.concatenate([market.panel.days for market in setting.markets]))
    width, total = len(plan.days), len(setting.names)
    car, scar = np.full((len(dates), total, width), np.nan), np.full((len(dates), total), np.nan)
    never = np.iinfo(np.int32).max
    need = np.where(pairs.reach > 0, pairs.reach, never).min(0)
    for market, first in zip(setting.markets, setting.first, strict=True):
        columns = np.arange(len(market.panel.names))
        names = first + columns
        positions = np.arange(len(market.panel.days))
        positions = positions[fits_in(market, positions, plan)]
        met = np.where(market.where >= 0, market.where, never)
        allowed = reach(positions, plan)[:, None] >= need[names]
        for event in met:
            allowed &= np.abs(event - positions[:, None]) >= width
        if which == "before":
            allowed &= positions[:, None] < met.min(0)
        positions, allowed = positions[allowed.any(1)], allowed[allowed.any(1)]
        block = max(1, BLOCK // len(columns))
        for start in range(0, len(positions), block):
            some, fine = positions[start : start + block], allowed[start : start + block]
            abnormal = look(market, some, columns, plan).abnormal
            fine = fine & (abnormal.covered.any(0)).reshape(fine.shape)
            row = np.searchsorted(dates, market.panel.days[some])
            paths = abnormal.car.T.reshape(*fine.shape, width)
            with np.errstate(invalid="ignore", divide="ignore"):
                standard = (abnormal.car[-1] / abnormal.car_sd[-1]).reshape(fine.shape)
            car[row[:, None], names] = np.where(fine[..., None], paths, np.nan)
            scar[row[:, None], names] = np.where(fine, standard, np.nan)
    kept = np.isfinite(scar).any(1)
    return OtherDates(car[kept], scar[kept])
