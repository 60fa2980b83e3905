"""How the functions of the engine are compiled: what Numba is told about each kind of them, and what that saves.

The long tuples of arrays that kernels take make all the difference: taking one in from Python, or counting references
to what is in it, is more code than most of the functions themselves. The kernels of a history take 32 s of processor
time to compile as it stands here, 28 before uprisings had a function of their own; 33 if references were counted
everywhere, 56 if Python could call the slots of mechanisms too. (`scalar` and `batch`, in the layers below, say for
themselves that they need no way in from C.)
"""

from __future__ import annotations

from typing import Any

import numba
from numba.core.options import DefaultOptions

COMMON: dict[str, Any] = {"nogil": True, "error_model": "numpy"}

COUNTED, UNCOUNTED = ({"_nrt": value} if hasattr(DefaultOptions, "_nrt") else {} for value in (True, False))
"""Whether references to arrays are counted. What does not count may neither make arrays nor hand one back, nor call what
does: Numba refuses the one, and the other would end in memory that is used after it was given back."""

KERNEL = {**COMMON, "no_cfunc_wrapper": True}
"""What Python calls."""

LEAN = {**KERNEL, **UNCOUNTED}
"""What Python calls and what does not count references."""

INSIDE = {**COMMON, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""What only other kernels call: no way in from Python. Python that calls one all the same crashes;
`compile.from_python` makes a way in, for tests."""

PART = {**INSIDE, **UNCOUNTED}
"""What only other kernels call and what does not count references."""

SLOT = {**INSIDE, **COUNTED, "forceinline": True}
"""Slots of the mechanisms and what they are composed of (a user's own may make arrays, wherever it is called)."""

PASTED = {**LEAN, "inline": "always"}
"""What one other function calls, in one place: pasted there, it is not compiled a second time by itself."""

kernel = numba.njit(**KERNEL)
lean = numba.njit(**LEAN)
part = numba.njit(**PART)
slot = numba.njit(**SLOT)
pasted = numba.njit(**PASTED)
inner = numba.njit(**INSIDE, forceinline=True)
"""For what a kernel calls for every candidate: a call costs more than the work, as `th` is long."""
