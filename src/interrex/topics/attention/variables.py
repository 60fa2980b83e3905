"""What the group `attention` of the results holds."""

from __future__ import annotations

from functools import partial

from interrex.results.schema import Group, Variable

_told = partial(Variable, source="reactions of the case and stated assumptions")
_maybe = partial(_told, required=False)


def _bands(name: str, dims: str, units: str, what: str) -> tuple[Variable, ...]:
    """A median and the ends of its 90 % interval."""
    ends = (("_low", "5 %"), ("", "median"), ("_high", "95 %"))
    return tuple(_told(name + suffix, dims, "number", units, f"{what}, {level}") for suffix, level in ends)


GROUP = Group(
    "whether the world reacted less than stakes, length of the crisis and other news let expect",
    (
        _told("reactor", "reactor", "text", "", "who could react"),
        _told("group", "reactor", "text", "", "group of the reactor"),
        _told("patron", "reactor", "flag", "1", "the incumbent's patron"),
        _told("watched", "reactor", "flag", "1", "somebody looked for its reactions"),
        _told("trade", "reactor", "number", "share of the largest stake", "stake: trade"),
        _told("investment", "reactor", "number", "share of the largest stake", "stake: investment"),
        _told("treaty", "reactor", "number", "share of the largest stake", "stake: treaty"),
        _told("diaspora", "reactor", "number", "share of the largest stake", "stake: diaspora"),
        _told("observed", "reactor", "number", "reactions", "reactions seen during the crisis"),
        *_bands("expected", "reactor", "reactions", "reactions expected"),
        *_bands("ratio", "reactor", "observed over expected", "observed over expected"),
        _told("p_react", "reactor", "probability", "1", "probability of a reaction on record by the end"),
        _told("first_from", "reactor", "number", "hours", "first reaction not before"),
        _told("first_to", "reactor", "number", "hours", "first reaction not after"),
        _told("first_expected", "quantile reactor", "number", "hours", "expected time of the first reaction; NaN: after the end"),
        _told("scope_name", "scope", "text", "", "whom the row is about"),
        _told("scope_observed", "scope", "number", "reactions", "reactions seen"),
        *_bands("scope_expected", "scope", "reactions", "reactions expected"),
        *_bands("scope_ratio", "scope", "observed over expected", "observed over expected"),
        *_bands("scope_speed", "scope", "observed over expected", "observed over expected, first reactions only"),
        _told("scope_few", "scope", "probability", "1", "probability of so few or fewer in a crisis like this"),
        _told("scope_many", "scope", "probability", "1", "probability of so many or more in a crisis like this"),
        _told("variant_text", "variant", "text", "", "what is assumed instead"),
        _told("variant_observed", "variant", "number", "reactions", "reactions seen"),
        _told("variant_expected", "variant", "number", "reactions", "reactions expected"),
        *_bands("variant_ratio", "variant", "observed over expected", "observed over expected"),
        _told("reaction_by", "reaction", "text", "", "who reacted"),
        _told("reaction_text", "reaction", "text", "", "the reaction"),
        _told("reaction_when", "reaction", "text", "", "when, in the reactor's own time"),
        _told("reaction_kind", "reaction", "text", "", "kind of reaction"),
        _told("stance", "reaction", "text", "", "for or against the incumbent"),
        _told("reaction_source", "reaction", "text", "", "ids of sources"),
        _told("reaction_grade", "reaction", "text", "", "grade"),
        _told("left_out", "reaction", "text", "", "why it is not counted; empty: it is"),
        _told("reaction_from", "reaction", "number", "hours", "not before, since the start"),
        _told("reaction_to", "reaction", "number", "hours", "not after, since the start"),
        _told("strength", "reaction", "number", "1 words, 5 force", "strength of the reaction"),
        _told("heard_from", "hour", "number", "reactors", "reactors heard of, at least"),
        _told("heard_to", "hour", "number", "reactors", "reactors heard of, at most"),
        _told("heard_expected", "quantile hour", "number", "reactors", "reactors heard of, expected"),
        _told("period_what", "period", "text", "", "what bears on attention"),
        _told("period_whom", "period", "text", "", "whom; empty: all"),
        _told("period_from", "period", "number", "hours", "from"),
        _told("period_to", "period", "number", "hours", "to"),
        _told("aspect", "aspect", "text", "", "a meaning of disregard"),
        _told("aspect_text", "aspect", "text", "", "what the record says of it"),
        _told("parameter", "parameter", "text", "", "parameter"),
        _told("prior_text", "parameter", "text", "", "prior, an assumption"),
        _told("prior_mean", "parameter", "number", "natural", "prior mean"),
        _told("prior_sd", "parameter", "number", "natural", "prior sd"),
        _told("post_mean", "parameter", "number", "natural", "mean given other crises"),
        _told("post_sd", "parameter", "number", "natural", "sd given other crises"),
        _maybe("bound_crisis", "bound", "text", "", "other crisis with a dated reaction"),
        _maybe("bound_reactor", "bound", "text", "", "who reacted there"),
        _maybe("bound_source", "bound", "text", "", "where the date comes from"),
        _maybe("bound_days", "bound", "number", "days", "the first reaction came no later than this"),
        _told("hour", "hour", "number", "hours", "since the start of the crisis"),
        _told("quantile", "quantile", "number", "1", "quantile level"),
    ),
    attrs=("verdict", "unknown", "start_text", "end_hours"),
)  # fmt: skip
