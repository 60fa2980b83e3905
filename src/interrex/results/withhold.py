"""No interval of the sampler is printed on failed diagnostics: blank them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xarray

    from interrex.results.schema import Group


def withhold(dataset: xarray.Dataset, group: Group) -> xarray.Dataset:
    """A copy of a dataset with NaN in every variable that its group declares as a bound, except where it rests on records
    alone."""
    dataset = dataset.copy()
    for variable in group.variables:
        if variable.bound and variable.name in dataset:
            kept = dataset[variable.kept] == 1 if variable.kept in dataset else False
            dataset[variable.name] = dataset[variable.name].where(kept)
    return dataset
