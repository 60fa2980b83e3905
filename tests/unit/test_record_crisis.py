import dataclasses
import datetime
import math
import pathlib

import numpy as np
import pandas as pd
import pytest

from interrex.errors import StoreError
from interrex.record.crisis import (
    CrisisState,
    chance,
    filled,
    fit_crises,
    learn,
    model,
    read_crises,
    to_bytes,
)
from interrex.record.crisis import together as module
from interrex.record.crisis.__main__ import main
from interrex.record.crisis.listed import HINDSIGHT, refuse
from interrex.record.crisis.state import FEATURES, UNLEARNED, shown
from interrex.record.crisis.together import by_world, together
from interrex.record.crisis.waves import UNKNOWN, listed, looks
from interrex.record.pooling import CRISIS, WORLD
from interrex.record.rows import new_year
from interrex.record.tables import MANNERS, TABLES, Panels, empty, shaped

NAMES = list(FEATURES)
FEW = ("killed", "share", "latest_share", "days", "tenure")
DAY = datetime.date(2001, 3, 1)


def simulated(n=6000, seed=1, unknown=0.0):
    """Looks at people whose hazards are known: killings double and more the force, the week's size moves all."""
    random = np.random.default_rng(seed)
    x = np.full((n, len(FEATURES)), math.nan)
    for name in ("latest_share", "age", "polyarchy"):
        x[:, NAMES.index(name)] = random.normal(size=n)
    x[:, NAMES.index("killed")] = random.random(n) < 0.3
    x[:, [NAMES.index("from_list"), NAMES.index("from_tracker")]] = 0.0
    lift = 0.5 * x[:, NAMES.index("latest_share")]
    rates = np.stack(
        [0.002 * np.exp(lift), *(0.0007 * np.exp(lift + 1.2 * x[:, NAMES.index("killed")]) for _ in range(2))]
    )
    times = random.exponential(1 / rates)
    manner = times.argmin(axis=0)
    manner = np.where((manner != model.COUP) & (random.random(n) < unknown), UNKNOWN, manner)
    return model.Rows(
        x, times.min(axis=0), manner, np.full(n, math.inf), np.full(n, DAY.toordinal()), random.integers(0, 60, n),
        np.arange(n).astype(object),
    )  # fmt: skip


@pytest.mark.parametrize("unknown", [0.0, 0.4], ids=["known", "two in five unknown"])
def test_hazards_that_made_the_data_are_found_again_with_their_errors(unknown, monkeypatch):
    monkeypatch.setattr(model, "WEIGHTS", np.ones(4))  # each exit is seen from one look here
    data = simulated(unknown=unknown)
    fitted = model.fit(data, model.seen(data), (("latest_share", "any"), ("killed", "force")))
    true = np.array([0.5, 1.2]) * fitted.sd
    error = np.sqrt(np.diag(fitted.cov))[-2:]
    assert np.all(np.abs(fitted.weight - true) < 3 * error + (0.1 if unknown else 0.0)) and np.all(
        error < 0.06
    )
    at_mean = np.exp(fitted.level[0]) / np.exp(0.5 * fitted.mean[0])
    assert at_mean == pytest.approx(0.002, rel=0.12)


def test_features_that_move_the_hazards_are_chosen_and_those_that_do_not_lose():
    data = simulated(n=3000)
    chosen = learn.choose(data, model.seen(data))
    kept = {g.term[0] for g in chosen.terms[:2]}
    assert kept == {"latest_share", "killed"}
    assert "age" in {g.term[0] for g in chosen.losers}
    assert {g.term for g in chosen.terms}.isdisjoint(g.term for g in chosen.losers)


def test_without_any_effect_the_pooled_hazard_is_kept():
    data = simulated(n=2000, seed=4)
    random = np.random.default_rng(0)
    order = random.permutation(len(data.gone))
    shuffled = data._replace(x=data.x[order])
    assert len(learn.choose(shuffled, model.seen(shuffled)).terms) <= 1


def test_what_was_seen_by_a_day_holds_no_later_exit():
    data = simulated(n=500)
    half = model.seen(data, DAY.toordinal() + 30)
    assert half.exits[:, :, 2:].sum() == 0 and half.exposure[:, 2:].sum() == 0
    late = data._replace(gone=np.where(data.gone > 30, 31.0, data.gone))
    assert np.array_equal(model.seen(late, DAY.toordinal() + 30).exits, half.exits)


def test_the_power_table_says_that_twice_the_exits_show_smaller_effects():
    few, many = simulated(n=1500), simulated(n=6000)
    ratio = {
        len(d.gone): {p.term: p.ratio for p in learn.power(d, model.seen(d), ("killed",))}
        for d in (few, many)
    }
    assert 1 < ratio[6000]["killed", "force"] < ratio[1500]["killed", "force"]


def table(name, *rows):
    columns = list(TABLES[name].columns)
    return (
        shaped(name, pd.DataFrame([dict(zip(columns, r, strict=True)) for r in rows]))
        if rows
        else empty(name)
    )


def at(text):
    return pd.Timestamp(text)


def protest(start, end, size, country=990, **coded):
    codes = {"violent": 0.0, "arrests": 0.0, "killings": 0.0, "concession": 0.0, "demand": 0.0} | coded
    return (
        country,
        at(start),
        at(end),
        f"{start}-{size}",
        size,
        size,
        *codes.values(),
        at(start),
        "Mass Mobilization",
    )


def panels(*protests, left="2001-06-01", manner="revolt"):
    return Panels(
        states=table("states", (990, "Ruritania", "RUR")),
        leaders=table(
            "leaders",
            (990, "Black Michael", at("1995-01-01"), at(left), 1940.0, 0.0, "regular", manner, at("1995-01-01"), at(left), "made up"),
            (990, "Rudolf", at(left), pd.NaT, 1950.0, 1.0, "regular", "", at(left), pd.NaT, "made up"),
        ),
        coups=table("coups", (990, at("1999-05-05"), False, "military_palace", at("1999-05-05"), "made up")),
        elections=table("elections", (990, at("2001-05-15"), True, True, pd.NaT, True, at("1997-05-15"), "made up")),
        regimes=table("regimes", (990, at("1990-01-01"), at("2010-01-01"), "personal", at("1991-01-01"), "made up")),
        democracy=table("democracy", (990, 1999, 0.2, at("2000-03-15"), "made up")),
        protests=table("protests", *protests),
        violence=empty("violence"),
        nations=table("nations", (990, 1997, 1e6, 1.0, 1.0, at("2000-01-01"), "made up")),
        borders=empty("borders"),
        last=datetime.date(2003, 1, 1),
        hashes={"made-up.csv": "0" * 64},
    )  # fmt: skip


WAVE = (
    protest("2001-02-20", "2001-02-20", 300),
    protest("2001-03-01", "2001-03-04", 20_000, killings=1.0, demand=1.0),
    protest("2001-03-10", "2001-03-10", 1_500, arrests=1.0),
    protest("2001-05-01", "2001-05-01", 900),
)


def test_a_wave_counts_from_the_last_day_of_its_first_large_protest_until_it_is_quiet():
    found = looks(panels(*WAVE))
    assert [k.state.day.isoformat() for k in found] == ["2001-03-04", "2001-03-11", "2001-03-18"]
    first, second, _ = (k.state for k in found)
    assert (
        first.began == datetime.date(2001, 2, 20)
        and first.largest == first.demanding == 20_000
        and first.killed == 1
    )
    assert first.arrested == 0 and second.arrested == 1 and second.latest == 1_500 and second.days_out == 1
    assert first.population == 1e6 and first.age == 61 and first.regime == "personal" and first.coups == 1
    assert first.next_vote == 72 and first.last_vote == math.inf and first.polyarchy == 0.2
    assert found[0].gone == 89 and MANNERS[found[0].manner] == "revolt"


def test_what_is_known_after_a_day_does_not_change_its_look():
    before = looks(panels(*WAVE))
    later = panels(
        *WAVE[:2], protest("2001-03-10", "2001-04-10", 900_000, killings=1.0), protest("2001-03-12", "2001-03-12", 5e5),
        left="2001-04-01", manner="coup",
    )  # fmt: skip
    later.coups.loc[len(later.coups)] = [
        990,
        at("2001-03-20"),
        True,
        "military_palace",
        at("2001-03-20"),
        "made up",
    ]
    assert looks(later)[0].state == before[0].state
    assert looks(later)[0].gone != before[0].gone


def test_a_planted_leak_is_seen():
    leaky = panels(*(r[:2] + (r[1],) + r[3:] for r in WAVE))  # every protest told on its first day
    assert looks(leaky)[0].state.day < looks(panels(*WAVE))[0].state.day


def test_democracies_are_left_out_unless_asked_for():
    free = panels(*WAVE)
    free.democracy["polyarchy"] = 0.8
    assert not looks(free) and len(looks(free, polyarchy=1.1)) == 3


def test_panels_without_a_crisis_are_answered_in_a_sentence():
    with pytest.raises(StoreError, match="no protest of 1,000 people"):
        fit_crises(panels(WAVE[0]))


def test_gaps_of_a_state_are_filled_by_what_the_panels_knew_on_its_day():
    state = filled(panels(*WAVE), 990, CrisisState(day=datetime.date(2001, 3, 5), age=50.0))
    assert state.age == 50.0 and state.coups == 1 and state.next_vote == 71 and state.largest is None
    assert filled(panels(*WAVE), 1, CrisisState(day=DAY)) == CrisisState(day=DAY)


ROW = {
    "case_id": "RUR-2001", "country": "Ruritania", "start_date": "2001-02-20", "protest_peak_date": "2001-03-04",
    "peak_size_low": "20000", "peak_size_high": "30000", "population_million": "1", "outcome_class": "uprising_fall",
    "outcome_date": "2001-06-01", "leader": "Black Michael", "leader_birth_year": "1940", "leader_since": "1995-01-01",
    "regime_type": "personal-military", "security_forces": "stood_down", "new_column": "anything",
}  # fmt: skip


def written(tmp_path, *rows, header=None):
    path = tmp_path / "crises.csv"
    lines = [",".join(header or ROW), *(",".join((ROW | r).values()) for r in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start_date": "20 Feb"}, ":2: start_date: '20 Feb' is no day; write it as 2022-01-05"),
        ({"outcome_date": "2001-01-01"}, ":2: outcome_date: 2001-01-01 lies before start_date 2001-02-20"),
        ({"protest_peak_date": "2001-01-01"}, ":2: protest_peak_date: 2001-01-01 lies before"),
        ({"peak_size_low": "many"}, ":2: peak_size_low: 'many' is no number"),
        ({"peak_size_low": "40000"}, ":2: peak_size_low: 40,000 is more than peak_size_high 30,000; swap them"),
        ({"peak_size_low": "nan"}, ":2: peak_size_low: nan is out of range"),
        ({"peak_size_high": "2000000"}, ":2: peak_size_high: 2000000 is out of range; it lies between 0 and 1,000,000"),
        ({"population_million": ""}, ":2: population_million: is empty"),
        ({"outcome_class": "uprising_fal"}, ":2: outcome_class: 'uprising_fal' is no class; did you mean uprising_fall?"),
        ({"leader_birth_year": "2000"}, ":2: leader_birth_year: 2000 is out of range"),
        ({"leader_since": "2002-01-01"}, ":2: leader_since: 2002-01-01 lies after outcome_date"),
        ({"regime_type": "wicked"}, ":2: regime_type: 'wicked' is no type"),
    ],
)  # fmt: skip
def test_mistakes_in_a_list_of_crises_are_told_with_file_line_and_column(tmp_path, change, message):
    with pytest.raises(StoreError) as told:
        read_crises(written(tmp_path, change))
    assert f"crises.csv{message}" in str(told.value)


def test_mistakes_of_the_whole_list_are_told(tmp_path):
    with pytest.raises(
        StoreError, match=r"crises.csv:1: there is no column outcome_class; 'outcome_clas' is near"
    ):
        read_crises(written(tmp_path, {}, header=[h.replace("outcome_class", "outcome_clas") for h in ROW]))
    with pytest.raises(StoreError, match=r"crises.csv:3: case_id: RUR-2001 stands in line 2 too"):
        read_crises(written(tmp_path, {}, {}))
    with pytest.raises(StoreError, match=r"crises.csv:2: 16 cells stand under 15 columns"):
        read_crises(written(tmp_path, {"leader": "Michael, black"}))
    with pytest.raises(StoreError, match="there is no crisis in it"):
        read_crises(written(tmp_path))
    with pytest.raises(StoreError, match="absent.csv: cannot be read"):
        read_crises(tmp_path / "absent.csv")


def test_a_new_row_needs_no_code_and_finds_its_incumbent(tmp_path):
    crises = read_crises(
        written(tmp_path, {}, {"case_id": "ZEN-2001", "country": "Zenda", "peak_size_high": ""})
    )
    found = listed(panels(), crises)
    assert [MANNERS[k.manner] for k in found.values()] == ["revolt", "revolt"]
    assert [k.gone for k in found.values()] == [89, 89]
    assert found["RUR-2001"].state.coups == 1 and found["ZEN-2001"].state.coups is None


def test_a_listed_crisis_whose_leader_had_gone_by_the_peak_is_left_out(tmp_path):
    gone = written(tmp_path, {"protest_peak_date": "2001-06-02", "outcome_date": "2001-06-05"})
    assert listed(panels(), read_crises(gone)) == {}


@pytest.mark.parametrize(
    "column", ["security_forces", "external_support", "outcome_class", "peak_size_low", "deaths_high"]
)
def test_columns_coded_with_hindsight_are_refused_by_name(column):
    with pytest.raises(StoreError, match=f"{column} cannot be a feature: "):
        fit_crises(panels(*WAVE), features=("share", column))
    assert column in HINDSIGHT


def test_an_unknown_feature_is_answered_with_the_nearest():
    with pytest.raises(StoreError, match="did you mean killed"):
        refuse(("kiled",))


def world(seed=3, countries=40):
    """Made-up panels in which killings bring revolts."""
    random = np.random.default_rng(seed)
    parts = {f.name: [] for f in dataclasses.fields(Panels)}
    for c in range(countries):
        one = panels(*WAVE)
        rows, leaders, since = [], [], at("1990-01-01")
        for w in range(10):
            day = at("1996-03-01") + pd.Timedelta(days=int(900 * w + random.integers(0, 300)))
            killed = float(random.random() < 0.4)
            rows.append(
                protest(
                    f"{day:%Y-%m-%d}",
                    f"{day:%Y-%m-%d}",
                    float(random.integers(2_000, 50_000)),
                    100 + c,
                    killings=killed,
                )
            )
            if random.random() < (0.6 if killed else 0.08):
                end = day + pd.Timedelta(days=int(random.integers(3, 100)))
                leaders.append(
                    (
                        100 + c,
                        f"leader {w}",
                        since,
                        end,
                        1940.0,
                        0.0,
                        "regular",
                        "revolt",
                        since,
                        end,
                        "made up",
                    )
                )
                since = end
        leaders.append((100 + c, "last", since, pd.NaT, 1940.0, 0.0, "regular", "", since, pd.NaT, "made up"))
        parts["protests"].append(table("protests", *rows))
        parts["leaders"].append(table("leaders", *leaders))
        for name in ("coups", "regimes", "elections"):
            parts[name].append(getattr(one, name).assign(ccode=100 + c))
        parts["democracy"].append(one.democracy.assign(ccode=100 + c, known=at("1990-03-15")))
        parts["nations"].append(one.nations.assign(ccode=100 + c, known=at("1990-03-15")))
        parts["states"].append(one.states.assign(ccode=100 + c, country=f"Land {c}"))
    made = {k: pd.concat(v, ignore_index=True) for k, v in parts.items() if v}
    return dataclasses.replace(panels(), **made, last=datetime.date(2024, 1, 1))


@pytest.fixture(scope="module")
def summary():
    return fit_crises(world(), features=FEW)


def test_the_fit_finds_what_moves_a_made_up_world(summary):
    assert ("killed", "force") in {(t["feature"], t["scope"]) for t in summary["fit"]["terms"]}
    score = summary["scores"]["panel, features chosen in time"]["force"]["180"]
    assert score["log_interval"][0] > 0 and score["brier_interval"][0] > 0


def test_equal_panels_give_equal_bytes():
    few = world(countries=6)
    assert to_bytes(fit_crises(few, features=FEW)) == to_bytes(fit_crises(world(countries=6), features=FEW))


def test_the_summary_holds_no_row_of_data(summary):
    text = to_bytes(summary).decode()
    assert "leader 1" not in text and "Land 1" not in text and "Black Michael" not in text


def test_every_offered_feature_is_kept_or_listed_as_a_loser(summary):
    told = [(g["feature"], g["scope"]) for g in summary["chosen"] + summary["losers"]]
    assert sorted(told) == sorted((f, s) for f in FEW for s in model.SCOPES)


def on(day, **known):
    return dataclasses.replace(state(**known), day=datetime.date.fromisoformat(day))


def test_a_day_is_answered_by_the_fit_that_knew_only_what_was_known_then(summary):
    assert chance(summary, on("2002-06-30")).until == datetime.date(2002, 1, 1)
    assert chance(summary, on("2002-01-01")).until == datetime.date(2002, 1, 1)
    late = datetime.date.fromisoformat(summary["seen_to"])
    assert chance(summary, on("2020-01-10")).until == late > datetime.date(2003, 1, 1)
    assert chance(summary, on("1999-05-05")).until == datetime.date(2000, 1, 1)  # none is earlier
    p = [chance(summary, on(day)).any[0, -1] for day in ("2000-06-30", "2002-06-30", "2020-01-10")]
    assert len(set(p)) == 3


def test_what_came_after_a_new_year_changes_no_earlier_fit(summary):
    rows = model.rows(looks(world()))
    terms = {e: tuple(map(tuple, t)) for e, t in ((int(e), t) for e, t in summary["terms_in_time"].items())}
    day = datetime.date(2002, 1, 1).toordinal()
    after = rows.day + rows.gone >= day
    later = rows._replace(gone=np.where(after, math.inf, rows.gone), x=np.where((rows.day >= day)[:, None], 9.0, rows.x))
    for made, other in zip(learn.fits(rows, terms, 2002), learn.fits(later, terms, 2002), strict=True):
        assert made[0] == other[0] and np.array_equal(made[2].level, other[2].level)
        assert np.array_equal(made[2].weight, other[2].weight) and np.array_equal(made[3].cov, other[3].cov)
    assert summary["fits"]["2002-01-01"]["fit"]["level"][0][0] == pytest.approx(made[2].level[0, 0], rel=1e-4)


def forecasts(n=4000, seed=5, share=0.5):
    """Days of forty countries whose incumbent leaves within 180 days with a chance on which two forecasters each know one part;
    the second one's knowledge moves the log odds by `share` of both."""
    random = np.random.default_rng(seed)
    one, two = random.normal(size=(2, n))
    p, a, b = (1 / (1 + np.exp(1.5 - x)) for x in (2 * ((1 - share) * one + share * two), 2 * one, 2 * two))
    gone = np.where(random.random(n) < p, 1.0, math.inf)
    rows = simulated(n)._replace(gone=gone, country=random.integers(0, 40, n))
    own, pooled = np.zeros((2, len(MANNERS), n, 4))
    own[0], pooled[0] = b[:, None], p.mean()
    return learn.Forecasts(own, pooled, rows, {}), np.repeat(a[:, None], 4, axis=1)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_the_weights_of_two_records_are_found_again_with_their_interval(share):
    found = together(*forecasts(share=share), 3)
    low, high = sorted(end[CRISIS] for end in found["ends"])
    assert found["weights"][CRISIS] == pytest.approx(share, abs=0.1) and low <= share <= high < low + 0.4
    assert found["weights"][WORLD] == pytest.approx(1 - found["weights"][CRISIS])
    assert (found["rows"], found["countries"]) == (4000, 40)
    assert found["log"]["pool"] > max(found["log"][WORLD], found["log"][CRISIS]) and found["gain"][1] > 0


@pytest.mark.parametrize(("share", "idle"), [(0.0, CRISIS), (1.0, WORLD)])
def test_a_record_that_adds_nothing_gets_no_weight_and_the_sum_gains_nothing(share, idle):
    found = together(*forecasts(share=share), 3)
    assert found["weights"][idle] == pytest.approx(0.0, abs=0.05) and found["gain"][1] <= 0.001
    assert min(end[idle] for end in found["ends"]) == pytest.approx(0.0, abs=0.02)


def test_the_pool_is_scored_on_each_country_with_the_weights_of_the_others():
    """In one country the first record knows all, in the other the second: each country's weights are the other's wrong ones."""
    made, other = forecasts()
    rows = made.rows._replace(country=np.arange(4000) % 2)
    came = np.where(rows.gone < 180, 0.9, 0.1)
    other[:] = np.where(rows.country == 0, came, 0.5)[:, None]
    made.p[0] = np.where(rows.country == 1, came, 0.5)[:, None]
    found = together(made._replace(rows=rows), other, 3)
    assert found["log"]["pool"] == pytest.approx(math.log(0.5)) and found["gain"][0] < -0.1


def test_only_days_that_both_forecast_and_whose_end_is_known_teach_the_weights():
    made, other = forecasts()
    half = np.where(np.arange(4000)[:, None] < 1000, other, math.nan)
    found = together(made, half, 3)
    assert found["rows"] == 1000
    open_ = made._replace(rows=made.rows._replace(followed=np.where(np.arange(4000) < 400, 10.0, math.inf)))
    assert together(open_, half, 3)["rows"] == 600 + int((made.rows.gone[:400] <= 10).sum())
    assert together(made, np.full_like(other, math.nan), 3) == {}


def test_the_world_record_is_asked_on_the_day_by_the_fit_of_the_new_year_before(monkeypatch):
    made = world(countries=8)
    rows = model.rows(looks(made))
    untils = []
    fit = module.fit_world

    def fit_world(table, until):
        untils.append(until)
        return fit(table, until=until)

    monkeypatch.setattr(module, "fit_world", fit_world)
    found = by_world(made, rows)
    years = {datetime.date.fromordinal(d).year for d in rows.day.tolist()}
    assert sorted(untils) == [new_year(y) for y in sorted(years)]
    assert np.isfinite(found).all() and np.all(np.diff(found, axis=1) > 0) and len(set(found[:, 0])) > 8
    changed = rows._replace(leader=np.array(["somebody else", *rows.leader[1:]], object))
    assert np.isnan(by_world(made, changed)[0]).all()


def test_the_summary_holds_weights_by_horizon_with_counts_and_source(summary):
    assert list(summary["together"]) == ["7", "30", "90", "180"]
    for found in summary["together"].values():
        assert found["rows"] > found["exits"] > 0 and "fit of the 1 January before" in found["source"]


def state(**known):
    return CrisisState(day=datetime.date(2020, 1, 10), population=1e6, largest=2e4, latest=2e4, **known)


def test_killings_raise_the_chance_of_force_and_the_parts_add_up_to_the_change(summary):
    calm, deadly, open_ = (chance(summary, state(killed=k)) for k in (0.0, 5.0, None))
    force = [MANNERS.index("coup"), MANNERS.index("revolt")]
    assert np.all(deadly.p[force].sum(axis=0) > 1.5 * calm.p[force].sum(axis=0))
    assert np.all(calm.p[force].sum(axis=0) < open_.p[force].sum(axis=0))
    part = {p.feature: p for p in deadly.parts}["killed"]
    assert part.value == 1 and part.shown == "yes" and part.known and part.low < part.log_hazard < part.high
    width = [(r.high - r.low)[MANNERS.index("revolt"), 2] for r in (calm, open_)]
    assert width[1] > width[0]
    assert any("Not told by the ledger" in r for r in open_.remarks)


def test_chances_grow_with_the_horizon_and_the_same_state_gives_the_same_numbers(summary):
    one, two = chance(summary, state(killed=1.0)), chance(summary, state(killed=1.0))
    assert np.array_equal(one.p, two.p) and np.all(np.diff(one.p, axis=1) >= 0)
    assert np.all(one.low <= one.p) and np.all(one.p <= one.high) and np.all(one.any[0] < 1)


def test_what_no_panel_teaches_moves_nothing_and_is_said(summary):
    plain, told = (
        chance(summary, state(killed=0.0)),
        chance(summary, state(killed=0.0, defections=3.0, helpers=1.0)),
    )
    assert np.array_equal(plain.p, told.p)
    assert any("defections of organs" in r and "states that help" in r for r in told.remarks)
    assert set(UNLEARNED) <= {f.name for f in dataclasses.fields(CrisisState)}


def test_before_any_large_protest_the_answer_says_that_this_is_no_such_crisis(summary):
    small = chance(summary, CrisisState(day=DAY, population=1e6, largest=200.0, latest=200.0))
    assert any("the largest so far had 200" in r for r in small.remarks)


SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared"


def test_the_list_that_started_this_is_read():
    path = SHARED / "cases" / "crises.csv"
    if not path.exists():
        pytest.skip("no ../shared/cases beside the clone")
    crises = read_crises(path)
    assert len(crises) == 27 and {c.manner for c in crises} == {"revolt", "coup", "regular", ""}


def test_errors_of_the_command_are_one_sentence(capsys, tmp_path):
    assert main([str(tmp_path / "absent")]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "absent" in told


@pytest.mark.parametrize(
    ("name", "state", "told"),
    [
        ("share", CrisisState(DAY, population=1e6, largest=2e4), "0.02 of the nation"),
        ("share", CrisisState(DAY, population=1e6, largest=0.0), "none"),
        ("persons", CrisisState(DAY, largest=2e4), "20,000"),
        ("tenure", CrisisState(DAY, in_power_since=datetime.date(1998, 3, 1)), "3 years"),
        ("killed", CrisisState(DAY, killed=0.0), "no"),
        ("coups", CrisisState(DAY, coups=2.0), "2"),
        ("age", CrisisState(DAY, age=68.0), "68"),
        ("age", CrisisState(DAY), "unknown"),
    ],
)
def test_numbers_are_shown_in_the_units_of_the_reader(name, state, told):
    assert shown(name, FEATURES[name].of(state)) == told
