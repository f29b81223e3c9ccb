"""Returns over several steps: which scores belong to them, and which times."""

from dataclasses import replace

import numpy as np
import sympy as sp

from pgbook import evidence, mdp, montecarlo
from pgbook.differences import central_differences
from pgbook.evidence import SAMPLES, Sampled
from pgbook.ledger import check, drawn, wrong
from pgbook.mdp import MDP
from pgbook.policies import softmax
from pgbook.unbiased import numeric
from pgbook.unbiased.cases import ESTIMATORS, all_paths, at, problems
from pgbook.unbiased.proofs import proof
from pgbook.unbiased.proofs.proof import COIN_ESTIMATORS, P, gamma

SINGLE_TIME = wrong("at a single time", estimator="single time")
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


@check("U5", "random problems: reward to go", PROBLEMS, estimator="reward to go")
@SINGLE_TIME
@NO_DISCOUNT
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
    truth = mdp.evaluate_steps(mdp.coin(0.9, horizon), [[1 - p, p]]).gradient[0, 1]
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
        paths = mdp.trajectories(mdp.coin(0.5, horizon), [[0.5, 0.5]])
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


@check("U7", "mean return given state and action", problems(60, 504, "60 random problems, time 0"))
@wrong("the first reward alone", later=0.0)
def conditional_mean(problem, h, later=1.0):
    paths, q = all_paths(problem, h), at(problem, h).action_values
    returns = paths.rewards[:, 0] + later * (paths.returns() - paths.rewards)[:, 0]
    slots = paths.scores[:, 0] > 0  # only the action taken has a positive score
    mass = paths.weights @ slots
    mean = (paths.weights * returns) @ slots / np.where(mass > 0, mass, 1.0)
    return (mean - q[0].ravel()) * (mass > 0)


def _objective(problem, first, later):
    """E[R_0] if `first` are the preferences at time 0 and `later` those from time 1 on."""
    q = at(problem, later).action_values[0]
    return problem.start @ np.einsum("sa,sa->s", problem.softmax(first), q)


@check(
    "U10",
    "the objective by differences against the sum over all times",
    problems(60, 505, "60 problems, differences"),
    tolerance=1e-8,
)
@wrong("later policies frozen", moving=False)
def unrolled(problem, h, moving=True):
    slope = central_differences(lambda x: _objective(problem, x, x if moving else h), h)
    return slope - at(problem, h).gradient.ravel()


@check(
    "U5",
    "later policies frozen: one score is enough",
    problems(60, 510, "60 problems, differences"),
    tolerance=1e-8,
)
@wrong("all policies move", frozen=False)
def frozen_later(problem, h, frozen=True):
    slope = central_differences(lambda x: _objective(problem, x, h if frozen else x), h)
    return slope - all_paths(problem, h).single_time().mean()


@drawn("20 problems without end, cut off after 6 or 7 steps", 511)
def cut_off(rng):
    for _ in range(20):
        moves = rng.dirichlet(np.ones(2), size=(2, 2))
        problem = MDP(
            moves, rng.uniform(-1, 1, size=(2, 2)), rng.dirichlet(np.ones(2)), rng.uniform(0.1, 0.5)
        )
        yield problem, rng.normal(size=(2, 2))


@check("U5", "without end: the mean of T steps is off by what the tail can hold", cut_off)
@NO_DISCOUNT
@SINGLE_TIME
def infinite_horizon(problem, h, estimator="reward to go"):
    """With rewards of at most 1, scores of at most √2: γᵀ (T / (1 − γ) + 1 / (1 − γ)²) √2."""
    steps, left = 7, 1 / (1 - problem.discount)
    paths = mdp.trajectories(replace(problem, horizon=steps), problem.softmax(h))
    truth = mdp.evaluate(problem, problem.softmax(h)).gradient.ravel()
    off = ESTIMATORS[estimator](paths).mean() - truth
    most = problem.discount**steps * (steps * left + left**2) * np.sqrt(2)
    return bool(np.linalg.norm(off) <= most)


@check("U5", "without end: a further step changes reward to go by at most γᵀ (T + 1) √2", cut_off)
@wrong("full score", estimator="full score")
def path_by_path(problem, h, estimator="reward to go"):
    """On every trajectory, rewards being at most 1; so the sum over all times converges."""
    paths = mdp.trajectories(replace(problem, horizon=6), problem.softmax(h))
    tables = ("rewards", "states", "actions", "scores")
    shorter = replace(paths, **{name: getattr(paths, name)[:, :-1] for name in tables})
    after, before = (ESTIMATORS[estimator](each).values for each in (paths, shorter))
    return np.linalg.norm(after - before, axis=1) <= problem.discount**5 * 6 * np.sqrt(2) + 1e-12


@drawn("60 problems, each time from 1 on", 512)
def later_times(rng):
    for problem, h in problems(60, 513, "").drawn:
        yield from ((problem, h, time) for time in range(1, problem.horizon))


@check("U5b", "the slope of the mean return at a later time", later_times, tolerance=1e-8)
@wrong("the score at that time alone", scores=lambda scores, time: scores[:, time])
@wrong("that score and the later ones", scores=lambda scores, time: scores[:, time:].sum(axis=1))
@wrong("the scores up to that time", scores=lambda scores, time: scores[:, : time + 1].sum(axis=1))
def return_at_later_time(problem, h, time, scores=lambda scores, time: scores.sum(axis=1)):
    """E[R_t] by differences against the mean of R_t times the sum of some scores."""

    def mean_return(moved):
        paths = all_paths(problem, moved)
        return paths.weights @ paths.returns()[:, time]

    paths = all_paths(problem, h)
    mean = paths.weights * paths.returns()[:, time] @ scores(paths.scores, time)
    return central_differences(mean_return, h) - mean


@check(
    "U10",
    "returns of one policy, weighted by another: its objective",
    problems(100, 506, "100 random problems"),
    seed=509,
)
@wrong(
    "the action values of the one",
    of=lambda paths, values: paths.action_entries(values.action_values)[:, 0],
)
def realised_returns_stay(problem, h, rng, of=lambda paths, values: paths.returns()[:, 0]):
    """A realised return does not change with θ, only its probability does; Q changes."""
    other, paths = rng.normal(size=h.shape), all_paths(problem, h)
    weights = all_paths(problem, other).weights
    return weights @ of(paths, at(problem, h)) - at(problem, other).objective


@check(
    "U10",
    "the slope of Q holds the later scores",
    problems(60, 514, "60 problems, differences"),
    tolerance=1e-8,
)
@wrong("later scores without the discount", discounted=False)
def regenerated(problem, h, discounted=True):
    """The second term of the product rule against reward to go without its first time."""
    slope = central_differences(lambda x: _objective(problem, h, x), h)
    paths = all_paths(problem, h)
    later = paths.reward_to_go(discounted=discounted).mean() - paths.single_time().mean()
    return slope - later
