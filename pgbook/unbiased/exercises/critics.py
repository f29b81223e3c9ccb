"""Exercises of the page *Critics*: a gate, and a critic beyond the end."""

import numpy as np

from pgbook import policies
from pgbook.exercises import Choice, Function, Number, exercise, mistake
from pgbook.unbiased import numeric

EVEN = np.full((2, 2), 0.5)


def _variance(name: str) -> float:
    """Of the component of *stay* in the first state, over all trajectories."""
    estimators = numeric.ladder(numeric.gate(-1.0, 0.0), EVEN, np.zeros((2, 2, 2)))
    return float(estimators[name].covariance()[1, 1])


@exercise(
    "gate",
    "The score of *stay* is $\\frac12$ if one stays and $-\\frac12$ if one leaves.",
    "Leave at once; stay, then leave; stay twice: with probabilities ½, ¼ and ¼.",
    "$Q_0 = (-1, -\\frac12)$ and $Q_1 = (-1, 0)$, in the order leave, stay.",
    to_go="the variance of reward to go",
    q="the variance of the Q estimate",
    more="which one varies more",
)
@mistake("That is the variance of the Q estimate", to_go=_variance("action value Q"))
@mistake("That is the variance of both components together", to_go=2 * _variance("reward to go"))
@mistake("That is the variance of reward to go", q=_variance("reward to go"))
@mistake("That is the variance of both components together", q=2 * _variance("action value Q"))
@mistake(
    "At a single time averaging never raises the variance; here two times cancelled before",
    more="reward to go",
)
def gate() -> dict:
    """Both variances, by listing the three trajectories."""
    variances = {name: _variance(name) for name in ("reward to go", "action value Q")}
    return {
        "to_go": Number(variances["reward to go"], 1e-4),
        "q": Number(variances["action value Q"], 1e-4),
        "more": Choice(max(variances, key=variances.get), *variances),
    }


def _advantages(rewards: np.ndarray, values: np.ndarray, gamma: float, lam: float) -> np.ndarray:
    """GAE as the sum of its definition, with the value zero after the end."""
    steps, known = len(rewards), np.append(values[:-1], 0.0)
    errors = [rewards[t] + gamma * known[t + 1] - known[t] for t in range(steps)]
    later = [[(gamma * lam) ** (i - t) * errors[i] for i in range(t, steps)] for t in range(steps)]
    return np.array([sum(terms) for terms in later])


def _episode(rng: np.random.Generator) -> tuple:
    steps = int(rng.integers(1, 6))
    return rng.normal(size=steps), rng.normal(size=steps + 1), 0.9, rng.uniform(0.1, 1)


def _as_printed(rewards: np.ndarray, values: np.ndarray, gamma: float, lam: float) -> np.ndarray:
    advantages, adv = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        adv = rewards[t] + gamma * values[t + 1] - values[t] + gamma * lam * adv
        advantages[t] = adv
    return advantages


def _ended(values: np.ndarray) -> np.ndarray:
    return np.append(values[:-1], 0.0)


def _without_lambda(
    rewards: np.ndarray, values: np.ndarray, gamma: float, lam: float
) -> np.ndarray:
    return _as_printed(rewards, _ended(values), gamma, 1.0)


def _undiscounted(rewards: np.ndarray, values: np.ndarray, gamma: float, lam: float) -> np.ndarray:
    return _as_printed(rewards, _ended(values), gamma, lam / gamma)


def _biased(lam: float) -> bool:
    """Whether the last word of the critic moves the mean of the estimate, if it knows the action.

    One step of the gate, whose ends 0 and 1 are told apart by the critic only.
    """
    policy, says = np.array([0.4, 0.6]), (0.0, 1.0)
    first = [_as_printed(np.zeros(1), np.array([0.0, end]), 0.9, lam)[0] for end in says]
    return bool(np.abs(policy * first @ policies.score(policy)).max() > 1e-9)


@exercise(
    "bootstrap",
    "What is paid after the end, and what does `values[T]` say instead?",
    "With $\\lambda = 1$ the terms of the critic cancel, all but the first and the last.",
    "The last step of an episode that is over must see the value zero.",
    biased="for which λ in [0, 1] it is biased",
    advantages="the mended loop; it returns the advantages",
)
@mistake(
    "This is the program as printed: it believes the critic after the end", advantages=_as_printed
)
@mistake("The end is right; λ is missing", advantages=_without_lambda)
@mistake("The end is right; the errors must be discounted with γλ", advantages=_undiscounted)
@mistake("With λ = 1 the terms in between cancel, and the last one stays", biased="all but 1")
@mistake("With λ = 0 the last step is spoiled already", biased="only 1")
@mistake("The critic is exact at all earlier states only", biased="none")
def bootstrap() -> dict:
    """For which λ the last value biases, and the program without it."""
    where = tuple(_biased(lam) for lam in (0.0, 0.5, 1.0))
    names = {
        (True, True, True): "every",
        (True, True, False): "all but 1",
        (False, False, True): "only 1",
        (False, False, False): "none",
    }
    return {
        "biased": Choice(names[where], *names.values()),
        "advantages": Function(_advantages, _episode),
    }
