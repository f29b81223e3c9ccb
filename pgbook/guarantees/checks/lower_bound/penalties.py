"""The penalty: the line behind it, closed forms, its constant, and that it is enough."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import sympy as sp

from pgbook import evidence, mdp
from pgbook.evidence import Evidence
from pgbook.guarantees import cases
from pgbook.guarantees.cases import N_CASES, PAIRS, random_policy, random_problem
from pgbook.guarantees.numeric import LOWER_BOUNDS, Comparison
from pgbook.guarantees.proofs import lower_bound as proofs
from pgbook.guarantees.proofs.lower_bound import PENALTIES, POINT
from pgbook.ledger import check, drawn, wrong
from pgbook.policies import total_variation

LINEAR = "linear, discounted"
SHRINKING = "linear, T steps, constant 2(T − t) r"


def _l1_distance(p, q):
    return sum(abs(x - y) for x, y in zip(p, q, strict=True))


def printed(p, q, f):
    """The line of document 001, with the largest f."""
    return _l1_distance(p, q) * max(f)


def absolute(p, q, f):
    """With the largest absolute value."""
    return _l1_distance(p, q) * max(map(abs, f))


def span(p, q, f):
    """Half the distance, times the whole range of f."""
    return _l1_distance(p, q) * (max(f) - min(f)) / 2


def _change(p, q, f):
    """The mean of f under the new law, minus that under the old one."""
    return sum((y - x) * z for x, y, z in zip(p, q, f, strict=True))


LAWS = cases.laws(500, 881, "500 exact fractions, {sign}")
LEAST = {"f of any sign": -9, "non-negative f": 0}


@check("G35", "with the largest |f|", LAWS, penalty=absolute, seed=881)
@wrong("with the largest f", penalty=printed)
@check("G35", "with half the distance and the range of f", LAWS, penalty=span, seed=881)
@wrong("with a quarter", penalty=lambda *case: span(*case) / 2)
@check(
    "G35", "as printed for a non-negative f", LAWS, penalty=printed, sign="non-negative f", seed=881
)
@wrong("f of any sign", sign="f of any sign")
@check(
    "G35",
    "for a non-negative f half the distance will do",
    LAWS,
    penalty=lambda *case: printed(*case) / 2,
    sign="non-negative f",
    seed=881,
)
@wrong("a quarter", penalty=lambda *case: printed(*case) / 4)
def lower(p, q, rng, penalty, sign="f of any sign"):
    f = [int(x) for x in rng.integers(LEAST[sign], 10, size=len(p))]
    return _change(p, q, f) >= -penalty(p, q, f)


@check("G35", "the smallest failure")
@wrong("the largest |f|", penalty=absolute)
def smallest_failure(penalty=printed):
    """All the mass moves from 0 to −1, and the line fails."""
    case = [Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)], [0, -1]
    change = _change(*case)
    return evidence.true_in(change < -penalty(*case), f"change {change}, {penalty.__name__}")


@check(
    "G35",
    "the norm replaced by its bound needs a largest f that is not negative",
    "f = {f} throughout",
)
@wrong("a positive one", f=Fraction(1))
def second_line(f=Fraction(-1)):
    """A constant f and two equal laws: subtracting 2 ε t max f raises the bound above the mean."""
    epsilon_t = Fraction(1, 2)
    return f < f - 2 * epsilon_t * f


def telescopes(name, factor=1):
    penalty = PENALTIES[name]
    if sp.simplify(penalty.up_to.subs(proofs.n, 0)) != 0:
        return Evidence(False, "symbolic", "the sum of no terms is not zero")
    claimed, said = factor * penalty.term.subs(proofs.t, proofs.n), "any number of terms"
    return evidence.proved(penalty.telescopes, claimed, generality=said, point=POINT)


def whole(name, factor=1):
    """The limit of the partial sums, or for T steps the sum over T terms."""
    penalty = PENALTIES[name]
    endless = proofs.gamma in penalty.term.free_symbols
    total = penalty.limit() if endless else penalty.up_to.subs(proofs.n, proofs.T)
    return evidence.symbolic(total, factor * penalty.whole, "all parameters", point=POINT)


for _name in reversed(PENALTIES):
    wrong("half the term", factor=sp.S.Half)(telescopes)
    check("G36", f"{_name}: each term", name=_name)(telescopes)
    wrong("twice as much", factor=2)(whole)
    check("G36", f"{_name}: the whole", name=_name)(whole)


@drawn(f"{PAIRS.text}, and six cliffs", 801)
def with_cliffs(_):
    yield from PAIRS.drawn
    yield from (cases.cliff_of_mistakes(e, g) for e in (1e-3, 0.5, 1.0) for g in (0.5, 0.9))


FREE = wrong("without a penalty", share=0.0)
HALF_PENALTY = wrong("0.49 of its penalty", share=0.49)
NOT_LINEARISED = "the bound with the largest |A|, not linearised"


@check("G36", "the bound with the largest |A|, linear", with_cliffs, name="crude, linear")
@FREE
@check("G36", NOT_LINEARISED, with_cliffs, name="crude")
@wrong("half of the constant, less a little", share=0.49)
@check("G40", "lower bound: sharp", with_cliffs, name="sharp")
@HALF_PENALTY
@check("G40", "lower bound: trust region", with_cliffs, name="trust region")
@wrong("0.24 of its penalty", share=0.24)
@check("G40", "lower bound: distance met", with_cliffs, name="distance met")
@HALF_PENALTY
def holds(pair, name, share=1.0):
    penalty = pair.surrogate - LOWER_BOUNDS[name](pair)
    return pair.gain >= pair.surrogate - share * penalty - pair.round_off


@drawn("300 MDPs with 2 to 8 steps, and a cliff", 885)
def with_steps(rng):
    problems = [random_problem(rng, horizon=int(rng.integers(2, 9))) for _ in range(300)]
    for problem in (replace(problem, discount=1.0) for problem in problems):
        yield problem, *(random_policy(problem, rng) for _ in range(2))
    cliff = mdp.cliff(1.0, mdp.SECOND_MISTAKE_COSTS, horizon=8)
    yield cliff, cases.FIRST, cases.SECOND


PENALTY_OF_STEPS = sp.lambdify((proofs.eps, proofs.r_max, proofs.T), PENALTIES[SHRINKING].whole)


@check("G36", "the bound for T steps", with_steps)
@FREE
def steps_bound(problem, policy, new_policy, share=1.0):
    old, new = (mdp.evaluate_steps(problem, p) for p in (policy, new_policy))
    surrogate = np.einsum("ts,sa,tsa->", old.state_laws, new_policy, old.advantages)
    epsilon = total_variation(policy, new_policy).max()
    cost = PENALTY_OF_STEPS(epsilon, np.abs(problem.reward).max(), problem.horizon)
    return new.objective >= old.objective + surrogate - share * cost - 1e-12


@check("G36", "without γᵗ the penalty has no end")
@wrong("with it", name=LINEAR)
def grows_without_end(name="linear, T steps"):
    numbers = {symbol: value for symbol, value in POINT.items() if symbol != proofs.n}
    end = sp.limit(PENALTIES[name].up_to.subs(numbers), proofs.n, sp.oo)
    return evidence.true_in(end == sp.oo, f"limit of the sum over n terms: {end}")


@drawn(f"{N_CASES:,} MDPs and the extreme case", 801)
def extremes(_):
    yield from ((pair.old.problem, pair.old.policy) for pair in PAIRS.drawn)
    for discount in (0.0, 0.5, 0.9):  # the best and the worst state, left by no other action
        moves, rewards = np.tile(np.eye(2), (2, 1, 1)), np.array([[1.0, -1.0]] * 2)
        yield mdp.MDP(moves, rewards, [1.0, 0.0], discount), np.eye(2)


ATTAINED = "advantages are at most 2 r_max/(1 − γ), and that is attained"


@check("G37", ATTAINED, extremes, factor=2.0)
@wrong("1.99 instead of 2", factor=1.99)
@check("G37", "rewards from 0 to r_max: half of it", extremes, factor=1.0, from_zero=True)
@wrong("a little less", factor=0.99)
def advantage_size(problem, policy, factor, from_zero=False):
    lift = np.abs(problem.reward).max() if from_zero else 0.0
    old = mdp.evaluate(replace(problem, reward=(problem.reward + lift) / (1 + from_zero)), policy)
    most = factor * np.abs(old.problem.reward).max() / (1 - problem.discount)
    return np.abs(old.advantages).max() <= most + Comparison(old, policy).round_off


@drawn("300 MDPs with 2 to 7 steps", 882)
def up_to_seven_steps(rng):
    for _ in range(300):
        problem = random_problem(rng, horizon=int(rng.integers(2, 8)))
        yield problem, random_policy(problem, rng)


@check("G37", "T steps: at most 2 (T − t) r_max", up_to_seven_steps)
@wrong("half of it", factor=1.0)
def steps_advantage(problem, policy, factor=2.0):
    most = factor * np.abs(problem.reward).max() * (problem.horizon - np.arange(problem.horizon))
    advantages = mdp.evaluate_steps(problem, policy).advantages
    return (np.abs(advantages).max(axis=(1, 2)) <= most + 1e-12).all()


@check("G37", "the penalty grows like T³")
@wrong("like T", exponent=1)
@wrong("like T²", exponent=2)
def growth(exponent=3):
    power = sp.limit(PENALTIES[SHRINKING].whole / proofs.T**exponent, proofs.T, sp.oo)
    finite = power.is_finite and power != 0
    return evidence.true_in(bool(finite), f"over T to the power {exponent}: {power}")


@check("G37", "without an end, with C = 2 r_max/(1 − γ), like the cube of 1/(1 − γ)")
@wrong("like its square", power=2)
def discounted_growth(power=3):
    constant = 2 * proofs.r_max / (1 - proofs.gamma)
    total = PENALTIES[LINEAR].whole.subs(proofs.C, constant)
    end = sp.limit(total * (1 - proofs.gamma) ** power, proofs.gamma, 1, "-")
    finite = end.is_finite and end != 0
    return evidence.true_in(bool(finite), f"limit at γ = 1 of the power {power}: {end}")
