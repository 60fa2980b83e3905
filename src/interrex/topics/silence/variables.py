"""What the group `silence` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_LEDGER = "ledger of the case and stated assumptions"
_FAMILY = "assumed shares of the three states, and the silences of all who share them"

GROUP = Group(
    "what an absence says about a person's state",
    (
        Variable("person", "person", "text", "", "who is absent", _LEDGER),
        Variable("status", "status", "text", "", "status during the silence", "names of the model's statuses"),
        Variable("prior", "person status", "probability", "1", "probability of the status before the silence",
            "life table and family state, both assumed"),
        Variable("posterior", "person status", "probability", "1", "probability of the status after the silence",
            "prior times the density of the silence, of the word and of the appearance in it"),
        Variable("gap_days", "person", "number", "days", "longest silence known", _LEDGER),
        Variable("counted", "person", "flag", "1", "whether the silence is evidence: claimed, or appearances are covered",
            _LEDGER),
        Variable("ended", "person", "flag", "1", "whether an appearance ended it by the as-of day", _LEDGER),
        Variable("rate_text", "person", "text", "", "the silence, its rate of appearances and its life table", _LEDGER),
        Variable("family", "family", "text", "", "state of the predecessor's family, shared by its members",
            "names of the model's states"),
        Variable("family_prior", "family", "probability", "1", "probability of the family state before the silences",
            _FAMILY),
        Variable("family_posterior", "family", "probability", "1", "probability of the family state after the silences",
            _FAMILY),
        Variable("family_shares", "family status", "probability", "1", "statuses of a living member in the family state",
            "assumed"),
        Variable("recording", "status", "probability", "1",
            "how often an appearance is shown of such a man, against one in control; NaN where he appears himself", "assumed"),
    ),
)  # fmt: skip
