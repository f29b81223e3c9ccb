"""Arms drawn from the policy, and how long exploration lasts."""

import numpy as np

from pgbook import montecarlo, policies
from pgbook.bandits import numeric
from pgbook.bandits.cases import PREFERENCES, VALUES
from pgbook.evidence import SAMPLES, Sampled
from pgbook.ledger import check, drawn, wrong
from pgbook.policies import softmax


def _after_update(policy):
    """The law of the first two arms if the first is learned from before the second is drawn."""
    after = PREFERENCES + 0.8 * VALUES[:, None] * policies.score(policy)
    return (policy[:, None] * softmax(after)).ravel()


def _frozen(policy):
    return np.outer(policy, policy).ravel()


@check("B6", "law of the first two arms", seed=103)
@wrong("policy never updated", law=_frozen)
def draws_before_update(rng, law=_after_update):
    size = {"step_size": 0.8, "n_steps": 2, "n_runs": SAMPLES}
    paths = numeric.sample_paths(PREFERENCES, VALUES, **size, rng=rng)
    # With positive rewards the arm that was pulled is the only one whose preference rose.
    arms = np.diff(paths, axis=0).argmax(axis=2)
    pairs = montecarlo.estimate(np.eye(9)[3 * arms[0] + arms[1]])
    policy = softmax(PREFERENCES)
    return Sampled(pairs, law(policy), wrong=_frozen(policy))


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


@drawn("rewards 0 and 1, 10,000 and 100,000 steps")
def explored():
    """Probability of the worse arm after exact steps of size 1 from uniform."""
    gap = 0.0
    for step in range(1, 100_001):
        gap += 2 * np.exp(-gap) / (1 + np.exp(-gap)) ** 2
        if step in (10_000, 100_000):
            yield step, np.exp(-gap) / (1 + np.exp(-gap))


@check("B18", "probability of the worse arm under exact ascent", explored, tolerance=0.01)
@wrong("twice as much", law=lambda steps: 1 / steps)
@wrong("a constant", law=lambda steps: 0.0001)
def exploration_vanishes(n_steps, probability, law=lambda steps: 1 / (2 * steps)):
    return probability / law(n_steps) - 1
