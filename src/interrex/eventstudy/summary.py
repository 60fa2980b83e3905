"""What the command prints and writes: a table to read, CSV to compute with, a figure to look at."""

from __future__ import annotations

import json
import tempfile
import textwrap
from pathlib import Path

import numpy as np
import xarray as xr

from interrex.errors import StoreError
from interrex.eventstudy.cells import Frame
from interrex.eventstudy.validity import ORDER
from interrex.eventstudy.verdict import percent
from interrex.store.files import make_folder

ROWS = 25
WIDTH = 100
DECIMALS = 8
"""Of the numbers in the CSV files; returns are shares of 1."""


def text(study: xr.Dataset) -> str:
    """The study as lines for a terminal: names, tests, verdict, what to mind."""
    first, last = study.attrs["window"]
    level = f"{100 * study.attrs['level']:g}"
    explained = [str(name) for name in study["coefficient"].values if name != "constant"]
    against = f" on {', '.join(explained)}" if explained else ""
    lines = [
        f"Abnormal returns over days {first} .. {last} from the event; {study.attrs['model_name']}{against}, estimated on "
        f"{_estimation(study)}",
        "(price: what holding made over these days; day 0 and sum: abnormal returns)",
        "",
        *_names(study, level),
    ]
    if np.isfinite(study["car"].values).sum() > 1:
        lines += ["", *_tests(study)]
    lines += ["", "Verdict"]
    lines += _wrapped(json.loads(study.attrs["verdict"]))
    lines += ["", "Mind"]
    about = [f"{who}: " if who else "" for who in study["note_about"].values]
    lines += _wrapped([who + str(note) for who, note in zip(about, study["note"].values, strict=True)])
    return "\n".join(lines)


def write(study: xr.Dataset, folder: Path) -> list[Path]:
    """Write names.csv, days.csv, tests.csv, notes.csv, events.svg and events.png into `folder`; their paths.

    Each is whole or absent; StoreError where the folder or one of them cannot be written.
    """
    try:
        make_folder(folder)
        with tempfile.TemporaryDirectory(prefix=".events-", dir=folder) as beside:
            files = _files(study, Path(beside))
            return [file.replace(folder / file.name) for file in files]
    except OSError as error:
        raise StoreError(
            f"{folder}: cannot be written ({error.strerror or error})", "choose a place with --out"
        ) from None


def _files(study: xr.Dataset, folder: Path) -> list[Path]:
    from interrex.eventstudy.figure import draw

    tables = {
        "names.csv": ("event", "name"),
        "days.csv": ("event", "name", "day"),
        "tests.csv": ("test",),
        "notes.csv": ("remark",),
    }
    for file, dims in tables.items():
        chosen = [name for name in study.data_vars if study[name].dims == dims]
        frame: Frame = study[chosen].to_dataframe().reset_index()
        if "remark" in dims:
            frame = frame[chosen]
        if "car" in frame:
            frame = frame[np.isfinite(frame["car"])]
        if "abnormal_return" in frame:
            frame = frame[np.isfinite(frame["cumulative"])]
        frame.round(DECIMALS).to_csv(folder / file, index=False)
    draw(study, folder / "events.svg", folder / "events.png")
    return [folder / file for file in (*tables, "events.svg", "events.png")]


def _estimation(study: xr.Dataset) -> str:
    """On how many days normal returns were estimated."""
    first, last = study.attrs["estimation"]
    used = study["estimation_days"].values[np.isfinite(study["car"].values)]
    low, high, asked = int(used.min()), int(used.max()), last - first + 1
    if low == asked:
        return f"days {first} .. {last}"
    return f"{low if low == high else f'{low} to {high}'} of the {asked} days {first} .. {last}"


def _names(study: xr.Dataset, level: str) -> list[str]:
    rows = [
        ("name", "event day", "price", "day 0", "sum", f"{level} % interval", "other dates as large", "p")
    ]
    measured = np.argwhere(np.isfinite(study["car"].values))
    day0 = study["day"].values.tolist().index(0) if 0 in study["day"].values else None
    for event, name in measured[:ROWS]:
        pair = study.isel(event=event, name=name)
        first = "–" if day0 is None else percent(float(pair["abnormal_return"][day0]))
        interval = f"{100 * float(pair['car_low']):+.1f} .. {100 * float(pair['car_high']):+.1f}"
        dates = int(pair["placebo_dates"])
        compared = f"{int(pair['placebo_as_extreme'])} of {dates}" if dates else "none to compare"
        rows.append((str(pair["name"].item()), str(pair["event_day"].item()), percent(float(pair["price_change"])), first, percent(float(pair["car"])),
                     interval, compared, _p(float(pair["p_placebo"]))))  # fmt: skip
    lines = _columns(rows)
    if len(measured) > ROWS:
        lines.append(f"... and {len(measured) - ROWS} more, in names.csv")
    return lines


def _tests(study: xr.Dataset) -> list[str]:
    rows = [("all together", "statistic", "p", "leans on")]
    found = {str(name): at for at, name in enumerate(study["test"].values)}
    for name, leans in ORDER.items():
        at = found[name]
        statistic, p = float(study["statistic"][at]), float(study["p"][at])
        why, objection = str(study["why_not"].values[at]), str(study["objection"].values[at])
        told = f"not done: {why}" if why else f"does not hold here: {objection}" if objection else leans
        rows.append((name, f"{statistic:.2f}" if np.isfinite(statistic) else "–", _p(p), told))
    return _columns(rows)


def _p(p: float) -> str:
    return "–" if not np.isfinite(p) else "<0.001" if p < 0.001 else f"{p:.3f}"


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    last = len(widths) - 1
    words = {0, last} if rows[0][-1] == "leans on" else {0}
    return [
        "  ".join(
            cell.ljust(widths[at]) if at in words else cell.rjust(widths[at]) for at, cell in enumerate(row)
        ).rstrip()
        for row in rows
    ]


def _wrapped(sentences: list[str]) -> list[str]:
    lines: list[str] = []
    for sentence in sentences:
        lines += textwrap.wrap(sentence, WIDTH, initial_indent="- ", subsequent_indent="  ")
    return lines
