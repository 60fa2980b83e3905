"""How far the case's shock reaches into each unit: the column of regions.csv that the shock names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from interrex.case import CutCase



def unit_exposure(case: CutCase) -> np.ndarray:
    """Exposure f8[U], 0 to 1, of the units of a cut case, in its order.

    The first known shock says which column of regions.csv scales it (none: everybody alike) and which regions it
    reaches (none named: all); `check` lets no shock of a case differ from another in these. Without any shock the
    column is `fuel_exposure`, and nothing reads it.
    """
    shock = next(iter(case.shocks), None)
    column = "fuel_exposure" if shock is None else shock.exposure
    reached = set(shock.regions) if shock is not None and shock.regions else {r.region for r in case.regions}
    of = {
        r.region: (getattr(r, column) if column else 1.0) if r.region in reached else 0.0 for r in case.regions
    }
    return np.array([of[unit.region] for unit in case.units], dtype=float)
