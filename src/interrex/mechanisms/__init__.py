"""The mechanisms: one published idea a file, all with the anatomy of `contract.py`.

`ALL` is the set that a run uses, in the order in which the tick calls them; `replace` swaps one.
"""

from __future__ import annotations

from typing import Any

__all__ = ["all_mechanisms", "replace"]


def all_mechanisms() -> tuple[Any, ...]:
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
        silence,
        threshold_cascade,
        violence,
    )

    return tuple(
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
            silence,
        )
    )


def replace(**changes: Any) -> tuple[Any, ...]:
    """The default set with some mechanisms replaced by name: `replace(rebellion=mine)`. KeyError if unknown."""
    chosen = {m.name: m for m in all_mechanisms()}
    for name in changes:
        if name not in chosen:
            raise KeyError(f"no mechanism {name!r}; known: {', '.join(chosen)}")
    return tuple(changes.get(name, m) for name, m in chosen.items())
