"""A case: its format, its reading, its checks, and the cut at an as-of date."""

from __future__ import annotations

from interrex.case.cut import Case, CutCase
from interrex.case.load import Findings, check_case, load_case, shipped_cases

__all__ = ["Case", "CutCase", "Findings", "check_case", "load_case", "shipped_cases"]
