"""The risk of every ruler at once: a table (CSV, netCDF) and one page with a map and a ranking, which needs no network."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from interrex.record.risk import Risk
from interrex.record.words import CLASSES, ROWS, percent
from interrex.store import files

NAME = "risk"
SHADES = (
    (0.02, "#d3e3ef"),
    (0.05, "#a6c8e0"),
    (0.1, "#6da3c9"),
    (0.2, "#37779f"),
    (0.4, "#174a6e"),
    (1.01, "#06182a"),
)
"""Upper bound of the chance of an exit within a year, and its colour; distinct in grey print too."""


def table(risks: Sequence[Risk]) -> pd.DataFrame:
    """A row for each country, event and horizon; chances 0 to 1."""
    return pd.DataFrame([
        {
            "ccode": r.ccode, "country": r.country, "leader": r.leader, "since": r.since.isoformat(), "as_of": r.day.isoformat(),
            "event": x.event, "months": x.months, "p": x.p, "low": x.low, "high": x.high, "pooled": x.pooled, "own": x.own,
        }
        for r in risks for x in r.lines
    ])  # fmt: skip


def write(risks: Sequence[Risk], places: pd.DataFrame, folder: Path) -> list[Path]:
    """risk.csv, risk.nc and risk.html in `folder`; places: the table of capitals."""
    files.make_folder(folder)
    made = table(risks)
    csv, nc, page = (folder / f"{NAME}.{end}" for end in ("csv", "nc", "html"))
    files.write_bare(csv, made.to_csv(index=False, float_format="%.6g").encode())
    cube = made.set_index(["ccode", "event", "months"])[["p", "low", "high", "pooled", "own"]].to_xarray()
    for name, text in (
        ("p", "chance"),
        ("low", "chance, 5 %"),
        ("high", "chance, 95 %"),
        ("pooled", "pooled rate"),
        ("own", "the country's own rate"),
    ):
        cube[name].attrs.update(long_name=text, units="1")
    who = {r.ccode: r for r in risks}
    for name in ("country", "leader"):
        cube[name] = ("ccode", [getattr(who[int(c)], name) for c in cube["ccode"].values])
    cube.attrs["as_of"] = risks[0].day.isoformat()
    files.write_atomically(nc, lambda path: cube.to_netcdf(path, engine="h5netcdf"))
    files.write_bare(page, _page(risks, places).encode())
    return [csv, nc, page]


def _page(risks: Sequence[Risk], places: pd.DataFrame) -> str:
    ranked = sorted(risks, key=lambda r: -r.line("exit", 12).p)
    first = ranked[0]
    head = "".join(f"<th>{html.escape(t)}</th>" for t in (
        "", "Country", "Ruler", "since", "leaves within 12 months", "range", CLASSES[first.kind], "own rate", "6 months",
        "1 month", "coup attempt", "protest of 10,000",
    ))  # fmt: skip
    rows = "".join(_row(n, r) for n, r in enumerate(ranked, 1))
    legend = " ".join(
        f'<span style="white-space:nowrap"><span class="key" style="background:{shade}"></span>{"under" if k == 0 else "to"} {min(100 * top, 100):.0f} %</span>'
        for k, (top, shade) in enumerate(SHADES)
    )
    picture = _map(ranked, places)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Who leaves power? {first.day}</title>
<style>
body {{ font: 14px/1.45 system-ui, sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em; color: #1b1f24 }}
table {{ border-collapse: collapse; width: 100% }} th, td {{ padding: .2em .5em; text-align: right; border-bottom: 1px solid #dde }}
th {{ font-weight: 600; vertical-align: bottom }} td:nth-child(2), td:nth-child(3), th:nth-child(2), th:nth-child(3) {{ text-align: left }}
.key {{ display: inline-block; width: 1em; height: 1em; margin: 0 .3em 0 1em; vertical-align: -2px }} p {{ max-width: 70ch }}
td:nth-child(4), td:nth-child(6) {{ white-space: nowrap }}
svg {{ width: 100%; height: auto; background: #f7f8fa }}
</style></head><body>
<h1>Who leaves power? {len(risks)} rulers, as of {first.day}</h1>
<p>Per cent. Learned from panels to {first.fitted}; ranges hold 90 %. Highest: {html.escape(first.leader)}
({html.escape(first.country)}), {percent(first.line("exit", 12).p)} % within twelve months.</p>
{picture}<p>Chance of an exit within twelve months: {legend}</p>
<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></body></html>
"""


def _row(rank: int, r: Risk) -> str:
    year = r.line("exit", 12)
    cells = [
        f"{rank}", html.escape(r.country), html.escape(r.leader), f"{r.since}", f"<b>{percent(year.p)}</b>",
        f"{percent(year.low)} to {percent(year.high)}", percent(year.pooled), percent(year.own),
        percent(r.line("exit", 6).p), percent(r.line("exit", 1).p),
        *(percent(next((x.p for x in r.lines if (x.event, x.months) == (e, 12)), float("nan"))) for e in ("coup_attempt", "protest_10k")),
    ]  # fmt: skip
    return "<tr>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"


def colour(p: float) -> str:
    """Shade of a chance."""
    return next(c for top, c in SHADES if p < top)


def _map(risks: Sequence[Risk], places: pd.DataFrame) -> str:
    """A dot at every capital, latitudes and longitudes as they are, the riskiest quarter with its name and all with one to
    hover over; nothing where the panels hold no capitals."""
    at = {
        int(c): (x, y)
        for c, x, y in zip(places["ccode"], places["longitude"], places["latitude"], strict=True)
    }
    shown = [r for r in risks if r.ccode in at]
    if not shown:
        return ""
    west, east = (f(at[r.ccode][0] for r in shown) for f in (min, max))
    south, north = (f(at[r.ccode][1] for r in shown) for f in (min, max))
    scale = 1000 / max(east - west, 1)
    height = scale * max(north - south, 1) + 80

    def place(x: float, y: float) -> tuple[float, float]:
        return scale * (x - west) + 30, scale * (north - y) + 40

    dots: list[str] = []
    for rank, r in reversed(list(enumerate(shown))):
        (x, y), p = place(*at[r.ccode]), r.line("exit", 12).p
        told = html.escape(f"{r.country}: {r.leader}, {percent(p)} % ({ROWS['exit']} within 12 months)")
        dots.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="{colour(p)}" stroke="#fff"><title>{told}</title></circle>'
        )
        if rank < len(shown) / 4:
            dots.append(
                f'<text x="{x + 9:.1f}" y="{y + 4:.1f}" font-size="11" fill="#222">{html.escape(r.country)}</text>'
            )
    lines = "".join(
        f'<line x1="0" x2="1100" y1="{place(0, y)[1]:.1f}" y2="{place(0, y)[1]:.1f}" stroke="#dde"/>'
        f'<text x="2" y="{place(0, y)[1] - 2:.1f}" font-size="9" fill="#889">{abs(y)}° {"N" if y > 0 else "S" if y < 0 else ""}</text>'
        for y in (60, 30, 0, -30)
        if south - 5 < y < north + 5
    )
    label = "Map of the chances, a dot at each capital"
    return (
        f'<svg viewBox="0 0 1100 {height:.0f}" role="img" aria-label="{label}">{lines}{"".join(dots)}</svg>\n'
    )
