"""The cascade as a product of a scipy.sparse matrix and a vector, with numpy; our port, synchronous."""

import clock
import numpy as np
from scipy import sparse

options = clock.arguments()
data = np.load(options.network)
offsets, targets = data["offsets"].astype(np.int32), data["targets"].astype(np.int32)
nodes = offsets.size - 1
matrix = sparse.csr_array((np.ones(targets.size, np.float32), targets, offsets), (nodes, nodes))
degree = np.maximum(1, np.diff(offsets)).astype(np.float32)
threshold = data["threshold"].astype(np.float32)
active = data["active"].astype(np.float32)
rng = np.random.default_rng(1)


def step():
    """One step."""
    global active
    p = 1.0 / (1.0 + np.exp(-8.0 * (matrix @ active / degree - threshold)))
    active = (rng.random(nodes, np.float32) < p).astype(np.float32)


clock.report(options, step, nodes, ["scipy", "numpy"], lambda: active.sum())
