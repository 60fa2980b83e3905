"""The mechanisms: one published idea a file, all with the anatomy of `contract.py`.

`ALL` is the set that a run uses, in the order in which the tick calls them; `ALL.replace(rebellion=mine)` swaps one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interrex.mechanisms.contract import Mechanism

__all__ = ["ALL", "MechanismSet", "all_mechanisms", "replace"]

ALL: MechanismSet
"""The shipped set; looked up at first use, since the mechanisms need numba."""


class MechanismSet(tuple["Mechanism", ...]):
    """Mechanisms in plan order; what `interrex.run(case, mechanisms=...)` takes."""

    __slots__ = ()

    def replace(self, **changes: Mechanism) -> MechanismSet:
        """The set with some mechanisms replaced by name: `ALL.replace(rebellion=mine)`. KeyError if unknown."""
        names = [m.name for m in self]
        for name in changes:
            if name not in names:
                raise KeyError(f"no mechanism {name!r}; known: {', '.join(names)}")
        return MechanismSet(changes.get(m.name, m) for m in self)

    def with_added(self, *more: Mechanism) -> MechanismSet:
        """The set with further mechanisms after it."""
        return MechanismSet((*self, *more))


def __getattr__(name: str) -> MechanismSet:
    if name == "ALL":
        return all_mechanisms()
    raise AttributeError(f"module 'interrex.mechanisms' has no attribute {name!r}")


def all_mechanisms() -> MechanismSet:
    """The mechanisms of a run, in plan order (imported on call, since they need numba)."""
    from interrex.mechanisms import (
        common_shocks,
        confidence,
        fatigue,
        framing,
        network_influence,
        patron_intervention,
        patronal_coordination,
        price_grievance,
        rebellion,
        repression,
        security_obedience,
        shutdown,
        threshold_cascade,
        violence,
    )

    return MechanismSet(
        module.MECHANISM
        for module in (
            common_shocks,
            price_grievance,
            shutdown,
            confidence,
            framing,
            patronal_coordination,
            patron_intervention,
            security_obedience,
            rebellion,
            threshold_cascade,
            network_influence,
            repression,
            violence,
            fatigue,
        )
    )


def replace(**changes: Mechanism) -> MechanismSet:
    """The shipped set with some mechanisms replaced by name: `replace(rebellion=mine)`. KeyError if unknown."""
    return all_mechanisms().replace(**changes)
