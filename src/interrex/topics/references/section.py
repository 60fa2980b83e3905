"""References: the works behind the mechanisms that ran, and the sources of the claims."""

from __future__ import annotations

from interrex.report.blocks import Block, Cell, Row, Section, Span, Table
from interrex.report.numbers import safe_url
from interrex.report.read import Absent, Results
from interrex.store.manifest import Manifest


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    blocks: list[Block] = []
    works = results.maybe("references")
    if works is not None and works.has("key", "text"):
        dois = works.texts_or_blank("doi", "text")
        blocks.append(
            Table(
                (("Key", ""), ("Work", "")),
                [
                    Row((Cell(key), Cell((Span(text + " "), *_doi(dois[n])))))
                    for n, (key, text) in enumerate(zip(works.texts("key"), works.texts("text"), strict=True))
                ],
                "Works behind the mechanisms that ran.",
                look="small",
            )
        )
    sources = results.maybe("sources")
    if sources is not None and sources.has("source"):
        get = {
            n: sources.texts_or_blank(n, "source")
            for n in ("publisher", "url", "published", "type", "leaning")
        }
        ids = sources.texts("source")
        order = sorted(range(len(ids)), key=lambda n: ids[n].lower())
        blocks.append(
            Table(
                (("Source", ""), ("Publisher", ""), ("Published", ""), ("Type", ""), ("Leaning", "")),
                [
                    Row(
                        (
                            Cell(ids[n]),
                            Cell((Span(get["publisher"][n] or ids[n], "", safe_url(get["url"][n])),)),
                            Cell(get["published"][n] or "undated"),
                            Cell(get["type"][n]),
                            Cell(get["leaning"][n]),
                        )
                    )
                    for n in order
                ],
                f"{len(ids)} sources of the claims.",
                look="small",
                folded=f"All {len(ids)} sources",
            )
        )
    if not blocks:
        raise Absent("This run stored neither references nor sources.")
    return blocks


def _doi(doi: str) -> tuple[Span, ...]:
    url = safe_url(doi if doi.startswith("http") else f"https://doi.org/{doi}") if doi else ""
    return (Span(doi, "", url),) if doi else ()


SECTION = Section("references", "References and sources", _fill)
