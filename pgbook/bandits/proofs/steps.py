"""Curvature, exact steps of any size, and how exploration fades."""

from functools import partial

import sympy as sp

from pgbook import ledger, symbols
from pgbook.bandits.proofs.index import LOGISTIC, LOGIT, P
from pgbook.derivation import Derivation, Partial
from pgbook.ledger import wrong
from pgbook.symbols import J, a, i, j, pi, q, same, total

alpha, rho, t = sp.symbols(r"\alpha \rho t", positive=True)
E, x = sp.IndexedBase("E"), sp.IndexedBase("x", real=True)

DEFINITIONS = {**symbols.DEFINITIONS, x: sp.Lambda(i, q[i] - J)}
POINT = {**symbols.POINT, E: [sp.S(2), sp.S.One, sp.S(3)]}
TWO_ARMED_POINT = {LOGIT: sp.log(2), alpha: 1, rho: 2, t: 3}
proves = partial(ledger.proves, generality="any number of arms", point=POINT)
proves_for_two = partial(ledger.proves, generality="all parameters", point=TWO_ARMED_POINT)


@proves("B13", "second derivatives of the objective")
@wrong("without the second advantage", claimed=pi[a] * x[a] * (same(a, j) - pi[j]))
def hessian() -> Derivation:
    """Entry (a, j) of the Hessian of the objective."""
    slope = pi[a] * (same(a, j) - pi[j])
    return Derivation(
        (Partial(pi[a] * (q[a] - J), symbols.H[j]), "derivative of the gradient"),
        (slope * (q[a] - J) - pi[a] * Partial(J, symbols.H[j]), "product rule"),
        (slope * x[a] - pi[a] * pi[j] * x[j], "the gradient again"),
        (pi[a] * same(a, j) * x[a] - pi[a] * pi[j] * (x[a] + x[j]), "collected"),
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


@proves_for_two("B18", "time of the flow as a function of the logit")
@wrong("without the linear term", claimed=Partial(sp.sinh(LOGIT).rewrite(sp.exp), LOGIT))
def exploration_clock() -> Derivation:
    """How fast the time of exact gradient flow passes as the logit of the better arm grows.

    Two arms with rewards 0 and 1: the logit grows at the rate 2 p (1 - p), so its
    inverse is the derivative of the time.
    """
    return Derivation(
        (1 / (2 * P * (1 - P)), "time per unit of logit"),
        ((1 + sp.exp(LOGIT)) ** 2 / (2 * sp.exp(LOGIT)), "logistic function"),
        (sp.exp(LOGIT) / 2 + 1 + sp.exp(-LOGIT) / 2, "expanded"),
        (
            Partial(sp.exp(LOGIT) / 2 - sp.exp(-LOGIT) / 2 + LOGIT, LOGIT),
            "so the time is this function",
        ),
        definitions=LOGISTIC,
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
