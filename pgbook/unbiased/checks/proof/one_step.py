"""The lines of the proof, and what each needs."""

import numpy as np
import sympy as sp

from pgbook import evidence, montecarlo, policies
from pgbook.derivation import Partial
from pgbook.differences import central_differences
from pgbook.evidence import SAMPLES, Sampled
from pgbook.ledger import check, drawn, wrong
from pgbook.outcomes import OneStep, Outcomes, bandit
from pgbook.policies import policy_gradient, softmax
from pgbook.symbols import DEFINITIONS, POINT, H, a, j, pi
from pgbook.unbiased import numeric
from pgbook.unbiased.cases import all_paths, at, policies_and_values, problems
from pgbook.unbiased.proofs import generalization


def _law_of_rewards(policy, rewards):
    """The values that the reward can have, and their probabilities."""
    values, which = np.unique(rewards, return_inverse=True)
    return values, np.bincount(which, policy)


@check(
    "U6",
    "the mean of a function of the action",
    policies_and_values(200, 601, "policies, reward (a − 1)²"),
)
@wrong(
    "as if the reward followed the policy", law=lambda policy, _: (np.arange(policy.size), policy)
)
def law_of_a_function(policy, _, law=_law_of_rewards):
    rewards = (np.arange(policy.size) - 1.0) ** 2  # 1, 0, 1, 4, ...: actions 0 and 2 tie
    values, weights = law(policy, rewards)
    return values @ weights - Outcomes(policy, rewards[:, None]).mean()[0]


@check("U9", "derivative and integral change places")
@wrong("uniform law with a moving end", name="Uniform(0, θ)")
def exchange(name="Normal, mean"):
    law, x = generalization.FAMILIES[name], generalization.x
    outside = sp.diff(law.mean(lambda p: x**2), law.parameter)
    inside = law.mean(lambda p: sp.simplify(sp.diff(x**2 * p, law.parameter) / p))
    point = generalization.POINT
    return evidence.symbolic(outside, inside, f"{name}, payoff x²", point=point)


@check("U11", "slope of a logarithm, any softmax policy")
@wrong("without the probability", factor=sp.S.One)
def log_derivative(factor=pi[a]):
    sides = factor * Partial(sp.log(pi[a]), H[j]), Partial(pi[a], H[j])
    said = {"point": POINT, "definitions": DEFINITIONS}
    return evidence.symbolic(*sides, "any number of actions", **said)


@drawn("50 values of θ, relative", 603)
def near_the_boundary(rng):
    return [(t, *rng.normal(size=2)) for t in np.geomspace(1e-4, 0.5, 50)]


@check(
    "U11",
    "near the boundary, without a baseline, the variance explodes",
    near_the_boundary,
    tolerance=1e-10,
)
@wrong("it stays bounded", formula=lambda t, r0, r1: (r1 - r0) ** 2 * t * (1 - t))
def variance_near_the_boundary(
    t, r0, r1, formula=lambda t, r0, r1: r1**2 / t + r0**2 / (1 - t) - (r1 - r0) ** 2
):
    """Two actions, the second with probability θ: the variance grows like 1/θ."""
    step = numeric.FAMILIES["Bernoulli(θ)"].one_step(t, 1)
    draws = OneStep(step.weights, [r0, r1], step.scores)
    return draws.estimates().variance() / formula(t, r0, r1) - 1


@drawn("100 pairs of rewards, θ = {theta:g}", 604)
def pairs(rng):
    return rng.normal(size=(100, 2))


def _difference(rewards):
    return rewards[1] - rewards[0]


@check("U11", "inside the interval the mean is the slope", pairs, theta=0.3, mean=_difference)
@wrong("the slope in the logit", slope=(-0.21, 0.21))
@check(
    "U11",
    "on the boundary the mean is not the one-sided slope",
    pairs,
    theta=0.0,
    mean=lambda r: -r[0],
)
@wrong("it is", mean=_difference)
def mean_of_drawn(rewards, theta, mean, slope=(-1.0, 1.0)):
    policy = np.array([1 - theta, theta])
    possible = policy > 0
    scores = np.array(slope)[possible, None] / policy[possible, None]
    draws = OneStep(policy[possible], rewards[possible], scores)
    return draws.estimates().mean()[0] - mean(rewards)


@check("U12", "the mean of reward times score", policies_and_values(200, 602, "policies"))
@wrong("as if the product followed the policy", pushed=False)
def law_of_an_estimate(policy, _, pushed=True):
    estimates = bandit(policy, np.arange(policy.size) % 2).estimates()
    ways = {"axis": 0, "return_index": True, "return_inverse": True}
    distinct, first, which = np.unique(estimates.values, **ways)
    law = np.bincount(which.ravel(), policy) if pushed else policy[first] / policy[first].sum()
    return law @ distinct - estimates.mean()


@check("U13", "by enumeration of the arms", policies_and_values(500, 605, "bandits, 2 to 8 arms"))
@wrong("the score without its mean", of=lambda policy: np.eye(policy.size))
def enumerated(policy, values, of=policies.score):
    return OneStep(policy, values, of(policy)).estimates().mean() - policy_gradient(policy, values)


@check("U13", "by sampling", seed=606)
@wrong("the score without its mean", gradient=lambda policy, values: policy * values)
def sampled(rng, gradient=policy_gradient):
    policy, values = softmax([0.2, -0.4, 1.0]), np.array([1.0, 0.5, 2.0])
    size = {"noise": 1.0, "n_samples": SAMPLES}
    estimates = numeric.sample_score_estimates(policy, values, **size, rng=rng)
    first = montecarlo.Estimate(estimates.mean[0], estimates.standard_error[0])
    return Sampled(first, gradient(policy, values), wrong=policy * values)


# Document 002 has any differentiable policy, such as a network: the chain rule does the rest.


def _network(theta, features):
    """Preferences (S, A) of a network with three hidden units; theta (F + A, 3)."""
    n = features.shape[1]
    return np.tanh(features @ theta[:n]) @ theta[n:].T


@drawn("40 problems, a network of three hidden units", 515)
def networks(rng):
    for problem, h in problems(40, 516, "").drawn:
        yield problem, rng.normal(size=(h.shape[0], 2)), rng.normal(size=(2 + h.shape[1], 3))


@check("U13", "through a network: chain rule", networks, tolerance=1e-8)
@wrong("the last layer alone", layers=slice(2, None))
def through_a_network(problem, features, theta, layers=slice(None)):
    """Slope of J in the weights against E[Σ γᵗ R_t ψ_t] with ψ = Σ_j (∂ log π / ∂H_j) ∇H_j."""
    slope = central_differences(lambda w: at(problem, _network(w, features)).objective, theta)
    inner = central_differences(lambda w: _network(w, features).ravel(), theta)
    kept = np.zeros(theta.shape)
    kept[layers] = 1.0
    mean = all_paths(problem, _network(theta, features)).reward_to_go().mean()
    return slope - mean @ (inner * kept.ravel())
