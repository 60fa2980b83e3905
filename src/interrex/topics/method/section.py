"""The method in plain words: definitions, and what of the ledger and the panels entered this run."""

from __future__ import annotations

from interrex.report.blocks import Block, Prose, Section, Span
from interrex.report.numbers import exact
from interrex.report.read import Group, Results
from interrex.store.manifest import Manifest


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("method", "fit_claims")
    told = [
        ("Citizens", _citizens(group)),
        ("Actors", _actors(group)),
        ("Conditioning", _conditioning(group)),
        ("What is unexplained", _SHOCKS),
        ("Explanations", _EXPLANATIONS if results.holds("hypotheses") else ""),
        ("Counterfactuals", _COUNTERFACTUALS if results.holds("counterfactuals") else ""),
        ("Limits", _LIMITS),
    ]
    return [Prose((Span(f"{head}.", "strong"), Span(f" {text}"))) for head, text in told if text]


def _citizens(group: Group) -> str:
    names = ", ".join(name.replace("_", " ") for name in group.texts("mechanism"))
    return (
        "A synthetic population by region and medium is simulated. How citizens come to the street, stay, go home or are "
        f"detained, and what the state does to them, is the sum of the mechanisms of this run: {names}."
    )


def _actors(group: Group) -> str:
    kinds, assumed = group.number("kinds"), group.number("kinds_assumed")
    return (
        "Rulers, security organs, the patron and the opposition act by hazards: each kind of act has a rate, shifted by the "
        f"state of the history. Somebody in this case can do {exact(kinds)} kinds; in a crisis {exact(kinds - assumed)} of their rates "
        f"are counted in other crises and {exact(assumed)} are assumed."
    )


def _conditioning(group: Group) -> str:
    """How the claims enter, and how many do."""
    number = {name: exact(group.number(str(name))) for name in group.dataset.data_vars}
    said = [
        "Many histories are drawn from the priors and then weighted and moved until they agree with the claims marked “fit”",
        f"Of the {number['fit_claims']}, {number['fit_act_claims']} tell of {number['fit_acts']} dated acts, scored by the hazard "
        "of happening when they did and not earlier",
        f"{number['fit_term_claims']} stand behind {number['fit_terms']} reports of numbers and quiet days from "
        f"{number['origins']} origins, with an error that grows with a worse grade",
    ]
    if group.number("fit_unused"):
        said.append(
            f"{number['fit_unused']} enter as neither: too unsure, outside the window, or of a kind that nobody here can do"
        )
    said.append(_checked(group))
    return ". ".join(said) + "."


def _checked(group: Group) -> str:
    marked, used = group.number("check_claims"), group.number("check_used")
    return f"Of the {exact(marked)} claims marked “check” {exact(used) if used else 'none'} enters"


_SHOCKS = (
    "Common shocks by region and day, the same for every explanation, take up what the mechanisms cannot produce; the shock "
    "audit shows how much they had to supply."
)
_EXPLANATIONS = (
    "Rival explanations share every parameter and differ only in a few named factors. Their evidence ratio is how much better "
    "one predicts the dated sequence than another; it is shown under a grid of priors."
)
_COUNTERFACTUALS = (
    "One act is forbidden or imposed in a history that agrees with the claims; all noise is kept, so that the two histories are "
    "identical until the act."
)
_LIMITS = (
    "One case cannot show that a mechanism is right. Probabilities are the model's, given these claims; see assumptions and "
    "misfit before quoting them."
)

SECTION = Section("method", "Method in plain words", _fill)
