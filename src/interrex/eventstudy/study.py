"""The event study, top to bottom: prices, who meets what, abnormal returns, other dates, one Dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from interrex.errors import RunError
from interrex.eventstudy.dataset import dataset
from interrex.eventstudy.measure import Plan, measure, other_dates
from interrex.eventstudy.options import Options
from interrex.eventstudy.pairs import Pairs
from interrex.eventstudy.prices import prices_from
from interrex.eventstudy.setting import gather

if TYPE_CHECKING:
    import xarray as xr


def events(prices: object, *, event: object, columns: Mapping[str, str] | None = None, options: Options | None = None,
           **chosen: object) -> xr.Dataset:  # fmt: skip
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
        raise _nothing(pairs, plan)
    others = other_dates(setting, pairs, plan, options.placebo_days)
    return dataset(
        setting, pairs, others, plan, draws=options.placebo, seed=options.seed, level=options.level,
        benchmark=options.benchmark, constituents=options.constituents or None,
    )  # fmt: skip


def _nothing(pairs: Pairs, plan: Plan) -> RunError:
    """Why no name could be measured."""
    if not pairs.causes:
        return RunError(
            "no event meets a name that is studied",
            "name them in the column instrument of the events as in the prices",
        )
    causes = list(dict.fromkeys(pairs.causes.values()))
    cause = causes[0]
    more = f" (and {len(causes) - 1} more reasons)" if len(causes) > 1 else ""
    if all(one.kind == "few days" for one in causes):
        first, last = plan.estimation
        return RunError(
            f"no name has {plan.least} usable days in the estimation window {first} .. {last}: {cause.wrong}{more}", cause.remedy
        )  # fmt: skip
    return RunError(f"{cause.wrong}{more}", cause.remedy)
