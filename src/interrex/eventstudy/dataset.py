"""The result of an event study as one Dataset: intervals, tests, comparison with other dates, notes, verdict."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import xarray as xr
from scipy import special

from interrex.eventstudy import models, remarks
from interrex.eventstudy.joint import judge
from interrex.eventstudy.measure import OtherDates, Plan
from interrex.eventstudy.pairs import Pairs
from interrex.eventstudy.placebo import FEWEST, each_name
from interrex.eventstudy.setting import Setting
from interrex.eventstudy.verdict import verdicts


def dataset(setting: Setting, pairs: Pairs, others: OtherDates, plan: Plan, *, draws: int, seed: int, level: float,
            benchmark: str | None, constituents: Sequence[str] | None) -> xr.Dataset:  # fmt: skip
    """Tests, intervals, notes and verdict of what was measured; see `study.events` for the layout."""
    distinct = pairs.distinct
    sample, here, joint, tests, objection, decided = judge(pairs, others, draws, seed)
    dates = joint.dates
    p, compared, extreme = (
        np.stack(part) for part in zip(*[each_name(row, others.scar) for row in pairs.scar], strict=True)
    )
    with np.errstate(invalid="ignore"):
        reach = special.stdtrit(pairs.df, 0.5 + level / 2)
        p_t = 2 * special.stdtr(pairs.df, -np.abs(pairs.car[..., -1] / pairs.car_sd[..., -1]))
    ordinary = _quantiles(others.car, level)
    of_mean = _quantiles(
        np.full((0, 1, len(plan.days)), np.nan) if joint.paths is None else joint.paths[:, None], level
    )
    days = plan.days
    inside = _membership(setting.names, constituents)
    notes = [
        *setting.notes, *remarks.pair_notes(pairs, plan.kind, plan.model, plan.estimation, setting.labels, setting.names),
        *remarks.joint_notes(pairs, here, sample.correlation, dates.compared, setting.labels, setting.names),
        *(remarks.composition(benchmark, setting.names, inside) if benchmark else []),
    ]  # fmt: skip
    notes = remarks.at_most(notes)
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
            "mean_cumulative": (("day",), _mean(pairs.car[distinct])),
            "mean_ordinary_low": (("day",), of_mean[0, 0]), "mean_ordinary_high": (("day",), of_mean[1, 0]),
            "event_car": (("event",), np.array([_mean(row[:, -1:])[0] for row in pairs.car])),
            "event_p": (("event",), np.array([np.nan if one is None else one.p for one in joint.events])),
            "event_dates": (("event",), np.array([0 if one is None else one.compared for one in joint.events])),
            "event_as_extreme": (("event",), np.array([0 if one is None else one.as_extreme for one in joint.events])),
            "car": (square, pairs.car[..., -1]), "car_sd": (square, pairs.car_sd[..., -1]),
            "car_low": (square, pairs.car[..., -1] - reach * pairs.car_sd[..., -1]),
            "car_high": (square, pairs.car[..., -1] + reach * pairs.car_sd[..., -1]),
            "price_change": (square, pairs.held),
            "car_quote_low": (square, pairs.quote_low), "car_quote_high": (square, pairs.quote_high),
            "scar": (square, pairs.car[..., -1] / pairs.car_sd[..., -1]), "p_t": (square, p_t),
            "p_placebo": (square, p), "placebo_dates": (square, compared), "placebo_as_extreme": (square, extreme),
            "event_day": (square, np.where(np.isnat(pairs.day0), "", pairs.day0.astype(str)).astype(object)),
            "days_covered": (square, pairs.covered), "days_halted": (square, pairs.halted),
            "first_price": (square, np.where(np.isnat(pairs.until), "", pairs.until.astype(str)).astype(object)),
            "days_before": (square, pairs.early), "days_after": (square, pairs.late), "distinct": (square, distinct),
            "estimation_days": (square, pairs.used), "r2": (square, pairs.r2),
            "coefficient_value": ((*square, "coefficient"), pairs.coefficients),
            "statistic": (("test",), np.array([test.statistic for test in tests])),
            "p": (("test",), np.array([test.p for test in tests])),
            "why_not": (("test",), np.array([test.why for test in tests], dtype=object)),
            "objection": (("test",), np.array([objection[test.name] for test in tests], dtype=object)),
            "note_kind": (("remark",), np.array([note.kind for note in notes], dtype=object)),
            "note_about": (("remark",), np.array([note.about for note in notes], dtype=object)),
            "note": (("remark",), np.array([note.sentence for note in notes], dtype=object)),
            "currency": (("name",), np.array([setting.currency[one] for one in setting.names], dtype=object)),
            "venue": (("name",), np.array([setting.venue[one] for one in setting.names], dtype=object)),
            "in_benchmark": (("name",), inside),
        },
        coords={
            "event": np.array(setting.labels, dtype=object), "name": np.array(setting.names, dtype=object), "day": days,
            "test": np.array([test.name for test in tests], dtype=object),
            "coefficient": np.array(setting.coefficients, dtype=object),
        },
        attrs={
            "model": plan.model, "model_name": models.MODELS[plan.model], "benchmark": benchmark or "", "errors": plan.errors,
            "returns": plan.kind, "window": list(plan.window), "estimation": list(plan.estimation), "level": level, "seed": seed,
            "placebo_draws": draws, "placebo_compared": dates.compared, "placebo_as_extreme": dates.as_extreme,
            "placebo_exact": int(dates.exact), "placebo_sizes_as_extreme": joint.sizes.as_extreme, "mean_correlation": sample.correlation, "pairs": len(sample.car), "mean_car": float(sample.car.mean()), "blocks": here.blocks, "verdict_test": decided,
        },
    )  # fmt: skip
    study.attrs["verdict"] = json.dumps(verdicts(study), ensure_ascii=False)
    return study


def _mean(paths: np.ndarray) -> np.ndarray:
    """Mean of the paths[n, W] that have begun by each day; NaN where none has."""
    there = np.isfinite(paths)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(there, paths, 0.0).sum(0) / there.sum(0)


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
