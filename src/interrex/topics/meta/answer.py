"""What was run."""

from __future__ import annotations

import xarray as xr

from interrex.futures.conditioned import Conditioned


def answer(run: Conditioned) -> xr.Dataset:
    """The group /meta: attributes alone."""
    cut = run.case
    return xr.Dataset(attrs={
        "case": cut.id, "title": cut.title, "summary": cut.summary, "question": cut.question.text,
        "horizon_days": cut.question.horizon_days, "as_of": cut.as_of_date.isoformat(), "effort": run.settings.name,
        "resolution": f"1:{int(run.model.arena.weight)}", "seed": run.settings.seed, "version": run.settings.version,
        "members": len(run.histories.members), "window_start": cut.window.start.isoformat(),
        "window_end": cut.window.end.isoformat(), "sketch": int(run.settings.name == "quick" or not run.passed),
        "hindsight_note": " ".join(cut.structure_with_hindsight),
    })  # fmt: skip
