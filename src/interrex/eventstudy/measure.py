"""Abnormal returns of every name at its events, and at every other date on which it could have had one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.eventstudy import models, robust, unmeasured
from interrex.eventstudy.dependence import Together, cover
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
    def day0(self) -> int | None:
        """Row of the event's own day in the window; None where it lies outside."""
        return -self.window[0] if self.window[0] <= 0 <= self.window[1] else None

    @property
    def before(self) -> np.ndarray:
        """Days of the estimation window, int[L]."""
        return np.arange(self.estimation[0], self.estimation[1] + 1)


class Look(NamedTuple):
    """Fits and abnormal returns for P positions of a market, columns [position, name] laid out in one row.

    usable, rows, span, returns: of the estimation window (L days); ahead_rows, ahead_span, ahead_returns: of the event
    window (W days). end: int[W, P N], positions of the days on which these end. late: int[P N], trading days after the
    window on which the last of them does: where a name has no price from the event to the end of the window, the
    return that covers the event ends on the first day on which it could trade again.
    """

    fitted: models.Fit
    abnormal: models.Abnormal
    usable: np.ndarray
    rows: np.ndarray
    span: np.ndarray
    returns: np.ndarray
    ahead_rows: np.ndarray
    ahead_span: np.ndarray
    ahead_returns: np.ndarray
    end: np.ndarray
    late: np.ndarray

    @property
    def sar_before(self) -> np.ndarray:
        """Residuals over their standard deviations, float[L, P N]."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.fitted.residuals / models.residual_sd(self.fitted, self.rows, self.span)

    @property
    def scar(self) -> np.ndarray:
        """CAR over the standard deviation of its forecast, float[P N]."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.abnormal.car[-1] / self.abnormal.car_sd[-1]


def look(
    market: Market, positions: np.ndarray, columns: np.ndarray, plan: Plan, *, clean: bool = False
) -> Look:
    """Fit `columns` before each of the positions[P] and look round it.

    Days of an estimation window that lie before the data are left out; the event windows must lie inside them. clean:
    leave out returns that touch the window of an event of the name.
    """
    day = positions + plan.before[:, None]
    inside = day >= 0
    day = np.maximum(day, 0)

    def before(values: np.ndarray) -> np.ndarray:
        chosen = values[day][:, :, columns]
        return chosen.reshape(len(day), -1, *chosen.shape[3:])

    panel = market.panel
    rows, span, returns = before(market.rows), before(panel.span), before(panel.returns)
    usable = before(market.usable) & np.repeat(inside, len(columns), axis=1)
    fitted = models.fit(plan.model, returns, rows, span, usable, plan.least)
    column = np.tile(columns, len(positions))
    at = np.repeat(positions, len(columns))
    end = at + plan.days[:, None]
    late = np.zeros(len(at), int)
    if plan.day0 is not None:
        after = market.trades[at, column]
        late = np.where(after < len(panel.days), np.maximum(after - end[-1], 0), 0)
        end[-1] += late
    ahead = panel.returns[end, column]
    if clean:
        ahead = np.where(market.touched[end, column], np.nan, ahead)
    ahead_rows, ahead_span = market.rows[end, column], panel.span[end, column]
    abnormal = models.forecast(fitted, ahead, ahead_rows, ahead_span, plan.day0, late)
    return Look(fitted, abnormal, usable, rows, span, returns, ahead_rows, ahead_span, ahead, end, late)


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
    width = len(plan.days)

    def empty(*shape: int) -> np.ndarray:
        return np.full((count, *shape), np.nan)

    def none() -> np.ndarray:
        return np.zeros((count, total), int)

    def never() -> np.ndarray:
        return np.full((count, total), np.datetime64("NaT"), "datetime64[D]")

    pairs = Pairs(
        ar=empty(total, width), sd=empty(total, width), expected=empty(total, width), car=empty(total, width),
        car_sd=empty(total, width), scar=empty(total), held=empty(total), quote_low=empty(total), quote_high=empty(total), covered=none(),
        halted=none(), stale=none(), early=none(), late=none(),
        day0=never(), since=never(), until=never(),
        span=empty(total, width),
        coefficients=empty(total, len(setting.coefficients)), df=empty(total), used=empty(total), r2=empty(total),
        idle=empty(total), reach=none(), causes={}, together=[],
    )  # fmt: skip
    for market, first in zip(setting.markets, setting.first, strict=True):
        for position in np.unique(market.where):
            columns = np.flatnonzero((market.where == position).any(0))
            events, chosen = np.nonzero(market.where[:, columns] == position)
            cell = events, first + columns[chosen]
            beyond = unmeasured.beyond(market.panel.days, int(position), plan.window, plan.estimation)
            if position >= 0:
                pairs.day0[cell] = market.panel.days[position]
            if beyond is not None:
                met = market.met[events, columns[chosen]]
                pairs.causes.update(
                    {pair: beyond for pair in zip(*(part[met].tolist() for part in cell), strict=True)}
                )
                continue
            found = look(market, np.array([position]), columns, plan)
            pairs.scar[cell] = found.scar[chosen]
            if np.isfinite(found.scar).any():
                pairs.together.append(_together(found, market, int(position), first, columns, plan))
            for at in np.flatnonzero(np.isnan(found.scar)).tolist():
                cause = _cause(found, market, int(position), at, columns[at], setting, plan)
                pairs.causes.update(
                    {(event, first + columns[at]): cause for event in events[chosen == at].tolist()}
                )
            if plan.errors != "ols":
                found = _respread(found, plan)
            _keep(pairs, cell, chosen, found, market, int(position), columns, plan)
    return pairs


def _keep(
    pairs: Pairs,
    cell: tuple[np.ndarray, np.ndarray],
    chosen: np.ndarray,
    found: Look,
    market: Market,
    position: int,
    columns: np.ndarray,
    plan: Plan,
) -> None:
    fitted, abnormal, panel = found.fitted, found.abnormal, market.panel
    inside = np.isfinite(abnormal.ar)
    below, above = quote_bounds(panel, found.end, inside, columns, plan.kind)
    days = slice(position + plan.window[0], position + plan.window[1] + 1)
    own = panel.returns[max(0, position + plan.estimation[0]) : position + plan.estimation[1] + 1, columns]
    span = np.where(inside, found.ahead_span, np.nan)
    reached = cover(span, found.late)
    for target, value in (
        (pairs.ar, abnormal.ar.T), (pairs.sd, abnormal.sd.T), (pairs.expected, abnormal.expected.T),
        (pairs.car, abnormal.car.T), (pairs.car_sd, abnormal.car_sd.T), (pairs.span, span.T),
        (pairs.covered, abnormal.covered.sum(0)), (pairs.coefficients, fitted.coefficients), (pairs.df, fitted.df),
        (pairs.used, fitted.days), (pairs.r2, fitted.r2), (pairs.held, held(panel, found.end, inside, columns)),
        (pairs.quote_low, abnormal.car[-1] + below), (pairs.quote_high, abnormal.car[-1] + above),
        (pairs.halted, panel.halted[days, columns].sum(0)), (pairs.stale, (~market.driven[days, columns]).sum(0)),
        (pairs.idle, 1 - (np.isfinite(own) & (own != 0)).mean(0)),
        (pairs.early, reached.days[: reached.early].sum(0)), (pairs.late, np.where(inside[-1], found.late, 0)),
    ):  # fmt: skip
        target[cell] = value[chosen]
    pairs.reach[cell] = reach(np.array(position), plan)
    if plan.day0 is not None:
        measured = np.isfinite(found.abnormal.car[-1])[chosen]
        column, some = columns[chosen[measured]], (cell[0][measured], cell[1][measured])
        trade = market.trades[position, column]
        pairs.until[some], pairs.since[some] = panel.days[trade], panel.days[panel.previous[trade, column]]


def _together(
    found: Look, market: Market, position: int, first: int, columns: np.ndarray, plan: Plan
) -> Together:
    """The names of a position that could be measured, with the days on which their returns lie."""
    measured = np.isfinite(found.scar)
    inside = position + plan.before >= 0
    residuals = found.fitted.residuals
    span = np.where(np.isfinite(found.abnormal.ar), found.ahead_span, np.nan)[:, measured]
    reached = cover(span, found.late[measured])
    days = market.panel.days
    window = slice(position + plan.window[0] - reached.early, position + plan.window[1] + reached.late + 1)
    return Together(
        names=first + columns[measured], events=(market.where == position).argmax(0)[columns[measured]], day0=days[position],
        days=days[(position + plan.before)[inside]], residuals=residuals[inside][:, measured],
        sar=found.sar_before[inside][:, measured],
        span=np.where(np.isfinite(residuals), found.span, np.nan)[inside][:, measured], window=days[window], covered=reached.days,
    )  # fmt: skip


def _cause(
    found: Look, market: Market, position: int, at: int, column: int, setting: Setting, plan: Plan
) -> unmeasured.Cause:
    """Why the name of the column could not be measured."""
    name = market.panel.names[column]
    if np.isfinite(found.fitted.df[at]):
        after = int(market.trades[position, column])
        price = str(market.panel.days[after]) if after < len(market.panel.days) else ""
        return unmeasured.no_window(name, found.abnormal.covered[:, at], plan.day0, price)
    good = found.usable[:, at] & np.isfinite(found.rows[:, at]).all(-1)
    return unmeasured.no_fit(
        name, found.returns[good, at], found.rows[good, at], setting.coefficients[1:], plan.least, plan.estimation, position
    )  # fmt: skip


def _respread(found: Look, plan: Plan) -> Look:
    """HAC or GARCH intervals (and GARCH coefficients) in place of those of OLS."""
    fitted, abnormal = found.fitted, found.abnormal
    parts = abnormal.ar, abnormal.sd, abnormal.expected, abnormal.car, abnormal.car_sd, fitted.coefficients
    ar, sd, expected, car, car_sd, coefficients = (part.copy() for part in parts)
    for at in np.flatnonzero(np.isfinite(found.scar)):
        good = found.usable[:, at] & np.isfinite(found.rows[:, at]).all(-1)
        y, x, span = found.returns[good, at], found.rows[good, at], found.span[good, at]
        inside = np.isfinite(ar[:, at])
        begun = np.cumsum(inside) > 0
        ahead = np.where(inside[:, None], found.ahead_rows[:, at], 0.0)
        stretch = np.where(inside, found.ahead_span[:, at], 0.0)
        if plan.errors == "hac":
            spread = robust.hac(y, x, span, ahead, stretch)
        else:
            spread = robust.garch(y, x, ahead, stretch, plan.window[0] - plan.estimation[1])
            usual = ahead @ spread.coefficients
            moved = np.where(inside, found.ahead_returns[:, at] - usual, 0.0)
            ar[:, at] = np.where(inside, moved, np.nan)
            expected[:, at] = np.where(inside, usual, np.nan)
            car[:, at] = np.where(begun, np.cumsum(moved), np.nan)
            coefficients[at] = spread.coefficients
        sd[:, at] = np.where(inside, spread.ar_sd, np.nan)
        car_sd[:, at] = np.where(begun, spread.car_sd, np.nan)
    return found._replace(
        fitted=fitted._replace(coefficients=coefficients),
        abnormal=abnormal._replace(ar=ar, sd=sd, expected=expected, car=car, car_sd=car_sd),
    )


class OtherDates(NamedTuple):
    """The study at other dates: dates, datetime64[D], every trading day; car[D, N, W] paths and scar[D, N], NaN where a
    name could not have had its event."""

    dates: np.ndarray
    car: np.ndarray
    scar: np.ndarray


def other_dates(setting: Setting, pairs: Pairs, plan: Plan, which: str) -> OtherDates:
    """Measure every other date on which a name could have had its event: a window that touches none of its own, nor a
    return that does, and as many estimation days in the data as its events had. which: all, or only dates before its
    first event."""
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
            found = look(market, some, columns, plan, clean=True)
            row = np.searchsorted(dates, market.panel.days[some])
            paths = found.abnormal.car.T.reshape(*fine.shape, width)
            car[row[:, None], names] = np.where(fine[..., None], paths, np.nan)
            scar[row[:, None], names] = np.where(fine, found.scar.reshape(fine.shape), np.nan)
    return OtherDates(dates, car, scar)
