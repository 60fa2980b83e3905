"""Sixteen neighbouring counts changed at once: one vector addition in place of a loop.

Numba turns the plain loop over a box of counts into single additions (measured: 200 ns for a box of 15 x 15
against 15 to 25 ns so), hence these few lines for the compiler behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from llvmlite import ir
from numba import types
from numba.core.base import BaseContext
from numba.core.typing.templates import Signature
from numba.extending import intrinsic

from interrex.replications.torus import LANE


@intrinsic
def add_lane(
    typingctx: object, counts: types.Array, at: types.Type, change: types.Array, index: types.Type
) -> tuple[Signature, Callable[..., ir.Value]]:
    """counts[at : at + LANE] += change[index : index + LANE], without a check of bounds."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        lane = ir.VectorType(context.get_value_type(counts.dtype), LANE).as_pointer()
        pointers = []
        for kind, array, start in ((counts, 0, 1), (change, 2, 3)):
            data = context.make_array(kind)(context, builder, arguments[array]).data
            pointers.append(builder.bitcast(builder.gep(data, [arguments[start]]), lane))
        loaded = [builder.load(pointer) for pointer in pointers]
        stored = builder.store(builder.add(loaded[0], loaded[1]), pointers[0])
        for access in (*loaded, stored):
            access.align = cast(types.Integer, counts.dtype).bitwidth // 8  # pyright: ignore[reportAttributeAccessIssue]
        return context.get_dummy_value()

    return types.void(counts, types.intp, change, types.intp), generate
