"""Files that ship with a case and that a program makes: `python -m interrex.shipped lock CASE` and `... proposal CASE`; and
the table of the shipped cases, `... cases`.

Whoever changes a prior or a law of the model makes both files; the report says when it was not done.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from interrex.case import Case, load_case, shipped_cases
from interrex.efforts import Quiet, effort_of
from interrex.engine.pool import Pool
from interrex.errors import InterrexError, RunError
from interrex.futures.members import prior_members, run_free
from interrex.futures.prior_sketch import sketch
from interrex.futures.rivals import accept_odds
from interrex.inference.learned import learned_for
from interrex.inference.model import Model, build, condition
from interrex.inference.proposal import proposal_text
from interrex.topics.prior_check.answer import figures, summarise
from interrex.topics.prior_check.lock import lock_text

LIBRARY = Path(__file__).with_name("library")
USAGE = "python -m interrex.shipped lock|proposal CASE [EFFORT [SEED ...]], or: cases"


FULL = (40, 12, 15)
"""Claims, sources and days that a case has at least that is told in full."""


def told_in_full(case: Case) -> bool:
    """Whether a case has as many claims, sources and days with a claim as one asks of a crisis told in full."""
    return all(a >= b for a, b in zip((len(case.claims), len(case.sources), len({c.when for c in case.claims})), FULL, strict=True))


def cases() -> str:
    """A Markdown table of the shipped cases: counted from their files, nothing of it written by hand."""
    lines = [
        "| case | told | window | claims | conditioned on | kept for checking | sources | regions |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in shipped_cases():
        case = load_case(name)
        uses = [claim.use for claim in case.claims]
        lines.append(
            f"| `{name}` | {'in full' if told_in_full(case) else 'lightly'} | {case.window.start} to {case.window.end} | {len(uses)} | {uses.count('fit')} | {uses.count('check')} "
            f"| {len(case.sources)} | {len(case.regions)} |"
        )
    return "\n".join(lines) + "\n"


def lock(model: Model, effort: str, seed: int) -> str:
    """The priors.lock of today: hashes, and the figures of prior histories."""
    pool = Pool(model.arena, 1)
    try:
        members = prior_members(
            model.space, model.arena, accept_odds(model.case), seed, effort_of(effort).prior
        )
        found = run_free(pool, model.arena, members, model.target.hazard_priors, 0, sketch, seed)
    finally:
        pool.close()
    return lock_text(model.space, figures(summarise(found, model, None)), date.today())


def proposal(model: Model, effort: str, seeds: list[int]) -> str:
    """The proposal.json fitted to the posteriors of runs with these seeds, started from the prior."""
    pool = Pool(model.target.arena, 1)
    try:
        posteriors = [
            condition(model, effort_of(effort), seed, pool, False, None, False, Quiet().advance) for seed in seeds
        ]
    finally:
        pool.close()
    ancestors = sum(len(set(c.particles.ancestor.tolist())) for p in posteriors for c in p.clouds)
    words = f"fitted to {len(seeds)} runs at effort {effort}, seeds {', '.join(map(str, seeds))}"
    return proposal_text([p.z for p in posteriors], model.space, ancestors, model.case.as_of_date.isoformat(), words)


def write(what: str, name: str, effort: str = "publication", seeds: list[int] | None = None, library: Path = LIBRARY) -> Path:
    """Make one file of a shipped case; RunError for another word or case."""
    files = {"lock": "priors.lock", "proposal": "proposal.json"}
    folder = library / name
    if what not in files or not (folder / "case.yaml").is_file():
        raise RunError(f"no {what!r} of {name!r} is made", USAGE)
    case = load_case(folder)
    cut = case.as_of(case.default_as_of or case.window.end)
    model = build(cut, effort_of(effort).weight, 1, None, learned_for(cut, "tested"))
    chosen = seeds or [1]
    text = lock(model, effort, chosen[0]) if what == "lock" else proposal(model, effort, chosen)
    file = folder / files[what]
    file.write_text(text, encoding="utf-8")
    return file


def main(words: list[str]) -> int:
    """The command; 2 where it cannot be done."""
    if words == ["cases"]:
        print(cases(), end="")
        return 0
    try:
        what, name, effort, *seeds = [*words, "publication"] if len(words) == 2 else words
        print(write(what, name, effort, [int(s) for s in seeds]))
    except (InterrexError, ValueError) as problem:
        print(problem if isinstance(problem, InterrexError) else USAGE, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
