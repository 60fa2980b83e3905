"""Trust from reports of very different sources: level, differences, house effects, and what is prior. Works alone.

    from interrex.trust import trust

    found = trust("reports.csv", acts="acts.csv")

Looked up on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interrex.trust.study import trust as trust

__all__ = ["trust"]


def __getattr__(name: str) -> object:
    if name == "trust":
        from interrex.trust.study import trust

        return trust
    raise AttributeError(f"module 'interrex.trust' has no attribute {name!r}")
