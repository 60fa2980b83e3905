"""No interval is printed on failed diagnostics: blank them all."""

from __future__ import annotations

import math
from typing import Any

KEPT = ("report_", "obs_", "base_", "wanted_")
"""Bounds that do not come from the sampler: reports, base rates, what was asked of the prior."""


def withhold(dataset: Any) -> Any:
    """A copy of a group without its intervals; variables named in KEPT stay."""
    dataset = dataset.copy()
    for name in dataset.variables:
        text = str(name)
        if (text.endswith(("_low", "_high")) or text in ("low", "high")) and not text.startswith(KEPT):
            dataset[name] = dataset[name] * math.nan
    return dataset
