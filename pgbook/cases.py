"""The family of random bandits, on which claims of several chapters are tried."""

import numpy as np

from pgbook.ledger import Cases


def bandits(
    n_cases: int, seed: int, text: str = "bandits, 2 to 8 arms", scale: float = 1.0
) -> Cases:
    """Preferences, each (A,) with this standard deviation, and action values of random bandits."""

    def draw(rng):
        sizes = rng.integers(2, 9, size=n_cases)
        return [(rng.normal(scale=scale, size=n), rng.normal(size=n)) for n in sizes]

    return Cases(f"{n_cases:,} {text}", draw, seed)


def stacked(family: Cases) -> Cases:
    """The same bandits stacked by their number of arms: a case is two arrays (N, A)."""

    def stack(_):
        for size in range(2, 9):
            alike = (case for case in family.drawn if case[0].size == size)
            yield tuple(np.array(part) for part in zip(*alike, strict=True))

    return Cases(family.text, stack, family.seed)
