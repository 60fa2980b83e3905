"""Support arithmetic: what is taken away is gone, histories out of range decide nothing, and sentences follow the numbers."""

from __future__ import annotations

import math
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fixtures import telling
from fixtures.told import told
from interrex.engine.history import Hook, replay
from interrex.engine.overrides import State
from interrex.futures.end_state import clock_draw, end_state, stays
from interrex.futures.members import free_course, prior_members, run_free
from interrex.futures.office import Departure, Office
from interrex.mechanisms.state import ELITE, PATRON
from interrex.results.described import dataset
from interrex.topics.outcomes.variables import GROUP as OUTCOMES
from interrex.topics.support import answer as support
from interrex.topics.support.variables import GROUP

ABOUT = {"all_members": 512, "from_day": 12, "known_days": 53, "horizon": 150, "p_forecast": 0.98, "p_sum": 0.93, "weight": 0.0}


def worths(of: Any) -> np.ndarray:
    """Survivals f8[16, 6], the same in six histories."""
    return np.array([[float(of(*s))] * 6 for s in support.SUBSETS])


STREET = worths(lambda elite, street, patron, force: 0.2 + 0.5 * street + 0.2 * elite)


def test_shapley_shares_of_known_games() -> None:
    worth = np.array([sum(w for w, on in zip((1, 2, 3, 4), s, strict=True) if on) for s in support.SUBSETS])
    assert support.shapley(worth) == pytest.approx([1, 2, 3, 4])
    both = np.array([float(s[0] and s[3]) for s in support.SUBSETS])
    assert support.shapley(both) == pytest.approx([0.5, 0, 0, 0.5])
    three = np.array([float(s[0] and s[1] and s[2]) for s in support.SUBSETS])
    assert support.shapley(three) == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])
    drawn = np.random.default_rng(1).random(16)
    assert support.shapley(drawn).sum() == pytest.approx(drawn[0] - drawn[-1])


def test_ends_of_a_share_are_reached_by_some_endings() -> None:
    rng = np.random.default_rng(2)
    low = rng.random(16) * 0.5
    high = low + rng.random(16) * 0.5
    for weight in support.shapley(np.eye(16)):
        least, most = support.ends(weight, low, high)
        drawn = [weight @ (low + rng.random(16) * (high - low)) for _ in range(200)]
        assert least <= min(drawn) and max(drawn) <= most
        assert least == pytest.approx(min(weight @ np.where(weight > 0, low, high), 9))
        assert support.ends(weight, low, low) == pytest.approx((weight @ low, weight @ low))


def test_least_subsets_that_keep_him() -> None:
    keeps = np.array([bool(s[3] or (s[0] and s[1])) for s in support.SUBSETS])
    assert support.minimal(keeps) == [(1, 1, 0, 0), (0, 0, 0, 1)]
    assert support.minimal(np.zeros(16, bool)) == []
    assert support.minimal(np.ones(16, bool)) == [(0, 0, 0, 0)]
    assert support.label((1, 0, 0, 1)) == "elite, force" and support.label((0, 0, 0, 0)) == "none"


def test_a_carrier_is_named_where_its_share_is_the_largest_whatever_the_endings() -> None:
    mean = STREET.mean(axis=1)
    assert support.carrier(STREET, mean, mean) == support.NAMES.index("street")
    lost = STREET.copy()
    lost[[s[1] == 0 for s in support.SUBSETS], :3] = np.nan
    low, high = (np.where(np.isnan(lost), end, lost).mean(axis=1) for end in (0.0, 1.0))
    assert support.carrier(lost, low, high) is None
    tie = worths(lambda elite, street, patron, force: 0.2 + 0.3 * street + 0.3 * elite)
    assert support.carrier(tie, tie.mean(axis=1), tie.mean(axis=1)) is None
    harm = worths(
        lambda elite, street, patron, force: 0.9 - 0.3 * street - 0.2 * elite - 0.1 * force - 0.1 * patron
    )
    assert support.carrier(harm, harm.mean(axis=1), harm.mean(axis=1)) is None


def test_a_carrier_is_not_named_within_the_noise_of_the_histories() -> None:
    noisy = STREET + np.array([2.0, -2.0, 2.0, -2.0, 2.0, -2.0]) * np.array(
        [[s[1] - 0.5] for s in support.SUBSETS]
    )
    assert support.carrier(noisy, noisy.mean(axis=1), noisy.mean(axis=1)) is None
    one = STREET[:, :1]
    assert support.carrier(one, one[:, 0], one[:, 0]) is None


def test_histories_out_of_range_get_both_endings_and_no_constant() -> None:
    lost = STREET.copy()
    none = support.SUBSETS.index((0, 0, 0, 0))
    lost[none, :3] = np.nan
    data = support.stored(lost, **ABOUT)
    assert float(data["p_office"][none]) == pytest.approx(0.2)
    assert (float(data["p_low"][none]), float(data["p_high"][none])) == pytest.approx((0.1, 0.6))
    assert float(data["stopped"][none]) == 0.5 and float(data["stopped"].sum()) == 0.5
    street = support.NAMES.index("street")
    assert float(data["shapley"][street]) == pytest.approx(0.5)
    assert float(data["shapley_low"][street]) == pytest.approx(0.5 - 0.4 / 4)
    assert float(data["shapley_high"][street]) == pytest.approx(0.5 + 0.1 / 4)
    lost[none] = np.nan
    gone = support.stored(lost, **ABOUT)
    assert math.isnan(float(gone["p_office"][none])) and float(gone["p_high"][none]) == 1.0


def test_the_group_is_whole_and_described() -> None:
    data = support.stored(STREET, **ABOUT)
    assert set(data.variables) == {v.name for v in GROUP.variables}
    for variable in GROUP.variables:
        assert variable.long_name and variable.source and (variable.units or variable.kind == "text")
    assert data["street"].values.tolist() == [s[1] for s in support.SUBSETS]
    assert float(data["shapley"].sum()) == pytest.approx(float(data["p_office"][0] - data["p_office"][-1]))
    assert float(data["members"]) == 6 and float(data["keeps"]) == support.KEEPS
    assert data["shapley_error"].values == pytest.approx(0.0, abs=1e-12)
    half = STREET.copy()
    half[[s[1] == 1 for s in support.SUBSETS], ::2] -= 0.6
    assert float(support.stored(half, **ABOUT)["shapley_error"][1]) == pytest.approx(
        0.6 * np.std([0, 1] * 3, ddof=1) / math.sqrt(6)
    )


# the verdict


def say(found: np.ndarray) -> tuple[str, bool]:
    low, high = (np.where(np.isnan(found), end, found).mean(axis=1) for end in (0.0, 1.0))
    return support.verdict(found, np.nanmean(found, axis=1), low, high)


def test_the_verdict_names_least_sets_and_the_carrier() -> None:
    text, decided = say(STREET)
    assert (
        text
        == "The least support that keeps him is elite, street; without all four it is 0.20. The most is carried by street (+0.50 of +0.70)"
    )
    assert decided
    every = worths(lambda elite, street, patron, force: 0.1 + 0.5 * street + 0.2 * elite + 0.06 * patron + 0.04 * force)
    assert say(every)[0].endswith("The most is carried by street (+0.50 of +0.80)")


def test_the_verdict_follows_the_numbers() -> None:
    assert say(worths(lambda *s: 0.7 - 0.1 * (s[0] == 0) - 0.1 * (s[1] == 0)))[0].startswith(
        "No combination of supports keeps him with probability 0.8 (all four: 0.70)"
    )
    text, decided = say(worths(lambda *s: 0.99 - 0.12 * (s[0] == 0)))
    assert (
        text.startswith("He keeps his office with probability 0.87 even without all four supports")
        and decided
    )
    assert say(worths(lambda *s: 0.7 + 0.02 * sum(s))) == (
        "The sixteen combinations of support hardly differ: he is in office with probability 0.70 to 0.78",
        True,
    )
    either = say(worths(lambda elite, street, patron, force: 0.9 if force or (elite and street) else 0.3))[0]
    assert "is elite, street or force; without all four it is 0.30" in either


def test_a_verdict_that_histories_out_of_range_could_turn_over_is_not_given() -> None:
    lost = worths(lambda elite, street, patron, force: 0.85 if street else 0.7)
    lost[[s[1] == 0 for s in support.SUBSETS], :3] = np.nan
    text, decided = say(lost)
    assert (
        not decided and "25% of the histories left the range" in text and "whether 8 of the sixteen" in text
    )
    assert "least support" not in text and "carried" not in text


# what is asked of the histories


def test_supports_are_taken_away_where_there_is_still_something_to_survive() -> None:
    arena = SimpleNamespace(
        days=71,
        ticks=284,
        ticks_per_day=4,
        script=SimpleNamespace(tick=np.array([48, 60]), kind=np.array([1000, 3])),
    )
    assert support.begin_tick(arena, 60) == 60
    assert support.begin_tick(arena, 284) == 48
    assert support.begin_tick(arena, 284 - 28 * 4) == 284 - 28 * 4
    assert support.begin_tick(arena, 284 - 27 * 4) == 48
    quiet = SimpleNamespace(
        days=71, ticks=284, ticks_per_day=4, script=SimpleNamespace(tick=np.zeros(0), kind=np.zeros(0))
    )
    assert support.begin_tick(quiet, 284) == 0


def test_who_has_left_by_the_record_is_kept_by_nobody() -> None:
    left = Office(Departure(date(2030, 3, 18), 17.0, "step_down", "quits"), frozenset(), frozenset())
    quiet = SimpleNamespace(stage=lambda *_: None)
    run = SimpleNamespace(
        settings=SimpleNamespace(effort=SimpleNamespace(per_subset=3), progress=quiet),
        model=SimpleNamespace(arena=None),
        office=left,
    )
    made = support.answer(run)
    assert not made.variables and "2030-03-18, by claim quits" in made.attrs["absent_because"]


@pytest.mark.parametrize(("troops", "before", "after", "helped"), [
    (0.0, (1, 1), (1, 1), False), (0.0, (1, 1), (2, 1), True), (0.0, (1, 1), (1, 2), True), (5.0, (0, 0), (0, 0), True), (0.0, (0, 3), (3, 0), False),
])  # fmt: skip
def test_help_is_troops_in_the_country_or_an_act_of_the_patron_after_the_begin(
    troops: float, before: tuple[int, int], after: tuple[int, int], helped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[Any] = []

    def history(counts: tuple[int, int]) -> Any:
        count, level = np.zeros(99), np.zeros(9)
        count[[support.ACCEPTS, support.DEPLOYS]], level[PATRON] = counts, troops
        return SimpleNamespace(macro=SimpleNamespace(level=level), clocks=SimpleNamespace(count=count))

    def replayed(*given: Any, hooks: tuple[Hook], **more: Any) -> Any:
        assert list(hooks[0].ticks) == [8]
        hooks[0].look(history(before))
        return history(after)

    for name, fake in {"replay": replayed, "end_state": lambda *a: 0, "clock_draw": lambda *a: 0, "stays": lambda *a: 0.5, "taken_away": lambda *a: ()}.items():
        monkeypatch.setattr(support, name, fake)
    monkeypatch.setattr(support, "free_course", lambda arena, member, priors, begin, seed, chosen: modes.append(chosen))
    monkeypatch.setattr(support, "free_modes", lambda table: np.zeros(99, int))
    blank: Any = SimpleNamespace(table=None, workspace=lambda: None, luck=None)
    asked = support.Asked(blank, blank, blank, 8, 180.0, 1)
    assert asked.survival(blank, (1, 1, 1, 1)) == (0.5, helped) and not modes[0].any()
    asked.survival(blank, (1, 1, 0, 1))
    assert set(np.flatnonzero(modes[1])) == {support.ACCEPTS, support.DEPLOYS} and modes[1].max() == support.FORBIDDEN


def test_the_answer_says_from_when_supports_are_away_and_what_the_record_imposes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(support.Asked, "survivals", lambda *a: STREET)
    script = SimpleNamespace(tick=np.array([48]), kind=np.array([1000]))
    arena = SimpleNamespace(days=71, ticks=284, ticks_per_day=4, script=script)
    run: Any = SimpleNamespace(
        settings=SimpleNamespace(effort=SimpleNamespace(per_subset=6), progress=SimpleNamespace(stage=lambda *_: None, advance=None), seed=1),
        model=SimpleNamespace(arena=arena, target=SimpleNamespace(hazard_priors=None)), office=SimpleNamespace(left=None), pool=None,
        case=SimpleNamespace(question=SimpleNamespace(horizon_days=150)), histories=SimpleNamespace(free_from=212, members=list(range(9))),
        answers={"outcomes": {"in_office_p": 0.7}},
    )  # fmt: skip
    made = support.answer(run)
    assert "p_sum" not in made and "weight" not in made
    assert {name: float(made[name]) for name in ("from_day", "known_days", "horizon", "all_members", "p_forecast", "members")} == {
        "from_day": 12, "known_days": 53, "horizon": 150, "all_members": 9, "p_forecast": 0.7, "members": 6,
    }  # fmt: skip


def test_the_sum_and_the_weight_of_the_simulation_come_from_the_outcomes() -> None:
    outcomes = dataset(OUTCOMES, {"part": ["world record", "simulation"], "part_weight": [0.8, 0.2], "pool_p": 0.1})
    assert support.beside_the_records(outcomes) == pytest.approx({"p_sum": 0.9, "weight": 0.2})
    assert support.beside_the_records(dataset(OUTCOMES, {"in_office_p": 0.7})) == {}


# in histories


@pytest.fixture(scope="module")
def asked(toy: Any) -> tuple[support.Asked, list[Any]]:
    members = prior_members(toy.model.space, toy.arena, np.ones(4), 1, 6)
    return support.Asked(toy.wide, toy.arena, toy.model.target.hazard_priors, 8, 180.0, 1), members


def test_all_supports_on_is_the_free_history(asked: Any) -> None:
    question, members = asked
    free = run_free(
        question.pool,
        question.arena,
        members,
        question.priors,
        8,
        lambda h, m: end_state(h, m, question.arena),
        1,
    )
    for member, plain in zip(members, free, strict=True):
        on, _ = question.survival(member, (1, 1, 1, 1))
        expected = stays(plain, clock_draw(plain, 1), 180.0)
        assert on == expected or math.isnan(on) and math.isnan(expected)


def test_trust_without_the_street_is_one_in_eight_and_progress_counts_both_of_a_pair(asked: Any) -> None:
    assert 1 / (1 + math.exp(-support.TRUST_OFF)) == pytest.approx(1 / 8, abs=0.01)
    question, calls = support.Asked(*vars(asked[0]).values()), []
    question.pool = SimpleNamespace(map=lambda task, slots, tell: tell(3) or [(1.0, 0.0) for _ in slots])
    assert question.survivals(asked[1][:1], calls.append).shape == (16, 1) and calls == [6]


def test_survivals_stand_in_the_order_of_the_subsets(asked: Any) -> None:
    question, members = asked
    calls: list[int] = []
    found = question.survivals(members[:3], calls.append)
    assert found.shape == (16, 3) and sum(calls) == 16 * 3
    for subset in ((1, 0, 1, 1), (0, 1, 0, 1), (0, 0, 0, 0)):
        row = found[support.SUBSETS.index(subset)]
        alone = [question.survival(m, subset)[0] for m in members[:3]]
        assert np.array_equal(row, alone, equal_nan=True)
    assert np.array_equal(found, question.survivals(members[:3]), equal_nan=True)


def looks(
    question: support.Asked, member: Any, subset: support.Subset, see: Any, *more: Any
) -> np.ndarray:
    """What `see` sees of the macro state in every tick from the begin on."""
    seen: list[Any] = []
    hook = Hook(
        range(question.begin + 1, question.arena.ticks + 1), lambda h: seen.append(np.copy(see(h.macro)))
    )
    replay(
        question.arena, member.luck, free_course(question.arena, member, question.priors, question.begin, 1),
        question.pool.workspace(), overrides=(*more, *support.taken_away(subset, question.arena, question.begin)), hooks=(hook,),
    )  # fmt: skip
    return np.array(seen)


def test_without_force_a_fiftieth_of_the_officers_is_out_to_the_end(asked: Any) -> None:
    question, members = asked
    for member in members:
        many, few = (looks(question, member, (1, 1, 1, on), lambda x: x.force.sum()) for on in (1, 0))
        shared = min(many.size, few.size)
        assert shared > 1 and (few[:shared] < 0.2 * many[:shared]).all()


def test_without_the_patron_his_troops_are_gone(asked: Any) -> None:
    question, members = asked
    troops = State("level", question.begin, PATRON, value=5000.0)
    on, off = (looks(question, members[0], (1, 1, p, 1), lambda x: x.level[PATRON], troops) for p in (1, 0))
    assert on[0] > 1000 and (off == 0).all()


def test_without_the_elite_its_level_is_held_and_without_the_street_the_trust_of_the_networks(
    asked: Any,
) -> None:
    question, members = asked
    online = question.arena.place.online > 0
    for member in members[:3]:
        on = looks(question, member, (1, 1, 1, 1), lambda x: x.level[ELITE])
        off = looks(question, member, (0, 1, 1, 1), lambda x: x.level[ELITE])
        assert off.max() < on[: off.size].min() - 0.2 and off.max() < -0.5
        trust, lost = (
            looks(question, member, (1, street, 1, 1), lambda x: x.trust[online]) for street in (1, 0)
        )
        shared = min(len(trust), len(lost))
        assert np.median(np.abs(lost - support.TRUST_OFF)) < 0.1
        assert np.abs(trust[:shared] - lost[:shared]).max() > 0.3


def test_every_support_that_is_off_moves_some_history(asked: Any) -> None:
    question, members = asked
    troops = State("level", question.begin, PATRON, value=5000.0)

    def paths(subset: support.Subset) -> list[bytes]:
        return [looks(question, m, subset, lambda x: x.crowd, troops).tobytes() for m in members]

    plain = paths((1, 1, 1, 1))
    for off in range(4):
        subset = tuple(int(i != off) for i in range(4))
        assert plain != paths(subset), support.NAMES[off]


# what the section says


def test_the_section_says_the_verdict_and_why_the_forecast_prints_another_number() -> None:
    said = told("support", support=support.stored(STREET, **ABOUT))
    assert "The most is carried by street (+0.50 of +0.70)." in said
    assert (
        "in office on day 150 in 90 % of the histories; the simulation's outcome forecast of the same event is 98 %"
        in said
    )
    assert "there the record is imposed up to day 53, here acts run free from day 12 on" in said
    assert "it has 512 histories, this 6 of them" in said
    same = told("support", support=support.stored(STREET, **(ABOUT | {"from_day": 53})))
    assert "both run free from day 53 on" in same


def test_the_section_says_whose_chances_these_are_and_what_they_count() -> None:
    said = told("support", support=support.stored(STREET, **ABOUT))
    assert "the simulation's alone, which does not count in the sum" in said
    assert "By that sum he is in office on day 150 with 93 %." in said
    counted = told("support", support=support.stored(STREET, **(ABOUT | {"weight": 0.25, "p_sum": 0.5})))
    assert "which counts 25 % in the sum" in counted and "with 50 %." in counted
    alone = {k: v for k, v in ABOUT.items() if k not in ("weight", "p_sum")}
    assert "sum of records" not in told("support", support=support.stored(STREET, **alone))


def changed(**changes: Any) -> Any:
    made = support.stored(STREET, **ABOUT)
    return dataset(GROUP, {name: made[name].values for name in made.variables} | changes)


def test_the_title_counts_combinations_that_keep_him() -> None:
    assert "4 of 16 combinations keep him in office with 80 % probability" in told(
        "support", support=changed()
    )
    assert "Between 2 and 4 of 16" in told("support", support=changed(p_low=[0.85] * 2 + [0.1] * 14))
    assert "5 of 16 combinations keep him in office by the histories" in told(
        "support", passed=False, support=changed(p_office=[0.8] * 5 + [0.79] * 11)
    )
    assert "Between 0 % and 25 % left it" in told(
        "support", support=changed(stopped=[0.0] * 8 + [0.25] * 8)
    ).replace("<1 %", "0 %")


def test_withheld_bounds_are_not_drawn_and_not_spoken_of() -> None:
    good, bad = told("support", support=changed()), told("support", passed=False, support=changed())
    assert "the bar what the others could make of it" in good and "Lines: what" in good
    assert "the bar" not in bad and "Lines:" not in bad


def test_the_error_of_the_shares_is_said() -> None:
    assert "Monte Carlo error up to ± 7 points" in told(
        "support", support=changed(shapley_error=[0.01, 0.07, 0.0, 0.02])
    )
    assert "Monte Carlo error up to – points" in told("support", support=changed(shapley_error=[np.nan] * 4))


def test_rows_and_bars_stand_in_order_and_withheld_ends_leave_no_line() -> None:
    def picture(n: int, **changes: Any) -> Any:
        with telling.pictures() as drawn:
            told("support", support=changed(**changes))
        return drawn[n].axes

    p = np.linspace(0.1, 0.85, 16)
    dots, office = picture(0, p_office=p, p_low=p - 0.05, p_high=p + 0.1)
    means = [line for line in office.lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in means] == pytest.approx(list(100 * p[::-1])) and office.get_xlabel()
    assert [80.0, 80.0] in [list(line.get_xdata()) for line in office.lines]
    assert telling.notes(office)["85 %"] == pytest.approx((95, 0)) and "keeps him: 80 %" in telling.notes(office)
    filled = [line.get_xdata()[0] for line in dots.lines if line.get_ydata()[0] == 15 and line.get_markerfacecolor() != "white"]
    assert filled == [0, 1, 2, 3], "all four are on in the least likely row"

    def lines(**changes: Any) -> int:
        return sum(line.get_marker() == "None" and len(line.get_xdata()) == 2 for line in picture(0, p_office=p, **changes)[1].lines)

    assert lines(p_low=[np.nan, *p[1:]], p_high=p) == lines(p_low=p, p_high=p) - 1
    (bars,) = picture(1, shapley=[0.1, -0.2, 0.4, 0.3], shapley_low=[0.0] * 4, shapley_high=[0.5] * 4)
    assert list(telling.ticks(bars.yaxis)) == ["Patron", "Force", "Elite", "Street"]
    assert [round(bar.get_width()) for bar in bars.patches] == [40, 30, 10, -20] and bars.get_xlabel()
    assert telling.notes(picture(1, shapley=[0.1, -0.2, 0.4, 0.3], shapley_low=[np.nan] * 4, shapley_high=[0.5] * 4)[0])["+40"] == (40, 0)


def test_bounds_of_the_first_row_alone_do_not_make_a_title() -> None:
    text = told("support", support=changed(p_low=[np.nan] + [0.9] * 15, p_high=[0.9] * 16))
    assert "in the model's range" in text
