"""The event study, top to bottom: prices, who meets what, abnormal returns, other dates, one Dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from interrex.errors import RunError
from interrex.eventstudy import models
from interrex.eventstudy.calendar import check_windows
from interrex.eventstudy.dataset import dataset
from interrex.eventstudy.measure import Plan, measure, other_dates
from interrex.eventstudy.prices import prices_from
from interrex.eventstudy.returns import Kind
from interrex.eventstudy.setting import Layout, Setting, gather

if TYPE_CHECKING:
    import xarray as xr


def events(
    prices: Any, *, event: Any, name: str | Sequence[str] | None = None, benchmark: str | None = None,
    factors: Sequence[str] = (), model: str | None = None, window: tuple[int, int] = (-1, 5),
    estimation: tuple[int, int] = (-130, -11), returns: Kind = "simple",
    errors: Literal["ols", "hac", "garch"] = "ols", align: Literal["date", "close"] = "date",
    currency: str | None = None, rates: Mapping[str, str] | None = None, closes: Mapping[str, float] | None = None,
    constituents: Sequence[str] | None = None, overlap: Literal["mask", "keep", "error"] = "mask",
    placebo: int = 10_000, placebo_days: Literal["all", "before"] = "all", seed: int = 1, level: float = 0.95,
    least: int = 20, max_gap: int = 10, columns: Mapping[str, str] | None = None,
) -> xr.Dataset:  # fmt: skip
    """Abnormal returns of names round events, with tests and a verdict from placebo dates.

    prices: CSV path or paths, pandas frame, xarray object or `Prices` (see `prices.prices_from`; `columns` maps
    their headers). event: a day, a time with zone, a list, a mapping label -> day, or a frame (see
    `setting.happenings`). name: instruments to study, all but benchmark and factors unless given. benchmark,
    factors: instruments that explain returns. model: one of `models.MODELS`; unless given, market model with a
    benchmark, multi-factor with factors, constant mean without.
    window, estimation: first and last day from the event, in trading days of each venue. returns: simple or log.
    errors: what the intervals rest on. align: see `returns.follow`; closes: hours UTC at which venues close.
    currency, rates: see `currency.convert`. constituents: names in the benchmark index, for the notes.
    overlap: what becomes of other events in an estimation window: left out, left in, or an error.
    placebo: number of draws; placebo_days: all other days, or those before the first event only.
    level: of the intervals. least: fewest days that an estimation needs. max_gap: most trading days without a price
    that are no error.

    Returns a Dataset with dimensions event, name, day (from day 0 = the event), test, coefficient; all returns are
    shares of 1. `study.attrs["verdict"]` is the verdict in plain words and `note` lists what the reader must know.
    Raises CaseError (data) and RunError (what was asked).
    """
    check_windows(window, estimation)
    if model is None:
        model = "mean" if benchmark is None and not factors else "factors" if factors else "market"
    plan = Plan(model, window, estimation, least, errors, returns)
    _check(plan, benchmark, factors, overlap, align, placebo, level, placebo_days)
    read = prices_from(prices, columns=columns)
    hours = {**read.closes, **(closes or {})}
    layout = Layout(model, window, estimation, returns, align, hours, overlap, max_gap)
    setting = gather(
        read, event=event, name=[name] if isinstance(name, str) else name, benchmark=benchmark, factors=factors,
        currency=currency, rates=rates or {}, layout=layout,
    )  # fmt: skip
    pairs = measure(setting, plan)
    if not np.isfinite(pairs.scar).any():
        raise _nothing(setting, plan)
    others = other_dates(setting, pairs, plan, placebo_days)
    return dataset(
        setting, pairs, others, plan, draws=placebo, seed=seed, level=level, benchmark=benchmark, constituents=constituents
    )  # fmt: skip


def _check(
    plan: Plan,
    benchmark: str | None,
    factors: Sequence[str],
    overlap: str,
    align: str,
    placebo: int,
    level: float,
    which: str,
) -> None:
    model = plan.model
    for what, value, allowed in (
        ("model", model, tuple(models.MODELS)), ("errors", plan.errors, ("ols", "hac", "garch")),
        ("overlap", overlap, ("mask", "keep", "error")), ("align", align, ("date", "close")),
        ("returns", plan.kind, ("simple", "log")), ("placebo days", which, ("all", "before")),
    ):  # fmt: skip
        if value not in allowed:
            raise RunError(f"{what} {value!r} is unknown", f"use one of {', '.join(allowed)}")
    if model == "mean" and (benchmark or factors):
        raise RunError("the constant mean model has no benchmark", "leave it out, or choose --model market")
    if model != "mean" and benchmark is None and not (model == "factors" and factors):
        raise RunError(f"the model {model} needs a benchmark", "give --benchmark, or --model mean")
    if model in ("adjusted", "market", "scholes-williams") and factors:
        raise RunError(
            f"the model {model} has one benchmark and no factors", "choose --model factors or dimson"
        )
    if plan.errors != "ols" and model in ("adjusted", "scholes-williams"):
        raise RunError(
            f"--errors {plan.errors} has no meaning for the model {model}",
            "choose another model, or --errors ols",
        )
    if placebo < 1:
        raise RunError(f"--placebo {placebo} is too few draws", "give 1 or more")
    if not 0 < level < 1:
        raise RunError(f"a level of {level} is no share", "give 0.95, say")


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
