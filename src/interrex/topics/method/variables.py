"""What the group `method` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_LEDGER = "claims known by the as-of day"
_MODEL = "model of the run"

GROUP = Group(
    "what of the ledger and of the panels entered this run",
    (
        Variable("fit_claims", "", "number", "1", "claims marked fit", _LEDGER),
        Variable("fit_acts", "", "number", "1", "dated acts that were imposed and scored", _MODEL),
        Variable("fit_act_claims", "", "number", "1", "claims behind them", _MODEL),
        Variable("fit_terms", "", "number", "1", "reports of numbers and quiet days in the likelihood", _MODEL),
        Variable("fit_term_claims", "", "number", "1", "claims behind them", _MODEL),
        Variable("fit_unused", "", "number", "1", "claims marked fit that enter neither as an act nor as a number", _MODEL),
        Variable("check_claims", "", "number", "1", "claims marked check", _LEDGER),
        Variable("check_used", "", "number", "1", "claims marked check among the evidence", _MODEL),
        Variable("origins", "", "number", "1", "origins that the numbers come from", _MODEL),
        Variable("kinds", "", "number", "1", "kinds of acts that somebody in the case can do", _MODEL),
        Variable("kinds_assumed", "", "number", "1", "of them with a rate in crisis that nothing counts", "catalogue of acts"),
        Variable("mechanism", "mechanism", "text", "", "mechanism of the citizens and the state", _MODEL),
    ),
)  # fmt: skip
