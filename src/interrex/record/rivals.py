"""Other models of the same rows, from scikit-learn (extra `record`), that the record was chosen against; docs/record.md has
their scores. Each learns the chance of an event within twelve months directly; shorter horizons take the same hazard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from interrex.errors import RunError
from interrex.record.backtest import Forecaster
from interrex.record.features import YEAR
from interrex.record.questions import COUP, HORIZONS
from interrex.record.rows import Rows, new_year

RIVAL_EVENTS = ("exit", COUP)


def _columns(rows: Rows) -> np.ndarray:
    return np.concatenate([rows.whole, rows.ahead.reshape(len(rows.ccode), -1)], axis=1)


def _direct(make: Any, fill: bool) -> Forecaster:
    def forecast(rows: Rows, year: int, here: Rows) -> Mapping[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}
        for event in RIVAL_EVENTS:
            closed = rows.day + YEAR <= new_year(year) + 1
            came = rows.came(event, HORIZONS[-1])
            past = closed & np.isfinite(came)
            x, y = _columns(rows.take(past)), came[past]
            z = _columns(here)
            measured = np.isfinite(x).any(axis=0)
            x, z = x[:, measured], z[:, measured]
            if fill:
                mean, sd = np.nanmean(x, axis=0), np.nanstd(x, axis=0)
                sd[sd == 0] = 1
                x, z = (np.nan_to_num((v - mean) / sd) for v in (x, z))
            p = np.clip(make().fit(x, y).predict_proba(z)[:, 1], 1e-4, 1 - 1e-4)
            found[event] = 1 - (1 - p)[:, None] ** (np.array(HORIZONS) / HORIZONS[-1])
        return found

    return forecast


def _sklearn() -> Any:
    try:
        from sklearn import ensemble, linear_model
    except ImportError as error:
        raise RunError("the rivals need scikit-learn", "pip install 'interrex[record]'") from error
    return ensemble, linear_model


def _logit() -> Any:
    return _sklearn()[1].LogisticRegression(C=0.01, max_iter=2000)


def _forest() -> Any:
    return _sklearn()[0].RandomForestClassifier(100, min_samples_leaf=20, max_features=0.3, random_state=1)


def _boosting() -> Any:
    return _sklearn()[0].HistGradientBoostingClassifier(
        learning_rate=0.03,
        max_iter=150,
        max_leaf_nodes=6,
        min_samples_leaf=60,
        l2_regularization=5.0,
        random_state=1,
    )


RIVALS: dict[str, Forecaster] = {
    "ridge logit": _direct(_logit, True),
    "random forest": _direct(_forest, True),
    "gradient boosting": _direct(_boosting, False),
}
"""By name, as docs/record.md lists them."""
