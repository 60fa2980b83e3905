"""Broken case files of every kind give findings or a CaseError, never another error."""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interrex.case import check_case
from interrex.case.template import template_files
from interrex.case.yaml_core import read_yaml
from interrex.errors import CaseError

FILES = template_files("toy")
SPICE = [
    b"\x00",
    b"\xff",
    b'"',
    b"'",
    b",",
    b"\n",
    b"\r",
    b":",
    b"- ",
    b"[",
    b"}",
    b"*a",
    b"&a",
    b"!!",
    b"\t",
    b"---\n",
    b"NO",
    b"1e999",
    b".nan",
    b"-1",
    b"2030-02-30",
    b"\xe2\x80\xae",
    b"#",
    b"|",
    b">",
    b"?",
    b"~",
    b";",
    b"999999999999999999999",
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(-1e9, 1e9)
    | st.text(max_size=8)
    | st.sampled_from(["2030-03-05", "president", "capital", "none", "plot", "act", "a;b", ";", "~", "nan"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "value", "known_from", "source", "rule", "ties", "to", "label"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def survives(folder):
    try:
        found = check_case(folder)
    except CaseError as error:
        assert str(error)
        return
    assert (found.case is None) == bool(found.problems)
    if found.case is not None:
        for day in ("2030-03-01", "2030-03-14", "2030-04-10"):
            assert found.case.as_of(day).fingerprint


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


def write(folder, files):
    for name, data in files.items():
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(sorted(FILES)), seed=st.integers(0, 2**32), edits=st.integers(1, 6))
def test_mutated_bytes(folder, name, seed, edits):
    rng = random.Random(seed)
    data = bytearray(FILES[name].encode())
    for _ in range(edits):
        at, kind = rng.randrange(len(data) + 1), rng.randrange(4)
        if kind == 0:
            data[at : at + rng.randint(1, 30)] = b""
        elif kind == 1:
            data[at:at] = rng.choice(SPICE)
        elif kind == 2:
            data[at : at + 1] = rng.choice(SPICE)
        else:
            start = rng.randrange(len(data) + 1)
            data[at:at] = data[start : start + 40]
    write(folder, {**FILES, name: bytes(data)})
    survives(folder)


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from places(inner, (*path, i))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_values_of_other_kinds(folder, data):
    structure = read_yaml(FILES["case.yaml"], "case.yaml", []).value
    every = list(places(structure))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(every))
        target = structure
        try:
            for step in path[:-1]:
                target = target[step]
            if path:
                target[path[-1]] = data.draw(VALUES)
            else:
                structure = data.draw(VALUES)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    text = json.dumps(structure, indent=1)  # JSON is YAML
    write(folder, {**FILES, "case.yaml": text})
    survives(folder)
