"""The performance-difference lemma, line by line."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import sympy as sp

from pgbook import evidence, mdp, montecarlo
from pgbook.evidence import SAMPLES, Evidence, Sampled
from pgbook.guarantees.cases import PAIRS, random_policy, random_problem
from pgbook.guarantees.numeric import Comparison
from pgbook.guarantees.proofs import performance_difference as proofs
from pgbook.ledger import Cases, check, drawn, wrong


@check("G8", "values are bounded", PAIRS)
@wrong("by the largest reward alone", discounted=False)
def bounded(pair, discounted=True):
    problem = pair.old.problem
    most = np.abs(problem.reward).max() / (1 - discounted * problem.discount)
    return np.abs(pair.old.state_values).max() <= most + pair.round_off


UNTIL_NOTHING = PAIRS.named("100 MDPs, until what is left is e⁻⁴⁰", 100)


@check("G8", "the objective as a sum over time", UNTIL_NOTHING, of="old", run="old")
@wrong("time begins at one", first=1)
@check("G14", "the definition of the new objective", UNTIL_NOTHING, of="new", run="new")
@wrong("run by the old policy", run="old")
def long_sum(pair, of, run, first=0):
    problem, policy = pair.old.problem, getattr(pair, run).policy
    n_steps = int(np.ceil(-40 / np.log(problem.discount)))
    means = mdp.state_laws(problem, policy, n_steps) @ np.sum(policy * problem.reward, axis=1)
    total = problem.discount ** np.arange(first, n_steps + first) @ means
    return abs(total - getattr(pair, of).objective) <= pair.round_off


OLD_VISITS = wrong("visits of the old policy", visits="old")
OTHER_SIGN = wrong("the other sign", sign=-1)


@check("G9", "1,000 problems", PAIRS)
@OLD_VISITS
@OTHER_SIGN
def by_linear_systems(pair, visits="new", sign=1):
    total = getattr(pair, visits).occupancy @ pair.mean_advantages
    return abs(pair.gain - sign * total) <= pair.round_off


_sides = lru_cache(proofs.as_polynomials)


@check("G9", "two states, every number a symbol", n_states=2)
@OLD_VISITS
@check("G9", "three states, every number a symbol", n_states=3)
@OTHER_SIGN
def by_polynomials(n_states, visits="new", sign=1):
    sides = _sides(n_states)
    left, total = sides.weighed(visits)
    right = sign * total
    size = f"{n_states} states, 2 actions, {sides.n_symbols} symbols"
    if left == right:
        return Evidence(True, "symbolic", f"{size}: both sides the same {len(left)} terms")
    return Evidence(False, "symbolic", f"{size}: {len(left - right)} terms differ")


@drawn("300 MDPs with 2 to 6 steps", 853)
def steps_to_go(rng):
    for _ in range(300):
        problem = random_problem(rng, horizon=int(rng.integers(2, 7)))
        problem = replace(problem, discount=rng.choice([problem.discount, 1.0]))
        yield tuple(mdp.evaluate_steps(problem, random_policy(problem, rng)) for _ in range(2))


@check("G9", "a horizon, also without a discount", steps_to_go)
@wrong("advantages of time zero throughout", timed=False)
def with_horizon(old, new, timed=True):
    a = old.advantages if timed else np.broadcast_to(old.advantages[0], old.advantages.shape)
    discounts = old.problem.discount ** np.arange(old.problem.horizon)
    total = np.einsum("t,ts,sa,tsa->", discounts, new.state_laws, new.policy, a)
    return new.objective - old.objective - total


@drawn("an MDP", 851)
def one_pair(rng):
    problem = mdp.garnet(4, 3, 4, 0.6, rng=rng)
    old, new = (random_policy(problem, rng) for _ in range(2))
    yield Comparison(mdp.evaluate(problem, old), new)


@check("G9", "sampled trajectories", one_pair, seed=852)
@wrong("visits of the old policy", target="surrogate")
def by_rollouts(pair, rng, target="gain"):
    problem, a = pair.old.problem, pair.old.advantages
    size = {"n_trajectories": SAMPLES, "n_steps": 30}
    paths = mdp.sample_trajectories(problem, pair.new_policy, **size, rng=rng)
    sums = a[paths.states, paths.actions] @ problem.discount ** np.arange(30)
    return Sampled(montecarlo.estimate(sums), getattr(pair, target), wrong=pair.surrogate)


@check(
    "G10",
    "no state moves towards a worse action: the objective does not fall",
    PAIRS.named("1,000 MDPs, a random share of each state"),
    seed=854,
)
@wrong("towards the worst action", best=np.argmin)
def improves(pair, rng, best=np.argmax):
    chosen = np.eye(pair.old.policy.shape[1])[best(pair.old.advantages, axis=1)]
    share = rng.uniform(size=(len(chosen), 1))
    step = Comparison(pair.old, (1 - share) * pair.old.policy + share * chosen)
    return step.gain >= -pair.round_off


@check("G10", "the condition is not necessary", Cases("1,000 MDPs", [()], 801))
@wrong("it is", quantifier=np.logical_not)
def not_necessary(quantifier=np.any):
    return quantifier([p.mean_advantages.min() < -1e-6 and p.gain > 1e-6 for p in PAIRS.drawn])


@check(
    "G11",
    "different first states add a term",
    PAIRS.named("300 MDPs, random first states", 300),
    seed=855,
)
@wrong("without the term", term=0)
def start_term(pair, rng, term=1):
    start = rng.dirichlet(np.ones(pair.old.problem.n_states))
    new = mdp.evaluate(replace(pair.old.problem, start=start), pair.new_policy)
    extra = term * (start - pair.old.problem.start) @ pair.old.state_values
    total = new.occupancy @ pair.mean_advantages + extra
    return abs(new.objective - pair.old.objective - total) <= pair.round_off


@check("G12", "the tail of bounded values vanishes")
@wrong("that of growing values", largest=proofs.LARGEST_VALUE * proofs.GROWTH)
def vanishing_tail(largest=proofs.LARGEST_VALUE):
    tail, text = proofs.tail(largest), "bounded rewards, any γ below one"
    point = dict.fromkeys(sorted(tail.free_symbols, key=str), sp.S.One)
    return evidence.symbolic(tail, sp.S.Zero, text, point=point)


def _negated(line):
    values = (entry for entry in line.atoms(sp.Indexed) if entry.base == proofs.values)
    return line.xreplace({value: -value for value in values})


def _later(line):
    return line.replace(sp.Sum, lambda term, *limits: sp.Sum(proofs.gamma * term, *limits))


@check("G12", "one value as a difference of two sums, and the tail", lines=(0, 1))
@wrong("with the other sign", change=_negated)
@check("G13", "the second sum with its index moved", lines=(1, 3))
@wrong("a slip of the sign", change=_negated)
@check("G15", "two sums into one", lines=(3, 4))
@wrong("with another power of the discount", change=_later)
def lines_agree(lines, change=lambda line: line):
    proof = proofs.by_telescoping()
    left, right = (proof.steps[i].expression for i in lines)
    said = {"point": proofs.SUM_POINT, "definitions": proof.definitions}
    return evidence.symbolic(left, change(right), "any number of steps", **said)


@check("G12", "a ladder with unbounded rewards")
@wrong("whose tail vanishes", power=1)
def ladder(power=0):
    """Unbounded rewards: the advantage of going on is zero on every rung, the tail is not.

    Rung n pays c γ⁻ⁿ for stopping; going on pays nothing. The old policy stops. The lemma would
    need 0 = J' - J = 0 - V(0); what is missing is the tail.
    """
    c, gamma, n = sp.Symbol("c", positive=True), proofs.gamma, proofs.T
    value, point = c * gamma**-n, {c: 3, gamma: sp.Rational(1, 2), n: 2}
    advantage = gamma * value.subs(n, n + 1) - value
    zero = evidence.symbolic(advantage, sp.S.Zero, "every rung", point=point)
    tail, text = gamma**n * value * gamma ** (power * n), "every rung: advantage 0, tail c"
    return zero if not zero.passed else evidence.symbolic(value.subs(n, 0), tail, text, point=point)


@check(
    "G16", "the mean TD error is the advantage", PAIRS.named("1,000 MDPs, all states and actions")
)
@wrong("every single one is", pathwise=True)
def td_errors(pair, pathwise=False):
    old, moves = pair.old, pair.old.problem.dense()
    after = old.problem.reward[:, :, None] + old.problem.discount * old.state_values
    td = after - old.state_values[:, None, None]  # [s, a, z]
    each = np.where(moves > 0, td - old.advantages[:, :, None], 0)
    mean = np.einsum("saz,saz->sa", moves, td) - old.advantages
    return np.abs(each if pathwise else mean).max() <= pair.round_off
