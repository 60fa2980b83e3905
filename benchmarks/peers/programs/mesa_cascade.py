"""The cascade as Mesa agents in the cells of a Mesa network; our port, synchronous in two passes."""

import inspect
import math

import clock
import mesa
import networkx as nx
import numpy as np

options = clock.arguments()
data = np.load(options.network)
offsets, targets, threshold, active = (data[name] for name in ("offsets", "targets", "threshold", "active"))
Network = mesa.discrete_space.Network
# Mesa 3.5 would compute a drawing of the network first, which takes minutes from a few thousand nodes on.
plain = {"layout": None} if "layout" in inspect.signature(Network).parameters else {}


class Person(mesa.discrete_space.FixedAgent):
    """Someone who is active as the neighbours are."""

    def __init__(self, model, cell, threshold, active):
        super().__init__(model)
        self.cell, self.threshold, self.active, self.next = cell, threshold, active, active

    def decide(self):
        """Draw the next state from the present states of the neighbours."""
        around = list(self.cell.neighborhood.agents)
        k = sum(other.active for other in around) / max(1, len(around))
        self.next = self.random.random() < 1.0 / (1.0 + math.exp(-8.0 * (k - self.threshold)))

    def change(self):
        """Take the next state."""
        self.active = self.next


class Cascade(mesa.Model):
    """All persons decide, then all change."""

    def __init__(self):
        super().__init__()
        source = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
        graph = nx.Graph()
        graph.add_nodes_from(range(offsets.size - 1))
        graph.add_edges_from(zip(source.tolist(), targets.tolist(), strict=True))
        self.space = Network(graph, capacity=1, random=self.random, **plain)
        for cell in self.space.all_cells:
            Person(self, cell, float(threshold[cell.coordinate]), bool(active[cell.coordinate]))

    def step(self):
        """One step."""
        self.agents.do("decide")
        self.agents.do("change")


model = Cascade()
clock.report(
    options, model.step, len(model.agents), ["mesa", "networkx"], lambda: sum(p.active for p in model.agents)
)
