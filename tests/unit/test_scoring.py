"""What forecasts are scored by: days that were observed, in the measure of the reports, by runs that have not seen the answer."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from fixtures import toy as cases
from interrex import scoring
from interrex.case import Case, load_case
from interrex.case.places import units_of
from interrex.efforts import effort_of
from interrex.errors import RunError
from interrex.inference.model import build
from interrex.inference.terms.kind import Observer
from interrex.inference.terms.quiet import QUIET
from interrex.scoring import blocks, lines, nulls, observed
from interrex.scoring.issued import Issue, issue

COVER = "{what: crowds, from: 2030-03-01, to: 2030-04-10, known_from: 2030-03-01, assumption: true}"
NOBODY_OUT, NORTH_OUT, CAPITAL_OUT = date(2030, 3, 5), date(2030, 3, 12), date(2030, 3, 13)
PLAIN = Observer(0.0, 1.0, 1.0, 0.0, 1.0)
TINY = effort_of("quick")._replace(particles=6, members=8, hazard_draws=4)


def covered(
    folder: Path, *places: str, edit: Callable[[list[cases.Row]], list[cases.Row]] | None = None
) -> Case:
    """The template with its crowds covered at these places."""
    text = (cases.write(folder / "plain") / "case.yaml").read_text(encoding="utf-8")
    (own,) = (line for line in text.splitlines() if "what: crowds" in line)
    rows = "\n".join("  - " + COVER.replace("what: crowds", f"what: crowds, place: {p}") for p in places)
    return load_case(cases.write(folder / "case", edit, yaml=((own, rows or "  # none"),)))


def last(case: Case) -> Any:
    """The case at its end."""
    return case.as_of(case.default_as_of)


def only(*kept: cases.Row) -> Callable[[list[cases.Row]], list[cases.Row]]:
    """The ledger with these in place of its crowds."""
    return lambda rows: [r for r in rows if r["kind"] != "crowd"] + list(kept)


def crowd(identifier: str, when: str, **fields: str) -> cases.Row:
    """A crowd in Northport that one source counted."""
    plain = {
        "kind": "crowd",
        "actor": "street",
        "place": "northport",
        "measure": "present",
        "grade": "single",
    }
    return cases.row(identifier, when=when, **(plain | fields))


def at(day: observed.Day, *counts: float, observer: Observer = PLAIN) -> observed.Forecast:
    """A forecast of equally probable crowds."""
    rows = [(np.full(len(day.claims), n), 0.0 if math.isnan(n) else n, 0.0) for n in counts]
    return observed.forecast(rows, [observer] * len(rows))


# What was observed -----------------------------------------------------------------------------------------


def test_silence_is_an_observation_only_where_it_was_covered(tmp_path: Path) -> None:
    """Of an empty day: the whole country where it is covered, in one row or in several, a part where a part is, and nothing
    at all where nobody looked. A count is observed either way."""
    whole, parts = covered(tmp_path / "a", "nation"), covered(tmp_path / "b", "north;coast", "capital")
    some, none = covered(tmp_path / "c", "north;coast"), covered(tmp_path / "d")
    empty = [observed.observe_day(last(c), NOBODY_OUT) for c in (whole, parts, some, none)]
    assert [(len(d.watched), d.claims) for d in empty] == [(5, ()), (5, ()), (4, ()), (0, ())]
    assert not empty[3].anything and empty[2].anything
    for case in (whole, some, none):
        told = observed.observe_day(last(case), CAPITAL_OUT).claims
        assert set(told) == {"crowd-capital-13", "crowd-capital-13-state", "crowd-north-13"}


def test_an_empty_ledger_is_no_crowd_of_nought(tmp_path: Path) -> None:
    """Without coverage the days of issue are those before a count; no other day can be asked for."""
    case = covered(tmp_path)
    assert scoring.default_days(last(case)) == [date(2030, 3, d) for d in (10, 11, 13, 15)]
    with pytest.raises(RunError, match="nothing was observed on 2030-03-06.*2030-03-10, 2030-03-11"):
        scoring.score_case(case, as_of=["2030-03-05"], out=tmp_path)
    quiet = scoring.default_days(last(covered(tmp_path / "watched", "nation")))
    assert quiet == [date(2030, 3, d) for d in (10, 11, 13, 15)] + [date(2030, 4, 9)]


def test_only_what_was_known_by_the_day_is_persistence(tmp_path: Path) -> None:
    """The crowds of a day that claims report later are not known by that day; where nobody could know, nothing is."""

    def late(rows: list[cases.Row]) -> list[cases.Row]:
        same_day = (r["kind"] == "crowd" and "2030-03-13" in r["when"] for r in rows)
        return [r | ({"known_from": "2030-03-20"} if s else {}) for r, s in zip(rows, same_day, strict=True)]

    for places, nothing in ((("nation",), 0.0), (("north",), None), ((), None)):
        case = covered(tmp_path / "-".join(("case", *places)), *places, edit=late)
        assert observed.largest_told(last(case), CAPITAL_OUT) == 4000.0
        assert observed.largest_told(case.as_of(CAPITAL_OUT), CAPITAL_OUT) == nothing


# Scores ----------------------------------------------------------------------------------------------------


def test_a_report_is_scored_by_its_own_error_and_by_the_doubt_in_its_source(tmp_path: Path) -> None:
    """2,000 by one source: lognormal of sd .5 if it knows (5 of 8), log-uniform up to all of Northport if not."""
    case = covered(tmp_path, edit=only(crowd("one", "2030-03-12", value="2000")))
    day = observed.observe_day(last(case), NORTH_OUT)
    for n in (1500.0, 90_000.0):
        sd = math.hypot(0.5, 0.5 / (n + 0.5))
        knows = stats.norm.pdf(math.log(2000.0), math.log(n + 0.5), sd)
        wanted = math.log(0.625 * knows + 0.375 / math.log(300_000.0))
        assert observed.log_score(day, at(day, n)) == pytest.approx(wanted, abs=1e-9)


def test_at_least_is_scored_as_a_bound(tmp_path: Path) -> None:
    """With "at least 800" a crowd of 20,000 is no worse than one of 2,000; with 800 it is."""
    bound, number = (
        covered(tmp_path / name, edit=only(crowd("one", "2030-03-12", value="800", **more)))
        for name, more in (("bound", {"low": "800"}), ("number", {}))
    )
    scores = []
    for case in (bound, number):
        day = observed.observe_day(last(case), NORTH_OUT)
        scores.append([observed.log_score(day, at(day, n)) for n in (2000.0, 20_000.0)])
    assert scores[0][0] == pytest.approx(scores[0][1], abs=0.05) and scores[1][0] > scores[1][1] + 1.0


def test_the_model_is_asked_in_the_measure_and_place_of_the_report(toy: Any) -> None:
    """Most at once in Northport is not all who took part, nor those of another city: each is read off the history."""
    from interrex.engine.schedule import ENTERED, PRESENT

    day = observed.observe_day(toy.cut, date(2030, 3, 12))
    z, noise, observer, history = cases.lively(toy.target, 3)
    count, largest, _ = observed.predict(day, history, observer)
    for i, claim in enumerate(day.claims):
        (unit,) = units_of(
            toy.cut, "northport" if claim == "crowd-north-12" else "saltmere"
        )  # both count who took part
        seen = history.trace.units[day.first - 1 : day.last + 1, unit]
        assert count[i] == seen[0, PRESENT] + seen[1:, ENTERED].sum()
    assert largest == history.trace.units[day.first : day.last + 1, list(day.watched), PRESENT].max()
    assert day.claims == ("crowd-north-12", "crowd-coast-12")


def test_watched_silence_speaks_against_a_large_crowd_as_it_does_in_conditioning(tmp_path: Path) -> None:
    """Half of the forecast has nobody out, half a crowd that would have been reported; where a claim tells of one, what
    others kept silent about is the rest of the country."""
    case = covered(tmp_path, "nation", edit=only(crowd("one", "2030-03-12", low="1", high="9999")))
    empty, told = (observed.observe_day(last(case), day) for day in (NOBODY_OUT, NORTH_OUT))
    silent = math.exp(QUIET.logpdf(0, empty.terms, 50_000.0, 0.0, PLAIN)[0])
    assert silent < 0.05
    assert observed.log_score(empty, at(empty, 10.0)) == 0.0
    assert observed.log_score(empty, at(empty, 10.0, 50_000.0)) == pytest.approx(math.log((1.0 + silent) / 2))
    assert {*empty.watched} - {*told.watched} == {*units_of(last(case), "northport")}


def test_one_history_is_not_worth_a_nat(tmp_path: Path) -> None:
    """Of 96 histories none, one and two near the report: a class that none is in would have cost 1.6 nats."""
    case = covered(tmp_path, edit=only(crowd("one", "2030-03-12", value="30000")))
    day = observed.observe_day(last(case), NORTH_OUT)
    scores = [
        observed.log_score(day, at(day, *[30_000.0] * near, *[20.0] * (96 - near))) for near in (0, 1, 2)
    ]
    assert scores[0] < scores[1] < scores[2] and scores[2] - scores[0] < 0.5


def test_a_history_that_left_the_range_of_the_model_says_nothing(tmp_path: Path) -> None:
    """It counts as a source that does not know, and watched silence as next to impossible under it."""
    case = covered(tmp_path, "nation", edit=only(crowd("one", "2030-03-12", value="2000")))
    day = observed.observe_day(last(case), NORTH_OUT)._replace(watched=())
    assert observed.log_score(day, at(day, math.nan)) == pytest.approx(-math.log(math.log(300_000.0)))


def test_persistence_is_climatology_but_for_the_class_of_today() -> None:
    people = 19e6
    crowds, any_day = nulls.climatology(people)
    assert any_day.sum() == pytest.approx(1.0) and any_day[0] == pytest.approx(nulls.CLIMATOLOGY[0])
    for today, low, high in ((0.0, -1.0, 0.5), (4000.0, 1e3, 1e4), (2e5, 1e5, people)):
        same, chance = nulls.persistence(today, people)
        inside = (same > low) & (same < high)
        assert chance[inside].sum() == pytest.approx(
            nulls.PERSISTENCE + (1 - nulls.PERSISTENCE) * any_day[inside].sum()
        )
    assert np.array_equal(nulls.persistence(None, people)[1], any_day) and crowds.max() < people


def test_whether_a_large_crowd_came_is_told_only_where_somebody_looked(tmp_path: Path) -> None:
    rows = only(
        crowd("one", "2030-03-12", value="20000"), crowd("two", "2030-03-16", low="150", high="30000")
    )
    watched, not_watched = (
        last(covered(tmp_path / "a", "nation", edit=rows)),
        last(covered(tmp_path / "b", edit=rows)),
    )
    around, at_most, later = ([date(2030, 3, d) for d in days] for days in ((11, 12, 13), (15, 16), (17, 18)))
    assert observed.reached(not_watched, around, 10_000.0) is True
    assert (
        observed.reached(not_watched, later, 10_000.0) is observed.reached(watched, at_most, 10_000.0) is None
    )
    assert observed.reached(watched, later, 10_000.0) is False


# Left out --------------------------------------------------------------------------------------------------


def test_blocks_are_left_out_of_a_run_from_the_prior(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shipped proposal has seen what is left out: conditioning must not start from it."""
    asked: list[Any] = []

    class Seen(Exception):
        pass

    def condition(model: Any, effort: Any, seed: int, pool: Any, warm_start: bool, *rest: Any) -> None:
        asked.append(warm_start)
        raise Seen

    monkeypatch.setattr(blocks, "condition", condition)
    case = cases.cut(tmp_path / "case")
    (label, claims), *_ = blocks.blocks_of(case).items()
    with pytest.raises(Seen):
        blocks.leave_out(case, label, claims, effort_of("quick"), 1, 1, "assumed", lambda n: None)
    assert asked == [False]


@pytest.mark.parametrize("label", ["detentions", "everything on capital", "crowds of 2030-03-14"])
def test_nothing_that_conditions_hangs_on_what_is_left_out(tmp_path: Path, label: str) -> None:
    """Tenfold numbers in the block change no term that is fitted, no bound on histories, no length, no record."""
    nation = {
        "place": "nation",
        "kind": "crowd",
        "actor": "street",
        "measure": "taking_part",
        "grade": "several",
    }

    def edit(by: int, own: set[str]) -> Callable[[list[cases.Row]], list[cases.Row]]:
        def grown(r: cases.Row) -> cases.Row:
            return r | {n: str(int(r[n]) * by) for n in ("value", "low", "high") if r[n] and r["id"] in own}

        return lambda rows: [
            grown(r) for r in [*rows, cases.row("nation-14", when="2030-03-14", value="9000", **nation)]
        ]

    own = {c.id for c in blocks.blocks_of(cases.cut(tmp_path / "case", edit(1, set())))[label]}
    made = []
    for by in (1, 10):
        cut = cases.cut(tmp_path / f"case{by}", edit(by, own))
        claims = [c for c in cut.claims if c.id in own]
        model = build(blocks.without(cut, claims), cases.COARSE, 1)
        t, fit = model.observations.terms, model.target.use == 1
        fitted = {
            name: getattr(t, name)[fit] for name in ("kind", "first", "last", "previous", "low", "high", "sd")
        }
        made.append((model.target.arena.stop_share, model.observations.ticks, model.target.record, fitted))
        assert not own & {
            c for own, used in zip(model.observations.term_claims, fit, strict=True) if used for c in own
        }
    (stop, ticks, record, fitted), (other_stop, other_ticks, other_record, other_fitted) = made
    assert (stop, ticks) == (other_stop, other_ticks)
    assert all(np.array_equal(a, b) for a, b in zip(record, other_record, strict=True))
    assert all(np.array_equal(a, other_fitted[name]) for name, a in fitted.items())


# The command -----------------------------------------------------------------------------------------------


def test_a_case_that_is_already_cut_cannot_be_scored(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="a cut case has no next day"):
        scoring.score_case(cases.cut(tmp_path / "case"), out=tmp_path)
    assert not (tmp_path / "toy").exists()


def test_a_forecast_is_scored_from_the_case_to_the_last_number(tmp_path: Path) -> None:
    """A tiny run: every score is finite, few particles fail the checks, and a seed gives the same bits."""
    case = covered(tmp_path, "nation")
    first, again = (
        issue(case, date(2030, 4, 10), date(2030, 3, 11), TINY, 1, workers, "assumed", lambda n: None)
        for workers in (1, 2)
    )
    assert first == again and first.reports == 2 and first.watched
    assert all(math.isfinite(v) for v in (first.model, first.persistence, first.climatology))
    assert first.failed and 0.0 <= first.large <= 1.0 and first.came is None


def test_scores_of_every_seed_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def made(full: Any, known: Any, day: date, effort: Any, seed: int, *rest: Any) -> Issue:
        asked.append((day.isoformat(), seed))
        return made_up(day, -1.0 - seed)

    monkeypatch.setattr(scoring, "issue", made)
    monkeypatch.setattr(
        scoring,
        "leave_out",
        lambda cut, label, claims, effort, seed, *rest: blocks.Block(label, {"a": -seed}, {"a": -2.0}, ""),
    )
    text = scoring.score_case(covered(tmp_path), as_of=["2030-03-11"], seed=4, seeds=3, out=tmp_path)
    assert asked == [("2030-03-11", n) for n in (4, 5, 6)] and "-6.00 ± 1.00" in text
    kept = json.loads((tmp_path / "toy" / "scores.json").read_text(encoding="utf-8"))
    assert kept["seeds"] == [4, 5, 6] and [one["model"] for one in kept["dates"][0]] == [-5.0, -6.0, -7.0]
    with pytest.raises(RunError, match="--seeds 0 is too small"):
        scoring.score_case(covered(tmp_path / "more"), seeds=0, out=tmp_path)


def made_up(day: date = NORTH_OUT, model: float = -3.0, **more: Any) -> Issue:
    """A forecast of which one report was observed."""
    return Issue(day, 1, False, model, -4.0, -9.0, 0.25, None, "")._replace(**more)


def test_a_difference_below_the_spread_of_seeds_is_called_none() -> None:
    issues = lambda *scores: [[made_up(model=score) for score in scores]]  # noqa: E731
    close, clear = lines.table(issues(-3.0, -4.8), [], [1, 2]), lines.table(issues(-3.0, -3.2), [], [1, 2])
    assert "0.10 nats better than persistence, less than seeds differ by (1.27): no difference" in close
    assert "0.90 nats better than persistence; seeds differ by 0.14" in clear
    assert "5.90 nats better than climatology; seeds differ by 0.14" in clear
    assert "1.00 nats worse than persistence" in lines.table(issues(-5.0, -5.0), [], [1, 2])
    assert "by one seed; --seeds 5" in lines.table(issues(-3.0), [], [1])


def test_the_table_shows_whose_sampler_failed_and_what_was_observed() -> None:
    sound, failed = made_up(), made_up(failed="the sampler's own checks failed: canary sd 0.7 (wanted 0.8)")
    silent = made_up(CAPITAL_OUT, reports=0, watched=True, came=False, large=0.5)
    text = lines.table([[sound, failed], [silent, silent]], [], [3, 4])
    first, second = text.splitlines()[2:4]
    assert "1 of 2" in first and "1 report " in first and "unknown" in first
    assert "2 of 2" in second and "silence, watched" in second and " no " in second and "0.500" in second
    assert "As of 2030-03-12, seed 4: the sampler's own checks failed: canary sd 0.7" in text
    assert "seed 3" not in text
    assert "No day was observed" in lines.table([], [], [1])
    block = blocks.Block("detentions", {"a": -4.0, "b": -6.0}, {"a": -2.0, "b": -3.0}, "")
    assert "detentions (2 reports)" in (told := lines.table([[sound]], [[block]], [1])) and "-5.00" in told
    assert "2.50 nats worse than that source" in told
