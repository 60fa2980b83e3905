"""The closed lists of words that a case may use; act kinds and roles have their home in `mechanisms.acts`."""

from __future__ import annotations

from interrex.mechanisms.acts import ACT_KINDS as ACT_KINDS
from interrex.mechanisms.acts import ROLES

FORMAT_VERSION = 1
"""The number after `interrex:` in case.yaml that this version reads."""

ACTOR_ROLES: tuple[str, ...] = tuple(ROLES)

ORGAN_ROLES = ("police", "reinforcement", "reserve", "security_service")
SOURCE_TYPES = (
    "agency",
    "state",
    "press",
    "ngo",
    "official",
    "academic",
    "exchange",
    "memory",
    "opinion",
)
CLAIM_KINDS = (
    "act",
    "crowd",
    "arrests",
    "deaths",
    "injuries",
    "opinion",
    "market",
    "absence",
    "appearance",
    "structure",
    "context",
)
SEEN = ("appearance", "absence")
SEEN_ACTS = {"predecessor_appears": "predecessor", "kin_appears": "kin"}
"""Claims that somebody was seen or not, the act that they name, and the role of who is looked for."""
COUNTED_KINDS = ("crowd", "arrests", "deaths", "injuries")
"""Claims whose magnitude is a number of persons."""

MEASURES: dict[str, tuple[str, ...]] = {
    "crowd": ("present", "taking_part"),
    "arrests": ("increment", "cumulative", "brought_in"),
    "deaths": ("cumulative",),
    "injuries": ("cumulative", "increment"),
}
"""What the number of a claim counts, by kind; acts have a level between 0 and 1 or nothing there."""

RESULTS = ("succeeded", "failed")
RESULT_KINDS = ("coup_attempt", "step_down", "flight", "assassination")
"""Acts that are over when they took effect or failed: those by which the incumbent leaves office."""

COVERAGE_KINDS = ("acts", "crowds", "arrests", "deaths", "injuries", "appearances", "opinions", "markets")
SHOCK_KINDS = ("price", "election", "verdict", "disaster", "external")
QUANTITIES = ("trust", "frame", "old", "other")
PRICE_KINDS = ("close", "intraday", "indicative", "derived")
PRICE_TESTS = ("fell_at_most", "fell_further", "recovered")
"""What a statement about prices may be held against."""

AGENDA_KINDS = ("crisis", "violence", "blackout", "holiday", "competing_news", "talks")
"""Stretches of time that bear on attention from abroad; reactions are counted in the one `crisis`."""

STAKES = ("trade", "investment", "treaty", "diaspora")
"""What ties a reactor to the country, each from 0 (nothing) to 1 (as much as any power has there)."""

REACTION_KINDS = ("statement", "call", "message", "visit", "resolution", "aid", "sanction", "deployment")
STANCES = ("for_incumbent", "neutral", "critical")
UNDERSTANDINGS = ("none", "ready", "phone", "summit")
"""What the incumbent and the patron may have understood; the names are fixed by the patron mechanism."""

RULE_QUANTITIES = ("peak_crowd", "deaths", "arrests", "act", "outcome", "in_office")
OPERATORS = (">=", ">", "<=", "<", "==")
EXPOSURES = ("hardship", "fuel_exposure", "urban_share", "internet_share")
"""Columns of regions.csv that may scale a shock."""

SOURCED = (
    "regions", "units", "audiences", "organs", "actors", "shocks", "coverage", "opinions", "prices", "reactors",
    "agenda", "reactions",
)  # fmt: skip
"""Lists of a case whose rows name their sources in `source`."""
