"""Exercises of the page *Lower bound*: a discount, a horizon, and a divergence."""

import numpy as np

from pgbook import mdp, policies
from pgbook.exercises import Function, Number, exercise, mistake, sign_change, yes_or_no
from pgbook.guarantees import numeric


def _bound(discount: float) -> float:
    """The linear bound with a constant for all policies, where the page says it is sharp."""
    moves = np.tile(np.eye(2), (2, 1, 1))  # the action is the next state
    pays = mdp.MDP(moves, [[1.0, 0.0]] * 2, [0.0, 1.0], discount)
    step = numeric.Comparison(mdp.evaluate(pays, np.eye(2)), [[1.0, 0.0], [0.1, 0.9]])
    given = {"epsilon": step.epsilon, "discount": discount, "constant": 1 / (1 - discount)}
    return step.surrogate - numeric.linear_penalty(**given)


@exercise(
    "threshold",
    "All $Q$ lie in $[0, C]$. How large can $g(s)$ be if the mass $\\varepsilon$ moves?",
    "$\\bar A \\le \\varepsilon C/(1-\\gamma)$. "
    "The penalty is $2\\varepsilon\\gamma C/(1-\\gamma)^2$.",
    discount="the discount below which the bound can be positive",
    sharp="whether that is sharp",
)
@mistake(
    "With rewards of both signs the advantages are twice as large; here they are not", discount=0.5
)
@mistake("The penalty has γ once and 1 − γ twice, the surrogate 1 − γ once", discount=2 / 3)
@mistake("The page names a problem in which both inequalities are equalities", sharp="no")
def threshold() -> dict:
    """The sign of the bound changes there in the extreme problem, and nothing is lost."""
    place = sign_change(_bound, 0.1, 0.9)
    return {"discount": Number(place), "sharp": yes_or_no(abs(place - 1 / 3) < 1e-6)}


def _penalty(T: int, epsilon: float, r_max: float) -> float:
    """The sum as it stands."""
    return sum(2 * epsilon * t * 2 * (T - t) * r_max for t in range(T))


def _constant(T: int, epsilon: float, r_max: float) -> float:
    return sum(2 * epsilon * t * 2 * T * r_max for t in range(T))


def _horizon(rng: np.random.Generator) -> tuple:
    return int(rng.integers(2, 20)), rng.uniform(0.01, 0.5), rng.uniform(0.5, 2)


@exercise(
    "finite-penalty",
    "$\\sum_{t<T} t = \\frac{T(T-1)}2$ and $\\sum_{t<T} t^2 = \\frac{(T-1)T(2T-1)}6$.",
    "$\\sum_{t<T} t\\,(T-t) = \\frac{T(T^2-1)}6$. Which factors stand before the sum?",
    "With one constant the sum is $\\sum_{t<T} t \\cdot T$. Compare the highest powers of $T$.",
    penalty="the penalty",
    factor="the factor for large T",
)
@mistake("That is the penalty with one constant", penalty=_constant)
@mistake("The constant has a factor of two of its own", penalty=lambda *at: _penalty(*at) / 2)
@mistake("The sum ends at t = T − 1", penalty=lambda T, e, r: 2 / 3 * e * r * T * (T + 1) * (T + 2))
@mistake("The sums are T³/6 and T³/2", factor=2)
def finite_penalty() -> dict:
    """The penalty term by term, and what one constant costs."""
    long = (2_000, 1.0, 1.0)
    return {
        "penalty": Function(_penalty, _horizon),
        "factor": Number(_constant(*long) / _penalty(*long), 0.01),
    }


def _largest_share() -> float:
    """The largest squared distance over the divergence, of two actions on a grid."""
    p = np.linspace(0.01, 0.99, 99)
    laws = np.stack([p, 1 - p], axis=1)
    square = policies.total_variation(laws[:, None], laws) ** 2
    divergence = policies.kl_divergence(laws[:, None], laws)
    return float((square[divergence > 0] / divergence[divergence > 0]).max())


@exercise(
    "kl",
    "Replace $\\varepsilon^2$ by the largest divergence of a state, and compare the constants.",
    "Pinsker's inequality allows half of it.",
    pinsker="the factor of the penalty with Pinsker, relative to that with TV² ≤ KL",
)
@mistake("That is with the weaker inequality", pinsker=1)
@mistake("The inequality is for the square already", pinsker=np.sqrt(0.5))
@mistake("It makes the penalty smaller, not larger", pinsker=2)
def kl() -> dict:
    """The factor before the penalty with the largest divergence: what Pinsker allows at most."""
    return {"pinsker": Number(_largest_share(), 0.01)}
