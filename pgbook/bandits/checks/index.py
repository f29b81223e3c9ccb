"""The goal: expected reward, its parameters and its maximum."""

import numpy as np
import sympy as sp

from pgbook import montecarlo, policies
from pgbook.bandits import numeric
from pgbook.bandits.cases import PREFERENCES, VALUES
from pgbook.bandits.printed import PrintedBandit
from pgbook.bandits.proofs import index as proofs
from pgbook.cases import bandits, stacked
from pgbook.evidence import SAMPLES, Sampled
from pgbook.ledger import Cases, check, wrong
from pgbook.policies import expected_reward, softmax


@check("B1", "sampled rewards against the sum over arms", seed=101)
@wrong("all arms weighted alike", objective=lambda policy, q: q.mean())
@wrong("rewards that drift with time", drift=0.5)
def sampled_objective(rng, objective=expected_reward, drift=0.0):
    policy = softmax(PREFERENCES)
    arms = policies.sample_actions(policy, SAMPLES, rng=rng)
    rewards = VALUES[arms] + rng.standard_normal(SAMPLES) + drift * np.arange(SAMPLES) / SAMPLES
    return Sampled(montecarlo.estimate(rewards), objective(policy, VALUES), wrong=VALUES.max())


@check(
    "B2",
    "update refuses an arm outside 0, ..., k - 1",
    Cases("arms -3, -2, -1, 3 and 4 of three", (-3, -2, -1, 3, 4)),
)
@wrong("update as printed", agent_class=PrintedBandit)
def refuses_wrong_arms(arm, agent_class=numeric.GradientBandit):
    agent = agent_class(3, 0.1, rng=np.random.default_rng(0))
    agent.preferences = PREFERENCES.copy()
    try:
        agent.update(arm, 1.0)
    except (ValueError, IndexError):
        return np.array_equal(agent.preferences, PREFERENCES)
    return False


def _greedy(h, values):
    """All mass on the best arm: what no softmax policy is."""
    return np.eye(values.shape[1])[values.argmax(axis=1)]


@check("B19", "the objective stays below its supremum", stacked(bandits(2100, 308, scale=3)))
@wrong("the greedy policy", policy=_greedy)
def maximum_is_not_reached(h, values, policy=lambda h, values: softmax(h)):
    return expected_reward(policy(h, values), values) < values.max(axis=1)


def _middle(ends):
    return softmax(np.log(ends).mean(axis=1))


@check("B19", "not concave: a value below the mean of the ends", "2,000 segments", seed=309)
@wrong("a segment of policies instead of preferences", middle=lambda ends: ends.mean(axis=1))
def not_concave(rng, middle=_middle):
    ends, values = softmax(rng.normal(scale=3, size=(2000, 2, 2))), np.array([0.0, 1.0])
    mean = expected_reward(ends, values).mean(axis=1)
    return (expected_reward(middle(ends), values) < mean - 1e-12).any()


CURVED = Cases("curvature of two arms at p = 0.1, 0.4, 0.6, 0.9", (1, 4, 6, 9))


@check("B19", "sign of the curvature", CURVED)
@wrong("the slope", curvature=proofs.P * (1 - proofs.P))
def curvature_changes_sign(tenths, curvature=None):
    curvature = proofs.two_armed_curvature().last if curvature is None else curvature
    return bool(curvature.subs(proofs.P, sp.Rational(tenths, 10)) > 0) == (tenths < 5)
