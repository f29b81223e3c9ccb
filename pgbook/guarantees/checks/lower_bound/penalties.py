"""The penalty: the line behind it, closed forms, its constant, and that it is enough."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import sympy as sp

from pgbook import evidence, mdp
from pgbook.evidence import Evidence
from pgbook.guarantees import cases
from pgbook.guarantees.cases import EXTREMES, N_CASES, PAIRS, random_policy, random_problem
from pgbook.guarantees.numeric import LOWER_BOUNDS, Comparison, pitfalls
from pgbook.guarantees.proofs import lower_bound as proofs
from pgbook.guarantees.proofs.lower_bound import PENALTIES, POINT
from pgbook.ledger import Cases, check, drawn, wrong
from pgbook.policies import total_variation

LINEAR = "linear, discounted"
SHRINKING = "linear, T steps, constant 2(T − t) r"


def printed(p, q, f):
    """The line of document 001, with the largest f."""
    return 2 * cases.distance(p, q) * max(f)


def absolute(p, q, f):
    """With the largest absolute value."""
    return 2 * cases.distance(p, q) * max(map(abs, f))


def span(p, q, f):
    """Half the L1 distance, times the whole range of f."""
    return cases.distance(p, q) * (max(f) - min(f))


def _change(p, q, f):
    """The mean of f under the new law, minus that under the old one."""
    return sum((y - x) * z for x, y, z in zip(p, q, f, strict=True))


ALL_TO_WORST = [Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]


def _with_values(least, text):
    """Pairs of laws with a function that is at least this, and one case in which all is lost."""

    def draw(rng):
        for p, q in cases.laws(500, 881, "").drawn:
            yield p, q, [int(x) for x in rng.integers(least, 10, size=len(p))]
        yield *ALL_TO_WORST, [9, least]

    return Cases(f"500 exact fractions, {text}, and one extreme case", draw, 881)


ANY, POSITIVE = _with_values(-9, "f of any sign"), _with_values(0, "non-negative f")
LITTLE_LESS = wrong("0.99 of it", share=Fraction(99, 100))


@check("G35", "with the largest |f|", ANY, penalty=absolute)
@wrong("with the largest f", penalty=printed)
@LITTLE_LESS
@check("G35", "with half the distance and the range of f", ANY, penalty=span)
@LITTLE_LESS
@check("G35", "as printed for a non-negative f", POSITIVE, penalty=printed)
@wrong("f of any sign", lowered=5)
@check("G35", "for a non-negative f half of that", POSITIVE, penalty=printed, share=Fraction(1, 2))
@wrong("0.99 of the half", share=Fraction(99, 200))
def lower(p, q, f, penalty, share=1, lowered=0):
    f = [value - lowered for value in f]
    return _change(p, q, f) >= -share * penalty(p, q, f)


@check("G35", "the smallest failure")
@wrong("the largest |f|", penalty=absolute)
def smallest_failure(penalty=printed):
    """All the mass moves from 0 to −1, and the line fails."""
    case = *ALL_TO_WORST, [0, -1]
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
    total = penalty.limit if endless else penalty.up_to.subs(proofs.n, proofs.T)
    return evidence.symbolic(total, factor * penalty.whole, "all parameters", point=POINT)


for _name in reversed(PENALTIES):
    wrong("half the term", factor=sp.S.Half)(telescopes)
    check("G36", f"{_name}: each term", name=_name)(telescopes)
    wrong("twice as much", factor=2)(whole)
    check("G36", f"{_name}: the whole", name=_name)(whole)


ALMOST = wrong("0.99 of its penalty", share=0.99)


@check("G36", "the bound with the largest |A|, linear", EXTREMES, name="crude, linear")
@ALMOST
@check("G36", "the bound with the largest |A|, not linearised", EXTREMES, name="crude")
@ALMOST
@check("G40", "lower bound: sharp", EXTREMES, name="sharp")
@ALMOST
@check("G40", "lower bound: sharp, with half the range", EXTREMES, name="sharp, range")
@ALMOST
@check("G40", "lower bound: trust region", EXTREMES, name="trust region")
@ALMOST
@check("G40", "lower bound: distance met", EXTREMES, name="distance met")
@ALMOST
@check("G40", "lower bound: distance met, half the range", EXTREMES, name="distance met, range")
@ALMOST
def holds(pair, name, share=1.0):
    penalty = pair.surrogate - LOWER_BOUNDS[name](pair)
    return pair.gain >= pair.surrogate - share * penalty - pair.round_off


EVERY = [(e, g) for e in (1e-3, 0.3, 0.5, 0.8, 1.0) for g in (0.0, 0.5, 0.9, 0.99)]
ONE_WAY = Cases("20 pairs of ε and γ, one way", [cases.one_way(*case) for case in EVERY])
ONE_CHOICE = Cases("20 pairs of ε and γ, one choice", [cases.one_choice(*case) for case in EVERY])


@check("G40", "sharp is attained, for every ε and γ", ONE_WAY, name="sharp")
@wrong("distance met", name="distance met")
@check("G40", "distance met with half the range is, too", ONE_CHOICE, name="distance met, range")
@wrong("with the largest |g|", name="distance met")
def attained(pair, name):
    return abs(pair.gain - LOWER_BOUNDS[name](pair)) <= pair.round_off


@check("G36", "linear and crude: more than (1 − γ)/(1 − γ/2) of it is never needed", EXTREMES)
@wrong("0.99 of that", factor=0.99)
def linear_is_loose(pair, factor=1.0):
    discount = pair.old.problem.discount
    penalty = pair.surrogate - LOWER_BOUNDS["crude, linear"](pair)
    needed = factor * (1 - discount) / (1 - discount / 2) * penalty
    return pair.gain >= pair.surrogate - needed - pair.round_off


@drawn("300 MDPs with 2 to 8 steps, a cliff, and one way for 2 steps", 885)
def with_steps(rng):
    problems = [random_problem(rng, horizon=int(rng.integers(2, 9))) for _ in range(300)]
    for problem in (replace(problem, discount=1.0) for problem in problems):
        yield problem, *(random_policy(problem, rng) for _ in range(2))
    cliff = mdp.cliff(1.0, mdp.SECOND_MISTAKE_COSTS, horizon=8)
    yield cliff, cases.FIRST, cases.SECOND
    yield pitfalls.one_way(1.0, horizon=2), cases.STAYS, cases.AWAY


PENALTY_OF_STEPS = sp.lambdify((proofs.eps, proofs.r_max, proofs.T), PENALTIES[SHRINKING].whole)


@check("G36", "the bound for T steps", with_steps)
@ALMOST
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
        yield mdp.deterministic([[0, 1], [0, 1]], [[1.0, -1.0]] * 2, discount), np.eye(2)


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


@drawn("300 MDPs with 2 to 7 steps, and one way", 882)
def up_to_seven_steps(rng):
    for _ in range(300):
        problem = random_problem(rng, horizon=int(rng.integers(2, 8)))
        yield problem, random_policy(problem, rng)
    yield from ((pitfalls.one_way(1.0, horizon=n), cases.STAYS) for n in (2, 5))


@check("G37", "T steps: at most 2 (T − t) r_max, and that is attained", up_to_seven_steps)
@wrong("1.99 instead of 2", factor=1.99)
def steps_advantage(problem, policy, factor=2.0):
    most = factor * np.abs(problem.reward).max() * (problem.horizon - np.arange(problem.horizon))
    advantages = mdp.evaluate_steps(problem, policy).advantages
    return (np.abs(advantages).max(axis=(1, 2)) <= most + 1e-12).all()


PLAIN = {proofs.eps: sp.Symbol("ε"), proofs.r_max: sp.Symbol("r_max")}  # for a line of text


@check("G37", "the penalty grows like T³")
@wrong("like T", exponent=1)
@wrong("like T²", exponent=2)
def growth(exponent=3):
    power = sp.limit(PENALTIES[SHRINKING].whole / proofs.T**exponent, proofs.T, sp.oo)
    finite = power.is_finite and power != 0
    return evidence.true_in(bool(finite), f"over T to the power {exponent}: {power.subs(PLAIN)}")


@check("G37", "without an end, with C = 2 r_max/(1 − γ), like the cube of 1/(1 − γ)")
@wrong("like its square", power=2)
def discounted_growth(power=3):
    constant = 2 * proofs.r_max / (1 - proofs.gamma)
    total = PENALTIES[LINEAR].whole.subs(proofs.C, constant)
    end = sp.limit(total * (1 - proofs.gamma) ** power, proofs.gamma, 1, "-")
    finite = end.is_finite and end != 0
    return evidence.true_in(bool(finite), f"limit at γ = 1 of the power {power}: {end.subs(PLAIN)}")
