"""Epstein's Model I as an abmax set of agents on the processor; our port, synchronous (see civil_violence.py).

Every agent gathers the 225 cells in view, and picks where to go among the empty ones and, as a cop, whom to arrest: from
the state before the step, where the other ports arrest those who have just become active.
"""

import civil_violence as rule
import clock
import jax
import jax.numpy as jnp
import numpy as np
from abmax.functions import create_agents, step_agents
from abmax.structs import Agent, Params, Set, Signal, State
from flax import struct

options = clock.arguments()
size, columns = rule.start(options.agents, np.random.default_rng(1))
reach = jnp.arange(-rule.VISION, rule.VISION + 1)
EMPTY = options.agents


@struct.dataclass
class Person(Agent):
    """Citizen or cop."""

    @staticmethod
    def create_agent(agent_type, params, agent_id, active_state, key):
        """Someone with the given columns."""
        return Person(
            id=agent_id, active_state=active_state, age=0.0, agent_type=agent_type, params=None, policy=None, key=key,
            state=State(content=params.content),
        )  # fmt: skip

    @staticmethod
    def step_agent(agent, signal, params):
        """Decide, and say whom to arrest and where to go."""
        me, plane = agent.state.content, params.content["plane"]
        row, column = me["cell"] // size, me["cell"] % size
        seen = ((row + reach[:, None]) % size * size + (column + reach) % size).ravel()
        what = plane[seen]  # 0 empty, 1 cop, 2 active, 3 quiet or jailed
        jail = jnp.maximum(0, me["jail"] - 1)
        actives = jnp.sum(what == 2) + ~me["active"]
        risk = 1.0 - jnp.exp(-rule.K * (jnp.sum(what == 1) // actives))
        wants = me["grievance"] - me["risk_aversion"] * risk > rule.THRESHOLD
        key, where, whom = jax.random.split(agent.key, 3)
        luck = jax.random.uniform(where, (seen.size,))
        target = seen[jnp.argmax(jnp.where(what == 0, luck, -1.0))]
        caught = seen[jnp.argmax(jnp.where(what == 2, jax.random.uniform(whom, (seen.size,)), -1.0))]
        content = {
            **me, "jail": jail, "active": wants & (jail == 0) & ~me["cop"],
            "target": jnp.where((jail == 0) & jnp.any(what == 0), target, me["cell"]),
            "caught": jnp.where(me["cop"] & jnp.any(what == 2), caught, size * size),
        }  # fmt: skip
        return agent.replace(state=State(content=content), key=key)


@jax.jit
def advance(people, key):
    """One step of the whole set."""
    me = people.agents.state.content
    kind = jnp.where(me["cop"], 1, jnp.where(me["active"], 2, 3))
    plane = jnp.zeros(size * size, jnp.int8).at[me["cell"]].set(kind.astype(jnp.int8))
    nothing = Signal(content={"none": jnp.zeros(options.agents)})
    people = step_agents(Person.step_agent, Params(content={"plane": plane}), nothing, people)
    me = people.agents.state.content
    hit = jnp.zeros(size * size + 1, bool).at[me["caught"]].set(True)[me["cell"]] & ~me["cop"]
    jail = jnp.where(hit, jax.random.randint(key, hit.shape, 0, rule.JAIL + 1), me["jail"])
    first = jnp.full(size * size, EMPTY).at[me["target"]].min(people.agents.id)
    wins = (first[me["target"]] == people.agents.id) & (plane[me["target"]] == 0)
    content = {
        **me, "jail": jail, "active": me["active"] & ~hit, "cell": jnp.where(wins, me["target"], me["cell"])
    }  # fmt: skip
    return people.replace(agents=people.agents.replace(state=State(content=content)))


given = {name: jnp.asarray(values) for name, values in columns.items()}
given |= {"target": given["cell"], "caught": given["cell"]}
agents = create_agents(
    Person, Params(content=given), options.agents, options.agents, 0, jax.random.PRNGKey(1)
)
people = Set(num_agents=options.agents, num_active_agents=options.agents, agents=agents, id=0, set_type=0,
             params=None, state=None, policy=None, key=None)  # fmt: skip
keys = iter(jax.random.split(jax.random.PRNGKey(2), 10_000))


def step():
    """One step, waited for."""
    global people
    people = advance(people, next(keys))
    people.agents.state.content["cell"].block_until_ready()


clock.report(
    options,
    step,
    options.agents,
    ["abmax", "jax", "jaxlib"],
    lambda: people.agents.state.content["active"].sum(),
)
