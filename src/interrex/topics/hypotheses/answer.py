"""Rival explanations beside each other."""

from __future__ import annotations

import math

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.futures.conditioned import Conditioned
from interrex.futures.rivals import FACTORS, GRID_ACCEPTANCE, GRID_HOURS, Evidence, Paths
from interrex.inference.target import Target
from interrex.topics.hypotheses.sequence import predictive_p


def contacts_text(case: CutCase) -> str:
    """Base rate of leaders' contacts: how surprising a meeting in the ten days before is (science of A6)."""
    contacts = case.hypotheses.contacts_per_year if case.hypotheses else None
    if contacts is None:
        return "no base rate of leaders' contacts is given"
    rows = []
    for m in (contacts.low, contacts.value, contacts.high):
        if m is None:
            continue
        p = 1.0 - math.exp(-10.0 * m / 365.0)
        rows.append(f"{m:g} a year: {100 * p:.0f} %, ratio at most {1 / p:.1f}")
    return (
        "chance of at least one contact of the two leaders in any ten days, and the most that 'they met' can say: "
        + "; ".join(rows)
        + ". A meeting that was scheduled has probability near one under every model and says nothing."
    )


def dataset(
    evidence: Evidence, cut: CutCase, target: Target, paths: Paths, seed: int, shock_share: float
) -> xr.Dataset:
    """Group /hypotheses. shock_share: share of the gain in fit that shocks supply, as /fit has it."""
    labels = dict(cut.hypotheses.labels) if cut.hypotheses else {}
    plot = (
        cut.hypotheses.plot.label
        if cut.hypotheses and cut.hypotheses.plot
        else "a plot in the security services"
    )

    def label(name: str) -> str:
        base = name.removesuffix("+plot")
        given = labels.get(base, base)
        text = getattr(given, "label", given)
        return f"{text}, and {plot}" if name.endswith("+plot") else str(text)

    p = predictive_p(target, paths, seed)
    claims = list(evidence.claim_llr)
    texts = {c.id: c.text for c in cut.claims}
    attrs = {
        "verdict": evidence.verdict, "flip": evidence.flip, "predictive_p": p, "contacts_text": contacts_text(cut),
        "shock_share": shock_share,
        "fit_text": "none of these explains it" if p < 0.05 else "the best of them gives the sequence an ordinary probability",
        "other_form": evidence.other_form,
        "other_form_text": f"with a gamma in place of a lognormal delay no log ratio moves by more than {evidence.other_form:.2f}",
        "identified": "a bargain struck by telephone and one struck beforehand differ only in the assumed median delay and in when hazards shift: this record does not tell them apart",
    }  # fmt: skip
    return xr.Dataset(
        {
            "name": ("hypothesis", np.array(evidence.names, dtype=object)),
            "label": ("hypothesis", np.array([label(n) for n in evidence.names], dtype=object)),
            "prior": ("hypothesis", evidence.prior), "posterior": ("hypothesis", evidence.posterior),
            "log_ratio": ("hypothesis", evidence.log_ratio), "low": ("hypothesis", evidence.low),
            "high": ("hypothesis", evidence.high), "factor_log_ratio": (("factor", "hypothesis"), evidence.factors),
            "factor_low": (("factor", "hypothesis"), evidence.factor_low),
            "factor_high": (("factor", "hypothesis"), evidence.factor_high),
            "grid_log_ratio": (("grid_latency", "grid_acceptance", "hypothesis"), evidence.grid),
            "claim_llr": (("claim", "hypothesis"), np.array([evidence.claim_llr[c] for c in claims]).reshape(len(claims), len(evidence.names))),
            "claim_id": ("claim", np.array(claims, dtype=object)),
            "claim_text": ("claim", np.array([texts.get(c, c) for c in claims], dtype=object)),
        },
        {
            "hypothesis": np.array(evidence.names, dtype=object), "factor": np.array(FACTORS, dtype=object),
            "grid_latency": np.array([f"{g:.0f} h" for g in GRID_HOURS], dtype=object),
            "grid_acceptance": np.array(GRID_ACCEPTANCE, dtype=object),
        },
        attrs,
    )  # fmt: skip


def answer(run: Conditioned) -> xr.Dataset:
    """The group /hypotheses of a conditioned case."""
    share = float(run.answers["fit"].attrs["shock_share"])
    return dataset(run.evidence, run.case, run.posterior.target, run.paths, run.settings.seed, share)
