"""What the group `fit` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_LEDGER = "ledger"
_DRAWS = "posterior predictive draws"
_SHOCKS = "common shocks of the posterior"
_GAIN = "likelihood with and without the shocks that were inferred"
_SCORES = "densities of reports kept for checking"
_PERSONS = "persons, or 1 where measure is share"

GROUP = Group(
    "what the model gets right and wrong",
    (
        Variable("claim", "check", "text", "", "first claim behind the report", _LEDGER),
        Variable("label", "check", "text", "", "when, where and what", _LEDGER),
        Variable("use", "check", "text", "", "whether it was conditioned on (fit) or kept for checking (check)", _LEDGER),
        Variable("measure", "check", "text", "", "persons or share", _LEDGER),
        Variable("observed", "check", "number", _PERSONS, "what was reported, or the middle of its range", _LEDGER),
        Variable("obs_low", "check", "number", _PERSONS, "least that the report allows", _LEDGER),
        Variable("obs_high", "check", "number", _PERSONS, "most that the report allows", _LEDGER),
        Variable("q05", "check", "number", _PERSONS, "5 % quantile of what an informed source reports", _DRAWS, bound=True),
        Variable("q50", "check", "number", _PERSONS, "median of what an informed source reports", _DRAWS),
        Variable("q95", "check", "number", _PERSONS, "95 % quantile of what an informed source reports", _DRAWS, bound=True),
        Variable("p", "check", "probability", "1", "predictive probability of a report at least as far off", _DRAWS),
        Variable(
            "dismissed", "check", "probability", "1", "posterior probability that its source did not know", "reliabilities of origins"
        ),
        Variable("shock_sd", "day region", "number", "1", "posterior mean of the common shock in prior sd", _SHOCKS),
        Variable("day", "day", "day", "", "day of the window", "window of the case"),
        Variable("region", "region", "text", "", "id of the region", "regions of the case"),
        Variable("rank_when", "rank", "text", "", "histories of the prior or of the posterior", "histories"),
        Variable("rank_what", "rank", "text", "", "what the region was: first or largest", _LEDGER),
        Variable("rank_region", "rank", "text", "", "name of the region", "regions of the case"),
        Variable("rank_share", "rank", "probability", "1", "share of the histories with a crowd in which it is", "histories"),
        Variable("rank_place", "rank", "number", "1", "its rank among the regions by that share", "histories"),
        Variable("block_label", "block", "text", "", "what was left out", _LEDGER),
        Variable("block_reports", "block", "number", "1", "reports in the block", _LEDGER),
        Variable("block_log_score", "block", "number", "nats", "mean log density of a report under the model", _SCORES),
        Variable("block_baseline", "block", "number", "nats", "the same under an uninformed density", _SCORES),
        Variable("share_fit_inside", "", "number", "1", "reported numbers conditioned on with p of .05 or more", _DRAWS),
        Variable("share_check_inside", "", "number", "1", "reported numbers kept for checking with p of .05 or more", _DRAWS),
        Variable("log_gain_mechanisms", "", "number", "nats", "gain over the prior with fresh shocks", _GAIN),
        Variable("log_gain_shocks", "", "number", "nats", "further gain with the shocks that were inferred", _GAIN),
        Variable("shock_share", "", "number", "1", "share of the gain that shocks supply", _GAIN),
        Variable("largest_shock", "", "number", "1", "largest common shock in prior sd", _SHOCKS),
        Variable("put_in_by_shocks", "", "flag", "1", "whether shocks put the spread in", _SHOCKS),
        Variable("prior_event_probability", "", "probability", "1", "probability of such an event before any report", "prior"),
        Variable("verdict", "", "text", "", "what explains the sequence", _GAIN),
    ),
)  # fmt: skip
