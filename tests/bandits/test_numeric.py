"""The numbers of chapter 1, each against a second route."""

import itertools

import numpy as np
import pytest

from pgbook import bandits, cases, outcomes, policies
from pgbook.montecarlo import estimate, largest_z

# objective, gradient, curvature


def test_score_estimates_are_the_outcomes_of_the_arms():
    for h, q in cases.bandits(50, 21).drawn:
        policy, arms = policies.softmax(h), np.arange(h.size)
        for b in (0.0, 0.7):
            each = bandits.score_estimates(policy, arms, q, b)
            np.testing.assert_allclose(
                each, outcomes.bandit(policy, q).estimates(b).values, atol=1e-15
            )


def test_batches_are_rows():
    rng = np.random.default_rng(22)
    policy, q = policies.softmax(rng.normal(size=(4, 3))), rng.normal(size=(4, 3))
    for function in (bandits.expected_reward, bandits.policy_gradient, bandits.hessian):
        rows = np.array([function(*case) for case in zip(policy, q, strict=True)])
        np.testing.assert_allclose(function(policy, q), rows, atol=1e-15)


# the agent


def agent(h, alpha=0.3, seed=0):
    h = np.asarray(h, dtype=float)
    return bandits.GradientBandit(h.size, alpha, rng=np.random.default_rng(seed), preferences=h)


def test_the_agent_selects_by_its_policy():
    learner = agent([0.2, -0.4, 1.0])
    arms = np.array([learner.select_arm() for _ in range(50_000)])
    assert largest_z(estimate(np.eye(3)[arms]), learner.softmax()) < 5


def test_the_agent_does_not_share_its_preferences():
    given = np.array([0.0, 1.0])
    learner = agent(given)
    learner.update(0, 1.0)
    assert given.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("arguments", "error", "rule"),
    [
        ({"k": 0}, ValueError, "k must be at least 1, got 0"),
        ({"alpha": 0}, ValueError, "alpha must be positive, got 0"),
        ({"rng": 3}, TypeError, "rng must be a numpy.random.Generator"),
        ({"preferences": [0.0, 0.0]}, ValueError, r"preferences must have shape \(3,\), got"),
    ],
)
def test_a_wrong_agent_is_refused(arguments, error, rule):
    settings = {"k": 3, "alpha": 0.1, "rng": np.random.default_rng(0), **arguments}
    with pytest.raises(error, match=rule):
        bandits.GradientBandit(**settings)


@pytest.mark.parametrize(
    ("arm", "reward", "error", "rule"),
    [
        (0.0, 1.0, TypeError, "arm must be an integer, got 0.0"),
        (0, np.inf, ValueError, "reward must be finite"),
    ],
)
def test_a_wrong_update_is_refused_and_changes_nothing(arm, reward, error, rule):
    learner = agent([0.1, 0.2, 0.3])
    with pytest.raises(error, match=rule):
        learner.update(arm, reward)
    assert learner.preferences.tolist() == [0.1, 0.2, 0.3]


def test_an_agent_keeps_its_number_of_arms():
    learner = agent([0.0, 0.0, 0.0], 0.5)
    with pytest.raises(ValueError, match=r"preferences must have shape \(3,\)"):
        learner.preferences = np.zeros(4)


# paths


def test_ascent_follows_the_gradient_and_never_falls():
    path = bandits.ascend(np.zeros(3), [1.0, 0.5, -1.0], step_size=0.7, n_steps=50)
    value = bandits.expected_reward(policies.softmax(path), np.array([1.0, 0.5, -1.0]))
    assert path.shape == (51, 3) and (np.diff(value) > 0).all()
    slope = bandits.policy_gradient(policies.softmax(path[7]), [1.0, 0.5, -1.0])
    np.testing.assert_allclose(path[8] - path[7], 0.7 * slope, atol=1e-15)


def test_each_sampled_step_is_the_update_of_some_arm_with_the_baseline_subtracted():
    """How often it is that of which arm, claim B6 says."""
    q, rng = np.array([1.0, 2.0, -1.0]), np.random.default_rng(0)
    size = {"step_size": 0.5, "n_steps": 3, "n_runs": 100}
    paths = bandits.sample_paths([0.3, -0.2, 0.0], q, **size, baseline=1.5, rng=rng)
    for before, after in itertools.pairwise(paths):
        scores = np.eye(3) - policies.softmax(before)[:, None]
        steps = 0.5 * (q - 1.5)[:, None] * scores  # of each run, for each arm
        assert np.abs((after - before)[:, None] - steps).max(axis=2).min(axis=1).max() < 1e-12


@pytest.mark.parametrize("baseline", bandits.BASELINES)
def test_a_followed_run_is_that_of_the_agent(baseline):
    rng = np.random.default_rng(26)
    rewards, uniforms = rng.normal(size=(40, 3)), rng.random(40)
    path = bandits.follow_rewards(rewards, uniforms, step_size=0.2, baseline=baseline)
    learner, seen = agent(np.zeros(3), 0.2), []
    for t, uniform in enumerate(uniforms):
        arm = int(policies.inverse_cdf(learner.softmax(), uniform))
        reward = rewards[t, arm]
        means = {
            "none": 0.0,
            "zero": np.mean(seen) if seen else 0.0,
            "first": np.mean(seen) if seen else reward,
            "inclusive": np.mean([*seen, reward]),
        }
        learner.update(arm, reward - means[baseline])
        seen.append(reward)
        assert np.abs(path[t + 1] - learner.preferences).max() < 1e-12


def test_a_path_needs_one_number_for_each_step():
    rewards = np.ones((3, 2))
    for uniforms in (np.full(2, 0.5), np.full(4, 0.5)):
        with pytest.raises(ValueError, match=r"uniforms must have shape \(3,\)"):
            bandits.follow_rewards(rewards, uniforms, step_size=0.1, baseline="none")
    with pytest.raises(ValueError, match=r"step_size must .* not be negative"):
        bandits.follow_rewards(rewards, np.full(3, 0.5), step_size=-0.1, baseline="none")


# the testbed


def run(*arguments, seed=27, **options):
    rng = np.random.Generator(np.random.SFC64(seed))
    return bandits.run_testbed(*arguments, rng=rng, **options)


def test_the_testbed_agrees_with_agents_run_one_by_one():
    steps, names = [1.0, 0.2], ["none", "first"]
    optimal = run(steps, names, n_arms=3, shift=-2.0, n_runs=20_000, n_steps=15)
    rng, hits = np.random.default_rng(28), np.zeros((2, 1500))
    for trial in range(1500):
        values = rng.normal(-2.0, 1.0, size=3)
        for c, (step, name) in enumerate(zip(steps, names, strict=True)):
            rewards = values + rng.normal(size=(14, 3))
            h = bandits.follow_rewards(rewards, rng.random(14), step_size=step, baseline=name)[-1]
            hits[c, trial] = policies.softmax(h)[values.argmax()]
    for c in range(2):
        slow, fast = estimate(hits[c]), estimate(optimal[14, c])
        error = np.hypot(slow.standard_error, fast.standard_error)
        assert abs(slow.mean - fast.mean) < 5 * error


def test_before_learning_each_arm_is_best_as_often():
    first = run([0.1], ["none"], n_arms=5, n_runs=50_000, n_steps=1)[0, 0]
    assert largest_z(estimate(first), 0.2) < 5


def test_shifts_change_nothing_with_the_first_convention_only():
    for name, same in (("first", True), ("inclusive", True), ("zero", False), ("none", False)):
        low, high = (run([0.2], [name], shift=s, n_runs=200, n_steps=200) for s in (0, 4))
        agreement = (low == high).mean()
        assert (agreement > 0.999) == same, (name, agreement)


def test_huge_steps_do_not_overflow():
    optimal = run([100.0, 1e6], ["none", "first"], shift=8.0, n_runs=300, n_steps=100)
    assert optimal.shape == (100, 2, 300)
    assert 0.05 < optimal[-1, 0].mean() < 0.3  # the first pull is for ever: one best arm in ten


def test_configurations_share_the_random_numbers_of_their_run():
    alone = run([0.1], ["first"], n_runs=50, n_steps=30)
    together = run([0.4, 0.1], ["none", "first"], n_runs=50, n_steps=30)
    assert np.array_equal(alone[:, 0], together[:, 1])


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"step_sizes": [0.0]}, "step_sizes must be positive and at most"),
        ({"baselines": ["mean"]}, "baselines must be one of .* got 'mean'"),
        ({"baselines": []}, "one entry per configuration, got 1 and 0"),
        ({"n_arms": 1}, "n_arms must be at least 2, got 1"),
        ({"n_runs": 0}, "n_runs must be at least 1, got 0"),
        ({"shift": 1e10}, "shift must be at most 10000 in size"),
    ],
)
def test_a_wrong_testbed_is_refused(changes, rule):
    settings = {"step_sizes": [0.1], "baselines": ["none"], **changes}
    with pytest.raises(ValueError, match=rule):
        bandits.run_testbed(**settings, rng=np.random.default_rng(0))


# commitment


def test_survival_is_the_product_of_the_chances_to_stay():
    logits = bandits.committed_logits(0.8, 1.5, 6)
    learner = agent([0.0, 0.0], 0.8)
    stayed = 1.0
    for t in range(6):
        assert logits[t] == pytest.approx(learner.preferences[1] - learner.preferences[0])
        stayed *= learner.softmax()[0]
        learner.update(0, 1.5)
        assert np.exp(bandits.log_survival(0.8, 1.5, 6)[t + 1]) == pytest.approx(stayed)


def test_the_median_wait_halves_the_runs_that_began_badly():
    for product in (0.5, 1.0, 2.0):
        median = bandits.median_wait(product, 1.0)
        survival = np.exp(bandits.log_survival(product, 1.0, median))
        assert survival[median] <= survival[1] / 2 < survival[median - 1]


def test_a_median_out_of_reach_is_an_error():
    with pytest.raises(ValueError, match="most must be at least the median wait, got 10"):
        bandits.median_wait(2.0, 1.0, most=10)


def test_the_logits_of_large_rewards_are_finite():
    for step_size, reward in ((1000.0, 1.0), (1e70, 1e70)):
        logits = bandits.committed_logits(step_size, reward, 3)
        assert np.isfinite(logits).all() and (np.diff(logits) <= 0).all()


# pitfalls


def test_the_naive_softmax_is_right_where_nothing_overflows():
    h = np.random.default_rng(30).normal(scale=5, size=(20, 4))
    np.testing.assert_allclose(bandits.naive_softmax(h), policies.softmax(h), rtol=1e-13)


def test_the_sequential_update_is_wrong_in_second_order():
    h, errors = np.array([0.5, -0.5, 0.0]), []
    for step in (1e-2, 1e-3):
        right = agent(h, step)
        right.update(0, 1.0)
        errors.append(np.abs(bandits.sequential_update(h, 0, 1.0, step) - right.preferences).max())
    assert errors[1] / errors[0] == pytest.approx(0.01, rel=0.05)


def test_the_clipped_policy_is_a_policy_that_explores():
    clipped = bandits.clipped_policy([0.001, 0.999], 0.05)
    assert clipped.sum() == pytest.approx(1) and clipped[0] == pytest.approx(0.05 / 1.049)


def test_the_clipped_estimator_is_biased_only_where_it_clips():
    q = np.array([1.0, 2.0])
    for policy, biased in (([0.5, 0.5], False), ([0.01, 0.99], True)):
        mean = bandits.clipped_estimator_mean(policy, q, 0.05)
        assert (np.abs(mean - bandits.policy_gradient(policy, q)).max() > 1e-3) == biased
