"""Mesa's own example of Epstein's Model I. `shipped` as it is; `alike` with our neighbourhood and rounding.

`alike` changes three things from outside: a Moore grid for the von Neumann one, floor for round, no data collector.
"""

import inspect
import math

import clock
import mesa
from mesa.examples.advanced.epstein_civil_violence import agents as rules
from mesa.examples.advanced.epstein_civil_violence import model as example

options = clock.arguments()
size = round((options.agents / 0.74) ** 0.5)
settings = {"width": size, "height": size, "citizen_density": 0.70, "cop_density": 0.04, "citizen_vision": 7,
            "cop_vision": 7, "legitimacy": 0.82, "max_jail_term": 30, "max_iters": 10**9}  # fmt: skip
if options.variant == "alike":
    rules.round = math.floor
    mesa.discrete_space.OrthogonalVonNeumannGrid = mesa.discrete_space.OrthogonalMooreGrid
if "scenario" in inspect.signature(example.EpsteinCivilViolence).parameters:
    model = example.EpsteinCivilViolence(scenario=example.EpsteinScenario(rng=1, **settings))
else:
    model = example.EpsteinCivilViolence(seed=1, **settings)
if options.variant == "alike":
    model.datacollector.collect = lambda _: None
clock.report(options, model.step, len(model.agents), ["mesa"], lambda: model.ACTIVE)
