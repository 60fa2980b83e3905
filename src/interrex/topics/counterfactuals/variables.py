"""What the group `counterfactuals` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "the same histories with one act changed",
    (
        Variable("label", "counterfactual", "text", ""),
        Variable("metric_label", "metric", "text", ""),
        Variable("factual", "counterfactual metric", "number", "of the metric"),
        Variable("counter", "counterfactual metric", "number", "of the metric"),
        Variable("diff", "counterfactual metric", "number", "of the metric"),
        Variable("diff_low", "counterfactual metric", "number", "of the metric", bound=True),
        Variable("diff_high", "counterfactual metric", "number", "of the metric", bound=True),
        Variable("direct", "counterfactual metric", "number", "of the metric", required=False),
        Variable(
            "direct_low", "counterfactual metric", "number", "of the metric", required=False, bound=True
        ),
        Variable(
            "direct_high", "counterfactual metric", "number", "of the metric", required=False, bound=True
        ),
        Variable("sd_paired", "counterfactual metric", "number", "of the metric", required=False),
        Variable("sd_unpaired", "counterfactual metric", "number", "of the metric", required=False),
        Variable("cf", "change", "text", "", required=False),
        Variable("act", "change", "text", "", required=False),
        Variable("p_factual", "change", "probability", "1", required=False),
        Variable("p_counter", "change", "probability", "1", required=False),
        Variable("shift_hours", "change", "number", "hours", required=False),
    ),
)
