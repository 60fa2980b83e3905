"""Mesa's own example of Epstein's Model I. `shipped` as it is; `alike` with our neighbourhood and rounding.

`alike` changes three things from outside: a Moore grid for the von Neumann one, floor for round, no data collector.
"""

import math

import clock
import mesa
from mesa.examples.advanced.epstein_civil_violence import agents as rules
from mesa.examples.advanced.epstein_civil_violence import model as example

options = clock.arguments()
size = round((options.agents / 0.74) ** 0.5)
alike = options.variant == "alike"
settings = {"citizen_density": 0.70, "cop_density": 0.04, "citizen_vision": 7, "cop_vision": 7, "legitimacy": 0.82,
            "max_jail_term": 30, "max_iters": 10**9}  # fmt: skip
if alike:
    rules.round = math.floor
if hasattr(example, "EpsteinScenario"):
    settings |= {"rng": 1, "grid_type": "Moore" if alike else "Von Neumann"}
    model = example.EpsteinCivilViolence(size, size, scenario=example.EpsteinScenario(**settings))
else:
    if alike:
        mesa.discrete_space.OrthogonalVonNeumannGrid = mesa.discrete_space.OrthogonalMooreGrid
    model = example.EpsteinCivilViolence(size, size, seed=1, **settings)
if alike:
    model.datacollector.collect = lambda _: None
clock.report(options, model.step, len(model.agents), ["mesa"], lambda: model.ACTIVE)
