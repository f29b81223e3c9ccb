"""Learning: what a baseline changes, and what a good action is."""

import numpy as np

from pgbook import policies
from pgbook.bandits import numeric
from pgbook.bandits.cases import PLATEAU, PLATEAU_VALUES
from pgbook.cases import bandits, stacked
from pgbook.differences import central_differences
from pgbook.ledger import Cases, check, drawn, wrong
from pgbook.outcomes import OneStep, bandit
from pgbook.policies import expected_reward, policy_gradient, softmax


@check("B12", "the mean by enumeration", bandits(1000, 302, "bandits and baselines"), seed=302)
@wrong("a baseline that depends on the arm", of=lambda b, values: b * values)
def baseline_leaves_mean(h, values, rng, of=lambda b, values: b):
    estimates = bandit(softmax(h), values).estimates(of(rng.normal(scale=3), values))
    return estimates.mean() - policy_gradient(softmax(h), values)


def _follow(baseline, *, shift=0.0, slower=False):
    r"""One run of 300 steps; `slower` uses the step :math:`\alpha t / (t + 1)`."""
    rng, steps = np.random.default_rng(301), np.arange(300)
    # In whole 64ths sums and shifts of rewards are exact, so no rounding changes an arm.
    rewards = np.round(64 * rng.normal(size=(300, 5))) / 64 + shift
    rate = 0.3 * steps / (steps + 1) if slower else 0.3
    return numeric.follow_rewards(rewards, rng.random(300), step_size=rate, baseline=baseline)


ONE_RUN = Cases("one run of 300 steps, five arms", [()], 301)


@check("B12", "including the current reward is a step-size effect", ONE_RUN)
@wrong("same steps", slower=False)
def inclusive_is_first_with_smaller_steps(slower=True):
    return _follow("inclusive") - _follow("first", slower=slower)


SHIFTED = ONE_RUN.named("one run of 300 steps, rewards shifted by 4")


@check("B12", "starting at the first reward: shifts change nothing", SHIFTED)
@wrong("starting at zero", baseline="zero")
def ignores_shift(baseline="first"):
    return _follow(baseline, shift=4.0) - _follow(baseline)


EXPECTED_REWARD = wrong("the expected reward", baseline=lambda arms: arms.weights @ arms.payoffs)
OTHERS = bandits(500, 303, "bandits, 50 baselines each")


@check("B12", "baseline of least variance", OTHERS, seed=303)
@EXPECTED_REWARD
def variance_is_least_at(h, values, rng, baseline=OneStep.optimal_baseline):
    arms = bandit(softmax(h), values)
    best = baseline(arms)
    least = arms.estimates(best).variance()
    return min(arms.estimates(b).variance() for b in best + rng.normal(size=50)) - least >= -1e-12


@drawn("500 bandits with two arms", 304)
def two_arms(rng):
    for p in rng.uniform(0.01, 0.99, size=500):
        yield bandit([1 - p, p], rng.normal(size=2))


@check("B12", "two arms: no variance at the best baseline", two_arms)
@EXPECTED_REWARD
def two_arms_without_variance(arms, baseline=OneStep.optimal_baseline):
    return arms.estimates(baseline(arms)).variance()


@check("B17", "sign of the mean change", stacked(bandits(2100, 307)))
@wrong("sign of the reward", quantity=lambda policy, values: values)
@wrong("sign of the change in probability", quantity=numeric.probability_drift)
def mean_change_has_sign_of(h, values, quantity=lambda p, q: q - expected_reward(p, q)[:, None]):
    policy = softmax(h)
    change = [bandit(*case).estimates().mean() for case in zip(policy, values, strict=True)]
    return (np.sign(change) == np.sign(quantity(policy, values))).all(axis=1)


def _mean_change(policy, values, step):
    """What one sampled update of the document adds to the probabilities, on average; shape (A,)."""
    after = softmax(np.log(policy) + step * values[:, None] * policies.score(policy))
    return policy @ after - policy


@check("B17", "an update lowers the best arm on average", "policy {policy}, step {step:g}")
@wrong("a large step", step=0.5)
@wrong("too little mass on the bad arm", policy=np.array([0.05, 0.94, 0.01]))
def best_probability_falls(policy=PLATEAU, step=0.1):
    rises = policy_gradient(policy, PLATEAU_VALUES)[0] > 0
    return rises and _mean_change(policy, PLATEAU_VALUES, step)[0] < 0


SMALL = bandits(300, 313, "bandits, steps of one millionth")


@check("B17", "the exact flow is the mean update to first order", SMALL, tolerance=1e-4)
@wrong("the drift of the preferences", drift=policy_gradient)
def mean_change_to_first_order(h, values, drift=numeric.probability_drift):
    policy = softmax(h)
    return _mean_change(policy, values, 1e-6) / 1e-6 - drift(policy, values)


@check("B24", "least-norm solution", bandits(500, 314))
@wrong("centred by the policy's mean", direction=lambda p, q: q - p @ q)
@wrong("the plain gradient", direction=policy_gradient)
def natural_gradient(h, values, direction=lambda _, q: q - q.mean()):
    """By the singular values of the Fisher information, against the formula."""
    policy = softmax(h)
    solved = np.linalg.pinv(numeric.fisher_information(policy)) @ policy_gradient(policy, values)
    return solved - direction(policy, values)


FLOWS = bandits(500, 315, "bandits, times from 0 to 5")


@check("B24", "the flow solved", FLOWS, seed=315, tolerance=1e-8)
@wrong("the gradient flow", speed=lambda policy, x: policy * x)
def replicator(h, values, rng, speed=lambda _, x: x):
    r"""With preferences :math:`h + qt` the logarithm of a probability has the slope q - J."""
    time = rng.uniform(0, 5, size=1)
    slope = central_differences(lambda t: policies.log_softmax(h + values * t), time)[:, 0]
    policy = softmax(h + values * time)
    return slope - speed(policy, values - expected_reward(policy, values))
