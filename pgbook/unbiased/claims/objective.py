"""Objective, estimator and loss: claims U1 to U4, U20 and U21."""

from collections.abc import Callable
from functools import partial

import numpy as np

from pgbook import ledger, policies
from pgbook.ledger import Check, Evidence
from pgbook.montecarlo import estimate
from pgbook.unbiased import numeric, symbolic
from pgbook.unbiased.claims.common import (
    N,
    differences,
    proves_for_two,
    random_bandits,
    random_chains,
)
from pgbook.unbiased.numeric import LOSSES, Chain, Family
from pgbook.unbiased.symbolic.problems import R0, R1, P, theta
from pgbook.validation import FloatArray


def returns_are_bounded(bound: Callable = lambda top, discount: top / (1 - discount)) -> Evidence:
    """No return is larger than the largest reward over one minus the discount."""
    inside = []
    for chain, h in random_chains(100, seed=401):
        returns = np.abs(chain.trajectories(h).returns())
        inside.append(returns.max() <= bound(np.abs(chain.reward).max(), chain.discount) + 1e-12)
    return ledger.true_in(np.array(inside), "100 random chains, all trajectories", seed=401)


# One action pays 1 at once; the other leads to a state that pays a half.
GREEDY_OR_PATIENT = Chain(
    np.array([np.eye(3)[[1, 2]], np.eye(3)[[1, 1]], np.eye(3)[[2, 2]]]),
    np.array([[1.0, 0.0], [0.0, 0.0], [0.5, 0.5]]),
    np.array([1.0, 0.0, 0.0]),
    0.9,
    2,
)


def best_policies_differ(later: int = 1) -> Evidence:
    """No policy of this chain is best for the return from time 0 and from a later time."""
    means = []
    for p in np.linspace(0.01, 0.99, 99):
        paths = GREEDY_OR_PATIENT.trajectories(np.log([[1 - p, p], [0.5, 0.5], [0.5, 0.5]]))
        means.append(paths.weights @ paths.returns())
    best = np.argmax(means, axis=0)
    return ledger.true_in(np.array(best[0] != best[later]), "one chain, 99 policies")


def walk_has_no_mean(down: float = 0.5) -> Evidence:
    """The expected length of the walk, cut off at n steps, grows like the root of n."""
    length = np.cumsum(numeric.walk_survival(16_384, down))
    growth = length[[255, 1023, 4095, 16_383]]
    return ledger.true_in(growth[1:] / growth[:-1] > 1.9, "four times as many steps, three times")


def policy_is_differentiable(policy: Callable = policies.softmax) -> Evidence:
    """The slope of a probability is the probability times the score."""
    errors, rng = [], np.random.default_rng(402)
    for _ in range(100):
        h = rng.normal(size=rng.integers(2, 7))
        expected = policies.softmax(h)[:, None] * policies.score(policies.softmax(h))
        errors.append(np.abs(differences(policy, h) - expected).max())
    return ledger.exact(np.array(errors), "100 policies, differences", tolerance=1e-8, seed=402)


def _greedy(h: FloatArray) -> FloatArray:
    return np.eye(h.size)[h.argmax()]


def some_sample_points_downhill(baseline: float = 0.0) -> Evidence:
    """With positive rewards the sample of the worse arm points down the gradient."""
    downhill, rng = [], np.random.default_rng(403)
    for _ in range(200):
        policy, values = policies.softmax(rng.normal(size=2)), np.sort(rng.uniform(1, 2, size=2))
        middle = baseline * values.mean()
        sample = numeric.bandit(policy, values).estimates(middle).values[0]
        downhill.append(sample @ policies.policy_gradient(policy, values) < 0)
    return ledger.true_in(np.array(downhill), "200 bandits with two arms", seed=403)


def mean_step_is_gradient(loss: str = LOSSES[0]) -> Evidence:
    """One step down a loss is, in the mean, a step up the objective."""
    errors = []
    for policy, values in random_bandits(500, seed=404):
        step = numeric.mean_step(policy, np.exp(values), values, loss)
        errors.append(np.abs(step - policies.policy_gradient(policy, np.exp(values))).max())
    return ledger.exact(np.array(errors), "500 bandits, positive rewards", seed=404)


def printed_loss_does_not_move(loss: str = LOSSES[1]) -> Evidence:
    """Agents that descend the printed loss wander, and their mean preference stays."""
    rng = np.random.default_rng(405)
    paths = numeric.train(
        loss, np.array([0.0, 0.5]), np.ones(2), step_size=0.2, n_steps=3, n_runs=N, rng=rng
    )
    logit = estimate(np.log(paths[-1, :, 1] / paths[-1, :, 0]))
    return ledger.monte_carlo(logit, 0.0, wrong=0.15, n_samples=N, seed=405)


def skipped_samples(factor: Callable = lambda reward: reward > 0) -> Evidence:
    """If rewards of zero or less are skipped, the printed loss climbs the chance of the others.

    `factor` is what multiplies the score in a step, given the reward.
    """
    errors, rng = [], np.random.default_rng(406)
    for policy, values in random_bandits(200, seed=406):
        # Each arm pays a positive reward with some chance, and -1 otherwise.
        chance, score = rng.uniform(size=policy.size), policies.score(policy)
        rewards = np.concatenate([np.abs(values), np.full(policy.size, -1.0)])
        weights = np.concatenate([policy * chance, policy * (1 - chance)])
        steps = numeric.OneStep(weights, 1.0 * factor(rewards), np.concatenate([score, score]))
        climbed = policies.policy_gradient(policy, chance)
        errors.append(np.abs(steps.estimates().mean() - climbed).max())
    return ledger.exact(np.array(errors), "200 bandits, rewards of both signs", seed=406)


def episodic_algorithm(baseline: str = "value", *, discounted: bool = True) -> Evidence:
    """The mean of the episodic algorithm with a baseline is the gradient of the objective."""
    errors = []
    for chain, h in random_chains(100, seed=407):
        paths = chain.trajectories(h)
        b = paths.state_baseline(chain.at(h).state_values)
        b = paths.returns() * 0.5 if baseline == "half the return" else b
        found = paths.reward_to_go(b, discounted=discounted).mean()
        errors.append(np.abs(found - chain.gradient(h)).max())
    return ledger.exact(np.array(errors), "100 random chains, all trajectories", seed=407)


def maximum_is_not_attained(policy: Callable = policies.softmax) -> Evidence:
    """No softmax policy earns as much as the best arm."""
    rng = np.random.default_rng(408)
    short = []
    for _ in range(500):
        values = rng.normal(size=rng.integers(2, 7))
        short.append(policies.expected_reward(policy(4 * values), values) < values.max())
    return ledger.true_in(np.array(short), "500 bandits", seed=408)


def pathwise_is_unbiased(factor: float = 1.0) -> Evidence:
    """Another unbiased estimate: the slope of the payoff along a draw that moves with theta."""
    errors = []
    for family in _with_paths():
        for power in (1, 2, 3):
            found = factor * family.pathwise(0.7, power).mean()[0]
            truth = family.derivative(0.7, power)
            errors.append((found - truth) / max(1.0, abs(truth)))
    return ledger.exact(np.array(errors), f"{len(_with_paths())} families, relative")


def _with_paths() -> list[Family]:
    return [family for family in numeric.FAMILIES.values() if family.path]


GRADIENT = (R1 - R0) * P * (1 - P)

OBJECTIVE = {
    "U1": (
        Check(
            "returns are bounded if the discount is below one",
            returns_are_bounded,
            {"by the largest reward": partial(returns_are_bounded, lambda top, discount: top)},
        ),
        Check(
            "return from time 0 or from time 1: different best policies",
            best_policies_differ,
            {"time 0 twice": partial(best_policies_differ, later=0)},
        ),
        Check(
            "an episode that ends almost surely may have an infinite expected return",
            walk_has_no_mean,
            {"a walk that drifts down": partial(walk_has_no_mean, 0.6)},
        ),
    ),
    "U2": (
        Check(
            "the slope of a softmax policy",
            policy_is_differentiable,
            {"the greedy policy, which has none": partial(policy_is_differentiable, _greedy)},
        ),
    ),
    "U3": (
        Check(
            "a reward that contains the parameter: two terms",
            partial(proves_for_two, symbolic.moving_reward),
            {"the score term alone": partial(proves_for_two, symbolic.moving_reward, theta)},
        ),
        Check(
            "a single sample may point downhill",
            some_sample_points_downhill,
            {"with a baseline in between": partial(some_sample_points_downhill, 1.0)},
        ),
    ),
    "U4": (
        Check(
            "the right loss descends to the gradient",
            partial(proves_for_two, symbolic.right_loss),
            {"without the reward": partial(proves_for_two, symbolic.right_loss, -P * (1 - P))},
        ),
        Check(
            "in the printed loss the reward disappears",
            partial(proves_for_two, symbolic.printed_loss),
            {"it is a gradient": partial(proves_for_two, symbolic.printed_loss, -GRADIENT)},
        ),
        Check(
            "the other reading descends another function",
            partial(proves_for_two, symbolic.other_reading),
            {"it is a gradient": partial(proves_for_two, symbolic.other_reading, -GRADIENT)},
        ),
        Check(
            "the mean step by enumeration",
            mean_step_is_gradient,
            {loss: partial(mean_step_is_gradient, loss) for loss in LOSSES[1:]},
        ),
        Check(
            "agents that descend the printed loss",
            printed_loss_does_not_move,
            {loss: partial(printed_loss_does_not_move, loss) for loss in LOSSES[::2]},
        ),
        Check(
            "with rewards of zero or less skipped",
            skipped_samples,
            {"steps with the reward": partial(skipped_samples, lambda reward: reward)},
        ),
    ),
    "U20": (
        Check(
            "the episodic algorithm with the value of the state as baseline",
            episodic_algorithm,
            {
                "without the discount": partial(episodic_algorithm, discounted=False),
                "a baseline that knows the return": partial(episodic_algorithm, "half the return"),
            },
        ),
    ),
    "U21": (
        Check(
            "no softmax policy attains the maximum",
            maximum_is_not_attained,
            {"the greedy policy": partial(maximum_is_not_attained, _greedy)},
        ),
        Check(
            "pathwise derivatives are unbiased too",
            pathwise_is_unbiased,
            {"half of them": partial(pathwise_is_unbiased, 0.5)},
        ),
    ),
}
