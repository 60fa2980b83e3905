"""The manifest: what to type, and which hashes to compare, to get this report again."""

from __future__ import annotations

import json

from interrex.report.blocks import Block, Cell, Row, Section, Table
from interrex.report.read import Absent, Results
from interrex.store.manifest import Manifest


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    entries = dict(_flat("", manifest))
    group = results.maybe("manifest")
    if group is not None:
        entries = {**{key: _write(value) for key, value in group.attrs.items()}, **entries}
    for key in ("command", "seed", "version", "members", "resolution", "effort"):
        if results.text(key):
            entries.setdefault(key, results.text(key))
    if not entries:
        raise Absent("This run was reported without a manifest.")
    versions = {k: entries.pop(k) for k in sorted(entries) if k.startswith("versions.")}
    if versions:
        entries["versions"] = ", ".join(f"{k.removeprefix('versions.')} {v}" for k, v in versions.items())
    if entries.get("kernel") == entries.get("kernel_hash"):
        entries.pop("kernel", None)
    rows = [
        Row((Cell(key.removeprefix("options.").replace("_", " "), "head"), Cell(value, "code")))
        for key, value in sorted(entries.items())
        if not (key.startswith("options.") and entries.get(key.removeprefix("options.")) == value)
    ]
    return [
        Table(
            (("Entry", ""), ("Value", "")),
            rows,
            "The same case, seed and version give this file to the byte.",
            look="facts small",
        )
    ]


def _flat(prefix: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [
            pair for key in value for pair in _flat(f"{prefix}.{key}" if prefix else str(key), value[key])
        ]
    return [(prefix, _write(value))]


def _write(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return ", ".join(value)
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    except TypeError:
        return str(value)


SECTION = Section("manifest", "Manifest", _fill)
