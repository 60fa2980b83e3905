"""Read this first: the stages of a run, in order, one call each.

case -> cut at the as-of day -> polity and kernels -> prior histories -> conditioning -> posterior histories
     -> draws -> topics -> results -> report
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from interrex import __version__
from interrex.case import Case, CutCase, load_case
from interrex.efforts import Effort
from interrex.engine.pool import Pool
from interrex.errors import RunError
from interrex.futures import rivals
from interrex.futures.conditioned import Conditioned, Settings, check, run_on, sample_prior
from interrex.futures.daily_risk import ladder
from interrex.futures.draws import draws
from interrex.inference.learned import learned_for
from interrex.inference.model import Model, build, compile_kernels, condition, proposal
from interrex.options import RunOptions, taking
from interrex.report import build as build_report
from interrex.results.pick import pick
from interrex.results.schema import problems
from interrex.results.withhold import withhold
from interrex.store import manifest as manifests
from interrex.store.folder import RunFolder
from interrex.topics import TOPICS, Answers, groups
from interrex.topics.prior_check.lock import priors_hash

if TYPE_CHECKING:
    import xarray

    from interrex.report.blocks import Section

STAGES = {
    "kernels": 6.0,
    "prior": 4.0,
    "conditioning": 62.0,
    "histories": 5.0,
    "draws": 1.0,
    "counterfactuals": 16.0,
    "support": 9.0,
    "markets": 25.0,
    "report": 4.0,
}
"""Stages of a run with the shares of its time that they are expected to take."""


class Run(NamedTuple):
    """A finished run."""

    folder: Path
    report_path: Path
    tree: xarray.DataTree
    judgements: list[str]

    @property
    def idata(self) -> xarray.DataTree:
        """The draws in ArviZ's layout, as they lie on disk (docs/draws.md)."""
        return RunFolder(self.folder).read_draws()


@taking(RunOptions)
def run(case: str | Path | Case | CutCase, asked: RunOptions) -> Run:
    """Rebuild, condition, answer, report.

    case: name of a shipped case, a folder, or a Case. as_of: last day of knowledge (date or ISO text; default: the
    case's). effort: quick (a sketch), default, publication. citizens_per_agent: 1 simulates everybody, 10 is the
    default. particles: of each island, in place of the effort's. workers: threads; they change no bit of the
    result. mechanisms: a set in place of the shipped one (`ix.mechanisms.ALL.replace(rebellion=mine)`), or a Python
    file that defines MECHANISM (docs/mechanisms.md). The others are in `interrex run --help`.
    Raises CaseError for a faulty case and RunError for a request that cannot be met.
    """
    started = datetime.datetime.now(datetime.UTC)
    progress, sizes, seed = asked.progress, asked.sizes, asked.seed
    progress.plan(STAGES)
    progress.stage("kernels", 2)
    whole = load_case(case) if isinstance(case, (str, Path)) else case
    cut = cut_at(whole, asked.day)
    for topic in TOPICS:
        topic.check(cut)
    model = build(cut, sizes.weight, seed, asked.mechanisms, learned_for(cut, asked.priors))
    progress.advance(1)
    compile_kernels(model)

    options = {
        "effort": asked.effort_name, "citizens_per_agent": sizes.weight, "particles": sizes.particles,
        "placebo": asked.placebo, "warm_start": asked.warm_start, "priors_from": asked.priors, "mechanisms": [m.name for m in model.mechanisms],
        **hashes(whole, model, sizes, asked.warm_start),
    }  # fmt: skip
    name = manifests.run_id(
        cut.as_of_date, case_fingerprint=cut.fingerprint, options=options, seed=seed, version=__version__,
        kernel_hash=model.arena.kernel.KEY,
    )  # fmt: skip
    folder = RunFolder.create(asked.out, cut.id, name)
    settings = Settings(
        asked.effort_name, __version__, sizes, seed, asked.threads, asked.placebo, progress,
        whole.as_of if isinstance(whole, Case) else None,
    )  # fmt: skip
    with folder.locked():
        tree, kept = answer(model, settings, asked.warm_start, folder, asked.resume)
        command = (
            f"interrex run {cut.id} --as-of {cut.as_of_date} --seed {seed} --effort {asked.effort_name} "
            f"--resolution {sizes.weight}"
        )
        if asked.particles is not None:
            command += f" --particles {asked.particles}"
        command += f" --priors {asked.priors}" * (asked.priors != "tested")
        command += " --no-warm-start" * (not asked.warm_start) + " --placebo" * asked.placebo
        result, draws_hash = folder.write_results(tree), folder.write_draws(kept)
        manifest = manifests.build_manifest(
            case=cut.id, as_of=cut.as_of_date, case_fingerprint=cut.fingerprint, options=options, seed=seed,
            version=__version__, kernel_hash=model.arena.kernel.KEY, command=command, result_hash=result,
            draws_hash=draws_hash,
        )  # fmt: skip
        folder.write_report(build_report(tree, manifest, sections()))
        progress.advance(1)
        folder.write_provenance(manifests.provenance(started, datetime.datetime.now(datetime.UTC), command))
        folder.write_manifest(manifest)
        folder.forget_stages()
    return Run(folder.path, folder.report_path, tree, judgements(tree))


def hashes(whole: Case | CutCase, model: Model, sizes: Effort, warm_start: bool) -> dict[str, str]:
    """What else a run's numbers are made of: code and tables, declared priors, the proposal that conditioning starts from,
    and the case as it stood on earlier days, which markets look at."""
    days = ladder(model.case, sparse=sizes.sweeps == 1)
    return {
        "code": manifests.code_hash(),
        "priors": priors_hash(model.space),
        "proposal": proposal(model.case, model.space, warm_start).fingerprint,
        "earlier": manifests.digest(
            [whole.as_of(day).fingerprint for day in days] if isinstance(whole, Case) else "cut"
        ),
    }


def cut_at(case: Case | CutCase, as_of: datetime.date | str | None) -> CutCase:
    """The case as it could be known on a day; a case already cut is taken as it is."""
    if isinstance(case, CutCase):
        return case
    return case.as_of(as_of or case.default_as_of or case.window.end)


def answer(
    model: Model, settings: Settings, warm_start: bool, folder: RunFolder | None, resume: bool
) -> tuple[xarray.DataTree, xarray.DataTree]:
    """Every answer of a run as one results tree, and the draws behind them."""
    effort, progress = settings.effort, settings.progress
    pool = Pool(model.arena, settings.workers)
    try:
        progress.stage("prior", effort.prior)
        prior = sample_prior(model, settings, pool)

        moves = effort.islands * effort.particles
        progress.stage("conditioning", moves * (1 + 2 * (effort.sweeps * 5 + effort.final_sweeps)))
        posterior = condition(
            model, effort, settings.seed, pool, warm_start, folder, resume, progress.advance
        )

        progress.stage("histories", min(effort.members, posterior.size))
        paths = rivals.stored_paths(posterior, pool)
        evidence = rivals.weigh(
            posterior.target, model.observations, paths, model.case, settings.placebo, settings.seed
        )
        histories = run_on(model, posterior, evidence, settings, pool)

        checks = check(posterior, histories, model.case)
        run = Conditioned(
            model.case, model, settings, prior, posterior, paths, evidence, histories, checks, pool, {}
        )
        progress.stage("draws", posterior.size)
        kept = draws(run)
        return as_tree(run), kept
    finally:
        pool.close()


def as_tree(run: Conditioned) -> xarray.DataTree:
    """The answers of all topics that the case asks, checked against what the topics say of themselves; RuntimeError
    where one departs from it."""
    import xarray as xr

    described = groups()
    found = dict(Answers(run))
    run.settings.progress.stage("report", 2)
    if not run.passed:
        found = {name: withhold(dataset, described[name]) for name, dataset in found.items()}
    tree = xr.DataTree.from_dict(
        {"/": about(run), **{f"/{name}": dataset for name, dataset in found.items()}}
    )
    wrong = problems(tree, described)
    if wrong:
        raise RuntimeError("results depart from their schema: " + "; ".join(wrong))
    run.settings.progress.advance(1)
    return tree


def about(run: Conditioned) -> xarray.Dataset:
    """What the file says of itself at its root, for who opens it as one dataset."""
    import xarray as xr

    return xr.Dataset(attrs={
        "title": run.case.title, "source": f"interrex {run.settings.version}", "as_of": run.case.as_of_date.isoformat(),
        "Conventions": "CF-1.11", "comment": "The numbers lie in groups: xarray.open_datatree, or interrex.open_run.",
    })  # fmt: skip


def judgements(tree: xarray.DataTree) -> list[str]:
    """The key judgements of a run as lines for the terminal."""
    from interrex.topics.judgements.answer import sentences

    return sentences(tree["judgements"].to_dataset(inherit=False))  # pyright: ignore[reportCallIssue]


def sections() -> list[Section]:
    """The sections of the report, in order."""
    return [topic.section for topic in TOPICS if topic.told]


def report(folder: str | Path) -> Path:
    """Build the report of a finished run again, without simulating."""
    stored = RunFolder(folder)
    return stored.write_report(build_report(stored.read_results(), stored.read_manifest(), sections()))


def check_expect(case: str | Path | Case) -> str:
    """Run the case quickly and test what its `expect` list says."""
    from interrex.case.expect import parse_expectation

    loaded = load_case(case) if isinstance(case, (str, Path)) else case
    if not loaded.expect:
        return "the case expects nothing"
    stated = [(text, parse_expectation(text)) for text in loaded.expect]
    for text, e in stated:
        if e.answer not in groups():
            raise RunError(f"{text}: there is no answer {e.answer!r}", f"use one of {', '.join(groups())}")
    done = run(loaded, effort="quick")
    lines: list[str] = []
    wrong: list[str] = []
    for text, e in stated:
        value = pick(done.tree[e.answer].to_dataset(inherit=False), e.path)  # pyright: ignore[reportCallIssue]
        (lines if e.holds(value) else wrong).append(f"{text}: found {value:.4g}")
    if wrong:
        raise RunError(
            "the answers are not as expected: " + "; ".join(wrong),
            "read the report, then correct the case or its expect list",
        )
    return "\n".join(["as expected:", *lines])
