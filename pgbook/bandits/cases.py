"""What the claims of the chapter are tried on: random bandits, and one for samples."""

import numpy as np

from pgbook import policies
from pgbook.ledger import Cases

# A bandit with three arms for sampled checks.
PREFERENCES = np.array([0.2, -0.4, 1.0])
VALUES = np.array([1.0, 0.5, 2.0])


def bandits(n_cases: int, seed: int, text: str = "bandits, 2 to 8 arms") -> Cases:
    """Preferences and action values of random bandits with 2 to 8 arms."""

    def draw(rng):
        sizes = rng.integers(2, 9, size=n_cases)
        return [(rng.normal(size=n), rng.normal(size=n)) for n in sizes]

    return Cases(f"{n_cases:,} {text}", draw, seed)


def updates(n_cases: int, seed: int) -> Cases:
    """Random preferences, arm, reward and step size."""

    def draw(rng):
        for h, _ in bandits(n_cases, seed).drawn:
            yield h, int(rng.integers(h.size)), float(rng.normal(scale=2)), rng.uniform(0.05, 1)

    return Cases(f"{n_cases} updates, 2 to 8 arms", draw, seed)


def with_baselines(n_cases: int, seed: int) -> Cases:
    """Policies and action values of random bandits with 2 to 8 arms, and a baseline."""

    def draw(rng):
        for _ in range(n_cases):
            n_arms, b = rng.integers(2, 9), rng.normal(scale=3)
            yield policies.softmax(rng.normal(size=n_arms)), rng.normal(size=n_arms), b

    return Cases(f"{n_cases:,} bandits and baselines", draw, seed)


def batches(n_cases: int, seed: int, text: str, scale: float = 1.0) -> Cases:
    """Preferences and action values of random bandits, one batch for each of 2 to 8 arms."""

    def draw(rng):
        for n_arms in range(2, 9):
            shape = (n_cases // 7, n_arms)
            yield rng.normal(scale=scale, size=shape), rng.normal(size=shape)

    return Cases(text, draw, seed)
