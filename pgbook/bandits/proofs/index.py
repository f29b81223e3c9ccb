"""The objective of two arms and its curvature."""

import sympy as sp

from pgbook.derivation import Derivation, Partial
from pgbook.ledger import proves, wrong

# Two arms with rewards 0 and 1: logit and probability of the better one, which is the objective.
LOGIT, P = sp.Symbol(r"\ell", real=True), sp.Symbol("p", positive=True)
LOGISTIC = {P: sp.exp(LOGIT) / (1 + sp.exp(LOGIT))}
POINT = {LOGIT: sp.log(2)}


@proves("B19", "curvature of the objective of two arms", generality="all logits", point=POINT)
@wrong("without the slope of 1 − p", claimed=P * (1 - P) ** 2)
def two_armed_curvature() -> Derivation:
    """Second derivative of the objective of two arms, rewards 0 and 1, in the logit."""
    return Derivation(
        (Partial(Partial(P, LOGIT), LOGIT), "the curvature of J = p"),
        (Partial(P * (1 - P), LOGIT), "derivative of the logistic function"),
        (Partial(P, LOGIT) - 2 * P * Partial(P, LOGIT), "product rule"),
        (P * (1 - P) * (1 - 2 * P), "the derivative again"),
        definitions=LOGISTIC,
    )


def largest_curvature() -> tuple[sp.Expr, sp.Expr]:
    """The largest curvature with two arms, rewards 0 and 1, and the probability that attains it.

    The Hessian in the two preferences is twice that in the logit: the logit changes
    along (-1, 1), whose squared length is two.
    """
    curvature = 2 * two_armed_curvature().last
    below_half = [root for root in sp.solve(sp.diff(curvature, P), P) if root < sp.Rational(1, 2)]
    return sp.radsimp(sp.simplify(curvature.subs(P, below_half[0]))), below_half[0]
