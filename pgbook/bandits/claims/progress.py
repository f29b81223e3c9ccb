"""What is learned, how far and how fast: claims B17, B18, B19 and B21."""

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
import sympy as sp

from pgbook import ledger, policies
from pgbook.bandits import numeric, symbolic
from pgbook.bandits.claims.common import proves_for_two, random_batches
from pgbook.bandits.symbolic import LOGIT, P, alpha, rho
from pgbook.derivation import Partial
from pgbook.ledger import Check, Evidence
from pgbook.validation import FloatArray


def mean_change_has_sign_of(quantity: Callable = lambda policy, values, x: x) -> Evidence:
    """A preference rises on average if and only if its arm beats the current average."""
    truths = []
    for h, values in random_batches(2100, seed=307):
        policy = policies.softmax(h)
        x = values - numeric.expected_reward(policy, values)[:, None]
        change = [numeric.estimator_mean(*case) for case in zip(policy, values, strict=True)]
        same_sign = np.sign(change) == np.sign(quantity(policy, values, x))
        truths.append(same_sign.all(axis=1))
    return ledger.true_in(np.concatenate(truths), "bandits with 2 to 8 arms", seed=307)


PLATEAU_VALUES = np.array([1.0, 0.9, 0.0])


PLATEAU_POLICY = np.array([0.03, 0.94, 0.03])


def best_probability_falls(policy: FloatArray = PLATEAU_POLICY) -> Evidence:
    """The best arm's preference rises and its probability falls, under the exact gradient."""
    rise = numeric.policy_gradient(policy, PLATEAU_VALUES)[0]
    fall = numeric.probability_drift(policy, PLATEAU_VALUES)[0]
    h, step = np.log(policy), 1e-6
    moved = policies.softmax(h + step * numeric.policy_gradient(policy, PLATEAU_VALUES))[0]
    agree = abs((moved - policy[0]) / step - fall) < 1e-6
    return ledger.true_in(np.array(rise > 0 and fall < 0 and agree), f"policy {policy}")


@lru_cache
def _exploration(n_steps: int) -> float:
    """Probability of the worse arm, rewards 0 and 1, after exact steps of size 1 from uniform."""
    gap = 0.0
    for _ in range(n_steps):
        gap += 2 * np.exp(-gap) / (1 + np.exp(-gap)) ** 2
    return np.exp(-gap) / (1 + np.exp(-gap))


def exploration_vanishes(law: Callable = lambda steps: 1 / (2 * steps)) -> Evidence:
    """Under exact ascent the worse of two arms is explored with probability about 1 / (2t)."""
    ratios = np.array([_exploration(n) / law(n) for n in (10_000, 100_000)])
    return ledger.exact(ratios - 1, "rewards 0 and 1, 10,000 and 100,000 steps", tolerance=0.01)


FLOW_TIME = sp.sinh(LOGIT) + LOGIT


def flow_time(claimed: sp.Expr = FLOW_TIME) -> Evidence:
    """Exact gradient flow from uniform reaches a logit at the time sinh(logit) + logit."""
    chain = symbolic.exploration_clock()
    derivative = Partial(claimed.rewrite(sp.exp), LOGIT)
    definitions = chain.definitions
    point = {LOGIT: sp.log(2)}
    return ledger.symbolic(
        chain.first, derivative, "all logits", point=point, definitions=definitions
    )


def is_not_concave_by_sympy(sign: int = 1) -> Evidence:
    """The curvature is positive below one half and negative above."""
    curvature = symbolic.two_armed_curvature().last
    values = [curvature.subs(P, sp.Rational(n, 10)) for n in (1, 4, 6, 9)]
    truths = np.array([sign * value > 0 for value in values]) == [True, True, False, False]
    return ledger.true_in(truths, "curvature of two arms at p = 0.1, 0.4, 0.6, 0.9")


def maximum_is_not_reached(strictly: bool = True) -> Evidence:
    """The objective is below the best arm's value at every finite parameter."""
    truths = []
    for h, values in random_batches(2100, seed=308, scale=3):
        short = values.max(axis=1) - numeric.expected_reward(policies.softmax(h), values)
        truths.append((short > 0) == strictly)
    return ledger.true_in(np.concatenate(truths), "bandits with 2 to 8 arms", seed=308)


def is_not_concave(concave: bool = False) -> Evidence:
    """On some segments the value at the middle is below the mean of the ends."""
    rng = np.random.default_rng(309)
    ends = rng.normal(scale=3, size=(2000, 2, 2))
    values = np.array([0.0, 1.0])
    mean = numeric.expected_reward(policies.softmax(ends), values).mean(axis=1)
    middle = numeric.expected_reward(policies.softmax(ends.mean(axis=1)), values)
    below = middle < mean - 1e-12
    return ledger.true_in(~below if concave else np.array(below.any()), "2,000 segments", seed=309)


@lru_cache
def _last_decade_slope(product: float) -> float:
    """Slope of log S against log T between a tenth of a million steps and a million."""
    survival = numeric.log_survival(product, 1.0, 1_000_000)
    return (survival[1_000_000] - survival[100_000]) / np.log(10)


def survival_slope(law: Callable = lambda product: -1 / (2 * product)) -> Evidence:
    r"""The probability of never trying the better arm falls like :math:`T^{-1/(2\alpha\rho)}`."""
    products = (0.2, 1.0, 3.0, 8.0)
    errors = [_last_decade_slope(product) - law(product) for product in products]
    cases = "slope over the last decade of a million steps, products 0.2, 1, 3 and 8"
    return ledger.exact(errors, cases, tolerance=1e-3)


def waiting_times(law: Callable = numeric.median_wait_of_flow) -> Evidence:
    """The median wait, by the exact recursion, against the closed form of the flow."""
    products = (3.0, 4.0, 5.0)
    ratios = np.array([numeric.median_wait(p, 1.0, most=20_000) / law(p, 1.0) for p in products])
    return ledger.exact(ratios - 1, "products 3, 4 and 5, relative", tolerance=0.04)


HALF_RATE = -alpha * rho * sp.exp(LOGIT)


def every_update_helps(position: float = 0.5) -> Evidence:
    """With a constant baseline between two rewards each possible update raises the better arm."""
    rng, truths = np.random.default_rng(311), []
    for _ in range(1000):
        worse, better = np.sort(rng.uniform(0.1, 2, size=2))
        policy = policies.softmax(rng.normal(size=2))
        baseline = worse + position * (better - worse)
        changes = [
            (r - baseline) * policies.score(policy)[a, 1] for a, r in enumerate((worse, better))
        ]
        truths.append(min(changes) > 0)
    return ledger.true_in(np.array(truths), "two arms, positive rewards", seed=311)


PROGRESS = {
    "B17": (
        Check(
            "sign of the mean change",
            mean_change_has_sign_of,
            {
                "sign of the reward": partial(
                    mean_change_has_sign_of, lambda policy, values, x: values
                ),
                "sign of the change in probability": partial(
                    mean_change_has_sign_of,
                    lambda policy, values, x: numeric.probability_drift(policy, values),
                ),
            },
        ),
        Check(
            "the best arm's probability falls",
            best_probability_falls,
            {
                "too little mass on the bad arm": partial(
                    best_probability_falls, np.array([0.05, 0.94, 0.01])
                )
            },
        ),
    ),
    "B18": (
        Check(
            "probability of the worse arm under exact ascent",
            exploration_vanishes,
            {
                "twice as much": partial(exploration_vanishes, lambda steps: 1 / steps),
                "a constant": partial(exploration_vanishes, lambda steps: 1e-4),
            },
        ),
        Check(
            "time of the flow as a function of the logit",
            flow_time,
            {"without the linear term": partial(flow_time, sp.sinh(LOGIT))},
        ),
    ),
    "B19": (
        Check(
            "the objective stays below its supremum",
            maximum_is_not_reached,
            {"a maximum that is reached": partial(maximum_is_not_reached, False)},
        ),
        Check("not concave", is_not_concave, {"concave": partial(is_not_concave, True)}),
        Check(
            "sign of the curvature",
            is_not_concave_by_sympy,
            {"sign": partial(is_not_concave_by_sympy, -1)},
        ),
    ),
    "B21": (
        Check(
            "slope of the power law",
            survival_slope,
            {"twice as steep": partial(survival_slope, lambda product: -1 / product)},
        ),
        Check(
            "median waiting times",
            waiting_times,
            {"no exponential": partial(waiting_times, lambda p, reward: 4**p / p)},
        ),
        Check(
            "the differential equation behind it",
            partial(proves_for_two, symbolic.committed_flow),
            {"half the rate": partial(proves_for_two, symbolic.committed_flow, HALF_RATE)},
        ),
        Check(
            "every update helps with a baseline in between",
            every_update_helps,
            {"baseline below both rewards": partial(every_update_helps, -0.1)},
        ),
    ),
}
