"""What the checks of several claims use: many random problems, evaluated once."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from pgbook import ledger, mdp, policies
from pgbook.guarantees import numeric
from pgbook.guarantees.numeric import Comparison
from pgbook.ledger import Evidence
from pgbook.mdp import MDP
from pgbook.validation import FloatArray

N = 200_000
MANY, SEED = 1000, 801
CASES = "1,000 random MDPs with 2 to 5 states, γ up to 0.99"


def random_problem(rng: np.random.Generator, *, horizon: int | None = None) -> MDP:
    """A problem with 2 to 5 states and 2 to 4 actions."""
    n_states, n_actions = (int(rng.integers(2, high)) for high in (6, 5))
    discount = rng.uniform(0, 0.99)
    return mdp.garnet(n_states, n_actions, n_states, discount, rng=rng, horizon=horizon)


def random_policy(problem: MDP, rng: np.random.Generator, spread: float = 3.0) -> FloatArray:
    """A softmax policy, from nearly uniform to nearly deterministic."""
    h = rng.uniform(0, spread) * rng.normal(size=problem.reward.shape)
    return policies.softmax(h)


@lru_cache(maxsize=1)
def comparisons() -> tuple[Comparison, ...]:
    """Pairs of policies at all distances, with the evaluation of the old one."""
    rng, found = np.random.default_rng(SEED), []
    for _ in range(MANY):
        problem = random_problem(rng)
        old, other = (random_policy(problem, rng) for _ in range(2))
        new = numeric.mixture(old, other, 10 ** rng.uniform(-3, 0))
        found.append(Comparison(mdp.evaluate(problem, old), new))
    return tuple(found)


@lru_cache(maxsize=1)
def deterministic_pairs() -> tuple[tuple[MDP, FloatArray, FloatArray], ...]:
    """A deterministic policy, and one that makes a mistake with the same probability everywhere."""
    rng, found = np.random.default_rng(802), []
    for _ in range(MANY):
        problem = random_problem(rng)
        old = np.eye(problem.n_actions)[rng.integers(problem.n_actions, size=problem.n_states)]
        others = (1 - old) * rng.uniform(0.1, 1, size=old.shape)
        others /= others.sum(axis=1, keepdims=True)
        found.append((problem, old, numeric.mixture(old, others, rng.uniform())))
    return tuple(found)


@lru_cache(maxsize=2)
def chains(n_steps: int = 4) -> tuple[tuple[MDP, FloatArray]]:
    """Problems with 2 or 3 states, two actions and a horizon, short enough to list all paths."""
    rng, found = np.random.default_rng(803), []
    for _ in range(40):
        n_states = int(rng.integers(2, 4))
        problem = mdp.garnet(n_states, 2, n_states, rng.uniform(0, 1), rng=rng, horizon=n_steps)
        found.append((problem, random_policy(problem, rng)))
    return tuple(found)


def in_all(truth: Callable[[Comparison], bool]) -> Evidence:
    """A statement about two policies, in every one of the random problems."""
    truths = np.array([bool(truth(pair)) for pair in comparisons()])
    return ledger.true_in(truths, CASES, seed=SEED)


def equal_in_all(error: Callable[[Comparison], FloatArray]) -> Evidence:
    """An equality about two policies, up to the round-off that the book allows."""
    return in_all(lambda pair: np.abs(error(pair)).max() <= pair.round_off)
