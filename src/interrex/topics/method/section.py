"""The method in plain words."""

from __future__ import annotations

from interrex.report.blocks import Block, Prose, Section, Span
from interrex.report.read import Results

_WORDS = (
    "Citizens. A synthetic population by region and medium is simulated. A citizen takes to the "
    "street at a rate that "
    "rises with grievance, with the crowd already there and with what friends do, and falls with the "
    "risk of arrest. "
    "Repression frightens and angers at once; shutting the internet cuts ties and news; everybody tires.",
    "Actors. Rulers, security organs, the patron and the opposition act by hazards: each kind of act "
    "has a rate learned "
    "from other crises, shifted by the state of this one. The model never scripts an act of this crisis.",
    "Conditioning. Many histories are drawn from the priors and then weighted and moved until they "
    "agree with the "
    "claims marked “fit”. Every claim enters as a likelihood: acts by the hazard of happening when "
    "they did and not "
    "earlier, sizes with an error that grows with a worse grade, rival reports as rivals. Claims "
    "from one origin count "
    "once. Claims marked “check” are never used.",
    "What is unexplained. Common shocks by region and day, the same for every explanation, take up "
    "what the mechanisms "
    "cannot produce; the shock audit shows how much they had to supply.",
    "Explanations. Rival explanations share every parameter and differ only in a few named factors. "
    "Their evidence "
    "ratio is how much better one predicts the dated sequence than another; it is shown under a grid "
    "of priors.",
    "Counterfactuals. One act is forbidden or imposed in a history that agrees with the claims; all "
    "noise is kept, so "
    "that the two histories are identical until the act.",
    "Limits. One case cannot show that a mechanism is right. Probabilities are the model's, given "
    "these claims; see "
    "assumptions and misfit before quoting them.",
)


def _fill(results: Results, manifest: dict) -> list[Block]:
    blocks: list[Block] = []
    for text in _WORDS:
        head, rest = text.split(".", 1)
        blocks.append(Prose((Span(f"{head}.", "strong"), Span(rest))))
    return blocks


SECTION = Section("method", "Method in plain words", _fill)
