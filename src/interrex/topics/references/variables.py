"""What the group `references` of the results holds."""

from __future__ import annotations

from functools import partial

from interrex.results.schema import Group, Variable

_told = partial(Variable, source="mechanisms, methods and reference classes of this version")
_maybe = partial(_told, required=False)

GROUP = Group(
    "what to cite",
    (
        _told("key", "reference", "text", "", "short name: interrex, the case, a work, or a mechanism without one"),
        _told("text", "reference", "text", "", "what to cite"),
        _told("doi", "reference", "text", "", "digital object identifier, '' without one"),
        _maybe("kind", "reference", "text", "", "software, case, mechanism, method or data"),
        _maybe("authors", "reference", "text", "", "authors, '' without"),
        _maybe("year", "reference", "text", "", "year, '' without"),
        _maybe("title", "reference", "text", "", "title, '' where nothing is published"),
        _maybe("where", "reference", "text", "", "where it appeared"),
        _maybe("use", "reference", "text", "", "what it is used for here"),
    ),
)  # fmt: skip
