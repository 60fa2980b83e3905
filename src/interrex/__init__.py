"""interrex rebuilds a political crisis from a graded ledger of public reports.

    import interrex as ix

    case = ix.load_case("kazakhstan-2022")
    run = ix.run(case, effort="quick", seed=1)
    run.tree                                  # an xarray.DataTree; see the README

Names are looked up on first use, so that `import interrex` stays cheap: no numerical library is imported
before something is computed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interrex import mechanisms as mechanisms
    from interrex import replications as replications
    from interrex.case import load_case as load_case
    from interrex.eventstudy import events as events
    from interrex.results.open import open_run as open_run
    from interrex.workbench import run as run

__version__ = "0.1.0"

__all__ = ["__version__", "events", "load_case", "mechanisms", "open_run", "replications", "run"]

_HOMES = {
    "events": ("interrex.eventstudy", "events"),
    "load_case": ("interrex.case", "load_case"),
    "run": ("interrex.workbench", "run"),
    "open_run": ("interrex.results.open", "open_run"),
}


_ROOMS = {
    "mechanisms": "interrex.mechanisms",
    "replications": "interrex.replications",
    "grid": "interrex.replications",  # the name that it had at first
}


def __getattr__(name: str) -> object:
    if name in _ROOMS:
        return import_module(_ROOMS[name])
    if name not in _HOMES:
        raise AttributeError(f"module 'interrex' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
