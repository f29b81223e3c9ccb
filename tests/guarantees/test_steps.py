"""Steps in neighbourhoods, and learning with advantages from rollouts."""

from dataclasses import replace

import numpy as np
import pytest

from pgbook import guarantees, mdp, policies
from pgbook.guarantees import Comparison
from pgbook.montecarlo import estimate, largest_z

PROBLEM = mdp.garnet(4, 3, 3, 0.8, rng=np.random.default_rng(1))
OLD = mdp.evaluate(PROBLEM, policies.softmax(np.random.default_rng(2).normal(size=(4, 3))))


def test_where_all_advantages_are_equal_no_step_moves():
    policy, equal = np.array([[0.2, 0.5, 0.3]]), np.zeros((1, 3))
    visits = np.ones(1)
    for new in (
        guarantees.greedy_step(policy, equal),
        guarantees.best_within_distance(policy, equal, 0.3),
        guarantees.best_within_ratio(policy, equal, 0.3),
        guarantees.best_clipped(policy, equal, 0.3),
        guarantees.best_within_mean_kl(policy, equal, visits, 0.3),
        guarantees.safe_step(policy, equal, visits, 0.9),
    ):
        assert new == pytest.approx(policy, abs=1e-12)


def test_the_mean_divergence_is_used_up_and_one_tilt_serves_all_states():
    new = guarantees.best_within_mean_kl(OLD.policy, OLD.advantages, OLD.occupancy, 0.03)
    law = OLD.occupancy / OLD.occupancy.sum()
    assert law @ policies.kl_divergence(new, OLD.policy) == pytest.approx(0.03, rel=1e-6)
    rates = np.diff(np.log(new / OLD.policy), axis=1) / np.diff(OLD.advantages, axis=1)
    assert rates == pytest.approx(np.full((4, 2), rates[0, 0]), rel=1e-6)
    tilt = guarantees.tilted(OLD.policy, OLD.advantages, rates[0, 0])
    assert tilt == pytest.approx(new, abs=1e-9)


def test_the_safe_step_is_the_certified_fraction_of_the_way():
    new = guarantees.safe_step(OLD.policy, OLD.advantages, OLD.occupancy, 0.8)
    far = Comparison(OLD, guarantees.greedy(OLD))
    fraction = guarantees.safest_fraction(far, "distance met, range")
    assert new == pytest.approx(guarantees.mixture(OLD.policy, far.new_policy, fraction), abs=1e-12)


def test_batches_of_policies_are_stepped_one_by_one():
    both = (
        np.stack([OLD.policy, OLD.policy[::-1]]),
        np.stack([OLD.advantages, OLD.advantages[::-1]]),
    )
    each = [guarantees.best_within_distance(p, a, 0.2) for p, a in zip(*both, strict=True)]
    assert guarantees.best_within_distance(*both, 0.2) == pytest.approx(np.stack(each))


def test_estimated_advantages_are_weighted_means_of_returns():
    # One run, two rollouts of two steps; state 0 at both times, actions 0 then 1 and 1 then 1.
    cells, rewards = np.array([[[0, 1]], [[1, 1]]]), np.array([[[1.0, 3.0]], [[5.0, 7.0]]])
    advantages, visits = guarantees.estimated_advantages(0.5, [[[0.5, 0.5]]], cells, rewards)
    first, second = 1 + 0.5 * 5, (3 + 0.5 * 7 + 0.5 * 5 + 0.5 * 7) / (1 + 0.5 + 0.5)
    half = (first - second) / 2
    assert advantages == pytest.approx(np.array([[[half, -half]]]))
    assert visits == pytest.approx(np.array([[1.5]]))


def test_with_many_rollouts_the_estimates_are_the_exact_values():
    size = {"n_runs": 40, "n_trajectories": 3000, "n_steps": 60}
    seen = []

    def remember(policy, advantages, occupancy):
        seen.append((advantages, occupancy))
        return policy

    path = guarantees.learn(PROBLEM, remember, **size, n_iterations=1, rng=np.random.default_rng(3))
    exact = mdp.evaluate(PROBLEM, np.full((4, 3), 1 / 3))
    assert path == pytest.approx(np.full((2, 40), exact.objective))
    (advantages, occupancy), *_ = seen
    assert largest_z(estimate(advantages), exact.advantages) < 5
    assert largest_z(estimate(occupancy), exact.occupancy) < 5


def test_the_surrogate_of_the_same_rollouts_is_too_large_and_that_of_fresh_ones_is_right():
    def ball(policy, advantages, occupancy):
        return guarantees.best_within_distance(policy, advantages, 0.2)

    seen = guarantees.optimism(
        PROBLEM, ball, n_runs=2000, n_trajectories=10, n_steps=60, rng=np.random.default_rng(4)
    )
    off = estimate(seen["fresh rollouts"] - seen["exactly"])
    assert largest_z(off, np.zeros(())) < 5
    assert estimate(seen["same rollouts"] - seen["exactly"]).mean > 10 * off.standard_error


def test_a_rule_is_refused_if_it_is_none():
    with pytest.raises(TypeError, match="rule must be callable, got 'greedy'"):
        guarantees.follow(PROBLEM, OLD.policy, "greedy", 3)


def test_learning_from_rollouts_is_refused_in_a_problem_with_a_horizon():
    size = {"n_runs": 1, "n_trajectories": 1, "n_steps": 5, "n_iterations": 1}
    short, rng = replace(PROBLEM, horizon=5), np.random.default_rng(0)
    with pytest.raises(ValueError, match="problem must have no horizon, got 5"):
        guarantees.learn(short, lambda policy, *_: policy, **size, rng=rng)
