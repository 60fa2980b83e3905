"""What the group `confidence` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_POST = "posterior histories"
_LEDGER = "acts and opinion reports of the case"


def _share(name: str, words: str, required: bool = True) -> Variable:
    return Variable(name, "quantile day audience", "probability", "1", words, _POST, required)


def _change(name: str, words: str, required: bool = True) -> Variable:
    return Variable(name, "event audience", "number", "1", words, _POST, required)


def _opinion(name: str, words: str) -> Variable:
    return Variable(f"opinion_{name}", "opinion", "text", "", words, _LEDGER)


GROUP = Group(
    "trust in the person, belief in his frame, trust in the old ruler, by audience",
    (
        _share("trust", "share of the audience that trusts the incumbent"),
        _share("frame", "share of the audience that believes his account of events"),
        _share("old", "share of the audience that trusts the predecessor", required=False),
        Variable("audience_name", "audience", "text", "", "name of the audience", "the case"),
        Variable("event_label", "event", "text", "", "the act in words", _LEDGER),
        Variable("event_day", "event", "text", "", "day of the act", _LEDGER),
        _change("trust_change", "mean change of trust over the act"),
        _change("frame_change", "mean change of belief in the frame over the act"),
        _change("old_change", "mean change of trust in the predecessor over the act", required=False),
        Variable(
            "sign_probability",
            "event audience",
            "probability",
            "1",
            "probability that the change of trust has its sign",
            _POST,
        ),
        _opinion("audience", "id of the audience that was asked"),
        _opinion("day", "day of the report"),
        _opinion("quantity", "what was asked"),
        _opinion("label", "the report in words"),
        _opinion("use", "conditioned on (fit), kept for checking (check), or neither (context)"),
        Variable("opinion_share", "opinion", "probability", "1", "share reported", _LEDGER),
        Variable("opinions", "", "number", "1", "reports on trust that the model was conditioned on", _LEDGER),
    ),
)
