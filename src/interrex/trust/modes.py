"""How opinion was read, and the shift that each way of reading shares: a prior that no number of reports removes.

A shift is added to the logit of what people think: above 0, reports flatter the incumbent. All numbers are assumptions. That
of polls has the size of the gap between asking openly and list experiments on Putin (Frye, Gehlbach, Marquardt and Reuter
2017, Post-Soviet Affairs 33:1: within ten points); together with `BIAS_SD` and `AUDIENCE_SD` it has the mean .3 and sd .4 of
`shared_bias` in a run.
"""

from __future__ import annotations

from typing import NamedTuple

from interrex.errors import RunError, nearest, quoted

BIAS_SD = 0.2
"""Logit: of what every report shares, however it was read (fear)."""

AUDIENCE_SD = 0.17
"""Logit: by how much this differs between audiences, so that their differences keep a floor too."""


class Mode(NamedTuple):
    """A way of reading: mean and sd of its shift, logit; design effect of a report that tells none; what it is, in words."""

    shift: float
    sd: float
    deff: float
    words: str


MODES: dict[str, Mode] = {
    "poll": Mode(0.3, 0.3, 2.0, "a pollster asks people whom he drew"),
    "online": Mode(0.1, 0.4, 5.0, "people who volunteered answer on the net"),
    "networks": Mode(0.0, 0.6, 20.0, "posts on social networks are counted"),
    "talks": Mode(0.0, 0.6, 3.0, "talks with a handful of people"),
    "emigrants": Mode(-0.6, 0.6, 5.0, "emigrants say what people at home think"),
    "behaviour": Mode(0.0, 0.6, 20.0, "what people do: turnout, withdrawals, marches"),
}
USUAL = "poll"
"""Of a report that does not tell."""


def changed(told: dict[str, str]) -> dict[str, Mode]:
    """The modes with shifts that somebody gave, as {"poll": "0.2,0.3"}: mean and sd. Raises RunError."""
    out = dict(MODES)
    for name, text in told.items():
        if name not in MODES:
            close = nearest(name, MODES)
            raise RunError(
                f"--shift: there is no mode {quoted(name)}", f"did you mean {close}?" if close else f"there are {', '.join(MODES)}"
            )  # fmt: skip
        try:
            shift, sd = (float(part) for part in text.split(","))
        except ValueError:
            raise RunError(f"--shift {name}={text} is no mean and sd", f"write {name}=0.3,0.3") from None
        if not (abs(shift) <= 5 and 0 < sd <= 5):
            raise RunError(
                f"--shift {name}={text} is out of range", "give a mean of -5 to 5 and an sd above 0, up to 5, on the logit scale"
            )  # fmt: skip
        out[name] = out[name]._replace(shift=shift, sd=sd)
    return out
