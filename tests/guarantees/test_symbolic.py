"""The derivations of chapter 3, by routes that do not use their normal form."""

from fractions import Fraction
from functools import partial
from itertools import pairwise, product

import numpy as np
import pytest
import sympy as sp

from pgbook import guarantees, mdp, policies, symbols
from pgbook.derivation import Derivation, DerivationError, Step, value_at
from pgbook.guarantees import Comparison, pitfalls
from pgbook.guarantees.symbolic import bounds, lemma, recap, shift, surrogate

SOFTMAX = {**symbols.POINT, surrogate.F: [sp.S(2), sp.S(-1), sp.S(5)]}
CRITIC = {**symbols.POINT, recap.C: [sp.S(1), sp.S(4), sp.S(3)]}

DERIVATIONS = {  # with a point at which all lines are numbers
    "by_resolvent": (lemma.by_resolvent, lemma.POINT),
    "resolvent_identity": (lemma.resolvent_identity, lemma.POINT),
    "by_telescoping": (lemma.by_telescoping, lemma.SUM_POINT),
    "importance_sampling": (surrogate.importance_sampling, surrogate.LAW_POINT),
    "second_moment": (surrogate.second_moment, surrogate.LAW_POINT),
    "normal_ratio": (surrogate.normal_ratio, surrogate.POINT),
    "first_order": (surrogate.first_order, surrogate.MATRIX_POINT),
    "same_slope": (surrogate.same_slope, SOFTMAX),
    "aliased_gap": (surrogate.aliased_gap, surrogate.POINT),
    "bernoulli_step": (shift.bernoulli_step, shift.POINT),
    "drift_step": (shift.drift_step, shift.POINT),
    "mixture": (shift.mixture, shift.POINT),
    "from_slides": (bounds.from_slides_to_trust_region, bounds.POINT),
    "best_crude, linear": (partial(bounds.best_crude, linear=True), bounds.POINT),
    "best_crude": (partial(bounds.best_crude, linear=False), bounds.POINT),
    "best_crude_far": (bounds.best_crude_far, bounds.POINT),
    "best_crude_steps": (bounds.best_crude_steps, bounds.POINT),
    "mean_score": (recap.mean_score, recap.POINT),
    "past_reward": (recap.past_reward, recap.POINT),
    "curl": (partial(recap.curl, discounted=False), recap.POINT),
    "curl, discounted": (partial(recap.curl, discounted=True), recap.POINT),
    "reward_to_go_variance": (recap.reward_to_go_variance, recap.POINT),
    "critic_error": (recap.critic_error, CRITIC),
} | {name: (penalty.telescopes, bounds.POINT) for name, penalty in bounds.PENALTIES.items()}


def test_every_derivation_of_the_chapter_is_tried_here():
    modules = (bounds, lemma, recap, shift, surrogate)
    derived = {
        name
        for module in modules
        for name, function in vars(module).items()
        if getattr(function, "__module__", "") == module.__name__
        and getattr(function, "__annotations__", {}).get("return") is Derivation
    }
    tried = {getattr(f, "func", f).__name__ for f, _ in DERIVATIONS.values()}
    assert tried == derived | {"telescopes"}


@pytest.mark.parametrize("name", DERIVATIONS)
def test_every_line_has_the_same_value_at_a_point(name):
    derive, point = DERIVATIONS[name]
    chain = derive()
    values = [value_at(step.expression, point, chain.definitions) for step in chain.steps]
    assert all(value.is_number for value in values)
    assert all(sp.simplify(before - after) == 0 for before, after in pairwise(values))


@pytest.mark.parametrize("name", DERIVATIONS)
def test_no_line_can_be_changed(name):
    chain = DERIVATIONS[name][0]()
    for before, after in pairwise(chain.steps):
        changed = Step(after.expression + sp.Rational(1, 7), "changed")
        with pytest.raises(DerivationError, match=r"step 2 \(changed\) does not follow"):
            Derivation(before, changed, definitions=chain.definitions)


def number(chain, line, point):
    return float(value_at(chain.steps[line].expression, point, chain.definitions))


def garnet_pair(seed, fraction=1.0):
    rng = np.random.default_rng(seed)
    problem = mdp.garnet(3, 2, 3, rng.uniform(0.3, 0.9), rng=rng)
    old, other = (policies.softmax(rng.normal(size=(3, 2))) for _ in range(2))
    far = Comparison(mdp.evaluate(problem, old), other)
    return far, Comparison(far.old, guarantees.mixture(old, other, fraction))


def matrices(problem, policy):
    """The matrix of one minus the discounted chain, and the column of rewards."""
    moves = np.einsum("sa,saz->sz", policy, problem.dense())
    rewards = np.einsum("sa,sa->s", policy, problem.reward)
    return sp.Matrix(np.eye(3) - problem.discount * moves), sp.Matrix(rewards)


@pytest.mark.parametrize("seed", range(3))
def test_the_lines_of_the_resolvents_are_the_numbers_of_random_problems(seed):
    pair, _ = garnet_pair(seed)
    problem = pair.old.problem
    (a, r), (b, r_new) = (matrices(problem, p) for p in (pair.old.policy, pair.new_policy))
    point = {
        lemma.K: a, lemma.K_new: b, lemma.r: r, lemma.r_new: r_new,
        lemma.m: sp.Matrix([problem.start]), lemma.gamma: problem.discount,
    }  # fmt: skip
    chain = lemma.by_resolvent()
    for line in range(len(chain.steps)):
        assert number(chain, line, point) == pytest.approx(pair.gain, abs=1e-10)
    assert pair.new.occupancy @ pair.mean_advantages == pytest.approx(pair.gain, abs=1e-10)
    same_rewards = problem.start @ np.linalg.solve(np.array(b, float), np.array(r, float))
    identity = lemma.resolvent_identity()
    gap = float(same_rewards[0]) - pair.old.objective
    assert number(identity, -1, point) == pytest.approx(gap, abs=1e-10)


@pytest.mark.parametrize("steps", [0, 1, 2, 7])
def test_every_line_of_the_telescoping_is_the_sum_of_its_numbers(steps):
    rng = np.random.default_rng(steps)
    r, v, discount = rng.normal(size=steps), rng.normal(size=steps + 1), 0.7
    chain = lemma.by_telescoping()
    point = {lemma.T: steps, lemma.gamma: discount, lemma.rewards: r, lemma.values: v}
    direct = discount ** np.arange(steps) @ r - v[0]
    for line in range(len(chain.steps)):
        assert number(chain, line, point) == pytest.approx(direct, abs=1e-12)


def test_the_tail_of_bounded_values_vanishes():
    assert lemma.tail() == 0


def polynomial_problem(space, rng):
    """Random values for the symbols of a ring, and the problem and policies they describe."""
    values = {str(symbol): Fraction(int(rng.integers(1, 5)), 10) for symbol in space.symbols}
    n = max(int(name[1]) for name in values if name[0] == "r") + 1
    moves, start = np.zeros((n, 2, n)), np.zeros(n)
    for s, a, z in product(range(n), range(2), range(n - 1)):
        moves[s, a, z] = values[f"p{s}{a}{z}"]
    moves[:, :, -1] = 1 - moves.sum(axis=2)
    start[:-1] = [values[f"m{s}"] for s in range(n - 1)]
    start[-1] = 1 - start.sum()
    reward = [[float(values[f"r{s}{a}"]) for a in range(2)] for s in range(n)]
    problem = mdp.MDP(moves, reward, start, float(values["c"]))
    chosen = ([float(values[f"{kind}{s}"]) for s in range(n)] for kind in "on")
    return values, problem, [np.transpose([1 - np.array(p), p]) for p in chosen]


def test_the_polynomials_are_the_gain_times_both_determinants():
    sides, rng = lemma.as_polynomials(2), np.random.default_rng(3)
    values, problem, (old, new) = polynomial_problem(sides.gain.ring, rng)
    pair = Comparison(mdp.evaluate(problem, old), new)
    cleared = pair.gain
    for policy in (old, new):
        moves = np.einsum("sa,saz->sz", policy, problem.transition)
        cleared *= np.linalg.det(np.eye(2) - problem.discount * moves)
    ordered = [values[str(symbol)] for symbol in sides.gain.ring.symbols]
    for side in (sides.gain, sides.advantages):
        terms = (c * np.prod([x**e for x, e in zip(ordered, k, strict=True)])
                 for k, c in side.terms())  # fmt: skip
        assert float(sum(terms)) == pytest.approx(cleared, abs=1e-14)


@pytest.mark.parametrize("n_states", [2, 3])
def test_the_lemma_is_an_equality_of_polynomials(n_states):
    sides = lemma.as_polynomials(n_states)
    assert sides.gain == sides.advantages and sides.gain != 0


def test_visits_of_the_old_policy_are_no_equality_of_polynomials():
    sides = lemma.as_polynomials(2, occupancy="old")
    assert sides.gain != sides.advantages


@pytest.mark.parametrize("name", bounds.PENALTIES)
def test_a_penalty_is_the_sum_of_its_terms(name):
    penalty = bounds.PENALTIES[name]
    numbers = {bounds.eps: 0.3, bounds.C: 1.7, bounds.gamma: 0.6, bounds.r_max: 0.8, bounds.T: 12}
    term = sp.lambdify(bounds.t, penalty.term.subs(numbers))
    terms = np.array([term(t) for t in range(400)], dtype=float)
    for n in (0, 1, 2, 12):
        partial_sum = float(penalty.partial.subs({**numbers, bounds.n: n}))
        assert partial_sum == pytest.approx(terms[:n].sum(), abs=1e-12)
    endless = bounds.gamma in penalty.term.free_symbols
    whole = terms.sum() if endless else terms[:12].sum()
    assert float(penalty.whole.subs(numbers)) == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("linear", [True, False])
def test_the_best_crude_promise_is_the_largest_surrogate_minus_the_penalty(linear):
    chain, penalty = bounds.best_crude(linear=linear), guarantees.penalty
    penalty = guarantees.linear_penalty if linear else penalty
    for eps, gamma in product((0.01, 0.4, 1.0), (0.1, 0.5, 0.6, 0.9)):
        point = {bounds.eps: eps, bounds.gamma: gamma, bounds.M: 3}
        promise = 2 * eps * 3 / (1 - gamma) - penalty(eps, gamma, 3.0)
        assert number(chain, -1, point) == pytest.approx(promise, abs=1e-11)
        limit = 0.5 if linear else 1 / (2 - eps)
        assert promise <= 1e-12 or gamma < limit


def test_the_step_to_the_trust_region_is_the_difference_of_two_penalties():
    chain, eps, gamma, largest = bounds.from_slides_to_trust_region(), 0.2, 0.7, 3.0
    point = {bounds.eps: eps, bounds.gamma: gamma, bounds.M: largest}
    found = number(chain, -1, point)
    assert found == pytest.approx(guarantees.penalty(eps, gamma, 2 * eps * largest))
    assert found < 4 * eps**2 * gamma * largest / (1 - gamma) ** 2


def test_the_excess_of_bernoulli_is_never_negative_and_the_drift_its_recursion():
    for e, steps in product(range(11), range(8)):
        eps = Fraction(e, 10)
        kept = [(1 - eps) ** t for t in (steps, steps + 1)]
        numbers = {shift.eps: sp.Rational(e, 10), shift.t: steps}
        excess = shift.bernoulli_step().last.subs(numbers)
        assert excess == sp.Rational(kept[1] - 1 + eps * (steps + 1)) and excess >= 0
        assert shift.drift_step().last.subs(numbers) == sp.Rational(1 - kept[1])


LAWS = [
    ("1/2 1/4 1/4", "1/4 1/4 1/2"), ("1 0", "0 1"), ("1/3 2/3", "1/3 2/3"),
    ("2/5 1/5 0 2/5", "1/10 3/10 3/5 0"),
]  # fmt: skip


@pytest.mark.parametrize(("p", "q"), LAWS)
def test_the_coupling_in_fractions_attains_the_best_event_and_no_law_does_better(p, q):
    p, q = ([Fraction(x) for x in law.split()] for law in (p, q))
    joint, k = shift.coupling(p, q), range(len(p))
    assert [sum(row) for row in joint] == p
    assert [sum(row[j] for row in joint) for j in k] == q
    apart = sum(joint[i][j] for i, j in product(k, k) if i != j)
    independent = [[x * y for y in q] for x in p]
    events = [[bool(x) for x in event] for event in product((0, 1), repeat=len(p))]
    told = []
    for event in events:
        entries, chance = (
            shift.certificate(event),
            sum(x * e for x, e in zip(p, event, strict=True)),
        )
        chance -= sum(y * e for y, e in zip(q, event, strict=True))
        told.append(chance)
        assert min(map(min, entries)) >= 0
        for law in (joint, independent):
            differ = sum(law[i][j] for i, j in product(k, k) if i != j)
            slack = sum(law[i][j] * entries[i][j] for i, j in product(k, k))
            assert differ - chance == slack >= 0
    assert max(told) == apart


@pytest.mark.parametrize(("old", "new", "cost"), [(0.1, 0.8, 4.0), (0.6, 0.2, 0.5)])
def test_the_aliased_gap_is_that_of_the_problem(old, new, cost):
    problem, shared = mdp.aliased(cost), pitfalls.aliased_policy
    found = mdp.evaluate_steps(problem, shared(old))
    surrogate_number = np.einsum("ts,sa,tsa->", found.state_laws, shared(new), found.advantages)
    j_new, j_old = pitfalls.aliased_objective(np.array([new, old]), cost)
    point = {surrogate.p_old: old, surrogate.p_new: new, surrogate.M: cost}
    chain = surrogate.aliased_gap()
    assert number(chain, -1, point) == pytest.approx(j_new - j_old - surrogate_number, abs=1e-14)


def two_stage_means(z, y, gamma, discounted):
    """Mean REINFORCE direction in the logits of the two states, over all trajectories."""
    chances = 1 / (1 + np.exp([-z, -y, 0.0]))
    policy = np.stack([1 - chances, chances], axis=1)
    paths = mdp.trajectories(pitfalls.two_stage(gamma), policy)
    return paths.reward_to_go(discounted=discounted).mean()[[1, 3]]


@pytest.mark.parametrize("discounted", [True, False])
def test_the_two_steps_are_the_means_over_all_trajectories(discounted):
    z, y, gamma, h = 0.4, -0.3, 0.8, 1e-5
    p, q = 1 / (1 + np.exp([-z, -y]))
    point = {recap.p: p, recap.q: q, recap.gamma: gamma, recap.z: z, recap.y: y}
    derived = [float(x.subs(point)) for x in recap.two_steps(discounted=discounted)]
    means = partial(two_stage_means, gamma=gamma, discounted=discounted)
    assert derived == pytest.approx(list(means(z, y)), abs=1e-14)
    curl = (means(z + h, y)[1] - means(z - h, y)[1] - means(z, y + h)[0] + means(z, y - h)[0]) / (
        2 * h
    )
    last = recap.curl(discounted=discounted).last.subs(point)
    assert float(last) == pytest.approx(curl, abs=1e-9) and (abs(last) < 1e-12) == discounted


def test_the_two_variances_are_those_of_all_trajectories():
    full, to_go = recap.full_return_variance(), recap.reward_to_go_variance().last
    for p in (0.2, 0.7):
        found = [float(v.subs({recap.p: p, recap.c: 3})) for v in (full, to_go)]
        assert found == pytest.approx(list(pitfalls.past_rewards(-3.0, 3.0, p)), abs=1e-14)


@pytest.mark.parametrize("h", [0.1, 0.7])
def test_the_first_order_is_the_gap_of_the_package_on_a_line(h):
    far, near = garnet_pair(7, h)
    problem = far.old.problem
    (a, r), (b, _), (b_far, r_far) = (
        matrices(problem, p) for p in (far.old.policy, near.new_policy, far.new_policy)
    )
    point = {
        surrogate.K: a, surrogate.K_h: b, surrogate.r: r, surrogate.m: sp.Matrix([problem.start]),
        surrogate.delta: r_far - r, surrogate.h: h,
    }  # fmt: skip
    chain, gap = surrogate.first_order(), near.gain - near.surrogate
    for line in range(len(chain.steps)):
        assert number(chain, line, point) == pytest.approx(gap, abs=1e-12)
    slope = np.array((a - b_far) * a.inv(), float) @ far.mean_advantages
    second = far.old.occupancy @ slope  # half the second derivative of the gap at zero
    tiny = garnet_pair(7, 1e-4)[1]
    assert (tiny.gain - tiny.surrogate) / 1e-8 == pytest.approx(second, rel=5e-3)


def test_the_mean_square_of_a_normal_ratio_is_that_of_the_quadrature():
    at = np.linspace(-20, 20, 40_001)
    for m in (0.0, 0.7, 1.5):
        old, new = (np.exp(-((at - c) ** 2) / 2) / np.sqrt(2 * np.pi) for c in (0, m))
        square = np.sum(new**2 / old) * (at[1] - at[0])
        last = surrogate.normal_ratio().last.subs(surrogate.mean, m)
        assert float(last) == pytest.approx(square, rel=1e-9)


def test_weights_and_slopes_are_the_numbers_of_the_package():
    rng = np.random.default_rng(5)
    p, q, f, h = *rng.dirichlet(np.ones(3), size=2), rng.normal(size=3), rng.normal(size=3)
    point = {
        symbols.k: 3, surrogate.P: p, surrogate.Q: q, surrogate.F: f, recap.C: f,
        symbols.H: list(map(sp.Float, h)),
    }  # fmt: skip
    assert number(surrogate.importance_sampling(), -1, point) == pytest.approx(p @ f)
    moment = number(surrogate.second_moment(), -1, point)
    assert moment == pytest.approx(1 + guarantees.chi_square(p, q))
    gradient = policies.policy_gradient(policies.softmax(h), f)
    for j, chain in product(range(3), (surrogate.same_slope(), recap.critic_error())):
        found = number(chain, -1, {**point, symbols.j: j})
        assert found == pytest.approx(gradient[j], abs=1e-12)
