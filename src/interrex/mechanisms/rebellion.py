"""Rebellion against perceived risk (Epstein 2002), in rates and log-odds.

A citizen at home joins at rate `join_rate * c(hour) * expit(U)`, U = mood + leaning + influence. The leaning of
a citizen is `grievance_slope * grievance - risk_slope * risk_aversion * P`, with perceived risk
P = 1 - exp(-k C / A): C officers who can be sent at one time, A persons whom a newcomer counts on the street.
Masses are persons and rates are per day, so neither resolution nor tick length is a hidden parameter.
"""

from math import isclose

import numpy as np

from interrex.mechanisms.contract import Claim, Mechanism, Param, Prior, Work, middle
from interrex.mechanisms.maths import exp, expit, log, scalar
from interrex.mechanisms.state import CALM

PARAMS = (
    Param("calm_share", Prior("lognormal", -13.0, 0.6), "share of citizens on the street on a calm day",
          "assumption; brackets 0.5-3 small protests a day (Oxus Society, CAPT 2018-2021)"),
    Param("grievance_slope", Prior("normal", 2.8, 0.3), "log-odds per sd of grievance", "assumption"),
    Param("risk_slope", Prior("lognormal", 1.10, 0.4), "log-odds at full risk and full aversion", "assumption"),
    Param("risk_k", Prior("lognormal", 0.83, 0.5), "1", "Epstein 2002, k = 2.3 as median", False),
    Param("company", Prior("lognormal", 3.91, 0.7), "persons a newcomer counts on", "assumption"),
    Param("stay_days", Prior("lognormal", -0.69, 0.5), "days a participant stays",
          "assumption; protests in autocracies last one day in the median (Mass Mobilization)"),
)  # fmt: skip

JOIN_RATE = (
    2.0  # a persuaded citizen joins within half a day; calm_share fixes the level, so this only saturates
)


@scalar
def leaning(grievance, risk_aversion, risk, th):
    """A citizen's own log-odds: grievance in standard deviations, risk aversion and risk in 0..1."""
    return th.grievance_slope * grievance - th.risk_slope * risk_aversion * risk


@scalar
def join_rate(u):
    """Rate a day at which a citizen with log-odds `u` joins, before the hour of the day."""
    return JOIN_RATE * expit(u)


@scalar
def calm_level(th):
    """Intercept that makes `calm_share` the stationary share on the street when nothing else moves.

    With entry rate J e^U (U far below zero) and leaving rate 1/D the share is J D E[e^U]; grievance is N(0,1) and
    risk aversion U(0,1), so E[e^U] = e^a e^(s^2/2) (1 - e^-rho)/rho at full perceived risk.
    """
    s = th.grievance_slope
    rho = th.risk_slope
    mean = exp(0.5 * s * s) * (1.0 - exp(-rho)) / rho
    return log(th.calm_share / (JOIN_RATE * th.stay_days * mean))


@scalar
def mood(u, g, x, place, th):
    """The calm level."""
    return x.level[CALM]


@scalar
def perceived_risk(force, crowd, th):
    """P = 1 - exp(-k C / (A + company)), 0..1; C and A in persons."""
    return 1.0 - exp(-th.risk_k * force / (crowd + th.company))


@scalar
def update(x, place, th, t, dt, hour):
    """The calm level, and perceived risk of every unit from the forces there and the crowd there."""
    x.level[CALM] = calm_level(th)
    for u in range(x.crowd.size):
        x.risk[u] = perceived_risk(x.force[u], x.crowd[u], th)


@scalar
def leave(u, x, place, th):
    """Participants go home after `stay_days` on average."""
    return 1.0 / th.stay_days


TH = middle(PARAMS)._replace(risk_k=2.3)


def _calm_share():
    """Entry rate a day times days on the street, summed over citizens at full perceived risk, by quadrature."""
    grievance, step = np.linspace(-10.0, 20.0, 30_001, retstep=True)
    density = np.exp(-0.5 * grievance**2) / np.sqrt(2.0 * np.pi) * step
    averse = (np.arange(2000) + 0.5) / 2000
    joins = density @ np.exp(calm_level(TH) + TH.grievance_slope * grievance) * np.exp(-TH.risk_slope * averse).mean()
    return JOIN_RATE * joins * TH.stay_days


CLAIMS = (
    Claim("one officer for each person on the street means a risk of .9, Epstein's choice of k = 2.3", lambda: (
        round(perceived_risk(1000.0, 1000.0 - TH.company, TH), 2) == 0.9)),
    Claim("perceived risk rises with officers and falls with the crowd", lambda: (
        0.0 == perceived_risk(0.0, 9.0, TH) < perceived_risk(9.0, 99.0, TH) < perceived_risk(9.0, 9.0, TH) < 1.0)),
    Claim("on a calm day the share `calm_share` is on the street", lambda: isclose(_calm_share(), TH.calm_share, rel_tol=1e-6)),
)  # fmt: skip

WORKS = (
    Work("Epstein, J. M.", "2002", "Modeling civil violence: an agent-based computational approach",
         "Proceedings of the National Academy of Sciences 99 (suppl. 3), 7243-7250", "10.1073/pnas.092080199"),
)  # fmt: skip

MECHANISM = Mechanism(
    name="rebellion",
    works=WORKS,
    params=PARAMS,
    reads=("crowd", "force", "CALM"),
    writes=("risk", "CALM"),
    slots={"leaning": leaning, "mood": mood, "update": update, "leave": leave},
    claims=CLAIMS,
)
