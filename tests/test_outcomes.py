"""Estimators whose values can be listed: exact means and covariances by second routes."""

import numpy as np
import pytest

from pgbook import montecarlo, policies
from pgbook.outcomes import BATCH_BASELINES, OneStep, Outcomes, bandit

POLICY, VALUES = np.array([0.2, 0.5, 0.3]), np.array([1.0, 3.0, 2.0])


def test_samples_have_the_exact_mean_and_covariance():
    estimator = bandit(POLICY, VALUES).estimates(1.5)
    samples = estimator.sample(200_000, rng=np.random.default_rng(1))
    assert montecarlo.largest_z(montecarlo.estimate(samples), estimator.mean()) < 5
    np.testing.assert_allclose(np.cov(samples.T), estimator.covariance(), atol=0.01)


def test_noise_of_rewards_adds_its_variance_times_the_squared_score():
    quiet, noisy = bandit(POLICY, VALUES), bandit(POLICY, VALUES, 0.7)
    np.testing.assert_allclose(noisy.estimates(1.5).mean(), quiet.estimates(1.5).mean(), atol=1e-15)
    squared = POLICY @ np.sum(policies.score(POLICY) ** 2, axis=1)
    added = noisy.estimates(1.5).variance() - quiet.estimates(1.5).variance()
    assert added == pytest.approx(0.7**2 * squared)
    assert noisy.optimal_baseline() == pytest.approx(quiet.optimal_baseline())
    with pytest.raises(ValueError, match=r"noise must not be negative, got -0.1"):
        bandit(POLICY, VALUES, -0.1)


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
    np.testing.assert_allclose(step.estimates().mean(), bandit(POLICY, VALUES).estimates().mean())


def test_a_policy_that_never_varies_has_no_best_baseline():
    assert np.isnan(bandit([1.0, 0.0], [1.0, 2.0]).optimal_baseline())


def test_a_baseline_is_a_number_or_has_one_entry_for_each_outcome():
    with pytest.raises(ValueError, match=r"baseline must be a number or have shape \(3,\)"):
        bandit(POLICY, VALUES).estimates([1.0, 2.0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: OneStep([0.9, 0.9], [1, 2], [[1], [-1]]), "weights must hold probabilities"),
        (lambda: OneStep([0.5, 0.5], [1], [[1], [-1]]), "payoffs must have 2 entries"),
        (lambda: OneStep([0.5, 0.5], [1, 2], [[1]]), "scores must have 2 entries"),
        (lambda: OneStep([0.5, 0.5], [1, np.nan], [[1], [-1]]), "payoffs must be finite"),
        (lambda: Outcomes([1.5, -0.5], [[1], [2]]), "weights must hold probabilities"),
        (lambda: Outcomes([0.5, 0.5], [1, 2]), "values must have 2 ax"),
    ],
)
def test_what_is_no_list_of_outcomes_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_score_whose_mean_is_not_zero_has_no_best_baseline():
    with pytest.raises(ValueError, match="scores must have mean zero"):
        OneStep([0.5, 0.5], [1.0, 2.0], [[1.0], [2.0]]).optimal_baseline()


@pytest.mark.parametrize("name", BATCH_BASELINES)
def test_one_batch_is_computed_as_a_program_would(name):
    arms = bandit(POLICY, VALUES)
    values = arms.batches(2, name).values.reshape(3, 3, 3)  # by the two actions
    first, second = VALUES[0], VALUES[2]
    b = {"none": (0, 0), "own mean": ((first + second) / 2,) * 2, "leave one out": (second, first)}
    score = policies.score(POLICY)
    expected = ((first - b[name][0]) * score[0] + (second - b[name][1]) * score[2]) / 2
    np.testing.assert_allclose(values[0, 2], expected, atol=1e-15)


def test_large_batches_have_the_variance_of_the_formula():
    arms, rng, n = bandit(POLICY, VALUES), np.random.default_rng(3), 16
    actions = rng.choice(3, size=(100_000, n), p=POLICY)
    f, psi = VALUES[actions], policies.score(POLICY)[actions]
    b = f.mean(axis=1, keepdims=True)
    samples = np.einsum("bn,bnd->bd", f - b, psi) / n
    assert samples.var(axis=0).sum() == pytest.approx(arms.batch_variance(n, "own mean"), rel=0.03)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, "none"), "n_samples must be at least 2, got 1"),
        ((2, "mean"), "baseline must be one of"),
        ((20, "none"), r"must give at most 2000000 batches, got 3\*\*20"),
    ],
)
def test_bad_batches_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        bandit(POLICY, VALUES).batches(*arguments)
