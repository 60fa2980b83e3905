import datetime

import numpy as np
import pytest
import xarray as xr

import interrex
from interrex.errors import StoreError
from interrex.store import RunFolder, build_manifest, provenance, result_hash, verify


def example_tree():
    attrs = {"title": "Тест", "seed": 1, "sketch": True, "map": "M" * 300_000, "none": ""}
    return xr.DataTree.from_dict(
        {
            "/meta": xr.Dataset(attrs=attrs),
            "/crowd": xr.Dataset(
                {
                    "nation": (("quantile", "day"), np.array([[1.0, np.nan], [3, 4]]), {"units": "persons"}),
                    "region_name": ("region", np.array(["Маңғыстау", "", "b"], dtype=object)),
                    "hit": ("region", np.array([True, False, True])),
                    "n": ("region", np.array([1, 2, 3], dtype=np.int32)),
                },
                coords={"day": np.array(["2022-01-01", "2022-01-02"], dtype=object)},
            ),
            "/empty": xr.Dataset(
                {"text": ("k", np.array([], dtype=object)), "value": ("k", np.array([], dtype=float))},
            ),
        }
    )  # fmt: skip


def example_draws():
    return xr.DataTree.from_dict({"/posterior": xr.Dataset({"x": (("chain", "draw"), np.array([[1.0, 2.0]]))})})


@pytest.fixture
def finished(tmp_path):
    request = {
        "as_of": "2022-01-05", "case_fingerprint": "ab", "options": {"effort": "quick"}, "seed": 1,
        "version": "0.1.0", "kernel_hash": "cd",
    }  # fmt: skip
    contents = build_manifest(
        case="toy", command="interrex run toy", result_hash=result_hash(example_tree()),
        draws_hash=result_hash(example_draws()), **request,
    )  # fmt: skip
    folder = RunFolder.create(tmp_path, "toy", contents["run"])
    now = datetime.datetime.now(datetime.UTC)
    folder.put("prior", {"x": np.arange(3)})
    folder.write_results(example_tree())
    folder.write_draws(example_draws())
    folder.write_report("<!doctype html><title>Тест</title>")
    folder.write_provenance(provenance(now, now, "interrex run toy"))
    folder.write_manifest(contents)
    return folder


def test_results_come_back_as_they_were_written(finished):
    tree = finished.read_results()
    before = example_tree()
    assert result_hash(tree) == result_hash(before)
    assert tree["crowd"]["region_name"].values.tolist() == ["Маңғыстау", "", "b"]
    assert tree["crowd"]["region_name"].dtype == object
    assert tree["crowd"]["day"].values.tolist() == ["2022-01-01", "2022-01-02"]
    assert tree["crowd"]["hit"].dtype == bool
    assert tree["crowd"]["nation"].attrs == {"units": "persons"}
    assert tree["empty"]["text"].dtype == object
    assert tree["empty"]["text"].shape == (0,)
    assert tree["meta"].attrs == {"title": "Тест", "seed": 1, "sketch": 1, "map": "M" * 300_000, "none": ""}


def test_xarray_alone_opens_the_file(finished):
    with xr.open_datatree(finished.results_path, engine="h5netcdf") as tree:
        assert float(tree["crowd"]["nation"][1, 1]) == 4
        assert tree["crowd"]["region_name"].values.tolist()[0] == "Маңғыстау"
    with xr.open_dataset(finished.results_path, group="crowd", engine="h5netcdf") as crowd:
        assert crowd["n"].values.tolist() == [1, 2, 3]


def test_writing_leaves_the_tree_as_it_was(tmp_path):
    tree = xr.DataTree.from_dict(
        {"/a": xr.Dataset({"x": ("i", [1.0], {"known": True})}, attrs={"flag": True})}
    )
    RunFolder.create(tmp_path, "toy", "r").write_results(tree)
    assert tree["a"].attrs["flag"] is True
    assert tree["a"]["x"].attrs["known"] is True


@pytest.mark.parametrize(
    "change",
    [
        lambda crowd: crowd.assign(n=crowd["n"].astype(np.int64)),
        lambda crowd: crowd.assign(n=crowd["n"] + 1),
        lambda crowd: crowd.rename(n="m"),
        lambda crowd: crowd.transpose(),
        lambda crowd: crowd.assign(region_name=("region", np.array(["Маңғыстау", "b", ""], dtype=object))),
        lambda crowd: crowd.drop_vars("n"),
    ],
)
def test_the_result_hash_sees_every_change(change):
    tree = example_tree()
    changed = xr.DataTree.from_dict(
        {
            node.path: node.to_dataset() if node.name != "crowd" else change(node.to_dataset())
            for node in tree.subtree
        }
    )
    assert result_hash(changed) != result_hash(tree)


def test_the_result_hash_looks_past_byte_order_and_nan_payload():
    a = xr.DataTree.from_dict({"/g": xr.Dataset({"x": ("i", np.array([1.0, np.nan], dtype=">f8"))})})
    payload = np.array([0x3FF0000000000000, 0x7FF8000000000123], dtype=np.uint64).view(np.float64)
    b = xr.DataTree.from_dict({"/g": xr.Dataset({"x": ("i", payload)})})
    assert result_hash(a) == result_hash(b)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (np.array([1], dtype="timedelta64[ns]"), "numbers, text and days"),
        (np.array(["a", None], dtype=object), "a text variable holds"),
    ],
)
def test_what_netcdf_cannot_keep_faithfully_is_refused(tmp_path, values, sentence):
    tree = xr.DataTree.from_dict({"/g": xr.Dataset({"x": ("i", values)})})
    with pytest.raises(StoreError, match=sentence):
        RunFolder.create(tmp_path, "toy", "r").write_results(tree)


def test_an_attribute_that_netcdf_cannot_keep_is_refused(tmp_path):
    tree = xr.DataTree.from_dict({"/g": xr.Dataset(attrs={"a": {"b": 1}})})
    with pytest.raises(StoreError, match="attribute a"):
        RunFolder.create(tmp_path, "toy", "r").write_results(tree)


def test_verify_finds_a_whole_run_whole(finished):
    found = verify(finished.path)
    assert found.ok, str(found)
    assert found.whole == (
        "manifest.json",
        "provenance.json",
        "results.nc",
        "draws.nc",
        "report.html",
        "stages/prior.npz",
    )


@pytest.mark.parametrize(
    "name", ["manifest.json", "provenance.json", "results.nc", "draws.nc", "report.html", "stages/prior.npz"]
)
def test_verify_names_the_changed_file(finished, name):
    path = finished.path / name
    data = bytearray(path.read_bytes())
    if name == "manifest.json":
        data = data.replace(b'"seed": 1', b'"seed": 2')
    else:
        data[-1] ^= 1
    path.write_bytes(data)
    found = verify(finished.path)
    assert not found.ok
    assert any(str(path) in problem for problem in found.problems)


def test_verify_sees_results_swapped_together_with_their_checksum(finished):
    other = example_tree()
    other["crowd"]["n"][0] = 99
    finished.write_results(other)
    assert "other results" in str(verify(finished.path))


def test_verify_sees_draws_that_were_swapped_taken_away_or_slipped_in(finished):
    other = example_draws()
    other["posterior"]["x"][0, 1] = 3.0
    finished.write_draws(other)
    assert f"{finished.path / 'draws.nc'}: holds other results" in str(verify(finished.path))
    (finished.path / "draws.nc").unlink()
    assert f"{finished.path / 'draws.nc'}: is missing; run the case again" in str(verify(finished.path))
    contents = finished.read_manifest()
    del contents["draws_hash"]
    finished.write_manifest(contents)
    assert verify(finished.path).ok, "a run of an older version has no draws"
    finished.write_draws(example_draws())
    assert "holds other results" in str(verify(finished.path))


def test_verify_names_what_is_missing(finished):
    finished.report_path.unlink()
    assert "rebuilds it" in str(verify(finished.path))
    (finished.path / "manifest.json").unlink()
    with pytest.raises(StoreError, match="not a finished run"):
        verify(finished.path)


def test_verify_sees_a_renamed_folder(finished):
    moved = finished.path.rename(finished.path.with_name("2022-01-05-0000000000"))
    assert "under another name" in str(verify(moved))


def test_open_run_gives_tree_and_manifest(finished):
    run = interrex.open_run(finished.path)
    assert run.manifest["case"] == "toy"
    assert result_hash(run.tree) == run.manifest["result_hash"]
    assert run["crowd"]["n"].values.tolist() == [1, 2, 3]
    assert run.report_path.is_file()


def test_draws_are_read_when_they_are_asked_for_and_not_before(finished):
    run = interrex.open_run(finished.path)
    (finished.path / "draws.nc").rename(finished.path / "away.nc")
    with pytest.raises(StoreError, match="has no draws.nc; run the case again"):
        _ = run.idata
    (finished.path / "away.nc").rename(finished.path / "draws.nc")
    assert run.idata["posterior"]["x"].values.tolist() == [[1.0, 2.0]]
    data = bytearray((finished.path / "draws.nc").read_bytes())
    data[-1] ^= 1
    (finished.path / "draws.nc").write_bytes(data)
    assert run.idata["posterior"]["x"].values.tolist() == [[1.0, 2.0]], "what was read stays"
    with pytest.raises(StoreError, match="checksum differs"):
        _ = interrex.open_run(finished.path).idata


def test_checkpoints_come_back_to_the_bit(tmp_path):
    folder = RunFolder.create(tmp_path, "toy", "r")
    arrays = {"x": np.array([0.1, np.nan, -0.0]), "names": np.array(["a", "Ж"]), "n": 3, "file": [1]}
    assert not folder.have("prior")
    folder.put("prior", arrays)
    assert folder.have("prior")
    back = folder.get("prior")
    assert back["x"].tobytes() == arrays["x"].tobytes()
    assert back["names"].tolist() == ["a", "Ж"]
    assert back["n"] == 3
    assert back["file"].tolist() == [1]


def test_a_damaged_checkpoint_counts_as_absent(tmp_path):
    folder = RunFolder.create(tmp_path, "toy", "r")
    folder.put("prior", {"x": np.arange(10)})
    path = folder.path / "stages" / "prior.npz"
    path.write_bytes(path.read_bytes()[:-5])
    assert not folder.have("prior")
    with pytest.raises(StoreError, match="--resume"):
        folder.get("prior")


def test_checkpoints_hold_no_pickles(tmp_path):
    with pytest.raises(StoreError, match="Python objects"):
        RunFolder.create(tmp_path, "toy", "r").put("prior", {"x": np.array([{}], dtype=object)})


def test_forgotten_checkpoints_are_gone(tmp_path):
    folder = RunFolder.create(tmp_path, "toy", "r")
    folder.put("prior", {"x": np.arange(10)})
    folder.forget_stages()
    assert not folder.have("prior")
    assert list((folder.path / "stages").iterdir()) == []


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".hidden", "a\0b"])
def test_names_that_leave_the_folder_are_refused(tmp_path, name):
    with pytest.raises(StoreError, match="cannot name a folder"):
        RunFolder.create(tmp_path, name, "r")
