"""Rival explanations beside each other."""

from __future__ import annotations

import math

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.futures.conditioned import Conditioned
from interrex.futures.rivals import FACTORS, GRID_ACCEPTANCE, GRID_HOURS, Evidence
from interrex.mechanisms.patron_intervention import UNDERSTANDINGS
from interrex.results.described import dataset
from interrex.topics.hypotheses.sequence import predictive_p
from interrex.topics.hypotheses.variables import GROUP

CONTACT_DAYS = 10.0
PLOT_WORDS = "a plot in the security services"


def label(case: CutCase, name: str) -> str:
    """An explanation in the words of the case, else by its id."""
    base = name.removesuffix("+plot")
    given = case.hypotheses.labels.get(base)
    words = given.label if given else base
    plot = case.hypotheses.plot.label if case.hypotheses.plot else PLOT_WORDS
    return f"{words}, and {plot}" if name.endswith("+plot") else words


def contacts(case: CutCase) -> dict[str, list[float]]:
    """How often the two leaders are in contact by the case, and the chance of it in any ten days."""
    given = case.hypotheses.contacts_per_year
    if given is None:
        return {}
    rates = [m for m in (given.low, given.value, given.high) if m is not None]
    chance = [-math.expm1(-CONTACT_DAYS * m / 365.0) for m in rates]
    return {"contacts": rates, "contact_chance": chance}


def compared(evidence: Evidence, case: CutCase, p: float) -> xr.Dataset:
    """The group of the explanations that the analyst named. p: posterior predictive p of the sequence."""
    own = evidence.named
    names = [evidence.names[h] for h in own]
    claims = list(evidence.claim_llr)
    llr = np.array([evidence.claim_llr[c] for c in claims]).reshape(len(claims), len(evidence.names))[:, own]
    shown = np.abs(llr).max(axis=1, initial=0.0) > 0.0
    texts = {c.id: c.text for c in case.claims}
    treaty = UNDERSTANDINGS[0].accept
    values = {
        "hypothesis": names, "label": [label(case, n) for n in names],
        "prior": evidence.prior[own], "posterior": evidence.posterior[own],
        "log_ratio": evidence.log_ratio[own], "least": evidence.least[own], "most": evidence.most[own],
        "error": evidence.error[own], "log_ratio_free": evidence.free[own],
        "factor": FACTORS, "factor_log_ratio": evidence.factors[:, own],
        "factor_least": evidence.factor_least[:, own], "factor_most": evidence.factor_most[:, own],
        "grid_latency": GRID_HOURS, "grid_acceptance": GRID_ACCEPTANCE,
        "grid_log_ratio": evidence.grid[:, :, own],
        "pair_first": [v.rival for v in evidence.verdicts], "pair_second": [v.other for v in evidence.verdicts],
        "pair_least": [v.least for v in evidence.verdicts], "pair_most": [v.most for v in evidence.verdicts],
        "pair_verdict": [v.word for v in evidence.verdicts], "pair_alike": [v.alike for v in evidence.verdicts],
        "claim_id": [c for c, s in zip(claims, shown, strict=True) if s],
        "claim_text": [texts[c] for c, s in zip(claims, shown, strict=True) if s],
        "claim_llr": llr[shown],
        "asked": evidence.asked, "treaty_acceptance": treaty[0] / sum(treaty),
        "flip_hours": evidence.flip_hours if "summit" in names else math.nan,
        "other_form": evidence.other_form, "predictive_p": p,
    }  # fmt: skip
    return dataset(GROUP, values | contacts(case))


def answer(run: Conditioned) -> xr.Dataset:
    """The group /hypotheses of a conditioned case."""
    p = predictive_p(run.posterior.target, run.paths, run.settings.seed)
    return compared(run.evidence, run.case, p)
