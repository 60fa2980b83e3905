"""No interval is printed on failed diagnostics: blank them all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xarray

    from interrex.results.schema import Group


def withhold(dataset: xarray.Dataset, group: Group) -> xarray.Dataset:
    """A copy of a dataset with NaN in every variable that its group declares as a bound."""
    dataset = dataset.copy()
    for variable in group.variables:
        if variable.bound and variable.name in dataset:
            dataset[variable.name] = dataset[variable.name] * math.nan
    return dataset
