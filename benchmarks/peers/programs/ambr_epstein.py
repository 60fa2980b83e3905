"""Epstein's Model I in ambr's vectorised lane; our port, synchronous (see civil_violence.py)."""

import ambr
import civil_violence as rule
import clock
import numpy as np

options = clock.arguments()


class Rebellion(ambr.Model):
    """Columns of the population, changed all at once."""

    def setup(self):
        """Fill the population."""
        self.size, columns = rule.start(options.agents, np.random.default_rng(1))
        self.add_agents(options.agents, **columns)

    def step_vectorized(self):
        """One step."""
        people, rng, size = self.agents, self.rng, self.size
        cell, cop, active, jail = (
            np.array(getattr(people, name)) for name in ("cell", "cop", "active", "jail")
        )
        jail = np.maximum(0, jail - 1)
        free = jail == 0
        cops, actives = rule.counts(size, cell, cop), rule.counts(size, cell, active)
        wants = rule.rebels(cops, actives, active, np.array(people.grievance), np.array(people.risk_aversion))
        active = wants & free & ~cop
        rule.arrest(size, cell, cop, active, jail, rng)
        people.active, people.jail = active, jail
        people.cell = rule.move(size, cell, jail == 0, rng)


model = Rebellion({"steps": 1, "seed": 1, "show_progress": False})
model.cpu(mode="vectorized")
clock.report(
    options,
    model.run_step,
    options.agents,
    ["ambr", "polars", "numpy"],
    lambda: np.array(model.agents.active).sum(),
)
