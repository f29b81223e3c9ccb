"""Rewards that contain the policy: an entropy bonus."""

from dataclasses import replace

import numpy as np

from pgbook.differences import central_differences
from pgbook.ledger import check, drawn, wrong
from pgbook.policies import policy_gradient, softmax
from pgbook.unbiased import numeric
from pgbook.unbiased.cases import all_paths, at, policies_and_values, problems

TAU = 0.7


@drawn("100 policies, differences", 508)
def preferences(rng):
    return [rng.normal(size=rng.integers(2, 7)) for _ in range(100)]


@check("U19", "the gradient of the entropy by differences", preferences, tolerance=1e-8)
@wrong("without the entropy", gradient=lambda policy: -policy * np.log(policy))
def entropy_slope(h, gradient=numeric.entropy_gradient):
    slope = central_differences(lambda x: numeric.entropy(softmax(x)), h)
    return slope - gradient(softmax(h))


@check(
    "U19",
    "the sampled bonus in the reward, not differentiated",
    policies_and_values(200, 507, "bandits, temperature 0.7"),
)
@wrong("the whole entropy in the reward", sampled=False)
def entropy_regularised(policy, values, sampled=True):
    """The stop-gradient loses nothing of the objective with the entropy in the reward."""
    mean = numeric.entropy_estimates(policy, values, TAU, sampled=sampled).mean()
    return mean - policy_gradient(policy, values) - TAU * numeric.entropy_gradient(policy)


def _step_entropies(problem, h):
    """The entropy of the policy in each state; shape (S,)."""
    return np.array([numeric.entropy(row) for row in problem.softmax(h)])


SEVERAL_STEPS = problems(60, 517, "60 problems of several steps, differences")


@check("U19", "several steps: the sampled bonus loses nothing", SEVERAL_STEPS, tolerance=1e-8)
@wrong("the whole entropy in the reward", sampled=False)
def lost_over_several_steps(problem, h, sampled=True):
    """The slope of E[Σ γᵗ (r_t + τ H(π(· | s_t)))] less what reward to go says of the bonus."""

    def objective(moved):
        bonus = TAU * _step_entropies(problem, moved)[:, None]
        return at(replace(problem, reward=problem.reward + bonus), moved).objective

    paths, policy = all_paths(problem, h), problem.softmax(h)
    drawn_bonus = -np.log(policy[paths.states, paths.actions])
    bonus = drawn_bonus if sampled else _step_entropies(problem, h)[paths.states]
    estimates = replace(paths, rewards=paths.rewards + TAU * bonus).reward_to_go()
    return central_differences(objective, h) - estimates.mean()


@check(
    "U19",
    "several steps: the whole entropy loses its own slope at each step",
    SEVERAL_STEPS,
    tolerance=1e-8,
)
@wrong("at the first step alone", last=1)
def entropy_slopes_are_lost(problem, h, last=None):
    """What is lost is τ Σ γᵗ E[∇H(π(· | s_t))], over the first `last` times."""
    values, policy = at(problem, h), problem.softmax(h)
    slopes = np.array([numeric.entropy_gradient(row) for row in policy])
    visits = (problem.discount ** np.arange(problem.horizon))[:last] @ values.state_laws[:last]
    lost = lost_over_several_steps(problem, h, sampled=False)
    return lost - (TAU * visits[:, None] * slopes).ravel()
