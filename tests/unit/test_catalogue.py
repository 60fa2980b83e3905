"""The catalogue of acts: closed lists, gates that can open, and proper rates (recounted in test_act_rates.py)."""

from __future__ import annotations

import re

import pytest

from interrex.mechanisms import acts as catalogue
from interrex.mechanisms.acts import ACT_KINDS, ACTS, BY_KIND, GATES, ROLES, SIGNALS, WORLDS, rate_sd


def test_every_kind_has_one_row_a_number_and_words_of_its_own() -> None:
    assert len(ACTS) == len(BY_KIND) == len({act.words for act in ACTS})
    assert [catalogue.act(kind) for kind in ACT_KINDS] == list(range(len(ACTS)))
    assert all(act.words and "_" not in act.words and not act.words.endswith(".") for act in ACTS)
    assert all(ROLES.values()) and len(set(ROLES.values())) == len(ROLES)
    with pytest.raises(ValueError):
        catalogue.act("internet_shutdown")


@pytest.mark.parametrize("act", ACTS, ids=ACT_KINDS)
def test_an_act_uses_closed_lists(act: catalogue.Act) -> None:
    assert set(act.roles) <= set(ROLES) and len(set(act.roles)) == len(act.roles)
    assert act.world in WORLDS
    assert 1 <= act.repeat <= 4
    assert act.text.endswith(".")
    names = [name for name, _ in act.covariates]
    assert len(names) <= 5 and len(set(names)) == len(names) and set(names) <= set(SIGNALS)
    assert all(slope in (-1, 0, 1) or (slope.sd > 0 and slope.source) for _, slope in act.covariates)


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
