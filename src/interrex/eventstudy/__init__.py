"""Event studies on prices with halts, thin trading, several venues and currencies.

    from interrex.eventstudy import events

    study = events("prices.csv", event="2022-01-05", name="KAP", benchmark="EEM")

Looked up on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interrex.eventstudy.study import events as events

__all__ = ["events"]


def __getattr__(name: str) -> object:
    if name == "events":
        from interrex.eventstudy.study import events

        return events
    raise AttributeError(f"module 'interrex.eventstudy' has no attribute {name!r}")
