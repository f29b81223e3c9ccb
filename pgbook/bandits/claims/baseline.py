"""What subtracting a baseline changes: claim B12."""

from collections.abc import Callable
from functools import partial

import numpy as np

from pgbook import ledger, policies
from pgbook.bandits import numeric, symbolic
from pgbook.bandits.claims.common import proves, proves_for_two
from pgbook.bandits.symbolic import R0, R1, B, P
from pgbook.ledger import Check, Evidence
from pgbook.symbols import j, pi, q
from pgbook.validation import FloatArray


def _follow(baseline: str, *, shift: float = 0.0, slower: bool = False) -> FloatArray:
    r"""One run of 300 steps; `slower` uses the step :math:`\alpha t / (t + 1)`."""
    rng, steps = np.random.default_rng(301), np.arange(300)
    # In whole 64ths sums and shifts of rewards are exact, so no rounding changes an arm.
    rewards = np.round(64 * rng.normal(size=(300, 5))) / 64 + shift
    rate = 0.3 * steps / (steps + 1) if slower else 0.3
    return numeric.follow_rewards(rewards, rng.random(300), step_size=rate, baseline=baseline)


def inclusive_is_first_with_smaller_steps(slower: bool = True) -> Evidence:
    """A mean that includes the current reward only shortens the steps."""
    errors = _follow("inclusive") - _follow("first", slower=slower)
    return ledger.exact(errors, "one run of 300 steps, five arms", seed=301)


def ignores_shift(baseline: str) -> Evidence:
    """Adding a constant to all rewards does not change the run."""
    errors = _follow(baseline, shift=4.0) - _follow(baseline)
    return ledger.exact(errors, "one run of 300 steps, rewards shifted by 4", seed=301)


def baseline_leaves_mean(estimator: Callable = numeric.estimator_mean) -> Evidence:
    """The mean of the score estimate is the gradient, for any constant baseline."""
    rng, errors = np.random.default_rng(302), []
    for _ in range(1000):
        n_arms, b = rng.integers(2, 9), rng.normal(scale=3)
        policy, values = (policies.softmax(rng.normal(size=n_arms)), rng.normal(size=n_arms))
        errors.append(estimator(policy, values, b) - numeric.policy_gradient(policy, values))
    return ledger.exact(np.concatenate(errors), "1,000 bandits and baselines", seed=302)


def _own_score_mean(policy: FloatArray, values: FloatArray, baseline: float) -> FloatArray:
    """The score estimate with a baseline that depends on the arm."""
    return (policy * (values - baseline * values)) @ policies.score(policy)


def variance_is_least_at(baseline: Callable = numeric.optimal_baseline) -> Evidence:
    """No other constant baseline has less variance."""
    rng, gains = np.random.default_rng(303), []
    for _ in range(500):
        n_arms = rng.integers(2, 9)
        policy, values = (policies.softmax(rng.normal(size=n_arms)), rng.normal(size=n_arms))
        best = baseline(policy, values)
        others = best + rng.normal(size=50)
        least = numeric.estimator_variance(policy, values, best)
        gains.append((numeric.estimator_variance(policy, values, others) - least).min())
    return ledger.true_in(np.array(gains) >= -1e-12, "500 bandits, 50 baselines each", seed=303)


def two_arms_without_variance(baseline: Callable = numeric.optimal_baseline) -> Evidence:
    """With two arms and noise-free rewards the best baseline leaves no variance at all."""
    rng, variances = np.random.default_rng(304), []
    for p in rng.uniform(0.01, 0.99, size=500):
        policy, values = np.array([1 - p, p]), rng.normal(size=2)
        variances.append(numeric.estimator_variance(policy, values, baseline(policy, values)))
    return ledger.exact(np.array(variances), "500 bandits with two arms", seed=304)


VALUE_BASELINE = P * (1 - P) * (P * R1 + (1 - P) * R0 - B) ** 2


BASELINE = {
    "B12": (
        Check(
            "the baseline drops out of the mean",
            partial(proves, symbolic.baseline_drops_out),
            {"without subtracting J": partial(proves, symbolic.baseline_drops_out, pi[j] * q[j])},
        ),
        Check(
            "the mean by enumeration",
            baseline_leaves_mean,
            {"a baseline that depends on the arm": partial(baseline_leaves_mean, _own_score_mean)},
        ),
        Check(
            "including the current reward is a step-size effect",
            inclusive_is_first_with_smaller_steps,
            {"same steps": partial(inclusive_is_first_with_smaller_steps, slower=False)},
        ),
        Check(
            "starting at the first reward: shifts change nothing",
            partial(ignores_shift, "first"),
            {"starting at zero": partial(ignores_shift, "zero")},
        ),
        Check(
            "two arms: the variance as a function of the baseline",
            partial(proves_for_two, symbolic.two_armed_variance),
            {
                "least at the expected reward": partial(
                    proves_for_two, symbolic.two_armed_variance, VALUE_BASELINE
                )
            },
        ),
        Check(
            "baseline of least variance",
            variance_is_least_at,
            {"the expected reward": partial(variance_is_least_at, numeric.expected_reward)},
        ),
        Check(
            "two arms: no variance at the best baseline",
            two_arms_without_variance,
            {"the expected reward": partial(two_arms_without_variance, numeric.expected_reward)},
        ),
    ),
}
