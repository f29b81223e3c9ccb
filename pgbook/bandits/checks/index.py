"""The goal: expected reward, its parameters and its maximum."""

import numpy as np
import sympy as sp

from pgbook import montecarlo, policies
from pgbook.bandits import numeric
from pgbook.bandits.cases import PREFERENCES, VALUES
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
    return Sampled(montecarlo.estimate(rewards), objective(policy, VALUES), wrong=VALUES.mean())


class UncheckedBandit(numeric.GradientBandit):
    """The agent with the update as document 000 prints it: any index that NumPy takes."""

    def update(self, arm: int, reward: float) -> None:
        """Add the step to the preferences, wherever `arm` points."""
        gradient = -self.softmax()
        gradient[arm] += 1
        self.preferences += self.alpha * reward * gradient


@check(
    "B2",
    "update refuses an arm outside 0, ..., k - 1",
    Cases("arms -3, -2, -1, 3 and 4 of three", (-3, -2, -1, 3, 4)),
)
@wrong("update as printed", agent_class=UncheckedBandit)
def refuses_wrong_arms(arm, agent_class=numeric.GradientBandit):
    agent = agent_class(3, 0.1, rng=np.random.default_rng(0), preferences=PREFERENCES)
    try:
        agent.update(arm, 1.0)
    except (ValueError, IndexError):
        return np.array_equal(agent.preferences, PREFERENCES)
    return False


@check("B19", "the objective stays below its supremum", stacked(bandits(2100, 308, scale=3)))
@wrong("a maximum that is reached", strictly=False)
def maximum_is_not_reached(h, values, strictly=True):
    return (values.max(axis=1) - expected_reward(softmax(h), values) > 0) == strictly


@check("B19", "not concave", "2,000 segments", seed=309)
@wrong("concave", concave=True)
def not_concave(rng, concave=False):
    ends, values = rng.normal(scale=3, size=(2000, 2, 2)), np.array([0.0, 1.0])
    mean = expected_reward(softmax(ends), values).mean(axis=1)
    below = expected_reward(softmax(ends.mean(axis=1)), values) < mean - 1e-12
    return ~below if concave else below.any()


CURVED = Cases("curvature of two arms at p = 0.1, 0.4, 0.6, 0.9", (1, 4, 6, 9))


@check("B19", "sign of the curvature", CURVED)
@wrong("sign", sign=-1)
def curvature_changes_sign(tenths, sign=1):
    curvature = proofs.two_armed_curvature().last.subs(proofs.P, sp.Rational(tenths, 10))
    return bool(sign * curvature > 0) == (tenths < 5)
