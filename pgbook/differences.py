"""Slopes without a formula: the second route to every gradient of the book."""

from collections.abc import Callable

import numpy as np

from pgbook import validation
from pgbook.validation import FloatArray


def central_differences(
    function: Callable[[FloatArray], FloatArray], at: FloatArray, step: float = 1e-5
) -> FloatArray:
    """The slope of a function in each entry of its argument.

    Parameters
    ----------
    function : callable
        Takes an array of the shape of `at`; gives a number or an array, of shape (...).
    at : array_like of float
    step : float
        Positive. The error is of the order of its square; but the smaller it is, the more
        round-off counts.

    Returns
    -------
    ndarray, shape (..., at.size)
        Entries of `at` in their order, row by row.
    """
    validation.function("function", function)
    at, step = validation.real_array("at", at), validation.positive("step", step)
    slopes = []
    for entry in np.ndindex(at.shape):
        shift = np.zeros_like(at)
        shift[entry] = step
        slopes.append((function(at + shift) - function(at - shift)) / (2 * step))
    return np.stack(slopes, axis=-1)
