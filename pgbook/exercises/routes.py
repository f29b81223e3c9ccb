"""A route to a reference that needs no formula: where a function changes its sign."""

from collections.abc import Callable

import numpy as np

HALVINGS = 80


def sign_change(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function of one number changes its sign between two places, by bisection.

    Parameters
    ----------
    function : callable
        Changes its sign at most once between `low` and `high`.
    low, high : float

    Returns
    -------
    float
        Infinity if the sign is the same at both ends.
    """
    positive = function(low) > 0
    if (function(high) > 0) == positive:
        return np.inf
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if (function(middle) > 0) == positive else (low, middle)
    return float(low)
