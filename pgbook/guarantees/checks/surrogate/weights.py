"""Importance weights: one ratio, those of whole trajectories, those of states."""

import numpy as np

from pgbook import mdp
from pgbook.guarantees import numeric
from pgbook.guarantees.cases import SHORT, random_policy
from pgbook.ledger import check, drawn, wrong


@drawn("1,000 pairs of laws", 861)
def pairs_of_laws(rng):
    for _ in range(1000):
        k = rng.integers(2, 7)
        yield *rng.dirichlet(np.ones(k), size=2), rng.normal(size=k)


@check("G17", "random laws", pairs_of_laws)
@wrong("the ratio inverted", ratio=lambda p, q: q / p)
def reweighted(p, q, f, ratio=np.divide):
    return p @ f - q @ (ratio(p, q) * f)


@check("G17", "a law that is zero where the other is not: 0 instead of ½", "q = {q}")
@wrong("it is positive", q=(0.9, 0.1))
def needs_support(q=(1.0, 0.0)):
    """P = (½, ½), f(x) = x: what the drawn values say, where the ratio exists."""
    p, q, f = np.array([0.5, 0.5]), np.array(q), np.array([0.0, 1.0])
    drawn = q > 0
    said = q[drawn] @ (p[drawn] / q[drawn] * f[drawn])
    return np.array([said - 0.0, p @ f - 0.5])


@drawn("up to four steps, all tuples", 864)
def many_steps(rng):
    return [(n_steps, *rng.dirichlet(np.ones(3) * 4, size=2)) for n_steps in (1, 2, 3, 4)]


@check("G41", "T steps, by enumeration", many_steps)
@wrong("variances add", variance=lambda chi2, n_steps: n_steps * chi2)
def product_variance(n_steps, p, q, variance=lambda chi2, n_steps: (1 + chi2) ** n_steps - 1):
    rows = np.indices((3,) * n_steps).reshape(n_steps, -1)
    chance, w = np.prod(q[rows], axis=0), np.prod((p / q)[rows], axis=0)
    return chance @ (w - 1) ** 2 - variance(numeric.chi_square(p, q), n_steps)


@check(
    "G41",
    "many steps: the sampled variance is far too small",
    "{n_steps} steps, 10,000 samples",
    seed=865,
)
@wrong("a few steps", n_steps=5)
def sampled_lies(rng, n_steps=400):
    size = {"n_steps": n_steps, "n_samples": 10_000}
    weights = numeric.trajectory_weights([0.7, 0.3], [0.5, 0.5], **size, rng=rng)
    seen = np.log(weights.sampled_variance[-1]) - weights.log_variance[-1]
    return np.array([seen < -5, weights.sampled_effective[-1] >= 1 / 10_000])


# A state for each history of two steps: 2 s + 1 + a after action a in state s.
AFTER = np.minimum([[2 * s + 1, 2 * s + 2] for s in range(7)], 6)
TREE = mdp.deterministic(AFTER, np.zeros((7, 2)), 0.9, horizon=3)


@drawn("40 problems, three times each, and a tree whose states are histories", 866)
def with_histories(rng):
    for problem in (*(problem for problem, _ in SHORT.drawn), TREE):
        yield problem, *(random_policy(problem, rng) for _ in range(2))


@check("G41", "ratios of state laws vary no more", with_histories)
@wrong("by a hundredth less", factor=0.99)
def state_ratios(problem, old, new, factor=1.0):
    laws, new_laws = (mdp.state_laws(problem, p, problem.horizon) for p in (old, new))
    paths, less = mdp.trajectories(problem, old), []
    ratios = (new / old)[paths.states, paths.actions].cumprod(axis=1)
    for t in range(1, problem.horizon):
        met = laws[t] > 0
        square = np.sum(new_laws[t][met] ** 2 / laws[t][met])
        of_paths = paths.weights @ ratios[:, t - 1] ** 2 - 1
        less.append(square - 1 <= factor * of_paths + 1e-10 * (1 + of_paths))
    return np.array(less)


@drawn("three problems, two steps")
def by_memory():
    """The law of the next state, and how many ratios the state remembers after two steps."""
    last = np.tile(np.eye(3)[1:], (3, 1, 1))  # state 1 + a after action a, from anywhere
    return [("last action", last), ("one state", np.ones((1, 2, 1))), ("history", TREE.transition)]


REMEMBERED = {"last action": 1, "one state": 0, "history": 2}


@check("G41", "of the last action, of one state, of the history", by_memory, ratios=REMEMBERED)
@wrong("of the last action as if of the history", ratios=REMEMBERED | {"last action": 2})
def state_ratio_cases(kind, moves, ratios):
    p, q, n_states = np.array([0.7, 0.3]), np.array([0.4, 0.6]), len(moves)
    problem = mdp.MDP(moves, np.zeros(moves.shape[:2]), np.eye(n_states)[0], 0.9)
    new, old = (mdp.state_laws(problem, np.tile(x, (n_states, 1)), 3)[2] for x in (p, q))
    met = old > 0
    truth = (1 + numeric.chi_square(p, q)) ** ratios[kind]
    return np.sum(new[met] ** 2 / old[met]) - truth
