from itertools import product

import numpy as np
import pytest
from mpmath import mp

from pgbook import policies

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


def test_one_action_is_certain_whatever_its_preference():
    assert policies.softmax([3000.0]) == 1
    assert policies.log_softmax([3000.0]) == 0
    assert policies.score([1.0]) == 0


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


def test_the_total_variation_is_the_largest_difference_of_any_event():
    laws = np.random.default_rng(RNG_SEED).dirichlet(np.ones(5), size=(20, 2))
    events = np.array(list(product((0.0, 1.0), repeat=5)))
    for p, q in laws:
        largest = max(event @ p - event @ q for event in events)
        assert policies.total_variation(p, q) == pytest.approx(largest, abs=1e-15)
        assert policies.l1_distance(p, q) == pytest.approx(2 * largest, abs=1e-15)


def test_distances_of_a_batch_are_those_of_its_rows_also_against_one_law():
    p, q = np.random.default_rng(RNG_SEED).dirichlet(np.ones(4), size=(2, 3, 2))
    for distance in (policies.l1_distance, policies.total_variation):
        rows = np.array(
            [[distance(*x) for x in zip(*y, strict=True)] for y in zip(p, q, strict=True)]
        )
        assert np.array_equal(distance(p, q), rows) and rows.shape == (3, 2)
        assert np.array_equal(distance(p, q[0, 0])[1], [distance(x, q[0, 0]) for x in p[1]])


LAWS = {
    "overlapping": ([0.5, 0.3, 0.2], [0.2, 0.2, 0.6]),
    "equal": ([0.25, 0.25, 0.5], [0.25, 0.25, 0.5]),
    "equal up to rounding": ([0.1 + 0.2, 0.7 - 1e-16], [0.3, 0.7]),
    "disjoint": ([0.4, 0.6, 0.0, 0.0], [0.0, 0.0, 0.9, 0.1]),
    "one action": ([1.0], [1.0]),
    "deterministic": ([0.0, 1.0], [1.0, 0.0]),
}


@pytest.mark.parametrize("name", LAWS)
def test_the_maximal_coupling_has_its_margins_and_agrees_as_often_as_possible(name):
    p, q = map(np.array, LAWS[name])
    joint = policies.maximal_coupling(p, q)
    assert (joint >= 0).all()
    np.testing.assert_allclose(joint.sum(axis=1), p, atol=1e-15)
    np.testing.assert_allclose(joint.sum(axis=0), q, atol=1e-15)
    assert np.trace(joint) == pytest.approx(1 - policies.total_variation(p, q), abs=1e-15)
    # The diagonal of no joint law can exceed either margin.
    np.testing.assert_allclose(np.diag(joint), np.minimum(p, q), atol=1e-15)


def test_disjoint_laws_are_coupled_as_if_independent():
    p, q = LAWS["disjoint"]
    np.testing.assert_allclose(policies.maximal_coupling(p, q), np.outer(p, q), atol=1e-16)


@pytest.mark.parametrize("function", ["l1_distance", "total_variation", "maximal_coupling"])
def test_what_are_no_two_laws_over_the_same_actions_is_refused(function):
    call = getattr(policies, function)
    with pytest.raises(ValueError, match=r"q must have as many actions as p, \(2,\), got \(3,\)"):
        call([0.5, 0.5], [0.2, 0.3, 0.5])
    with pytest.raises(ValueError, match="p must hold probabilities"):
        call([0.5, 0.6], [0.5, 0.5])
    with pytest.raises(ValueError, match="q must hold probabilities"):
        call([0.5, 0.5], [1.5, -0.5])


def test_a_coupling_is_of_two_laws_and_not_of_batches():
    with pytest.raises(ValueError, match="p must have 1 axis"):
        policies.maximal_coupling(np.full((2, 2), 0.5), np.full((2, 2), 0.5))


def test_the_divergence_is_the_mean_logarithm_of_the_ratio():
    p, q = np.array([[0.5, 0.5], [1.0, 0.0], [0.25, 0.75]]), np.array([0.25, 0.75])
    truth = [0.5 * np.log(2) + 0.5 * np.log(2 / 3), np.log(4), 0.0]
    assert policies.kl_divergence(p, q) == pytest.approx(truth)
    assert policies.kl_divergence([0.5, 0.5], [1.0, 0.0]) == np.inf
