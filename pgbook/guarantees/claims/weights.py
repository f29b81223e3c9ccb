"""Importance sampling and its weights: claims G17 and G41."""

from functools import partial

import numpy as np
import sympy as sp

from pgbook import ledger, mdp
from pgbook.guarantees import numeric
from pgbook.guarantees.claims.common import chains, random_policy
from pgbook.guarantees.symbolic import surrogate
from pgbook.ledger import Check, Evidence
from pgbook.symbols import b as index
from pgbook.symbols import total

P, Q, F, mean = surrogate.P, surrogate.Q, surrogate.F, surrogate.mean


def reweighted(inverted: bool = False) -> Evidence:
    """Mean of ratio times f under q, on random laws that are positive everywhere."""
    rng, errors = np.random.default_rng(861), []
    for _ in range(1000):
        k = rng.integers(2, 7)
        p, q = rng.dirichlet(np.ones(k), size=2)
        f, ratio = rng.normal(size=k), (q / p if inverted else p / q)
        errors.append(p @ f - q @ (ratio * f))
    return ledger.exact(np.array(errors), "1,000 pairs of laws", seed=861)


def needs_support(q: tuple[float, float] = (1.0, 0.0)) -> Evidence:
    """P = (½, ½), f(x) = x: what the drawn values say, where the ratio exists."""
    p, q, f = np.array([0.5, 0.5]), np.array(q), np.array([0.0, 1.0])
    some = q > 0
    drawn = q[some] @ (p[some] / q[some] * f[some])
    return ledger.exact(np.array([drawn - 0.0, p @ f - 0.5]), f"q = {tuple(q.tolist())}")


def product_variance(of_sum: bool = False) -> Evidence:
    """The variance of a ratio of T steps, over all T-tuples of actions."""
    rng, errors = np.random.default_rng(864), []
    for n_steps in (1, 2, 3, 4):
        p, q = rng.dirichlet(np.ones(3) * 4, size=2)
        rows = np.indices((3,) * n_steps).reshape(n_steps, -1)
        chance, w = np.prod(q[rows], axis=0), np.prod((p / q)[rows], axis=0)
        chi2 = numeric.chi_square(p, q)
        formula = n_steps * chi2 if of_sum else (1 + chi2) ** n_steps - 1
        errors.append(chance @ (w - 1) ** 2 - formula)
    return ledger.exact(np.array(errors), "up to four steps, all tuples", seed=864)


def sampled_lies(n_steps: int = 400) -> Evidence:
    """Ten thousand weights see a small part of their variance, and a lowest effective size."""
    found = numeric.trajectory_weights(
        [0.7, 0.3], [0.5, 0.5], n_steps=n_steps, n_samples=10_000, rng=np.random.default_rng(865)
    )
    seen = np.log(found.sampled_variance[-1]) - found.log_variance[-1]
    truths = np.array([seen < -5, found.sampled_effective[-1] >= 1 / 10_000])
    return ledger.true_in(truths, f"{n_steps} steps, 10,000 samples", seed=865)


def state_ratios(factor: float = 1.0) -> Evidence:
    """The ratio of two laws of the state varies no more than that of the trajectories."""
    truths, rng = [], np.random.default_rng(866)
    for problem, policy in chains():
        other = random_policy(problem, rng)
        laws, new_laws = (mdp.state_laws(problem, p, problem.horizon) for p in (policy, other))
        paths = mdp.trajectories(problem, policy)
        ratios = (other / policy)[paths.states, paths.actions].cumprod(axis=1)
        for t in range(1, problem.horizon):
            some = laws[t] > 0
            square = np.sum(new_laws[t][some] ** 2 / laws[t][some])
            along = paths.weights @ ratios[:, t - 1] ** 2
            truths.append(square - 1 <= factor * (along - 1) + 1e-12)
    return ledger.true_in(np.array(truths), "40 problems, three times each", seed=866)


def state_ratio_cases(history: bool = False) -> Evidence:
    """Mean squares of the ratio of two state laws after two steps, in three problems."""
    p, q = np.array([0.7, 0.3]), np.array([0.4, 0.6])
    square = 1 + numeric.chi_square(p, q)
    last = np.tile(np.eye(3)[1:], (3, 1, 1))  # state 1 + a after action a, from anywhere
    one = np.ones((1, 2, 1))
    tree = np.zeros((7, 2, 7))  # state 2 s + 1 + a after action a: all actions so far
    for s, a in np.ndindex(7, 2):
        tree[s, a, min(2 * s + 1 + a, 6)] = 1.0
    errors = []
    for moves, truth in ((last, square**2 if history else square), (one, 1.0), (tree, square**2)):
        start = np.eye(len(moves))[0]
        problem = mdp.MDP(moves, np.zeros(moves.shape[:2]), start, 0.9)
        new, old = (mdp.state_laws(problem, np.tile(x, (len(moves), 1)), 3)[2] for x in (p, q))
        some = old > 0
        errors.append(np.sum(new[some] ** 2 / old[some]) - truth)
    return ledger.exact(np.array(errors), "three problems, two steps")


_laws = partial(ledger.proves, generality="any finite support", point=surrogate.LAW_POINT)
_numbers = partial(ledger.proves, generality="all parameters", point=surrogate.POINT)

WEIGHTS = {
    "G17": (
        Check(
            "any finite support",
            partial(_laws, surrogate.importance_sampling),
            {
                "the ratio inverted": partial(
                    _laws, surrogate.importance_sampling, total(Q[index] ** 2 / P[index] * F[index])
                )
            },
        ),
        Check("random laws", reweighted, {"the ratio inverted": partial(reweighted, True)}),
        Check(
            "a law that is zero where the other is not: 0 instead of ½",
            needs_support,
            {"it is positive": partial(needs_support, (0.9, 0.1))},
        ),
        Check(
            "normal laws: the mean square is exp(m²)",
            partial(_numbers, surrogate.normal_ratio),
            {"exp(m)": partial(_numbers, surrogate.normal_ratio, sp.exp(mean))},
        ),
    ),
    "G41": (
        Check(
            "mean square of one ratio",
            partial(_laws, surrogate.second_moment),
            {
                "without the cross term": partial(
                    _laws,
                    surrogate.second_moment,
                    total((P[index] - Q[index]) ** 2 / Q[index]),
                )
            },
        ),
        Check(
            "T steps, by enumeration",
            product_variance,
            {"variances add": partial(product_variance, True)},
        ),
        Check(
            "many steps: the sampled variance is far too small",
            sampled_lies,
            {"a few steps": partial(sampled_lies, 5)},
        ),
        Check(
            "ratios of state laws vary less",
            state_ratios,
            {"not even half as much": partial(state_ratios, 0.5)},
        ),
        Check(
            "of the last action, of one state, of the history",
            state_ratio_cases,
            {"of the last action as if of the history": partial(state_ratio_cases, True)},
        ),
    ),
}
