"""The world record: hazards against an oracle, features that know nothing of the day after, forecasts that add up."""

from __future__ import annotations

import dataclasses
import datetime
import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from fixtures import made_up_panels
from interrex.errors import RunError
from interrex.record import hazards, risk, summary, words
from interrex.record.backtest import backtest, classes, markdown, told
from interrex.record.everywhere import colour, table, write
from interrex.record.features import AHEAD, EDGES, FEATURES, HORIZONS, countries, row
from interrex.record.nulls import SHRINK, nulls
from interrex.record.rivals import RIVALS
from interrex.record.rows import new_year, rows
from interrex.record.tables import MANNERS, Panels
from interrex.record.world import COLUMNS, SPREADS, fit_world


@pytest.fixture(scope="module")
def panels() -> Panels:
    return made_up_panels.panels()


@pytest.fixture(scope="module")
def all_rows(panels):
    return rows(panels)


@pytest.fixture(scope="module")
def shipped(panels, tmp_path_factory):
    data, issued = summary.fit_summary(panels)
    path = tmp_path_factory.mktemp("record") / "record.json"
    path.write_bytes(data)
    return path, data, issued


def test_a_hazard_without_a_penalty_is_a_poisson_regression():
    random = np.random.default_rng(3)
    x = random.standard_normal((4000, 3))
    years = random.uniform(0.1, 1, 4000)
    events = (random.poisson(years * np.exp(-1.5 + x @ [0.5, -0.3, 0.0])) > 0).astype(float)
    group = random.integers(0, 20, 4000)
    ours = hazards.fit(x, events, years, group, 20, slope=1e4, pooled=1e-4)
    theirs = sm.GLM(events, sm.add_constant(x), family=sm.families.Poisson(), exposure=years).fit()
    np.testing.assert_allclose(ours.coef, theirs.params, atol=1e-4)
    np.testing.assert_allclose(np.sqrt(np.diag(ours.cov)), theirs.bse, rtol=1e-3)


def test_effects_of_countries_are_shrunken_towards_none_and_find_who_is_worse():
    random = np.random.default_rng(4)
    group = np.repeat(np.arange(40), 50)
    effect = random.normal(0, 0.8, 40)
    events = random.poisson(0.3 * np.exp(effect[group])).astype(float)
    found = hazards.fit(np.zeros((2000, 1)), events, np.ones(2000), group, 40, slope=1.0, pooled=0.8)
    assert np.corrcoef(found.effect, effect)[0, 1] > 0.85
    tight = hazards.fit(np.zeros((2000, 1)), events, np.ones(2000), group, 40, slope=1.0, pooled=0.05)
    assert np.abs(tight.effect).max() < np.abs(found.effect).max() / 3
    assert (found.spread < 0.8**2).all()


def test_a_start_near_by_leads_to_the_same_mode():
    random = np.random.default_rng(5)
    x, group = random.standard_normal((500, 4)), random.integers(0, 5, 500)
    events = random.integers(0, 2, 500).astype(float)
    one = hazards.fit(x, events, np.ones(500), group, 5, 0.5, 0.5)
    again = hazards.fit(
        x,
        events,
        np.ones(500),
        group,
        5,
        0.5,
        0.5,
        hazards.fit(x, 1 - events, np.ones(500), group, 5, 0.5, 0.5),
    )
    np.testing.assert_allclose(one.coef, again.coef, atol=1e-3)


def test_constant_rates_give_the_chances_of_a_memoryless_clock():
    rates = np.array([[[0.2, 0.2, 0.2]], [[0.6, 0.6, 0.6]]])
    spans = np.array([1 / 12, 5 / 12, 0.5])
    got = hazards.chances(rates, spans)
    gone = -np.expm1(-0.8 * np.cumsum(spans))
    np.testing.assert_allclose(got[0, 0], 0.25 * gone)
    np.testing.assert_allclose(got[1, 0], 0.75 * gone)


def shuffled(panels: Panels, after: datetime.date, seed: int = 0) -> Panels:
    """The panels with everything that became known after a day given to other countries."""
    random = np.random.default_rng(seed)
    at = np.datetime64(after, "s")
    changed: dict[str, pd.DataFrame] = {}
    for field in dataclasses.fields(panels):
        rows = getattr(panels, field.name)
        if not isinstance(rows, pd.DataFrame) or "known" not in rows or not len(rows):
            continue
        rows = rows.copy()
        late = rows["known"].to_numpy() > at
        rows.loc[late, "ccode"] = random.permutation(rows.loc[late, "ccode"].to_numpy().copy())
        if field.name == "leaders":
            hidden = ~(rows["left_known"].to_numpy() <= at) & rows["end"].notna().to_numpy()
            rows.loc[hidden, "end"] = rows.loc[hidden, "end"] + pd.Timedelta(days=100)
            rows.loc[hidden, "left_known"] = rows.loc[hidden, "end"]
            rows.loc[hidden, "exit"] = "foreign"
        changed[field.name] = rows
    return dataclasses.replace(panels, **changed)


@pytest.mark.parametrize("year", [1999, 2007, 2012])
def test_nothing_that_became_known_after_the_day_moves_a_forecast(panels, year):
    on = datetime.date(year, 1, 1)
    forecasts = []
    for version in (panels, shuffled(panels, on)):
        here = rows(version, [new_year(year)])
        fitted = fit_world(rows(version), until=new_year(year))
        forecasts.append(fitted.forecast(here))
    for event in forecasts[0]:
        np.testing.assert_array_equal(forecasts[0][event], forecasts[1][event], err_msg=event)


def test_a_leak_that_is_planted_is_caught(panels):
    leaky = dataclasses.replace(panels, elections=panels.elections.assign(known=pd.Timestamp(1900, 1, 1)))
    later = shuffled(panels, datetime.date(2007, 1, 1)).elections["ccode"].to_numpy()
    other = dataclasses.replace(leaky, elections=leaky.elections.assign(ccode=np.roll(later, 7)))
    one, two = (rows(p, [new_year(2007)]) for p in (leaky, other))
    assert not np.array_equal(one.ahead, two.ahead)


def test_a_snap_election_is_unknown_before_it_is_announced_and_a_scheduled_one_is_not(panels):
    votes = made_up_panels.table("elections", [
        {"ccode": 1, "day": pd.Timestamp(2008, 5, 1), "executive": True, "scheduled": True, "known": pd.Timestamp(2004, 5, 1)},
        {"ccode": 2, "day": pd.Timestamp(2008, 5, 1), "executive": True, "scheduled": False, "known": pd.Timestamp(2008, 3, 1)},
        {"ccode": 3, "day": pd.Timestamp(2008, 5, 1), "executive": False, "scheduled": True, "known": pd.Timestamp(2004, 5, 1)},
    ])  # fmt: skip
    changed = dataclasses.replace(panels, elections=votes)

    def scheduled(day: datetime.date) -> dict[int, float]:
        found = rows(changed, [risk.number(day)])
        return dict(
            zip(
                found.ccode.tolist(),
                found.ahead[:, 0, list(AHEAD).index("election_year")].tolist(),
                strict=True,
            )
        )

    early, late = scheduled(datetime.date(2008, 1, 1)), scheduled(datetime.date(2008, 3, 1))
    assert (early[1], early[2], early[3]) == (1, 0, 0)
    assert (late[1], late[2], late[3]) == (1, 1, 0)


def test_features_say_what_their_names_say(panels):
    votes = made_up_panels.table("elections", [
        {"ccode": 1, "day": pd.Timestamp(y, 5, 1), "executive": True, "scheduled": True, "known": pd.Timestamp(y - 1, 5, 1)}
        for y in (1990, 1995, 2000)
    ])  # fmt: skip
    leaders = made_up_panels.table("leaders", [
        {"ccode": 1, "leader": "A", "start": pd.Timestamp(1990, 1, 1), "end": pd.Timestamp(2000, 7, 1), "born": 1950.0, "military": 1.0,
         "entry": "coup", "exit": "regular", "known": pd.Timestamp(1990, 1, 1), "left_known": pd.Timestamp(2000, 7, 1)},
        {"ccode": 1, "leader": "B", "start": pd.Timestamp(2000, 7, 1), "born": 1925.0, "military": 0.0, "entry": "regular",
         "exit": "", "known": pd.Timestamp(2000, 7, 1)},
    ])  # fmt: skip
    coups = made_up_panels.table("coups", [
        {"ccode": 1, "day": pd.Timestamp(1990, 1, 1), "success": True, "kind": "military_palace", "known": pd.Timestamp(1990, 1, 1)}
    ])  # fmt: skip
    changed = dataclasses.replace(panels, elections=votes, leaders=leaders, coups=coups)
    country = countries(changed)[1]

    def asked(year: int, month: int = 1) -> dict[str, float]:
        found = row(country, 1, risk.number(datetime.date(year, month, 1)))
        assert found is not None
        return found[0] | found[1][0]

    young, old = asked(1991), asked(2005)
    assert young["tenure"] == pytest.approx(np.log1p(1), abs=0.01)
    assert (young["came_by_coup"], young["fresh_coup"], young["second_year"], young["military_career"]) == (
        1,
        1,
        0,
        1,
    )
    assert young["age"] == pytest.approx(-1.9, abs=0.02)
    assert old["over_70"] == pytest.approx(1.0, abs=0.02) and old["over_80"] < 0.01
    assert (old["came_by_coup"], old["not_elected_himself"], old["unelected"]) == (0, 1, 0)
    assert young["last_coup"] == pytest.approx(np.exp(-1 / 5), abs=0.01) and old["latest_coup"] < 0.001
    assert old["cycle_year"] == 1 and asked(2003)["cycle_year"] == 0
    assert asked(2000, 6)["voted"] == 1 and asked(2000, 8)["voted"] == 0 and asked(2001)["voted"] == 0
    assert asked(2001)["exits_5"] == 1 and young["exits_5"] == 0
    assert country.features(risk.number(datetime.date(1985, 1, 1))) is None


def test_the_record_learns_that_the_old_leave(panels, all_rows):
    world = fit_world(all_rows)
    here = rows(panels, [new_year(2014)])
    p = world.forecast(here)["exit"][:, HORIZONS.index(12)]
    old = here.whole[:, list(FEATURES).index("age")] >= 0
    assert p[old].mean() > 1.3 * p[~old].mean()
    assert (np.diff(world.forecast(here)["exit"], axis=1) >= 0).all()


@pytest.mark.parametrize("name", RIVALS)
def test_rivals_learn_from_the_past_alone_that_the_old_leave(panels, all_rows, name):
    here = rows(panels, [new_year(2012)])
    p = RIVALS[name](all_rows, 2012, here)["exit"]
    old = here.whole[:, list(FEATURES).index("age")] >= 0
    assert p[old, -1].mean() > 1.3 * p[~old, -1].mean()
    assert (np.diff(p, axis=1) > 0).all()
    unseen = all_rows._replace(
        until={k: np.where(all_rows.day >= new_year(2012), 1.0, v) for k, v in all_rows.until.items()}
    )
    np.testing.assert_array_equal(RIVALS[name](unseen, 2012, here)["exit"], p)


def test_manners_exclude_each_other_and_add_up_to_any_exit(panels, all_rows):
    found = fit_world(all_rows).forecast(rows(panels, [new_year(2010)]))
    np.testing.assert_allclose(sum(found[f"exit_{m}"] for m in MANNERS), found["exit"])
    assert (found["exit"] < 1).all()


def test_exits_of_unknown_manner_count_as_exits_and_never_as_coups(all_rows):
    unknown = (all_rows.manner < 0) & (all_rows.until["exit"] <= 365)
    assert unknown.any()
    known = fit_world(all_rows)
    without = all_rows._replace(
        until={**all_rows.until, "exit": np.where(unknown, np.inf, all_rows.until["exit"])}
    )
    less = fit_world(without)
    assert known.forecast(all_rows)["exit"].mean() > less.forecast(all_rows)["exit"].mean()
    assert known.forecast(all_rows)["exit_coup"].mean() <= less.forecast(all_rows)["exit_coup"].mean() + 1e-3


def test_nulls_are_counted_from_the_fifteen_years_before(all_rows):
    mask = np.ones(len(all_rows.ccode), bool)
    pooled, own = nulls(all_rows, "exit", 12, 2010, np.array([1, 999]), mask)
    past = (all_rows.day >= new_year(1995)) & (all_rows.day < new_year(2010))
    came = all_rows.came("exit", 12)
    assert pooled[0] == pytest.approx(came[past].mean())
    mine = past & (all_rows.ccode == 1)
    assert own[0] == pytest.approx((came[mine].sum() + SHRINK * pooled[0]) / (mine.sum() + SHRINK))
    assert own[1] == pytest.approx(pooled[0])


def test_a_backtest_scores_only_what_the_panels_saw_to_its_end(all_rows):
    found = backtest(all_rows, [2012, 2013, 2014])
    year = found["exit", 12, "all"].year
    assert 2014 not in set(found["protest_10k", 12, "all"].year) and 2013 in set(year)
    assert set(found["exit", 1, "autocracy"].came) <= {0.0, 1.0}
    lines = markdown(told(found)).splitlines()
    assert any(line.startswith("| exit | 12 | all, no election due |") for line in lines)
    assert (classes(all_rows)["autocracy"] <= classes(all_rows)["all"]).all()


def test_equal_panels_give_equal_bytes_and_no_row_of_them_is_in_the_summary(panels, shipped):
    _, data, _ = shipped
    assert summary.fit_summary(panels)[0] == data
    assert b"Ruler" not in data
    assert json.loads(data)["columns"] == list(COLUMNS)
    fewer = dataclasses.replace(panels, leaders=panels.leaders.iloc[:-1])
    assert summary.fit_summary(fewer)[0] != data


def test_a_summary_that_is_read_forecasts_as_the_fit_that_was_written(shipped, all_rows):
    path, _, _ = shipped
    read = summary.load(path)
    here = all_rows.take(all_rows.day == new_year(2013))
    fresh = fit_world(all_rows, until=new_year(2013)).forecast(here)
    for event, p in read.worlds[new_year(2013)].forecast(here).items():
        np.testing.assert_allclose(p, fresh[event], rtol=1e-3, err_msg=event)
    assert read.at(new_year(2012) + 40) == new_year(2012)
    with pytest.raises(RunError, match="begins later"):
        read.at(new_year(1990))


def test_a_summary_of_other_features_is_refused(tmp_path, shipped):
    told = json.loads(shipped[1])
    path = tmp_path / "record.json"
    path.write_text(json.dumps(told | {"columns": ["age"]}))
    with pytest.raises(RunError, match="other features"):
        summary.load(path)
    with pytest.raises(RunError, match="no summary"):
        summary.load(tmp_path / "none.json")


@pytest.fixture
def asked(panels, shipped, monkeypatch):
    monkeypatch.setattr(risk, "load", lambda: summary.load(shipped[0]))
    return risk.of_panels(panels, datetime.date(2013, 1, 1))


def test_every_ruler_has_chances_in_their_intervals_beside_two_nulls(asked):
    assert len(asked) == 30
    for one in asked:
        for line in one.lines:
            assert 0 < line.low <= line.p <= line.high < 1
            assert line.months == 12 or line.p <= one.line(line.event, 12).p
        exits = sum(one.line(f"exit_{m}", 12).p for m in MANNERS)
        assert exits == pytest.approx(one.line("exit", 12).p)
        assert 0 < one.line("exit", 12).pooled < 1 and len(one.alike) == 10
        assert {m.what for m in one.moved} == {*risk.FAMILIES, "the country itself"}
        assert (one.ccode, one.leader) not in {(a.country, a.leader) for a in one.alike}


def test_what_moved_an_old_ruler_is_named_first_and_turns_with_his_age(asked):
    old = max(asked, key=lambda r: r.line("exit", 12).p)
    young = min(asked, key=lambda r: r.line("exit", 12).p)
    assert (
        next(m.factor for m in old.moved if m.what == "age")
        > 1
        > next(m.factor for m in young.moved if m.what == "age")
    )
    text = words.text(old)
    assert all((f"times {m.factor:.2f}  {m.what}" in text) == m.known for m in old.moved) and "all autocracies" in text
    assert f"{words.percent(old.line('exit', 12).p)} ({words.percent(old.line('exit', 12).low)}" in text


def test_every_ruler_at_once_is_a_table_a_cube_and_a_page(asked, tmp_path):
    import xarray

    places = made_up_panels.table("capitals", [
        {"ccode": r.ccode, "latitude": 10.0, "longitude": 3.0 * r.ccode, "known": pd.Timestamp(1900, 1, 1)} for r in asked
    ])  # fmt: skip
    csv, nc, page = write(asked, places, tmp_path)
    made = pd.read_csv(csv)
    assert len(made) == len(table(asked)) and set(made["event"]) >= {"exit", "coup_attempt"}
    with xarray.open_dataset(nc) as cube:
        one = asked[3]
        assert float(cube["p"].sel(ccode=one.ccode, event="exit", months=12)) == pytest.approx(
            one.line("exit", 12).p
        )
        assert str(cube["leader"].sel(ccode=one.ccode).item()) == one.leader
    text = page.read_text()
    first = max(asked, key=lambda r: r.line("exit", 12).p)
    assert text.index(first.leader) < text.index("<table") and text.count("<circle") == 30
    assert "http" not in text.replace("http://www.w3.org", "")
    assert colour(0.01) != colour(0.3)
    assert "<svg" not in write(asked, places.iloc[:0], tmp_path)[2].read_text()


def test_a_day_that_the_panels_do_not_reach_is_refused(panels, shipped, monkeypatch):
    monkeypatch.setattr(risk, "load", lambda: summary.load(shipped[0]))
    with pytest.raises(RunError, match="the panels end in December 2014"):
        risk.of_panels(panels, datetime.date(2016, 1, 1))
    with pytest.raises(RunError, match="know no ruler"):
        risk.of_panels(panels, datetime.date(2013, 1, 1), [999])


def test_the_interval_widens_where_models_disagree(panels, all_rows):
    here = rows(panels, [new_year(2013)])
    world = fit_world(all_rows)
    narrow, wide = (np.ptp(np.quantile(risk.draws(world, here, d)["exit_coup"], (0.05, 0.95), axis=0), axis=0).mean()
                    for d in ({}, {"exit_coup": 1.0}))  # fmt: skip
    assert wide > 1.5 * narrow


def test_every_feature_is_told_in_one_family_and_every_event_has_a_spread():
    told = [f for family in risk.FAMILIES.values() for f in family]
    assert sorted(told) == sorted(set(told))
    assert set(FEATURES) | {a for a in AHEAD if not a.startswith("months")} == set(told)
    assert len(EDGES) == len(HORIZONS) + 1 and set(SPREADS) >= {f"exit_{m}" for m in MANNERS}


def test_the_page_on_the_record_shows_the_scores_of_the_shipped_summary():
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "record.md").read_text()
    assert summary.table_of(summary.load()) in page


@pytest.mark.slow
def test_the_panels_give_the_shipped_summary_to_the_byte(request):
    from pathlib import Path

    shared = Path(__file__).parents[3] / "shared" / "data"
    if not shared.is_dir() or request.config.getoption("--small"):
        pytest.skip("needs the published panels and a minute")
    from interrex.record.panels import read

    assert summary.fit_summary(read(shared))[0] == summary.SHIPPED.read_bytes()


def test_forecasts_of_others_stand_beside_ours_on_the_same_months(panels, tmp_path):
    from interrex.record.issued import beside

    file = tmp_path / "theirs.json"
    told = [
        {"ccode": c, "year": 2010, "month": 3, "prediction_prob": -0.1 if c == 3 else 0.01 * c}
        for c in range(1, 31)
    ]
    file.write_text(json.dumps(told))
    (one,) = beside(panels, file)
    tries = panels.coups[(panels.coups["day"] >= "2010-03-01") & (panels.coups["day"] < "2010-04-01")]
    assert (len(one.came), one.refused) == (29, 1) and one.came.sum() == len(set(tries["ccode"]) - {3})
    assert "1 of theirs are no probabilities" in str(one) and (one.ours > 0).all()
    file.write_text("[]")
    with pytest.raises(RunError, match="no list of forecasts"):
        beside(panels, file)
    file.write_text(json.dumps([{**told[0], "year": 2030}]))
    assert beside(panels, file) == []


def test_rulers_are_asked_with_the_day_on_which_they_came(asked, panels):
    began = {
        (c, who): day.date()
        for c, who, day in panels.leaders[["ccode", "leader", "start"]].itertuples(index=False)
    }
    assert all(one.since == began[one.ccode, one.leader] for one in asked)


def test_the_most_alike_come_first_and_no_other_past_ruler_is_nearer(asked, panels):
    past = rows(panels.as_of(datetime.date(2013, 1, 1)))
    for one in asked[:5]:
        gaps = [a.distance for a in one.alike]
        assert gaps == sorted(gaps) and gaps[-1] > gaps[0]
        assert all(a.leader != one.leader and a.day < datetime.date(2012, 1, 2) for a in one.alike)
    assert len(set(past.leader)) > 11


@pytest.mark.parametrize(
    ("p", "said"),
    [(0.5, "50"), (0.1, "10"), (0.0994, "9.9"), (0.001, "0.1"), (0.0004, "0.04"), (np.nan, "-")],
)
def test_a_chance_has_the_digits_that_its_size_deserves(p, said):
    assert words.percent(p) == said
