"""Returns over several steps: claims U5, U5b, U7, U10 and U19."""

from collections.abc import Callable
from functools import partial

import numpy as np
import sympy as sp

from pgbook import ledger, policies
from pgbook.ledger import Check, Evidence
from pgbook.montecarlo import estimate
from pgbook.unbiased import numeric, symbolic
from pgbook.unbiased.claims.common import (
    ESTIMATORS,
    N,
    coin_preferences,
    differences,
    proves_for_two,
    random_bandits,
    random_chains,
)
from pgbook.unbiased.symbolic.problems import COIN_ESTIMATORS, P, gamma, tau, z


def coin_is_unbiased(name: str, n_steps: int = 2) -> Evidence:
    """The mean over all trajectories of a coin, against the slope of its objective."""
    slope = P * (1 - P) * sum(gamma**t for t in range(n_steps))
    found = symbolic.coin_mean(COIN_ESTIMATORS[name], n_steps)
    return ledger.symbolic(
        found,
        slope,
        f"all p and γ, {n_steps} steps",
        point={P: sp.Rational(1, 3), gamma: 1 / sp.S(5)},
    )


def chain_is_unbiased(name: str) -> Evidence:
    """The mean over all trajectories of a chain, against the policy gradient theorem."""
    errors = []
    for chain, h in random_chains(200, seed=501):
        mean = ESTIMATORS[name](chain.trajectories(h)).mean()
        errors.append(np.abs(mean - chain.gradient(h)).max())
    return ledger.exact(np.array(errors), "200 random chains, all trajectories", seed=501)


def sampled_trajectories(name: str) -> Evidence:
    """Coins tossed one after the other against the exact gradient; the single time is wrong."""
    p, horizon, rng = 0.3, 4, np.random.default_rng(502)
    chain = numeric.coin(0.9, horizon)
    tosses = (rng.random((N, horizon)) < p).astype(float)
    scores = np.stack([p - tosses, tosses - p], axis=-1)  # of both preferences
    paths = numeric.Trajectories(
        np.full(N, 1 / N), np.zeros(tosses.shape, int), tosses.astype(int), tosses, scores, 0.9
    )
    samples = ESTIMATORS[name](paths).values[:, 1]
    truth, wrong = chain.gradient(coin_preferences(p))[1], p * (1 - p)
    return ledger.monte_carlo(estimate(samples), truth, wrong=wrong, n_samples=N, seed=502)


def variance_grows(name: str = "full score") -> Evidence:
    """The variance of the full score estimate grows with the horizon, at p and γ one half."""
    variances = []
    for horizon in range(2, 13):
        paths = numeric.coin(0.5, horizon).trajectories(coin_preferences(0.5))
        variances.append(ESTIMATORS[name](paths).covariance()[1, 1])
    steps = np.diff(variances)
    return ledger.true_in(steps > 0.2, "each further step from 2 to 12 adds more than 0.2")


def later_state(name: str = "all scores up to then") -> Evidence:
    """The return from time 1 on needs the score of the action that led to its state."""
    errors, rng = [], np.random.default_rng(503)
    for _ in range(100):
        rewards, h = rng.normal(size=2), rng.normal(size=(3, 2))
        paths = numeric.echo(rewards).trajectories(h)
        scores = {"all scores up to then": paths.scores.sum(axis=1), "its own": paths.scores[:, 1]}
        mean = paths.weights * paths.returns()[:, 1] @ scores[name]
        p = policies.softmax(h[0])[1]
        errors.append(mean[1] - p * (1 - p) * (rewards[1] - rewards[0]))
    return ledger.exact(np.array(errors), "100 chains of two steps", seed=503)


def conditional_mean(later: float = 1.0) -> Evidence:
    """Given state and action, the mean return is the action value."""
    errors = []
    for chain, h in random_chains(60, seed=504):
        paths, q = chain.trajectories(h), chain.at(h).action_values
        returns = paths.rewards[:, 0] + later * (paths.returns() - paths.rewards)[:, 0]
        slots = paths.scores[:, 0] > 0  # only the action taken has a positive score
        mass = paths.weights @ slots
        mean = (paths.weights * returns) @ slots / np.where(mass > 0, mass, 1.0)
        errors.append(np.abs((mean - q[0].ravel()) * (mass > 0)).max())
    return ledger.exact(np.array(errors), "60 random chains, time 0", seed=504)


def unrolled(*, frozen: bool = False) -> Evidence:
    """Differences of the objective; with later policies frozen only the first step is seen."""
    errors = []
    for chain, h in random_chains(60, seed=505):

        def objective(moved, chain=chain, h=h):
            q = chain.at(h if frozen else moved).action_values[0]
            return chain.start @ np.einsum("sa,sa->s", chain.softmax(moved), q)

        errors.append(np.abs(differences(objective, h) - chain.gradient(h)).max())
    return ledger.exact(np.array(errors), "60 chains, differences", tolerance=1e-8, seed=505)


def depends_on_parameter(of: str = "return") -> Evidence:
    """A listed trajectory has the same return under two policies, and another probability."""
    same, rng = [], np.random.default_rng(509)
    for chain, h in random_chains(100, seed=506):
        other = rng.normal(size=h.shape)
        first, second = chain.trajectories(h), chain.trajectories(other)
        by_hand = first.rewards @ chain.discount ** np.arange(chain.horizon)
        equal = {
            "return": np.allclose(second.returns()[:, 0], by_hand, rtol=0, atol=1e-12),
            "action value": np.allclose(chain.at(h).action_values, chain.at(other).action_values),
            "probability": np.allclose(first.weights, second.weights),
        }
        same.append(equal[of] and not equal["probability"])
    return ledger.true_in(np.array(same), "100 random chains, two policies", seed=506)


def entropy_regularised(*, sampled: bool = True) -> Evidence:
    """The stop-gradient loses nothing of the objective with the entropy in the reward."""
    errors = []
    for policy, values in random_bandits(200, seed=507):
        mean = numeric.entropy_estimates(policy, values, 0.7, sampled=sampled).mean()
        truth = policies.policy_gradient(policy, values) + 0.7 * numeric.entropy_gradient(policy)
        errors.append(np.abs(mean - truth).max())
    return ledger.exact(np.array(errors), "200 bandits, temperature 0.7", seed=507)


def entropy_slope(gradient: Callable = numeric.entropy_gradient) -> Evidence:
    """The gradient of the entropy, by differences."""
    errors, rng = [], np.random.default_rng(508)
    for _ in range(100):
        h = rng.normal(size=rng.integers(2, 7))
        slope = differences(lambda x: numeric.entropy(policies.softmax(x)), h)
        errors.append(np.abs(slope - gradient(policies.softmax(h))).max())
    return ledger.exact(np.array(errors), "100 policies, differences", tolerance=1e-8, seed=508)


def _coin_check(name: str) -> Check:
    wrong = {"single time": "at a single time", "no discount": "without the discount"}
    return Check(
        f"a coin tossed twice: {name}",
        partial(coin_is_unbiased, name),
        {text: partial(coin_is_unbiased, mutant) for mutant, text in wrong.items()},
    )


RETURNS = {
    "U5": (
        _coin_check("full score"),
        _coin_check("reward to go"),
        Check(
            "a coin tossed four times: reward to go",
            partial(coin_is_unbiased, "reward to go", 4),
            {"at a single time": partial(coin_is_unbiased, "single time", 4)},
        ),
        Check(
            "random chains: reward to go",
            partial(chain_is_unbiased, "reward to go"),
            {
                "at a single time": partial(chain_is_unbiased, "single time"),
                "without the discount": partial(chain_is_unbiased, "without the discount"),
            },
        ),
        Check(
            "random chains: full score",
            partial(chain_is_unbiased, "full score"),
            {"at a single time": partial(chain_is_unbiased, "single time")},
        ),
        Check(
            "sampled trajectories",
            partial(sampled_trajectories, "reward to go"),
            {"at a single time": partial(sampled_trajectories, "single time")},
        ),
        Check(
            "the full score has a variance that grows with the horizon",
            variance_grows,
            {"reward to go": partial(variance_grows, "reward to go")},
        ),
    ),
    "U5b": (
        Check(
            "the gradient, if the first action is the next state",
            partial(proves_for_two, symbolic.dependent_state),
            {
                "zero, as the score of the second action says": partial(
                    proves_for_two, symbolic.dependent_state, sp.S.Zero
                )
            },
        ),
        Check(
            "by enumeration, with the scores of both actions",
            later_state,
            {"the score at time 1 alone": partial(later_state, "its own")},
        ),
    ),
    "U7": (
        Check(
            "mean return given state and action",
            conditional_mean,
            {"the first reward alone": partial(conditional_mean, 0.0)},
        ),
    ),
    "U10": (
        Check(
            "the product rule for a coin tossed twice",
            partial(proves_for_two, symbolic.product_rule),
            {"without the slope of Q": partial(proves_for_two, symbolic.product_rule, P * (1 - P))},
        ),
        Check(
            "the objective by differences against the sum over all times",
            unrolled,
            {"later policies frozen": partial(unrolled, frozen=True)},
        ),
        Check(
            "returns of listed trajectories are the same under two policies",
            depends_on_parameter,
            {
                "the same action values": partial(depends_on_parameter, "action value"),
                "the same probability": partial(depends_on_parameter, "probability"),
            },
        ),
    ),
    "U19": (
        Check(
            "the sampled bonus: its slope has mean zero",
            partial(proves_for_two, symbolic.sampled_entropy),
            {
                "the slope of the entropy": partial(
                    proves_for_two, symbolic.sampled_entropy, -tau * z * P * (1 - P)
                )
            },
        ),
        Check(
            "the whole entropy: its slope is not zero",
            partial(proves_for_two, symbolic.analytic_entropy),
            {"zero": partial(proves_for_two, symbolic.analytic_entropy, sp.S.Zero)},
        ),
        Check(
            "the gradient of the entropy by differences",
            entropy_slope,
            {"without the entropy": partial(entropy_slope, lambda p: -p * np.log(p))},
        ),
        Check(
            "the sampled bonus in the reward, not differentiated",
            entropy_regularised,
            {"the whole entropy in the reward": partial(entropy_regularised, sampled=False)},
        ),
    ),
}
