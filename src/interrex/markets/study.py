"""The event study, top to bottom: prices, settings, fits, abnormal returns, tests, placebo dates, one Dataset."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import xarray as xr
from scipy import stats

from interrex.errors import RunError
from interrex.markets import models, robust, significance
from interrex.markets.calendar import check_windows
from interrex.markets.placebo import FEWEST, Placebo, each_name, permutation, placebo_dates
from interrex.markets.prices import prices_from
from interrex.markets.returns import Kind, quote_bounds
from interrex.markets.setting import THIN, Market, Note, Setting, gather
from interrex.markets.verdict import verdicts

ESTIMATION = (-130, -11)
WINDOW = (-1, 5)


def events(
    prices: Any, *, event: Any, name: str | Sequence[str] | None = None, benchmark: str | None = None,
    factors: Sequence[str] = (), model: str | None = None, window: tuple[int, int] = WINDOW,
    estimation: tuple[int, int] = ESTIMATION, returns: Kind = "simple",
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
    _check(model, benchmark, factors, errors, overlap, align, returns, placebo, level, placebo_days)
    setting = gather(
        prices_from(prices, columns=columns), event=event, name=[name] if isinstance(name, str) else name,
        benchmark=benchmark, factors=factors, model=model, window=window, estimation=estimation, kind=returns,
        align=align, currency=currency, rates=rates or {}, closes=closes or {}, overlap=overlap, max_gap=max_gap,
    )  # fmt: skip
    pairs = _measure(setting, model, window, estimation, least, errors, returns)
    others = _other_dates(setting, pairs, model, window, estimation, least, placebo_days)
    return _dataset(
        setting, pairs, others, window=window, estimation=estimation, model=model, errors=errors, placebo=placebo, seed=seed,
        level=level, benchmark=benchmark, constituents=constituents, returns=returns, least=least,
    )  # fmt: skip


class Pairs(NamedTuple):
    """What was measured, for E events and N names; NaN where a name does not meet an event or cannot be fitted.

    ar, sd, expected, car, car_sd: float[E, N, W] (see `models.Abnormal`). scar: float[E, N], with the OLS spread.
    quote_low, quote_high: float[E, N], bounds of the CAR that interval-valued prices leave. covered: int[E, N], days
    of the window that returns cover. halted, stale: int[E, N], days of it that were halted,
    and on which a benchmark or factor had no price of its own. day0: datetime64[E, N]. before, before_sar: float[E, L, N].
    coefficients: float[E, N, K]. df, used, r2, zero: float[E, N]; reach: int[E, N], days of data in the estimation
    window. dates: for each event, residuals on common calendar days, float[days, names].
    """

    ar: np.ndarray
    sd: np.ndarray
    expected: np.ndarray
    car: np.ndarray
    car_sd: np.ndarray
    scar: np.ndarray
    quote_low: np.ndarray
    quote_high: np.ndarray
    covered: np.ndarray
    halted: np.ndarray
    stale: np.ndarray
    day0: np.ndarray
    before: np.ndarray
    before_sar: np.ndarray
    coefficients: np.ndarray
    df: np.ndarray
    used: np.ndarray
    r2: np.ndarray
    zero: np.ndarray
    reach: np.ndarray
    dates: list[np.ndarray]


def _check(model: str, benchmark: str | None, factors: Sequence[str], errors: str, overlap: str, align: str,
           returns: str, placebo: int, level: float, placebo_days: str) -> None:  # fmt: skip
    for what, value, allowed in (
        ("model", model, tuple(models.MODELS)), ("errors", errors, ("ols", "hac", "garch")),
        ("overlap", overlap, ("mask", "keep", "error")), ("align", align, ("date", "close")),
        ("returns", returns, ("simple", "log")), ("placebo days", placebo_days, ("all", "before")),
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
    if errors != "ols" and model in ("adjusted", "scholes-williams"):
        raise RunError(
            f"--errors {errors} has no meaning for the model {model}", "choose another model, or --errors ols"
        )
    if placebo < 1:
        raise RunError(f"--placebo {placebo} is too few draws", "give 1 or more")
    if not 0 < level < 1:
        raise RunError(f"a level of {level} is no share", "give 0.95, say")


def _at(market: Market, position: int, model: str, window: tuple[int, int], estimation: tuple[int, int], least: int,
        columns: np.ndarray | slice = slice(None)) -> tuple[models.Fit, models.Abnormal, slice] | None:  # fmt: skip
    """Fit before `position`, look round it, and say which days were fitted; None where a window leaves the data."""
    start, stop = max(0, position + estimation[0]), position + estimation[1] + 1
    left, right = position + window[0], position + window[1] + 1
    if stop - start < 2 or left < 0 or right > len(market.panel.days):
        return None
    panel = market.panel
    before, around = np.s_[start:stop, columns], np.s_[left:right, columns]
    fitted = models.fit(
        model, panel.returns[before], market.rows[before], panel.span[before], market.usable[before], least
    )
    abnormal = models.forecast(fitted, panel.returns[around], market.rows[around], panel.span[around])
    return fitted, abnormal, slice(start, stop)


def _measure(setting: Setting, model: str, window: tuple[int, int], estimation: tuple[int, int], least: int,
             errors: str, kind: Kind) -> Pairs:  # fmt: skip
    count, width = len(setting.labels), window[1] - window[0] + 1
    length, total, parameters = (
        estimation[1] - estimation[0] + 1,
        len(setting.names),
        len(setting.coefficients),
    )

    def empty(*shape: int) -> np.ndarray:
        return np.full((count, *shape), np.nan)

    pairs = Pairs(
        ar=empty(total, width), sd=empty(total, width), expected=empty(total, width), car=empty(total, width),
        car_sd=empty(total, width), scar=empty(total), quote_low=empty(total), quote_high=empty(total),
        covered=np.zeros((count, total), int), halted=np.zeros((count, total), int), stale=np.zeros((count, total), int),
        day0=np.full((count, total), np.datetime64("NaT"), "datetime64[D]"), before=empty(length, total),
        before_sar=empty(length, total), coefficients=empty(total, parameters), df=empty(total), used=empty(total),
        r2=empty(total), zero=empty(total), reach=np.zeros((count, total), int), dates=[],
    )  # fmt: skip
    for event in range(count):
        dated: list[tuple[np.ndarray, np.ndarray]] = []
        at = 0
        for market in setting.markets:
            panel = market.panel
            names = np.arange(at, at + len(panel.names))
            at += len(panel.names)
            for position in np.unique(market.where[event][market.where[event] >= 0]):
                columns = np.flatnonzero(market.where[event] == position)
                pairs.day0[event, names[columns]] = panel.days[position]
                found = _at(market, int(position), model, window, estimation, least, columns)
                if found is None:
                    continue
                fitted, abnormal, before = found
                _keep(
                    pairs,
                    event,
                    names[columns],
                    fitted,
                    abnormal,
                    before,
                    market,
                    int(position),
                    columns,
                    window,
                    kind,
                )
                if errors != "ols":
                    _respread(
                        pairs,
                        event,
                        names[columns],
                        market,
                        int(position),
                        columns,
                        window,
                        estimation,
                        errors,
                    )
                dated.append((panel.days[before], fitted.residuals))
        pairs.dates.append(_on_common_days(dated))
    return pairs


def _keep(pairs: Pairs, event: int, names: np.ndarray, fitted: models.Fit, abnormal: models.Abnormal, before: slice,
          market: Market, position: int, columns: np.ndarray, window: tuple[int, int], kind: Kind) -> None:  # fmt: skip
    """Write what was found for `columns` of a market into the arrays of all pairs."""
    panel, reach = market.panel, before.stop - before.start
    for target, value in ((pairs.ar, abnormal.ar), (pairs.sd, abnormal.sd), (pairs.expected, abnormal.expected),
                          (pairs.car, abnormal.car), (pairs.car_sd, abnormal.car_sd)):  # fmt: skip
        target[event, names] = value.T
    with np.errstate(invalid="ignore", divide="ignore"):
        pairs.scar[event, names] = abnormal.car[-1] / abnormal.car_sd[-1]
        standard = fitted.residuals / models.residual_sd(
            fitted, market.rows[before, columns], panel.span[before, columns]
        )
    pairs.covered[event, names] = abnormal.covered.sum(0)
    pairs.before[event, -reach:, names] = fitted.residuals.T
    pairs.before_sar[event, -reach:, names] = standard.T
    pairs.coefficients[event, names] = fitted.coefficients
    pairs.df[event, names], pairs.used[event, names] = fitted.df, fitted.days
    pairs.r2[event, names] = fitted.r2
    pairs.reach[event, names] = reach
    days = slice(position + window[0], position + window[1] + 1)
    below, above = quote_bounds(panel, days, np.isfinite(abnormal.ar), columns, kind)
    pairs.quote_low[event, names] = abnormal.car[-1] + below
    pairs.quote_high[event, names] = abnormal.car[-1] + above
    pairs.halted[event, names] = panel.halted[days, columns].sum(0)
    pairs.stale[event, names] = (~market.driven[days, columns]).sum(0)
    own = panel.returns[before, columns]
    pairs.zero[event, names] = 1 - (np.isfinite(own) & (own != 0)).mean(0)


def _respread(pairs: Pairs, event: int, names: np.ndarray, market: Market, position: int, columns: np.ndarray,
              window: tuple[int, int], estimation: tuple[int, int], errors: str) -> None:  # fmt: skip
    """Put HAC or GARCH intervals (and GARCH coefficients) in place of those of OLS."""
    panel = market.panel
    for name, column in zip(names, columns, strict=True):
        if not np.isfinite(pairs.df[event, name]):
            continue
        start = max(0, position + estimation[0])
        days = np.s_[start : position + estimation[1] + 1]
        good = market.usable[days, column] & np.isfinite(market.rows[days, column]).all(-1)
        y, x = panel.returns[days, column][good], market.rows[days, column][good]
        span = panel.span[days, column][good]
        around = np.s_[position + window[0] : position + window[1] + 1]
        inside = np.isfinite(pairs.ar[event, name])
        ahead = np.where(inside[:, None], market.rows[around, column], 0.0)
        stretch = np.where(inside, panel.span[around, column], 0.0)
        if errors == "hac":
            spread = robust.hac(y, x, span, ahead, stretch)
        else:
            spread = robust.garch(y, x, ahead, stretch, window[0] - estimation[1])
            moved = np.where(inside, panel.returns[around, column], 0.0) - ahead @ spread.coefficients
            pairs.ar[event, name] = np.where(inside, moved, np.nan)
            pairs.expected[event, name] = np.where(inside, ahead @ spread.coefficients, np.nan)
            pairs.car[event, name] = np.where(
                np.cumsum(inside) > 0, np.cumsum(np.where(inside, moved, 0.0)), np.nan
            )
            pairs.coefficients[event, name] = spread.coefficients
        pairs.sd[event, name] = np.where(inside, spread.ar_sd, np.nan)
        pairs.car_sd[event, name] = np.where(np.cumsum(inside) > 0, spread.car_sd, np.nan)


def _on_common_days(dated: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    if not dated:
        return np.empty((0, 0))
    days = np.unique(np.concatenate([day for day, _ in dated]))
    out = np.full((len(days), sum(values.shape[1] for _, values in dated)), np.nan)
    at = 0
    for day, values in dated:
        out[np.searchsorted(days, day), at : at + values.shape[1]] = values
        at += values.shape[1]
    keep = np.isfinite(out).any(0)
    return out[:, keep]


class OtherDates(NamedTuple):
    """The study at other dates: car[D, N, W] paths and scar[D, N], NaN where a name has no such date."""

    car: np.ndarray
    scar: np.ndarray


def _other_dates(setting: Setting, pairs: Pairs, model: str, window: tuple[int, int], estimation: tuple[int, int],
                 least: int, which: str) -> OtherDates:  # fmt: skip
    """Measure every other date on which a name could have had its event: a window that touches none of its own,
    and as many estimation days in the data as its events had."""
    dates = np.unique(np.concatenate([market.panel.days for market in setting.markets]))
    width, total = window[1] - window[0] + 1, len(setting.names)
    car, scar = np.full((len(dates), total, width), np.nan), np.full((len(dates), total), np.nan)
    reach = np.where(pairs.reach > 0, pairs.reach, np.iinfo(int).max).min(0)
    at = 0
    for market in setting.markets:
        names = slice(at, at + len(market.panel.names))
        need = reach[names]
        at = names.stop
        for position in range(max(0, -window[0]), len(market.panel.days) - window[1]):
            there = position + estimation[1] + 1 - max(0, position + estimation[0])
            met = np.where(market.where >= 0, market.where, np.iinfo(np.int32).max)
            allowed = (np.abs(met - position) >= width).all(0) & (there >= need)
            if which == "before":
                allowed &= position < met.min(0)
            if not allowed.any():
                continue
            found = _at(market, position, model, window, estimation, least)
            if found is None:
                continue
            _, abnormal, _ = found
            row = np.searchsorted(dates, market.panel.days[position])
            whole = allowed & (abnormal.covered.sum(0) > 0)
            car[row, names] = np.where(whole[:, None], abnormal.car.T, np.nan)
            with np.errstate(invalid="ignore", divide="ignore"):
                scar[row, names] = np.where(whole, abnormal.car[-1] / abnormal.car_sd[-1], np.nan)
    some = np.isfinite(scar).any(1)
    return OtherDates(car[some], scar[some])


def _sample(pairs: Pairs) -> significance.Sample:
    measured = np.isfinite(pairs.scar)
    event, name = np.nonzero(measured)
    with np.errstate(invalid="ignore", divide="ignore"):
        return significance.Sample(
            car=pairs.car[measured][:, -1],
            scar=pairs.car[measured][:, -1] / pairs.car_sd[measured][:, -1],
            df=pairs.df[measured],
            before=pairs.before.transpose(1, 0, 2)[:, event, name],
            before_sar=pairs.before_sar.transpose(1, 0, 2)[:, event, name],
            after=pairs.ar[measured].T,
            after_sar=(pairs.ar[measured] / pairs.sd[measured]).T,
            correlation=significance.mean_correlation(pairs.dates),
        )


def _placebos(pairs: Pairs, others: OtherDates, number: int, seed: int) -> tuple[Placebo, Placebo]:
    """All names together: at other dates, and with the days of the windows permuted."""
    sums, counts, days, widths = [], [], [], []
    for event in range(len(pairs.scar)):
        measured = np.isfinite(pairs.scar[event])
        if not measured.any():
            continue
        mine = others.scar[:, measured]
        there = np.isfinite(mine).sum(1)
        enough = there >= 0.8 * measured.sum()
        sums.append(np.nansum(mine[enough], axis=1))
        counts.append(there[enough].astype(float))
        with np.errstate(invalid="ignore", divide="ignore"):
            after = pairs.ar[event, measured] / pairs.sd[event, measured]
        both = np.nan_to_num(np.concatenate([pairs.before_sar[event][:, measured], after.T]))
        days.append(
            both[np.isfinite(pairs.before[event][:, measured]).any(1).tolist() + [True] * after.shape[1]].sum(
                1
            )
        )
        widths.append(after.shape[1])
    observed = float(np.nanmean(pairs.scar))
    return placebo_dates(observed, sums, counts, number, seed), permutation(days, widths, number, seed)


def _dataset(setting: Setting, pairs: Pairs, others: OtherDates, *, window: tuple[int, int], estimation: tuple[int, int],
             model: str, errors: str, placebo: int, seed: int, level: float, benchmark: str | None,
             constituents: Sequence[str] | None, returns: str, least: int) -> xr.Dataset:  # fmt: skip
    if not np.isfinite(pairs.scar).any():
        raise RunError(*_nothing(setting, pairs, window, estimation, least))
    sample = _sample(pairs)
    tests = [test(sample) for test in significance.TESTS]
    dates, permuted = _placebos(pairs, others, placebo, seed)
    for label, found in (("placebo dates", dates), ("permutation", permuted)):
        why = "" if found.compared else "no other date has room for both windows"
        mean = float(sample.scar.mean()) if found.compared else np.nan
        tests.append(significance.Test(label, mean, found.p, why))
    p, compared, extreme = (
        np.stack(part) for part in zip(*[each_name(row, others.scar) for row in pairs.scar], strict=True)
    )
    with np.errstate(invalid="ignore"):
        reach = stats.t.ppf(0.5 + level / 2, pairs.df)
        p_t = 2 * stats.t.sf(np.abs(pairs.car[..., -1] / pairs.car_sd[..., -1]), pairs.df)
    ordinary = _quantiles(others.car, level)
    days = np.arange(window[0], window[1] + 1)
    mean = (
        np.nanmean(pairs.car.reshape(-1, len(days)), axis=0)
        if np.isfinite(pairs.car).any()
        else np.full(len(days), np.nan)
    )
    notes = [*setting.notes, *_own_notes(setting, pairs, window, dates, sample, benchmark, constituents)]
    cube, square = ("event", "name", "day"), ("event", "name")
    study = xr.Dataset(
        {
            "abnormal_return": (cube, pairs.ar), "abnormal_return_sd": (cube, pairs.sd),
            "abnormal_return_low": (cube, pairs.ar - reach[..., None] * pairs.sd),
            "abnormal_return_high": (cube, pairs.ar + reach[..., None] * pairs.sd),
            "expected_return": (cube, pairs.expected),
            "cumulative": (cube, pairs.car), "cumulative_sd": (cube, pairs.car_sd),
            "cumulative_low": (cube, pairs.car - reach[..., None] * pairs.car_sd),
            "cumulative_high": (cube, pairs.car + reach[..., None] * pairs.car_sd),
            "ordinary_low": (("name", "day"), ordinary[0]), "ordinary_high": (("name", "day"), ordinary[1]),
            "mean_cumulative": (("day",), mean),
            "car": (square, pairs.car[..., -1]), "car_sd": (square, pairs.car_sd[..., -1]),
            "car_low": (square, pairs.car[..., -1] - reach * pairs.car_sd[..., -1]),
            "car_high": (square, pairs.car[..., -1] + reach * pairs.car_sd[..., -1]),
            "car_quote_low": (square, pairs.quote_low), "car_quote_high": (square, pairs.quote_high),
            "scar": (square, pairs.car[..., -1] / pairs.car_sd[..., -1]), "p_t": (square, p_t),
            "p_placebo": (square, p), "placebo_dates": (square, compared), "placebo_as_extreme": (square, extreme),
            "event_day": (square, np.where(np.isnat(pairs.day0), "", pairs.day0.astype(str)).astype(object)),
            "days_covered": (square, pairs.covered), "days_halted": (square, pairs.halted),
            "estimation_days": (square, pairs.used), "r2": (square, pairs.r2),
            "coefficient_value": ((*square, "coefficient"), pairs.coefficients),
            "statistic": (("test",), np.array([test.statistic for test in tests])),
            "p": (("test",), np.array([test.p for test in tests])),
            "why_not": (("test",), np.array([test.why for test in tests], dtype=object)),
            "note_kind": (("remark",), np.array([note.kind for note in notes], dtype=object)),
            "note_about": (("remark",), np.array([note.about for note in notes], dtype=object)),
            "note": (("remark",), np.array([note.sentence for note in notes], dtype=object)),
            "currency": (("name",), np.array([setting.currency[one] for one in setting.names], dtype=object)),
            "venue": (("name",), np.array([setting.venue[one] for one in setting.names], dtype=object)),
            "in_benchmark": (("name",), _membership(setting.names, constituents)),
        },
        coords={
            "event": np.array(setting.labels, dtype=object), "name": np.array(setting.names, dtype=object), "day": days,
            "test": np.array([test.name for test in tests], dtype=object),
            "coefficient": np.array(setting.coefficients, dtype=object),
        },
        attrs={
            "model": model, "model_name": models.MODELS[model], "benchmark": benchmark or "", "errors": errors,
            "returns": returns, "window": list(window), "estimation": list(estimation), "level": level, "seed": seed,
            "placebo_draws": placebo, "placebo_compared": dates.compared, "placebo_as_extreme": dates.as_extreme,
            "placebo_exact": int(dates.exact), "mean_correlation": sample.correlation, "pairs": len(sample.car),
        },
    )  # fmt: skip
    study.attrs["verdict"] = json.dumps(verdicts(study), ensure_ascii=False)
    return study


def _quantiles(car: np.ndarray, level: float) -> np.ndarray:
    """Central `level` of the paths at other dates, float[2, N, W]; NaN with fewer dates than that level needs."""
    if len(car) < FEWEST:
        return np.full((2, *car.shape[1:]), np.nan)
    enough = np.isfinite(car).sum(0) >= FEWEST
    filled = np.where(enough, car, 0.0)
    low, high = np.nanquantile(filled, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return np.where(enough, np.stack([low, high]), np.nan)


def _membership(names: list[str], constituents: Sequence[str] | None) -> np.ndarray:
    if constituents is None:
        return np.full(len(names), np.nan)
    return np.array([float(one in constituents or one.split("@")[0] in constituents) for one in names])


def _own_notes(setting: Setting, pairs: Pairs, window: tuple[int, int], dates: Placebo, sample: significance.Sample,
               benchmark: str | None, constituents: Sequence[str] | None) -> list[Note]:  # fmt: skip
    notes = []
    n, correlation = len(sample.car), sample.correlation
    width = window[1] - window[0] + 1
    for event, label in enumerate(setting.labels):
        for at, name in enumerate(setting.names):
            if np.isnat(pairs.day0[event, at]):
                continue
            if not np.isfinite(pairs.scar[event, at]):
                notes.append(Note("left out", name, f"{label}: too few estimation days, a window beyond the data, or no "
                                  "return that lies wholly in the event window"))  # fmt: skip
                continue
            missing = width - pairs.covered[event, at]
            if missing:
                notes.append(Note("halt", name, f"{label}: {missing} of {width} days of the window lie in no return of "
                                  f"the window ({pairs.halted[event, at]} halted): its CAR is that of the other "
                                  f"{width - missing}"))  # fmt: skip
            elif pairs.halted[event, at]:
                notes.append(Note("halt", name, f"{label}: {pairs.halted[event, at]} halted days; the return across them is "
                                  "one return over several days, on the day trading resumed"))  # fmt: skip
            if pairs.stale[event, at]:
                notes.append(Note("stale benchmark", name, f"{label}: on {pairs.stale[event, at]} days of the window the benchmark or "
                                  "a factor had no price of that day; its last one was used"))  # fmt: skip
            if pairs.zero[event, at] > THIN:
                notes.append(Note("thin", name, f"{label}: {pairs.zero[event, at]:.0%} of the days before have no return or one "
                                  "of nought; its beta is biased to 0, see --model scholes-williams and dimson"))  # fmt: skip
            if pairs.quote_high[event, at] - pairs.quote_low[event, at] > 1e-12:
                notes.append(Note("quoted", name, f"{label}: prices are intervals; they alone leave the CAR between "
                                  f"{pairs.quote_low[event, at]:+.1%} and {pairs.quote_high[event, at]:+.1%}"))  # fmt: skip
    shared = pairs.day0[np.isfinite(pairs.scar)]
    if n > 1 and len(np.unique(shared)) < n:
        notes.append(Note("clustered", "", f"{n} pairs of name and event share {len(np.unique(shared))} event day(s) (mean correlation "
                          f"of abnormal returns {correlation:.2f}): tests that take pairs as independent, cross-sectional "
                          "t, Patell, BMP and the sign tests, see too much"))  # fmt: skip
    if n < 10:
        notes.append(Note("few names", "", f"{n} name{'s' if n > 1 else ''} by event: parametric tests rest on the shape of the "
                          "errors and tests between names have next to no power here; go by the placebo dates"))  # fmt: skip
    if 0 < dates.compared < FEWEST:
        notes.append(Note("placebo", "", f"only {dates.compared} placebo dates: p cannot fall to 5 %"))
    if benchmark and constituents is not None:
        outside = [
            one
            for one, inside in zip(setting.names, _membership(setting.names, constituents), strict=True)
            if not inside
        ]
        inside = [one for one in setting.names if one not in outside]
        if outside:
            notes.append(
                Note(
                    "composition",
                    "",
                    f"{', '.join(outside)}: not in {benchmark}, which cannot show their fall",
                )
            )
        if inside:
            notes.append(Note("composition", "", f"{', '.join(inside)}: part of {benchmark}, so that part of their own move is "
                              "taken for the market's; their abnormal returns are too small"))  # fmt: skip
    elif benchmark:
        notes.append(
            Note(
                "composition", "", f"whether the names are part of {benchmark} is not given (--constituents)"
            )
        )
    return _few(notes)


def _few(notes: list[Note], most: int = 8) -> list[Note]:
    """At most `most` notes of a kind, with the number of the others."""
    out: list[Note] = []
    for kind in dict.fromkeys(note.kind for note in notes):
        same = [note for note in notes if note.kind == kind]
        out += same[:most]
        if len(same) > most:
            out.append(Note(kind, "", f"... and {len(same) - most} more of this kind"))
    return out


def _nothing(
    setting: Setting, pairs: Pairs, window: tuple[int, int], estimation: tuple[int, int], least: int
) -> tuple[str, str]:
    panel = setting.markets[0].panel
    where = setting.markets[0].where.max()
    if where < 0:
        return (
            f"the event lies after the last day of the prices, {panel.days[-1]}",
            "give prices round the event",
        )
    if where + window[1] >= len(panel.days):
        return (
            f"the event window ends after the last day of the prices, {panel.days[-1]}",
            "shorten --window",
        )
    if where + window[0] < 0 or where + estimation[1] < 1:
        return (
            f"the prices begin on {panel.days[0]}, too late for the estimation window",
            "give earlier prices or --estimation",
        )
    return (
        f"no name has {least} usable days in the estimation window {estimation[0]} .. {estimation[1]} and a return in the "
        f"event window (the prices begin {where} trading days before the event)",
        "give earlier prices, or move --estimation",
    )
