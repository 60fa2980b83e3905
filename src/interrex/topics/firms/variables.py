"""What the group `firms` of the results holds."""

from __future__ import annotations

from functools import partial

from interrex.results.schema import Group, Variable

_told = partial(Variable, source="facts of the case, assumptions, hazard of the histories")
_maybe = partial(_told, required=False)

GROUP = Group(
    "plans of foreign firms after the episode, and what a reported count of cancellations tells",
    (
        _told("trigger_hazard", "trigger_hazard", "number", "1/year", "hazard of losing the asset"),
        _told("trigger_volatility", "trigger_volatility", "number", "1/sqrt(year)", "volatility of profit"),
        _told("trigger", "trigger_hazard trigger_volatility", "number", "1/year", "profit asked for, hazard on the asset's life"),
        _told("trigger_both", "trigger_hazard trigger_volatility", "number", "1/year", "profit asked for, the same hazard on asset and plan"),
        _told("plan_sector", "plan", "text", "", "sector"),
        _told("plan_home", "plan", "text", "", "home of the firms"),
        _told("plan_count", "plan", "number", "plans", "plans, median of the prior"),
        _told("plan_entered", "plan", "probability", "share", "share entered within a year"),
        _told("plan_dropped", "plan", "probability", "share", "share dropped within a year"),
        _told("plan_lapsed", "plan", "probability", "share", "share lapsed within a year"),
        _told("plan_entered_unmoved", "plan", "probability", "share", "share entered within a year if nobody looked"),
        _told("plan_dropped_unmoved", "plan", "probability", "share", "share dropped within a year if nobody looked"),
        _told("plan_lapsed_unmoved", "plan", "probability", "share", "share lapsed within a year if nobody looked"),
        _told("promise", "promise", "number", "of the trigger in calm times", "profit over the trigger of calm times"),
        _told("promise_delay", "promise", "number", "days", "days of delay"),
        _maybe("severity", "severity", "number", "losses of control", "losses of control that firms expect after the episode"),
        _maybe("severity_peak", "severity", "number", "1/year", "perceived hazard above that of calm times, at its highest"),
        _maybe("severity_entered", "severity", "number", "1", "plans carried out by the day of the report, of those if nobody looked"),
        _maybe("severity_extra", "severity", "number", "share", "further share of plans cancelled by the day of the report"),
        _maybe("severity_extra_year", "severity", "number", "share", "further share of plans cancelled within a year"),
        _told("world", "world", "text", "", "whether firms look at the country's politics"),
        _told("count", "count", "number", "cancellations", "cancellations"),
        _told("predictive", "world count", "probability", "1", "probability of the count by the day of the report"),
        _told("year", "world", "number", "cancellations", "cancellations expected within a year, median"),
        _told("year_low", "world", "number", "cancellations", "the same, lower end of 90 %", bound=True),
        _told("year_high", "world", "number", "cancellations", "the same, upper end of 90 %", bound=True),
        _told("guess_name", "guess", "text", "", "what is assumed"),
        _told("guess_unit", "guess", "text", "", "unit"),
        _told("guess_prior", "guess", "text", "", "median and 90 % range of the prior"),
        _told("guess_why", "guess", "text", "", "where it comes from"),
        _told("guess_assumption", "guess", "flag", "1", "1 where it is an assumption"),
        _maybe("guess_after", "guess", "number", "as in unit", "median after the count"),
        _maybe("guess_moved", "guess", "number", "prior sd", "move of the median, in prior sd of the log"),
        _maybe("denominator", "denominator", "text", "", "prior of the number of plans"),
        _maybe("obs_share", "denominator", "probability", "share", "median share cancelled, flat prior of the share"),
        _maybe("obs_share_low", "denominator", "probability", "share", "90 % range of the share cancelled, lower end"),
        _maybe("obs_share_high", "denominator", "probability", "share", "90 % range of the share cancelled, upper end"),
        _maybe("obs_share_rare", "denominator", "probability", "share", "median share if one in ten was expected"),
        _maybe("obs_share_rare_low", "denominator", "probability", "share", "90 % range of the share cancelled, lower end, one in ten expected"),
        _maybe("obs_share_rare_high", "denominator", "probability", "share", "90 % range of the share cancelled, upper end, one in ten expected"),
        _maybe("obs_share_heard", "denominator", "probability", "share", "median share if told only because some cancelled"),
        _maybe("obs_plans", "denominator", "number", "plans", "median number of plans after the count"),
        _maybe("obs_gain", "denominator", "number", "nats", "information that the count brings on the share"),
    ),
    attrs=("verdict",),
)  # fmt: skip
