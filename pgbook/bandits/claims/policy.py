"""Objective, softmax policy and sampling: claims B1 to B7 and B10."""

from collections.abc import Callable
from functools import partial

import numpy as np
import sympy as sp

from pgbook import ledger, montecarlo, policies
from pgbook.bandits import numeric, symbolic
from pgbook.bandits.claims.common import PREFERENCES, VALUES, N, proves
from pgbook.bandits.symbolic import c
from pgbook.ledger import Check, Evidence
from pgbook.symbols import H, Z, a, b, k, pi, total
from pgbook.validation import FloatArray


def sampled_objective(
    objective: Callable = numeric.expected_reward, drift: float = 0.0
) -> Evidence:
    """The mean of sampled rewards is the objective; `drift` lets rewards grow with time."""
    rng, policy = np.random.default_rng(101), policies.softmax(PREFERENCES)
    arms = policies.sample_actions(policy, N, rng=rng)
    rewards = VALUES[arms] + rng.standard_normal(N) + drift * np.arange(N) / N
    return ledger.monte_carlo(
        montecarlo.estimate(rewards),
        objective(policy, VALUES),
        wrong=VALUES.mean(),
        n_samples=N,
        seed=101,
    )


class UncheckedBandit(numeric.GradientBandit):
    """The agent with the update as document 000 prints it: any index that NumPy takes."""

    def update(self, arm: int, reward: float) -> None:
        """Add the step to the preferences, wherever `arm` points."""
        gradient = -self.softmax()
        gradient[arm] += 1
        self.preferences += self.alpha * reward * gradient


def refuses_wrong_arms(agent_class: type = numeric.GradientBandit) -> Evidence:
    """An arm outside 0, ..., k - 1 is an error and changes nothing."""
    refused = []
    for arm in (-3, -2, -1, 3, 4):
        agent = agent_class(3, 0.1, rng=np.random.default_rng(0), preferences=PREFERENCES)
        try:
            agent.update(arm, 1.0)
            refused.append(False)
        except (ValueError, IndexError):
            refused.append(np.array_equal(agent.preferences, PREFERENCES))
    return ledger.true_in(np.array(refused), "arms -3, -2, -1, 3 and 4 of three")


def _is_distribution(policy: FloatArray) -> float:
    """Zero, if all entries are positive, and sums are one within round-off."""
    if not (policy > 0).all():
        return np.inf
    return np.max(np.abs(policy.sum(axis=-1) - 1)) / policy.shape[-1]


def is_distribution(softmax: Callable = policies.softmax) -> Evidence:
    """Probabilities are positive and sum to one, to 1e-15 per arm."""
    rng = np.random.default_rng(102)
    errors = [
        _is_distribution(softmax(rng.normal(scale=rng.uniform(0.1, 60), size=n_arms)))
        for n_arms in rng.integers(2, 50, size=2000)
    ]
    return ledger.exact(errors, "2,000 policies, 2 to 49 arms", tolerance=1e-15, seed=102)


# Two arms; the odds are exp(h[0] - h[1]), computed without exp of a large number.
EXTREME = ((710, 0), (0, 710), (709.5, 709.5), (-746, -746), (-744, -744.5), (-900, -899), (3, 5))


def is_stable(softmax: Callable = policies.softmax) -> Evidence:
    """Softmax of extreme preferences, against the logistic function of their difference."""
    errors = []
    for h in EXTREME:
        with np.errstate(over="ignore"):
            truth = 1 / (1 + np.exp(np.array([h[1] - h[0], h[0] - h[1]], dtype=float)))
        errors.append(np.nan_to_num(np.abs(softmax(np.array(h, float)) - truth), nan=np.inf))
    return ledger.exact(np.array(errors), f"{len(EXTREME)} pairs between -900 and 710")


def keeps_logarithms(log_softmax: Callable = policies.log_softmax) -> Evidence:
    """Log-probabilities stay finite and right where probabilities underflow to zero."""
    gaps = np.array([1.0, 100.0, 800.0, 1e6])
    with np.errstate(divide="ignore"):
        found = np.array([log_softmax(np.array([0.0, -gap]))[1] for gap in gaps])
    errors = np.nan_to_num(np.abs(found + gaps + np.log1p(np.exp(-gaps))), posinf=np.inf)
    return ledger.exact(errors, "gaps 1, 100, 800 and 1,000,000")


def reads_whole_policy(read: Callable = lambda agent: agent.softmax()) -> Evidence:
    """Preferences log 1, log 2, log 3 make the policy 1/6, 2/6, 3/6."""
    agent = numeric.GradientBandit(
        3, 0.1, rng=np.random.default_rng(0), preferences=np.log([1.0, 2.0, 3.0])
    )
    return ledger.exact(read(agent) - np.array([1, 2, 3]) / 6, "all three arms")


def draws_before_update(law: Callable | None = None) -> Evidence:
    """The arm at each step follows the policy before that step's update."""
    paths = numeric.sample_paths(
        PREFERENCES, VALUES, step_size=0.8, n_steps=2, n_runs=N, rng=np.random.default_rng(103)
    )
    # With positive rewards the arm that was pulled is the only one whose preference
    # rose.
    arms = np.diff(paths, axis=0).argmax(axis=2)
    pairs = montecarlo.estimate(np.eye(9)[3 * arms[0] + arms[1]])
    policy = policies.softmax(PREFERENCES)
    after = PREFERENCES + 0.8 * VALUES[:, None] * policies.score(policy)
    frozen = np.outer(policy, policy).ravel()
    truth = (policy[:, None] * policies.softmax(after)).ravel() if law is None else law(policy)
    return ledger.monte_carlo(pairs, truth, wrong=frozen, n_samples=N, seed=103)


def frequencies(target: Callable = lambda policy: policy) -> Evidence:
    """Arms are drawn as often as the policy says."""
    policy = policies.softmax(np.array([0.2, -0.4, 1.0, 0.0]))
    arms = policies.sample_actions(policy, N, rng=np.random.default_rng(104))
    counts = montecarlo.estimate(np.eye(4)[arms])
    return ledger.monte_carlo(counts, target(policy), wrong=policy[::-1], n_samples=N, seed=104)


def interval_lengths(inverse: Callable = policies.inverse_cdf) -> Evidence:
    """Each arm owns an interval of uniform numbers as long as its probability."""
    policy, points = np.array([2, 1, 4]) / 7, (np.arange(7000) + 0.5) / 7000
    owned = np.bincount(inverse(policy, points), minlength=3)
    return ledger.exact(owned - 7000 * policy, "7,000 equidistant uniform numbers", tolerance=1e-9)


POLICY = {
    "B1": (
        Check(
            "sampled rewards against the sum over arms",
            sampled_objective,
            {
                "all arms weighted alike": partial(sampled_objective, lambda p, q: q.mean()),
                "rewards that drift with time": partial(sampled_objective, drift=0.5),
            },
        ),
    ),
    "B2": (
        Check(
            "update refuses an arm outside 0, ..., k - 1",
            refuses_wrong_arms,
            {"update as printed": partial(refuses_wrong_arms, UncheckedBandit)},
        ),
    ),
    "B3": (
        Check(
            "the probabilities sum to one",
            partial(proves, symbolic.normalisation),
            {"one arm left out": partial(proves, symbolic.normalisation, 1 - pi[k - 1])},
        ),
        Check(
            "random policies",
            is_distribution,
            {
                "weights divided by the largest": partial(
                    is_distribution, lambda h: np.exp(h - h.max())
                )
            },
        ),
    ),
    "B4": (
        Check(
            "the shift changes nothing",
            partial(proves, symbolic.shift_invariance),
            {
                "multiplied instead of shifted": partial(
                    proves, symbolic.shift_invariance, sp.exp(c * H[a]) / total(sp.exp(c * H[b]))
                )
            },
        ),
        Check(
            "extreme preferences",
            is_stable,
            {"the formula typed as it stands": partial(is_stable, numeric.naive_softmax)},
        ),
        Check(
            "logarithms of underflowing probabilities",
            keeps_logarithms,
            {
                "logarithm of the softmax": partial(
                    keeps_logarithms, lambda h: np.log(policies.softmax(h))
                )
            },
        ),
    ),
    "B5": (
        Check(
            "a policy known in fractions",
            reads_whole_policy,
            {
                "one number": partial(reads_whole_policy, lambda agent: agent.softmax().max()),
                "integer preferences": partial(
                    reads_whole_policy,
                    lambda agent: policies.softmax(agent.preferences.astype(int)),
                ),
            },
        ),
    ),
    "B6": (
        Check(
            "law of the first two arms",
            draws_before_update,
            {
                "policy never updated": partial(
                    draws_before_update, lambda policy: np.outer(policy, policy).ravel()
                )
            },
        ),
    ),
    "B7": (
        Check(
            "frequencies of arms",
            frequencies,
            {
                "two probabilities exchanged": partial(
                    frequencies, lambda policy: policy[[1, 0, 2, 3]]
                )
            },
        ),
        Check(
            "intervals of the cumulative probabilities",
            interval_lengths,
            {
                "compared with the probabilities themselves": partial(
                    interval_lengths, lambda policy, u: (u[:, None] >= policy[:-1]).sum(axis=1)
                )
            },
        ),
    ),
    "B10": (
        Check(
            "logarithm of a softmax",
            partial(proves, symbolic.log_probability),
            {
                "sign of the common term": partial(
                    proves, symbolic.log_probability, H[a] + sp.log(Z)
                )
            },
        ),
    ),
}
