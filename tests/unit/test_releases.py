"""Which counts of a ledger enter the likelihood, as what, and over which time; what `check` says of those it reads otherwise
than a reader might."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from fixtures import toy as cases
from interrex.case import check_case, load_case
from interrex.case.origins import names_nobody
from interrex.engine.acts import build_table
from interrex.inference.observe import Observations, observe
from interrex.inference.spans import tick_span
from interrex.inference.terms import KINDS, of, quiet, series
from interrex.inference.terms.series import SERIES_SIZE, mass

COVER = "{what: crowds, from: 2030-03-01, to: 2030-04-10, known_from: 2030-03-01, assumption: true}"


def seen(folder: Path, *rows: cases.Row, without: tuple[str, ...] = (), **more: Any) -> Observations:
    """What the likelihood sees of the template with these rows instead of those `without` (ids, or kinds)."""

    def edit(old: list[cases.Row]) -> list[cases.Row]:
        return [r for r in old if not {r["id"], r["kind"]} & {*without}] + list(rows)

    case = cases.cut(folder / "case", edit, **more)
    roles = {a.role for a in case.actors}
    return observe(case, build_table(roles, roles)[0])


def arrests(identifier: str, when: str, value: str, **fields: str) -> cases.Row:
    """Detentions counted by the Courier in the capital."""
    plain = {"kind": "arrests", "actor": "interior", "target": "street", "place": "aurelia-city", "measure": "increment",
             "grade": "several", "known_from": "2030-03-25", "sources": "CIVIC-25", "origin": "courier"}  # fmt: skip
    return cases.row(identifier, when=when, value=value, **(plain | fields))


def term(obs: Observations, identifier: str) -> int:
    """Number of the term behind a claim."""
    (found,) = (i for i, claims in enumerate(obs.term_claims) if identifier in claims)
    return found


def interval(obs: Observations, identifier: str) -> tuple[float, float]:
    """Low and high of the term behind a claim."""
    i = term(obs, identifier)
    return float(obs.terms.low[i]), float(obs.terms.high[i])


def told(folder: Path) -> str:
    """Mistakes and warnings of a case."""
    found = check_case(folder)
    return "\n".join(map(str, (*found.problems, *found.warnings)))


def test_an_increment_counts_from_its_own_beginning(tmp_path: Path) -> None:
    """774 on one day late in the window are of that day, whatever the agency said before, and when."""
    late = arrests("late", "2030-04-02", "774", known_from="2030-04-03")
    obs = seen(tmp_path, arrests("early", "2030-03-12", "300"), late)
    first, last = tick_span(cases.cut(tmp_path / "again"), _when("2030-04-02"))
    i = term(obs, "late")
    assert (obs.terms.previous[i], obs.terms.last[i]) == (first - 1, last)
    alone = seen(tmp_path / "alone", late)
    assert alone.terms.previous[term(alone, "late")] == first - 1


def _when(text: str) -> Any:
    from interrex.case.dates import parse_when

    return parse_when(text)


def test_increments_that_reach_into_one_another_count_no_hour_twice(tmp_path: Path) -> None:
    """The night of the 9th to the 10th, then that of the 10th to the 11th: the second begins where the first ended."""
    obs = seen(
        tmp_path, arrests("one", "2030-03-09/2030-03-10", "30"), arrests("two", "2030-03-10/2030-03-11", "20")
    )
    assert obs.terms.previous[term(obs, "two")] == obs.terms.last[term(obs, "one")]


def test_separate_incidents_of_one_day_are_added(tmp_path: Path) -> None:
    """200 at the station and 700 at the university: 900, in any order of ids, and `check` says so."""
    for n, (a, b) in enumerate((("a", "b"), ("b", "a"))):
        folder = tmp_path / str(n)
        obs = seen(folder, arrests(a, "2030-03-14", "200"), arrests(b, "2030-03-14", "700"))
        assert interval(obs, "a") == interval(obs, "b") == (900.0, 900.0)
        assert set(obs.term_claims[term(obs, "a")]) == {"a", "b"}
        assert "a count of the same origin, place and date, as another incident" in told(folder / "case")


def test_a_corrected_increment_counts_once(tmp_path: Path) -> None:
    """The later of two counts that conflict counts alone, whatever its id."""
    for n, (early, late) in enumerate((("a", "b"), ("b", "a"))):
        rows = (
            arrests(early, "2030-03-14", "200", known_from="2030-03-25"),
            arrests(late, "2030-03-14", "700", known_from="2030-03-26", conflicts=early),
        )
        obs = seen(tmp_path / str(n), *rows)
        assert interval(obs, late) == (700.0, 700.0)
        assert not any(early in claims for claims in obs.term_claims)


def test_of_totals_of_one_day_the_larger_counts_whatever_its_id(tmp_path: Path) -> None:
    for n, (small, large) in enumerate((("a", "b"), ("b", "a"))):
        folder = tmp_path / str(n)
        obs = seen(
            folder, arrests(small, "2030-03-20", "200", measure="cumulative"),
            arrests(large, "2030-03-20", "700", measure="cumulative"),
            arrests("next", "2030-03-22", "1000", measure="cumulative"),
        )  # fmt: skip
        assert interval(obs, large) == (700.0, 700.0) and interval(obs, "next") == (300.0, 300.0)
        assert not any(small in claims for claims in obs.term_claims)
        assert "another total of the same origin, place and date" in told(folder / "case")


def test_totals_come_in_the_order_of_their_ends(tmp_path: Path) -> None:
    """A total over a week that began first does not swallow the totals of the days within."""
    obs = seen(
        tmp_path, arrests("week", "2030-03-14/2030-03-20", "900", measure="cumulative"),
        arrests("day", "2030-03-16", "300", measure="cumulative"),
    )  # fmt: skip
    assert interval(obs, "day") == (300.0, 300.0) and interval(obs, "week") == (600.0, 600.0)


def test_totals_of_one_origin_are_one_series_whatever_they_call_the_detained(tmp_path: Path) -> None:
    """Brought in, detained, and an empty place for the nation: the same people are not counted from zero again."""
    obs = seen(
        tmp_path, arrests("one", "2030-03-20", "400", measure="cumulative", place="nation"),
        arrests("two", "2030-03-21", "600", measure="brought_in", place=""),
    )  # fmt: skip
    assert interval(obs, "two") == (200.0, 200.0)


def test_two_agencies_with_one_running_total_are_one_witness(tmp_path: Path) -> None:
    """Each weighs half over the time that both count, and wholly before and elsewhere; a report kept for checking takes
    nothing from those that are fitted."""
    other = {"origin": "civic", "measure": "cumulative"}
    obs = seen(
        tmp_path, arrests("early", "2030-03-14", "300", measure="cumulative"),
        arrests("later", "2030-03-20", "700", measure="cumulative"),
        arrests("night", "2030-03-19/2030-03-20", "250", origin="civic"),
        arrests("coast", "2030-03-20", "40", place="coast", **other),
        arrests("checked", "2030-03-20", "900", use="check", **(other | {"origin": "state"})),
        without=("arrests",),
    )  # fmt: skip
    share = {
        name: float(obs.terms.share[term(obs, name)])
        for name in ("early", "later", "night", "coast", "checked")
    }
    assert share == {"early": 1.0, "later": 0.5, "night": 0.5, "coast": 1.0, "checked": 1.0}
    three = ("ministry", "courier", "civic")
    obs = seen(
        tmp_path / "three",
        *(arrests(o, "2030-03-20", "700", measure="cumulative", origin=o) for o in three),
    )
    assert [obs.terms.share[term(obs, o)] for o in three] == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(
    ("fields", "low", "high"),
    [
        ({"value": "800", "low": "800", "high": "9999"}, 800.0, 9999.0),
        ({"value": "800", "low": "800"}, 800.0, None),
        ({"value": "800", "low": "24", "high": "800"}, 24.0, 800.0),
        ({"value": "800", "high": "800"}, 0.0, 800.0),
        ({"value": "800"}, 800.0, 800.0),
        ({"low": "150", "high": "999"}, 150.0, 999.0),
    ],
)
@pytest.mark.parametrize("kind", ["crowd", "arrests"])
def test_at_least_so_many_is_an_interval(
    tmp_path: Path, kind: str, fields: dict[str, str], low: float, high: float | None
) -> None:
    """A value that is its own lower bound says at least so many; without an upper one, up to all who live there."""
    row = arrests(
        "bounds", "2030-03-14", "", kind=kind, measure="present" if kind == "crowd" else "increment"
    )
    obs = seen(tmp_path, row | fields)
    ceiling = float(obs.terms.ceiling[term(obs, "bounds")])
    least = max(low, 1.0) if kind == "crowd" else low
    assert interval(obs, "bounds") == (least, ceiling if high is None else high)


def test_a_number_within_its_bounds_is_a_number_of_a_crowd_and_bounds_of_the_detained(tmp_path: Path) -> None:
    bounds = {"low": "700", "high": "1200"}
    obs = seen(
        tmp_path, arrests("crowd", "2030-03-14", "800", kind="crowd", measure="present", **bounds),
        arrests("held", "2030-03-14", "800", **bounds),
    )  # fmt: skip
    assert interval(obs, "crowd") == (800.0, 800.0) and interval(obs, "held") == (700.0, 1200.0)


def test_one_bound_beside_another_value_is_refused(tmp_path: Path) -> None:
    rows = [
        arrests("lone", "2030-03-14", "800", low="300"),
        arrests("only", "2030-03-15", "", low="300", use="check"),
    ]
    folder = cases.write(tmp_path / "case", lambda old: old + rows)
    assert "low 300 stands alone beside the value 800" in told(folder)
    assert "one bound alone cannot enter the likelihood" in told(folder)


@pytest.mark.parametrize("mean", [0.001, 3.0, 40.0, 2500.0, 90_000.0])
@pytest.mark.parametrize(
    ("low", "high"), [(0, 3), (2, 5), (80, 200), (1500, 9999), (24, 99), (7000, 7001), (300, np.inf)]
)
def test_the_mass_of_bounds_is_that_of_the_negative_binomial(low: float, high: float, mean: float) -> None:
    """Against scipy, in the digits that scipy has; far out, where a difference of two near ones has none, by its sum."""
    made = stats.nbinom(SERIES_SIZE, SERIES_SIZE / (SERIES_SIZE + mean))
    k = np.arange(low, min(high, low + 20_000 + 60 * mean) + 1)
    exact = float(np.exp(made.logpmf(k)).sum())
    assert mass(float(low), float(high), mean) == pytest.approx(exact, rel=1e-8, abs=1e-300)


@pytest.mark.parametrize(
    "word",
    ["unknown", "Unknown", "n/a", "N.A.", "various", "unnamed official", "?", "anonymous", "social media"],
)
def test_words_for_not_knowing_name_nobody(word: str) -> None:
    assert names_nobody(word)


@pytest.mark.parametrize("word", ["courier", "ministry", "AP", "state media", "Civic Watch", "nation radio"])
def test_names_name_somebody(word: str) -> None:
    assert not names_nobody(word)


def quiet_places(obs: Observations) -> list[tuple[int, ...]]:
    """Units of the quiet days of the first day of the window."""
    rows = np.flatnonzero(of(obs.terms, quiet.QUIET) & (obs.terms.first == 0))
    return sorted(
        tuple(obs.terms.unit_list[obs.terms.unit_from[i] : obs.terms.unit_to[i]].tolist()) for i in rows
    )


def covered(folder: Path, *places: str) -> list[tuple[int, ...]]:
    """The quiet places of the template with coverage of crowds at these places in place of its own."""
    text = (cases.write(folder / "plain") / "case.yaml").read_text(encoding="utf-8")
    (own,) = (line for line in text.splitlines() if "what: crowds" in line)
    new = "\n".join("  - " + COVER.replace("what: crowds", f"what: crowds, place: {p}") for p in places)
    return quiet_places(seen(folder, yaml=((own, new),)))


def test_coverage_of_several_places_counts_the_silence_of_each(tmp_path: Path) -> None:
    """Of all regions joined with ';' as of the nation; of a town its own; twice said counts once."""
    every = covered(tmp_path / "nation", "nation")
    assert len(every) == 3
    assert covered(tmp_path / "each", "north;coast;capital") == every
    assert covered(tmp_path / "two", "north;coast", "coast") == covered(tmp_path / "same", "north", "coast")
    assert len(covered(tmp_path / "two-of-three", "north;coast")) == 2
    (town,) = covered(tmp_path / "town", "northport")
    assert len(town) == 1 and covered(tmp_path / "whole", "north;northport") == covered(
        tmp_path / "north", "north"
    )


ACTS = "{what: acts, from: 2030-03-01, to: 2030-04-10, known_from: 2030-03-01, assumption: true}"


def watched(folder: Path, what: str, until: str, as_of: str = "2030-04-10") -> Observations:
    """The template without claims after 18 March, with coverage of one kind until a day."""
    new = (COVER if what == "crowds" else ACTS).replace("to: 2030-04-10", f"to: {until}")
    late = ("2030-03-2", "2030-03-3", "2030-04")

    def edit(rows: list[cases.Row]) -> list[cases.Row]:
        return [r for r in rows if not r["when"].removeprefix("~").startswith(late)]

    yaml = (("  - " + COVER, "  # none"), ("  - " + ACTS, "  - " + new))
    case = cases.cut(folder / "case", edit, as_of, yaml=yaml)
    roles = {a.role for a in case.actors}
    return observe(case, build_table(roles, roles)[0])


def test_that_nothing_happened_since_the_last_claim_is_evidence_where_it_was_watched(tmp_path: Path) -> None:
    """Silence of three weeks after the last claim: of crowds by a term of each covered day, of acts by exposure to the end
    of their coverage; never beyond the as-of day, and not where nobody looked."""
    crowds = watched(tmp_path / "a", "crowds", "2030-04-10")
    inside = of(crowds.terms, quiet.QUIET) & (crowds.terms.last < crowds.ticks)
    assert {*range(20, 40)} <= {*(crowds.terms.first[inside] // 4).tolist()} and crowds.ticks == 40 * 4
    acts = watched(tmp_path / "b", "acts", "2030-04-10")
    assert acts.ticks == 41 * 4
    assert watched(tmp_path / "c", "acts", "2030-03-25").ticks == 25 * 4
    assert watched(tmp_path / "d", "acts", "2030-04-10", "2030-03-28").ticks == 28 * 4
    assert watched(tmp_path / "e", "acts", "2030-03-10").ticks < 20 * 4


def test_a_report_kept_for_checking_is_compared_however_late_it_is(tmp_path: Path) -> None:
    late = cases.row("late", kind="crowd", when="2030-04-08", value="300", use="check", place="northport", measure="present",
                     actor="street", known_from="2030-04-09")  # fmt: skip
    obs = seen(tmp_path, late, yaml=(("  - " + ACTS, "  # none"), ("  - " + COVER, "  # none")))
    assert obs.terms.last[term(obs, "late")] < obs.ticks


def test_check_says_that_acts_have_no_place(tmp_path: Path) -> None:
    placed = lambda rows: [r | {"place": "north"} if r["id"] == "concession-half" else r for r in rows]  # noqa: E731
    told_of = "acts change the whole country: the place of 1 (concession-half) is shown and not used"
    assert told_of in told(cases.write(tmp_path / "case", placed))
    assert "acts change the whole country" not in told(cases.write(tmp_path / "plain"))


def test_arrests_and_deaths_have_their_kinds() -> None:
    assert {series.ARRESTS, series.DEATHS} < set(KINDS)


@pytest.mark.parametrize("name", ["kazakhstan-2022", "belarus-2020"])
def test_what_a_shipped_ledger_calls_more_than_so_many_enters_as_a_bound(name: str) -> None:
    """By the words of each claim: a value that they call the least is its own lower bound."""
    least = re.compile(
        r"(more than|at least) [\d,]+|[\d,]+ or more|(more than|at least) \w+ hundred", re.IGNORECASE
    )
    counts = [
        c for c in load_case(name).claims if c.kind in ("crowd", "arrests", "deaths") and c.use != "context"
    ]
    found = [c for c in counts if least.search(c.text) and c.value is not None]
    assert found and not [c.id for c in found if c.low != c.value or c.high == c.value]
