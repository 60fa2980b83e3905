"""Read this first: the stages of a run, in order, one call each.

case -> cut at the as-of day -> polity, kernels -> prior ensemble -> conditioning -> posterior histories
     -> hypotheses, counterfactuals, support, outcomes -> results -> report
"""

from __future__ import annotations

import datetime
import gc
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from interrex.errors import RunError


class Effort(NamedTuple):
    """How much work a run does."""

    particles: int  # an island
    islands: int
    sweeps: int
    final_sweeps: int
    prior: int
    members: int
    pairs: int
    per_subset: int
    hazard_draws: int
    weight: int  # citizens an agent, unless the user says otherwise
    risk: int  # particles of each of the two populations of the daily risk


EFFORTS = {
    "quick": Effort(96, 2, 1, 2, 100, 192, 16, 8, 16, 100, 24),
    "default": Effort(256, 2, 2, 4, 200, 512, 64, 40, 32, 10, 24),
    "publication": Effort(800, 4, 4, 8, 1000, 1600, 400, 200, 64, 10, 96),
}
STAGES = {
    "kernels": 6.0,
    "prior": 4.0,
    "conditioning": 62.0,
    "histories": 5.0,
    "counterfactuals": 16.0,
    "support": 9.0,
    "markets": 25.0,
    "report": 4.0,
}
KERNEL_PARTS = ("crowd", "schedule", "inference.terms.score", "inference.hazards")
FORECAST_DAYS = 10
STOP_LOW, STOP_HIGH, STOP_FACTOR = 0.015, 0.05, 3.0
"""Conditioning gives no weight to histories with more of the nation on the street at once than three times the largest
count in the ledger (within these shares). They are the dearest to simulate; the prior ensemble keeps them to 3 %."""


class Run(NamedTuple):
    """A finished run."""

    folder: Path
    report_path: Path
    tree: Any  # xarray.DataTree
    judgements: list[str]


class Quiet:
    """Progress for callers who want none."""

    def plan(self, shares: dict[str, float]) -> None:
        """Ignore the plan."""

    def stage(self, name: str, total: float = 1) -> None:
        """Ignore the stage."""

    def advance(self, n: float = 1) -> None:
        """Ignore the step."""

    def finish(self) -> None:
        """Nothing to end."""


class Model(NamedTuple):
    """The executable model of a cut case."""

    case: Any  # CutCase
    arena: Any  # the whole window
    space: Any  # parameters and the days that conditioning needs
    observations: Any
    target: Any
    mechanisms: tuple[Any, ...]


def run(
    case: Any, *, as_of: Any = None, seed: int = 1, effort: str = "default", citizens_per_agent: int | None = None,
    members: int | None = None, workers: int | None = None, out: str | Path = "runs", resume: bool = False,
    warm_start: bool = True, placebo: bool = False, mechanisms: Any = None, progress: Any = None,
) -> Run:  # fmt: skip
    """Rebuild, condition, answer, report.

    case: name of a shipped case, a folder, or a Case. as_of: last day of knowledge (date or ISO text; default: the
    case's). effort: quick (a sketch), default, publication. citizens_per_agent: 1 simulates everybody, 10 is the
    default. members: particles an island, in place of the effort's. workers: threads; they change no bit of the
    result. mechanisms: a set in place of the shipped one (`ix.mechanisms.ALL.replace(rebellion=mine)`), or a Python
    file that defines MECHANISM (docs/mechanisms.md).
    Raises CaseError for a faulty case and RunError for a request that cannot be met.
    """
    from interrex import __version__
    from interrex.store import manifest as manifests
    from interrex.store.folder import RunFolder

    started = datetime.datetime.now(datetime.UTC)
    progress = progress or Quiet()
    if effort not in EFFORTS:
        raise RunError(f"there is no effort {effort!r}", f"use one of {', '.join(EFFORTS)}")
    settings = EFFORTS[effort]
    if members is not None:
        settings = settings._replace(particles=members)
    weight = settings.weight if citizens_per_agent is None else citizens_per_agent
    if weight < 1:
        raise RunError(f"one agent cannot stand for {weight} citizens", "give citizens_per_agent=1 or more")
    workers = workers or os.cpu_count() or 1
    progress.plan(STAGES)
    progress.stage("kernels", 2)
    from interrex.case import Case, load_case

    whole = load_case(case) if isinstance(case, (str, Path)) else case
    cut = read(whole, as_of)
    model = build(cut, weight, seed, mechanisms)
    progress.advance(1)
    compile_kernels(model)
    options = {
        "effort": effort, "citizens_per_agent": weight, "members": settings.particles, "placebo": placebo,
        "warm_start": warm_start, "mechanisms": [m.name for m in model.mechanisms],
    }  # fmt: skip
    name = manifests.run_id(
        cut.as_of_date, case_fingerprint=cut.fingerprint, options=options, seed=seed, version=__version__,
        kernel_hash=model.arena.kernel.KEY,
    )  # fmt: skip
    folder = RunFolder.create(out, cut.id, name)
    with folder.locked():
        tree, sentences = compute(
            model, settings, effort, seed, workers, warm_start, placebo, folder, resume, progress,
            whole.as_of if isinstance(whole, Case) else None,
        )  # fmt: skip
        command = f"interrex run {cut.id} --as-of {cut.as_of_date} --seed {seed} --effort {effort} --resolution {weight}"
        if members is not None:
            command += f" --members {members}"
        result = folder.write_results(tree)
        manifest = manifests.build_manifest(
            case=cut.id, as_of=cut.as_of_date, case_fingerprint=cut.fingerprint, options=options, seed=seed,
            version=__version__, kernel_hash=model.arena.kernel.KEY, command=command, result_hash=result,
        )  # fmt: skip
        from interrex.report import build as build_report

        folder.write_report(build_report(tree, manifest))
        progress.advance(1)
        folder.write_provenance(manifests.provenance(started, datetime.datetime.now(datetime.UTC), command))
        folder.write_manifest(manifest)
        folder.forget_stages()
    return Run(folder.path, folder.report_path, tree, sentences)


def read(case: Any, as_of: Any) -> Any:
    """The case as it could be known on a day."""
    from interrex.case import CutCase, load_case

    if isinstance(case, CutCase):
        return case
    if isinstance(case, (str, Path)):
        case = load_case(case)
    day = as_of or case.default_as_of or case.window.end
    return case.as_of(day)


def build(cut: Any, weight: int, seed: int, mechanisms: Any = None) -> Model:
    """Polity, kernels, observation terms: everything before the first simulated day."""
    from interrex.engine.acts import build_table
    from interrex.engine.compile import load
    from interrex.engine.ensemble import Arena, scripted_course
    from interrex.engine.street import make_world
    from interrex.inference.dated_acts import act_record
    from interrex.inference.observe import observe
    from interrex.inference.sampler import make_target
    from interrex.inference.space import make_space
    from interrex.mechanisms import all_mechanisms
    from interrex.polity.units import make_place

    chosen = chosen_mechanisms(mechanisms) or all_mechanisms()
    kernel = load(chosen, KERNEL_PARTS)
    place = make_place(cut)
    table, priors = build_table(
        {a.role for a in cut.actors if a.process == "hazard"}, {a.role for a in cut.actors}
    )
    observations = observe(cut, table)
    days = (cut.window.end - cut.window.start).days + 1
    arena = Arena(
        kernel, make_world(place, weight, seed), place, table, observations.script, days,
        any(a.role == "predecessor" for a in cut.actors), seed, float(weight),
    )  # fmt: skip
    largest = max(
        (c.value or c.high or 0.0 for c in cut.claims if c.kind == "crowd" and c.use != "context"),
        default=0.0,
    )
    stop = min(max(STOP_FACTOR * largest / place.nation, STOP_LOW), STOP_HIGH)
    arena = arena._replace(stop_share=max(stop, arena.stop_share))
    conditioning = arena._replace(days=observations.ticks // 4, stop_share=stop)
    space = make_space(chosen, cut.facts, len(cut.regions), conditioning.days)
    record = act_record(cut, observations.events, table, observations.ticks)
    target = make_target(
        conditioning, space, observations, record, priors, scripted_course(conditioning), None
    )
    return Model(cut, arena, space, observations, target, chosen)


def compile_kernels(model: Model) -> None:
    """Run one history once, in this thread, so that every kernel is compiled (or read from the cache) before the
    workers start."""
    from interrex.engine.ensemble import Pool

    pool = Pool(model.target.arena, 1)
    collects = gc.isenabled()
    gc.disable()  # nothing that compilation makes is garbage: a tenth of its time
    try:
        for noise in range(4):
            point = np.zeros(model.space.size)
            slots = np.full(model.arena.days * 4, noise, dtype=np.uint32)
            if model.target.evaluate(pool, point, slots) is not None:
                break
    finally:
        if collects:
            gc.enable()


def chosen_mechanisms(mechanisms: Any) -> tuple[Any, ...] | None:
    """Mechanisms from a set or from a Python file that the user names (it is executed); tried before anything runs."""
    from interrex.engine import own_mechanisms

    if mechanisms is None:
        return None
    chosen = (
        own_mechanisms.from_file(mechanisms) if isinstance(mechanisms, (str, Path)) else tuple(mechanisms)
    )
    own_mechanisms.check(chosen)
    return chosen


def proposal(cut: Any, space: Any, warm_start: bool) -> Any:
    """The reference of the sampler: the case's shipped proposal if it may be used, else the prior."""
    from interrex.inference.proposal import load_proposal
    from interrex.inference.sampler import prior_reference

    found = load_proposal(cut, space) if warm_start else None
    return found if found is not None else prior_reference(space)


def condition(
    model: Model,
    settings: Effort,
    seed: int,
    workers: int,
    warm_start: bool,
    folder: Any,
    resume: bool,
    advance: Any,
) -> Any:
    """The posterior, or the checkpoint of it that an interrupted run left."""
    from interrex.engine.ensemble import Pool
    from interrex.inference import run as inference

    pool = Pool(model.target.arena, workers)
    try:
        reference = proposal(model.case, model.space, warm_start)
        draws = inference.pilot_draws(model.target, pool, reference, settings.hazard_draws, seed)
        target = model.target._replace(hazard_draws=draws)
        if resume and folder is not None and folder.have("conditioning"):
            return inference.restore(target, pool, folder.get("conditioning"), reference, advance)
        posterior = inference.condition(
            target, pool, reference, particles=settings.particles, islands=settings.islands, sweeps=settings.sweeps,
            final_sweeps=settings.final_sweeps, seed=seed, advance=advance,
        )  # fmt: skip
        if folder is not None:
            folder.put("conditioning", inference.checkpoint(posterior))
        return posterior
    finally:
        pool.close()


def compute(
    model: Model, settings: Effort, effort: str, seed: int, workers: int, warm_start: bool, placebo: bool, folder: Any,
    resume: bool, progress: Any, earlier: Any = None,
) -> tuple[Any, list[str]]:  # fmt: skip
    """Every answer of a run as one results tree, and the key judgements as lines. `earlier` cuts the case at a day
    before the as-of day; without it the daily risk is left out."""
    import xarray as xr

    from interrex.answers import (
        absent,
        act_table,
        assumptions,
        attention,
        commentary,
        counterfactuals,
        firms,
        fit,
        hypotheses,
        judgements,
        markets,
        outcomes,
        prior_check,
        questions,
        references,
        regions_map,
        support,
        timeline,
        trajectories,
    )  # fmt: skip
    from interrex.answers import (
        members as luck,
    )
    from interrex.engine.ensemble import TICKS_PER_DAY, Pool
    from interrex.inference import diagnostics
    from interrex.results.schema import empty
    from interrex.results.withhold import withhold

    cut, arena, observations = model.case, model.arena, model.observations
    priors = model.target.hazard_priors
    firms.check(cut)
    pool = Pool(arena, workers)
    try:
        prior_odds = hypotheses.prior_odds(cut)
        odds = prior_odds[:4] + prior_odds[4:]
        first = luck.prior_members(model.space, arena, odds, seed, settings.prior)
        sketches: list[Any] = []

        def both(history: Any, member: Any) -> Any:
            sketches.append((member.slot, prior_check.sketch(history, member)))
            return trajectories.summarise(history, member)

        progress.stage("prior", settings.prior)
        prior = luck.run_free(pool, arena, first, priors, 0, both, seed, advance=progress.advance)
        regions = tuple(r.region for r in cut.regions)
        check = prior_check.summarise(
            [s for _, s in sorted(sketches, key=lambda pair: pair[0])], arena, regions
        )
        figures = prior_check.figures(check)

        moves = settings.islands * settings.particles
        progress.stage("conditioning", moves * (1 + 2 * (settings.sweeps * 5 + settings.final_sweeps)))
        posterior = condition(model, settings, seed, workers, warm_start, folder, resume, progress.advance)
        target = posterior.target

        progress.stage("histories", min(settings.members, posterior.size))
        free_from = min(arena.days, (cut.as_of_date - cut.window.start).days + 1) * TICKS_PER_DAY
        paths = hypotheses.stored_paths(target, posterior, workers)
        evidence = hypotheses.weigh(target, observations, paths, cut, placebo, seed)
        chosen = luck.posterior_members(
            posterior, arena, evidence.posterior[:4] + evidence.posterior[4:], seed, settings.members
        )
        ends: dict[int, Any] = {}

        def ending(history: Any, member: Any) -> Any:
            ends[member.slot] = (
                outcomes.end_state(history, member, arena),
                trajectories.event_changes(history, observations),
            )
            return trajectories.summarise(history, member)

        summaries = luck.run_free(
            pool, arena, chosen, priors, free_from, ending, seed, advance=progress.advance
        )
        states = [ends[i][0] for i in range(len(chosen))]

        progress.stage("counterfactuals", settings.pairs)
        acts = counterfactuals.interventions(cut, arena)
        pairs = counterfactuals.run_pairs(
            pool, arena, target, luck.spread(chosen, settings.pairs), acts, seed, advance=progress.advance
        ) if acts else []  # fmt: skip
        alternatives = counterfactuals.dataset(pairs, acts, arena.script)

        progress.stage("support", 16 * settings.per_subset)
        held = support.support(
            pool, arena, luck.spread(chosen, settings.per_subset), priors, free_from, seed, per_subset=settings.per_subset,
            advance=progress.advance,
        )  # fmt: skip

        daily, no_daily = market_risk(model, settings, seed, workers, earlier, progress)

        progress.stage("report", 2)
        checks, p_values = fit.check_dataset(posterior, observations, cut, seed)
        condition_pool = Pool(target.arena, workers)
        gains = fit.shock_gain(posterior, condition_pool, seed, min(96, posterior.size))
        condition_pool.close()
        begun, worst = fit.observed_extremes(cut)
        scores = stored_scores(folder, cut)
        fitted = fit.fit_dataset(
            posterior,
            observations,
            cut,
            checks,
            gains,
            fit.ranks(prior, summaries, cut, begun, worst),
            figures,
            scores,
        )
        headline = np.log10(np.maximum([s.nation.max() for s in summaries], 1.0))
        spread_of = lambda rows, f: np.array([f(s) for s in rows], dtype=float)  # noqa: E731
        printed = {
            "log10 peak crowd": (headline, float(np.std(np.log10(np.maximum([s.nation.max() for s in prior], 1.0))))),
            "log10 detentions": (np.log10(1 + spread_of(summaries, lambda s: s.arrests[-1])), float(np.std(np.log10(1 + spread_of(prior, lambda s: s.arrests[-1]))))),
            "log10 deaths": (np.log10(1 + spread_of(summaries, lambda s: s.deaths[-1])), float(np.std(np.log10(1 + spread_of(prior, lambda s: s.deaths[-1]))))),
        }  # fmt: skip
        checked = diagnostics.diagnose(posterior, printed)
        why = diagnostics.reason(checked)
        passed = not why
        ended = outcomes.outcomes(states, seed)
        asked = questions.questions(cut, states, summaries, arena)
        effects = (
            assumptions.headline_effects(model.space, posterior.z, headline)
            if headline.size == posterior.size
            else None
        )
        counts: dict[str, int] = {}
        for e in observations.events:
            counts[e.kind] = counts.get(e.kind, 0) + 1
        told = timeline.timeline(cut)
        said = judgements.judge(
            cut, summaries, evidence, fitted, held, ended, alternatives, passed, FORECAST_DAYS
        )
        events = [
            (trajectories.event_label(e), int(e.minute // 1440), np.stack([ends[i][1][j] for i in range(len(chosen))]))
            for j, e in enumerate(observations.events)
        ]  # fmt: skip
        groups: dict[str, Any] = {
            "meta": meta(model, effort, seed, posterior, passed),
            "judgements": judgements.dataset(said),
            **told,
            "crowd": trajectories.crowd_dataset(cut, arena, summaries, prior, observations, p_values),
            "map": regions_map.dataset(regions_map.regions_map(cut), cut, summaries),
            "confidence": trajectories.confidence_dataset(cut, summaries, events),
            "support": held,
            "hypotheses": hypotheses.dataset(
                evidence, cut, target, paths, seed, observations, fitted, scores
            ),
            "silence": absent.absent_actors(cut),
            "outcomes": ended.merge(asked),
            "counterfactuals": alternatives,
            "markets": markets.dataset(cut, daily, observations, seed, no_daily, passed),
            "attention": attention.attention(cut, seed),
            "firms": firms.firms(cut, firms.risk_of(paths, priors, arena.table, TICKS_PER_DAY), seed),
            "fit": fitted,
            "opinion_piece": commentary.dataset(cut),
            "assumptions": assumptions.assumptions(model.space, posterior_z=posterior.z, effect=effects),
            "acts": act_table.act_table(cut, counts, None),
            "diagnostics": diagnostics.dataset(checked, posterior, why, passed),
            "references": references.references(model.mechanisms, cut),
            "prior_check": check,
            "manifest": xr.Dataset(attrs={"kernel": arena.kernel.KEY}),
        }
        groups["assumptions"].attrs["lock"] = prior_check.lock_text(model.space, cut)
        if not passed:
            groups = {k: v if k in ("prior_check", "timeline", "attention") else withhold(v) for k, v in groups.items()}
        tree = xr.DataTree.from_dict(
            {f"/{k}": v if v is not None else empty("nothing to show") for k, v in groups.items()}
        )
        progress.advance(1)
        return tree, judgements.sentences(said)
    finally:
        pool.close()


def market_risk(
    model: Model, settings: Effort, seed: int, workers: int, earlier: Any, progress: Any
) -> tuple[Any, str]:
    """The daily risk as it looked on each day, or None and the reason."""
    from interrex.answers.daily_risk import daily_risk, ladder

    days = ladder(model.case, sparse=settings.sweeps == 1)
    progress.stage("markets", max(1, len(days) * settings.risk * 8))
    if not days:
        return None, "No price falls into the window."
    if earlier is None:
        return None, "The run was given a case already cut, which cannot be cut at earlier days."
    weight = int(model.arena.weight)
    return daily_risk(
        days, lambda day: build(earlier(day), weight, model.arena.seed, model.mechanisms), particles=settings.risk, islands=2,
        sweeps=settings.sweeps, hazard_draws=settings.hazard_draws, workers=workers, seed=seed, advance=progress.advance,
    ), ""  # fmt: skip


def stored_scores(folder: Any, cut: Any) -> dict[str, Any] | None:
    """Scores that `interrex score` left beside the runs of this case, up to the as-of day."""
    if folder is None:
        return None
    path = folder.path.parent / "scores.json"
    if not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    latest = [d for d in found.get("dates", []) if d["as_of"] <= cut.as_of_date.isoformat()]
    return {
        "dates": latest,
        "blocks": found.get("blocks", []) if cut.as_of_date.isoformat() >= found.get("known", "9999") else [],
    }


def meta(model: Model, effort: str, seed: int, posterior: Any, passed: bool) -> Any:
    """Group /meta."""
    import xarray as xr

    from interrex import __version__

    cut = model.case
    return xr.Dataset(attrs={
        "case": cut.id, "title": cut.title, "summary": cut.summary, "question": cut.question.text,
        "horizon_days": cut.question.horizon_days, "as_of": cut.as_of_date.isoformat(), "effort": effort,
        "resolution": f"1:{int(model.arena.weight)}", "seed": seed, "version": __version__, "members": posterior.size,
        "window_start": cut.window.start.isoformat(), "window_end": cut.window.end.isoformat(),
        "sketch": int(effort == "quick" or not passed), "hindsight_note": " ".join(cut.structure_with_hindsight),
    })  # fmt: skip


def report(folder: str | Path) -> Path:
    """Build the report of a finished run again, without simulating."""
    from interrex.report import build as build_report
    from interrex.store.folder import RunFolder

    stored = RunFolder(folder)
    html = build_report(stored.read_results(), stored.read_manifest())
    return stored.write_report(html)


def plan() -> str:
    """The order of a tick, and what each mechanism reads and writes."""
    from interrex.engine.schedule import PLAN
    from interrex.mechanisms import all_mechanisms

    lines = ["One tick (six hours):"]
    lines += [f"  {i:2d}. {name:<11} {what}" for i, (name, what) in enumerate(PLAN, 1)]
    lines += ["", "Mechanisms, in the order in which a tick calls them:"]
    for m in all_mechanisms():
        slots = ", ".join(m.slots) or "no slot in the tick"
        lines.append(
            f"  {m.name:<22} reads {', '.join(m.reads) or '-':<30} writes {', '.join(m.writes) or '-':<18} fills {slots}"
        )
    return "\n".join(lines)


def cite(target: str) -> str:
    """References of what runs for a case or ran for a run."""
    from interrex.answers.references import cite as cite_all
    from interrex.mechanisms import all_mechanisms

    return cite_all(all_mechanisms())


def check_expect(case: Any) -> str:
    """Run the case quickly and test what its `expect` list says."""
    from interrex.case import load_case
    from interrex.case.expect import parse_expectation

    loaded = load_case(case) if isinstance(case, (str, Path)) else case
    if not loaded.expect:
        return "the case expects nothing"
    done = run(loaded, effort="quick")
    lines, wrong = [], []
    for text in loaded.expect:
        e = parse_expectation(text)
        group = done.tree[e.answer].to_dataset(inherit=False)
        name = e.path[0] if e.path else ""
        value = group[name].values.ravel()[0] if name in group else group.attrs[name]
        (lines if e.holds(float(value)) else wrong).append(f"{text}: found {float(value):.4g}")
    if wrong:
        raise RunError(
            "the answers are not as expected: " + "; ".join(wrong),
            "read the report, then correct the case or its expect list",
        )
    return "\n".join(["as expected:", *lines])


def score(case: Any, **options: Any) -> str:
    """Forecast from several as-of dates and score the forecasts by what came next."""
    from interrex.scoring import score_case

    return score_case(case, **options)
