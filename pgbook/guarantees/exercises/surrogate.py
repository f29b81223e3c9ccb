"""Exercises of the page *Surrogate*: a ratio, effective samples, and zero advantages."""

from collections.abc import Callable

import numpy as np

from pgbook import mdp, policies
from pgbook.differences import central_differences
from pgbook.exercises import Function, Number, exercise, mistake, yes_or_no
from pgbook.guarantees import numeric


def _slope(policy: np.ndarray, behaviour: np.ndarray, advantages: np.ndarray) -> np.ndarray:
    """The slope of the surrogate in the preferences, by differences; of one state."""
    return central_differences(lambda h: policies.softmax(h) @ advantages, np.log(policy))


def _mean(step: Callable, policy: np.ndarray, behaviour: np.ndarray, a: np.ndarray) -> np.ndarray:
    """The mean of a step over the actions that the behaviour draws."""
    parts = [step(policy, behaviour, action, a[action]) for action in range(len(policy))]
    return behaviour @ np.asarray(parts, dtype=float)


def _state(rng: np.random.Generator) -> tuple:
    actions = int(rng.integers(2, 4))
    policy, behaviour = rng.dirichlet(2 * np.ones(actions), size=2)
    return policy, behaviour, rng.normal(size=actions)


def _as_printed(policy: np.ndarray, behaviour: np.ndarray, action: int, a: float) -> np.ndarray:
    return a * policies.score(policy)[action]


def _upside_down(policy: np.ndarray, behaviour: np.ndarray, action: int, a: float) -> np.ndarray:
    return behaviour[action] / policy[action] * a * policies.score(policy)[action]


def _old_score(policy: np.ndarray, behaviour: np.ndarray, action: int, a: float) -> np.ndarray:
    return policy[action] / behaviour[action] * a * policies.score(behaviour)[action]


@exercise(
    "ratio",
    "From which parameters do `log_prob` and `old_log_prob` come in the same epoch?",
    "$\\nabla\\rho = \\rho\\,\\nabla\\log\\pi$. "
    "By which law is the action of $\\rho = \\pi/\\mu$ drawn?",
    "The old log-probabilities must be stored when the actions are drawn.",
    ratio="the value of `ratio`",
    step="the slope of one sample in the preferences, mended; `behaviour` drew the action",
)
@mistake(
    "This is the program as printed: its ratio is one, whoever drew the action", step=_as_printed
)
@mistake("The ratio is upside down", step=_upside_down)
@mistake("The ratio is right; the score is that of the current policy", step=_old_score)
@mistake("Both are computed with the current parameters", ratio=0)
def ratio() -> dict:
    """Any step whose mean is the slope of the surrogate will do."""
    current = np.log(np.array([0.2, 0.8]))
    takes = "policy, behaviour, action, advantage"
    return {
        "ratio": Number(float(np.exp(current - current.copy())[0])),
        "step": Function(_slope, _state, of=_mean, takes=takes),
    }


OLD, NEW = np.array([0.5, 0.5]), np.array([0.6, 0.4])


def _mean_square() -> float:
    """Of one ratio, as the definition says."""
    return float(OLD @ (NEW / OLD) ** 2)


@exercise(
    "effective",
    "$\\chi^2 = \\mathbb E[w^2] - 1$ for one ratio $w$.",
    "The steps are independent: the mean squares are multiplied.",
    "$10\\,000 \\cdot 1.04^{-T} < 1$: take logarithms, and round up.",
    chi2="χ²",
    steps="the number of steps",
    one_step="how many count with one ratio a step",
)
@mistake("That is the mean square; its variance is asked for", chi2=_mean_square())
@mistake("Divide by the old probabilities, once", chi2=float(np.sum((NEW - OLD) ** 2)))
@mistake(
    "That is the number of steps with the variance in place of the mean square",
    steps=np.ceil(np.log(1e4) / 0.04),
)
@mistake("That is the number of steps for log to the base ten", steps=np.ceil(4 / 0.04))
@mistake("A ratio that varies makes fewer of them count", one_step=10_000)
def effective() -> dict:
    """How many trajectories count, by multiplying mean squares until less than one does."""
    steps, count = 0, 1e4
    while count >= 1:
        steps, count = steps + 1, count / _mean_square()
    return {
        "chi2": Number(_mean_square() - 1, 1e-4),
        "steps": Number(steps, 0.6),
        "one_step": Number(1e4 / _mean_square(), 50),
    }


def _blind_spot() -> bool:
    """Whether some policy with no positive surrogate above it has a positive advantage."""
    problem = numeric.pitfalls.one_choice(0.9)
    old = mdp.evaluate(problem, [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    best = old.occupancy @ old.advantages.max(axis=1)
    return bool(abs(best) < 1e-9 and old.advantages.max() > 0.1)


@exercise(
    "optimal-surrogate",
    "The surrogate weights each state with the visits of the *old* policy.",
    "What if the old policy errs where it never goes?",
    converse="whether the converse is true",
    converse_if_all_visited="the same if d(s) > 0 in every state",
)
@mistake("Think of a state that the old policy never visits", converse="yes")
@mistake("With a visit to each state a positive advantage shows", converse_if_all_visited="no")
def optimal_surrogate() -> dict:
    """A counterexample, and what it needs: a state without visits."""
    return {
        "converse": yes_or_no(not _blind_spot()),
        "converse_if_all_visited": yes_or_no(_all_visited()),
    }


def _all_visited() -> bool:
    """Whether a positive advantage makes the best surrogate positive, in random problems."""
    rng, agree = np.random.default_rng(4), []
    for _ in range(50):
        problem = mdp.garnet(3, 2, 3, 0.8, rng=rng)
        old = mdp.evaluate(problem, np.eye(2)[rng.integers(2, size=3)])
        best, met = old.occupancy @ old.advantages.max(axis=1), old.occupancy.min() > 0
        agree.append(not met or (best > 1e-9) == (old.advantages.max() > 1e-9))
    return all(agree)
