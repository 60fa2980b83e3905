"""The results of a run: which groups, variables, dimensions and units its tree has.

A run is one ``xarray.DataTree``. Its children are the groups listed in ``GROUPS``; the report, the Python API
and every export read nothing else. A group that a run did not compute is either absent or *empty*: no
variables and an attribute ``absent_because`` with one sentence for the reader (`empty` makes one).

Text variables are object arrays of ``str`` ('' = not stated). Numbers are float64, NaN = not computed or
withheld: where the diagnostics of a run failed, every ``*_low`` and ``*_high`` is NaN. Probabilities and
shares lie in 0..1. Days are ISO dates as text on the coordinate ``day``; ``timeline/day`` counts days since
the start of the window. Regions and units are named by their id on the coordinate; ``region_name`` (optional)
is the name for people. Map paths are in picture units with y downwards inside ``viewbox`` (x y width height).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray

Kind = Literal["text", "number", "probability", "flag"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantile levels on every ``quantile`` dimension: median, central 50 % and central 90 %."""


@dataclass(frozen=True)
class Variable:
    """One variable of a group: its dimensions in order, what it holds, its unit ('' for text), and whether
    a group that is present must have it."""

    dims: tuple[str, ...]
    kind: Kind
    units: str
    required: bool = True


@dataclass(frozen=True)
class Group:
    """One group of the tree: what it answers, its variables and the attributes it must carry."""

    answers: str
    variables: Mapping[str, Variable] = field(default_factory=dict)
    attrs: tuple[str, ...] = ()


def _variables(dims: str, kind: Kind, units: str, names: str, required: bool = True) -> dict[str, Variable]:
    along = tuple(dims.split())
    return {name: Variable(along, kind, units, required) for name in names.split()}


GROUPS: dict[str, Group] = {
    "meta": Group(
        "what was run",
        attrs=(
            "case",
            "title",
            "question",
            "as_of",
            "effort",
            "seed",
            "version",
            "window_start",
            "window_end",
        ),
    ),
    "judgements": Group(
        "the few sentences an analyst would read aloud",
        _variables("judgement", "text", "", "text word confidence")
        | _variables("judgement", "probability", "1", "probability low high")
        | _variables("judgement", "text", "", "basis kind", required=False),
    ),
    "timeline": Group(
        "the graded claims known at the as-of date",
        _variables("claim", "text", "", "claim when_text known_from section actor act kind text use grade")
        | _variables("claim", "number", "days since window start", "day")
        | _variables("claim", "number", "as measured", "value low high")
        | _variables(
            "claim", "text", "", "known_from_basis target place measure sources basis conflicts", False
        )
        | _variables("claim", "probability", "1", "weight", False),
    ),
    "sources": Group(
        "who said it",
        _variables("source", "text", "", "source publisher url published type")
        | _variables("source", "text", "", "published_basis leaning", False),
    ),
    "crowd": Group(
        "people in the streets, day by day and region by region",
        _variables("quantile day region", "number", "persons", "present_post")
        | _variables("quantile day region", "number", "persons", "taking_part_post present_prior", False)
        | _variables("quantile day", "number", "persons", "nation_present_post")
        | _variables(
            "quantile day", "number", "persons", "nation_taking_part_post nation_present_prior", False
        )
        | _variables("quantile day", "number", "persons, cumulative", "arrests_post deaths_post", False)
        | _variables("region", "text", "", "region_name", False)
        | _variables("report", "text", "", "report_region report_day report_use report_label", False)
        | _variables("report", "number", "persons", "report_value report_low report_high", False)
        | _variables("report", "probability", "1", "report_p", False),
    ),
    "map": Group(
        "the shape of the country and where the crowds were",
        _variables("day region", "number", "persons", "median_present")
        | _variables("unit", "number", "picture units", "unit_x unit_y", False)
        | _variables("unit", "text", "", "unit_name", False)
        | _variables("unit", "flag", "1", "unit_city", False)
        | _variables("quantile day unit", "number", "persons", "unit_present", False),
        attrs=("paths", "viewbox"),
    ),
    "confidence": Group(
        "trust in the person, belief in his frame, trust in the old ruler, by audience",
        _variables("quantile day audience", "probability", "share", "trust frame old")
        | _variables("event", "text", "", "event_label event_day", False)
        | _variables("event audience", "number", "share", "trust_change frame_change old_change", False)
        | _variables("event audience", "probability", "1", "sign_probability", False)
        | _variables("audience", "text", "", "audience_name", False)
        | _variables(
            "opinion",
            "text",
            "",
            "opinion_audience opinion_day opinion_quantity opinion_label opinion_use",
            False,
        )
        | _variables("opinion", "probability", "share", "opinion_share", False),
    ),
    "support": Group(
        "which supports keep him in office and how far each carries",
        _variables("subset", "text", "", "label")
        | _variables("subset", "flag", "1", "elite street patron force")
        | _variables("subset", "probability", "1", "p_office p_low p_high")
        | _variables("support", "number", "probability", "shapley shapley_low shapley_high")
        | _variables("support", "text", "", "name"),
        attrs=("verdict",),
    ),
    "hypotheses": Group(
        "rival explanations compared by the probability that each gives to the dated sequence",
        _variables("hypothesis", "text", "", "name label")
        | _variables("hypothesis", "probability", "1", "prior posterior")
        | _variables("hypothesis", "number", "nats against the first hypothesis", "log_ratio low high")
        | _variables("factor hypothesis", "number", "nats", "factor_log_ratio factor_low factor_high", False)
        | _variables("grid_latency grid_acceptance hypothesis", "number", "nats", "grid_log_ratio", False)
        | _variables("claim hypothesis", "number", "nats", "claim_llr", False)
        | _variables("claim", "text", "", "claim_id claim_text", False)
        | _variables("hypothesis", "number", "nats", "log_ratio_free_shock", False),
        attrs=("verdict",),
    ),
    "silence": Group(
        "what an absence says about a person's state",
        _variables("person status", "probability", "1", "prior posterior")
        | _variables("person", "number", "days", "gap_days")
        | _variables("person", "text", "", "rate_text", False),
    ),
    "outcomes": Group(
        "how it ends, beside how such things usually end",
        _variables("outcome", "text", "", "name")
        | _variables("outcome", "probability", "1", "p low high")
        | _variables("outcome", "probability", "1", "base base_low base_high", False)
        | _variables("outcome", "text", "", "base_source", False)
        | _variables("question", "text", "", "text rule due q_base_source q_resolved", False)
        | _variables("question", "probability", "1", "q_p q_low q_high q_base", False),
    ),
    "counterfactuals": Group(
        "the same histories with one act changed",
        _variables("counterfactual", "text", "", "label")
        | _variables("metric", "text", "", "metric_label")
        | _variables(
            "counterfactual metric", "number", "of the metric", "factual counter diff diff_low diff_high"
        )
        | _variables(
            "counterfactual metric",
            "number",
            "of the metric",
            "direct direct_low direct_high sd_paired sd_unpaired",
            False,
        )
        | _variables("change", "text", "", "cf act", False)
        | _variables("change", "probability", "1", "p_factual p_counter", False)
        | _variables("change", "number", "hours", "shift_hours", False),
    ),
    "attention": Group(
        "whether the world reacted less than stakes, length of the crisis and other news let expect",
        _variables("reactor", "text", "", "reactor group")
        | _variables("reactor", "flag", "1", "patron watched")
        | _variables("reactor", "number", "share of the largest stake", "trade investment treaty diaspora")
        | _variables("reactor", "number", "reactions", "observed expected expected_low expected_high")
        | _variables("reactor", "number", "observed over expected", "ratio ratio_low ratio_high")
        | _variables("reactor", "probability", "1", "p_react")
        | _variables("reactor", "number", "hours", "first_from first_to")
        | _variables("quantile reactor", "number", "hours", "first_expected")
        | _variables("scope", "text", "", "scope_name")
        | _variables("scope", "number", "reactions", "scope_observed scope_expected")
        | _variables("scope", "number", "reactions", "scope_expected_low scope_expected_high")
        | _variables(
            "scope", "number", "observed over expected", "scope_ratio scope_ratio_low scope_ratio_high"
        )
        | _variables(
            "scope", "number", "observed over expected", "scope_speed scope_speed_low scope_speed_high"
        )
        | _variables("scope", "probability", "1", "scope_few scope_many")
        | _variables("variant", "text", "", "variant_text")
        | _variables("variant", "number", "reactions", "variant_observed variant_expected")
        | _variables("variant", "number", "observed over expected", "variant_ratio")
        | _variables("variant", "number", "observed over expected", "variant_ratio_low variant_ratio_high")
        | _variables("reaction", "text", "", "reaction_by reaction_text reaction_when reaction_kind stance")
        | _variables("reaction", "text", "", "reaction_source reaction_grade left_out")
        | _variables("reaction", "number", "hours", "reaction_from reaction_to")
        | _variables("reaction", "number", "1 words, 5 force", "strength")
        | _variables("hour", "number", "reactors", "heard_from heard_to")
        | _variables("quantile hour", "number", "reactors", "heard_expected")
        | _variables("period", "text", "", "period_what period_whom")
        | _variables("period", "number", "hours", "period_from period_to")
        | _variables("aspect", "text", "", "aspect aspect_text")
        | _variables("parameter", "text", "", "parameter prior_text")
        | _variables("parameter", "number", "natural", "prior_mean prior_sd post_mean post_sd")
        | _variables("bound", "text", "", "bound_crisis bound_reactor bound_source", False)
        | _variables("bound", "number", "days", "bound_days", False),
        attrs=("verdict", "unknown", "start_text", "end_hours"),
    ),
    "fit": Group(
        "what the model gets right and wrong",
        _variables("check", "text", "", "claim label use")
        | _variables("check", "number", "as measured", "observed obs_low obs_high q05 q50 q95")
        | _variables("check", "probability", "1", "p")
        | _variables("score_date method", "number", "nats", "log_score", False)
        | _variables("day region", "number", "prior sd", "shock_sd", False)
        | _variables("rank", "text", "", "rank_text", False)
        | _variables("rank", "number", "", "rank_value", False)
        | _variables("block", "text", "", "block_label", False)
        | _variables("block", "number", "nats", "block_log_score block_baseline", False),
    ),
    "markets": Group(
        "what quoted prices say of the risk, what the simulated risk says of prices, and where they part",
        _variables(
            "quote", "text", "", "quote_instrument quote_venue quote_from quote_day quote_kind quote_sources"
        )
        | _variables("quote", "number", "change, share of 1", "quote_least quote_most")
        | _variables("halt", "text", "", "halt_venue halt_what halt_day", False)
        | _variables("path", "text", "", "path_name path_day path_kind", False)
        | _variables(
            "path", "number", "change since before the fall, share of 1", "path_least path_most", False
        )
        | _variables("risk_day", "text", "", "risk_date risk_why", False)
        | _variables(
            "risk_day", "probability", "1", "risk_p risk_week risk_crisis risk_unknown risk_ess", False
        )
        | _variables(
            "risk_day",
            "probability",
            "1",
            "risk_rates_low risk_rates_high risk_runs_low risk_runs_high",
            False,
        )
        | _variables("risk_day", "number", "particles", "risk_distinct", False)
        | _variables("risk_day ahead", "number", "a day", "risk_hazard", False)
        | _variables("risk_day rate_draw", "probability", "on the first day ahead", "risk_today", False)
        | _variables("exposure", "text", "", "exposure_name exposure_why", False)
        | _variables("exposure", "number", "share of 1", "exposure_rise exposure_least exposure_most", False)
        | _variables("exposure", "number", "loss share", "exposure_loss_least exposure_loss_most", False)
        | _variables("exposure", "number", "", "exposure_days exposure_r2 exposure_placebo", False)
        | _variables(
            "product",
            "text",
            "",
            "product_name product_days product_kind product_venue product_sources",
            False,
        )
        | _variables("product", "probability", "probability times loss", "product_least product_most", False)
        | _variables("part", "text", "", "part_label part_reading", False)
        | _variables("part", "number", "change, share of 1", "part_least part_most", False)
        | _variables("delay", "number", "", "delay_promise delay_days", False)
        | _variables(
            "sentence", "text", "", "sentence_text sentence_verdict sentence_figures sentence_sources", False
        )
        | _variables("connection", "text", "", "connection_what connection_note", False)
        | _variables(
            "connection",
            "number",
            "share of value",
            "connection_value connection_least connection_most",
            False,
        ),
        attrs=("verdict", "used_in_conditioning"),
    ),
    "opinion_piece": Group(
        "the statements of the opinion piece under review, each with what the run says of it",
        _variables("statement", "text", "", "text verdict evidence"),
    ),
    "assumptions": Group(
        "what the answer rests on",
        _variables("parameter", "text", "", "name unit prior_text source mechanism")
        | _variables("parameter", "flag", "1", "assumption")
        | _variables("parameter", "number", "as in unit", "prior_mean prior_sd post_mean post_sd")
        | _variables("parameter", "number", "nats", "gain_nats")
        | _variables("parameter", "number", "of the headline", "effect", False)
        | _variables("scenario", "text", "", "scenario_text", False)
        | _variables("scenario", "number", "of the headline", "headline_before headline_after", False),
    ),
    "acts": Group(
        "how often such acts happen, and from what record we know it",
        _variables("act_kind", "text", "", "kind role source")
        | _variables("act_kind", "number", "", "n exposure_days")
        | _variables("act_kind", "text", "", "phase", False)
        | _variables("act_kind", "flag", "1", "assumption", False)
        | _variables("act_kind", "number", "", "sd observed post_rate", False),
    ),
    "firms": Group(
        "plans of foreign firms after the episode, and what a reported count of cancellations tells",
        _variables("trigger_hazard", "number", "1/year", "trigger_hazard")
        | _variables("trigger_volatility", "number", "1/sqrt(year)", "trigger_volatility")
        | _variables("trigger_hazard trigger_volatility", "number", "1/year", "trigger trigger_both")
        | _variables("plan", "text", "", "plan_sector plan_home")
        | _variables("plan", "number", "plans", "plan_count")
        | _variables("plan", "probability", "share", "plan_entered plan_dropped plan_lapsed")
        | _variables(
            "plan", "probability", "share", "plan_entered_unmoved plan_dropped_unmoved plan_lapsed_unmoved"
        )
        | _variables("promise", "number", "of the trigger in calm times", "promise")
        | _variables("promise", "number", "days", "promise_delay")
        | _variables("severity", "number", "losses of control", "severity", False)
        | _variables("severity", "number", "1/year", "severity_peak", False)
        | _variables("severity", "number", "1", "severity_entered", False)
        | _variables("severity", "number", "share", "severity_extra severity_extra_year", False)
        | _variables("world", "text", "", "world")
        | _variables("count", "number", "cancellations", "count")
        | _variables("world count", "probability", "1", "predictive")
        | _variables("world", "number", "cancellations", "year year_low year_high")
        | _variables("guess", "text", "", "guess_name guess_unit guess_prior guess_why")
        | _variables("guess", "flag", "1", "guess_assumption")
        | _variables("guess", "number", "as in unit", "guess_after", False)
        | _variables("guess", "number", "prior sd", "guess_moved", False)
        | _variables("denominator", "text", "", "denominator", False)
        | _variables("denominator", "probability", "share", "obs_share obs_share_low obs_share_high", False)
        | _variables(
            "denominator",
            "probability",
            "share",
            "obs_share_rare obs_share_rare_low obs_share_rare_high obs_share_heard",
            False,
        )
        | _variables("denominator", "number", "plans", "obs_plans", False)
        | _variables("denominator", "number", "nats", "obs_gain", False),
        attrs=("verdict",),
    ),
    "diagnostics": Group(
        "whether the inference may be believed",
        _variables("diagnostic", "text", "", "name text")
        | _variables("diagnostic", "number", "", "value threshold")
        | _variables("diagnostic", "flag", "1", "passed"),
        attrs=("passed",),
    ),
    "references": Group("what to cite", _variables("reference", "text", "", "key text doi")),
    "manifest": Group("hashes, versions, seed and command"),
}


def empty(reason: str) -> xarray.Dataset:
    """A group that says, in one sentence, why it was not computed."""
    import xarray

    return xarray.Dataset(attrs={"absent_because": reason})


def problems(tree: xarray.DataTree) -> list[str]:
    """Every way in which a tree departs from this schema, as sentences; [] when it conforms.

    Groups may be absent or empty. Extra variables and groups are allowed."""
    found: list[str] = []
    for name, group in GROUPS.items():
        if name not in tree.children:
            continue
        dataset = tree[name].to_dataset(inherit=False)  # pyright: ignore[reportCallIssue]
        if not dataset.variables:
            if group.variables and not dataset.attrs.get("absent_because"):
                found.append(f"/{name} is empty and does not say why; give it the attribute absent_because")
                continue
            if group.variables:
                continue
        for attr in group.attrs:
            if attr not in dataset.attrs:
                found.append(f"/{name} has no attribute {attr}")
        for variable, wanted in group.variables.items():
            found += _variable_problems(name, dataset, variable, wanted)
    return found


def _variable_problems(group: str, dataset: xarray.Dataset, name: str, wanted: Variable) -> list[str]:
    if name not in dataset.variables:
        return [f"/{group}/{name} is missing"] if wanted.required else []
    array = dataset[name]
    where = f"/{group}/{name}"
    if array.dims != wanted.dims:
        return [f"{where} has dimensions {array.dims}; the schema says {wanted.dims}"]
    is_text = array.dtype.kind in "OUST"
    if wanted.kind == "text":
        return [] if is_text else [f"{where} holds {array.dtype}; the schema says text"]
    if is_text:
        return [f"{where} holds text; the schema says numbers"]
    values = array.values.astype(float)
    if wanted.kind == "probability" and ((values < -1e-9) | (values > 1 + 1e-9)).any():
        return [f"{where} has values outside 0..1"]
    if wanted.kind == "flag" and not ((values == 0) | (values == 1) | (values != values)).all():
        return [f"{where} has values other than 0 and 1"]
    return []
