"""JSON Schema of case.yaml, so that editors complete keys and underline mistakes while a case is written."""

from __future__ import annotations

from interrex.case.schema import CaseFile


def json_schema() -> dict[str, object]:
    """The schema (draft 2020-12) of case.yaml."""
    schema = CaseFile.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "interrex case"}
