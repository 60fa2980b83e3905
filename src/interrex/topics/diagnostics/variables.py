"""What the group `diagnostics` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_CHECK = "sampler's own checks"
_ISLANDS = "islands of the sampler"

GROUP = Group(
    "whether the inference may be believed",
    (
        Variable("name", "diagnostic", "text", "", "name of the check", _CHECK),
        Variable("text", "diagnostic", "text", "", "what the check means", _CHECK),
        Variable("value", "diagnostic", "number", "as in text", "what was found", _CHECK),
        Variable("threshold", "diagnostic", "number", "as in text", "what was wanted", _CHECK),
        Variable("passed", "diagnostic", "flag", "1", "whether the check was passed", _CHECK),
        Variable("log_evidence", "", "number", "nats", "log evidence of the record", _ISLANDS),
        Variable("log_evidence_se", "", "number", "nats", "standard error of it, from the spread of islands", _ISLANDS),
        Variable("simulations", "", "number", "1", "histories that were simulated for the posterior", _ISLANDS),
        Variable("temperatures", "island", "number", "1", "steps from the reference to the posterior", _ISLANDS),
    ),
    attrs=("passed",),
)
