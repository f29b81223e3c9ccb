"""What the checks of several claims use."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from pgbook import ledger
from pgbook.bandits import symbolic
from pgbook.validation import FloatArray

# A bandit with three arms for sampled checks, and their number of samples.
PREFERENCES = np.array([0.2, -0.4, 1.0])
VALUES = np.array([1.0, 0.5, 2.0])
N = 200_000

proves = partial(ledger.proves, generality="any number of arms", point=symbolic.POINT)
proves_for_two = partial(ledger.proves, generality="all parameters", point=symbolic.TWO_ARMED_POINT)


def random_batches(n_cases: int, seed: int, scale: float = 1.0) -> Iterator[tuple[FloatArray, ...]]:
    """Preferences and action values of random bandits, one batch for each of 2 to 8 arms."""
    rng = np.random.default_rng(seed)
    for n_arms in range(2, 9):
        shape = (n_cases // 7, n_arms)
        yield rng.normal(scale=scale, size=shape), rng.normal(size=shape)
