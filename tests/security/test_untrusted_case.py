"""A case from a stranger: every trap gets its sentence, quickly, and nothing outside the folder is read."""

import json
import os

import pytest

from interrex.case import check_case, load_case
from interrex.case.template import write_template
from interrex.cli import main
from interrex.errors import CaseError


@pytest.fixture
def toy(tmp_path):
    return write_template("toy", tmp_path / "toy")


def told(folder):
    with pytest.raises(CaseError) as error:
        load_case(folder)
    return str(error.value)


@pytest.mark.parametrize(
    "text", ["[" * 500_000, "- " * 500_000, "{a: " * 500_000, "? " * 500_000], ids=["[", "-", "{", "?"]
)
def test_deep_yaml_is_refused(toy, text):
    (toy / "case.yaml").write_text(text)
    assert "nested more than 40 deep" in told(toy)


def test_depth_forty_is_the_limit(toy):
    text = (toy / "case.yaml").read_text()
    (toy / "case.yaml").write_text(text + "extra: " + "[" * 39 + "]" * 39 + "\n")
    assert "unknown key 'extra'" in told(toy)
    (toy / "case.yaml").write_text(text + "extra: " + "[" * 40 + "]" * 40 + "\n")
    assert "nested more than 40 deep" in told(toy)


def test_an_alias_bomb_is_refused_alias_by_alias(toy):
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 30))
    (toy / "case.yaml").write_text(bomb)
    sentences = told(toy)
    assert (
        "the alias *a0 is refused; write the value out" in sentences
        and "the anchor &a0 is refused" in sentences
    )


def test_tags_run_nothing(toy, tmp_path):
    marker = tmp_path / "ran"
    text = (toy / "case.yaml").read_text()
    (toy / "case.yaml").write_text(text + f"extra: !!python/object/apply:os.mkdir ['{marker}']\n")
    assert "the tag 'tag:yaml.org,2002:python/object/apply:os.mkdir' is refused" in told(toy)
    assert not marker.exists()


@pytest.mark.parametrize(
    "name", ["../ledger.csv", "/etc/passwd", "sub/ledger.csv", "..", "..\\ledger.csv", "C:ledger.csv", "."]
)
def test_files_outside_the_folder_are_not_read(toy, name):
    text = (toy / "case.yaml").read_text().replace("ledger: ledger.csv", f"ledger: '{name}'")
    (toy / "case.yaml").write_text(text)
    sentences = told(toy)
    assert "leaves the folder of the case or names no file; use the plain name of a file" in sentences
    assert sentences.startswith("case.yaml:")


def test_links_pipes_and_folders_are_not_read(toy, tmp_path):
    (tmp_path / "secret.csv").write_text("id\nsecret\n")
    ledger = toy / "ledger.csv"
    ledger.unlink()
    ledger.symlink_to(tmp_path / "secret.csv")
    sentences = told(toy)
    assert "'ledger.csv' is a symbolic link" in sentences and "secret" not in sentences
    ledger.unlink()
    os.mkfifo(ledger)
    assert "'ledger.csv' is not a plain file" in told(toy)
    ledger.unlink()
    ledger.mkdir()
    assert "'ledger.csv' is not a plain file" in told(toy)
    (toy / "case.yaml").unlink()
    (toy / "case.yaml").symlink_to(tmp_path / "secret.csv")
    assert "'case.yaml' is a symbolic link" in told(toy)


@pytest.mark.parametrize(
    ("file", "data", "sentence"),
    [
        ("case.yaml", b"a" * 5_000_001, "larger than 5 MB"),
        ("case.yaml", b"a: \xff\xfe", "not UTF-8 here"),
        ("case.yaml", "interrex: 1".encode("utf-16"), "the file is UTF-16; save it as UTF-8"),
        ("case.yaml", b"a: b\x00c", "case.yaml:1:5: the hidden or control sign U+0000"),
        ("case.yaml", "a: 1\nb: x\u202ey".encode(), "case.yaml:2:5: the hidden or control sign U+202E"),
        ("case.yaml", b"", "the file holds no keys"),
        ("case.yaml", b"[1]", "the file holds no keys"),
        ("ledger.csv", b"id,text\n1,a\x00b\n", "ledger.csv:2:4: the hidden or control sign U+0000"),
        ("ledger.csv", "id,text\n1,a\u2066b\n".encode(), "ledger.csv:2:4: the hidden or control sign U+2066"),
        ("ledger.csv", b"id\n" + b"x" * 1_100_000, "a cell has more than 10,000 signs"),
        (
            "reactions.csv",
            "reaction,text\n1,a\u202eb\n".encode(),
            "reactions.csv:2:4: the hidden or control sign U+202E",
        ),
        ("reactions.csv", b"reaction\n" + b"x" * 1_100_000, "a cell has more than 10,000 signs"),
        ("reactions.csv", b"reaction,command\n1,rm\n", "unknown column 'command'"),
        ("map.geojson", b"[" * 200_000, "nested too deep"),
        ("map.geojson", b'{"type": NaN}', "NaN is not a finite number"),
        ("map.geojson", b"{", "map.geojson:1:2: this is not JSON"),
        ("map.geojson", b'{"type": "Point"}', "no FeatureCollection"),
    ],
)
def test_hostile_bytes_get_their_sentence(toy, file, data, sentence):
    (toy / file).write_bytes(data)
    assert sentence in told(toy)


def test_a_byte_order_mark_at_the_start_is_harmless(toy):
    before = load_case(toy).fingerprint
    for file in ("case.yaml", "ledger.csv"):
        (toy / file).write_bytes(b"\xef\xbb\xbf" + (toy / file).read_bytes())
    assert load_case(toy).fingerprint == before


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://a b", "//a.b", "HTTP://a"],
)
def test_only_web_addresses_are_links(toy, url):
    text = (
        (toy / "sources.csv")
        .read_text()
        .replace("(fictional),,2030-03-10", f'(fictional),"{url}",2030-03-10')
    )
    (toy / "sources.csv").write_text(text)
    assert "is no web address" in told(toy)


def outline(toy, name="Capital", count=4, x=7.0):
    ring = [[x, 48.0]] * count
    feature = {
        "type": "Feature",
        "properties": {"region": "capital", "name": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    (toy / "map.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))


def test_maps_are_bounded(toy):
    outline(toy)
    assert load_case(toy).map is not None
    outline(toy, count=200_001)
    assert "more than 200,000 vertices" in told(toy)
    outline(toy, name="x" * 81)
    assert "no text of at most 80 plain signs" in told(toy)
    outline(toy, name="a\u202eb")
    assert "no text of at most 80 plain signs" in told(toy)
    outline(toy, x=500.0)
    assert "a vertex is not a finite longitude and latitude" in told(toy)


def test_many_values_are_refused_before_they_are_kept(toy):
    (toy / "case.yaml").write_text("a: [" + "1," * 250_000 + "]\n")
    assert "more than 200,000 values" in told(toy)


def test_a_long_number_is_refused(toy):
    (toy / "case.yaml").write_text("interrex: " + "9" * 400_000 + "\n")
    assert told(toy)


def test_messages_show_no_hostile_text_at_length(toy):
    text = (toy / "case.yaml").read_text()
    (toy / "case.yaml").write_text(text + "x" * 900 + ": 1\n")
    found = check_case(toy)
    assert max(len(str(p)) for p in found.problems) < 700


@pytest.mark.parametrize("x", ["1" + "0" * 400, "-1" + "0" * 4000, "1e999", "1" + "0" * 5000])
def test_a_map_with_numbers_beyond_all_bounds_is_refused_without_a_traceback(toy, x):
    ring = f"[[{x}, 1], [1, 1], [1, 2], [{x}, 1]]"
    feature = f'{{"type": "Feature", "properties": {{"region": "north"}}, "geometry": {{"type": "Polygon", "coordinates": [{ring}]}}}}'
    (toy / "map.geojson").write_text(f'{{"type": "FeatureCollection", "features": [{feature}]}}')
    assert "map.geojson:1:1" in told(toy)


def test_heights_on_a_map_are_dropped_whatever_they_are(toy):
    ring = "[[1, 1, 1e999], [1, 2, 0], [2, 2, 0], [1, 1, 0]]"
    feature = f'{{"type": "Feature", "properties": {{"region": "north"}}, "geometry": {{"type": "Polygon", "coordinates": [{ring}]}}}}'
    (toy / "map.geojson").write_text(f'{{"type": "FeatureCollection", "features": [{feature}]}}')
    case = load_case(toy)
    assert case.map["features"][0]["geometry"]["coordinates"][0][0][0] == [1, 1]
    assert case.fingerprint


@pytest.mark.parametrize("call", ["open", "lstat"])
@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")])
def test_a_file_that_the_system_does_not_give_is_one_sentence_and_exit_status_two(
    toy, monkeypatch, capsys, call, error
):
    real = getattr(os, call)

    def refuse(path, *rest, **more):
        if str(path).endswith("case.yaml"):
            raise error
        return real(path, *rest, **more)

    monkeypatch.setattr(os, call, refuse)
    assert main(["check", str(toy)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and said.startswith("case.yaml: ") and "Traceback" not in said


def test_an_error_of_the_system_anywhere_is_one_sentence_and_exit_status_two(monkeypatch, capsys):
    def full(case):
        raise OSError(28, "No space left on device", "runs/x/results.nc")

    monkeypatch.setattr("interrex.case.check_case", full)
    assert main(["check", "x"]) == 2
    assert capsys.readouterr().err.startswith("runs/x/results.nc: No space left on device; see that")
