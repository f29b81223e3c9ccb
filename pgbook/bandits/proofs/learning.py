"""Baselines, exact steps of any size, and the worse of two arms while it alone is pulled."""

from functools import partial

import sympy as sp

from pgbook import ledger, symbols
from pgbook.bandits.proofs.index import LOGIT, P
from pgbook.derivation import Derivation, Partial
from pgbook.ledger import wrong
from pgbook.symbols import J, a, i, j, pi, q, same, total

B = sp.Symbol("b", real=True)  # a baseline
alpha, rho, t = sp.symbols(r"\alpha \rho t", positive=True)
E, x = sp.IndexedBase("E"), sp.IndexedBase("x", real=True)
R0, R1, U, V = sp.symbols("r_0 r_1 u v", real=True)  # rewards of two arms, their updates

DEFINITIONS = {**symbols.DEFINITIONS, x: sp.Lambda(i, q[i] - J)}
POINT = {**symbols.POINT, B: 3, E: [sp.S(2), sp.S.One, sp.S(3)]}
TWO_ARMED_POINT = {
    LOGIT: sp.log(2), P: sp.Rational(1, 3), alpha: 1, rho: 2, t: 3, R0: 5, R1: 7, B: 2, U: 4, V: 9,
}  # fmt: skip
proves = partial(ledger.proves, generality="any number of arms", point=POINT)
proves_for_two = partial(ledger.proves, generality="all parameters", point=TWO_ARMED_POINT)


@proves("B12", "the baseline drops out of the mean")
@wrong("without subtracting J", claimed=pi[j] * q[j])
def baseline_drops_out() -> Derivation:
    """A number subtracted from the reward does not change the expected update."""
    return Derivation(
        (total(pi[a] * (q[a] - B) * (same(a, j) - pi[j]), a), "mean update with baseline b"),
        (
            total(pi[a] * q[a] * (same(a, j) - pi[j]), a)
            - B * total(pi[a] * (same(a, j) - pi[j]), a),
            "split the sum",
        ),
        (pi[j] * (q[j] - J) - B * (pi[j] - pi[j] * total(pi[a], a)), "deltas pick arm j"),
        (pi[j] * (q[j] - J), "probabilities sum to one: the baseline is gone"),
        definitions=DEFINITIONS,
    )


@proves("B20", "the gain of one step")
@wrong("no gain", claimed=-J)
def improvement() -> Derivation:
    r"""What one exact gradient step of any size gains, with E[j] for :math:`e^{\alpha\pi_jx_j}`."""
    weights = total(pi[j] * E[j], j)
    return Derivation(
        (total(pi[j] * E[j] * q[j], j) / weights - J, "new value minus old"),
        (total(pi[j] * E[j] * x[j], j) / weights, "J times the weights, under one sum"),
        (
            (total(pi[j] * E[j] * x[j], j) - total(pi[j] * x[j], j)) / weights,
            "the mean of x is zero",
        ),
        (total(pi[j] * (E[j] - 1) * x[j], j) / weights, "one sum"),
        definitions=DEFINITIONS,
    )


LEAST_AT_VALUE = P * (1 - P) * (P * R1 + (1 - P) * R0 - B) ** 2


@proves_for_two("B12", "two arms: the variance as a function of the baseline")
@wrong("least at the expected reward", claimed=LEAST_AT_VALUE)
def two_armed_variance() -> Derivation:
    """Variance of the update of the better arm's preference, by its baseline.

    Arm 1 has probability p and pays r_1, arm 0 pays r_0; the update u or v is the reward minus
    the baseline times the score, which is 1 - p or -p.
    """
    return Derivation(
        (P * U**2 + (1 - P) * V**2 - (P * U + (1 - P) * V) ** 2, "variance of u or v"),
        (P * (1 - P) * (U - V) ** 2, "two values"),
        (P * (1 - P) * ((1 - P) * (R1 - B) + P * (R0 - B)) ** 2, "u and v"),
        (P * (1 - P) * ((1 - P) * R1 + P * R0 - B) ** 2, "collected"),
        definitions={U: (1 - P) * (R1 - B), V: -P * (R0 - B)},
    )


@proves_for_two("B21", "the differential equation behind it")
@wrong("half the rate", claimed=-alpha * rho * sp.exp(LOGIT))
def committed_flow() -> Derivation:
    """The logit of the better arm while only the worse one is pulled, as a flow from zero."""
    return Derivation(
        (Partial(LOGIT, t), "rate of change of the logit"),
        (-2 * alpha * rho / (1 + 2 * alpha * rho * t), "derivative of the logarithm"),
        (-2 * alpha * rho * sp.exp(LOGIT), "definition of the logit"),
        definitions={LOGIT: -sp.log(1 + 2 * alpha * rho * t)},
    )
