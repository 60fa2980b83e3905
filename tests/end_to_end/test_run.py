"""A whole run of the fictional case, small: whole on disk, the same bits again, nothing of the future in it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from fixtures import toy as cases
from fixtures.few import few
from interrex import workbench
from interrex.efforts import Quiet
from interrex.results.open import open_run
from interrex.store.folder import RunFolder, verify
from interrex.topics import groups

DAY = "2030-03-13"


@pytest.fixture(scope="module", autouse=True)
def small_effort() -> Iterator[None]:
    with few():
        yield


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cases.write(tmp_path_factory.mktemp("case") / "toy")


def go(case: Path, out: Path, **more: Any) -> Any:
    plain: dict[str, Any] = {
        "effort": "quick",
        "workers": 1,
        "citizens_per_agent": cases.COARSE,
        "as_of": DAY,
    }
    return workbench.run(case, out=out, **(plain | more))


def result_hash(run: Any) -> tuple[str, str]:
    """Of results and draws."""
    manifest = RunFolder(run.folder).read_manifest()
    return manifest["result_hash"], manifest["draws_hash"]


@pytest.fixture(scope="module")
def run(case: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return go(case, tmp_path_factory.mktemp("runs"))


def test_a_run_leaves_a_whole_folder(run: Any) -> None:
    found = verify(run.folder)
    assert found.ok, str(found)
    assert {"manifest.json", "provenance.json", "results.nc", "draws.nc", "report.html"} <= set(found.whole)
    assert not list((run.folder / "stages").glob("*.npz")), "checkpoints go when the run is done"
    assert run.folder.name.startswith(DAY)
    assert run.judgements and all(isinstance(s, str) and s for s in run.judgements)


def test_results_are_read_by_xarray_and_fit_the_schema(run: Any) -> None:
    from interrex.results.schema import problems
    with xr.open_datatree(run.folder / "results.nc", engine="h5netcdf") as tree:
        assert problems(tree.load(), groups()) == []
        assert tree["meta"].attrs["case"] == "toy" and tree["meta"].attrs["as_of"] == DAY
        assert tree["meta"].attrs["sketch"] == 1
        p = tree["hypotheses"]["posterior"].values
        assert p.sum() == pytest.approx(1.0)
        assert float(tree["outcomes"]["p"].sum()) == pytest.approx(1.0)


def test_the_draws_are_those_behind_the_report(run: Any) -> None:
    draws, tree = run.idata, run.tree
    assert draws.equals(open_run(run.folder).idata)
    assert draws.attrs["passed"] == 0 and draws.attrs["reason"] == tree["diagnostics"].attrs["reason"]
    about = tree["assumptions"]
    means = [float(draws["posterior"][name].mean()) for name in about["parameter"].values]
    assert means == pytest.approx(about["post_mean"].values.tolist())
    numbers = tree["fit"].to_dataset().set_index(check="claim")
    assert sorted(numbers["check"].values) == sorted(draws["constant_data"]["claim"].values)
    for claim, kind in zip(draws["constant_data"]["claim"].values, draws["constant_data"]["kind"].values, strict=True):
        drawn = draws["posterior_predictive"][kind].sel({f"{kind}_claim": claim})
        assert float(drawn.median()) == pytest.approx(float(numbers["q50"].sel(check=claim)), rel=0.01)


def test_failed_checks_print_no_interval(run: Any) -> None:
    """Sixteen particles cannot pass; what cannot pass shows no interval and says why, but for what rests on records alone."""
    tree = run.tree
    assert tree["diagnostics"].attrs["passed"] == 0 and tree["diagnostics"].attrs["reason"]
    bounds = [(name, v) for name, group in groups().items() for v in group.variables if v.bound]
    stored = [(group, v) for group, v in bounds if group in tree.children and v.name in tree[group].variables]
    assert len(stored) > 10
    for group, v in stored:
        values = np.asarray(tree[group][v.name].values, dtype=float)
        kept = tree[group][v.kept].values == 1 if v.kept in tree[group].variables else np.zeros(values.shape, bool)
        assert np.isnan(values[~kept]).all(), (group, v.name)


def test_the_report_is_rebuilt_to_the_byte(run: Any) -> None:
    before = run.report_path.read_bytes()
    run.report_path.unlink()
    assert workbench.report(run.folder).read_bytes() == before
    assert verify(run.folder).ok
    assert len(before) < 2_000_000


def test_two_workers_and_another_day_give_the_same_bits(run: Any, case: Path, tmp_path: Path) -> None:
    """The same request again, elsewhere, with two workers: same folder name, same results, same report."""
    again = go(case, tmp_path, workers=2)
    assert again.folder.name == run.folder.name
    assert result_hash(again) == result_hash(run)
    assert again.report_path.read_bytes() == run.report_path.read_bytes()


def test_another_seed_is_another_run(run: Any, case: Path, tmp_path: Path) -> None:
    other = go(case, tmp_path, seed=2)
    assert other.folder.name != run.folder.name
    assert result_hash(other) != result_hash(run)


class Break(Quiet):
    """Somebody presses Ctrl-C when the conditioning is done."""

    def stage(self, name: str, total: float = 1) -> None:
        if name == "histories":
            raise KeyboardInterrupt


def test_an_interrupted_run_goes_on_to_the_same_bits(
    run: Any, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(KeyboardInterrupt):
        go(case, tmp_path, progress=Break())
    folder = RunFolder(tmp_path / "toy" / run.folder.name)
    assert folder.have("conditioning") and not folder.is_finished

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("the conditioning is there already")

    monkeypatch.setattr("interrex.inference.islands.condition", never)
    resumed = go(case, tmp_path, resume=True)
    assert result_hash(resumed) == result_hash(run)
    assert verify(resumed.folder).ok


def another_future(rows: list[cases.Row]) -> list[cases.Row]:
    """What is known after DAY altered, dropped and doubled, and all rows shuffled."""
    rng, out = random.Random(4), []
    for r in rows:
        if r["known_from"] <= DAY:
            out.append(r | {"superseded_from": ""})
        elif rng.random() < 0.6:
            changed = {"text": "altered", "conflicts": "", "superseded_from": ""}
            if r["value"]:
                changed |= {"value": str(int(r["value"]) * 7), "low": "", "high": ""}
            out += [r | changed, r | changed | {"id": f"{r['id']}-too"}]
    rng.shuffle(out)
    return out


def test_another_future_gives_the_same_bits(run: Any, case: Path, tmp_path: Path) -> None:
    """The as-of firewall, end to end: the run as of a day knows nothing of what came later."""
    other = cases.write(tmp_path / "toy", another_future)
    assert (other / "ledger.csv").read_text() != (case / "ledger.csv").read_text()
    again = go(other, tmp_path / "runs")
    assert again.folder.name == run.folder.name
    assert result_hash(again) == result_hash(run)


@pytest.mark.slow
def test_the_whole_window_at_the_default_resolution(case: Path, tmp_path: Path) -> None:
    """To the end of the window, at 1:10: counterfactuals, resolved questions, deaths, and still a whole folder."""
    done = go(case, tmp_path, as_of="2030-04-10", citizens_per_agent=10)
    assert verify(done.folder).ok
    assert done.tree["counterfactuals"].sizes["counterfactual"] >= 2
    assert np.isfinite(done.tree["hypotheses"]["log_ratio"].values).all()


def test_a_run_refuses_results_that_its_topics_do_not_declare(monkeypatch: pytest.MonkeyPatch) -> None:
    stray = xr.Dataset({"colour": ("statement", np.array(["red"], dtype=object))})
    monkeypatch.setattr(workbench, "Answers", lambda run: {"opinion_piece": stray})
    run: Any = SimpleNamespace(
        passed=True,
        case=SimpleNamespace(title="Toy", as_of_date=date(2030, 3, 13)),
        settings=SimpleNamespace(version="0", progress=Quiet()),
    )
    with pytest.raises(RuntimeError, match="/opinion_piece/colour is not described"):
        workbench.as_tree(run)
