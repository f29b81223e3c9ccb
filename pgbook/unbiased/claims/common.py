"""What the checks of several claims use."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from pgbook import ledger, policies, symbols
from pgbook.unbiased.numeric import Chain
from pgbook.unbiased.symbolic import problems
from pgbook.validation import FloatArray

N = 200_000

proves = partial(ledger.proves, generality="any number of actions", point=symbols.POINT)
proves_for_two = partial(ledger.proves, generality="all parameters", point=problems.POINT)


def random_bandits(n_cases: int, seed: int) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Policies and action values of bandits with 2 to 6 arms."""
    rng = np.random.default_rng(seed)
    for _ in range(n_cases):
        n_arms = rng.integers(2, 7)
        yield policies.softmax(rng.normal(size=n_arms)), rng.normal(size=n_arms)


def random_chains(n_cases: int, seed: int) -> Iterator[tuple[Chain, FloatArray]]:
    """Chains with 1 to 3 states, 2 or 3 actions and 2 or 3 steps, and preferences for each."""
    rng = np.random.default_rng(seed)
    for _ in range(n_cases):
        n_states, n_actions = rng.integers(1, 4), rng.integers(2, 4)
        chain = Chain(
            rng.dirichlet(np.ones(n_states), size=(n_states, n_actions)),
            rng.uniform(-1, 1, size=(n_states, n_actions)),
            rng.dirichlet(np.ones(n_states)),
            rng.uniform(0, 1),
            int(rng.integers(2, 4)),
        )
        yield chain, rng.normal(size=(n_states, n_actions))


def coin_preferences(p: float) -> FloatArray:
    """Preferences with which a coin shows 1 with probability p; shape (1, 2)."""
    return np.log([[1 - p, p]])


def differences(function, at: FloatArray, step: float = 1e-5) -> FloatArray:
    """Central differences of a number, or of an array, in each entry of `at`; last axis."""
    slopes = []
    for entry in np.ndindex(at.shape):
        shift = np.zeros_like(at)
        shift[entry] = step
        slopes.append((function(at + shift) - function(at - shift)) / (2 * step))
    return np.stack(slopes, axis=-1)


ESTIMATORS = {
    "single time": lambda paths: paths.single_time(),
    "full score": lambda paths: paths.full_score(),
    "reward to go": lambda paths: paths.reward_to_go(),
    "without the discount": lambda paths: paths.reward_to_go(discounted=False),
}
