"""What the group `crowd` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_POST = "posterior histories"
_PRIOR = "free histories of the prior"
_LEDGER = "reports of crowds in the ledger"


def _by_region(name: str, words: str, source: str) -> Variable:
    return Variable(name, "quantile day region", "number", "persons", words, source)


def _nation(name: str, words: str, source: str) -> Variable:
    return Variable(name, "quantile day", "number", "persons", words, source)


def _report(name: str, words: str) -> Variable:
    return Variable(f"report_{name}", "report", "text", "", words, _LEDGER)


def _size(name: str, words: str) -> Variable:
    return Variable(f"report_{name}", "report", "number", "persons", words, _LEDGER)


GROUP = Group(
    "people in the streets, day by day and region by region",
    (
        _by_region("present_post", "most people at once in the course of the day", _POST),
        _by_region("taking_part_post", "people who were on the street that day", _POST),
        _by_region("present_prior", "most people at once in the course of the day", _PRIOR),
        _nation("nation_present_post", "most people at once in the country in the course of the day", _POST),
        _nation("nation_taking_part_post", "people in the country who were on the street that day", _POST),
        _nation(
            "nation_present_prior", "most people at once in the country in the course of the day", _PRIOR
        ),
        _nation("arrests_post", "detained in the country since the window began", _POST),
        _nation("deaths_post", "dead in the country since the window began", _POST),
        Variable("region_name", "region", "text", "", "name of the region", "the case"),
        _report("region", "id of the region that the report is about, or nation"),
        _report("day", "day that the report is about"),
        _report("use", "conditioned on (fit) or kept for checking (check)"),
        _report("label", "the report in words"),
        _size("value", "persons reported"),
        _size("low", "fewest that the report allows"),
        _size("high", "most that the report allows"),
        Variable(
            "report_p",
            "report",
            "probability",
            "1",
            "two-sided predictive p of the report",
            "posterior predictive",
        ),
    ),
)
