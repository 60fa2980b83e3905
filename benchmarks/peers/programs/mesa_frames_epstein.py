"""Epstein's Model I as a mesa-frames agent set in Polars; our port, synchronous (see civil_violence.py).

Counting is a join of cops and actives with the 225 offsets in view, as its grid's own neighbourhoods do not fill a
square of vision 7; arrests and moves are numpy on the columns.
"""

import civil_violence as rule
import clock
import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF

options = clock.arguments()
rng = np.random.default_rng(1)
size, columns = rule.start(options.agents, rng)
reach = np.arange(-rule.VISION, rule.VISION + 1)
offsets = pl.DataFrame({"down": np.repeat(reach, reach.size), "right": np.tile(reach, reach.size)})


class People(AgentSetPolars):
    """Citizens and cops."""

    def __init__(self, model):
        super().__init__(model)
        self.add(pl.DataFrame({"unique_id": np.arange(options.agents), **columns}))

    def step(self):
        """One step."""
        row, column = pl.col("cell") // size, pl.col("cell") % size
        seen = (
            self.agents.filter(pl.col("cop") | pl.col("active"))
            .select("cell", "cop", "active")
            .join(offsets, how="cross")
            .select(
                ((row + pl.col("down")) % size * size + (column + pl.col("right")) % size).alias("cell"),
                pl.col("cop").cast(pl.Int64).alias("cops"),
                pl.col("active").cast(pl.Int64).alias("actives"),
            )
            .group_by("cell")
            .sum()
        )
        table = self.agents.join(seen, on="cell", how="left", maintain_order="left").fill_null(0)
        get = {name: table[name].to_numpy().copy() for name in table.columns}
        jail = np.maximum(0, get["jail"] - 1)
        active = rule.rebels(
            get["cops"], get["actives"], get["active"], get["grievance"], get["risk_aversion"]
        )
        active &= (jail == 0) & ~get["cop"]
        rule.arrest(size, get["cell"], get["cop"], active, jail, rng)
        cell = rule.move(size, get["cell"], jail == 0, rng)
        self.agents = self.agents.with_columns(
            pl.Series("active", active), pl.Series("jail", jail), pl.Series("cell", cell)
        )


model = ModelDF()
people = People(model)
clock.report(
    options,
    people.step,
    options.agents,
    ["mesa-frames", "polars", "numpy"],
    lambda: people.agents["active"].sum(),
)
