"""Whatever is done to the bytes of a register or of its head, `verify` says so."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.sealing import ZENDA, forecast
from interrex.record import register

FORECASTS = [
    forecast(event, months)
    for event in ("exit", "exit_coup", "coup_attempt", "protest_10k")
    for months in (1, 6, 12)
]
FORECASTS += [forecast("exit", ccode=ZENDA, p=0.25, leader="Äntœine 国")]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    path = tmp_path_factory.mktemp("sealed") / "r.jsonl"
    register.append(path, FORECASTS, "0.1.0", "ab" * 32, datetime.date(2030, 2, 1))
    return path, path.read_bytes(), (head := path.with_name("r.jsonl.head")), head.read_bytes()


def found(sealed, data=None, head=None):
    path, whole, head_path, whole_head = sealed
    path.write_bytes(whole if data is None else data)
    head_path.write_bytes(whole_head if head is None else head)
    return register.verify(path)


def test_the_whole_register_is_whole(sealed):
    assert found(sealed).ok


@settings(deadline=None)
@given(st.data())
def test_any_flipped_byte_is_found_in_its_line(sealed, data):
    whole = sealed[1]
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytearray(whole)
    flipped[at] ^= data.draw(st.integers(1, 255))
    said = found(sealed, bytes(flipped))
    assert not said.ok
    assert f"r.jsonl:{whole[:at].count(10) + 1}: " in said.problem


@settings(deadline=None)
@given(st.data())
def test_any_flipped_byte_of_the_head_is_found(sealed, data):
    head = bytearray(sealed[3])
    head[data.draw(st.integers(0, len(head) - 1))] ^= data.draw(st.integers(1, 255))
    assert not found(sealed, head=bytes(head)).ok


@settings(deadline=None)
@given(st.data())
def test_any_line_taken_out_doubled_or_moved_is_found(sealed, data):
    lines = sealed[1].splitlines(keepends=True)
    order = data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=len(lines) + 2))
    said = found(sealed, b"".join(lines[i] for i in order))
    assert said.ok == (order == list(range(len(lines))))


@settings(deadline=None)
@given(st.data())
def test_any_stretch_of_bytes_put_in_or_cut_out_is_found(sealed, data):
    whole = sealed[1]
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(start + 300, len(whole))))
    new = data.draw(
        st.binary(max_size=20) | st.sampled_from([b"\n", b"\r", b" ", b"\n\n", whole[start:end] * 2])
    )
    changed = whole[:start] + new + whole[end:]
    assert found(sealed, changed).ok == (changed == whole)
