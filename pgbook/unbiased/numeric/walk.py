"""An episode that ends almost surely, and whose expected length is infinite."""

import numpy as np

from pgbook import validation
from pgbook.validation import FloatArray


def walk_survival(n_steps: int, down: float = 0.5) -> FloatArray:
    """Probability that a walk from 1 has not yet reached 0 after 0, ..., n steps; (n_steps + 1,).

    Each step goes down with the probability `down`, otherwise up. The sum over all steps is the
    expected length of the episode.
    """
    n_steps, down = validation.count("n_steps", n_steps), validation.real("down", down)
    if not 0 < down < 1:
        raise ValueError(f"down must lie strictly between 0 and 1, got {down}")
    law = np.zeros(n_steps + 3)  # by position; 0 is absorbing and not counted
    law[1], alive = 1.0, [1.0]
    for _ in range(n_steps):
        law[1:-1] = (1 - down) * np.concatenate([[0.0], law[1:-2]]) + down * law[2:]
        alive.append(law[1:].sum())
    return np.array(alive)
