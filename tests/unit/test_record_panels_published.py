"""Counts on the published panels in ../shared/data, which are for tests only; skipped where they are absent."""

import datetime

import pandas as pd
import pytest

from interrex.record import panels
from interrex.record.panels import country_months, leader_months, protest_episodes
from interrex.record.tables import MANNERS, TABLES, shaped

pytestmark = pytest.mark.slow

FOLDERS = "coupcats reign democracydata ert authoritarianismbook peacesciencer self_coups cline_coups colpus_coups mass_mobilization carnegie_protests".split()


@pytest.fixture(scope="module")
def found(public_data):
    if not all((public_data / folder).is_dir() for folder in FOLDERS):
        pytest.skip("not all panels lie in ../shared/data")
    return panels.read(public_data)


def test_every_table_is_filled_and_keeps_its_contract(found):
    for name in TABLES:
        table = getattr(found, name)
        assert len(table), name
        assert shaped(name, table).equals(table), name
        if "known" in table:
            assert table["known"].notna().all(), name


def test_coupcats_leaders_are_2731_and_each_country_has_one_in_power_at_most(found):
    leaders = found.leaders
    assert len(leaders) == 2_731
    assert set(leaders["exit"]) == {*MANNERS, "unknown", ""}
    assert (leaders["exit"].eq("") == leaders["end"].isna()).all()
    assert leaders[leaders["end"].isna()].groupby("ccode").size().max() == 1
    assert found.last == datetime.date(2026, 1, 31)
    ordered = leaders.sort_values(["ccode", "start"])
    follows = ordered.groupby("ccode")["start"].shift(-1)
    assert not (ordered["end"] > follows).any(), "no two rule one country for more than the day of the change"


def test_the_known_faults_of_the_list_of_leaders_are_mended_and_said(found):
    rows = found.leaders.set_index("leader")
    assert rows["start"]["Kristrún Frostadóttir"] == pd.Timestamp("2024-12-21")
    assert rows["end"]["Yoshihide Suga"] == rows["start"]["Fumio Kishida"]
    said = " ".join(str(r) for r in found.remarks if r.level == "mended")
    for what in (
        "day and month are taken as swapped",
        "Alpha Conde has no end although",
        "overlap by more than a month",
        "is that of several leaders",
    ):
        assert what in said


def test_powell_and_thyne_list_497_attempts_of_which_248_succeeded(found):
    attempts = found.coups[found.coups["kind"] == "military_palace"]
    assert (len(attempts), int(attempts["success"].sum())) == (497, 248)
    late = attempts[attempts["day"].dt.year.between(2010, 2025)]
    assert len(late.assign(year=late["day"].dt.year).drop_duplicates(["ccode", "year"])) == 39
    assert set(found.coups["source"]) == {"Powell-Thyne coups", "Cline coups"}


@pytest.mark.parametrize(("leader", "year", "manner"), [
    ("Nixon", 1974, "regular"), ("Franco", 1975, "death"), ("Allende", 1973, "coup"), ("Mubarak", 2011, "revolt"),
    ("Amin", 1979, "foreign"), ("Bouteflika", 2019, "revolt"), ("Al-Bashir", 2019, "coup"), ("Karimov", 2016, "unknown"),
    ("Joseph Kabila", 2019, "regular"),
])  # fmt: skip
def test_well_known_exits_are_of_the_manner_that_everybody_knows(found, leader, year, manner):
    rows = found.leaders
    exits = rows[rows["leader"].str.contains(leader) & (rows["end"].dt.year == year)]["exit"]
    assert manner in set(exits)


def test_half_of_the_exits_since_archigos_ended_are_of_unknown_manner(found):
    late = found.leaders[found.leaders["end"].dt.year >= 2016]
    assert late["exit"].eq("unknown").mean() == pytest.approx(0.51, abs=0.03), "docs/panels.md says so"


def test_elections_of_the_term_are_known_years_before_and_snap_ones_are_not(found):
    votes = found.elections[found.elections["held"]]
    ahead = (votes["day"] - votes["known"]).dt.days
    assert ahead[votes["scheduled"] & votes["announced"].isna()].min() >= 1_460
    assert ahead[~votes["scheduled"]].quantile(0.95) < 400
    assert (ahead >= 0).all()
    kazakh = votes[(votes["ccode"] == 705) & (votes["day"] == "2022-11-20")].iloc[0]
    assert kazakh["known"] == pd.Timestamp("2022-09-01")
    assert not kazakh["scheduled"]


def test_mass_mobilization_has_a_size_for_nearly_every_protest(found):
    protests = found.protests[found.protests["source"] == "Mass Mobilization"]
    assert len(protests) == 15_239
    assert protests["size_low"].notna().mean() > 0.99
    assert (protests["size_high"].fillna(1e9) >= protests["size_low"].fillna(0)).all()
    assert protests["size_low"].min() >= 50


def test_carnegie_has_sizes_and_places(found):
    protests = found.protests[found.protests["source"] == "Carnegie protests"]
    assert len(protests) == 911
    assert protests["size_low"].notna().sum() == 908
    assert (protests["known"] > protests["start"]).all()


def test_v_dem_enters_in_march_and_germany_and_yemen_change_their_number(found):
    democracy = found.democracy.set_index(["ccode", "year"])
    assert democracy["polyarchy"][(705, 2021)] == pytest.approx(0.252)
    assert democracy["known"][(705, 2021)] == pd.Timestamp("2022-03-15")
    assert (260, 1970) in democracy.index
    assert (255, 2010) in democracy.index
    assert (679, 2010) in democracy.index
    assert (678, 2010) not in democracy.index


def test_columns_made_from_acled_and_indices_of_unknown_vintage_are_not_read(found):
    assert not found.protests["source"].eq("CoupCats months").any()
    assert set(found.violence["source"]) == {"CoupCats months"}


def test_nothing_of_a_day_is_known_before_it(found):
    then = found.as_of(datetime.date(2015, 6, 30))
    cut = pd.Timestamp("2015-06-30")
    assert (then.leaders["start"] <= cut).all()
    assert not (then.leaders["end"] > cut).any()
    assert (then.coups["day"] <= cut).all()
    assert (then.democracy["year"] <= 2014).all()
    assert (then.nations["year"] <= 2012).all()
    assert (then.violence["month"] <= pd.Timestamp("2015-04-01")).all()
    assert then.elections.loc[then.elections["day"] > cut, "scheduled"].mean() > 0.8


def test_the_tables_for_other_programs_agree_with_the_record(found):
    months, leaders, episodes = country_months(found), leader_months(found), protest_episodes(found)
    for table, key in (
        (months, ["ccode", "month"]),
        (leaders, ["ccode", "leader", "start", "month"]),
        (episodes, ["ccode", "start"]),
    ):
        assert not table.duplicated(key).any()
    until = found.coups[found.coups["day"] <= pd.Timestamp(found.last)]
    attempts = until[until["kind"] == "military_palace"]
    assert months["attempts"].sum() <= len(attempts)
    assert months["attempts"].sum() > 0.97 * len(attempts), "a few fall into months without a leader's spell"
    ended = found.leaders["end"].notna() & (found.leaders["end"] <= pd.Timestamp(found.last))
    assert leaders["exit"].ne("").sum() == ended.sum()
    counted = episodes[episodes["source"] == "Mass Mobilization"]["protests"].sum()
    assert counted == (found.protests["source"] == "Mass Mobilization").sum()
