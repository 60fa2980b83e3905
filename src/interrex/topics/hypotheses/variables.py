"""What the group `hypotheses` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_CASE = "hypotheses of the case"
_PATHS = "dated acts of the ledger on posterior paths"
_GRID = "dated acts of the ledger under a grid of priors"

GROUP = Group(
    "rival explanations compared by the probability that each gives to the dated sequence",
    (
        Variable("hypothesis", "hypothesis", "text", "", "id of the explanation", _CASE),
        Variable("label", "hypothesis", "text", "", "the explanation in the words of the case", _CASE),
        Variable("prior", "hypothesis", "probability", "1", "probability before the sequence", _CASE),
        Variable("posterior", "hypothesis", "probability", "1", "probability after the sequence", _PATHS),
        Variable("log_ratio", "hypothesis", "number", "nats", "log evidence ratio to the first", _PATHS),
        Variable("least", "hypothesis", "number", "nats", "least log evidence ratio over the priors", _GRID),
        Variable("most", "hypothesis", "number", "nats", "largest log evidence ratio over the priors", _GRID),
        Variable("error", "hypothesis", "number", "nats", "numerical error of the log ratio", _PATHS),
        Variable(
            "log_ratio_free", "hypothesis", "number", "nats",
            "log evidence ratio with a free level of every hazard, the same for every explanation", _PATHS,
        ),
        Variable("factor", "factor", "text", "", "name of the factor", _PATHS),
        Variable("factor_log_ratio", "factor hypothesis", "number", "nats", "log ratio of the factor", _PATHS),
        Variable("factor_least", "factor hypothesis", "number", "nats", "least of it over its priors", _GRID),
        Variable("factor_most", "factor hypothesis", "number", "nats", "most of it over its priors", _GRID),
        Variable("grid_latency", "grid_latency", "number", "hours", "median delay under the treaty", _GRID),
        Variable("grid_acceptance", "grid_acceptance", "text", "", "how often rivals accept", _GRID),
        Variable(
            "grid_log_ratio", "grid_latency grid_acceptance hypothesis", "number", "nats",
            "log evidence ratio at a point of the grid", _GRID,
        ),
        Variable("pair_first", "pair", "text", "", "explanation that is compared", _CASE),
        Variable("pair_second", "pair", "text", "", "explanation that it is compared with", _CASE),
        Variable("pair_least", "pair", "number", "nats", "least log evidence ratio over the priors", _GRID),
        Variable("pair_most", "pair", "number", "nats", "largest log evidence ratio over the priors", _GRID),
        Variable("pair_verdict", "pair", "text", "", "what holds under every prior", _GRID),
        Variable(
            "pair_alike", "pair", "flag", "1", "whether the two give the same help by construction",
            "priors of the understandings",
        ),
        Variable("claim_id", "claim", "text", "", "id of the claim", "ledger"),
        Variable("claim_text", "claim", "text", "", "what the claim says", "ledger"),
        Variable("claim_llr", "claim hypothesis", "number", "nats", "share of the claim in the log ratio", _PATHS),
        Variable("asked", "", "flag", "1", "whether a request to the patron is known", "ledger"),
        Variable(
            "treaty_acceptance", "", "probability", "1", "mean chance that a request is granted under the first",
            "priors of the understandings",
        ),
        Variable(
            "flip_hours", "", "number", "hours",
            "delay of help at which a bargain struck beforehand would no longer be favoured", _GRID,
        ),
        Variable("other_form", "", "number", "nats", "largest change under a gamma delay", _GRID),
        Variable(
            "predictive_p", "", "probability", "1", "posterior predictive p of the dated sequence, two-sided", _PATHS
        ),
        Variable("contacts", "contact", "number", "year-1", "contacts of the two leaders a year", _CASE, required=False),
        Variable(
            "contact_chance", "contact", "probability", "1", "chance of a contact in any ten days", _CASE, required=False
        ),
    ),
)
