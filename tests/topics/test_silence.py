"""Absent actors: what a silence and its end say, and what the section says of it."""

from __future__ import annotations

import math
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from fixtures.told import told
from interrex.case import load_case
from interrex.case.schema import Fact
from interrex.results.described import dataset
from interrex.topics.silence.answer import (
    FAMILY,
    STATUSES,
    absent_actors,
    appearance_rate,
    appearing,
    death_hazard,
    lasting,
    longest_silence,
    status_likelihood,
)
from interrex.topics.silence.variables import GROUP

KAZAKHSTAN, BELARUS = load_case("kazakhstan-2022"), load_case("belarus-2020")
PREDECESSOR, DAUGHTER = "Nursultan Nazarbayev", "Dariga Nazarbayeva"


def status(cut, person: str) -> tuple[dict[str, float], dict[str, float]]:
    """Prior and posterior of a person's status."""
    data = absent_actors(cut)
    at = data.person.values.tolist().index(person)
    names = data.status.values.tolist()
    return (
        dict(zip(names, data.prior.values[at].tolist(), strict=True)),
        dict(zip(names, data.posterior.values[at].tolist(), strict=True)),
    )


def with_facts(cut, **values: float):
    facts = {**cut.facts, **{name: Fact(id=name, value=value) for name, value in values.items()}}
    return cut.model_copy(update={"facts": facts})


def test_without_predecessor_or_record_the_group_says_why():
    for cut in (BELARUS.as_of("2020-09-30"), KAZAKHSTAN.as_of("2021-12-25")):
        data = absent_actors(cut)
        assert not data.variables and data.attrs["absent_because"]


def test_probabilities_of_a_person_sum_to_one():
    for day in ("2022-01-11", "2022-01-19", "2022-02-28"):
        data = absent_actors(KAZAKHSTAN.as_of(day))
        assert np.allclose(data.prior.sum("status"), 1) and np.allclose(data.posterior.sum("status"), 1)
        assert np.isclose(data.family_posterior.sum(), 1)


def test_eleventh_of_january_two_weeks_of_silence():
    cut = KAZAKHSTAN.as_of("2022-01-11")
    data = absent_actors(cut)
    assert data.person.values.tolist() == [PREDECESSOR]
    assert data.gap_days.values.tolist() == [14.0]
    assert "Rate assumed" in data.rate_text.values[0] and "2022-01-08" in data.rate_text.values[0]
    actor = next(a for a in cut.actors if a.id == "nazarbayev")
    silence = longest_silence(cut, actor)
    alone = status_likelihood(silence._replace(word=None), 1.0, 2.0)
    assert alone[-1] / alone[0] == pytest.approx(2.0)  # two weeks at an unknown rate
    word = status_likelihood(silence, 1.0, 2.0) / alone
    assert word[:-1] == pytest.approx(1.0) and word[-1] == pytest.approx(0.95 * 0.2 + 0.05)


def test_the_video_speaks_against_incapacity_and_death():
    _, before = status(KAZAKHSTAN.as_of("2022-01-11"), PREDECESSOR)
    prior, after = status(KAZAKHSTAN.as_of("2022-01-19"), PREDECESSOR)
    assert after["incapacitated"] < prior["incapacitated"] < before["incapacitated"]
    assert after["dead"] < 0.001 < before["dead"]
    assert after["in control"] > prior["in control"] > before["in control"]


def test_with_an_unknown_rate_death_barely_moves():
    for day in ("2022-01-08", "2022-01-09", "2022-01-11", "2022-01-19", "2022-02-10", "2022-02-28"):
        data = absent_actors(KAZAKHSTAN.as_of(day)).sel(status="dead")
        assert (abs(data.posterior - data.prior) < 0.01).all()


def test_a_known_high_rate_makes_the_same_silence_speak():
    cut = KAZAKHSTAN.as_of("2022-01-11")
    frequent = with_facts(cut, appearances_nazarbayev=40, appearance_weeks_nazarbayev=20)
    _, unknown = status(cut, PREDECESSOR)
    _, known = status(frequent, PREDECESSOR)
    assert known["in control"] < 0.2 < unknown["in control"]
    assert known["dead"] > 3 * unknown["dead"]
    assert "40 appearances in 20 weeks" in absent_actors(frequent).rate_text.values[0]


def test_a_gap_that_nobody_claims_is_no_evidence():
    prior, after = status(KAZAKHSTAN.as_of("2022-01-05"), PREDECESSOR)
    assert after == pytest.approx(prior)
    assert "not counted" in absent_actors(KAZAKHSTAN.as_of("2022-01-05")).rate_text.values[0]
    # The ledger ends with his video; the weeks after it are not on record either.
    data = absent_actors(KAZAKHSTAN.as_of("2022-02-28"))
    assert dict(zip(data.person.values, data.gap_days.values, strict=True)) == {
        DAUGHTER: 44.0,
        PREDECESSOR: 21.0,
    }


def test_kin_share_a_state_so_one_silence_bears_on_the_other():
    cut = KAZAKHSTAN.as_of("2022-02-10")
    alone = cut.model_copy(update={"actors": tuple(a for a in cut.actors if a.role != "kin")})
    _, together = status(cut, PREDECESSOR)
    _, single = status(alone, PREDECESSOR)
    assert together["in control"] < single["in control"]
    held = absent_actors(cut).family_posterior.sel(family="held")
    assert held > absent_actors(alone).family_posterior.sel(family="held")


def test_ages_come_from_the_case_and_else_from_an_assumption():
    cut = KAZAKHSTAN.as_of("2022-01-11")
    old, kin = (next(a for a in cut.actors if a.role == role) for role in ("predecessor", "kin"))
    assert death_hazard(cut, old)[0] == pytest.approx(0.10)
    assert death_hazard(cut, kin)[0] == pytest.approx(0.05)
    assert "at the age of 81" in death_hazard(cut, old)[1]  # 78 when he left in March 2019
    later = cut.model_copy(update={"as_of_date": date(2023, 1, 11)})
    assert "at the age of 82" in death_hazard(later, old)[1]
    undated = with_facts(cut, predecessor_age=70)
    assert "at the age of 70" in death_hazard(undated, old)[1]
    aged = with_facts(cut, dariga_nazarbayeva_birth_year=1963)
    assert death_hazard(aged, kin)[0] == pytest.approx(0.1 * math.exp(0.09 * (59 - 81)))
    assert [s.name for s in STATUSES][-1] == "dead"


# the law of a silence and of its end


@pytest.mark.parametrize("multiplier", [1.0, 0.3, 0.03])
@pytest.mark.parametrize(("shape", "weeks"), [(1.0, 2.0), (0.5, 3.0), (7.5, 20.0)])
@pytest.mark.parametrize("gap", [0.0, 0.4, 3.0, 12.0])
def test_silence_and_its_end_are_the_integrals_over_an_unknown_rate(multiplier, shape, weeks, gap):
    law = gamma(shape, scale=1.0 / weeks)

    def mean(of) -> float:
        return quad(lambda u: of(multiplier * law.ppf(u)), 0, 1, limit=200)[0]

    survives = lasting(gap, multiplier, shape, weeks)
    density = survives * appearing(gap, multiplier, shape, weeks)
    assert survives == pytest.approx(mean(lambda rate: math.exp(-rate * gap)), rel=1e-6)
    assert density == pytest.approx(mean(lambda rate: rate * math.exp(-rate * gap)), rel=1e-5)


def test_density_of_a_first_appearance_integrates_to_its_probability():
    seen = quad(lambda g: lasting(g, 0.3, 1.0, 2.0) * appearing(g, 0.3, 1.0, 2.0), 0, 9)[0]
    assert seen == pytest.approx(1 - lasting(9, 0.3, 1.0, 2.0))


def silence_of(day: str):
    cut = KAZAKHSTAN.as_of(day)
    actor = next(a for a in cut.actors if a.role == "predecessor")
    return longest_silence(cut, actor)


def test_the_appearance_that_ends_a_silence_enters_as_a_density():
    ended = silence_of("2022-01-19")
    assert ended.closed_by is not None and ended.counts
    like = status_likelihood(ended._replace(word=None), 1.0, 2.0)
    gap, rho = ended.days / 7.0, ended.closed_by.reliability.mean
    for at, m in ((1, 0.3), (2, 0.3)):
        ratio = m * (2.0 + gap) / (2.0 + m * gap)
        expected = (2.0 + gap) / (2.0 + m * gap) * (rho * ratio + 1 - rho)
        assert like[at] / like[0] == pytest.approx(expected)
    assert like[4] / like[0] == pytest.approx((2.0 + gap) / 2.0 * (rho * 0.02 + 1 - rho))


def test_one_long_gap_that_an_appearance_ended_moves_the_living_little_while_the_rate_is_unknown():
    ended = silence_of("2022-01-19")
    for days in (14, 21, 60, 365):
        longer = ended._replace(end=ended.start + (ended.end - ended.start) * 0 + _days(days), word=None)
        like = status_likelihood(longer, 1.0, 2.0)
        assert 0.25 < like[1] / like[0] < 3.4  # between m and 1 / m
    short = status_likelihood(ended._replace(end=ended.start + _days(1), word=None), 1.0, 2.0)
    assert short[1] < 0.5 * short[0]  # soon seen again: a man who appears often


def _days(count: int):
    from datetime import timedelta

    return timedelta(days=count)


def test_an_appearance_after_a_gap_that_is_not_counted_says_nothing_of_how_often_the_living_appear():
    ended = silence_of("2022-01-19")._replace(counts=False, word=None)
    like = status_likelihood(ended, 1.0, 2.0)
    assert like[1] == like[2] == like[0] == 1.0
    assert like[4] < like[3] < 1.0


def test_a_less_reliable_end_says_less():
    ended = silence_of("2022-01-19")._replace(word=None)
    claim = ended.closed_by
    vague = claim.model_copy(update={"grade": "rumour"})
    assert vague.reliability.mean < claim.reliability.mean
    sure, unsure = (status_likelihood(ended._replace(closed_by=c), 1.0, 2.0) for c in (claim, vague))
    assert sure[4] / sure[0] < unsure[4] / unsure[0]


def test_rates_come_from_the_case_or_are_called_assumed():
    cut = KAZAKHSTAN.as_of("2022-01-11")
    actor = next(a for a in cut.actors if a.role == "predecessor")
    assert appearance_rate(cut, actor) == (1.0, 2.0, "Rate assumed: Gamma(1, 2 weeks)")
    counted = with_facts(cut, appearances_nazarbayev=0, appearance_weeks_nazarbayev=4)
    assert appearance_rate(counted, actor)[:2] == (0.5, 4.0)


# which silence is the longest


def claim(kind: str, day: int, act: str = "predecessor_appears", who: str = "old", mean: float = 0.9):
    when, sure = SimpleNamespace(text=f"2030-03-{day:02d}"), SimpleNamespace(mean=mean)
    return SimpleNamespace(act=act, kind=kind, actors=(who,), when=when, id=f"{kind}{day}", reliability=sure)


def longest(*claims, last: int = 20, coverage=()):
    cut = SimpleNamespace(claims=claims, as_of_date=date(2030, 3, last), coverage=coverage)
    return longest_silence(cut, SimpleNamespace(id="old", role="predecessor"))


def days(silence) -> tuple[int, int]:
    return silence.start.day, silence.end.day


def test_the_longest_silence_that_counts_goes_before_a_longer_one_that_does_not():
    assert longest() is None and longest(claim("appearance", 3, who="other")) is None and longest(claim("appearance", 21)) is None
    seen = [claim("appearance", d) for d in (1, 9, 12)]
    assert days(longest(*seen)) == (1, 9) or days(longest(*seen)) == (12, 20)
    assert longest(*seen).closed_by is None, "the latest of equals"
    counted = longest(*seen, claim("absence", 10))
    assert days(counted) == (9, 12) and counted.counts and counted.closed_by.id == "appearance12" and counted.seen_before
    covered = SimpleNamespace(what="appearances", start=date(2030, 3, 1), end=date(2030, 3, 9))
    assert days(longest(*seen, coverage=(covered,))) == (1, 9)
    assert not longest(*seen, coverage=(SimpleNamespace(**vars(covered) | {"end": date(2030, 3, 8)}),)).counts
    assert not longest(*seen, coverage=(SimpleNamespace(**vars(covered) | {"what": "crowds"}),)).counts


def test_a_silence_may_begin_with_the_claim_of_it():
    silence = longest(claim("absence", 4), claim("appearance", 9), last=10)
    assert days(silence) == (4, 9) and silence.counts and not silence.seen_before
    alone = longest(claim("absence", 4))
    assert days(alone) == (4, 20) and alone.closed_by is None
    later = longest(claim("appearance", 3), claim("absence", 4))
    assert days(later) == (3, 20) and later.seen_before


def test_the_word_of_support_is_the_surest_one_given_during_the_silence():
    def word(day: int, mean: float = 0.5):
        return claim("act", day, act="predecessor_supports", mean=mean)

    ended = [claim("appearance", 3), claim("appearance", 15), claim("absence", 4)]
    silence = longest(*ended, word(5), word(6, 0.8), word(7, 0.6), word(3, 0.99), word(15, 0.99), last=16)
    assert silence.word.id == "act6" and longest(*ended, word(3), word(15), last=16).word is None
    lasts = longest(claim("appearance", 3), word(20))
    assert lasts.word.id == "act20"


def test_how_often_a_recording_is_shown_is_told_of_those_who_cannot_appear():
    data = absent_actors(KAZAKHSTAN.as_of("2022-01-19"))
    shown = dict(zip(data.status.values, data.recording.values, strict=True))
    assert {name for name, p in shown.items() if p == p} == {"incapacitated", "dead"} and shown["dead"] < shown["incapacitated"]
    assert data.rate_text.values[0].startswith("Last seen 2021-12-28") and "age of 81" in data.rate_text.values[0]


# what the section says


def stored(**changes):
    values = {
        "person": ["Old Leader", "His Sister"], "status": ["in control", "dead"],
        "prior": [[0.9, 0.1], [0.8, 0.2]], "posterior": [[0.3, 0.7], [0.85, 0.15]],
        "gap_days": [21.0, 8.0], "counted": [1, 1], "ended": [1, 0], "rate_text": ["seen often", "seldom seen"],
        "family": ["free", "held"], "family_prior": [0.6, 0.4], "family_posterior": [0.25, 0.75],
        "family_shares": [[0.75, 0.0], [0.5, 0.0]], "recording": [np.nan, 0.02],
    }  # fmt: skip
    return dataset(GROUP, values | changes)


def test_every_variable_says_its_unit_its_meaning_and_its_source():
    for variable in GROUP.variables:
        assert variable.long_name and variable.source and (variable.units or variable.kind == "text")
    data = absent_actors(KAZAKHSTAN.as_of("2022-02-28"))
    assert set(data.variables) == {v.name for v in GROUP.variables}
    assert data.family_shares.sum("status").values == pytest.approx(1.0)
    assert data.family_prior.values == pytest.approx([weight for weight, _ in FAMILY.values()])
    assert dict(zip(data.person.values, data.ended.values, strict=True)) == {DAUGHTER: 1, PREDECESSOR: 1}


def test_the_table_tells_each_person_from_the_likeliest_status_down():
    said = told("silence", silence=stored())
    assert "Old Leader: unseen for 21 days. Seen often." in said
    assert "His Sister: unseen for 8 days. Seldom seen." in said
    assert said.index("Dead 10 %") < said.index("In control 90 %")
    turned = told("silence", silence=stored(posterior=[[0.7, 0.3], [0.85, 0.15]]))
    assert turned.index("In control 90 %") < turned.index("Dead 10 %")
    assert "Dead 10 % num 70 % num strong" in said
    assert "bar:70.0:10.0" in said and "bar:75.0:40.0" in said
    assert "Held 40 %" in said and "shared by Old Leader; His Sister" in said


def test_the_note_says_which_silences_counted_and_which_were_ended():
    said = told("silence", silence=stored())
    assert "The status is taken as constant during the longest silence known." in said
    assert "The silence of Old Leader counts up to the appearance that ended it" in said
    assert "The silence of His Sister counts as far as it has lasted" in said
    assert "0.02 if dead" in said and "if in control" not in said
    assert "free 0.6 (in control 0.75); held 0.4 (in control 0.5)" in said
    lasts = told("silence", silence=stored(ended=[0, 0]))
    assert "recording" not in lasts and "up to the appearance" not in lasts
    assert "The silence of Old Leader; His Sister counts as far as it has lasted" in lasts
    missed = told("silence", silence=stored(counted=[0, 1]))
    assert "The silence of Old Leader is not counted" in missed
