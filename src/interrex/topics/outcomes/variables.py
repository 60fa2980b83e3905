"""What the group `outcomes` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Kind, Variable

_ENDS = "rules on the end of every history, then a slow clock of exits to the horizon"
_RANGE = "histories that left the range of the model counted as no and as yes, and the exits of every reference class"
_ERROR = "spread of histories and of islands"
_CRISES = "26 leadership crises 1989-2023, first outcome class, Dirichlet(1/2)"


def _chance(name: str, dims: str, what: str) -> tuple[Variable, ...]:
    return (
        Variable(name, dims, "probability", "1", f"probability {what}", _ENDS),
        Variable(f"{name}_low", dims, "probability", "1", f"least probability {what}", _RANGE, bound=True),
        Variable(f"{name}_high", dims, "probability", "1", f"greatest probability {what}", _RANGE, bound=True),
        Variable(f"{name}_error", dims, "number", "1", f"Monte Carlo error of the probability {what}", _ERROR),
    )


_POOL = "world record, crisis record and simulation as of the as-of day, log-linear pool (interrex.futures.pool)"
_HELD_OUT = "held-out forecasts of the part, in the summaries that ship"


def _sum(name: str, dims: str, kind: Kind, units: str, what: str, source: str = _POOL) -> Variable:
    """A variable of the sum, which is absent where no record can be asked."""
    return Variable(name, dims, kind, units, what, source, required=False)


_SUM = (
    _sum("part", "part", "text", "", "source of a chance that he leaves office by the horizon"),
    _sum("part_p", "part", "probability", "1", "chance that he leaves by the horizon, by this part"),
    _sum("part_low", "part", "probability", "1", "its 5 % end; none for the simulation, whose range is of in_office_p"),
    _sum("part_high", "part", "probability", "1", "its 95 % end; none for the simulation, whose range is of in_office_p"),
    _sum("part_weight", "part", "probability", "1", "weight in the sum"),
    _sum("part_n", "part", "number", "1", "forecasts that were scored", _HELD_OUT),
    _sum("part_skill", "part", "number", "1", "Brier skill", _HELD_OUT),
    _sum("part_skill_low", "part", "number", "1", "Brier skill, 5 % over countries", _HELD_OUT),
    _sum("part_skill_high", "part", "number", "1", "Brier skill, 95 % over countries", _HELD_OUT),
    _sum("part_against", "part", "text", "", "what the skill is against", _HELD_OUT),
    _sum("part_note", "part", "text", "", "until when the part learned, and what it does not know"),
    _sum("pool_p", "", "probability", "1", "chance that he leaves by the horizon: the sum"),
    _sum("pool_low", "", "probability", "1", "lowest sum of the lower ends of the parts over the interval of the weights"),
    _sum("pool_high", "", "probability", "1", "highest sum of the upper ends of the parts over the interval of the weights"),
    _sum("pool_records_p", "", "probability", "1", "sum of the records without the simulation"),
    _sum("pool_days", "", "number", "days", "days from the as-of day to the horizon", "question of the case"),
    _sum("pool_rule", "", "text", "", "how the weights came about"),
    _sum("pool_without", "", "text", "", "record that is absent, and why; '' if none"),
)

GROUP = Group(
    "how it ends, beside how such things usually end",
    (
        Variable("outcome", "outcome", "text", "", "outcome, by its id", "classes of the model"),
        Variable("name", "outcome", "text", "", "outcome in words", "classes of the model"),
        *_chance("p", "outcome", "of the outcome"),
        Variable("base", "outcome", "probability", "1", "base rate of the outcome", _CRISES),
        Variable("base_low", "outcome", "probability", "1", "base rate of the outcome, 5 %", _CRISES),
        Variable("base_high", "outcome", "probability", "1", "base rate of the outcome, 95 %", _CRISES),
        Variable("base_count", "outcome", "number", "1", "crises that ended so", _CRISES),
        *_chance("in_office_p", "", "that he is in office at the horizon"),
        *_chance("rescue_p", "", "that foreign troops come to his help within the window"),
        *_chance("purge_p", "", "that the predecessor's kin are purged within the window"),
        Variable("concession", "grade", "text", "", "highest concession", "acts of every history"),
        Variable("concession_p", "grade", "probability", "1", "probability of the highest concession", "acts of every history"),
        Variable("reference", "class", "text", "", "class of reference for being in office", "panels of leaders"),
        Variable("reference_p", "class", "probability", "1", "share in office so many days after the class's start",
            "panels of leaders, hazard constant between 0, 180 and 365 days and beyond"),
        Variable("horizon", "", "number", "days", "horizon, from the window's first day", "question of the case"),
        Variable("window", "", "number", "days", "days of the simulated window", "window of the case"),
        Variable("stopped", "", "probability", "1", "share of histories that left the range of the model", "histories"),
        Variable("left_on", "", "text", "", "day on which he left office, '' if nothing says so", "claims known by the as-of day"),
        Variable("left_claim", "", "text", "", "claim that says so", "claims known by the as-of day"),
        *_SUM,
    ),
)  # fmt: skip
