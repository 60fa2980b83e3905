"""What the answer holds: names, dimensions, units and meaning of every number."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_POST = "posterior of the fusion"
_FILES = "files of reports and acts"
_AHEAD = "predictions of reports of the later half of the days from those of earlier days"
_OUT = "predictions from the other houses"

GROUP = Group(
    "how far audiences trust, by reports of different sources, and what of it the reports can tell",
    (
        Variable("quantile", "quantile", "number", "1", "quantile level of the posterior", "definition"),
        Variable("day", "day", "day", "", "day on which the level is asked for", _FILES),
        Variable("audience", "audience", "text", "", "audience", _FILES),
        Variable("level", "quantile day audience", "probability", "1", "share who trust, with the shared bias taken off", _POST),
        Variable("told", "quantile day audience", "probability", "1", "share who say so to the reports, on average", _POST),
        Variable("level_sd", "day audience", "number", "1", "sd of the level, logit", _POST),
        Variable("told_sd", "day audience", "number", "1", "sd of what reports tell, logit", _POST),
        Variable("item_kind", "item", "text", "", "level, told, bias, change, act, gap, house, parameter or scatter", "definition"),
        Variable("item_about", "item", "text", "", "span, act, two audiences, house or parameter", _FILES),
        Variable("item_audience", "item", "text", "", "audience, '' for what is of none", _FILES),
        Variable("item_value", "quantile item", "number", "1", "value, logit; parameters as in parameter_words", _POST),
        Variable("item_share", "quantile item", "number", "1", "the same as a share or change of one at the told level", _POST),
        Variable("item_prior_sd", "item", "number", "1", "prior sd, logit; of the log of a parameter in its prior's sds", "definition"),
        Variable("item_sd", "item", "number", "1", "posterior sd, in the same unit", _POST),
        Variable("item_rests_on", "item", "text", "", "reports, both or prior, by how far the sd shrank; of a level bias where that is most of its variance", _POST),
        Variable("parameter", "parameter", "text", "", "name of a variance or half-life", "definition"),
        Variable("parameter_words", "parameter", "text", "", "what it is", "definition"),
        Variable("parameter_source", "parameter", "text", "", "what its prior rests on", "definition"),
        Variable("parameter_prior", "quantile parameter", "number", "as in parameter_words", "prior", "definition"),
        Variable("mode", "mode", "text", "", "way of reading that reports use", _FILES),
        Variable("mode_shift", "mode", "number", "1", "prior mean of the shift that its reports share, logit", "assumption"),
        Variable("mode_sd", "mode", "number", "1", "prior sd of it, logit", "assumption"),
        Variable("report_day", "report", "text", "", "day of a report", _FILES),
        Variable("report_house", "report", "text", "", "its house", _FILES),
        Variable("report_audience", "report", "text", "", "its audience", _FILES),
        Variable("report_share", "report", "probability", "1", "share that it gives", _FILES),
        Variable("report_use", "report", "text", "", "fit or check", _FILES),
        Variable("report_label", "report", "text", "", "its note or name", _FILES),
        Variable("report_expected", "quantile report", "probability", "1",
                 "what was expected of a report kept for checking", _POST),
        Variable("rival", "rival", "text", "", "what the fusion is held against", "definition"),
        Variable("rival_reports", "rival", "number", "1", "reports scored", _AHEAD),
        Variable("rival_fusion", "rival", "number", "nats", "mean log score of the fusion on them", _AHEAD),
        Variable("rival_score", "rival", "number", "nats", "mean log score of the rival on them", _AHEAD),
        Variable("rival_low", "rival", "number", "nats", "fusion less rival, mean, 5 %", _AHEAD),
        Variable("rival_high", "rival", "number", "nats", "fusion less rival, mean, 95 %", _AHEAD),
        Variable("left_out", "left_out", "text", "", "house that was left out", _FILES),
        Variable("left_out_reports", "left_out", "number", "1", "its reports", _FILES),
        Variable("inside_50", "left_out", "probability", "1", "share of its reports inside the central 50 %", _OUT),
        Variable("inside_90", "left_out", "probability", "1", "share of its reports inside the central 90 %", _OUT),
        Variable("changes_90", "left_out", "probability", "1", "share of its changes inside the central 90 %", _OUT),
        Variable("left_out_mean", "left_out", "number", "1", "mean of report less prediction, share", _OUT),
        Variable("left_out_error", "left_out", "number", "1", "root mean square of it, share", _OUT),
        Variable("note", "note", "text", "", "what was made of the files", _FILES),
    ),
    attrs=("quantity", "first", "last"),
)  # fmt: skip
