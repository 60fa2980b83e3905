"""What the group `assumptions` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_PRIOR = "priors of the mechanisms and of the observation model"
_OTHERS = "fits of other crises (interrex learn)"
_RUN = "particles of the run"
_SHIFT = "particles of the run, reweighted"

GROUP = Group(
    "what the answer rests on",
    (
        Variable("parameter", "parameter", "text", "", "name of the parameter", _PRIOR),
        Variable("mechanism", "parameter", "text", "", "mechanism that it belongs to", _PRIOR),
        Variable("unit", "parameter", "text", "", "unit of the parameter", _PRIOR),
        Variable("prior_text", "parameter", "text", "", "its prior in words", _PRIOR),
        Variable("source", "parameter", "text", "", "where the prior comes from", _PRIOR),
        Variable("assumption", "parameter", "flag", "1", "whether the prior is an assumption", _PRIOR),
        Variable("prior_mean", "parameter", "number", "as in unit", "mean of the prior", _PRIOR),
        Variable("prior_sd", "parameter", "number", "as in unit", "standard deviation of the prior", _PRIOR),
        Variable("post_mean", "parameter", "number", "as in unit", "mean after the reports", _RUN),
        Variable("post_sd", "parameter", "number", "as in unit", "standard deviation after the reports", _RUN, bound=True),
        Variable("gain_nats", "parameter", "number", "nats", "what the reports taught", _RUN),
        Variable("identified", "parameter", "flag", "1", "whether they taught enough to tell it from its prior", _RUN),
        Variable("effect", "parameter", "number", "1", "relative change of the largest crowd, one prior sd more", _SHIFT),
        Variable("noise", "parameter", "number", "1", "standard error of the effect over families of particles", _SHIFT),
        Variable("ranked", "parameter", "flag", "1", "whether the effect is told apart from noise", _SHIFT),
        Variable("taught_crises", "", "number", "1", "crises of other countries that were fitted before", _OTHERS),
        Variable("taught_gain", "", "number", "nats", "gain of a crisis that is left out, by what the others taught", _OTHERS),
        Variable("taught_gain_se", "", "number", "nats", "standard error of it, over crises", _OTHERS),
        Variable("taught_used", "", "flag", "1", "whether the priors are learned from them", _OTHERS),
        Variable("noises", "", "number", "1", "standard errors that an effect must exceed to be ranked", "Student's t"),
    ),
)  # fmt: skip
