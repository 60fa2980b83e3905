"""Readers of published panels, one file a family of formats; each fills tables of `record.tables`."""

from interrex.record.panels.months import country_months, leader_months, protest_episodes
from interrex.record.panels.read import read

__all__ = ["country_months", "leader_months", "protest_episodes", "read"]
