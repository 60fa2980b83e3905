"""The event study, top to bottom: prices, who meets what, abnormal returns, other dates, one Dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from interrex.errors import RunError
from interrex.eventstudy.dataset import dataset
from interrex.eventstudy.measure import Plan, measure, other_dates
from interrex.eventstudy.options import Options
from interrex.eventstudy.prices import prices_from
from interrex.eventstudy.setting import Setting, gather

if TYPE_CHECKING:
    import xarray as xr


def events(prices: Any, *, event: Any, columns: Mapping[str, str] | None = None, options: Options | None = None,
           **chosen: Any) -> xr.Dataset:  # fmt: skip
    """Abnormal returns of names round events, with tests and a verdict from placebo dates.

    prices: CSV path or paths, pandas frame, xarray object or `Prices` (see `prices.prices_from`; `columns` maps
    their headers). event: a day, a time with zone, a list, a mapping label -> day, or a frame (see
    `happenings.happenings`). options, or the same by name: benchmark="EEM", window=(-1, 5) and the other fields of
    `options.Options`.

    Returns a Dataset with dimensions event, name, day (from day 0 = the event), test, coefficient; all returns are
    shares of 1. `study.attrs["verdict"]` is the verdict in plain words and `note` lists what the reader must know.
    Raises CaseError (data) and RunError (what was asked).
    """
    options = Options.of(**chosen) if options is None else replace(options, **chosen)
    plan = Plan(
        options.explained_by,
        options.window,
        options.estimation,
        options.least,
        options.errors,
        options.returns,
    )
    setting = gather(prices_from(prices, columns=columns), event, options)
    pairs = measure(setting, plan)
    if not np.isfinite(pairs.scar).any():
        raise _nothing(setting, plan)
    others = other_dates(setting, pairs, plan, options.placebo_days)
    return dataset(
        setting, pairs, others, plan, draws=options.placebo, seed=options.seed, level=options.level,
        benchmark=options.benchmark, constituents=options.constituents or None,
    )  # fmt: skip


def _nothing(setting: Setting, plan: Plan) -> RunError:
    """Why no name could be measured."""
    days, where = setting.markets[0].panel.days, int(setting.markets[0].where.max())
    if where < 0:
        return RunError(
            f"the event lies after the last day of the prices, {days[-1]}", "give prices round the event"
        )
    if where + plan.window[1] >= len(days):
        return RunError(
            f"the event window ends after the last day of the prices, {days[-1]}", "shorten --window"
        )
    if where + plan.window[0] < 0 or where + plan.estimation[1] < 1:
        return RunError(
            f"the prices begin on {days[0]}, too late for the estimation window",
            "give earlier prices or --estimation",
        )
    return RunError(
        f"no name has {plan.least} usable days in the estimation window {plan.estimation[0]} .. {plan.estimation[1]} and a "
        f"return in the event window (the prices begin {where} trading days before the event)",
        "give earlier prices, or move --estimation",
    )
