"""Arms drawn from the policy."""

import numpy as np

from pgbook import montecarlo, policies
from pgbook.bandits import numeric
from pgbook.bandits.cases import PREFERENCES, VALUES
from pgbook.evidence import SAMPLES, Sampled
from pgbook.ledger import Cases, check, wrong
from pgbook.policies import softmax


@check("B6", "law of the first two arms", seed=103)
@wrong("the pulled arm's preference alone", score=lambda policy: np.eye(policy.size))
def draws_before_update(rng, score=policies.score):
    """The first arm is learned from before the second is drawn."""
    size = {"step_size": 0.8, "n_steps": 2, "n_runs": SAMPLES}
    paths = numeric.sample_paths(PREFERENCES, VALUES, **size, rng=rng)
    # With positive rewards the arm that was pulled is the only one whose preference rose.
    arms = np.diff(paths, axis=0).argmax(axis=2)
    pairs = montecarlo.estimate(np.eye(9)[3 * arms[0] + arms[1]])
    policy = softmax(PREFERENCES)
    law = policy[:, None] * softmax(PREFERENCES + 0.8 * VALUES[:, None] * score(policy))
    return Sampled(pairs, law.ravel(), wrong=np.outer(policy, policy).ravel())


@check("B7", "frequencies of arms", seed=104)
@wrong("two probabilities exchanged", target=lambda policy: policy[[1, 0, 2, 3]])
def frequencies(rng, target=lambda policy: policy):
    policy = softmax(np.array([0.2, -0.4, 1.0, 0.0]))
    counts = np.eye(4)[policies.sample_actions(policy, SAMPLES, rng=rng)]
    return Sampled(montecarlo.estimate(counts), target(policy), wrong=policy[::-1])


EVENLY = "7,000 equidistant uniform numbers"


@check("B7", "intervals of the cumulative probabilities", EVENLY, tolerance=1e-9)
@wrong(
    "compared with the probabilities themselves",
    inverse=lambda policy, u: (u[:, None] >= policy[:-1]).sum(axis=1),
)
def interval_lengths(inverse=policies.inverse_cdf):
    policy, points = np.array([2, 1, 4]) / 7, (np.arange(7000) + 0.5) / 7000
    return np.bincount(inverse(policy, points), minlength=3) - 7000 * policy


SEEDS = Cases("seeds 0 to 1,999, 2 to 8 arms, one draw each", range(2000))


@check("B7", "np.random.choice turns one uniform number into an arm", SEEDS)
@wrong("intervals from the right", uniform=lambda u: 1 - u)
def choice_inverts(seed, uniform=lambda u: u):
    """The printed call is a method of a hidden `RandomState`; here are two with one seed."""
    policy = np.random.default_rng(seed).dirichlet(np.ones(2 + seed % 7))
    chosen = np.random.RandomState(seed).choice(policy.size, p=policy)
    u = np.random.RandomState(seed).random_sample()
    return bool(policies.inverse_cdf(policy, uniform(u)) == chosen)
