"""Named arrays in one file, as NumPy's npz, written atomically and read back to the bit."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from interrex.errors import StoreError
from interrex.store import files

if TYPE_CHECKING:
    import numpy as np


def write_arrays(path: Path, arrays: Mapping[str, object]) -> None:
    """Write numbers, truth values and fixed-width text to `path`, with its checksum beside it; StoreError for Python
    objects and where the file cannot be written."""
    import numpy as np

    ready = {name: np.asarray(value) for name, value in arrays.items()}
    for name, array in ready.items():
        if array.dtype.hasobject:
            raise StoreError(f"{path}: {name} holds Python objects; keep numbers or plain text")

    def write(temporary: Path) -> None:  # not np.savez, whose own parameters would shadow arrays of that name
        with zipfile.ZipFile(temporary, "w") as archive:
            for name, array in ready.items():
                with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                    np.lib.format.write_array(entry, array, allow_pickle=False)

    files.make_folder(path.parent)
    files.write_atomically(path, write)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a file of `write_arrays`; StoreError if it is absent, not whole or not such a file."""
    import numpy as np

    if not files.is_whole(path):
        raise StoreError(f"{path}: is not there, or not as it was written")
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise StoreError(f"{path}: cannot be read ({error})") from error
