"""The results of a run: which groups, variables, dimensions and units its tree has.

A run is one ``xarray.DataTree``. Its children are the groups of the topics (`interrex.topics`); the report, the Python API
and every export read nothing else. A group that a run did not compute is either absent or *empty*: no
variables and an attribute ``absent_because`` with one sentence for the reader (`empty` makes one).

Text variables are object arrays of ``str`` ('' = not stated). Numbers are float64, NaN = not computed or
withheld: where the diagnostics of a run failed, every variable that its group calls a bound is NaN. Probabilities and
shares lie in 0..1. The coordinate ``day`` is a time (CF: days since 1970-01-01 on disk); ``timeline/day`` counts days since
the start of the window. Regions and units are named by their id on the coordinate; ``region_name`` (optional)
is the name for people. Map paths are in picture units with y downwards inside ``viewbox`` (x y width height).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray

Kind = Literal["text", "number", "probability", "flag", "day"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantile levels on every ``quantile`` dimension: median, central 50 % and central 90 %."""


@dataclass(frozen=True)
class Variable:
    """One stored variable of a group.

    name: its name in the group. dims: its dimensions in order, separated by blanks. kind: what it holds. units: as in the CF
    conventions where they have one ('' for text, 1 for shares). long_name: what it is, in words. source: what it was
    computed or read from. required: whether a group that is present must have it. bound: whether it is an end of an interval that
    comes from the sampler, which is withheld where the sampler's own checks failed. kept: the flag along the same dimensions
    that is 1 where such an end rests on records alone and stays, '' where none does.
    """

    name: str
    dims: str
    kind: Kind
    units: str
    long_name: str = ""
    source: str = ""
    required: bool = True
    bound: bool = False
    kept: str = ""

    def __post_init__(self) -> None:
        if " since " in self.units:
            raise ValueError(f"{self.name}: xarray takes the unit {self.units!r} for a date; say it in long_name")

    @property
    def along(self) -> tuple[str, ...]:
        """The dimensions as xarray has them."""
        return tuple(self.dims.split())


@dataclass(frozen=True)
class Group:
    """One group of the tree: what it answers, its variables and the attributes that it must carry."""

    answers: str
    variables: tuple[Variable, ...] = ()
    attrs: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Variable:
        """The variable of that name; KeyError if there is none."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise KeyError(name)


_CASE = "the case"
COORDINATES: dict[str, Variable] = {
    variable.name: variable
    for variable in (
        Variable("day", "day", "day", "", "local day", "window of the case"),
        Variable("quantile", "quantile", "number", "1", "quantile level over histories", "definition"),
        Variable("region", "region", "text", "", "id of the region", _CASE),
        Variable("unit", "unit", "text", "", "id of the city or district", _CASE),
        Variable("audience", "audience", "text", "", "id of the audience", _CASE),
    )
}
"""Coordinates that several groups share; a group may describe a variable of the same name itself."""


def empty(reason: str) -> xarray.Dataset:
    """A group that says, in one sentence, why it was not computed."""
    import xarray

    return xarray.Dataset(attrs={"absent_because": reason})


def problems(tree: xarray.DataTree, groups: Mapping[str, Group]) -> list[str]:
    """Every way in which a tree departs from this schema, as sentences; [] when it conforms.

    groups: the groups that the tree may have, by name. Groups may be absent or empty."""
    found: list[str] = []
    for name, group in groups.items():
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
        known = {wanted.name for wanted in group.variables} | set(COORDINATES)
        known |= {d for wanted in group.variables for d in wanted.along}
        found += [f"/{name}/{extra} is not described" for extra in dataset.variables if extra not in known]
        own = {wanted.name: wanted for wanted in group.variables}
        shared = {n: wanted for n, wanted in COORDINATES.items() if n in dataset.variables}
        for wanted in (shared | own).values():
            found += _variable_problems(name, dataset, wanted)
    return found


def _variable_problems(group: str, dataset: xarray.Dataset, wanted: Variable) -> list[str]:
    name = wanted.name
    if name not in dataset.variables:
        return [f"/{group}/{name} is missing"] if wanted.required else []
    array = dataset[name]
    where = f"/{group}/{name}"
    if array.dims != wanted.along:
        return [f"{where} has dimensions {array.dims}; the schema says {wanted.along}"]
    if wanted.kind == "day":
        return [] if array.dtype.kind == "M" else [f"{where} holds {array.dtype}; the schema says days"]
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
