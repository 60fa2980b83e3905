"""What all peer programs share: their arguments, the clock, and the line of JSON that they print."""

import argparse
import importlib.metadata
import json
import resource
import sys
import time
from pathlib import Path


def arguments():
    """agents, steps, seconds, network (.npz) and variant of the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--agents", type=int, required=True)
    parser.add_argument("--steps", type=int, default=10, help="timed steps at most")
    parser.add_argument("--seconds", type=float, default=10.0, help="no new step is begun after so many")
    parser.add_argument("--network", help="file with offsets, targets, threshold, active")
    parser.add_argument("--variant", default="")
    return parser.parse_args()


def report(options, step, agents, packages, active, warm=2):
    """Call `step` a few times uncounted and up to options.steps times by the clock; print what came of it.

    `active` says how many agents are active; its mean over the timed steps shows in what state the model was.
    """
    begun = time.perf_counter()
    for _ in range(warm):
        if time.perf_counter() - begun < options.seconds:
            step()
    walls, processor, actives = [], [], []
    begun = time.perf_counter()
    while len(walls) < options.steps and (not walls or time.perf_counter() - begun < options.seconds):
        start, busy = time.perf_counter(), time.process_time()
        step()
        walls.append(time.perf_counter() - start)
        processor.append(time.process_time() - busy)
        actives.append(int(active()))
    print(json.dumps({
        "agents": agents, "walls": walls, "processor": processor,
        "peak_mb": peak_mb(),
        "versions": {name: importlib.metadata.version(name) for name in packages}, "active": sum(actives) / len(actives),
    }))  # fmt: skip


def peak_mb():
    """Most memory held so far, MB. On Linux getrusage would also count what the parent held before."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) / 1024 for line in status.open() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
