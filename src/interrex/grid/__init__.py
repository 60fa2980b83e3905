"""Grid worlds: spatial models of rebellion on a torus, replicated exactly and run fast.

from interrex import grid

grid.epstein(seed=1, steps=600)                       # one run, an xarray.Dataset of time series
grid.epstein(seed=range(48), steps=600, workers=2)    # an ensemble, with dimension `run`
"""

from interrex.grid.civil_violence import Epstein, World, epstein, run

__all__ = ["Epstein", "World", "epstein", "run"]
