"""NDlib's own ThresholdModel: deterministic and without a way back, synchronous. A threshold of a half lets few switch."""

import clock
import ndlib.models.ModelConfig as config
import networkx as nx
import numpy as np
from ndlib.models.epidemics import ThresholdModel

options = clock.arguments()
data = np.load(options.network)
offsets, targets = data["offsets"], data["targets"]
source = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
graph = nx.Graph()
graph.add_nodes_from(range(offsets.size - 1))
graph.add_edges_from(zip(source.tolist(), targets.tolist(), strict=True))
model = ThresholdModel(graph, seed=1)
settings = config.Configuration()
settings.add_model_parameter("fraction_infected", 0.001)
for node in graph.nodes:
    settings.add_node_configuration("threshold", node, 0.5)
model.set_initial_status(settings)
clock.report(
    options,
    lambda: model.iteration(node_status=False),
    graph.number_of_nodes(),
    ["ndlib", "networkx"],
    lambda: sum(model.status.values()),
)
