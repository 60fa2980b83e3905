"""What interrex costs, beside what the machine can do at all: `python -m benchmarks`, from the clone.

A benchmark is a module of this folder with `rows(quick)`, which returns rows made by `table.row`.
"""
