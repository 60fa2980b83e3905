"""Named tuples of arrays by address: what a kernel is handed instead of every pointer and length in them.

A kernel that takes a tuple of arrays takes each number of each array by itself, and so does every function that it hands
the tuple on to: hundreds of words a call, and half of the time that compiling takes. A handle is one word, the address of
a table that says where the arrays are. Kernels read it as they read the tuple (`member.active`, `world.strata.start`),
so the same function takes either.
"""

from __future__ import annotations

import functools
import hashlib
import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.core.pythonapi import _UnboxContext as UnboxContext
from numba.core.typing.templates import AttributeTemplate, Signature
from numba.extending import (
    NativeValue,
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)  # fmt: skip
from numba.np.numpy_support import from_dtype

from interrex.mechanisms.contract import Theta

WORD = ir.IntType(64)

Layout: TypeAlias = "tuple[tuple[str, np.dtype | type | Layout | HandleType | None, int], ...]"
"""For each field its name with the dtype and the dimensions of an array, with `int`, `float` or None, with a layout, or with
the type of a handle."""


class Handle:
    """Handle of a named tuple of contiguous arrays, whole numbers, floats, None, such tuples, and handles of such tuples;
    ValueError for other arrays.

    Arrays are the tuple's own, not copies; numbers are as they stand now. What kernels may write is not checked: they also
    could write to an array that numpy holds to be read-only.
    """

    __slots__ = ("of", "table", "address", "numba_type")

    def __init__(self, of: NamedTuple | Theta) -> None:
        self.of = of  # keeps the arrays where they are
        if all(isinstance(value, float) for value in of):
            self.table = np.array(of).view(np.int64)
            self.numba_type = _type_of_floats(of._fields)
        else:
            words: list[int] = []
            self.numba_type = _type_of(_lay_out(of, words))
            self.table = np.array(words, np.int64)
        self.address = self.table.ctypes.data


class Handles:
    """Handles of tuples that are handed over again and again: one for each, made when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[int, Handle] = {}
        self._latest: dict[str, tuple[object, Handle]] = {}

    def __call__(self, of: NamedTuple | Theta) -> Handle:
        """The handle of `of`, which lives as long as this does."""
        if id(of) not in self._made:
            self._made[id(of)] = Handle(of)
        return self._made[id(of)]

    def latest(self, what: str, key: object, make: Callable[[], NamedTuple]) -> Handle:
        """The handle of what is made for `key`, kept until another key is asked for under the same name: for tuples of which
        many follow each other."""
        held = self._latest.get(what)
        if held is None or held[0] is not key:
            self._latest[what] = held = (key, Handle(make()))
        return held[1]


def _lay_out(of: NamedTuple | Theta, words: list[int]) -> Layout:
    """Add what the table says of `of` to `words`."""
    layout = []
    for name, value in zip(of._fields, of, strict=True):
        if isinstance(value, np.ndarray):
            if not value.flags.c_contiguous:
                raise ValueError(f"{type(of).__name__}.{name} is not contiguous")
            words.append(value.__array_interface__["data"][0])
            words.extend(value.shape)
            layout.append((name, value.dtype, value.ndim))
        elif isinstance(value, Handle):
            words.append(value.address)
            layout.append((name, value.numba_type, 0))
        elif value is None:
            layout.append((name, None, 0))
        elif isinstance(value, tuple):
            layout.append((name, _lay_out(cast(NamedTuple, value), words), 0))
        elif isinstance(value, (int, np.integer)):
            words.append(int(value))
            layout.append((name, int, 0))
        else:
            words.append(struct.unpack("q", struct.pack("d", value))[0])
            layout.append((name, float, 0))
    return tuple(layout)


class HandleType(types.Type):
    """Numba's type of a handle: each field with its own type and its place in the table, which has so many `words`."""

    def __init__(self, layout: Layout) -> None:
        self.fields: dict[str, tuple[types.Type, int]] = {}
        self.elsewhere: set[str] = set()  # fields that are handles of their own
        self.words = 0
        for name, what, dimensions in layout:
            size = 1
            if isinstance(what, tuple):
                kind = HandleType(what)
                size = kind.words
            elif isinstance(what, HandleType):
                kind = what
                self.elsewhere.add(name)
            elif what is None:
                kind, size = types.none, 0
            elif isinstance(what, np.dtype):
                kind = types.Array(from_dtype(what), dimensions, "C")
                size += dimensions
            else:
                kind = types.int64 if what is int else types.float64
            self.fields[name] = kind, self.words
            self.words += size
        super().__init__(f"handle({hashlib.sha256(repr(layout).encode()).hexdigest()[:16]})")


_type_of = functools.lru_cache(maxsize=None)(HandleType)


@functools.cache
def _type_of_floats(names: tuple[str, ...]) -> HandleType:
    return _type_of(tuple((name, float, 0) for name in names))


register_model(HandleType)(models.OpaqueModel)


@typeof_impl.register(Handle)
def _typeof(handle: Handle, _: object) -> HandleType:
    return handle.numba_type


@unbox(HandleType)
def _unbox(_: HandleType, handle: ir.Value, c: UnboxContext) -> NativeValue:
    number = c.pyapi.object_getattr_string(handle, "address")
    address = c.builder.inttoptr(c.pyapi.long_as_longlong(number), cgutils.voidptr_t)
    c.pyapi.decref(number)
    return NativeValue(address)


@infer_getattr
class _Fields(AttributeTemplate):
    key = HandleType

    def generic_resolve(self, typ: HandleType, attr: str) -> types.Type | None:
        return typ.fields[attr][0] if attr in typ.fields else None


@lower_getattr_generic(HandleType)
def _field(context: BaseContext, builder: ir.IRBuilder, typ: HandleType, handle: ir.Value, attr: str) -> ir.Value:
    kind, place = typ.fields[attr]
    if kind is types.none:
        return context.get_dummy_value()
    if isinstance(kind, HandleType) and attr not in typ.elsewhere:
        return builder.gep(handle, [WORD(8 * place)])

    def word(n: int, of: ir.Type) -> ir.Value:
        where = builder.gep(handle, [WORD(8 * (place + n))])
        load = builder.load(builder.bitcast(where, of.as_pointer()))
        load.set_metadata("invariant.load", builder.module.add_metadata([]))  # a table is never written to
        return load

    if isinstance(kind, HandleType):
        return word(0, cgutils.voidptr_t)
    if not isinstance(kind, types.Array):
        return word(0, context.get_value_type(kind))
    data = word(0, context.get_data_type(kind.dtype).as_pointer())
    return _array(context, builder, kind, data, [word(1 + axis, WORD) for axis in range(kind.ndim)])


def _array(
    context: BaseContext, builder: ir.IRBuilder, kind: types.Array, data: ir.Value, shape: list[ir.Value]
) -> ir.Value:
    """A contiguous array to which nobody counts references."""
    itemsize = WORD(context.get_abi_sizeof(context.get_data_type(kind.dtype)))
    strides, step, items = [], itemsize, WORD(1)
    for length in reversed(shape):
        strides.insert(0, step)
        step, items = builder.mul(step, length), builder.mul(items, length)
    array = context.make_array(kind)(context, builder)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    array.nitems, array.itemsize, array.data = items, itemsize, data
    array.shape = cgutils.pack_array(builder, shape)
    array.strides = cgutils.pack_array(builder, strides)
    return array._getvalue()


def _values(_: object, of: types.Type) -> tuple[Signature, Callable[..., ir.Value]]:
    if not isinstance(of, HandleType):
        return of(of), lambda context, builder, signature, args: args[0]
    floats = types.Array(types.float64, 1, "C", readonly=True)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, args: Sequence[ir.Value]
    ) -> ir.Value:
        data = builder.bitcast(args[0], context.get_value_type(types.float64).as_pointer())
        return _array(context, builder, floats, cast(ir.Value, data), [WORD(of.words)])

    return floats(of), generate


values = cast(Callable[[object], np.ndarray], intrinsic(_values))
"""values(of) in kernels: what a named tuple of floats holds, or its handle, to go through in order."""
