"""What the groups of draws.nc hold: every variable of a run's draws by name, dimensions and unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from interrex.inference.space import Space
from interrex.inference.terms.kind import Kind
from interrex.inference.terms.opinion import OPINION
from interrex.results.schema import Group, Variable

DRAWN = "chain draw"
"""A chain is an island, a draw one of its particles."""

_SAMPLER = "tempered sequential Monte Carlo"
_LEDGER = "ledger"
_SCORE = "likelihood of the history"


def name_of(kind: Kind) -> str:
    """The variable of a kind of reports, as in crowd_at_once."""
    return kind.name.replace(",", "").replace(" ", "_")


def along_of(kind: Kind) -> str:
    """The dimension of a kind's reports."""
    return f"{name_of(kind)}_claim"


def parameters(space: Space) -> Group:
    """Of `posterior` and `prior`."""
    return Group("what a history is made of", (
        *(
            Variable(
                p.name, DRAWN, "probability" if p.prior.kind == "logit" else "number", p.unit,
                f"{p.name.replace('_', ' ')}, of {owner}", p.source,
            )
            for p, owner in zip(space.params, space.mechanism, strict=True)
        ),
        Variable("region_effect", f"{DRAWN} region", "number", "log-odds", "lasting difference of a region", "common_shocks"),
        Variable("nation_shock", f"{DRAWN} day", "number", "log-odds", "national part of the common shocks", "common_shocks"),
    ))  # fmt: skip


def reports(kinds: Iterable[Kind], dims: str, what: str, source: str) -> Group:
    """Of the predictives and of `observed_data`: a variable a kind of reports."""
    found: list[Variable] = []
    for kind in kinds:
        units = "1" if kind in OPINION.kinds else "persons"
        found += [
            Variable(name_of(kind), f"{dims} {along_of(kind)}", "number", units, f"{kind.name}: {what}", source),
            Variable(along_of(kind), along_of(kind), "text", "", "first claim behind the report", _LEDGER),
        ]
    return Group(what, tuple(found))


_CLAIM = Variable("claim", "claim", "text", "", "first claim behind the report", _LEDGER)
_PERSONS = "persons, or 1 for opinion"

SAMPLE_STATS = Group("what the sampler knows of a draw", (
    Variable("lp", DRAWN, "number", "nats", "log posterior but for a constant, of the standard normals behind the draw", _SAMPLER),
    Variable("weight", DRAWN, "probability", "1", "share of the draw in the posterior; shares of all chains sum to 1", _SAMPLER),
    Variable("ancestor", DRAWN, "number", "1", "number of the first ancestor in its chain: draws that share one are a family", _SAMPLER),
    Variable("log_likelihood_origin", f"{DRAWN} origin", "number", "nats", "all claims of an origin, its reliability integrated out", _SCORE),
    Variable("log_likelihood_silence", DRAWN, "number", "nats", "watched days without a report", _SCORE),
    Variable("log_likelihood_acts", f"{DRAWN} act", "number", "nats", "dates of a kind of acts, its rates integrated out", _SCORE),
    Variable("origin", "origin", "text", "", "whose claims", _LEDGER),
    Variable("act", "act", "text", "", "kind of act", "catalogue of acts"),
))  # fmt: skip

LOG_LIKELIHOOD = Group("what each claim is worth", (
    Variable("report", f"{DRAWN} claim", "number", "nats", "log density of a claim given the history and the other claims of its origin", _SCORE),
    _CLAIM,
))  # fmt: skip

CONSTANT_DATA = Group("what is known of each report", (
    _CLAIM,
    Variable("kind", "claim", "text", "", "kind of report: its variable in observed_data", _LEDGER),
    Variable("label", "claim", "text", "", "what it says", _LEDGER),
    Variable("use", "claim", "text", "", "whether it was conditioned on (fit) or kept for checking (check)", _LEDGER),
    Variable("origin", "claim", "text", "", "whose claim", _LEDGER),
    Variable("low", "claim", "number", _PERSONS, "least that it allows", _LEDGER),
    Variable("high", "claim", "number", _PERSONS, "most that it allows", _LEDGER),
    Variable("share", "claim", "number", "1", "weight of its log density; below 1 where others count the same people", _LEDGER),
))  # fmt: skip

PIT = Group("where each report lies among its predictive draws", (
    Variable("report", "claim", "probability", "1", "(predictive draws below it + half of those equal + 1/2) / (draws + 1)", "posterior predictive"),
    _CLAIM,
))  # fmt: skip


def groups(space: Space, kinds: Iterable[Kind]) -> Mapping[str, Group]:
    """All groups by name. `kinds` are those of which there is a report."""
    kinds = tuple(kinds)
    drawn = reports(kinds, DRAWN, "what an informed source would have said", "predictive draws")
    return {
        "posterior": parameters(space), "prior": parameters(space), "posterior_predictive": drawn, "prior_predictive": drawn,
        "observed_data": reports(kinds, "", "what was reported, or the middle of its range", _LEDGER),
        "constant_data": CONSTANT_DATA, "log_likelihood": LOG_LIKELIHOOD, "sample_stats": SAMPLE_STATS, "pit": PIT,
    }  # fmt: skip
