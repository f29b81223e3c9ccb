"""Exercises of the page *Generalization*: a blind test, and a rough payoff."""

import math

import numpy as np
import sympy as sp

from pgbook.differences import central_differences
from pgbook.exercises import Choice, Expression, Number, exercise, mistake

THETA = sp.Symbol("theta", real=True)


@exercise(
    "shifted",
    "The density is $e^{\\theta - z}$ on $z > \\theta$. What is its score there?",
    "The score is 1, so $\\mathbb E[f\\psi] = \\mathbb E[z]$.",
    "The missing term is $f\\,p$ at the end that moves, with a sign.",
    mean="E[fψ]",
    missing="what must be added to get the slope",
)
@mistake("That is the slope of the mean, and not what the score estimates", mean=sp.Integer(1))
@mistake("The mean of Exp(1) is one, and it is added to the shift", mean=THETA)
@mistake("The lower end moves up, so mass is lost there: the sign is the other one", missing=THETA)
@mistake("The density at the end is 1, but the payoff there is not", missing=sp.Integer(-1))
def shifted() -> dict:
    """The mean of the score estimate by integration, and what is missing to the slope."""
    z, e = sp.Symbol("z", real=True), sp.Symbol("e", positive=True)
    # With z = theta + e the integral has ends that do not depend on the parameter.
    payoff, density = THETA + e, sp.exp(-e)
    score = sp.diff(sp.log(sp.exp(THETA - z)), THETA).subs(z, THETA + e)
    mean = sp.integrate(payoff * score * density, (e, 0, sp.oo))
    slope = sp.diff(sp.integrate(payoff * density, (e, 0, sp.oo)), THETA)
    return {"mean": Expression(mean), "missing": Expression(sp.expand(slope - mean))}


def _variances(omega: float, theta: float) -> dict[str, float]:
    """Of both estimates for the payoff sin(ωx), by sums over a fine grid."""
    z = np.linspace(-9, 9, 200_001)
    weights = np.exp(-(z**2) / 2)
    weights /= weights.sum()
    x = theta + z
    values = {"score": np.sin(omega * x) * z, "pathwise": omega * np.cos(omega * x)}
    return {name: float(weights @ v**2 - (weights @ v) ** 2) for name, v in values.items()}


def _above(shift: float) -> float:
    """The probability that x > 0, for a mean of one half and a shift."""
    return (1 + math.erf((0.5 + shift) / math.sqrt(2))) / 2


@exercise(
    "rough",
    "The pathwise estimate is $f'(x) = \\omega\\cos(\\omega x)$, the score estimate "
    "$\\sin(\\omega x)\\,(x - \\theta)$. Which of them knows $\\omega$ as a factor?",
    "The mean of $\\cos^2$ of a fast oscillation is one half.",
    "Where is the derivative of a jump not zero? And how fast does $\\Pr(x > 0)$ change?",
    larger="which estimate has the larger variance for large ω",
    variance="the variance of the pathwise estimate for ω = 10, θ = 1/2",
    jump="the true slope for the jump at θ = 1/2",
)
@mistake("Its size is at most |x − θ|, whatever ω is", larger="score")
@mistake("The mean of the squared cosine is one half", variance=100)
@mistake("That is the standard deviation", variance=_variances(10, 0.5)["pathwise"] ** 0.5)
@mistake(
    "That is what the pathwise estimate says; a sample lies at the jump with probability zero",
    jump=0,
)
@mistake(
    "That is the density at its peak; the jump is at x = 0, half a deviation away",
    jump=1 / np.sqrt(2 * np.pi),
)
@mistake("That is the probability itself; its slope is asked for", jump=_above(0.0))
def rough() -> dict:
    """The variance of the pathwise estimate, and the slope for a jump by differences."""
    variances = _variances(10.0, 0.5)
    (jump,) = central_differences(_above, 0.0)
    return {
        "larger": Choice(max(variances, key=variances.get), *variances),
        "variance": Number(variances["pathwise"], tolerance=0.5),
        "jump": Number(jump),
    }
