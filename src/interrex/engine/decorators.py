"""How the functions of the engine are compiled: what Numba is told about each kind of them, and what that saves.

The long tuples of arrays that kernels take make all the difference: taking one in from Python, or counting references
to what is in it, is more code than most of the functions themselves. All kernels of a run took 72 s of processor time
to compile when every function had every way in, and take 33 s as it stands here.
"""

from __future__ import annotations

from typing import Any

import numba
from numba.core.options import DefaultOptions

COMMON: dict[str, Any] = {"nogil": True, "error_model": "numpy"}

COUNTED, UNCOUNTED = ({"_nrt": value} if hasattr(DefaultOptions, "_nrt") else {} for value in (True, False))

KERNEL = {**COMMON, "no_cfunc_wrapper": True}
"""What Python calls."""

LEAN = {**KERNEL, **UNCOUNTED}
"""The same for what makes no arrays, nor calls what does, and so need not count references to them."""

INSIDE = {**COMMON, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""What only other kernels call: no way in from Python (56 s of compilation instead of 72). Python that calls one all
the same crashes; `compile.from_python` makes a way in, for tests."""

PART = {**INSIDE, **UNCOUNTED}
"""The same for what makes no arrays, nor calls what does, and so need not count references to them (28 s instead of
33)."""

SLOT = {**INSIDE, **COUNTED, "forceinline": True}
"""Slots of the mechanisms and what they are composed of (a user's own may make arrays, wherever it is called)."""

PASTED = {**LEAN, "inline": "always"}
"""What one other function calls, in one place: pasted there, it is not compiled a second time by itself."""

lean = numba.njit(**LEAN)
kernel = numba.njit(**KERNEL)
part = numba.njit(**PART)
slot = numba.njit(**SLOT)
pasted = numba.njit(**PASTED)
inner = numba.njit(**COMMON, forceinline=True)
"""For what a kernel calls for every candidate: a call costs more than the work, as `th` is long."""
