"""The catalogue of acts: closed lists, gates that can open, and rates recounted from the panels."""

from __future__ import annotations

import csv
import datetime as dt
import re
from pathlib import Path

import pytest

from interrex.mechanisms import acts as catalogue
from interrex.mechanisms.acts import ACT_KINDS, ACTS, BY_KIND, GATES, ROLES, SIGNALS, WORLDS, rate_sd

SHARED = Path(__file__).parents[2].parent / "shared"
DATA = SHARED / "data"

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the panels are not here")


def rows(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    if not path.is_file():
        pytest.skip(f"{path.name} is not here")
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def test_every_kind_has_one_row_a_number_and_words_of_its_own() -> None:
    assert len(ACTS) == len(BY_KIND) == len({act.words for act in ACTS})
    assert [catalogue.act(kind) for kind in ACT_KINDS] == list(range(len(ACTS)))
    assert all(act.words and "_" not in act.words and not act.words.endswith(".") for act in ACTS)
    assert all(ROLES.values()) and len(set(ROLES.values())) == len(ROLES)
    with pytest.raises(ValueError):
        catalogue.act("internet_shutdown")


@pytest.mark.parametrize("act", ACTS, ids=ACT_KINDS)
def test_an_act_uses_closed_lists(act: catalogue.Act) -> None:
    assert act.role in ROLES
    assert act.world in WORLDS
    assert 1 <= act.repeat <= 4
    assert act.text.endswith(".")
    names = [name for name, _ in act.covariates]
    assert len(names) <= 3 and len(set(names)) == len(names) and set(names) <= set(SIGNALS)
    assert all(sign in (-1, 0, 1) for _, sign in act.covariates)


@pytest.mark.parametrize("act", ACTS, ids=ACT_KINDS)
def test_gates_name_kinds_and_roles_that_exist(act: catalogue.Act) -> None:
    for condition in act.gate:
        assert condition[0] in GATES
        if condition[0] in ("after", "not_after"):
            assert condition[1] in BY_KIND and condition[1] != act.kind
        elif condition[0] == "role":
            assert condition[1] in ROLES
        else:
            assert condition == ("crisis",)


@pytest.mark.parametrize("kind", ACT_KINDS)
def test_every_act_can_happen_after_some_chain_of_acts(kind: str) -> None:
    def reachable(kind: str, seen: frozenset[str]) -> bool:
        needed = [c[1] for c in BY_KIND[kind].gate if c[0] == "after"]
        return all(k not in seen and reachable(k, seen | {k}) for k in needed)

    assert reachable(kind, frozenset({kind}))


def test_acts_of_roles_that_few_cases_have_are_gated_by_the_role() -> None:
    for act in ACTS:
        if act.role in ("predecessor", "kin", "patron", "opposition_exile", "firm", "market"):
            assert ("role", act.role) in act.gate, act.kind
    assert ("role", "predecessor") in BY_KIND["remove_predecessor"].gate


@pytest.mark.parametrize("act", ACTS, ids=ACT_KINDS)
def test_rates_are_proper_and_never_from_kazakhstan_2022(act: catalogue.Act) -> None:
    for rate in act.phase_rates:
        assert rate.n >= 0 and rate.days > 0 and rate.sd == rate_sd(rate.n)
        assert rate.per_day == pytest.approx((rate.n + 0.5) / rate.days)
        assert len(rate.source) > 20
        assert not re.search(r"Kazakhstan|KAZ-2022|January 2022", rate.source)
        assert rate.assumption == rate.source.startswith("assumed")


def test_the_hash_stands_for_every_number() -> None:
    assert catalogue.catalogue_hash() == catalogue.catalogue_hash()
    assert re.fullmatch(r"[0-9a-f]{64}", catalogue.catalogue_hash())


def test_the_hash_changes_with_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    before = catalogue.catalogue_hash()
    first = ACTS[0]
    calm = first.phase_rates.calm._replace(n=first.phase_rates.calm.n + 1)
    changed = first._replace(phase_rates=first.phase_rates._replace(calm=calm))
    monkeypatch.setattr(catalogue, "ACTS", (changed, *ACTS[1:]))
    assert catalogue.catalogue_hash() != before


def test_accepting_and_refusing_split_as_the_beta_prior_says() -> None:
    accept, refuse = BY_KIND["patron_accepts"].phase_rates, BY_KIND["patron_refuses"].phase_rates
    share = accept.crisis.per_day / (accept.crisis.per_day + refuse.crisis.per_day)
    assert share == pytest.approx(0.5 / 3.0)


# Recounted from the panels -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def autocracies() -> list[dict[str, str]]:
    return rows(DATA / "democracydata" / "gwf_autocratic.csv")


@pytest.fixture(scope="module")
def protests(autocracies: list[dict[str, str]]) -> list[dict[str, str]]:
    years = {(int(float(r["gwf_cowcode"])), int(float(r["year"]))) for r in autocracies}
    panel = rows(DATA / "mass_mobilization" / "mm_master.csv")
    return [r for r in panel if r["protest"] == "1" and (int(r["ccode"]), int(r["year"])) in years]


@pytest.fixture(scope="module")
def crises() -> list[dict[str, str]]:
    return [r for r in rows(SHARED / "cases" / "crises.csv") if r["role"] != "focal"]


def in_1990_2010(autocracies: list[dict[str, str]]) -> list[dict[str, str]]:
    return [r for r in autocracies if 1990 <= int(float(r["year"])) <= 2010]


def days(protest: dict[str, str]) -> int:
    start, end = (dt.date.fromisoformat(protest[k]) for k in ("start_date", "end_date"))
    return (end - start).days + 1


def said(protest: dict[str, str], response: str) -> bool:
    return float(protest[response] or 0) == 1


LARGE = ("1000-1999", "2000-4999", "5000-10000", ">10000")
PRICE = "price increases_tax_policy"


@needs_data
def test_autocratic_regime_failures(autocracies: list[dict[str, str]]) -> None:
    window = in_1990_2010(autocracies)
    failed = [r for r in window if float(r["gwf_fail"]) == 1]
    assert (len(failed), len(window)) == (76, 1387)
    assert pytest.approx(1387 * 365.25) == catalogue.COUNTRY_DAYS
    personal = [r for r in window if float(r["gwf_personal"]) == 1]
    assert sum(float(r["gwf_fail"]) for r in personal) / len(personal) == pytest.approx(0.057, abs=5e-4)


@needs_data
def test_coups_in_autocracies(autocracies: list[dict[str, str]]) -> None:
    years = {(int(float(r["gwf_cowcode"])), int(float(r["year"]))) for r in in_1990_2010(autocracies)}
    panel = rows(DATA / "cline_coups" / "Coup_data_2.1.2.csv", "latin-1")
    events = [r for r in panel if (int(r["cowcode"]), int(r["year"])) in years]
    count = {t: sum(r["event_type"] == t for r in events) for t in ("coup", "attempted", "conspiracy")}
    assert count == {"coup": 51, "attempted": 47, "conspiracy": 32}
    open_coups = [
        r
        for r in events
        if r["event_type"] != "conspiracy"
        and (r["military"] == "1" or r["palace"] == "1")
        and not any(r[other] == "1" for other in ("auto", "popular", "rebel", "foreign"))
    ]
    assert BY_KIND["coup_attempt"].phase_rates.calm.n == len(open_coups)
    realised = sum(r["event_type"] == "coup" for r in open_coups)
    assert pytest.approx(realised / len(open_coups)) == catalogue.COUPS_REALISED
    assert BY_KIND["elite_defects"].phase_rates.calm.n == count["conspiracy"]


@needs_data
def test_exits_of_leaders() -> None:
    spells = rows(DATA / "authoritarianismbook" / "svolik_leader.csv")
    exits = {k: sum(r["exit"] == k for r in spells) for k in ("coup", "revolt", "natural", "assassination")}
    assert exits == {"coup": 202, "revolt": 30, "natural": 86, "assassination": 18}
    begin = dt.date(1946, 1, 1)  # nobody could leave a panel that begins here before it does
    day = dt.date.fromisoformat
    span = sum((day(r["enddate"]) - max(begin, day(r["startdate"]))).days for r in spells)
    assert span == pytest.approx(catalogue.LEADER_DAYS, rel=1e-4)
    assert BY_KIND["flight"].phase_rates.calm.n == exits["revolt"]
    assert BY_KIND["assassination"].phase_rates.calm.n == exits["assassination"]
    left = sum(r["exit"] in ("stepdown", "resignation") for r in spells)
    assert BY_KIND["step_down"].phase_rates.calm.n == left


@needs_data
def test_early_elections_and_referendums(autocracies: list[dict[str, str]]) -> None:
    years = {(int(float(r["gwf_cowcode"])), int(float(r["year"]))) for r in in_1990_2010(autocracies)}
    panel = rows(DATA / "reign" / "electionlist_3_21.csv", "latin-1")
    votes = [
        r for r in panel if r["event"].startswith("Vote") and (int(r["ccode"]), int(r["elec_year"])) in years
    ]
    early = sum(r["event"] == "Vote, Early" and r["type"] in "LX" for r in votes)
    assert BY_KIND["call_election"].phase_rates.calm.n == early
    assert BY_KIND["referendum"].phase_rates.calm.n == sum(r["type"] == "R" for r in votes)


@needs_data
def test_responses_to_protest(protests: list[dict[str, str]]) -> None:
    assert len(protests) == 2816
    share = {k: sum(said(r, k) for r in protests) / 2816 for k in ("accomodation", "arrests", "killings")}
    assert share == pytest.approx({"accomodation": 0.098, "arrests": 0.173, "killings": 0.080}, abs=6e-4)
    lengths = sorted(map(days, protests))
    assert lengths[1408] == 1 and lengths[int(0.9 * 2816)] <= 2
    price = [r for r in protests if said(r, PRICE)]
    known = [r for r in price if r["participants_category"]]
    assert sum(r["participants_category"] == ">10000" for r in known) == 17 and len(known) == 113
    assert len(price) == 217


@needs_data
@pytest.mark.parametrize(
    ("kind", "response", "price"),
    [
        ("concede_price", "accomodation", True),
        ("arrest_activists", "arrests", False),
        ("order_lethal_force", "killings", False),
        ("clear_square", "crowddispersal", False),
    ],
)
def test_rates_of_responses(protests: list[dict[str, str]], kind: str, response: str, price: bool) -> None:
    here = [r for r in protests if not price or said(r, PRICE)]
    large = [r for r in here if r["participants_category"] in LARGE]
    calm, crisis = BY_KIND[kind].phase_rates
    assert crisis.n == sum(said(r, response) for r in large)
    assert crisis.days == sum(map(days, large))
    assert calm.n == sum(said(r, response) for r in here) - crisis.n
    assert calm.days == catalogue.COUNTRY_DAYS


@needs_data
def test_exposure_of_the_crises(crises: list[dict[str, str]]) -> None:
    assert len(crises) == 26
    assert sum(int(r["days_start_to_outcome"]) for r in crises) == catalogue.CRISIS_DAYS
    dated = exposure = 0
    for r in crises:
        until = int(r["days_start_to_outcome"])
        if r["elite_defection_date"]:
            dated += 1
            defection, start = (dt.date.fromisoformat(r[k]) for k in ("elite_defection_date", "start_date"))
            until = min(until, (defection - start).days)
        exposure += until
    assert (dated, exposure) == (BY_KIND["elite_defects"].phase_rates.crisis.n, catalogue.DEFECTION_DAYS)


COUNTED = {  # kind: (column, pattern); a crisis that begins with its outcome has no exposure and is left out
    "dismiss_cabinet": ("concessions", r"cabinet (out|sacked|and)|government dissolved"),
    "promise_reform": (
        "concessions",
        r"reform|constitution restored|no re-election|no further term|law on assemblies|travel law",
    ),
    "call_election": ("concessions", r"rerun|election April|February election"),
    "dismiss_security_chief": ("concessions", r"interior minister"),
    "shutdown": ("shutdown", r"^(full|partial|local|throttling)"),
    "patron_supports": ("external_support", r"^for_incumbent$"),
    "foreign_supports": ("external_support", r"^for_incumbent$"),
    "foreign_mediation": ("external_support", r"^mediation$"),
    "coup_attempt": ("security_forces", r"seized_power"),
    "stand_down": ("security_forces", r"stood_down|withdrew|collapsed"),
}


@needs_data
@pytest.mark.parametrize("kind", COUNTED)
def test_counts_in_the_crises(crises: list[dict[str, str]], kind: str) -> None:
    column, pattern = COUNTED[kind]
    lasting = [r for r in crises if int(r["days_start_to_outcome"]) > 0]
    rate = BY_KIND[kind].phase_rates.crisis
    assert rate.n == sum(bool(re.search(pattern, r[column])) for r in lasting)
    assert rate.days == catalogue.CRISIS_DAYS and not rate.assumption


@needs_data
def test_counts_over_several_columns(crises: list[dict[str, str]]) -> None:
    def crisis(kind: str) -> int:
        return BY_KIND[kind].phase_rates.crisis.n

    assert crisis("step_down") == sum(
        "negotiated_exit" in (r["outcome_class"] + ";" + r["outcome_secondary"]) for r in crises
    )
    assert crisis("army_refuses") == sum(
        bool(re.search("army_refused|army_neutral|split", r["security_forces"]))
        or "commander refuses" in r["elite_defection_note"]
        for r in crises
    )
    assert crisis("foreign_condemns") == sum(
        r["external_support"] in ("pressure_on_incumbent", "against_incumbent")
        or bool(re.search("condemns|criticise", r["external_note"]))
        for r in crises
    )
    assert crisis("assassination") == sum("assassinat" in r["outcome_class"] for r in crises)
    coups = rows(DATA / "cline_coups" / "Coup_data_2.1.2.csv", "latin-1")
    fled = {
        (r["country"], dt.date(int(r["year"]), int(r["month"]), int(r["day"])))
        for r in coups
        if r["fled"] == "1" and int(r["year"]) >= 1989 and int(r["month"]) and int(r["day"])
    }
    uprisings = [r for r in crises if r["outcome_class"] == "uprising_fall"]
    assert crisis("flight") == sum(
        any(
            c == r["country"] and abs((d - dt.date.fromisoformat(r["outcome_date"])).days) <= 1
            for c, d in fled
        )
        for r in uprisings
    )
