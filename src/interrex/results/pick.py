"""One number of a group of the results, picked by names as the `expect` list of a case gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from interrex.errors import RunError

if TYPE_CHECKING:
    import xarray

USUAL = "p"
"""What is meant where no variable is named."""
MIDDLE = 0.5


def pick(dataset: xarray.Dataset, path: Sequence[str]) -> float:
    """The number at `path`: the name of a variable or attribute (`p` unless given), and what its places are called: an id
    or another text that stands along a dimension, a day, a quantile level (the median unless given), or `factor=2` for the
    second of the dimension `factor`. RunError unless that is exactly one number."""
    if "absent_because" in dataset.attrs:
        raise RunError(f"there is no such answer: {dataset.attrs['absent_because']}", "take it from the list")
    named = [name for name in path if name in dataset or name in dataset.attrs] or [USUAL]
    name, places = named[0], [place for place in path if place != named[0]]
    if name in dataset.attrs and not places:
        return _number(name, dataset.attrs[name])
    if name not in dataset:
        numbers = [str(n) for n, array in dataset.data_vars.items() if array.dtype.kind not in "OUST"]
        raise RunError(f"{', '.join(path) or name} names no number", f"name one of {', '.join(numbers)}")
    array = dataset[name]
    kept = {str(d): np.ones(array.sizes[d], bool) for d in array.dims}
    for place in places:
        found = {d: called for d in kept if (called := _called(dataset, d, place)).any()}
        if not found:
            raise RunError(f"{name} has no {place!r}", f"it has {_places(dataset, list(kept))}")
        for d, called in found.items():
            kept[d] &= called
    if "quantile" in kept and kept["quantile"].all():
        kept["quantile"] = _called(dataset, "quantile", str(MIDDLE))
    left = [d for d, mask in kept.items() if mask.sum() != 1]
    if left:
        raise RunError(f"{', '.join(path)} is not one number", f"say which of {_places(dataset, left)}")
    return _number(name, array.values[tuple(int(mask.argmax()) for mask in kept.values())])


def _number(name: str, value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        raise RunError(f"{name} is {str(value)!r}, no number", "name a number of the answer") from None


def _labels(dataset: xarray.Dataset, dim: str) -> list[xarray.DataArray]:
    """What the places along a dimension are called: its coordinate, and texts that stand along it alone."""
    texts = [
        array for array in dataset.data_vars.values() if array.dims == (dim,) and array.dtype.kind in "OUST"
    ]
    return ([dataset[dim]] if dim in dataset.variables else []) + [
        array for array in texts if array.name != dim
    ]


def _called(dataset: xarray.Dataset, dim: str, place: str) -> np.ndarray:
    """Which places along a dimension are called so, bool[n]."""
    mask = np.array([place == f"{dim}={n + 1}" for n in range(dataset.sizes[dim])])
    for array in _labels(dataset, dim):
        mask |= np.array([text == place for text in _texts(array)])
    return mask


def _texts(array: xarray.DataArray) -> list[str]:
    if array.dtype.kind == "M":
        return [str(day)[:10] for day in array.values.astype("datetime64[D]")]
    return [f"{v:g}" if array.dtype.kind == "f" else str(v) for v in array.values]


def _places(dataset: xarray.Dataset, dims: list[str], most: int = 12) -> str:
    """What the places are called, the first few of each dimension."""
    told: list[str] = []
    for dim in dims:
        labels = _labels(dataset, dim)
        texts = _texts(labels[0]) if labels else [f"{dim}={n + 1}" for n in range(dataset.sizes[dim])]
        told.append(", ".join(texts[:most]) + ", ..." * (len(texts) > most))
    return "; ".join(told) or "no places: it is one number"
