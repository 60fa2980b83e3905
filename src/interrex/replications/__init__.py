"""Models of others, replicated exactly and run fast: rebellion on a torus, and a threshold cascade on any network.

from interrex import replications

replications.epstein(seed=1, steps=600)                       # one run, an xarray.Dataset of time series
replications.epstein(seed=range(48), steps=600, workers=2)    # an ensemble, with dimension `run`

The cascade is `replications.cascade`, on a network that `replications.graph` reads. No case uses this room.
"""

from interrex.replications import cascade, graph
from interrex.replications.civil_violence import Epstein, World, epstein, run

__all__ = ["Epstein", "World", "cascade", "epstein", "graph", "run"]
