"""How the functions of the engine are compiled: what Numba is told about each kind of them, and what that saves.

All kernels of a run take 24 s of processor time to compile, 3 more if the tick and the mechanisms' functions were not pasted
and 20 more if they took tuples of arrays rather than handles (`handles.py`). (`scalar` and `batch`, in the layers below, say
for themselves that they need no way in from C.)
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher

KERNEL: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}  # Any: numba types none
"""What Python or another kernel calls."""

SLOT = {**KERNEL, "forceinline": True}
"""Slots of the mechanisms: machine code that is merged into their caller's."""

PASTED = {**KERNEL, "inline": "always"}
"""What one other function calls, in one place: pasted there before it is compiled, never by itself."""

kernel = numba.njit(**KERNEL)
slot = numba.njit(**SLOT)
pasted = numba.njit(**PASTED)
inner = slot
"""For what a kernel calls for every candidate."""


@contextmanager
def turn(folder: Path) -> Iterator[None]:
    """Write into a folder of kernels while no other process does."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Cache(FunctionCache):
    """Numba's cache of one function, in which processes take turns to write: two that add machine code for different types
    at the same time would give it the same number."""

    def save_overload(self, sig: object, data: object) -> None:
        """Keep the machine code of a signature."""
        with turn(Path(self.cache_path)):
            super().save_overload(sig, data)


def cached(kind: dict[str, Any]) -> Callable[[FunctionType], Dispatcher]:
    """Decorator of functions whose machine code is kept, compiled as this kind is."""

    def decorate(function: FunctionType) -> Dispatcher:
        compiled: Any = numba.njit(**kind)(function)
        compiled._cache = Cache(compiled.py_func)  # as its enable_caching does with numba's own
        return compiled

    return decorate
