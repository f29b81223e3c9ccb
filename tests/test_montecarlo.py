import numpy as np
import pytest

from pgbook import montecarlo, outcomes
from pgbook.montecarlo import Estimate


def test_an_estimate_is_mean_and_standard_error_per_component():
    samples = np.array([[1.0, 0.0], [3.0, 0.0], [5.0, 3.0]])
    result = montecarlo.estimate(samples)
    assert result.mean.tolist() == [3.0, 1.0]
    np.testing.assert_allclose(result.standard_error, [np.sqrt(4 / 3), 1.0])


def test_booleans_are_counted():
    result = montecarlo.estimate(np.array([True, True, False, True]))
    assert result.mean == 0.75


@pytest.mark.parametrize("samples", [[1.0], 3.0])
def test_one_sample_has_no_standard_error(samples):
    with pytest.raises(ValueError, match="samples must hold at least two samples"):
        montecarlo.estimate(samples)


@pytest.mark.parametrize(("components", "value"), [(1, 3.29), (3, 3.59), (9, 3.86)])
def test_critical_values_are_those_of_the_protocol(components, value):
    assert montecarlo.critical_value(components) == pytest.approx(value, abs=0.006)


def test_the_level_of_a_test_is_kept():
    # 20,000 means of three standard normal components: a level of 1e-3 rejects about 20 of them.
    z = np.abs(np.random.default_rng(3).standard_normal((20_000, 3))).max(axis=1)
    rejected = (z > montecarlo.critical_value(3)).sum()
    assert 2 <= rejected <= 45


def test_z_scores_count_standard_errors():
    result = Estimate(np.array([1.0, 2.0]), np.array([0.5, 0.1]))
    np.testing.assert_allclose(montecarlo.z_scores(result, np.array([0.0, 2.5])), [2.0, -5.0])
    assert montecarlo.largest_z(result, np.array([0.0, 2.5])) == pytest.approx(5.0)


def test_a_component_without_variance_must_be_exact():
    result = Estimate(np.array([1.0, 1.0]), np.array([0.0, 1e-17]))
    assert montecarlo.largest_z(result, np.array([1.0, 1.0 + 1e-13])) == 0
    assert montecarlo.largest_z(result, np.array([1.0, 1.001])) == np.inf


def test_the_band_holds_95_per_cent():
    samples = np.random.default_rng(4).standard_normal((50, 20_000))
    low, high = montecarlo.estimate(samples).band()
    assert 0.93 < ((low < 0) & (0 < high)).mean() < 0.96


def test_rounding_is_measured_by_the_size_of_the_samples():
    small = Estimate(1e-13, 1e-14)
    assert montecarlo.z_scores(small, 5e-13) == pytest.approx(-40)
    constant = montecarlo.estimate(np.full(1000, 1e7 / 3))
    assert montecarlo.z_scores(constant, 1e7 / 3) == 0
    step = outcomes.bandit([0.3, 0.7], [1e6, -2e6])
    estimates = step.estimates(step.optimal_baseline())
    result = montecarlo.estimate(estimates.sample(1000, rng=np.random.default_rng(0)))
    assert montecarlo.largest_z(result, step.estimates().mean()) == 0


def test_an_estimate_is_checked_and_read_only():
    with pytest.raises(ValueError, match="standard_error must not be negative"):
        Estimate([1.0], [-0.1])
    with pytest.raises(ValueError, match="standard_error must have shape"):
        Estimate([1.0], [0.1, 0.1])
    with pytest.raises(ValueError, match="read-only"):
        Estimate([1.0], [0.1]).mean[0] = 2.0
