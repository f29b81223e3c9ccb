"""The algorithm at work: baselines, good actions, safe steps, and how long a bad arm may last."""

from functools import lru_cache

import numpy as np
import sympy as sp

from pgbook import evidence, policies
from pgbook.bandits import numeric
from pgbook.bandits.proofs.index import largest_curvature
from pgbook.cases import bandits, stacked
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


SHIFTED = Cases("one run of 300 steps, rewards shifted by 4", [()], 301)


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


@drawn("2 to 8 arms", 305)
def curved(rng):
    for n_arms in range(2, 9):
        shape, policy = (15_000, n_arms), rng.dirichlet(np.full(n_arms, 0.5), size=15_000)
        zeros_and_ones = rng.random((15_000, 1)) < 0.5
        yield (
            policy,
            np.where(zeros_and_ones, rng.integers(0, 2, size=shape), rng.normal(size=shape)),
        )


@check("B13", "spectral norm of random Hessians", curved)
@wrong("a constant five per cent smaller", factor=0.95)
def curvature_is_bounded(policy, values, factor=1.0):
    norm = np.abs(np.linalg.eigvalsh(numeric.hessian(policy, values))).max(axis=1)
    return norm <= factor * numeric.smoothness_constant(values) + 1e-12


def _advantages(policy, values):
    return values - expected_reward(policy, values)[:, None]


@check("B13", "quadratic form of the Hessian", stacked(bandits(2100, 312)), seed=312)
@wrong("not centred", centred=False)
def quadratic_form(h, values, rng, centred=True):
    r"""It is :math:`\sum_i \pi_i x_i (y_i - \bar y)^2`."""
    policy, y = softmax(h), rng.normal(size=h.shape)
    x = _advantages(policy, values)
    mean = np.sum(policy * y, axis=1, keepdims=True) if centred else 0.0
    form = np.einsum("ni,nij,nj->n", y, numeric.hessian(policy, values), y)
    return form - np.sum(policy * x * (y - mean) ** 2, axis=1)


@check("B13", "two arms attain it", "two arms, rewards 0 and 1", probability=(3 - np.sqrt(3)) / 6)
@wrong("at the uniform policy", probability=0.5)
def curvature_is_attained(probability):
    values = np.array([0.0, 1.0])
    curvature = numeric.hessian(np.array([1 - probability, probability]), values)
    return np.linalg.norm(curvature, 2) - numeric.smoothness_constant(values)


@check("B13", "maximum of the two-armed curvature", square=sp.Rational(1, 27))
@wrong("one eighth", square=sp.Rational(1, 64))
def largest_two_armed_curvature(square):
    return evidence.symbolic(largest_curvature()[0] ** 2, square, "two arms", point={})


def _gain(preferences, values, step):
    """What the objective gains by one step; shape (...)."""
    before, after = softmax(preferences), softmax(preferences + step)
    return expected_reward(after, values) - expected_reward(before, values)


@check("B13", "ascent lemma", stacked(bandits(7000, 306)), seed=306)
@wrong("half the constant", factor=0.5)
def ascent_lemma(h, values, rng, factor=1.0):
    r"""A step :math:`\alpha \le 2/L` gains at least :math:`\alpha (1 - L\alpha/2) |\nabla J|^2`."""
    constant = factor * numeric.smoothness_constant(values)
    step = rng.uniform(size=constant.shape) * 2 / constant
    gradient = policy_gradient(softmax(h), values)
    least = step * (1 - constant * step / 2) * np.sum(gradient**2, axis=1)
    return _gain(h, values, step[:, None] * gradient) >= least - 1e-12


@check("B17", "sign of the mean change", stacked(bandits(2100, 307)))
@wrong("sign of the reward", quantity=lambda policy, values: values)
@wrong("sign of the change in probability", quantity=numeric.probability_drift)
def mean_change_has_sign_of(h, values, quantity=_advantages):
    policy = softmax(h)
    change = [bandit(*case).estimates().mean() for case in zip(policy, values, strict=True)]
    return (np.sign(change) == np.sign(quantity(policy, values))).all(axis=1)


PLATEAU = np.array([0.03, 0.94, 0.03])


@check("B17", "the best arm's probability falls", "policy {policy}")
@wrong("too little mass on the bad arm", policy=np.array([0.05, 0.94, 0.01]))
def best_probability_falls(policy=PLATEAU):
    values, step = np.array([1.0, 0.9, 0.0]), 1e-6
    slope = policy_gradient(policy, values)
    rise, fall = slope[0], numeric.probability_drift(policy, values)[0]
    moved = softmax(np.log(policy) + step * slope)[0]
    return rise > 0 and fall < 0 and abs((moved - policy[0]) / step - fall) < 1e-6


@check("B20", "each term of the gain is non-negative")
@wrong("without the one", subtracted=0)
def growth_integral(subtracted=1):
    r""":math:`e^{cx} - 1 = \int_0^x c\,e^{cv} dv`, so it has the sign of x for c > 0."""
    growth, v, end = sp.Symbol("g", positive=True), sp.Symbol("v"), sp.Symbol("y", real=True)
    integral = sp.integrate(growth * sp.exp(growth * v), (v, 0, end))
    claimed, point = sp.exp(growth * end) - subtracted, {growth: 1, end: 1}
    return evidence.symbolic(integral, claimed, "c > 0, real x", point=point)


def _sampled_direction(policy, values):
    """The score estimate of the most likely arm: one sample instead of the mean."""
    pulled = np.eye(policy.shape[1])[policy.argmax(axis=1)]
    return np.sum(pulled * values, axis=1, keepdims=True) * (pulled - policy)


STEPS = "bandits, step sizes from 0.01 to 10,000"


@check("B20", "random bandits and step sizes", stacked(bandits(21_000, 310, STEPS, 2)), seed=310)
@wrong("one sample instead of the mean", direction=_sampled_direction)
@wrong("action values instead of the gradient", direction=np.multiply)
def any_step_improves(h, values, rng, direction=policy_gradient):
    step = 10 ** rng.uniform(-2, 4, size=(len(h), 1))
    return _gain(h, values, step * direction(softmax(h), values)) >= -1e-12


@lru_cache
def _last_decade_slope(product):
    survival = numeric.log_survival(product, 1.0, 1_000_000)
    return (survival[1_000_000] - survival[100_000]) / np.log(10)


DECADE = "slope over the last decade of a million steps, products 0.2, 1, 3 and 8"


@check("B21", "slope of the power law", Cases(DECADE, (0.2, 1.0, 3.0, 8.0)), tolerance=0.001)
@wrong("twice as steep", law=lambda product: -1 / product)
def survival_slope(product, law=lambda product: -1 / (2 * product)):
    return _last_decade_slope(product) - law(product)


@check(
    "B21",
    "median waiting times",
    Cases("products 3, 4 and 5, relative", (3.0, 4.0, 5.0)),
    tolerance=0.04,
)
@wrong("no exponential", law=lambda product, reward: 4**product / product)
def waiting_times(product, law=numeric.median_wait_of_flow):
    return numeric.median_wait(product, 1.0, most=20_000) / law(product, 1.0) - 1


@drawn("two arms, positive rewards", 311)
def worse_and_better(rng):
    for _ in range(1000):
        yield np.sort(rng.uniform(0.1, 2, size=2)), softmax(rng.normal(size=2))


@check("B21", "every update helps with a baseline in between", worse_and_better)
@wrong("baseline below both rewards", position=-0.1)
def every_update_helps(rewards, policy, position=0.5):
    baseline = rewards[0] + position * (rewards[1] - rewards[0])
    return ((rewards - baseline) * policies.score(policy)[:, 1]).min() > 0
