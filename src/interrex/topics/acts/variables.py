"""What the group `acts` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_CATALOGUE = "catalogue of acts"

GROUP = Group(
    "how often such acts happen, and from what record we know it",
    (
        Variable("kind", "act_kind", "text", "", "act kind of the catalogue", _CATALOGUE),
        Variable("role", "act_kind", "text", "", "who acts", _CATALOGUE),
        Variable("phase", "act_kind", "text", "", "calm, or crisis: a crowd above 1,000 or a death", _CATALOGUE),
        Variable("source", "act_kind", "text", "", "reference class", _CATALOGUE),
        Variable("n", "act_kind", "number", "1", "events counted in the reference class", _CATALOGUE),
        Variable("exposure_days", "act_kind", "number", "days", "days at risk in the reference class", _CATALOGUE),
        Variable("assumption", "act_kind", "flag", "1", "whether nothing was counted", _CATALOGUE),
        Variable("sd", "act_kind", "number", "1", "prior sd of the log rate", _CATALOGUE),
        Variable("observed", "act_kind", "number", "1", "dated acts of the kind, both phases, in the crisis row", "ledger"),
    ),
)  # fmt: skip
