"""The bound on the objective: claims G35 to G40."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np
import sympy as sp

from pgbook import ledger, mdp, policies
from pgbook.guarantees import numeric
from pgbook.guarantees.claims.common import (
    CASES,
    MANY,
    SEED,
    comparisons,
    random_policy,
    random_problem,
)
from pgbook.guarantees.claims.coupling import fractions
from pgbook.guarantees.numeric import Comparison
from pgbook.guarantees.symbolic import bounds
from pgbook.ledger import Check, Evidence

LINEAR = "linear, discounted"
SHRINKING = "linear, T steps, constant 2(T − t) r"


def printed(p, q, f):
    """The line of document 001, with the largest f."""
    return sum(abs(x - y) for x, y in zip(p, q, strict=True)) * max(f)


def absolute(p, q, f):
    """With the largest absolute value."""
    return sum(abs(x - y) for x, y in zip(p, q, strict=True)) * max(map(abs, f))


def span(p, q, f):
    """Half the distance, times the whole range of f."""
    return sum(abs(x - y) for x, y in zip(p, q, strict=True)) * (max(f) - min(f)) / 2


def lower(penalty: Callable, *, positive: bool = False) -> Evidence:
    """The mean under the new law, minus that under the old one, against minus a penalty."""
    rng, truths = np.random.default_rng(881), []
    for p, q in fractions(500, 881):
        f = [int(x) for x in rng.integers(0 if positive else -9, 10, size=len(p))]
        change = sum((y - x) * z for x, y, z in zip(p, q, f, strict=True))
        truths.append(change >= -penalty(p, q, f))
    kind = "non-negative f" if positive else "f of any sign"
    return ledger.true_in(np.array(truths), f"500 exact fractions, {kind}", seed=881)


def smallest_failure(penalty: Callable = printed) -> Evidence:
    """All the mass moves from 0 to −1, and the line fails."""
    p, q, f = [Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)], [0, -1]
    change = sum((y - x) * z for x, y, z in zip(p, q, f, strict=True))
    return ledger.true_in(change < -penalty(p, q, f), f"change {change}, {penalty.__name__}")


def second_line(value: Fraction) -> Evidence:
    """A constant f and two equal laws: subtracting 2 ε t max f raises the bound above the mean."""
    epsilon_t = Fraction(1, 2)
    return ledger.true_in(value < value - 2 * epsilon_t * value, f"f = {value} throughout")


def holds(name: str, share: float = 1.0) -> Evidence:
    """A lower bound in all problems and on the cliffs, with a share of its penalty."""
    cliffs = [cliff_of_mistakes(e, g) for e in (1e-3, 0.5, 1.0) for g in (0.5, 0.9)]
    truths = []
    for pair in (*comparisons(), *cliffs):
        penalty = pair.surrogate - numeric.BOUNDS[name](pair)
        truths.append(pair.gain >= pair.surrogate - share * penalty - pair.round_off)
    return ledger.true_in(np.array(truths), f"{CASES}, and six cliffs", seed=SEED)


def cliff_of_mistakes(epsilon: float, discount: float) -> Comparison:
    """The chain on which only a second mistake costs, with mistakes of this probability."""
    problem = mdp.cliff_chain(discount, mdp.SECOND_MISTAKE_COSTS)
    first, second = np.eye(2)[[0, 0]], np.eye(2)[[1, 1]]
    return Comparison(mdp.evaluate(problem, first), numeric.mixture(first, second, epsilon))


def steps_bound(share: float = 1.0) -> Evidence:
    """The bound for T steps with the constants 2 (T − t) r_max, and a share of the penalty."""
    rng, truths = np.random.default_rng(885), []
    penalty = sp.lambdify((bounds.eps, bounds.r_max, bounds.T), bounds.PENALTIES[SHRINKING].whole)
    problems = [random_problem(rng, horizon=int(rng.integers(2, 9))) for _ in range(300)]
    problems = [replace(problem, discount=1.0) for problem in problems]
    cliff = mdp.cliff_chain(1.0, mdp.SECOND_MISTAKE_COSTS, horizon=8)
    pairs = [(problem, *(random_policy(problem, rng) for _ in range(2))) for problem in problems]
    pairs.append((cliff, np.eye(2)[[0, 0]], np.eye(2)[[1, 1]]))
    for problem, policy, new_policy in pairs:
        old, new = (mdp.evaluate_steps(problem, p) for p in (policy, new_policy))
        surrogate = np.einsum("ts,sa,tsa->", old.state_laws, new_policy, old.advantages)
        epsilon = policies.total_variation(policy, new_policy).max()
        cost = penalty(epsilon, np.abs(problem.reward).max(), problem.horizon)
        truths.append(new.objective >= old.objective + surrogate - share * cost - 1e-12)
    return ledger.true_in(np.array(truths), "300 MDPs with 2 to 8 steps, and a cliff", seed=885)


def telescopes(name: str, factor: sp.Expr = sp.S.One) -> Evidence:
    """A closed form: zero for no terms, and each term is what it grows by."""
    penalty = bounds.PENALTIES[name]
    if sp.simplify(penalty.partial.subs(bounds.n, 0)) != 0:
        return Evidence(False, "symbolic", "the sum of no terms is not zero")
    return ledger.proves(
        penalty.telescopes,
        factor * penalty.term.subs(bounds.t, bounds.n),
        generality="any number of terms",
        point=bounds.POINT,
    )


def whole(name: str, claimed: sp.Expr | None = None) -> Evidence:
    """The limit of the partial sums, or for T steps the sum over T terms."""
    penalty = bounds.PENALTIES[name]
    if bounds.gamma in penalty.term.free_symbols:
        found = penalty.limit()
    else:
        found = penalty.partial.subs(bounds.n, bounds.T)
    claimed = penalty.whole if claimed is None else claimed
    return ledger.symbolic(found, claimed, "all parameters", point=bounds.POINT)


def grows_without_end(discounted: bool = False) -> Evidence:
    """Without γᵗ in the penalty the sum over all times has no bound."""
    name = LINEAR if discounted else "linear, T steps"
    numbers = {symbol: value for symbol, value in bounds.POINT.items() if symbol != bounds.n}
    end = sp.limit(bounds.PENALTIES[name].partial.subs(numbers), bounds.n, sp.oo)
    return ledger.true_in(end == sp.oo, f"limit of the sum over n terms: {end}")


def advantage_size(factor: float = 2.0, *, positive: bool = False) -> Evidence:
    """Largest advantage against r_max/(1 − γ); the extreme case is among the problems."""
    truths = []
    for pair in comparisons():
        reward = np.abs(pair.old.problem.reward) if positive else pair.old.problem.reward
        old = mdp.evaluate(_with_reward(pair.old.problem, reward), pair.old.policy)
        most = factor * np.abs(reward).max() / (1 - old.problem.discount)
        truths.append(np.abs(old.advantages).max() <= most + pair.round_off)
    for discount in (0.0, 0.5, 0.9):  # the best and the worst state, left by no other action
        moves = np.tile(np.eye(2), (2, 1, 1))
        rewards = np.array([[1.0, 0.0 if positive else -1.0]] * 2)
        problem = mdp.MDP(moves, rewards, [1.0, 0.0], discount)
        extreme = np.zeros((2, 2))
        extreme[0, 0] = extreme[1, 1] = 1.0
        old = mdp.evaluate(problem, extreme)
        most = factor / (1 - discount)
        truths.append(np.abs(old.advantages).max() <= most + 1e-12)
    return ledger.true_in(np.array(truths), f"{MANY:,} MDPs and the extreme case", seed=SEED)


def _with_reward(problem: mdp.MDP, reward: np.ndarray) -> mdp.MDP:
    return mdp.MDP(
        problem.transition, reward, problem.start, problem.discount, None, problem.successors
    )


def steps_advantage(factor: float = 2.0) -> Evidence:
    """The advantage at time t of T steps against (T − t) r_max."""
    rng, truths = np.random.default_rng(882), []
    for _ in range(300):
        problem = random_problem(rng, horizon=int(rng.integers(2, 8)))
        found = mdp.evaluate_steps(problem, random_policy(problem, rng))
        left = problem.horizon - np.arange(problem.horizon)
        most = factor * np.abs(problem.reward).max() * left
        truths.append((np.abs(found.advantages).max(axis=(1, 2)) <= most + 1e-12).all())
    return ledger.true_in(np.array(truths), "300 MDPs with 2 to 7 steps", seed=882)


def growth(name: str, exponent: int) -> Evidence:
    """The power of T with which a penalty grows."""
    total = bounds.PENALTIES[name].whole
    power = sp.limit(total / bounds.T**exponent, bounds.T, sp.oo)
    finite = power.is_finite and power != 0
    return ledger.true_in(bool(finite), f"over T to the power {exponent}: {power}")


def discounted_growth(power: int) -> Evidence:
    """The penalty with the constant of the slides, over a power of the effective horizon."""
    constant = 2 * bounds.r_max / (1 - bounds.gamma)
    total = bounds.PENALTIES[LINEAR].whole.subs(bounds.C, constant)
    end = sp.limit(total * (1 - bounds.gamma) ** power, bounds.gamma, 1, "-")
    finite = end.is_finite and end != 0
    return ledger.true_in(bool(finite), f"limit at γ = 1 of the power {power}: {end}")


BOUND = {
    "G35": (
        Check(
            "with the largest |f|",
            partial(lower, absolute),
            {"with the largest f": partial(lower, printed)},
        ),
        Check(
            "with half the distance and the range of f",
            partial(lower, span),
            {"with a quarter": partial(lower, lambda p, q, f: span(p, q, f) / 2)},
        ),
        Check(
            "the smallest failure",
            smallest_failure,
            {"the largest |f|": partial(smallest_failure, absolute)},
        ),
        Check(
            "as printed for a non-negative f",
            partial(lower, printed, positive=True),
            {"f of any sign": partial(lower, printed)},
        ),
        Check(
            "for a non-negative f half the distance will do",
            partial(lower, lambda p, q, f: printed(p, q, f) / 2, positive=True),
            {"a quarter": partial(lower, lambda p, q, f: printed(p, q, f) / 4, positive=True)},
        ),
        Check(
            "the norm replaced by its bound needs a largest f that is not negative",
            partial(second_line, Fraction(-1)),
            {"a positive one": partial(second_line, Fraction(1))},
        ),
    ),
    "G36": (
        *(
            Check(
                f"{name}: each term",
                partial(telescopes, name),
                {"half the term": partial(telescopes, name, sp.Rational(1, 2))},
            )
            for name in bounds.PENALTIES
        ),
        *(
            Check(
                f"{name}: the whole",
                partial(whole, name),
                {"twice as much": partial(whole, name, 2 * penalty.whole)},
            )
            for name, penalty in bounds.PENALTIES.items()
        ),
        Check(
            "the bound with the largest |A|, linear",
            partial(holds, "crude, linear"),
            {"without a penalty": partial(holds, "crude, linear", 0.0)},
        ),
        Check(
            "the bound with the largest |A|, not linearised",
            partial(holds, "crude"),
            {"half of the constant, less a little": partial(holds, "crude", 0.49)},
        ),
        Check(
            "the bound for T steps",
            steps_bound,
            {"without a penalty": partial(steps_bound, 0.0)},
        ),
        Check(
            "without γᵗ the penalty has no end",
            grows_without_end,
            {"with it": partial(grows_without_end, True)},
        ),
    ),
    "G37": (
        Check(
            "advantages are at most 2 r_max/(1 − γ), and that is attained",
            advantage_size,
            {"1.99 instead of 2": partial(advantage_size, 1.99)},
        ),
        Check(
            "rewards from 0 to r_max: half of it",
            partial(advantage_size, 1.0, positive=True),
            {"a little less": partial(advantage_size, 0.99, positive=True)},
        ),
        Check(
            "T steps: at most 2 (T − t) r_max",
            steps_advantage,
            {"half of it": partial(steps_advantage, 0.5)},
        ),
        Check(
            "the penalty grows like T³",
            partial(growth, SHRINKING, 3),
            {"like T": partial(growth, SHRINKING, 1), "like T²": partial(growth, SHRINKING, 2)},
        ),
        Check(
            "without an end, with C = 2 r_max/(1 − γ), like the cube of 1/(1 − γ)",
            partial(discounted_growth, 3),
            {"like its square": partial(discounted_growth, 2)},
        ),
    ),
}
