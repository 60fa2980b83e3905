"""`interrex cite` through the real command line: its argument decides what is printed, or is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import xarray as xr

import interrex
from interrex import cli
from interrex.case import load_case
from interrex.mechanisms import ALL, network_influence
from interrex.mechanisms.contract import Work
from interrex.store import RunFolder, build_manifest, result_hash
from interrex.topics.references.answer import references
from interrex.topics.sources.answer import sources


def entries(text: str) -> set[str]:
    return set(re.findall(r"^@\w+\{([^,]+),$", text, re.MULTILINE))


def cited(target: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.main(["cite", target]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("target", ["no-such-case", "./no/such/folder", ""])
def test_an_unknown_target_is_refused(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cite", target]) == 2
    told = capsys.readouterr()
    assert told.out == "" and "Traceback" not in told.err and len(told.err.splitlines()) == 1


def test_a_folder_that_holds_neither_case_nor_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cite", str(tmp_path)]) == 2
    assert capsys.readouterr().out == ""


def test_a_case_gives_interrex_itself_its_own_sources_and_what_would_run(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (cited(name, capsys) for name in ("kazakhstan-2022", "belarus-2020"))
    for name, text in (("kazakhstan-2022", first), ("belarus-2020", second)):
        found = entries(text)
        assert {f"{name}:{source}" for source in load_case(name).sources} <= found
        assert {"interrex", name} <= found and {work.key for m in ALL for work in m.works} <= found
        assert f"version {interrex.__version__}" in text and text.count("{") == text.count("}")
    own = {key for key in entries(first) ^ entries(second)}
    assert own and all(key.startswith(("kazakhstan-2022", "belarus-2020")) for key in own)


def test_a_run_gives_what_ran_and_the_sources_known_then(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut = load_case("kazakhstan-2022").as_of("2022-01-05")
    work = Work("Centola, D. & Macy, M.", "2007", "Complex contagions", "AJS 113(3), 702-734", "10.1086/521848")
    ran = ALL.replace(network_influence=network_influence.MECHANISM._replace(works=(work,)))
    tree = xr.DataTree.from_dict({"/references": references(ran, cut, "0.1.0"), "/sources": sources(cut)})
    manifest = build_manifest(
        case=cut.id, command="", result_hash=result_hash(tree), as_of="2022-01-05", case_fingerprint="ab", options={}, seed=1,
        version="0.1.0", kernel_hash="cd",
    )  # fmt: skip
    folder = RunFolder.create(tmp_path, cut.id, manifest["run"])
    folder.write_results(tree)
    folder.write_manifest(manifest)
    text = cited(str(folder.path), capsys)
    assert "centola2007" in entries(text) and "siegel2009" not in entries(text)
    known = {key for key in entries(text) if key.startswith("kazakhstan-2022:")}
    assert known == {f"kazakhstan-2022:{source}" for source in cut.sources}
    assert len(known) < len(load_case("kazakhstan-2022").sources)


def test_a_run_without_the_columns_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut = load_case("belarus-2020").as_of("2020-08-20")
    tree = xr.DataTree.from_dict({"/references": references(ALL, cut, "0.1.0")[["key", "text", "doi"]]})
    folder = RunFolder.create(tmp_path, cut.id, "2020-08-20-0123456789")
    folder.write_results(tree)
    folder.write_manifest(build_manifest(
        case=cut.id, command="", result_hash=result_hash(tree), as_of="2020-08-20", case_fingerprint="ab", options={}, seed=1,
        version="0.1.0", kernel_hash="cd",
    ))  # fmt: skip
    assert cli.main(["cite", str(folder.path)]) == 2
    told = capsys.readouterr().err
    assert "lack kind, authors, year, title, where, use" in told and "cite its case, or run it again" in told
