"""Datasets made as their group describes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from interrex.results.schema import COORDINATES, Group, Variable

Row = dict[str, Any]  # of a kind that its column knows
"""One row of a table, by column: text or numbers."""

Columns = dict[str, object]
"""Values of variables by name."""

DTYPES = {"text": object, "day": "datetime64[ns]"}
"""Types of the kinds of variables that are no numbers."""

_UNITS = {"days": "day", "hours": "hour"}
"""Units that xarray would take for spans of time on reading, and what stands on disk instead."""


def described_as(variable: Variable) -> dict[str, str]:
    """The attributes of a stored variable. The unit of a day is written by xarray."""
    units = {} if variable.kind == "day" else {"units": _UNITS.get(variable.units, variable.units)}
    return units | {
        "long_name": variable.long_name,
        "source": variable.source,
    }


def dataset(group: Group, values: Mapping[str, object], attrs: Mapping[str, object] | None = None) -> xr.Dataset:
    """The group's dataset: every value with dimensions, units, long_name and source of its variable.

    A variable along its own name alone is a coordinate. Raises KeyError for a name that neither the group nor the shared
    `COORDINATES` have.
    """
    made = xr.Dataset(attrs=dict(attrs or {}))
    for name, given in values.items():
        variable = _variable(group, name)
        array = np.array(given, dtype=DTYPES.get(variable.kind, np.float64))
        about = described_as(variable)
        if variable.along == (name,):
            made = made.assign_coords({name: (variable.along, array, about)})
        else:
            made[name] = (variable.along, array, about)
    return made


def _variable(group: Group, name: str) -> Variable:
    try:
        return group[name]
    except KeyError:
        return COORDINATES[name]
