"""What the claims of the chapter are tried on besides random bandits."""

import numpy as np

from pgbook.cases import bandits
from pgbook.ledger import Cases

# A bandit with three arms for sampled checks.
PREFERENCES = np.array([0.2, -0.4, 1.0])
VALUES = np.array([1.0, 0.5, 2.0])
for _array in (PREFERENCES, VALUES):
    _array.setflags(write=False)


def updates(n_cases: int, seed: int) -> Cases:
    """Random preferences, arm, reward and step size."""

    def draw(rng):
        for h, _ in bandits(n_cases, seed).drawn:
            yield h, int(rng.integers(h.size)), float(rng.normal(scale=2)), rng.uniform(0.05, 1)

    return Cases(f"{n_cases} updates, 2 to 8 arms", draw, seed)
