"""What the command prints and writes: sentences and a table to read, netCDF and CSV to compute with, a page to look at."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np
import xarray as xr

from interrex.report.numbers import NONE, chance, figure, iso_day, points, signed
from interrex.store.files import make_folder, write_atomically, write_bare
from interrex.trust import sentences

WIDTH = 100
NAME = "trust"
HEAD = ("", "median", "90 %", "points", "prior sd", "sd", "rests on")


def cells(found: xr.Dataset) -> list[tuple[str, ...]]:
    """The table of everything asked, a row an item in the order of HEAD: on the logit scale, and in points where it has a meaning."""
    out: list[tuple[str, ...]] = []
    for at, name in enumerate(sentences.names(found)):
        kind, on = (str(found[f"item_{one}"].values[at]) for one in ("kind", "rests_on"))
        value, share = found["item_value"].values[:, at], found["item_share"].values[:, at]
        number = figure if kind in ("parameter", "scatter") else signed
        as_share = chance if kind in ("level", "told") else points
        shown = (
            f"{as_share(share[2])} ({as_share(share[0])} to {as_share(share[-1])})"
            if np.isfinite(share).all()
            else NONE
        )
        sds = (figure(float(found[f"item_{one}"][at])) for one in ("prior_sd", "sd"))
        out.append((name, number(value[2]), f"{number(value[0])} to {number(value[-1])}", shown, *sds, on))
    return out


def text(found: xr.Dataset) -> str:
    """The answer as lines for a terminal."""
    used = found["report_use"].values == "fit"
    houses = len(set(found["report_house"].values[used].tolist()))
    head = (
        f"{sentences.QUANTITIES[found.attrs['quantity']].capitalize()}: {used.sum():,} {'report' if used.sum() == 1 else 'reports'} of {houses} "
        f"{'house' if houses == 1 else 'houses'}, {iso_day(found.attrs['first'])} to {iso_day(found.attrs['last'])}; 90 % intervals"
    )
    return "\n".join([
        head, "", *_wrapped(sentences.verdict(found)), "", "What is asked, on the logit scale and in points; of parameters the prior sd is 1",
        *_columns([HEAD, *cells(found)]), "", "Trials", *_wrapped(sentences.trials(found)), "", "Mind", *_wrapped(sentences.mind(found)),
    ])  # fmt: skip


def table(found: xr.Dataset) -> bytes:
    """Levels by day and audience as CSV, shares of 1."""
    levels = [f"{100 * q:g}" for q in found["quantile"].values]
    rows = ["day,audience," + ",".join(f"{name}_{level}" for name in ("level", "told") for level in levels)]
    days = np.datetime_as_string(found["day"].values, unit="D")
    for d, day in enumerate(days):
        for a, audience in enumerate(found["audience"].values.tolist()):
            numbers = [f"{x:.6g}" for name in ("level", "told") for x in found[name].values[:, d, a]]
            named = '"' + audience.replace('"', '""') + '"' if set(audience) & set(',"\n') else audience
            rows.append(",".join([day, named, *numbers]))
    return ("\n".join(rows) + "\n").encode()


def write(found: xr.Dataset, folder: Path, version: str) -> list[Path]:
    """trust.csv (levels by day), trust.nc (everything) and trust.html in `folder`; their paths. version: of interrex."""
    from interrex.trust.page import page

    make_folder(folder)
    csv, nc, html = (folder / f"{NAME}.{end}" for end in ("csv", "nc", "html"))
    write_bare(csv, table(found))
    write_atomically(nc, lambda path: found.to_netcdf(path, engine="h5netcdf"))
    write_bare(html, page(found, version))
    return [csv, nc, html]


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    ends = {0, len(widths) - 1}
    return [
        "  ".join(
            cell.ljust(widths[at]) if at in ends else cell.rjust(widths[at]) for at, cell in enumerate(row)
        ).rstrip()
        for row in rows
    ]


def _wrapped(told: list[str]) -> list[str]:
    return [
        line
        for sentence in told
        for line in textwrap.wrap(sentence, WIDTH, initial_indent="- ", subsequent_indent="  ")
    ]
