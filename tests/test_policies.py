import numpy as np
import pytest
from mpmath import mp

from pgbook import policies
from pgbook.montecarlo import estimate, largest_z

RNG_SEED = 11


def test_softmax_agrees_with_fifty_digits():
    h = np.random.default_rng(RNG_SEED).normal(scale=30, size=(200, 6))
    with mp.workdps(50):
        weights = [[mp.exp(float(x)) for x in row] for row in h]
        exact = np.array([[float(w / sum(row)) for w in row] for row in weights])
        logarithms = np.array([[float(mp.log(w / sum(row))) for w in row] for row in weights])
    np.testing.assert_allclose(policies.softmax(h), exact, rtol=1e-13, atol=0)
    np.testing.assert_allclose(policies.log_softmax(h), logarithms, rtol=1e-13, atol=1e-13)


def test_a_batch_is_its_rows():
    h = np.random.default_rng(RNG_SEED).normal(size=(3, 4, 5))
    for function in (policies.softmax, policies.log_softmax):
        rows = np.array([[function(row) for row in block] for block in h])
        assert np.array_equal(function(h), rows)


def test_softmax_ignores_a_shift_and_not_a_factor():
    h = np.array([0.3, -1.0, 2.0])
    assert np.abs(policies.softmax(h + 500.0) - policies.softmax(h)).max() < 1e-13
    assert np.abs(policies.softmax(2 * h) - policies.softmax(h)).max() > 0.05


def test_one_action_is_certain():
    assert policies.softmax([3.0]) == 1
    assert policies.log_softmax([3.0]) == 0
    assert policies.score([1.0]) == 0


@pytest.mark.parametrize("h", [[np.nan, 0.0], [np.inf, 0.0], [-np.inf, -np.inf]])
def test_preferences_that_are_not_finite_are_refused(h):
    with pytest.raises(ValueError, match="preferences must be finite"):
        policies.softmax(h)


def test_underflow_loses_the_support_but_not_the_logarithm():
    assert policies.softmax([0.0, -800.0])[1] == 0
    assert policies.log_softmax([0.0, -800.0])[1] == -800


def test_the_score_is_the_derivative_of_the_log_probabilities():
    h, step = np.random.default_rng(RNG_SEED).normal(size=7), 1e-5
    slopes = [
        (policies.log_softmax(h + step * e) - policies.log_softmax(h - step * e)) / (2 * step)
        for e in np.eye(7)
    ]
    np.testing.assert_allclose(policies.score(policies.softmax(h)), np.transpose(slopes), atol=1e-9)


def test_the_score_sums_to_zero_over_components_and_over_the_policy():
    policy = policies.softmax([0.3, -1.0, 2.0, 0.0])
    score = policies.score(policy)
    assert np.abs(score.sum(axis=1)).max() < 1e-15
    assert np.abs(policy @ score).max() < 1e-15


def test_actions_come_as_often_as_the_policy_says():
    policy = policies.softmax([0.2, -0.4, 1.0])
    actions = policies.sample_actions(policy, 50_000, rng=np.random.default_rng(7))
    counts = estimate(np.eye(3)[actions])
    assert largest_z(counts, policy) < 5
    assert largest_z(counts, policy[[0, 2, 1]]) > 50


def test_an_action_of_probability_zero_is_never_drawn():
    actions = policies.sample_actions([0.5, 0.0, 0.5], 50_000, rng=np.random.default_rng(8))
    assert set(actions) == {0, 2}


def test_the_inverse_cdf_gives_each_action_its_interval():
    policy = np.array([0.25, 0.0, 0.5, 0.25])
    uniform = np.array([0.0, 0.2499, 0.25, 0.7499, 0.75, 1 - 2**-53])
    assert policies.inverse_cdf(policy, uniform).tolist() == [0, 0, 2, 2, 3, 3]


def test_the_inverse_cdf_broadcasts_over_policies():
    batch = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert policies.inverse_cdf(batch, [0.5, 0.5]).tolist() == [0, 1]


@pytest.mark.parametrize("uniform", [1.0, -0.1])
def test_a_uniform_number_outside_the_interval_is_refused(uniform):
    with pytest.raises(ValueError, match=r"uniform must lie in \[0, 1\)"):
        policies.inverse_cdf([0.5, 0.5], uniform)
