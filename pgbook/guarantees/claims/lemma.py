"""The performance-difference lemma, line by line: claims G8 to G16."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
import sympy as sp

from pgbook import ledger, mdp, montecarlo
from pgbook.guarantees.claims.common import (
    N,
    comparisons,
    equal_in_all,
    in_all,
    random_policy,
    random_problem,
)
from pgbook.guarantees.numeric import Comparison
from pgbook.guarantees.symbolic import lemma
from pgbook.ledger import Check, Evidence


def bounded(scale: Callable[[float], float] = lambda discount: 1 / (1 - discount)) -> Evidence:
    """The objective lies within what the largest reward allows, and so does every value."""
    return in_all(
        lambda pair: (
            np.abs(pair.old.state_values).max()
            <= np.abs(pair.old.problem.reward).max() * scale(pair.old.problem.discount)
            + pair.round_off
        )
    )


def long_sum(first: int = 0, *, of: str = "old", run: str = "old") -> Evidence:
    """The objective of one policy against a sum over time with the other or the same one."""
    errors, n_cases = [], 100
    for pair in comparisons()[:n_cases]:
        found = {"old": pair.old, "new": pair.new}
        problem, policy = pair.old.problem, found[run].policy
        n_steps = int(np.ceil(-40 / np.log(problem.discount)))  # the rest is e⁻⁴⁰ of the whole
        means = mdp.state_laws(problem, policy, n_steps) @ np.sum(policy * problem.reward, axis=1)
        total = problem.discount ** np.arange(first, n_steps + first) @ means
        errors.append((total - found[of].objective) / pair.round_off)
    within = np.abs(errors) <= 1
    return ledger.true_in(within, f"{n_cases} MDPs, until what is left is e⁻⁴⁰", seed=801)


def lemma_in_all(occupancy: str = "new", sign: float = 1.0) -> Evidence:
    """The gain, by two linear systems, against old advantages under new visits."""

    def error(pair: Comparison) -> float:
        visits = pair.new.occupancy if occupancy == "new" else pair.old.occupancy
        return pair.gain - sign * visits @ pair.mean_advantages

    return equal_in_all(error)


@lru_cache
def _sides(n_states: int, occupancy: str) -> lemma.Polynomials:
    return lemma.as_polynomials(n_states, occupancy=occupancy)


def polynomial(n_states: int, occupancy: str = "new", sign: int = 1) -> Evidence:
    """Both sides with cleared denominators, as polynomials over the integers."""
    sides = _sides(n_states, occupancy)
    size = f"{n_states} states, 2 actions, {sides.n_symbols} symbols"
    if sides.gain == sign * sides.advantages:
        return Evidence(True, "symbolic", f"{size}: both sides the same {len(sides.gain)} terms")
    left = len(sides.gain - sign * sides.advantages)
    return Evidence(False, "symbolic", f"{size}: {left} terms differ")


@lru_cache(maxsize=1)
def _sampled_sums() -> tuple[Comparison, montecarlo.Estimate]:
    rng = np.random.default_rng(851)
    problem = mdp.garnet(4, 3, 4, 0.6, rng=rng)
    old, new = (random_policy(problem, rng) for _ in range(2))
    pair = Comparison(mdp.evaluate(problem, old), new)
    paths = mdp.sample_trajectories(
        problem, new, n_trajectories=N, n_steps=30, rng=np.random.default_rng(852)
    )
    discounts = problem.discount ** np.arange(30)
    sums = pair.old.advantages[paths.states, paths.actions] @ discounts
    return pair, montecarlo.estimate(sums)


def by_rollouts(target: str = "gain") -> Evidence:
    """Returns of old advantages along sampled trajectories of the new policy."""
    pair, result = _sampled_sums()
    return ledger.monte_carlo(
        result, getattr(pair, target), wrong=pair.surrogate, n_samples=N, seed=852
    )


def finite_horizon(indexed: bool = True) -> Evidence:
    """The lemma for a horizon and a discount up to one: advantages belong to their time."""
    errors, rng = [], np.random.default_rng(853)
    for _ in range(300):
        problem = random_problem(rng, horizon=int(rng.integers(2, 7)))
        problem = replace(problem, discount=rng.choice([problem.discount, 1.0]))
        old, new = (mdp.evaluate_steps(problem, random_policy(problem, rng)) for _ in range(2))
        a = old.advantages if indexed else np.broadcast_to(old.advantages[0], old.advantages.shape)
        discounts = problem.discount ** np.arange(problem.horizon)
        total = np.einsum("t,ts,sa,tsa->", discounts, new.state_laws, new.policy, a)
        errors.append(new.objective - old.objective - total)
    return ledger.exact(np.array(errors), "300 MDPs with 2 to 6 steps", seed=853)


def improves(best: Callable = np.argmax) -> Evidence:
    """Moving towards an action with a non-negative advantage in every state."""
    rng, truths = np.random.default_rng(854), []
    for pair in comparisons():
        chosen = np.eye(pair.old.policy.shape[1])[best(pair.old.advantages, axis=1)]
        share = rng.uniform(size=(len(chosen), 1))
        step = Comparison(pair.old, (1 - share) * pair.old.policy + share * chosen)
        truths.append(step.gain >= -pair.round_off)
    return ledger.true_in(np.array(truths), "1,000 MDPs, a random share of each state", seed=854)


def not_necessary(worse: bool = True) -> Evidence:
    """Policies with a negative mean advantage somewhere that are better all the same."""
    found = [(pair.mean_advantages.min() < -1e-6) and (pair.gain > 1e-6) for pair in comparisons()]
    # The wrong variant: such a policy is never better.
    truths = np.array([any(found)]) if worse else ~np.array(found)
    return ledger.true_in(truths, "1,000 MDPs", seed=801)


def start_term(included: bool = True) -> Evidence:
    """If the two objectives have different laws of the first state, one term more."""
    rng, errors = np.random.default_rng(855), []
    for pair in comparisons()[:300]:
        other = rng.dirichlet(np.ones(pair.old.problem.n_states))
        moved = replace(pair.old.problem, start=other)
        new = mdp.evaluate(moved, pair.new_policy)
        extra = (other - pair.old.problem.start) @ pair.old.state_values
        total = new.occupancy @ pair.mean_advantages + included * extra
        errors.append((new.objective - pair.old.objective - total) / pair.round_off)
    return ledger.true_in(np.abs(errors) <= 1, "300 MDPs, random first states", seed=855)


def ladder(power: int = 0) -> Evidence:
    """Unbounded rewards: the advantage of going on is zero on every rung, the tail is not.

    Rung n pays c γ⁻ⁿ for stopping; going on pays nothing. The old policy stops.
    """
    c, gamma, n = sp.Symbol("c", positive=True), lemma.gamma, lemma.T
    value = c * gamma**-n
    tail = gamma**n * value * gamma ** (power * n)
    advantage = gamma * value.subs(n, n + 1) - value
    point = {c: 3, gamma: sp.Rational(1, 2), n: 2}
    zero = ledger.symbolic(advantage, sp.S.Zero, "every rung", point=point)
    if not zero.passed:
        return zero
    # The lemma would need 0 = J' - J = 0 - V(0); what is missing is the tail.
    return ledger.symbolic(value.subs(n, 0), tail, "every rung: advantage 0, tail c", point=point)


def vanishing_tail(bounded: bool = True) -> Evidence:
    """The last term of T steps, with bounded values or with some that grow like γ⁻ᵀ."""
    tail = lemma.tail(bounded=bounded)
    point = dict.fromkeys(tail.free_symbols, sp.S.One)
    return ledger.symbolic(tail, sp.S.Zero, "bounded rewards, any γ below one", point=point)


def td_errors(pathwise: bool = False) -> Evidence:
    """The mean of the TD error given state and action, or every single one, is the advantage."""
    truths = []
    for pair in comparisons():
        old = pair.old
        one = old.problem.reward[:, :, None] + old.problem.discount * old.state_values
        td = one - old.state_values[:, None, None]  # [s, a, z]
        moves = old.problem.dense()
        mean = np.einsum("saz,saz->sa", moves, td)
        far = np.abs(np.where(moves > 0, td - old.advantages[:, :, None], 0)).max()
        far = far if pathwise else np.abs(mean - old.advantages).max()
        truths.append(far <= pair.round_off)
    return ledger.true_in(np.array(truths), "1,000 MDPs, all states and actions", seed=801)


def _negated(expression: sp.Expr) -> sp.Expr:
    """The same line with all values of the other sign."""
    return expression.replace(
        lambda e: isinstance(e, sp.Indexed) and e.base == lemma.values, lambda e: -e
    )


def _later(expression: sp.Expr) -> sp.Expr:
    """The same line with one more power of the discount in each sum."""
    return expression.replace(sp.Sum, lambda term, *limits: sp.Sum(lemma.gamma * term, *limits))


def _step(
    first: int, second: int, change: Callable[[sp.Expr], sp.Expr] = lambda line: line
) -> Evidence:
    """Two lines of the telescoping proof against each other."""
    chain = lemma.by_telescoping()
    left, right = (chain.steps[i].expression for i in (first, second))
    return ledger.symbolic(
        left,
        change(right),
        "any number of steps",
        point=lemma.SUM_POINT,
        definitions=chain.definitions,
    )


_matrices = partial(ledger.proves, generality="any number of states", point=lemma.POINT)
_sums = partial(
    ledger.proves,
    lemma.by_telescoping,
    generality="any number of steps",
    point=lemma.SUM_POINT,
)
_m, _K, _K_new, _g, _r = lemma.m, lemma.K, lemma.K_new, lemma.g, lemma.r

_WITHOUT_TAIL = sp.Sum(lemma.gamma**lemma.t * lemma.adv[lemma.t], (lemma.t, 0, lemma.T - 1))

LEMMA = {
    "G8": (
        Check(
            "values are bounded",
            bounded,
            {"by the largest reward alone": partial(bounded, lambda discount: 1.0)},
        ),
        Check(
            "the objective as a sum over time",
            long_sum,
            {"time begins at one": partial(long_sum, 1)},
        ),
    ),
    "G9": (
        Check(
            "any number of states, by the resolvent",
            partial(_matrices, lemma.by_resolvent),
            {"visits of the old policy": partial(_matrices, lemma.by_resolvent, _m * _K**-1 * _g)},
        ),
        Check(
            "the resolvent identity",
            partial(_matrices, lemma.resolvent_identity),
            {
                "the new inverse twice": partial(
                    _matrices,
                    lemma.resolvent_identity,
                    _m * _K_new**-1 * (_K - _K_new) * _K_new**-1 * _r,
                )
            },
        ),
        Check(
            "two states, every number a symbol",
            partial(polynomial, 2),
            {"visits of the old policy": partial(polynomial, 2, "old")},
        ),
        Check(
            "three states, every number a symbol",
            partial(polynomial, 3),
            {"the other sign": partial(polynomial, 3, "new", -1)},
        ),
        Check(
            "any number of steps, by telescoping, γ = 1 included",
            _sums,
            {"without the tail": partial(_sums, _WITHOUT_TAIL)},
        ),
        Check(
            "1,000 problems",
            lemma_in_all,
            {
                "visits of the old policy": partial(lemma_in_all, "old"),
                "the other sign": partial(lemma_in_all, "new", -1.0),
            },
        ),
        Check(
            "a horizon, also without a discount",
            finite_horizon,
            {"advantages of time zero throughout": partial(finite_horizon, False)},
        ),
        Check(
            "sampled trajectories",
            by_rollouts,
            {"visits of the old policy": partial(by_rollouts, "surrogate")},
        ),
    ),
    "G10": (
        Check(
            "no state moves towards a worse action: the objective does not fall",
            improves,
            {"towards the worst action": partial(improves, np.argmin)},
        ),
        Check(
            "the condition is not necessary",
            not_necessary,
            {"it is": partial(not_necessary, False)},
        ),
    ),
    "G11": (
        Check(
            "different first states add a term",
            start_term,
            {"without the term": partial(start_term, False)},
        ),
    ),
    "G12": (
        Check(
            "the tail of bounded values vanishes",
            vanishing_tail,
            {"that of growing values": partial(vanishing_tail, False)},
        ),
        Check(
            "one value as a difference of two sums, and the tail",
            partial(_step, 0, 1),
            {"with the other sign": partial(_step, 0, 1, _negated)},
        ),
        Check(
            "a ladder with unbounded rewards",
            ladder,
            {"whose tail vanishes": partial(ladder, 1)},
        ),
    ),
    "G13": (
        Check(
            "the second sum with its index moved",
            partial(_step, 1, 3),
            {"a slip of the sign": partial(_step, 1, 3, _negated)},
        ),
    ),
    "G14": (
        Check(
            "the definition of the new objective",
            partial(long_sum, of="new", run="new"),
            {"run by the old policy": partial(long_sum, of="new", run="old")},
        ),
    ),
    "G15": (
        Check(
            "two sums into one",
            partial(_step, 3, 4),
            {"with another power of the discount": partial(_step, 3, 4, _later)},
        ),
    ),
    "G16": (
        Check(
            "the mean TD error is the advantage",
            td_errors,
            {"every single one is": partial(td_errors, True)},
        ),
    ),
}
