"""Readers of published panels, one file a family of formats; each fills tables of `record.tables`."""
