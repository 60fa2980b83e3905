"""Mutated cases over all readers: whatever a file holds, `check` answers with sentences, and what it passes can be used.

Mutation number N is the same on every machine. More of them, or another stretch:

    pytest -m slow tests/property/test_case_mutations.py --mutations 1000000 --first-mutation 250000

A failure names its number; the run goes on from there with --first-mutation.
"""

import csv
import io
import json
import random
import signal
from contextlib import contextmanager
from functools import cache
from importlib.resources import files

import numpy as np
import pytest

from interrex.case import check_case
from interrex.case.template import template_files
from interrex.case.yaml_core import read_yaml
from interrex.engine.acts import build_table
from interrex.errors import CaseError
from interrex.futures import rivals
from interrex.inference.dated_acts import act_record
from interrex.inference.observe import observe
from interrex.inference.space import make_space
from interrex.mechanisms import all_mechanisms
from interrex.polity.units import make_place

STRETCH = 100  # mutations a test
PATIENCE = 60  # seconds after which a mutation counts as hanging
WORDS = (
    "", " ", "NA", "null", "nan", "inf", "-inf", "1e308", "1e999", "-1", "0", "0.5", "1", "1.000", "2,5", "1e-320", "9" * 400,
    "-" + "9" * 400, "x" * 5_000, "a;b", ";", "nation", "capital", "north;coast", "president", "2030-03-12", "~2030-03", "2030-13-45",
    "12.03.2030", "2030-03-12T25:00", "2030-03-14/2030-03-12", "9999-12-31", "0001-01-01", "yes", "no", "true", "\u200f", "\x00",
    "\ufeff", "é", "=1+1", "'", '"', "%", "-0.0", "00012", "١٢", "fit", "check", "cumulative", "increment", "fuel_exposure",
)  # fmt: skip
VALUES = (
    None, True, False, 0, 1, -1, 2.5, 1e300, -1e300, 5e-324, 10**300, "", "x" * 5_000, [], {}, [[]], {"id": 1}, ["none"],
    "2030-03-12", "none", {"value": 1e300}, [{"text": "a", "known_from": "2030-03-12"}],
)  # fmt: skip


@cache
def case_files(name):
    if name == "toy":
        return {file: text.encode() for file, text in template_files("toy").items()}
    folder = files("interrex") / "library" / name
    return {f.name: f.read_bytes() for f in folder.iterdir() if f.name.endswith((".csv", ".yaml", ".geojson"))}


@cache
def structure(name):
    return json.dumps(read_yaml(case_files(name)["case.yaml"].decode(), "case.yaml", []).value)


def paths(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from paths(part, (*path, key))


def mutated_tree(tree, rng):
    """A YAML or JSON value with one part replaced, dropped, doubled, renamed or moved."""
    every = list(paths(tree))[1:]
    if not every:
        return rng.choice(VALUES)
    path, other = rng.choice(every), rng.choice(every)
    holder, there = tree, tree
    for step in path[:-1]:
        holder = holder[step]
    for step in other:
        there = there[step]
    kind = rng.randrange(5)
    if kind == 0:
        holder[path[-1]] = rng.choice(VALUES)
    elif kind == 1:
        del holder[path[-1]]
    elif kind == 2:
        holder[path[-1]] = json.loads(json.dumps(there))
    elif kind == 3 and isinstance(holder, dict):
        holder[rng.choice(WORDS)] = holder.pop(path[-1])
    elif isinstance(holder, list):
        holder.insert(0, json.loads(json.dumps(holder[path[-1]])))
    else:
        holder[path[-1]] = rng.choice(WORDS)
    return tree


def mutated_table(data, rng):
    """A table with cells, rows or columns changed."""
    rows = list(csv.reader(io.StringIO(data.decode())))
    for _ in range(rng.randint(1, 3)):
        row, kind = rng.randrange(len(rows)), rng.randrange(6)
        if kind <= 2 and rows[row]:
            rows[row][rng.randrange(len(rows[row]))] = rng.choice(WORDS)
        elif kind == 3:
            rows.insert(row, list(rng.choice(rows)))
        elif kind == 4 and len(rows) > 1:
            del rows[row]
        elif rows[row]:
            column = rng.randrange(len(rows[row]))
            for cells in rows:
                del cells[column : column + 1]
    out = io.StringIO()
    csv.writer(out, delimiter=rng.choice(",,,,,,,;\t"), lineterminator=rng.choice(["\n", "\n", "\r\n", "\r"])).writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


def mutated_bytes(data, rng):
    """Bytes cut, doubled, replaced or in another encoding."""
    kind = rng.randrange(5)
    at = rng.randrange(len(data) + 1)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + rng.randbytes(rng.randint(1, 40)) + data[at:]
    if kind == 2:
        return data[:at] + rng.choice(WORDS).encode() + data[at + rng.randint(0, 20) :]
    if kind == 3:
        return data.decode("utf-8", "replace").encode(rng.choice(["utf-16", "utf-8-sig", "utf-32", "utf-16-le"]))
    return data + data[at : at + 2_000] * rng.randint(1, 50)


def mutant(number):
    """The files of mutation `number`."""
    rng = random.Random(number)
    name = rng.choice(["toy"] * 6 + ["kazakhstan-2022", "belarus-2020", "belarus-2020"])
    found = dict(case_files(name))
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        file = rng.choice(sorted(found))
        kind = rng.randrange(8)
        try:
            if kind == 0:
                found[file] = mutated_bytes(found[file], rng)
            elif file == "case.yaml":
                tree = mutated_tree(json.loads(structure(name)), rng)
                found[file] = json.dumps(tree, indent=1).encode("utf-8", "surrogatepass")
            elif file.endswith(".csv"):
                found[file] = mutated_table(found[file], rng)
            else:
                found[file] = json.dumps(mutated_tree(json.loads(found[file]), rng)).encode("utf-8", "surrogatepass")
        except (UnicodeDecodeError, ValueError, csv.Error, IndexError):
            found[file] = mutated_bytes(found[file], rng) if found[file] else b"x"  # an earlier change broke its form
    return found


@contextmanager
def patience(number):
    """A hang becomes a failure that names the mutation."""

    def stop(*_):
        raise AssertionError(f"mutation {number} was not answered in {PATIENCE} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def survives(folder):
    """Whether the case passed; raises whatever is no sentence."""
    found = check_case(folder)
    told = [str(problem) for problem in (*found.problems, *found.warnings)]
    assert all(len(text) < 2_500 and "\n" not in text for text in told), max(told, key=len)[:200]
    assert (found.case is None) == bool(found.problems)
    if found.case is None:
        return False
    for day in (found.case.window.start, found.case.default_as_of):
        cut = found.case.as_of(day)
        assert cut.fingerprint
        try:
            place = make_place(cut)
        except CaseError:
            continue  # what the case says is known only after this day
        table, _ = build_table({a.role for a in cut.actors if a.process == "hazard"}, {a.role for a in cut.actors})
        observed = observe(cut, table)
        record = act_record(cut, observed.events, table, observed.ticks)
        make_space(all_mechanisms(), cut.facts, len(cut.regions), 5)
        numbers = [*place, *observed.terms, *observed.script, *record, rivals.prior_odds(cut)]
        assert all(np.isfinite(np.asarray(n, dtype=float)).all() for n in numbers)
    return True


def pytest_generate_tests(metafunc):
    if "start" in metafunc.fixturenames:
        first, count = (metafunc.config.getoption(name) for name in ("--first-mutation", "--mutations"))
        metafunc.parametrize("start", range(first, first + count, STRETCH))


@pytest.mark.slow
def test_mutated_cases_are_answered_in_sentences(tmp_path, start, pytestconfig):
    end = pytestconfig.getoption("--first-mutation") + pytestconfig.getoption("--mutations")
    for number in range(start, min(start + STRETCH, end)):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, data in mutant(number).items():
            (folder / name).write_bytes(data)
        with patience(number):
            try:
                survives(folder)
            except CaseError as error:
                assert str(error)
            except Exception as error:
                raise AssertionError(f"mutation {number} ({folder}): {type(error).__name__}: {error}") from error
        for file in folder.iterdir():
            file.unlink()
