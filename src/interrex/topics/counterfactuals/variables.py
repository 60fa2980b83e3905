"""What the group `counterfactuals` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_CASE = "counterfactuals of the case"
_PAIRS = "pairs of histories with the same luck"
_CELL = "counterfactual metric"
_UNITS = "persons, or person-days, by metric"

GROUP = Group(
    "the same histories with one act changed",
    (
        Variable("counterfactual", "counterfactual", "text", "", "id of the counterfactual", _CASE),
        Variable("label", "counterfactual", "text", "", "the counterfactual in words", _CASE),
        Variable("metric", "metric", "text", "", "id of what is compared", _PAIRS),
        Variable("metric_label", "metric", "text", "", "what is compared", _PAIRS),
        Variable("factual", _CELL, "number", _UNITS, "median as it was; inf beyond the range of the model", _PAIRS),
        Variable("counter", _CELL, "number", _UNITS, "median with the act changed", _PAIRS),
        Variable("diff", _CELL, "number", _UNITS, "median difference, later acts free", _PAIRS),
        Variable("diff_low", _CELL, "number", _UNITS, "lower end of its central 90 %", _PAIRS, bound=True),
        Variable("diff_high", _CELL, "number", _UNITS, "upper end of its central 90 %; inf where it is open", _PAIRS, bound=True),
        Variable("direct", _CELL, "number", _UNITS, "median difference, later acts held at their dates", _PAIRS),
        Variable("direct_low", _CELL, "number", _UNITS, "lower end of its central 90 %", _PAIRS, bound=True),
        Variable("direct_high", _CELL, "number", _UNITS, "upper end of its central 90 %", _PAIRS, bound=True),
        Variable("pairs", "", "number", "1", "pairs of histories", _PAIRS),
        Variable("replayed", "", "number", "1", "pairs whose replay without a change is the same to the bit", _PAIRS),
        Variable("factual_beyond", "", "number", "1", "factual histories that left the range of the model", _PAIRS),
        Variable("beyond", "counterfactual", "number", "1", "changed histories that left it, later acts free", _PAIRS),
        Variable("direct_beyond", "counterfactual", "number", "1", "changed histories that left it, later acts held", _PAIRS),
        Variable("compared", "counterfactual", "number", "1", "pairs in which neither left it: the later acts are theirs", _PAIRS),
        Variable("sd_paired", "counterfactual", "number", "1", "sd of the log peak's difference within pairs", _PAIRS),
        Variable("sd_unpaired", "counterfactual", "number", "1", "the same with fresh noise from the act on", _PAIRS),
        Variable("cf", "change", "text", "", "counterfactual under which a later act changes", _PAIRS),
        Variable("act", "change", "text", "", "kind of the later act", _PAIRS),
        Variable("p_factual", "change", "probability", "1", "share of the pairs in which it happens as it was", _PAIRS),
        Variable("p_counter", "change", "probability", "1", "share of the pairs in which it happens then", _PAIRS),
        Variable("shift_hours", "change", "number", "hours", "median shift where it happens in both", _PAIRS),
    ),
)  # fmt: skip
