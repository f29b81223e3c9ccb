"""The score and the update."""

from functools import lru_cache

import numpy as np
import sympy as sp

from pgbook import montecarlo, policies
from pgbook.bandits import numeric
from pgbook.bandits.cases import PREFERENCES, VALUES, updates
from pgbook.bandits.printed import PrintedBandit
from pgbook.bandits.proofs import update as proofs
from pgbook.cases import bandits
from pgbook.differences import central_differences
from pgbook.evidence import SAMPLES, Sampled
from pgbook.ledger import check, wrong
from pgbook.outcomes import bandit
from pgbook.policies import expected_reward, policy_gradient, softmax

UNCENTRED = wrong("without subtracting J", gradient=lambda policy, q: policy * q)


@check("B8", "central differences", bandits(500, 201), tolerance=1e-9)
@UNCENTRED
def gradient_by_differences(h, q, gradient=policy_gradient):
    slope = central_differences(lambda h: expected_reward(softmax(h), q), h)
    return gradient(softmax(h), q) - slope


@check("B8", "enumeration of the arms", bandits(2000, 202))
@UNCENTRED
def gradient_by_enumeration(h, q, gradient=policy_gradient):
    return gradient(softmax(h), q) - bandit(softmax(h), q).estimates().mean()


@check("B8", "sampled rewards with noise", seed=203)
@UNCENTRED
def gradient_by_samples(rng, gradient=policy_gradient):
    policy = softmax(PREFERENCES)
    arms = policies.sample_actions(policy, SAMPLES, rng=rng)
    rewards = VALUES[arms] + 0.5 * rng.standard_normal(SAMPLES)
    estimates = montecarlo.estimate(numeric.score_estimates(policy, arms, rewards))
    of_uniform = policy_gradient(np.full(3, 1 / 3), VALUES)
    return Sampled(estimates, gradient(policy, VALUES), wrong=of_uniform)


def _misread(policy):
    """The cases formula with the pulled arm's probability in every component."""
    return np.eye(policy.size) - policy[:, None]


@check("B9", "central differences", bandits(500, 204, "policies, 2 to 8 arms"), tolerance=1e-9)
@wrong("the pulled arm's probability in each", score=_misread)
def score_by_differences(h, _, score=policies.score):
    return score(softmax(h)) - central_differences(policies.log_softmax, h)


@check("B11c", "all nine derivatives, not only the printed three", "all nine derivatives, by SymPy")
@wrong("transposed", read=sp.Matrix.transpose)
def three_arm_table(read=sp.Matrix):
    derivatives, stated = proofs.three_arms()
    return np.array(derivatives - read(stated)) == 0


def agent_update(preferences, arm, reward, step_size):
    rng = np.random.default_rng(0)
    agent = numeric.GradientBandit(preferences.size, step_size, rng=rng, preferences=preferences)
    agent.update(arm, reward)
    return agent.preferences


def _late_softmax(preferences, arm, reward, step_size):
    after = agent_update(preferences, arm, reward, step_size)
    return preferences + step_size * reward * policies.score(softmax(after))[arm]


def _pulled_arm_only(preferences, arm, reward, step_size):
    changed = preferences.copy()
    changed[arm] += step_size * reward * (1 - softmax(preferences)[arm])
    return changed


ONE_BY_ONE = wrong("one arm after the other", update=numeric.sequential_update)
ALONE = wrong("the pulled arm alone", update=_pulled_arm_only)
LATE = wrong("policy from after the update", update=_late_softmax)
MOVED = wrong("preferences moved after the draw", later=0.1)


@check("B14", "the sum after many updates", "1,000 updates of five arms", seed=205)
@ONE_BY_ONE
@ALONE
def conserves_sum(rng, update=agent_update):
    h = np.zeros(5)
    for _ in range(1000):
        h = update(h, int(rng.integers(5)), float(rng.normal()), 0.1)
    return h.sum()


@check("B14", "the mean update, arm by arm", bandits(300, 206, "bandits, all arms"))
@ONE_BY_ONE
@MOVED
def mean_update(h, q, update=agent_update, later=0.0):
    """`later` moves the preferences between drawing the arm and the update."""
    policy, moved = softmax(h), h + later * np.arange(h.size)
    changes = [update(moved, arm, q[arm], 0.3) - moved for arm in range(h.size)]
    return policy @ changes - 0.3 * policy_gradient(policy, q)


@lru_cache
def derived_update(n_arms, arm):
    h, reward, step = sp.symbols(f"h0:{n_arms}"), sp.Symbol("r"), sp.Symbol("alpha")
    log_policy = h[arm] - sp.log(sp.Add(*map(sp.exp, h)))
    change = [entry + step * reward * sp.diff(log_policy, entry) for entry in h]
    return sp.lambdify([h, reward, step], change, "numpy")


def _printed_update(preferences, arm, reward, step_size):
    agent = PrintedBandit(preferences.size, step_size)
    agent.preferences = preferences.copy()
    agent.update(arm, reward)
    return agent.preferences


@check(
    "B15",
    "the printed method against the update that SymPy differentiates",
    updates(300, 207),
    update=_printed_update,
)
@LATE
@check("B15", "the book's method against it", updates(300, 207))
@LATE
@ONE_BY_ONE
@ALONE
def update_by_sympy(h, arm, reward, step, update=agent_update):
    return update(h, arm, reward, step) - derived_update(h.size, arm)(h, reward, step)


@check("B15", "integer preferences are refused", "preferences of dtype int64")
@wrong("an agent that converts them", given_to_agent=np.float64)
def refuses_integers(given_to_agent=np.int64):
    try:
        agent_update(np.zeros(3, dtype=given_to_agent), 0, 1.0, 0.1)
    except TypeError as error:
        return "dtype" in str(error)
    return False
