import re

import numpy as np
import pytest

from pgbook import validation


@pytest.mark.parametrize(
    ("check", "value", "error", "rule"),
    [
        (validation.real_array, [1.0, np.nan], ValueError, "x must be finite, got [ 1. nan]"),
        (validation.real_array, [np.inf], ValueError, "x must be finite"),
        (validation.real_array, [], ValueError, "x must not be empty, got shape (0,)"),
        (validation.real_array, ["a"], TypeError, "x must be an array of real numbers"),
        (validation.real_array, [1j], TypeError, "got dtype complex128"),
        (validation.floating_array, [0, 1], TypeError, "x must have a floating dtype"),
        (validation.probabilities, [0.5, 0.6], ValueError, "x must hold probabilities"),
        (validation.probabilities, [1.5, -0.5], ValueError, "got [ 1.5 -0.5]"),
        (
            validation.probabilities,
            [[1 + 1e-12, -1e-12], [0.5, 0.5 + 1e-10]],
            ValueError,
            "-1.e-12",
        ),
        (validation.positive, 0, ValueError, "x must be positive, got 0"),
        (validation.positive, -1.0, ValueError, "x must be positive, got -1.0"),
        (validation.count, 0, ValueError, "x must be at least 1, got 0"),
        (validation.count, 1.5, TypeError, "x must be an integer, got 1.5"),
        (validation.count, True, TypeError, "x must be an integer, got True"),
        (validation.generator, 3, TypeError, "x must be a numpy.random.Generator"),
    ],
)
def test_errors_name_argument_rule_and_value(check, value, error, rule):
    with pytest.raises(error, match=re.escape(rule)):
        check("x", value)


@pytest.mark.parametrize("arm", [-1, 3, 10])
def test_an_arm_out_of_range_is_refused(arm):
    with pytest.raises(ValueError, match=rf"arm must be one of 0, ..., 2, got {arm}"):
        validation.index("arm", arm, 3)
    with pytest.raises(ValueError, match=r"must hold arms 0, \.\.\., 2"):
        validation.indices("arms", [0, arm], 3, "arms")


def test_a_wrong_number_of_axes_is_refused():
    with pytest.raises(ValueError, match=re.escape("x must have 1 axis/axes, got shape (1, 2)")):
        validation.real_array("x", [[1.0, 2.0]], ndim=1)


def test_what_passes_is_a_copy():
    given = np.array([0.25, 0.75])
    for check in (validation.real_array, validation.floating_array, validation.probabilities):
        passed = check("x", given)
        passed[0] = 9.0
    assert given[0] == 0.25


def test_probabilities_are_not_renormalised():
    given = np.array([0.5, 0.5 + 5e-10])
    assert np.array_equal(validation.probabilities("x", given), given)
    with pytest.raises(ValueError, match="sum 1"):
        validation.probabilities("x", [0.5, 0.5 + 1e-8])


def test_what_is_too_large_for_products_is_refused_on_both_sides():
    for value in (1e76, -1e76):
        with pytest.raises(ValueError, match=r"x must be at most 1e\+75 in size"):
            validation.real_array("x", [1.0, value])


def test_a_mask_is_refused():
    with pytest.raises(TypeError, match="x must be an array without a mask"):
        validation.real_array("x", np.ma.masked_array([1.0, -999.0], [False, True]))


def test_the_sum_of_short_floats_may_be_off_by_their_rounding():
    rng = np.random.default_rng(0)
    for dtype in (np.float32, np.float16):
        policy = rng.dirichlet(np.ones(10), size=1000).astype(dtype)
        checked = validation.probabilities("x", policy)
        assert checked.dtype == float and np.abs(checked.sum(axis=1) - 1).max() < 1e-15
    with pytest.raises(ValueError, match="sum 1 up to 2e-07"):
        validation.probabilities("x", np.array([0.5, 0.50001], np.float32))


def test_a_text_is_no_flag():
    assert validation.flag("x", np.bool_(False)) is False
    with pytest.raises(TypeError, match="x must be True or False, got 'False'"):
        validation.flag("x", "False")
