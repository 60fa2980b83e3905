"""Fits of crises: what they say, how they are kept, and what the words make of them."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest

from interrex.case import load_case
from interrex.case.template import write_template
from interrex.errors import CaseError, RunError
from interrex.inference.diagnostics import r_hat
from interrex.inference.learned import Crisis, parse, pool, shipped
from interrex.learning import Lesson, Trial, fits, gather, learn, left_out
from interrex.learning.fits import Fit, read, said, save, size_of
from interrex.learning.lines import lines, parameters
from interrex.mechanisms.contract import Prior

DAY = datetime.date(2011, 1, 1)


def made(z: np.ndarray, case: str = "one", country: str = "Here", own: tuple[str, ...] = (), model: str = "m") -> Fit:
    """A fit with these draws in four islands."""
    names = ("canary", *(f"p{k}" for k in range(1, z.shape[1])))
    return Fit(
        Crisis(case, country, DAY, DAY), 100, 1, model, names, (Prior("normal", 0.0, 1.0),) * z.shape[1], own,
        z.astype(np.float32), np.repeat(np.arange(4), len(z) // 4).astype(np.int8), -10.0, 0.5, r_hat(z, np.repeat(np.arange(4), len(z) // 4)),
    )  # fmt: skip


def test_of_noise_alone_next_to_nothing_is_learned() -> None:
    """Forty crises whose reports say nothing, a hundred parameters: the prior keeps its width."""
    rng = np.random.default_rng(1)
    rows = [said(made(rng.standard_normal((256, 100)))) for _ in range(40)]
    centre, variance = (np.array(x) for x in zip(*rows, strict=True))
    assert np.isfinite(variance).mean() < 0.05
    left = [pool(centre[:, i], variance[:, i]) for i in range(100)]
    assert np.mean([p.sd for p in left]) > 0.97 and np.abs([p.mean for p in left]).max() < 0.3


def test_what_reports_say_is_found_again() -> None:
    """Posteriors with mean .6 and sd .5: reports of b = .8 and v = 1/3, a little wider for the doubt."""
    rng = np.random.default_rng(2)
    centre, variance = said(made(0.6 + 0.5 * rng.standard_normal((4000, 50))))
    assert np.median(centre) == pytest.approx(0.8, abs=0.05)
    assert 1 / 3 < np.median(variance) < 0.5


def test_islands_that_part_say_less() -> None:
    rng = np.random.default_rng(3)
    z = 0.3 * rng.standard_normal((400, 1))
    apart = z + np.repeat([-0.6, -0.2, 0.2, 0.6], 100)[:, None]
    assert said(made(apart))[1][0] > 3.0 * said(made(z))[1][0]


def test_nothing_is_learned_of_what_the_case_says_by_itself() -> None:
    z = 0.3 * np.random.default_rng(4).standard_normal((400, 2))
    assert np.isinf(said(made(z, own=("p1",)))[1]).tolist() == [False, True]


def test_a_fit_is_read_as_it_was_saved_and_a_stranger_is_refused(tmp_path: Path) -> None:
    one = made(np.random.default_rng(5).standard_normal((8, 3)), own=("p2",))
    save(one, tmp_path / "one.npz")
    again = read(tmp_path / "one.npz")
    assert all(np.array_equal(getattr(one, f), getattr(again, f)) for f in one._fields)
    (tmp_path / "two.npz").write_bytes(b"nothing")
    with pytest.raises(RunError, match="is no fit"):
        read(tmp_path / "two.npz")


def test_fits_of_other_models_are_not_put_together() -> None:
    z = np.zeros((8, 2))
    with pytest.raises(RunError, match="another model"):
        gather([made(z), made(z, "two", model="n")])


def test_a_case_that_is_named_twice_or_is_none_is_refused_before_any_fit(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="two cases are called gabon-2023"):
        learn(["gabon-2023", "gabon-2023"], out=tmp_path / "out")
    with pytest.raises(CaseError, match="there is no case"):
        learn(["gabon-2023", "nowhere"], out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_citizen_stands_for_more_in_a_larger_country_and_the_largest_are_refused() -> None:
    assert (size_of(1e6), size_of(2e7), size_of(2e8)) == (10, 100, 1000)
    with pytest.raises(RunError, match="5,590 persons"):
        size_of(1.118e9)


def test_what_agrees_with_the_others_gains_and_what_departs_loses() -> None:
    rng = np.random.default_rng(7)
    at = [0.8, 0.8, 0.8, 0.8, 0.8, -1.5]
    found = [made(a + 0.2 * rng.standard_normal((400, 2)), f"c{k}", f"C{k}") for k, a in enumerate(at)]
    gains = left_out(gather(found))
    assert (gains[:5] > 0.0).all() and gains[5] < -1.0
    same = [made(a + 0.2 * rng.standard_normal((400, 2)), f"c{k}", "C") for k, a in enumerate(at)]
    assert left_out(gather(same)).tolist() == [0.0] * 6  # of one country: no others


def lesson(gains: list[float], tight: float = 0.3) -> Lesson:
    rng = np.random.default_rng(6)
    found = tuple(made(tight * rng.standard_normal((400, 2)), f"c{k}", f"C{k}") for k in range(len(gains)))
    trials = tuple(Trial(f.crisis.case, -10.0, -10.0 + g, 0.5) for f, g in zip(found, gains, strict=True))
    return Lesson(gather(found), found, {}, trials, Path("learned.json"))


def test_the_words_of_a_trial_follow_its_gains() -> None:
    assert "a crisis is more probable under what the others taught, by 2.00 nats on average (standard error 0.58); 3 of 3" in lines(lesson([1, 2, 3]))
    assert "a crisis is less probable under what the others taught, by 2.00 nats" in lines(lesson([-1, -2, -3]))
    assert "which so few crises cannot tell from none); 1 of 3" in lines(lesson([-1, -2, 4]))


def test_the_words_say_how_many_parameters_are_learned_and_what_noise_would_be() -> None:
    said_ = lines(lesson([0.0] * 8))
    assert "1 of 1 parameters are learned" in said_ and "The placebo, which nothing reads, would move by" in said_
    assert "| p1 |" in said_ and "| learned |" in said_
    assert "0 of 1 parameters are learned" in lines(lesson([0.0] * 8, tight=1.0))


def test_the_page_prints_what_the_shipped_table_says() -> None:
    table = shipped()
    assert table is not None
    page = (Path(__file__).parents[2] / "docs" / "learning.md").read_text(encoding="utf-8")
    assert parameters(table) in page
    gain = f"by {abs(table.gain):.2f} nats on average (standard error {table.error:.2f}"
    assert gain in page and ("has not helped yet" in page) is not table.helps


@pytest.mark.slow
def test_two_crises_are_learned_from_and_tried_and_fits_are_not_made_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [str(write_template(name, tmp_path / name)) for name in ("one", "two")]
    assert not learn(names, out=tmp_path / "out", particles=8, trial=True).trials  # nothing could be told of so rough fits
    monkeypatch.setattr("interrex.learning.TELLING", 1e9)
    first = learn(names, out=tmp_path / "out", particles=8, trial=True)
    assert len(first.fits) == 2 and len(first.trials) == 2
    assert parse(first.path.read_text()).crises == first.table.crises
    stamp = (tmp_path / "out" / "fits" / "one.npz").stat().st_mtime_ns
    again = learn(names, out=tmp_path / "out", particles=8)
    assert (tmp_path / "out" / "fits" / "one.npz").stat().st_mtime_ns == stamp
    assert np.array_equal(again.table.centre, first.table.centre)
    assert again.fits[0].log_evidence == fits.fit(load_case(names[0]), 1, 8, 1, first.table.model, None, lambda _: None).log_evidence
