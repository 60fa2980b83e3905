"""The sections of the report, in the order in which they are read."""

from __future__ import annotations

from interrex.report.blocks import Section
from interrex.report.sections import (
    acts,
    assumptions,
    attention,
    confidence,
    counterfactuals,
    crowds,
    diagnostics,
    firms,
    fit,
    hypotheses,
    judgements,
    manifest,
    method,
    opinion_piece,
    outcomes,
    prior_check,
    question,
    questions,
    references,
    silence,
    support,
    timeline,
)

SECTIONS: tuple[Section, ...] = (
    judgements.SECTION,
    question.SECTION,
    timeline.SECTION,
    crowds.SECTION,
    confidence.SECTION,
    support.SECTION,
    hypotheses.SECTION,
    silence.SECTION,
    outcomes.SECTION,
    questions.SECTION,
    counterfactuals.SECTION,
    attention.SECTION,
    firms.SECTION,
    prior_check.SECTION,
    fit.SECTION,
    opinion_piece.SECTION,
    assumptions.SECTION,
    acts.SECTION,
    diagnostics.SECTION,
    method.SECTION,
    references.SECTION,
    manifest.SECTION,
)
