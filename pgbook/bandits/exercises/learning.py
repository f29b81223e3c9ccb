"""Exercises of the page *Learning*: the best baseline late, and two clocks."""

from collections.abc import Callable

import numpy as np

from pgbook import outcomes
from pgbook.exercises import Choice, Function, Number, exercise, mistake

LATE = np.array([1e-6, 1 - 1e-6])  # a policy that has almost learned, rewards 0 and 1


@exercise(
    "best-baseline",
    "$b^* = \\mathbb E[R\\,|\\psi|^2] / \\mathbb E|\\psi|^2$. How long is the score of each arm?",
    "The score of the better arm is $\\sqrt2\\,(1-p)$ long, that of the other $\\sqrt2\\,p$.",
    "Which arm makes the rare, long step, and what multiplies its score with each baseline?",
    reward="the limit of J",
    baseline="the limit of b*",
    larger="what gives one update the larger variance, late in learning",
)
@mistake("J is the mean reward, and almost every pull pays 1", reward=0)
@mistake(
    "The weights are squared scores: the rare arm, which pays 0, has almost all of it", baseline=1
)
@mistake("Each reward is weighted with the probability of the other arm", baseline=0.5)
@mistake("Without a baseline the rare arm pays 0 and changes nothing at all", larger="no baseline")
def best_baseline() -> dict:
    """The best baseline goes where the expected reward does not."""
    arms = outcomes.bandit(LATE, [0.0, 1.0])
    reward = float(arms.weights @ arms.payoffs)
    variances = {
        "the average reward": arms.estimates(reward).variance(),
        "no baseline": arms.estimates().variance(),
    }
    return {
        "reward": Number(reward),
        "baseline": Number(arms.optimal_baseline()),
        "larger": Choice(max(variances, key=variances.get), *variances),
    }


def _logit(start: float) -> float:
    return np.log((1 - start) / start)


def _time(speed: Callable) -> Callable:
    """The time from the logit of `start` to its negative, by a quadrature of 1 / speed."""
    nodes, weights = np.polynomial.legendre.leggauss(80)

    def time(start: float, gap: float) -> float:
        end = _logit(start)
        p = 1 / (1 + np.exp(-end * nodes))
        return end * weights @ (1 / speed(p, gap))

    return time


def _start(rng: np.random.Generator) -> tuple:
    return rng.uniform(0.01, 0.3), rng.uniform(0.5, 3)


@exercise(
    "replicator",
    "$\\dot p = p(1-p)\\,\\Delta$ along the natural flow, and $\\dot\\ell = \\dot p / (p(1-p))$.",
    "A constant speed: divide the way, $2\\ell_0$, by it.",
    "Along the gradient $\\dot\\ell = 2p(1-p)\\Delta$, and $\\frac1{p(1-p)} = 2 + 2\\cosh\\ell$.",
    natural="the time of the natural flow from the probability `start` to 1 − `start`",
    gradient="the time of the gradient flow for the same way",
)
@mistake("That is the way to even odds: it is only half", natural=lambda p, gap: _logit(p) / gap)
@mistake("The larger the gap, the faster the flow", natural=lambda p, gap: 2 * _logit(p) * gap)
@mistake("That is the time of the natural flow", gradient=lambda p, gap: 2 * _logit(p) / gap)
@mistake(
    "The logit is a difference of two preferences, and both of them move",
    gradient=lambda p, gap: 4 * (np.sinh(_logit(p)) + _logit(p)) / gap,
)
@mistake(
    "That is what it is about for a small start; a formula without “about” exists",
    gradient=lambda p, gap: 1 / (p * gap),
)
def replicator() -> dict:
    """The natural flow crosses at a constant speed, the gradient waits at both ends."""
    return {
        "natural": Function(_time(lambda p, gap: gap + 0 * p), _start),
        "gradient": Function(_time(lambda p, gap: 2 * p * (1 - p) * gap), _start),
    }
