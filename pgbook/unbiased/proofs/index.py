"""Three losses, and a reward that contains the parameter.

Two actions with the logit z; action 1 has the probability p, its logistic function.
"""

from functools import partial

import sympy as sp

from pgbook import ledger
from pgbook.derivation import Derivation, Partial
from pgbook.ledger import wrong

z, theta, x = sp.symbols(r"z \theta x", real=True)
#: The probability of the second action.
P = sp.Symbol("p", positive=True)
R0, R1 = sp.symbols("r_0 r_1", positive=True)
LOGISTIC = {P: sp.exp(z) / (1 + sp.exp(z))}
POINT = {z: sp.log(2), R0: 2, R1: 7, theta: 3, P: sp.Rational(2, 3)}
proves = partial(ledger.proves, generality="all parameters", point=POINT)

GRADIENT = (R1 - R0) * P * (1 - P)


@proves("U3", "a reward that contains the parameter: two terms")
@wrong("the score term alone", claimed=theta)
def moving_reward() -> Derivation:
    r"""A reward :math:`\theta x` that contains the parameter, x normal with mean θ."""
    density = sp.exp(-((x - theta) ** 2) / 2) / sp.sqrt(2 * sp.pi)

    def mean(term: sp.Expr) -> sp.Integral:
        return sp.Integral(term * P, (x, -sp.oo, sp.oo))

    score = Partial(sp.log(P), theta)
    return Derivation(
        (Partial(mean(theta * x), theta), "gradient of the expected reward"),
        (mean(theta * x * score) + mean(Partial(theta * x, theta)), "product rule: two terms"),
        (mean(theta * x * (x - theta)) + mean(x), "the score, and the slope of the reward"),
        (2 * theta, "one θ from each: the score alone finds half"),
        definitions={P: density},
    )


def _descent(loss0: sp.Expr, loss1: sp.Expr) -> sp.Expr:
    """Mean slope of a loss over the sampled actions, whose law is held fixed."""
    return (1 - P) * Partial(loss0, z) + P * Partial(loss1, z)


@proves("U4", "the right loss descends to the gradient")
@wrong("without the reward", claimed=-P * (1 - P))
def right_loss() -> Derivation:
    """Mean slope of the loss minus reward times log-probability."""
    return Derivation(
        (_descent(-R0 * sp.log(1 - P), -R1 * sp.log(P)), "mean slope of −R log π"),
        (R0 * P * (1 - P) - R1 * P * (1 - P), "scores of the two actions"),
        (-(R1 - R0) * P * (1 - P), "collected"),
        (-Partial((1 - P) * R0 + P * R1, z), "minus the gradient of the expected reward"),
        definitions=LOGISTIC,
    )


@proves("U4", "in the printed loss the reward disappears")
@wrong("it is a gradient", claimed=-GRADIENT)
def printed_loss() -> Derivation:
    """Mean slope of the loss as document 002 prints it: the reward disappears."""
    printed = _descent(-sp.log(R0 * (1 - P)), -sp.log(R1 * P))
    c0, c1 = sp.symbols("c_0 c_1", real=True)
    return Derivation(
        (printed, "mean slope of −log(R π)"),
        (
            (1 - P) * Partial(-c0 - sp.log(1 - P), z) + P * Partial(-c1 - sp.log(P), z),
            "logarithm of a product, with the constant c = log r",
        ),
        (
            -(1 - P) * Partial(sp.log(1 - P), z) - P * Partial(sp.log(P), z),
            "constants have no slope: the rewards are gone",
        ),
        (-Partial(1 - P, z) - Partial(P, z), "derivative of a logarithm"),
        (sp.S.Zero, "probabilities sum to one"),
        definitions={**LOGISTIC, c0: sp.log(R0), c1: sp.log(R1)},
    )


@proves("U4", "the other reading descends another function")
@wrong("it is a gradient", claimed=-GRADIENT)
def other_reading() -> Derivation:
    """Mean slope of the other reading, minus log-reward times probability."""
    return Derivation(
        (_descent(-sp.log(R0) * (1 - P), -sp.log(R1) * P), "mean slope of −(log R) π"),
        (
            -(sp.log(R1) * P - sp.log(R0) * (1 - P)) * P * (1 - P),
            "derivative of the logistic function",
        ),
        (
            -Partial((sp.log(R0) * (1 - P) ** 2 + sp.log(R1) * P**2) / 2, z),
            "it descends another function than −J",
        ),
        definitions=LOGISTIC,
    )
