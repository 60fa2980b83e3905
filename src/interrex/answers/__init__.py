"""Answers: one question of the report a file, from the posterior of a run."""
