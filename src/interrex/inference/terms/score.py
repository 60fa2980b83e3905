# pyright: reportUndefinedVariable=false
"""The terms of a history scored, and put together by origin: claims of one origin share their reliability."""

from __future__ import annotations

import math

import numpy as np

from interrex.engine.decorators import kernel
from interrex.inference.terms import KINDS
from interrex.inference.terms.kind import Terms
from interrex.mechanisms.state import BLACKOUT

QUADRATURE = 8

SIGNATURES = {
    "predict": "(i, terms, units, beliefs, levels, obs)",
    "logpdf": "(i, terms, n, blackout, obs)",
}


def _by_kind(name: str) -> str:
    """Text of a kernel that calls the function `name` of a term's kind."""
    functions = [getattr(kind, name).py_func for kind in KINDS]
    lines, calls = ["@pasted", f"def {name}{SIGNATURES[name]}:"], SIGNATURES[name]
    for n, function in enumerate(dict.fromkeys(functions)):
        codes = " or ".join(f"terms.kind[i] == {c}" for c, f in enumerate(functions) if f is function)
        lines.insert(0, f"from {function.__module__} import {function.__name__} as {name}_{n}")
        lines += [f"    if {codes}:", f"        return {name}_{n}{calls}"]
    lines[-2:] = [lines[-1][4:]]  # the last kind needs no question
    return "\n".join(lines) + "\n"


WRITTEN = _by_kind("predict") + _by_kind("logpdf")
"""What the kernel module gets besides the text below the marker."""


def reliability_nodes(terms: Terms) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Jacobi nodes and weights of every origin's Beta prior, f8[O, QUADRATURE] each."""
    from scipy.special import roots_jacobi

    nodes = np.zeros((terms.alpha.size, QUADRATURE))
    weights = np.zeros_like(nodes)
    for o in range(terms.alpha.size):
        x, w = roots_jacobi(QUADRATURE, terms.beta[o] - 1.0, terms.alpha[o] - 1.0)
        nodes[o] = 0.5 * (x + 1.0)
        weights[o] = w / w.sum()
    return nodes, weights


# --- composed below ---


@kernel
def score(terms, units, beliefs, levels, obs, tick_from, tick_to, known, unknown, predicted):
    """Fill known[i], unknown[i], predicted[i] for the terms whose last tick lies in [tick_from, tick_to)."""
    for i in range(terms.kind.size):
        if tick_from <= terms.last[i] < tick_to:
            n = predict(i, terms, units, beliefs, levels, obs)  # noqa: F821 - composed
            predicted[i] = n
            dark = levels[terms.last[i], BLACKOUT]
            known[i], unknown[i] = logpdf(i, terms, n, dark, obs)  # noqa: F821 - composed


@kernel
def mixture(terms, known, unknown, nodes, weights, use):
    """Total log likelihood: by origin, the reliability integrated out on Gauss-Jacobi nodes[O, Q], weights[O, Q]. Each report
    counts with its share."""
    total = 0.0
    for i in range(terms.kind.size):
        if terms.origin[i] < 0 and use[i] == 1:  # silence of the record has coverage, not an origin
            total += known[i]
    for o in range(terms.alpha.size):
        best = -1e300
        values = np.zeros(nodes.shape[1])
        some = False
        for q in range(nodes.shape[1]):
            s = 0.0
            for i in range(terms.kind.size):
                if terms.origin[i] != o or use[i] == 0:
                    continue
                some = True
                m = max(known[i], unknown[i])
                s += terms.share[i] * (
                    m
                    + math.log(
                        nodes[o, q] * math.exp(known[i] - m) + (1.0 - nodes[o, q]) * math.exp(unknown[i] - m)
                    )
                )
            values[q] = s
            best = max(best, s)
        if some:
            acc = 0.0
            for q in range(nodes.shape[1]):
                acc += weights[o, q] * math.exp(values[q] - best)
            total += best + math.log(acc)
    return total
