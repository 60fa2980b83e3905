"""A network of the user's own: an edge list, a sparse matrix or a networkx graph as rows of neighbours.

A tie is mutual: whoever sees somebody is seen. Where a source lists some ties both ways and others one way, the
missing halves are added and `note` says how many, or the source is refused. Ties of somebody with themselves are
always refused.

Neighbours who lie far apart in memory are slow to look up; `relabel` numbers the nodes so that they lie together.

Source of the numbering: Cuthill, E., McKee, J. (1969). Reducing the bandwidth of sparse symmetric matrices.
Proceedings of the 24th National Conference of the ACM, 157-172; reversed, as scipy.sparse.csgraph has it.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.sparse.csgraph import reverse_cuthill_mckee

from interrex.errors import CaseError, Problem, RunError
from interrex.replications import asked

OneWay = Literal["add", "refuse"]
"""What to do with a tie that is listed in one direction only: add the other half, or refuse the source."""

ONE_WAY: tuple[OneWay, ...] = get_args(OneWay)

LARGEST = 2**32
"""Nodes that the numbers of `targets` can tell apart."""

SHOWN = 5
"""Mistakes of a file that are listed one by one."""


class Graph(NamedTuple):
    """Mutual ties of nodes 0..N-1: neighbours of i are targets[offsets[i]:offsets[i + 1]], in rising order."""

    offsets: np.ndarray  # i8[N + 1]
    targets: np.ndarray  # u4[E], each tie twice
    note: str = ""  # what had to be changed in the source, empty if nothing


def check(graph: Graph) -> int:
    """The number of nodes of a graph; RunError if its rows are not what kernels take them for."""
    asked.kind("the network", graph, Graph, "from_edges, read_edges, from_scipy or from_networkx")
    offsets, targets = np.asarray(graph.offsets), np.asarray(graph.targets)
    whole = (
        all(rows.ndim == 1 and rows.dtype.kind in "iu" for rows in (offsets, targets)) and offsets.size > 0
    )
    if (
        not whole
        or offsets[0] != 0
        or offsets[-1] != targets.size
        or (np.diff(offsets.astype(np.int64)) < 0).any()
    ):
        raise RunError(
            "the offsets of the network are not 0, ..., number of its targets, rising",
            "make it by from_edges",
        )
    if targets.size and not 0 <= targets.min() <= targets.max() < offsets.size - 1:
        raise RunError(
            f"a target of the network is none of its {offsets.size - 1:,} nodes", "make it by from_edges"
        )
    return offsets.size - 1


class Named(Protocol):
    """What is asked of a networkx graph."""

    @property
    def nodes(self) -> Iterable[Hashable]:
        """The nodes by name."""
        ...

    @property
    def edges(self) -> Callable[[], Iterable[tuple[Hashable, Hashable]]]:
        """What gives the ties, as pairs of nodes."""
        ...

    def is_directed(self) -> bool:
        """Whether a tie goes one way."""
        ...


def from_edges(edges: ArrayLike, nodes: int | None = None, one_way: OneWay = "add") -> Graph:
    """Graph of an array of shape (ties, 2) with whole numbers 0..nodes-1 (default: up to the largest named).

    A tie may be listed once, both ways, or several times. CaseError names the row, counted from 0, of the first
    number out of range, tie of a node with itself, or refused half tie; RunError a wrong `nodes` or `one_way`.
    """
    asked.word("one_way", one_way, ONE_WAY)
    try:
        pairs = np.asarray(edges)
    except (ValueError, TypeError):  # rows of different lengths, say
        pairs = np.zeros((1, 1), object)
    if pairs.shape in ((0,), (0, 2)):
        pairs = np.zeros((0, 2), np.int64)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind not in "iu":
        raise CaseError(
            f"an edge list has two columns of whole numbers; this one is {pairs.dtype} of shape {pairs.shape}"
        )
    size = int(pairs.max(initial=-1)) + 1 if nodes is None else asked.whole("nodes", nodes, 0, LARGEST)
    if not 0 <= size <= LARGEST:
        raise CaseError(f"a graph has 0 to {LARGEST:,} nodes, not {size:,}")
    for bad in ((pairs < 0) | (pairs >= size)).any(axis=1), pairs[:, 0] == pairs[:, 1]:
        if bad.any():
            row = int(np.argmax(bad))
            a, b = pairs[row].tolist()
            raise CaseError(*_mistakes(a, b, size, path=f"edges[{row}]"))
    try:
        listed = sparse.coo_array((np.ones(len(pairs), np.int8), pairs.T), shape=(size, size)).tocsr()
        listed.data[:] = 1  # a tie listed many times is one tie
        both = (listed + listed.T).tocsr()
    except MemoryError:
        raise CaseError(f"{size:,} nodes do not fit into memory; number them from 0 without gaps") from None
    added = both.nnz - listed.nnz
    if added and one_way == "refuse":
        known = set(map(tuple, pairs.tolist()))
        row = next(k for k, (a, b) in enumerate(pairs.tolist()) if (b, a) not in known)
        raise CaseError(_half(*pairs[row].tolist(), path=f"edges[{row}]"))
    note = ""
    if 0 < added < listed.nnz:
        note = f"{added:,} of {both.nnz // 2:,} ties were listed one way only; the other half was added"
    both.sort_indices()
    return Graph(both.indptr.astype(np.int64), both.indices.astype(np.uint32), note)


def read_edges(path: Path | str, nodes: int | None = None, one_way: OneWay = "add") -> Graph:
    """Graph of a CSV file with two columns of whole numbers, a tie a line, under a line of headings or none.

    Otherwise as `from_edges`; CaseError lists file and line of what is wrong.
    """
    asked.word("one_way", one_way, ONE_WAY)
    if not isinstance(path, (str, os.PathLike)):
        raise RunError(f"the file is {asked.said(path)}", "give its path")
    path = Path(path)
    try:
        with path.open(encoding="utf-8-sig") as file:
            heading = int(bool(re.match(r'\s*"?[^\W\d]', file.readline())))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            pairs = np.loadtxt(path, np.int64, None, ",", skiprows=heading, ndmin=2, encoding="utf-8-sig")
        return from_edges(pairs, nodes, one_way)
    except OSError as error:
        raise CaseError(Problem(str(path), 0, 0, "", f"cannot be read ({error.strerror})")) from error
    except UnicodeDecodeError as error:
        raise CaseError(
            Problem(str(path), 0, 0, "", "is not text in UTF-8", "save it as CSV in UTF-8")
        ) from error
    except (ValueError, OverflowError, UserWarning, DeprecationWarning, CaseError) as error:
        problems = list(_mistakes_of(path, heading, nodes, one_way))
        raise CaseError(*(problems or [Problem(str(path), 0, 0, "", str(error))])) from None


def from_scipy(matrix: object, one_way: OneWay = "add") -> Graph:
    """Graph of a square scipy.sparse matrix or array: an entry other than 0 at (i, j) is a tie; weights are lost."""
    asked.word("one_way", one_way, ONE_WAY)
    try:
        entries = sparse.coo_array(matrix)
    except (ValueError, TypeError):
        raise RunError(
            f"the network is {asked.said(matrix)}", "give a scipy.sparse matrix or array"
        ) from None
    shape: tuple[int, ...] = entries.shape or ()
    if len(shape) != 2 or shape[0] != shape[1]:
        raise CaseError(f"a network is a square matrix; this one has shape {shape}")
    row, column = entries.coords
    here = entries.data != 0
    return from_edges(np.column_stack([row[here], column[here]]).astype(np.int64), shape[0], one_way)


def from_networkx(graph: Named, one_way: OneWay = "add") -> tuple[Graph, list[Hashable]]:
    """Graph of a networkx graph, and its nodes in the order of their new numbers; attributes are lost.

    A directed graph counts as ties listed one way; parallel ties count once.
    """
    asked.word("one_way", one_way, ONE_WAY)
    if not all(hasattr(graph, name) for name in ("nodes", "edges", "is_directed")):
        raise RunError(f"the network is {asked.said(graph)}", "give a networkx graph")
    names = list(graph.nodes)
    number = {name: k for k, name in enumerate(names)}
    pairs = [(number[a], number[b]) for a, b in graph.edges()]
    if not graph.is_directed():
        pairs += [(b, a) for a, b in pairs]
    return from_edges(np.array(pairs, np.int64).reshape(-1, 2), len(names), one_way), names


def relabel(graph: Graph) -> tuple[Graph, np.ndarray, np.ndarray]:
    """The same graph with neighbours numbered close together, by reverse Cuthill-McKee.

    Also order u4[N], the old number of each new node, and place u4[N], the new number of each old one.
    """
    size = check(graph)
    if size == 0:
        return graph, np.zeros(0, np.uint32), np.zeros(0, np.uint32)
    ones = np.ones(graph.targets.size, np.int8)
    matrix = sparse.csr_array((ones, graph.targets, graph.offsets), shape=(size, size))
    order = np.asarray(reverse_cuthill_mckee(matrix, symmetric_mode=True), np.int64)
    place = np.empty(size, np.int64)
    place[order] = np.arange(size)
    source = np.repeat(place, np.diff(graph.offsets))
    moved = sparse.csr_array((ones, (source, place[graph.targets])), shape=(size, size))
    moved.sort_indices()
    renumbered = Graph(moved.indptr.astype(np.int64), moved.indices.astype(np.uint32), graph.note)
    return renumbered, order.astype(np.uint32), place.astype(np.uint32)


def mean_distance(graph: Graph) -> float:
    """How far apart in number two neighbours are on average; what `relabel` makes small. 0 without ties."""
    if check(graph) == 0 or graph.targets.size == 0:
        return 0.0
    source = np.repeat(np.arange(graph.offsets.size - 1), np.diff(graph.offsets))
    return float(np.abs(source - graph.targets.astype(np.int64)).mean())


def _mistakes(
    a: int, b: int, size: int | None, file: str = "", line: int = 0, path: str = ""
) -> list[Problem]:
    """What is wrong with the tie of a and b by itself."""
    size = LARGEST if size is None else size
    column = int(line > 0)
    wrong = [
        Problem(file, line, column, path, f"{node} is not a node", f"nodes are numbered 0 to {size - 1}")
        for node in (a, b)
        if not 0 <= node < size
    ]
    if a == b and not wrong:
        wrong.append(Problem(file, line, column, path, f"node {a} is tied to itself", "leave such ties out"))
    return wrong


def _half(a: int, b: int, file: str = "", line: int = 0, path: str = "") -> Problem:
    return Problem(
        file, line, int(line > 0), path, f"{a} is tied to {b}, but {b} not to {a}", "list the tie both ways"
    )


def _lines_of(path: Path, heading: int) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding="utf-8-sig") as file:
        for line, text in enumerate(file, 1):
            cells = text.split("#")[0].strip()
            if line > heading and cells:
                yield line, [cell.strip() for cell in cells.split(",")]


def _mistakes_of(path: Path, heading: int, nodes: int | None, one_way: OneWay) -> Iterator[Problem]:
    """The first few lines of a file that cannot be used, one by one: slow, so only once something is wrong."""
    ties: dict[tuple[int, int], int] = {}
    found = 0
    for line, cells in _lines_of(path, heading):
        problem = None
        if len(cells) != 2:
            problem = Problem(str(path), line, 1, "", f"{len(cells)} columns", "give two, a tie a line")
        elif not all(re.fullmatch(r"[+-]?\d+", cell) for cell in cells):
            bad = next(cell for cell in cells if not re.fullmatch(r"[+-]?\d+", cell))
            problem = Problem(
                str(path), line, 1, "", f"{bad[:80]!r} is not a node", "use whole numbers from 0 on"
            )
        else:
            a, b = map(int, cells)
            ties.setdefault((a, b), line)
            problem = next(iter(_mistakes(a, b, nodes, str(path), line)), None)
        if problem is not None:
            yield problem
            found += 1
            if found == SHOWN:
                return
    if found:
        return
    if not ties:
        yield Problem(str(path), 0, 0, "", "holds no tie", "give a tie a line, as in 0,1")
    elif one_way == "refuse":
        for (a, b), line in ties.items():
            if (b, a) not in ties:
                yield _half(a, b, str(path), line)
                found += 1
                if found == SHOWN:
                    return
