"""How the functions of the engine are compiled: what Numba is told about each kind of them, and what that saves.

All kernels of a run take 24 s of processor time to compile, 3 more if the tick and the mechanisms' functions were not pasted
and 20 more if they took tuples of arrays rather than handles (`handles.py`). (`scalar` and `batch`, in the layers below, say
for themselves that they need no way in from C.)
"""

from __future__ import annotations

from typing import Any

import numba

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
