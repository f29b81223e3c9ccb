"""The lines of the proof, and returns over several steps."""

import numpy as np
import sympy as sp

from pgbook import evidence, mdp, montecarlo, policies
from pgbook.derivation import Partial
from pgbook.differences import central_differences
from pgbook.evidence import SAMPLES, Sampled
from pgbook.ledger import check, drawn, wrong
from pgbook.outcomes import OneStep, bandit
from pgbook.policies import policy_gradient, softmax
from pgbook.symbols import DEFINITIONS, POINT, H, a, j, pi
from pgbook.unbiased import numeric
from pgbook.unbiased.cases import (
    ESTIMATORS,
    all_paths,
    at,
    coin_policy,
    policies_and_values,
    problems,
)
from pgbook.unbiased.proofs import generalization, proof
from pgbook.unbiased.proofs.proof import COIN_ESTIMATORS, P, gamma

SINGLE_TIME = wrong("at a single time", estimator="single time")
UNDISCOUNTED = wrong("without the discount", estimator="without the discount")
NO_DISCOUNT = wrong("without the discount", estimator="no discount")


@check("U5", "a coin tossed twice: full score", estimator="full score")
@SINGLE_TIME
@NO_DISCOUNT
@check("U5", "a coin tossed twice: reward to go", estimator="reward to go")
@SINGLE_TIME
@NO_DISCOUNT
@check("U5", "a coin tossed four times: reward to go", estimator="reward to go", n_steps=4)
@SINGLE_TIME
def coin_is_unbiased(estimator, n_steps=2):
    slope = P * (1 - P) * sum(gamma**t for t in range(n_steps))
    mean = proof.coin_mean(COIN_ESTIMATORS[estimator], n_steps)
    point = {P: sp.Rational(1, 3), gamma: 1 / sp.S(5)}
    return evidence.symbolic(mean, slope, f"all p and γ, {n_steps} steps", point=point)


PROBLEMS = problems(200, 501, "200 random problems, all trajectories")
TO_GO = "random problems: reward to go"


@check("U5", TO_GO, PROBLEMS, estimator="reward to go")
@SINGLE_TIME
@UNDISCOUNTED
@check("U5", "random problems: full score", PROBLEMS, estimator="full score")
@SINGLE_TIME
def chain_is_unbiased(problem, h, estimator):
    return ESTIMATORS[estimator](all_paths(problem, h)).mean() - at(problem, h).gradient.ravel()


@check("U5", "sampled trajectories", seed=502)
@SINGLE_TIME
def sampled_trajectories(rng, estimator="reward to go"):
    """Coins tossed one after the other against the exact gradient; the single time is wrong."""
    p, horizon = 0.3, 4
    tosses = (rng.random((SAMPLES, horizon)) < p).astype(float)
    scores = np.stack([p - tosses, tosses - p], axis=-1)  # of both preferences
    weights, states = np.full(SAMPLES, 1 / SAMPLES), np.zeros(tosses.shape, int)
    paths = mdp.Trajectories(weights, states, tosses.astype(int), tosses, scores, 0.9)
    samples = montecarlo.estimate(ESTIMATORS[estimator](paths).values[:, 1])
    truth = mdp.evaluate_steps(mdp.coin(0.9, horizon), coin_policy(p)).gradient[0, 1]
    return Sampled(samples, truth, wrong=p * (1 - p))


@check(
    "U5",
    "the full score has a variance that grows with the horizon",
    "each further step from 2 to 12 adds more than 0.2",
)
@wrong("reward to go", estimator="reward to go")
def variance_grows(estimator="full score"):
    variances = []
    for horizon in range(2, 13):
        paths = mdp.trajectories(mdp.coin(0.5, horizon), coin_policy(0.5))
        variances.append(ESTIMATORS[estimator](paths).covariance()[1, 1])
    return np.diff(variances) > 0.2


@drawn("100 problems of two steps", 503)
def echoes(rng):
    return [(rng.normal(size=2), rng.normal(size=(3, 2))) for _ in range(100)]


@check("U5b", "by enumeration, with the scores of both actions", echoes)
@wrong("the score at time 1 alone", scores_of=lambda paths: paths.scores[:, 1])
def later_state(rewards, h, scores_of=lambda paths: paths.scores.sum(axis=1)):
    """The return from time 1 on needs the score of the action that led to its state."""
    paths, p = all_paths(numeric.echo(rewards), h), softmax(h[0])[1]
    mean = paths.weights * paths.returns()[:, 1] @ scores_of(paths)
    return mean[1] - p * (1 - p) * (rewards[1] - rewards[0])


@check(
    "U6",
    "the mean of a function of the reward",
    policies_and_values(200, 601, "policies, reward (a - 1) squared"),
)
@wrong("as if the reward followed the policy", mistaken=True)
def law_of_a_function(policy, _, mistaken=False):
    rewards = (np.arange(policy.size) - 1.0) ** 2  # 1, 0, 1, 4, ...: actions 0 and 2 tie
    mean = OneStep(policy, rewards, np.ones((policy.size, 1))).estimates().mean()[0]
    values = np.arange(rewards.max() + 1)
    law = [policy[rewards == value].sum() for value in values]
    return values @ np.array(np.resize(policy, values.size) if mistaken else law) - mean


@check("U7", "mean return given state and action", problems(60, 504, "60 random problems, time 0"))
@wrong("the first reward alone", later=0.0)
def conditional_mean(problem, h, later=1.0):
    paths, q = all_paths(problem, h), at(problem, h).action_values
    returns = paths.rewards[:, 0] + later * (paths.returns() - paths.rewards)[:, 0]
    slots = paths.scores[:, 0] > 0  # only the action taken has a positive score
    mass = paths.weights @ slots
    mean = (paths.weights * returns) @ slots / np.where(mass > 0, mass, 1.0)
    return (mean - q[0].ravel()) * (mass > 0)


@check("U9", "derivative and integral change places")
@wrong("uniform law with a moving end", name="Uniform(0, θ)")
def exchange(name="Normal, mean"):
    law, x = generalization.FAMILIES[name], generalization.x
    outside = sp.diff(law.mean(lambda p: x**2), law.parameter)
    inside = law.mean(lambda p: sp.simplify(sp.diff(x**2 * p, law.parameter) / p))
    point = generalization.POINT
    return evidence.symbolic(outside, inside, f"{name}, payoff x²", point=point)


@check(
    "U10",
    "the objective by differences against the sum over all times",
    problems(60, 505, "60 problems, differences"),
    tolerance=1e-8,
)
@wrong("later policies frozen", moving=False)
def unrolled(problem, h, moving=True):
    def objective(moved):
        policy, q = problem.softmax(moved), at(problem, moved if moving else h).action_values[0]
        return problem.start @ np.einsum("sa,sa->s", policy, q)

    return central_differences(objective, h) - at(problem, h).gradient.ravel()


@check(
    "U10",
    "returns of listed trajectories are the same under two policies",
    problems(100, 506, "100 random problems, two policies"),
    seed=509,
)
@wrong("the same action values", of="action value")
@wrong("the same probability", of="probability")
def depends_on_parameter(problem, h, rng, of="return"):
    other = rng.normal(size=h.shape)
    first, second = all_paths(problem, h), all_paths(problem, other)
    by_hand = first.rewards @ problem.discount ** np.arange(problem.horizon)
    equal = {
        "return": np.allclose(second.returns()[:, 0], by_hand, rtol=0, atol=1e-12),
        "action value": np.allclose(at(problem, h).action_values, at(problem, other).action_values),
        "probability": np.allclose(first.weights, second.weights),
    }
    return equal[of] and not equal["probability"]


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
    "near the boundary of the parameters the variance explodes",
    near_the_boundary,
    tolerance=1e-10,
)
@wrong("it stays bounded", formula=lambda t, r0, r1: (r1 - r0) ** 2 * t * (1 - t))
def variance_near_the_boundary(
    t, r0, r1, formula=lambda t, r0, r1: r1**2 / t + r0**2 / (1 - t) - (r1 - r0) ** 2
):
    """Two actions, the second with probability θ: the variance grows like 1/θ."""
    step = numeric.FAMILIES["Bernoulli(θ)"].one_step(t, 1)
    draws = OneStep(step.weights, np.array([r0, r1]), step.scores)
    return draws.estimates().variance() / formula(t, r0, r1) - 1


@drawn("100 pairs of rewards, θ = {theta:g}", 604)
def pairs(rng):
    return rng.normal(size=(100, 2))


SLOPE = {"mean": lambda rewards: rewards[1] - rewards[0]}
INSIDE, OUTSIDE = "inside the interval", "on the boundary the mean is not the one-sided slope"


@check("U11", f"{INSIDE} the mean is the slope", pairs, theta=0.3, **SLOPE)
@wrong("on the boundary", theta=0.0)
@check("U11", OUTSIDE, pairs, theta=0.0, mean=lambda rewards: -rewards[0])
@wrong("it is", **SLOPE)
def mean_of_drawn(rewards, theta, mean):
    """Two actions, the second with probability θ: only what can be drawn enters the mean."""
    policy, slope = np.array([1 - theta, theta]), np.array([-1.0, 1.0])
    drawn = policy > 0
    scores = slope[drawn] / policy[drawn]
    draws = OneStep(policy[drawn], rewards[drawn], scores[:, None])
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
