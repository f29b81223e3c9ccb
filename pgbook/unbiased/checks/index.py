"""Objective, estimator and loss."""

import numpy as np

from pgbook import mdp, montecarlo, policies
from pgbook.evidence import SAMPLES, Sampled
from pgbook.ledger import Cases, check, drawn, wrong
from pgbook.mdp import MDP
from pgbook.outcomes import OneStep, bandit
from pgbook.policies import policy_gradient, softmax
from pgbook.unbiased import numeric
from pgbook.unbiased.cases import all_paths, at, policies_and_values, problems
from pgbook.unbiased.numeric import LOSSES


@check(
    "U1",
    "returns are bounded if the discount is below one",
    problems(100, 401, "100 random problems, all trajectories"),
)
@wrong("by the largest reward", most=lambda top, discount: top)
def returns_are_bounded(problem, h, most=lambda top, discount: top / (1 - discount)):
    returns = np.abs(all_paths(problem, h).returns())
    return returns.max() <= most(np.abs(problem.reward).max(), problem.discount) + 1e-12


# One action pays 1 at once; the other leads to a state that pays a half.
GREEDY_OR_PATIENT = MDP(
    np.array([np.eye(3)[[1, 2]], np.eye(3)[[1, 1]], np.eye(3)[[2, 2]]]),
    np.array([[1.0, 0.0], [0.0, 0.0], [0.5, 0.5]]),
    np.array([1.0, 0.0, 0.0]),
    0.9,
    2,
)


@check(
    "U1", "return from time 0 or from time 1: different best policies", "one problem, 99 policies"
)
@wrong("time 0 twice", later=0)
def best_policies_differ(later=1):
    means = []
    for p in np.linspace(0.01, 0.99, 99):
        policy = np.array([[1 - p, p], [0.5, 0.5], [0.5, 0.5]])
        paths = mdp.trajectories(GREEDY_OR_PATIENT, policy)
        means.append(paths.weights @ paths.returns())
    best = np.argmax(means, axis=0)
    return best[0] != best[later]


@check(
    "U1",
    "an episode that ends almost surely may have an infinite expected return",
    "four times as many steps, three times",
)
@wrong("a walk that drifts down", down=0.6)
def walk_has_no_mean(down=0.5):
    length = np.cumsum(numeric.walk_survival(16_384, down))[[255, 1023, 4095, 16_383]]
    return length[1:] / length[:-1] > 1.9


@drawn("100 preferences, every second with two largest", 402)
def with_ties(rng):
    for n in range(100):
        h = rng.normal(size=rng.integers(2, 7))
        if n % 2:
            h[np.argsort(h)[-2]] = h.max()
        yield h


def _greedy(h):
    return np.eye(h.size)[h.argmax()]


def _mostly_greedy(h):
    """ε-greedy: positive, and it jumps where two actions tie."""
    return 0.9 * _greedy(h) + 0.1 / h.size


@check("U2", "a softmax policy is positive", with_ties)
@wrong("the greedy policy", policy=_greedy)
def policy_is_positive(h, policy=softmax):
    return bool((policy(h) > 0).all())


@check("U2", "its slopes from the left and from the right agree", with_ties, tolerance=1e-4)
@wrong("ε-greedy", policy=_mostly_greedy)
def one_slope(h, policy=softmax):
    step, entries = 1e-6, np.eye(h.size)
    right = [(policy(h + step * e) - policy(h)) / step for e in entries]
    left = [(policy(h) - policy(h - step * e)) / step for e in entries]
    return np.array(right) - left


@drawn("100 chains of 2 to 5 states that can end from one of them alone", 408)
def ending_chains(rng):
    for _ in range(100):
        n = int(rng.integers(2, 6))
        moves = 0.3 * np.eye(n) + 0.7 * np.roll(np.eye(n), 1, axis=1)  # once round, and to stay
        moves[-1] *= rng.uniform(0.1, 0.9)  # the rest of the last row is the chance to end
        yield (moves,)


def _still_going(moves, n_steps):
    """The chance from each state that the episode has not ended after so many steps."""
    return np.linalg.matrix_power(moves, n_steps).sum(axis=1)


@check("U1", "finitely many states: an episode that ends has a geometric tail", ending_chains)
@wrong("the least chance to end in one step", block=lambda moves: 1)
def geometric_tail(moves, block=len):
    """In S steps it ends with a chance of at least c > 0 from each state; so after nS, (1 − c)ⁿ."""
    steps = block(moves)
    least = 1 - _still_going(moves, steps).max()
    left = [_still_going(moves, n * steps).max() <= (1 - least) ** n + 1e-12 for n in range(1, 6)]
    return bool(least > 1e-9) and all(left)


@drawn("200 bandits with two arms", 403)
def with_positive_rewards(rng):
    for _ in range(200):
        yield softmax(rng.normal(size=2)), np.sort(rng.uniform(1, 2, size=2))


@check("U3", "a single sample may point downhill", with_positive_rewards)
@wrong("with a baseline in between", baseline=1.0)
def some_sample_points_downhill(policy, values, baseline=0.0):
    worse = bandit(policy, values).estimates(baseline * values.mean()).values[0]
    return worse @ policy_gradient(policy, values) < 0


@check(
    "U4", "the mean step by enumeration", policies_and_values(500, 404, "bandits, positive rewards")
)
@wrong(LOSSES[1], loss=LOSSES[1])
@wrong(LOSSES[2], loss=LOSSES[2])
def mean_step_is_gradient(policy, values, loss=LOSSES[0]):
    step = numeric.mean_step(policy, np.exp(values), values, loss)
    return step - policy_gradient(policy, np.exp(values))


@check("U4", "agents that descend the printed loss", seed=405)
@wrong(LOSSES[0], loss=LOSSES[0])
@wrong(LOSSES[2], loss=LOSSES[2])
def printed_loss_does_not_move(rng, loss=LOSSES[1]):
    """They wander, and their mean preference stays."""
    size = {"step_size": 0.2, "n_steps": 3, "n_runs": SAMPLES}
    paths = numeric.train(loss, np.array([0.0, 0.5]), np.ones(2), **size, rng=rng)
    logit = montecarlo.estimate(np.log(paths[-1, :, 1] / paths[-1, :, 0]))
    return Sampled(logit, 0.0, wrong=0.15)


@check(
    "U4",
    "with rewards of zero or less skipped",
    policies_and_values(200, 406, "bandits, rewards of both signs"),
    seed=406,
)
@wrong("steps with the reward", factor=lambda reward: reward)
def skipped_samples(policy, values, rng, factor=lambda reward: reward > 0):
    """If they are skipped, the printed loss climbs the chance of the others.

    `factor` is what multiplies the score in a step, given the reward.
    """
    # Each arm pays a positive reward with some chance, and -1 otherwise.
    chance, score = rng.uniform(size=policy.size), policies.score(policy)
    rewards = np.concatenate([np.abs(values), np.full(policy.size, -1.0)])
    weights = np.concatenate([policy * chance, policy * (1 - chance)])
    steps = OneStep(weights, 1.0 * factor(rewards), np.concatenate([score, score]))
    return steps.estimates().mean() - policy_gradient(policy, chance)


@check(
    "U20",
    "the episodic algorithm with the value of the state as baseline",
    problems(100, 407, "100 random problems, all trajectories"),
)
@wrong("without the discount", discounted=False)
@wrong("a baseline that knows the return", baseline=lambda paths, values: paths.returns() * 0.5)
def episodic_algorithm(problem, h, baseline=mdp.Trajectories.state_baseline, discounted=True):
    paths, truth = all_paths(problem, h), at(problem, h)
    subtracted = baseline(paths, truth.state_values)
    return paths.reward_to_go(subtracted, discounted=discounted).mean() - truth.gradient.ravel()


@drawn("500 bandits", 408)
def values(rng):
    return [rng.normal(size=rng.integers(2, 7)) for _ in range(500)]


@check("U21", "no softmax policy attains the maximum", values)
@wrong("the greedy policy", policy=_greedy)
def maximum_is_not_attained(values, policy=softmax):
    return policies.expected_reward(policy(4 * values), values) < values.max()


WITH_PATHS = [family for family in numeric.FAMILIES.values() if family.path]


@check(
    "U21",
    "pathwise derivatives are unbiased too",
    Cases(f"{len(WITH_PATHS)} families, relative", WITH_PATHS),
)
@wrong("half of them", factor=0.5)
def pathwise_is_unbiased(family, factor=1.0):
    truth = np.array([family.derivative(0.7, power) for power in (1, 2, 3)])
    means = [family.pathwise(0.7, power).mean()[0] for power in (1, 2, 3)]
    return (factor * np.array(means) - truth) / np.maximum(1.0, np.abs(truth))
