import numpy as np
import pytest

from pgbook.differences import central_differences


def test_the_slopes_of_a_quadratic_function_are_exact_up_to_round_off():
    at = np.array([[0.5, -1.0], [2.0, 0.0]])
    slopes = central_differences(lambda x: np.array([np.sum(x**2), x[0, 1] * x[1, 0]]), at)
    assert slopes.shape == (2, 4)
    assert slopes == pytest.approx(np.array([[1, -2, 4, 0], [0, 2, -1, 0]]), abs=1e-9)
    assert at.tolist() == [[0.5, -1.0], [2.0, 0.0]]


def test_the_error_falls_with_the_square_of_the_step():
    errors = [central_differences(np.exp, np.zeros(1), step)[0, 0] - 1 for step in (1e-2, 1e-3)]
    assert errors[1] / errors[0] == pytest.approx(0.01, rel=1e-3)
