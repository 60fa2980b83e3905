"""Origins: whose word a claim is, where it says so. Claims of one origin share one reliability and one series of totals."""

from __future__ import annotations

import re

NOBODY = frozenset({"", "n", "a", "na", "none", "nobody", "several", "various", "multiple", "many",
                    "misc", "x", "media", "press", "witness", "witnesses", "eyewitness", "eyewitnesses", "social", "network",
                    "networks", "not", "known", "given", "stated", "clear", "source", "sources", "unconfirmed"})  # fmt: skip
"""Words of an origin that name no one, alone or together."""

UNKNOWN = frozenset(
    {"unknown", "unk", "unnamed", "unidentified", "unclear", "anonymous", "unspecified", "undisclosed"}
)
"""Words with which an origin names no one, whatever else stands beside them."""


def names_nobody(origin: str) -> bool:
    """Whether an origin is a word for not knowing whose count it is: as an origin it would make a single witness of strangers."""
    words = set(re.split(r"[\W_]+", origin.casefold()))
    return bool(words & UNKNOWN) or words <= NOBODY
