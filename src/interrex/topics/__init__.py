"""The topics of a run, one a folder: what it stores (`variables.py`), how it is computed (`answer.py`) and how it is told
(`section.py`). The run, the check of the results, the report and the export read this registry alone: a topic is added by
one folder and one line, and removed by deleting them.

A part is imported when it is needed: the report never imports an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray

    from interrex.case.cut import CutCase
    from interrex.futures.conditioned import Conditioned
    from interrex.report.blocks import Section
    from interrex.results.schema import Group


@dataclass(frozen=True)
class Topic:
    """One topic by the name of its folder and of its group in the results.

    needs: what a case must hold for it to be asked, by the names of `needs.NEEDS`. stored: whether it has variables and an
    answer. told: whether the report has a section on it."""

    name: str
    needs: tuple[str, ...] = ()
    stored: bool = True
    told: bool = True

    def asked(self, case: CutCase) -> bool:
        """Whether the case holds all that the topic needs."""
        from interrex.topics.needs import NEEDS

        return all(NEEDS[need](case) for need in self.needs)

    @property
    def group(self) -> Group:
        """What its group of the results holds."""
        return self._part("variables").GROUP

    @property
    def answer(self) -> Callable[[Conditioned], xarray.Dataset]:
        """Computes its group from a conditioned case."""
        return self._part("answer").answer

    def check(self, case: CutCase) -> None:
        """Refuse what the case says of the topic and nobody can read, before anything is simulated: CaseError."""
        refuse = getattr(self._part("answer"), "check", None) if self.stored and self.asked(case) else None
        if refuse is not None:
            refuse(case)

    @property
    def section(self) -> Section:
        """Its section of the report."""
        return replace(self._part("section").SECTION, group=self.name if self.stored else "")

    def _part(self, part: str) -> Any:
        return import_module(f"interrex.topics.{self.name}.{part}")


TOPICS: tuple[Topic, ...] = (
    Topic("meta", told=False),
    Topic("judgements"),
    Topic("question", stored=False),
    Topic("timeline"),
    Topic("sources", told=False),
    Topic("crowd"),
    Topic("map", needs=("map",), told=False),
    Topic("confidence"),
    Topic("support"),
    Topic("hypotheses", needs=("patron", "rival explanations")),
    Topic("silence", needs=("predecessor or kin",)),
    Topic("outcomes"),
    Topic("questions", needs=("questions",)),
    Topic("counterfactuals", needs=("counterfactuals",)),
    Topic("markets", needs=("prices",)),
    Topic("attention", needs=("reactors",)),
    Topic("firms", needs=("planned entries",)),
    Topic("prior_check"),
    Topic("fit"),
    Topic("opinion_piece", needs=("opinion piece",)),
    Topic("inputs"),
    Topic("assumptions"),
    Topic("acts"),
    Topic("diagnostics"),
    Topic("method"),
    Topic("references"),
    Topic("manifest"),
)
"""All topics, in the order in which the report tells them."""


def groups() -> dict[str, Group]:
    """What every group of the results holds, by its name."""
    return {topic.name: topic.group for topic in TOPICS if topic.stored}


class Answers(Mapping[str, "xarray.Dataset"]):
    """The answers of a conditioned case by topic, each computed when it is first asked for.

    KeyError for a topic that the case does not ask; RuntimeError for topics that ask each other in a circle."""

    def __init__(self, run: Conditioned) -> None:
        self._run = run.asking(self)
        self._topics = {t.name: t for t in TOPICS if t.stored and t.asked(run.case)}
        self._made: dict[str, xarray.Dataset] = {}
        self._asking: list[str] = []

    def __getitem__(self, name: str) -> xarray.Dataset:
        """The dataset of a topic."""
        if name not in self._made:
            topic = self._topics[name]
            if name in self._asking:
                raise RuntimeError(f"topics ask each other in a circle: {' > '.join([*self._asking, name])}")
            self._asking.append(name)
            self._made[name] = topic.answer(self._run)
            self._asking.pop()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._topics)

    def __len__(self) -> int:
        return len(self._topics)
