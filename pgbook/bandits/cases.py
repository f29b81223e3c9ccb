"""What the claims of the chapter are tried on besides random bandits."""

import numpy as np

from pgbook.cases import bandits
from pgbook.ledger import Cases
from pgbook.validation import read_only

# A bandit with three arms for sampled checks.
PREFERENCES = read_only(np.array([0.2, -0.4, 1.0]))
VALUES = read_only(np.array([1.0, 0.5, 2.0]))
# A policy that prefers the second best arm.
PLATEAU = read_only(np.array([0.03, 0.94, 0.03]))
PLATEAU_VALUES = read_only(np.array([1.0, 0.9, 0.0]))


def updates(n_cases: int, seed: int) -> Cases:
    """Random preferences, arm, reward and step size."""

    def draw(rng):
        for h, _ in bandits(n_cases, seed).drawn:
            yield h, int(rng.integers(h.size)), float(rng.normal(scale=2)), rng.uniform(0.05, 1)

    return Cases(f"{n_cases} updates, 2 to 8 arms", draw, seed)
