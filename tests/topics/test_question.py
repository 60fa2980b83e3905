"""Question and definitions: what was run is printed as stored."""

from __future__ import annotations

from fixtures.told import blocks, told
from interrex.words import ICD203

RUN = {
    "question": "Will he stay?", "horizon_days": 150, "members": 77, "resolution": "1:25", "effort": "quick",
    "summary": "A price rose.", "hindsight_note": "The map is newer.",
}  # fmt: skip


def test_facts_of_the_run_are_the_stored_ones() -> None:
    said = told("question", RUN)
    assert (
        "Question head Will he stay?" in said and "Horizon head 150 days from the window's first day" in said
    )
    assert "As of head 20 Mar 2030" in said and "Simulated window head 1 Mar 2030 to 31 Mar 2030" in said
    assert "Histories in the answer head 77" in said and "(simulated citizens : persons) head 1:25" in said
    assert "Effort of the run head quick" in said


def test_what_the_run_does_not_say_is_left_out() -> None:
    assert "A price rose." in told("question", RUN) and "The map is newer." in told("question", RUN)
    bare = told("question", RUN | {"summary": "", "hindsight_note": "", "effort": ""})
    assert "Hindsight" not in bare and "Effort" not in bare and "A price" not in bare
    assert (
        len(blocks("question", RUN | {"summary": "", "hindsight_note": ""}))
        == len(blocks("question", RUN)) - 2
    )


def test_words_of_likelihood_stand_over_their_bands() -> None:
    said = told("question", RUN)
    for low, high, word in ICD203:
        assert word in said and f" {100 * low:.0f} to {100 * high:.0f} %" in said
    assert "A value on an edge takes the upper word; below 1 % and above 99 % the number stands alone." in said


def test_uses_and_grades_are_defined() -> None:
    said = told("question", RUN)
    assert "the model never sees it" in said and "enters no calculation" in said and "rumour" in said
    assert "never over the number of histories" in said and "the model is conditioned on this claim" in said
    assert "Only claims that could be known on the as-of date enter." in said
    assert "Grades of claims: documented" in said and "; or Admiralty letters and digits (A1 to F6)." in said
