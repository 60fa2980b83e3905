"""The report of a run: one self-contained HTML file (`build`, `write_report`)."""

from interrex.report.build import build, write_report

__all__ = ["build", "write_report"]
