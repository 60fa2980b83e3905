"""What the group `crowd` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "people in the streets, day by day and region by region",
    (
        Variable("present_post", "quantile day region", "number", "persons"),
        Variable("taking_part_post", "quantile day region", "number", "persons", required=False),
        Variable("present_prior", "quantile day region", "number", "persons", required=False),
        Variable("nation_present_post", "quantile day", "number", "persons"),
        Variable("nation_taking_part_post", "quantile day", "number", "persons", required=False),
        Variable("nation_present_prior", "quantile day", "number", "persons", required=False),
        Variable("arrests_post", "quantile day", "number", "persons, cumulative", required=False),
        Variable("deaths_post", "quantile day", "number", "persons, cumulative", required=False),
        Variable("region_name", "region", "text", "", required=False),
        Variable("report_region", "report", "text", "", required=False),
        Variable("report_day", "report", "text", "", required=False),
        Variable("report_use", "report", "text", "", required=False),
        Variable("report_label", "report", "text", "", required=False),
        Variable("report_value", "report", "number", "persons", required=False),
        Variable("report_low", "report", "number", "persons", required=False),
        Variable("report_high", "report", "number", "persons", required=False),
        Variable("report_p", "report", "probability", "1", required=False),
    ),
)
