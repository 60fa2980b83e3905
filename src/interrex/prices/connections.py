"""Political connections in prices: the more a firm depends on a ruler, the more news about him moves it.

Fisman's interaction for firm i and event e, returns in shares of 1:

    R_ie = a + r POL_i + b (POL_i x N_e)

POL_i is an index of dependence (0 none to 4 most), N_e the return that the event alone would have caused to the
market. He found that the most dependent firms would lose about 23 per cent of their value by an event at which brokers
expected the market to fall by 20 per cent: b x 4 x .20. His coefficient b as remembered is .28; the regression table
was not at hand, so what is published here is the 23 per cent.

The sign of a case follows: bad news about the ruler (N_e < 0) lowers dependent firms further, for b > 0. Non-political
news must not load on POL; `null` tests that with the same regression.

Fisman, R. (2001). Estimating the value of political connections. American Economic Review 91(4), 1095-1102.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.engine import draws

MOST_DEPENDENT = 4
DEATH_OF_THE_RULER = -0.20
"""Return of the market that brokers expected if the ruler died (Fisman 2001, by way of later surveys)."""
VALUE_OF_CONNECTIONS = 0.23
"""Share of the value of the most dependent firms (Fisman 2001)."""
REMEMBERED_COEFFICIENT = 0.28
"""b as remembered, not read in the table: assumption."""


class Fit(NamedTuple):
    """The interaction regression. se: standard errors clustered by event; intervals 95 %."""

    level: float
    dependence: float  # r
    interaction: float  # b
    se: float  # of b
    low: float
    high: float
    firms: int
    events: int


def interaction(returns: np.ndarray, dependence: np.ndarray, news: np.ndarray) -> Fit:
    """Least squares of returns f8[event, firm] on `dependence` f8[firm] and its product with `news` f8[event].

    Returns of one event share its luck, so errors are clustered by event (CR1). With few events the interval uses
    Student's t with events - 1 degrees of freedom; with fewer than three there is none (ValueError)."""
    events, firms = returns.shape
    if events < 3 or firms < 3 or np.ptp(dependence) == 0.0 or np.ptp(news) == 0.0:
        raise ValueError("needs three events and three firms that differ in dependence, and news that differ")
    from scipy.stats import t

    pol = np.tile(dependence, events)
    cross = np.repeat(news, firms) * pol
    x = np.column_stack([np.ones(events * firms), pol, cross])
    y = returns.ravel()
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    scores = (x * (y - x @ beta)[:, None]).reshape(events, firms, 3).sum(axis=1)
    n = events * firms
    small = events / (events - 1) * (n - 1) / (n - 3)
    cov = small * inverse @ (scores.T @ scores) @ inverse
    se = float(np.sqrt(cov[2, 2]))
    reach = float(t.ppf(0.975, events - 1)) * se
    b = float(beta[2])
    return Fit(float(beta[0]), float(beta[1]), b, se, b - reach, b + reach, firms, events)


def value_of_connections(fit: Fit | float, dependence: float = MOST_DEPENDENT, news: float = DEATH_OF_THE_RULER) -> float:  # fmt: skip
    """Share of a firm's value that rests on its connection: b x dependence x expected fall of the market."""
    b = fit.interaction if isinstance(fit, Fit) else fit
    return b * dependence * -news


def simulate(
    seed: int, firms: int, news: np.ndarray, coefficient: float, spread: float = 0.03, common: float = 0.01
) -> tuple[np.ndarray, np.ndarray]:
    """Synthetic returns f8[event, firm] with a known coefficient, and the dependence f8[firm] (0 to 4, evenly drawn).

    `news` f8[event]; `spread` and `common`: sd of a firm's own and of the event's shared luck, shares of 1."""
    events = news.size
    dependence = np.floor(5 * draws.uniforms(seed, draws.TRUTH, (firms,), tick=1))
    own = spread * draws.normals(seed, draws.TRUTH, (events, firms), tick=2)
    shared = common * draws.normals(seed, draws.TRUTH, (events,), tick=3)
    returns = shared[:, None] + coefficient * news[:, None] * dependence[None, :] + own
    return returns, dependence


def null(returns: np.ndarray, dependence: np.ndarray, news: np.ndarray) -> bool:
    """Whether other news (taxes abroad, the weather) leave dependence without a load: the interval of b holds 0."""
    fit = interaction(returns, dependence, news)
    return fit.low <= 0.0 <= fit.high
