"""The command line: reads options, calls `interrex.workbench`, prints what comes back.

Nothing heavy is imported before a command needs it, so that `interrex --help` answers at once. Errors meant
for people are printed as sentences, with exit status 2; an interrupted run says how to go on, with 130.
"""

from __future__ import annotations

import datetime
import shlex
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

from cyclopts import App, CycloptsError, Parameter

from interrex import __version__
from interrex.errors import EXIT_STATUS, CaseError, InterrexError, RunError
from interrex.eventstudy.options import USUAL, Options, Words, pairs
from interrex.options import LearnOptions, RunOptions, ScoreOptions, day

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from interrex.case.cut import CutCase
    from interrex.record.grade import Ledger
    from interrex.record.questions import Forecast
    from interrex.record.risk import Risk

INTERRUPTED = 130

app = App(
    name="interrex",
    help="Rebuild a political crisis from a graded ledger of public reports, and weigh what explains it.",
    version=__version__,
    help_format="plaintext",
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)

CaseArgument = Annotated[
    str, Parameter(help="name of a shipped case (kazakhstan-2022), or the path of a case folder")
]
RunArgument = Annotated[Path, Parameter(help="folder of a run: runs/CASE/RUN")]
AS_USUAL, SCORED_AS_USUAL, LEARNT_AS_USUAL = RunOptions(), ScoreOptions(), LearnOptions()


@app.command
def run(case: CaseArgument, /, *, options: RunOptions = AS_USUAL) -> None:
    """Simulate a case, condition it on its ledger, write the report."""
    from interrex import workbench

    progress = Progress()
    try:
        done = workbench.run(case, **vars(replace(options, progress=progress)))
    finally:
        progress.finish()
    for sentence in done.judgements:
        print(sentence)
    print(f"\nReport: {done.report_path}")


@app.command
def check(
    case: CaseArgument,
    /,
    *,
    expect: Annotated[
        bool, Parameter(help="run the case and test what its `expect:` list says", negative="")
    ] = False,
) -> None:
    """Read a case and name every mistake at once, each with its place and its remedy."""
    from interrex.case import check_case

    found = check_case(case)
    for warning in found.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    if found.case is None:
        raise CaseError(*found.problems)
    read = found.case
    print(
        f"{read.id}: {len(read.claims)} claims, {len(read.sources)} sources, {len(read.actors)} actors, "
        f"{len(read.regions)} regions; no mistake found"
    )
    if expect:
        from interrex import workbench

        print(workbench.check_expect(case))


@app.command
def new(
    name: Annotated[str, Parameter(help="name of the new case, and of the folder made for it here")],
    /,
) -> None:
    """Write a small commented case that already runs, to be changed into yours."""
    from interrex.case.template import write_template

    folder = write_template(name, Path(name))
    print(f"{folder} is written; edit {folder / 'case.yaml'}, then: interrex check {folder}")


@app.command
def report(run: RunArgument, /) -> None:
    """Build the report of a finished run again, without simulating."""
    from interrex import workbench

    print(f"Report: {workbench.report(run)}")


@app.command
def verify(
    path: Annotated[Path, Parameter(help="folder of a run, runs/CASE/RUN, or a register of sealed forecasts")],
    /,
    *,
    head: Annotated[
        str, Parameter(help="of a register: a head that was kept or published, COUNT:SHA-256, that it must still hold")
    ] = "",
) -> int:
    """Compare a run with its checksums and manifest, or a register of forecasts with its chain and head."""
    from interrex.store import verify as verify_folder

    if head and path.is_dir():
        raise RunError(f"{path} is a folder, and --head is for registers", "leave --head out")
    if path.is_file() or path.suffix == ".jsonl":
        from interrex.record import register

        found = register.verify(path, head)
    else:
        found = verify_folder(path)
    print(found, file=sys.stdout if found.ok else sys.stderr)
    return 0 if found.ok else EXIT_STATUS


@app.command
def risk(
    what: Annotated[str, Parameter(help="a case, or a country of the panels: name or number; nothing with --all")] = "",
    /,
    *,
    as_of: Annotated[str | None, Parameter(help="use only what was known on this day, YYYY-MM-DD")] = None,
    panels: Annotated[Path | None, Parameter(
            help="folder of panels, to which the record is fitted as they were known on the day; of a case they tell who was alike"
        )] = None,
    everywhere: Annotated[bool, Parameter(name="--all", help="every autocracy of the panels", negative="")] = False,
    out: Annotated[Path, Parameter(help="with --all: folder for risk.csv, risk.nc and risk.html")] = Path("risk"),
) -> None:
    """Say how likely a ruler is to leave within 1, 6 and 12 months, and how; a coup attempt; a large protest."""
    if everywhere == bool(what):
        raise RunError("name a case or a country, or say --all", "interrex risk kazakhstan-2022")
    if what and _is_case(what):
        print(_told_of_case(_cut(what, as_of), panels))
        return
    if panels is None:
        print(_sealed(what))
        return
    from interrex.record import everywhere as all_of
    from interrex.record import risk as risks
    from interrex.record.panels import read
    from interrex.record.words import text

    found = read(panels)
    on = day(as_of) if as_of else found.last
    if not everywhere:
        (one,) = risks.of_panels(found, on, [risks.of_name(found, what)])
        print(text(one))
        return
    made = risks.of_panels(found, on)
    print(f"{len(made)} rulers as of {on}: {', '.join(map(str, all_of.write(made, found.capitals, out)))}")


@app.command
def fit_record(
    path: Annotated[Path, Parameter(help="folder of panels")],
    /,
    *,
    crises: Annotated[Path | None, Parameter(help="list of crises beside the panels, in the format of docs/crises.md")] = None,
    out: Annotated[Path, Parameter(help="folder for the two summaries, record.json and crises.json")] = Path("."),
    workers: Annotated[int, Parameter(help="threads to use; the summaries do not depend on it")] = 2,
) -> None:
    """Fit the world record and the crisis record to panels, score them year by year, and write their summaries."""
    from interrex.record import crisis
    from interrex.record.backtest import markdown, told
    from interrex.record.panels import read
    from interrex.record.summary import fit_summary
    from interrex.store.files import make_folder, write_bare

    found = read(path)
    listed = crisis.fit_crises(found, crises)
    data, issued = fit_summary(found, workers)
    make_folder(out)
    written = {"record.json": data} | ({"crises.json": crisis.to_bytes(listed)} if listed else {})
    for name, contents in written.items():
        write_bare(out / name, contents)
    print(markdown(told(issued)))
    print(f"\nWritten: {', '.join(str(out / name) for name in written)}")
    if not listed:
        print("No wave of protest is in these panels, so there is no crisis record.")


@app.command
def forecast(
    what: Annotated[
        str, Parameter(help="folder of panels for every autocracy in them, a case, or one country: name or number")
    ],
    /,
    *,
    as_of: Annotated[str | None, Parameter(help="day of issue, YYYY-MM-DD; today unless given")] = None,
    panels: Annotated[Path | None, Parameter(help="panels to take one country from")] = None,
    seal: Annotated[bool, Parameter(help="write the forecasts into the register", negative="")] = False,
    register: Annotated[Path, Parameter(help="the register, begun if absent")] = Path("register.jsonl"),
    backcast: Annotated[
        bool, Parameter(help="seal questions of the past too, marked as such", negative="")
    ] = False,
) -> None:
    """Forecast exits, coups and protests as questions that a machine can decide, and seal the answers."""
    from interrex.record import questions, risk
    from interrex.record import register as registers
    from interrex.record.panels import read

    today = datetime.date.today()
    on = day(as_of) if as_of else today
    if _is_case(what):
        found = risk.forecasts(_risk_of_case(_cut(what, as_of)))
    elif Path(what).exists():
        found = risk.risks(read(Path(what)), on)
    elif panels is None:
        raise RunError(f"{what} is no folder and no case, and a country needs panels", "give --panels FOLDER")
    else:
        found = risk.risks(read(panels), on, what)
    print(questions.table(found))
    if seal:
        head = registers.append(register, found, __version__, risk.model_hash(), today, backcast)
        print(f"\nSealed in {register}: {len(found):,} forecasts, {head.lines:,} in all\nhead {head}")


@app.command
def grade(
    source: Annotated[str, Parameter(help="folder of panels, or a case whose ledger decides")],
    /,
    *,
    register: Annotated[
        Path | None, Parameter(help="the register (register.jsonl here, or the one that comes with interrex)")
    ] = None,
    country: Annotated[str, Parameter(help="of a case: its country, by name or number as in the register")] = "",
    as_of: Annotated[str | None, Parameter(help="grade by what was known on this day; today unless given")] = None,
    out: Annotated[Path | None, Parameter(help="CSV to write, a row a forecast")] = None,
) -> None:
    """Decide what has fallen due of a register of forecasts, and print the score so far."""
    from interrex.record import grade as grades
    from interrex.record import register as registers
    from interrex.record.panels import read

    here = Path("register.jsonl")
    path, on = register or (here if here.exists() else registers.SHIPPED), day(as_of or datetime.date.today())
    found = registers.read(path)
    if _is_case(source):
        decider = _ledger(source, country, [line.forecast for line in found.lines], on)
    else:
        decider = read(Path(source)).as_of(on)
    graded = grades.grade(found.lines, decider, on)
    print(f"{path}, head {found.head}\nby {source} as of {on}\n{grades.text(graded)}")
    if out is not None:
        grades.rows(graded).to_csv(out, index=False)


@app.command
def score(case: CaseArgument, /, *, options: ScoreOptions = SCORED_AS_USUAL) -> None:
    """Forecast from several as-of dates and score the forecasts by what came next."""
    from interrex.scoring import score_case

    progress = Progress()
    try:
        scores = score_case(case, **vars(replace(options, progress=progress)))
    finally:
        progress.finish()
    print(scores)


@app.command
def learn(
    *cases: Annotated[str, Parameter(help="names or folders of cases; all shipped ones, if none is named")],
    options: LearnOptions = LEARNT_AS_USUAL,
) -> None:
    """Fit crises one by one, and learn from them the priors with which others are run."""
    from interrex.learning import learn as learn_from
    from interrex.learning.lines import lines

    progress = Progress()
    try:
        lesson = learn_from(cases, **vars(replace(options, progress=progress)))
    finally:
        progress.finish()
    print(lines(lesson))


@app.command
def cite(
    target: Annotated[str, Parameter(help="name or folder of a case, or the folder of a run")],
    /,
) -> None:
    """Print how to cite interrex, and the works and sources that a case or run stands on."""
    from interrex.topics.references.bibtex import cite as cite_all

    print(cite_all(target, __version__), end="")


@app.command
def events(
    *prices: Annotated[
        Path,
        Parameter(
            help="CSV of prices: columns date, instrument, price, and if you have them venue, currency, halt; or one column "
            "an instrument; or one file an instrument"
        ),
    ],
    event: Annotated[
        Words,
        Parameter(
            help="day of the event, 2022-01-05, or time 2022-01-05T09:00+06:00; several times for several"
        ),
    ] = (),
    events: Annotated[
        Path | None,
        Parameter(
            negative="", help="CSV of events in place of --event: when, and if need be instrument and label"
        ),
    ] = None,
    options: Options = USUAL,
    map: Annotated[
        Words,
        Parameter(
            name="--map",
            help="the file's own headers: price=Close,date=Date; columns of no known meaning are left out",
        ),
    ] = (),
    date_format: Annotated[
        str | None, Parameter(help="how dates are written, %d.%m.%Y say, unless as 2022-01-05")
    ] = None,
    out: Annotated[Path, Parameter(help="folder for CSV and figure")] = Path("event-study"),
    self_test: Annotated[
        bool, Parameter(help="print size and power of every test on simulated prices instead (some minutes)", negative="")
    ] = False,
) -> None:
    """Measure abnormal returns round events, and say whether they are more than ordinary days explain."""
    if self_test:
        from interrex.eventstudy.calibration import tables

        print(tables(options.seed))
        return
    from interrex.eventstudy import events as study_events
    from interrex.eventstudy import summary
    from interrex.eventstudy.prices import read_events, read_prices

    if bool(event) == (events is not None):
        raise RunError("the event is not given, or twice", "give --event 2022-01-05, or --events FILE")
    study = study_events(
        read_prices(*prices, columns=pairs("--map", map), date_format=date_format),
        event=list(event) if events is None else read_events(events),
        options=options,
    )
    try:
        written = summary.write(study, out)
    finally:
        print(summary.text(study), flush=True)
    print(f"\nWritten: {', '.join(file.name for file in written)} in {out}")


@app.command
def trust(
    *reports: Annotated[
        Path,
        Parameter(
            help="CSV of opinion reports: the columns of a case's opinions.csv, or day, house, value and sample size; several for several"
        ),
    ],
    acts: Annotated[Path | None, Parameter(negative="", help="CSV of dated acts: day and label; what trust did round each")] = None,
    quantity: Annotated[str, Parameter(help="what the reports tell of: trust, frame, old or other")] = "trust",
    as_of: Annotated[str | None, Parameter(help="use only what was known on this day, YYYY-MM-DD")] = None,
    size: Annotated[int | None, Parameter(help="persons asked, where a report does not tell")] = None,
    shift: Annotated[
        Words, Parameter(help="mean and sd, logit, of what reports of one mode share: poll=0.3,0.3 (docs/trust.md lists the modes)")
    ] = (),
    map: Annotated[
        Words,
        Parameter(
            name="--map",
            help="the file's own headers: percent=Approve,when=Date; columns of no known meaning are left out",
        ),
    ] = (),
    date_format: Annotated[
        str | None, Parameter(help="how days are written, %d.%m.%Y say, unless as 2022-01-05")
    ] = None,
    out: Annotated[Path, Parameter(help="folder for trust.csv, trust.nc and trust.html")] = Path("trust"),
) -> None:
    """Fuse opinion reports of different sources: level, changes, houses, and what no number of reports can tell."""
    from interrex.trust import summary
    from interrex.trust import trust as trust_of

    if not reports:
        raise RunError("no file of reports is given", "interrex trust reports.csv")
    found = trust_of(
        reports, acts, columns=pairs("--map", map), quantity=quantity, as_of=None if as_of is None else day(as_of),
        size=size, date_format=date_format, shifts=pairs("--shift", shift),
    )  # fmt: skip
    print(summary.text(found), flush=True)
    print(f"\nWritten: {', '.join(file.name for file in summary.write(found, out, __version__))} in {out}")


@app.command
def panels(
    path: Annotated[Path, Parameter(help="folder of published panels, searched with all its folders, or one file")],
    /,
    *,
    out: Annotated[
        Path | None,
        Parameter(help="folder for the tables of country-months, leader-months and protest episodes, as CSV"),
    ] = None,
) -> None:
    """Read panels on leaders, coups, elections and protests; say what they are, what is missing and what that costs."""
    from interrex.record.panels import months, read, told

    found = read(path)
    print(told.text(found))
    if out is not None:
        written = months.write(found, out)
        print(f"\nWritten: {', '.join(file.name for file in written)} in {out}")


@app.command
def schema() -> None:
    """Print the JSON Schema of case.yaml, for editors that complete and check as you type."""
    import json

    from interrex.case.json_schema import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@app.command
def plan(
    *,
    mechanisms: Annotated[Path | None, Parameter(help="Python file with a mechanism of your own")] = None,
) -> None:
    """Print the order of a tick: what each mechanism reads and writes, and when."""
    from interrex.engine.own_mechanisms import check as check_mechanisms
    from interrex.engine.own_mechanisms import from_file
    from interrex.engine.plan import plan_text
    from interrex.mechanisms import all_mechanisms

    chosen = all_mechanisms() if mechanisms is None else from_file(mechanisms)
    check_mechanisms(chosen)
    print(plan_text(chosen))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status: 0, 2 for an error meant for people, 130 when interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # where a sign cannot be shown, '?' is, and the run goes on
            stream.reconfigure(errors="replace")
    try:
        status = app(words, exit_on_error=False)
        if sys.stdout is not None:  # closed before the start, by >&-
            sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except CycloptsError:  # already printed, with the command's usage
        return EXIT_STATUS
    except InterrexError as error:
        print(error, file=sys.stderr)
        return EXIT_STATUS
    except MemoryError:
        print(
            "not enough memory for this run; let one simulated citizen stand for more persons (--resolution 100), "
            "or move fewer particles (--particles)",
            file=sys.stderr,
        )
        return EXIT_STATUS
    except KeyboardInterrupt:
        print(f"\n{_how_to_go_on(words)}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        sys.stderr.close()
        return 0
    except OSError as error:  # what no closer place has put into words
        print(
            f"{error.filename or 'the system'}: {error.strerror or error}; see that it is there, that it may be read "
            "and written, and that there is room",
            file=sys.stderr,
        )
        return EXIT_STATUS


def _ledger(name: str, country: str, forecasts: Sequence[Forecast], on: datetime.date) -> Ledger:
    """What the ledger of a case documents of its country's ruler; the country as the register calls it."""
    from interrex.case import load_case
    from interrex.futures.office import attempts
    from interrex.record.grade import Fact, Ledger
    from interrex.record.questions import of_country

    if not country:
        raise RunError(f"{name} is a case, which does not number its country", "give --country NAME as in the register")
    case = load_case(name).as_of(on)
    ccode = of_country(forecasts, country)[0].question.ccode
    leader = " ".join(a.name for a in case.actors if a.role == "incumbent")
    facts = tuple(Fact(*told) for told in attempts(case))
    return Ledger(ccode, leader, case.window.start, case.window.end, facts)


def _is_case(name: str) -> bool:
    from interrex.case import shipped_cases

    return name in shipped_cases() or (Path(name) / "case.yaml").is_file()


def _cut(name: str, as_of: str | None) -> CutCase:
    """A case as of a day, its own unless one is given."""
    from interrex.case import load_case

    full = load_case(name)
    return full.as_of(day(as_of) if as_of else full.default_as_of)


def _risk_of_case(case: CutCase, folder: Path | None = None) -> Risk:
    """The world record on the ruler of a case; panels in a folder tell who was alike."""
    from interrex.futures.ruler import ruler
    from interrex.record import risk

    known, panels = ruler(case, case.as_of_date), None
    if folder is not None:
        from interrex.record.panels import read

        panels = read(folder)
    return risk.of_country(known.country, known.ccode, case.as_of_date, known.unknown, panels)


def _told_of_case(case: CutCase, folder: Path | None) -> str:
    """The world record on the ruler of a case and, while people are on the street, the crisis record and both together."""
    from interrex.futures import pool
    from interrex.futures.crisis_state import state_of
    from interrex.record import crisis, words

    world, state = _risk_of_case(case, folder), state_of(case)
    said = words.text(world)
    if not pool.under_way(state):
        return f"{said}\n\nThe ledger tells of no crowd within the last seven days, so the crisis record is not asked."
    now = (
        f"The ledger already tells of {state.latest:,.0f} people at one protest within the last seven days; the chances of a "
        "protest above are those of countries of which nothing of the kind is known."
    )
    found = crisis.chance(crisis.shipped(), state)
    return "\n\n".join((said, now, words.crisis_text(found), pool.text(pool.Records(case.as_of_date, world, found))))


def _sealed(country: str) -> str:
    """What the shipped register says of a country, for want of panels."""
    from interrex.record import questions, register

    remedy = "give --panels FOLDER, see interrex panels"
    if not country or not register.SHIPPED.exists():
        raise RunError("the risk of a country needs panels", remedy)
    found = questions.of_country([line.forecast for line in register.read(register.SHIPPED).lines], country)
    return f"Sealed forecasts; for another day {remedy}.\n{questions.table(found)}"


def _how_to_go_on(words: list[str]) -> str:
    if words[:1] != ["run"]:
        return "Interrupted; nothing was changed."
    again = shlex.join(["interrex", *words, *([] if "--resume" in words else ["--resume"])])
    return f"Interrupted; the finished stages are kept, and this goes on from them: {again}"


class Progress:
    """Tells the stage and the time left: a bar on a terminal, plain lines elsewhere, always to stderr.

    `stage` starts a stage of `total` steps, `advance` counts steps (from any thread), `finish` ends. When the
    stages were announced with `plan`, each with its share of the whole time, the time left is that of the
    whole run; otherwise that of the stage.
    """

    LINE_EVERY = 10.0
    """Seconds between two plain lines of the same stage."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._lock = threading.Lock()
        self._shares: dict[str, float] = {}
        self._past: list[str] = []
        self._name = ""
        self._total = 1.0
        self._done = 0.0
        self._start = self._stage_start = self._last_line = time.monotonic()
        self._bar: Bar | None = None
        if self._stream.isatty():
            self._bar = _terminal_bar(self._stream)
            self._task = self._bar.add_task("", total=None, left="")

    def plan(self, shares: dict[str, float]) -> None:
        """Announce the stages in order, each with the share of the run's time that it is expected to take."""
        whole = sum(shares.values())
        self._shares = {name: share / whole for name, share in shares.items()}

    def stage(self, name: str, total: float = 1) -> None:
        """Begin the stage `name`, of `total` steps."""
        with self._lock:
            if self._name:
                self._past.append(self._name)
            self._name, self._total, self._done = name, max(float(total), 1.0), 0.0
            self._stage_start = time.monotonic()
            self._show(new=True)

    def advance(self, n: float = 1) -> None:
        """Count `n` steps of the current stage as done."""
        with self._lock:
            self._done = min(self._done + n, self._total)
            self._show(new=False)

    def finish(self) -> None:
        """End the display; safe to call twice."""
        with self._lock:
            if self._bar is not None:
                self._bar.stop()
                self._bar = None

    def fraction(self) -> float:
        """How much is done: of the run where `plan` was called, else of the stage; in 0..1."""
        of_stage = self._done / self._total
        if self._name not in self._shares:
            return of_stage
        past = sum(self._shares.get(name, 0.0) for name in self._past)
        return min(1.0, past + self._shares[self._name] * of_stage)

    def seconds_left(self) -> float | None:
        """Expected seconds to the end of the run, or of the stage without `plan`; None while unknown."""
        fraction = self.fraction()
        since = self._start if self._name in self._shares else self._stage_start
        elapsed = time.monotonic() - since
        if fraction <= 0 or elapsed < 1:
            return None
        return elapsed * (1 - fraction) / fraction

    def _show(self, *, new: bool) -> None:
        left = self.seconds_left()
        told = "" if left is None else f"about {_duration(left)} left"
        label = self._name
        if self._shares:
            label = f"stage {len(self._past) + 1}/{max(len(self._shares), len(self._past) + 1)} {label}"
        if self._bar is not None:
            self._bar.update(self._task, description=label, completed=self.fraction(), total=1.0, left=told)
            return
        now = time.monotonic()
        if new or now - self._last_line >= self.LINE_EVERY:
            self._last_line = now
            percent = "" if new else f" {100 * self._done / self._total:.0f} %"
            print(f"{label}{percent}{', ' + told if told else ''}", file=self._stream, flush=True)


def _terminal_bar(stream: TextIO) -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[left]}", markup=False),
        console=Console(file=stream),
    )
    bar.start()
    return bar


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"


if __name__ == "__main__":
    sys.exit(main())
