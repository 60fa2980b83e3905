"""Results on disk: an xarray DataTree as one netCDF file, and a hash of its contents.

The hash covers name, dimensions, type, shape and little-endian bytes of every variable, in the order of the
names; not the bytes of the HDF5 file, which also hold what the library chose to write. Two runs agree to the
bit exactly when their hashes agree. Text is hashed as UTF-8 and every NaN as the same NaN.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from interrex.errors import StoreError

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

_TEXT_KINDS = "UOT"
"""numpy kinds of text: fixed width, objects (all `str`), variable-width strings."""


def result_hash(tree: xr.DataTree) -> str:
    """SHA-256, in hex, of every variable of `tree`; attributes are not part of it."""
    whole = hashlib.sha256()
    for name, variable in sorted(_variables(tree).items()):
        kind, data = _bytes_of(name, variable.values)
        dims, shape = (",".join(map(str, sizes)) for sizes in (variable.dims, variable.shape))
        header = "\0".join((name, dims, kind, shape))
        for part in (header.encode(), data):
            whole.update(struct.pack("<q", len(part)))
            whole.update(part)
    return whole.hexdigest()


def write_netcdf(tree: xr.DataTree, path: Path) -> None:
    """Write `tree` to `path`, readable by `xarray.open_datatree`; the caller puts the file in place."""
    import xarray as xr

    clean = xr.DataTree.from_dict({node.path: _writable(node) for node in tree.subtree})
    clean.to_netcdf(path, engine="h5netcdf")


def read_netcdf(path: Path) -> xr.DataTree:
    """Read a tree wholly into memory; text comes back as objects, numbers in attributes as Python's."""
    import xarray as xr

    try:
        with xr.open_datatree(path, engine="h5netcdf") as stored:
            loaded = {node.path: node.to_dataset(inherit=False).load() for node in stored.subtree}
    except (OSError, ValueError, KeyError, RuntimeError) as error:  # what HDF5 says of a damaged file
        raise StoreError(f"{path}: cannot be read as netCDF ({error}); run the case again") from error
    return xr.DataTree.from_dict({name: _readable(dataset) for name, dataset in loaded.items()})


def _variables(tree: xr.DataTree) -> dict[str, xr.Variable]:
    return {
        f"{node.path.rstrip('/')}/{name}": variable
        for node in tree.subtree
        for name, variable in node.to_dataset(inherit=False).variables.items()
    }


def _bytes_of(name: str, values: np.ndarray) -> tuple[str, bytes]:
    import numpy as np

    if values.dtype.kind in _TEXT_KINDS:
        encoded = [text.encode() for text in _texts(name, values)]
        return "text", b"".join(struct.pack("<q", len(text)) + text for text in encoded)
    if values.dtype.kind == "M":
        values = values.astype("datetime64[ns]").astype(np.int64)
    if values.dtype.kind not in "biuf":
        raise StoreError(f"{name}: results are numbers, text and days, not {values.dtype}")
    little = values.astype(values.dtype.newbyteorder("<"))
    if little.dtype.kind == "f":
        little[np.isnan(little)] = np.nan
    return little.dtype.str, little.tobytes(order="C")


def _texts(name: str, values: np.ndarray) -> list[str]:
    texts = values.ravel().tolist()
    for text in texts:
        if not isinstance(text, str):
            raise StoreError(f"{name}: a text variable holds {text!r}; write '' where nothing is stated")
    return texts


def _writable(node: xr.DataTree) -> xr.Dataset:
    """The node with text at fixed width (an empty array of objects would come back as numbers)."""
    import numpy as np

    dataset = node.to_dataset(inherit=False).copy()  # so that the caller's attributes stay as they are
    for key, variable in list(dataset.variables.items()):
        name = f"{node.path.rstrip('/')}/{key}"
        values = variable.values
        if values.dtype.kind in _TEXT_KINDS:
            text = np.array(_texts(name, values), dtype=str).reshape(values.shape)
            dataset = dataset.assign({key: (variable.dims, text, variable.attrs)})
        elif values.dtype.kind == "M":
            dataset[key].encoding = {"units": "days since 1970-01-01", "dtype": "int64"}
        elif values.dtype.kind not in "biuf":
            raise StoreError(f"{name}: results are numbers, text and days, not {values.dtype}")
        dataset[key].attrs = _plain(name, variable.attrs)
    dataset.attrs = _plain(node.path, dataset.attrs)
    return dataset


def _plain(name: str, attrs: Mapping[Hashable, object]) -> dict[Hashable, object]:
    """Attributes that netCDF can hold: text, numbers, lists of either; truth values become 0 and 1."""
    import numpy as np

    plain: dict[Hashable, object] = {}
    for key, value in attrs.items():
        if isinstance(value, (bool, np.bool_)):
            plain[key] = int(value)
        elif isinstance(value, (str, int, float, np.number, np.ndarray)):
            plain[key] = value
        elif (
            isinstance(value, (list, tuple))
            and value
            and all(isinstance(v, str | int | float) for v in value)
        ):
            plain[key] = list(value)
        else:
            raise StoreError(f"{name}: the attribute {key} is {value!r}; use text, numbers or a list")
    return plain


def _readable(dataset: xr.Dataset) -> xr.Dataset:
    import numpy as np

    def plain(attrs: Mapping[Hashable, object]) -> dict[Hashable, object]:
        return {key: value.item() if isinstance(value, np.generic) else value for key, value in attrs.items()}

    for key, variable in list(dataset.variables.items()):
        if variable.dtype.kind in _TEXT_KINDS:
            dataset = dataset.assign({key: (variable.dims, variable.values.astype(object), variable.attrs)})
        dataset[key].attrs = plain(variable.attrs)
    dataset.attrs = plain(dataset.attrs)
    return dataset
