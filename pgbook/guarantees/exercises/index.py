"""Exercises of the page *Recap*: where the discount went, and a backward sum."""

from itertools import product

import numpy as np
import sympy as sp

from pgbook import mdp, policies
from pgbook.differences import central_differences
from pgbook.exercises import Expression, Function, Number, exercise, mistake, yes_or_no

GAMMA, P = sp.symbols("gamma p", positive=True)


def _asymmetry() -> float:
    """How far the direction without the discounts is from being a gradient, on a ring."""
    problem, h = mdp.ring(0.5, 3), np.array([[0.1, 0.4], [0.0, -0.3], [0.2, 0.0]])
    slopes = central_differences(lambda at: _direction(problem, at), h)
    jacobian = slopes.reshape(h.size, h.size)
    return float(np.abs(jacobian - jacobian.T).max())


def _direction(problem: mdp.MDP, preferences: np.ndarray) -> np.ndarray:
    """Scores times values at the first ten steps, each step with the weight one."""
    policy = policies.softmax(preferences)
    visits = mdp.state_laws(problem, policy, 10).sum(axis=0)
    return visits[:, None] * policy * mdp.evaluate(problem, policy).advantages


@exercise(
    "where-gamma",
    "Which power of $\\gamma$ belongs before the score of time $t$, and which one has the library?",
    "At time 0 nothing is missing, at time 100 the factor $\\gamma^{100}$.",
    "If a direction is a gradient, its Jacobian is symmetric.",
    factor="by which factor B moves too much",
    gradient="whether the library's direction is a gradient for γ < 1",
)
@mistake(
    "That is the factor that the library leaves out; B moves too much by its inverse",
    factor=0.99**100,
)
@mistake(
    "A power, not a sum: the weights of a hundred steps do not add up",
    factor=sum(0.99**t for t in range(100)),
)
@mistake("Its Jacobian is not symmetric, so it is the gradient of no function", gradient="yes")
def where_gamma() -> dict:
    """The factor by its hundred steps; the asymmetry of a Jacobian by differences."""
    missing = float(np.prod(np.full(100, 0.99)))
    return {"factor": Number(1 / missing, 0.01), "gradient": yes_or_no(_asymmetry() < 1e-6)}


def _weights(rewards: np.ndarray, gamma: float) -> np.ndarray:
    """Of each time the discounted rewards from then on, written as the sum."""
    steps = range(len(rewards))
    return np.array([sum(gamma**u * rewards[u] for u in steps if u >= t) for t in steps])


def _as_printed(rewards: np.ndarray, gamma: float) -> np.ndarray:
    total, weights = 0.0, []
    for t in reversed(range(len(rewards))):
        total = rewards[t] + gamma * total
        weights.append(gamma**t * total)
    return np.array(weights)


def _undiscounted(rewards: np.ndarray, gamma: float) -> np.ndarray:
    return _as_printed(rewards, gamma)[::-1] / gamma ** np.arange(len(rewards))


def _whole_return(rewards: np.ndarray, gamma: float) -> np.ndarray:
    return np.full(len(rewards), _as_printed(rewards, gamma)[-1])


def _mean_of_printed() -> sp.Expr:
    """The mean in the preference of action 1, over the four pairs of tosses."""
    mean = sp.S.Zero
    for tosses in product((0, 1), repeat=2):
        chance = sp.prod([P if toss else 1 - P for toss in tosses])
        weights = (GAMMA * tosses[1], tosses[0] + GAMMA * tosses[1])
        scores = [toss - P for toss in tosses]
        mean += chance * sum(w * s for w, s in zip(weights, scores, strict=True))
    return sp.expand(mean)


@exercise(
    "backward",
    "In which order does the loop append, and in which order are the `log_prob`?",
    "`append` builds the list from the last time on. One call mends it.",
    "For two tosses the score of time 0 meets $\\gamma r_1$, that of time 1 meets "
    "$r_0 + \\gamma r_1$. Which of the products has a mean that is not zero?",
    weights="the mended weights, in the order of time",
    mean="the mean of the printed estimator in the logit of the coin, for two tosses",
)
@mistake("This is the program as printed: the last weight comes first", weights=_as_printed)
@mistake("The order is right; the factor γᵗ of each time is missing", weights=_undiscounted)
@mistake("That is the whole return at each time: what is past is noise", weights=_whole_return)
@mistake("That is the gradient, the mean of the mended program", mean=(1 + GAMMA) * P * (1 - P))
@mistake("The reward of the second toss is discounted", mean=P * (1 - P))
@mistake(
    "The score of time 0 does not know the second toss: that product has mean zero",
    mean=2 * GAMMA * P * (1 - P),
)
def backward() -> dict:
    """The weights in the order of time, and the mean of the program as printed."""

    def draw(rng: np.random.Generator) -> tuple:
        return rng.normal(size=rng.integers(2, 6)), rng.uniform(0.5, 0.95)

    return {"weights": Function(_weights, draw), "mean": Expression(_mean_of_printed())}
