"""Estimators whose values can be listed: exact means and covariances by second routes."""

import numpy as np
import pytest

from pgbook import montecarlo, policies
from pgbook.outcomes import BATCH_BASELINES, OneStep, Outcomes, bandit

POLICY, VALUES = np.array([0.2, 0.5, 0.3]), np.array([1.0, 3.0, 2.0])
ARMS = bandit(POLICY, VALUES)


def test_samples_have_the_exact_mean_and_covariance():
    estimator = ARMS.estimates(1.5)
    samples = estimator.sample(200_000, rng=np.random.default_rng(1))
    assert montecarlo.largest_z(montecarlo.estimate(samples), estimator.mean()) < 5
    np.testing.assert_allclose(np.cov(samples.T), estimator.covariance(), atol=0.01)


def test_noise_of_rewards_adds_its_variance_times_the_squared_score():
    noisy = bandit(POLICY, VALUES, 0.7)
    np.testing.assert_allclose(noisy.estimates(1.5).mean(), ARMS.estimates(1.5).mean(), atol=1e-15)
    squared = POLICY @ np.sum(policies.score(POLICY) ** 2, axis=1)
    added = noisy.estimates(1.5).variance() - ARMS.estimates(1.5).variance()
    assert added == pytest.approx(0.7**2 * squared)
    assert noisy.optimal_baseline() == pytest.approx(ARMS.optimal_baseline())


def test_a_covariance_is_by_hand_what_it_is():
    values = np.array([[1.0, 0.0], [3.0, 4.0]])
    estimator = Outcomes(np.array([0.5, 0.5]), values)
    assert estimator.mean().tolist() == [2, 2]
    assert estimator.covariance().tolist() == [[1, 2], [2, 4]]


def test_an_infinite_variance_is_reported_whatever_the_list_says():
    step = OneStep(POLICY, VALUES, policies.score(POLICY), finite_variance=False)
    assert step.estimates().variance() == np.inf == step.batch_variance(2, "own mean")
    assert np.isinf(step.batches(2, "none").covariance()).all()
    assert np.isnan(step.optimal_baseline())
    np.testing.assert_allclose(step.estimates().mean(), ARMS.estimates().mean())


def test_a_policy_that_never_varies_has_no_best_baseline():
    assert np.isnan(bandit([1.0, 0.0], [1.0, 2.0]).optimal_baseline())


@pytest.mark.parametrize("name", BATCH_BASELINES)
def test_one_batch_is_computed_as_a_program_would(name):
    values = ARMS.batches(2, name).values.reshape(3, 3, 3)  # by the two actions
    first, second = VALUES[0], VALUES[2]
    b = {"none": (0, 0), "own mean": ((first + second) / 2,) * 2, "leave one out": (second, first)}
    score = policies.score(POLICY)
    expected = ((first - b[name][0]) * score[0] + (second - b[name][1]) * score[2]) / 2
    np.testing.assert_allclose(values[0, 2], expected, atol=1e-15)


def test_large_batches_have_the_variance_of_the_formula():
    rng, n = np.random.default_rng(3), 16
    actions = rng.choice(3, size=(100_000, n), p=POLICY)
    f, psi = VALUES[actions], policies.score(POLICY)[actions]
    b = f.mean(axis=1, keepdims=True)
    samples = np.einsum("bn,bnd->bd", f - b, psi) / n
    assert samples.var(axis=0).sum() == pytest.approx(ARMS.batch_variance(n, "own mean"), rel=0.03)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: OneStep([0.9, 0.9], [1, 2], [[1], [-1]]), "weights must hold probabilities"),
        (lambda: OneStep([0.5, 0.5], [1], [[1], [-1]]), "payoffs must have 2 entries"),
        (lambda: OneStep([0.5, 0.5], [1, 2], [[1]]), "scores must have 2 entries"),
        (lambda: OneStep([0.5, 0.5], [1, np.nan], [[1], [-1]]), "payoffs must be finite"),
        (lambda: Outcomes([1.5, -0.5], [[1], [2]]), "weights must hold probabilities"),
        (lambda: Outcomes([0.5, 0.5], [1, 2]), "values must have 2 ax"),
        (lambda: Outcomes([0.5, 0.5], [[1]]), "values must have 2 entries"),
        (lambda: bandit(POLICY, VALUES, -0.1), "noise must not be negative, got -0.1"),
        (
            lambda: OneStep([0.5, 0.5], [1, 2], [[1], [2]]).optimal_baseline(),
            "scores must have mean zero",
        ),
        (lambda: ARMS.estimates([1, 2]), r"baseline must be a number or have shape \(3,\)"),
        (lambda: ARMS.batches(1, "none"), "n_samples must be at least 2, got 1"),
        (lambda: ARMS.batches(2, "mean"), "baseline must be one of"),
        (lambda: ARMS.batches(20, "none"), r"must give at most 2000000 batches, got 3\*\*20"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
