"""Whatever the replications are asked for, they do it or say in one sentence why not: wrong types, shapes and ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

from interrex.errors import InterrexError, RunError
from interrex.replications import Epstein, World, cascade, epstein, graph, run
from interrex.replications.torus import offsets, torus

RING = graph.from_edges([(k, (k + 1) % 12) for k in range(12)])
MODEL = cascade.make_cascade(RING, 0.4)
NOBODY = np.zeros(12, np.uint8)
BOARD = {"size": 9, "vision": 2.0, "neighbourhood": "Moore"}


def world(**changed: Any) -> World:
    return World(**({"model": Epstein(**BOARD), "seed": 1, "steps": 3} | changed))


def front(**changed: Any) -> int:
    given = {"cascade": MODEL, "front": cascade.make_front(MODEL, NOBODY), "path": np.zeros(2, np.int64), "seed": 1}
    return cascade.advance(**(given | changed))


ASKED: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "Epstein": (Epstein, BOARD | {
        "citizens": 0.7, "cops": 0.04, "rounding": "none", "schedule": "fixed order", "turn": "act, move", "legitimacy": 0.8,
        "jail": 3, "k": 2.0, "threshold": 0.1,
    }),
    "epstein": (epstein, BOARD | {"seed": 1, "steps": 3, "legitimacy": 0.8, "workers": 1}),
    "run": (run, {"model": Epstein(**BOARD), "seed": [1, 2], "steps": 3, "legitimacy": [0.8] * 3, "workers": 1}),
    "World": (world, {"model": Epstein(**BOARD), "seed": 1, "steps": 3}),
    "World.advance": (lambda ticks: world().advance(ticks), {"ticks": 1}),
    "World.set_legitimacy": (lambda legitimacy: world().set_legitimacy(legitimacy), {"legitimacy": 0.5}),
    "torus": (torus, BOARD),
    "offsets": (offsets, {"neighbourhood": "disc", "vision": 2.0}),
    "make_cascade": (cascade.make_cascade, {"graph": RING, "threshold": 0.4, "steepness": 8.0}),
    "simulate": (cascade.simulate, {
        "cascade": MODEL, "active": NOBODY, "ticks": 2, "seed": 1, "first": 0, "method": "auto", "workers": 1,
    }),
    "visit": (cascade.visit, {
        "cascade": MODEL, "state": NOBODY, "path": np.zeros(2, np.int64), "seed": 1, "first": 0, "workers": 1,
    }),
    "make_front": (cascade.make_front, {"cascade": MODEL, "state": NOBODY}),
    "advance": (front, {"cascade": MODEL, "front": None, "path": np.zeros(2, np.int64), "seed": 1, "first": 0, "limit": 0}),
    "spread": (cascade.spread, {"graph": RING, "threshold": 0.4, "active": NOBODY, "every": False}),
    "from_edges": (graph.from_edges, {"edges": [(0, 1)], "nodes": 3, "one_way": "add"}),
    "from_scipy": (graph.from_scipy, {"matrix": sparse.eye_array(3, k=1), "one_way": "add"}),
    "from_networkx": (graph.from_networkx, {"graph": nx.path_graph(3), "one_way": "add"}),
    "read_edges": (graph.read_edges, {"path": "nowhere.csv", "nodes": 3, "one_way": "add"}),
    "relabel": (graph.relabel, {"graph": RING}),
    "mean_distance": (graph.mean_distance, {"graph": RING}),
}  # fmt: skip
ARGUMENTS = [(name, argument) for name, (_, usual) in ASKED.items() for argument in usual]


class Unshowable:
    """An object that cannot be printed."""

    def __repr__(self) -> str:
        raise ValueError("no words")


NO_ARRAY = st.one_of(
    st.none(), st.text(max_size=5), st.binary(max_size=3), st.booleans(), st.floats(), st.complex_numbers(),
    st.integers(max_value=-1), st.integers(min_value=2**70), st.builds(object), st.builds(Unshowable),
    st.dictionaries(st.text(max_size=2), st.integers(0, 3), max_size=2),
)  # fmt: skip
ANYTHING = st.one_of(
    NO_ARRAY,
    st.lists(st.one_of(NO_ARRAY, st.lists(st.integers(-2, 3), max_size=3)), max_size=3),
    st.tuples(st.integers(-2, 40), st.integers(-2, 40)),
    st.sampled_from([
        np.zeros((2, 2)), np.zeros((3, 2, 1)), np.array(["a", "b"]), np.array("2022-01-05", "M8[D]"), np.array(3), np.array([]),
        np.full(12, np.nan), np.full(12, 1j), np.array([1, None], object), np.float32(0.5), np.int8(-1), np.bool_(True),
        graph.Graph(np.array([0, 5]), np.zeros(1, np.uint32)), graph.Graph(np.zeros(0, int), np.zeros(0)),
        graph.Graph(np.array([0, 1]), np.array([7], np.uint32)), sparse.csr_array((2, 3)),
    ]),
)  # fmt: skip


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=ANYTHING)
def test_whatever_is_asked_is_done_or_refused_in_one_sentence(name: str, argument: str, value: Any) -> None:
    function, usual = ASKED[name]
    try:
        function(**(usual | {argument: value} | ({} if name != "advance" or argument == "front" else {"front": made_front()})))
    except InterrexError as error:
        said = str(error)
        assert said and "\n" not in said and len(said) < 400


def made_front() -> cascade.Front:
    return cascade.make_front(MODEL, NOBODY)


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("epstein", {"size": (40, 60)}, "square board, is (40, 60); give one whole number, 5 to 32,767"),
        ("epstein", {"size": 9.5}, "is 9.5; give one whole number"),
        ("epstein", {"seed": True}, "seed is True; give one whole number"),
        ("epstein", {"seed": "12"}, "seed is '12'"),
        ("epstein", {"steps": 2.0}, "steps is 2.0"),
        ("epstein", {"workers": 0}, "workers is 0; give one whole number, 1 to 1,024"),
        ("epstein", {"citizens": "most"}, "citizens is 'most'; give one number, 0 to 1"),
        ("epstein", {"legitimacy": [0.8, "low", 0.8]}, "legitimacy has shape (3,) and holds <U"),
        ("run", {"model": "Epstein"}, "the model is 'Epstein'; give the Epstein that Epstein(...) makes"),
        ("simulate", {"method": "event"}, "there is no method 'event'; use one of auto, visit, events"),
        ("simulate", {"ticks": -1}, "ticks is -1"),
        ("simulate", {"active": [1, 0]}, "give one for each of 12"),
        ("simulate", {"cascade": RING}, "; give the Cascade that make_cascade makes"),
        ("make_cascade", {"graph": [(0, 1)]}, "the network is [(0, 1)]; give the Graph that"),
        ("spread", {"graph": graph.Graph(np.array([0, 1]), np.array([7], np.uint32))}, "a target of the network is none"),
        ("advance", {"front": cascade.make_front(cascade.make_cascade(graph.from_edges([(0, 1)]), 0.4), [0, 0])}, "is one of 2 nodes"),
        ("from_edges", {"one_way": "adds"}, "there is no one_way 'adds'; use one of add, refuse"),
        ("from_edges", {"nodes": "three"}, "nodes is 'three'"),
        ("from_networkx", {"graph": {}}, "give a networkx graph"),
    ],
)  # fmt: skip
def test_the_sentence_says_what_would_be_right(name: str, changed: dict[str, Any], sentence: str) -> None:
    function, usual = ASKED[name]
    with pytest.raises(RunError) as error:
        function(**(usual | changed))
    assert sentence in str(error.value)


def test_numbers_of_numpy_and_xarray_are_numbers() -> None:
    plain = epstein(seed=1, steps=3, **BOARD)
    same = epstein(seed=np.uint64(1), steps=np.int16(3), legitimacy=(plain.tension[0] * 0 + 0.82), **BOARD)
    assert plain.active.equals(same.active) and type(same.attrs["size"]) is int
    assert plain.identical(epstein(seed=1, steps=3, legitimacy=np.full(3, 0.82), **BOARD))
