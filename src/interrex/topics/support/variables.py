"""What the group `support` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_SUBSETS = "combinations of the four supports"
_HISTORIES = "the same histories under every combination, then the slow clock to the horizon"
_LEAST = "histories that left the range of the model counted as out of office"
_MOST = "histories that left the range of the model counted as in office"
_ENDS = "least and most over all ways in which the histories that left the range of the model could have ended"

GROUP = Group(
    "which supports keep him in office and how far each carries",
    (
        Variable("label", "subset", "text", "", "supports that are left to him", _SUBSETS),
        Variable("elite", "subset", "flag", "1", "whether the elite supports him", _SUBSETS),
        Variable("street", "subset", "flag", "1", "whether the audiences of the open networks trust him", _SUBSETS),
        Variable("patron", "subset", "flag", "1", "whether the patron may help", _SUBSETS),
        Variable("force", "subset", "flag", "1", "whether police and reserves can be deployed", _SUBSETS),
        Variable("p_office", "subset", "probability", "1", "probability of office, of histories in the range of the model",
            _HISTORIES),
        Variable("p_low", "subset", "probability", "1", "least probability of office", _LEAST, bound=True),
        Variable("p_high", "subset", "probability", "1", "greatest probability of office", _MOST, bound=True),
        Variable("stopped", "subset", "probability", "1", "share of histories that left the range of the model", _HISTORIES),
        Variable("name", "support", "text", "", "support", "the four supports"),
        Variable("shapley", "support", "number", "1", "mean gain of the probability of office over all orders of adding",
            "Shapley share of p_office"),
        Variable("shapley_low", "support", "number", "1", "least share", _ENDS, bound=True),
        Variable("shapley_high", "support", "number", "1", "greatest share", _ENDS, bound=True),
        Variable("shapley_error", "support", "number", "1", "Monte Carlo error of the share", "spread of histories"),
        Variable("verdict", "", "text", "", "what of it holds however those histories would have ended", _ENDS),
        Variable("decided", "", "flag", "1", "whether a least set, a carrier or no difference is identified", _ENDS),
        Variable("keeps", "", "probability", "1", "probability of office from which a combination keeps him", "stated"),
        Variable("members", "", "number", "1", "histories under each combination", "effort of the run"),
        Variable("all_members", "", "number", "1", "histories of the outcome forecast", "effort of the run"),
        Variable("from_day", "", "number", "days", "day of the window from which supports are taken away and acts run free",
            "as-of day, or the case's shock where under four weeks of window are left"),
        Variable("known_days", "", "number", "days", "days of the window whose record the outcome forecast imposes", "as-of day"),
        Variable("horizon", "", "number", "days", "horizon, from the window's first day", "question of the case"),
        Variable("p_forecast", "", "probability", "1", "probability of office by the simulation in the outcome forecast",
            "topic outcomes"),
        Variable("p_sum", "", "probability", "1", "probability of office by the sum of records and simulation", "topic outcomes",
            required=False),
        Variable("weight", "", "probability", "1", "weight of the simulation in that sum", "topic outcomes", required=False),
    ),
)  # fmt: skip
