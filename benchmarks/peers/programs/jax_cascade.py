"""The cascade with jax.ops.segment_sum on the processor, all its threads; our port, synchronous."""

import clock
import jax
import jax.numpy as jnp
import numpy as np

options = clock.arguments()
data = np.load(options.network)
nodes = data["offsets"].size - 1
degree = np.diff(data["offsets"])
source = jnp.asarray(np.repeat(np.arange(nodes, dtype=np.int32), degree))
targets = jnp.asarray(data["targets"].astype(np.int32))
threshold = jnp.asarray(data["threshold"].astype(np.float32))
degrees = jnp.asarray(np.maximum(1, degree).astype(np.float32))


@jax.jit
def advance(active, key):
    """Next state and key."""
    key, now = jax.random.split(key)
    k = jax.ops.segment_sum(active[targets].astype(jnp.float32), source, nodes, indices_are_sorted=True)
    p = jax.nn.sigmoid(8.0 * (k / degrees - threshold))
    return (jax.random.uniform(now, (nodes,)) < p).astype(jnp.uint8), key


state = (jnp.asarray(data["active"].astype(np.uint8)), jax.random.PRNGKey(1))


def step():
    """One step, waited for."""
    global state
    state = advance(*state)
    state[0].block_until_ready()


clock.report(options, step, nodes, ["jax", "jaxlib"], lambda: state[0].sum())
