"""The derivations of all chapters, by routes that do not use their normal form."""

from fractions import Fraction
from importlib import import_module
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

import pgbook
from pgbook import guarantees, ledger, mdp, outcomes, policies, symbols, unbiased
from pgbook.bandits.proofs import index, learning, softmax, steps, update
from pgbook.derivation import Derivation, DerivationError, Partial
from pgbook.expressions import value_at
from pgbook.guarantees import Comparison, pitfalls
from pgbook.guarantees.proofs import index as recap
from pgbook.guarantees.proofs import lower_bound, performance_difference
from pgbook.guarantees.proofs import surrogate as surrogates
from pgbook.unbiased.proofs import baselines, generalization, leibniz, proof

ROOT = Path(pgbook.__file__).parent
MODULES = [
    import_module(".".join(("pgbook", *path.relative_to(ROOT).with_suffix("").parts)))
    for path in sorted(ROOT.glob("*/proofs/[!_]*.py"))
]


def derivations():
    """Each derivation that proves a claim, and a point at which all of its lines are numbers."""
    for module in MODULES:
        for claim, check in ledger.checks_of(module):
            derive, point = check.run.args[0], check.run.keywords["point"]
            yield pytest.param(derive, point, id=f"{claim}, {check.name}")
    for name, penalty in lower_bound.PENALTIES.items():
        yield pytest.param(penalty.telescopes, lower_bound.POINT, id=name)


each_derivation = pytest.mark.parametrize(("derive", "point"), list(derivations()))


def test_every_derivation_proves_a_claim():
    functions = [f for module in MODULES for f in vars(module).values()]
    derived = [
        f for f in functions if getattr(f, "__annotations__", {}).get("return") is Derivation
    ]
    assert len(derived) > 40 and all(function.checks for function in derived)


@each_derivation
def test_every_line_has_the_same_exact_value_at_a_point(derive, point):
    made = derive()
    values = [value_at(step.expression, point, made.definitions) for step in made.steps]
    assert all(value.is_number for value in values)
    assert all(sp.simplify(before - after) == 0 for before, after in pairwise(values))


@each_derivation
def test_no_line_can_be_changed(derive, point):
    made = derive()
    for before, after in pairwise(made.steps):
        changed = (after.expression + sp.Rational(1, 7), "changed")
        with pytest.raises(DerivationError, match=r"step 2 \(changed\) does not follow"):
            Derivation(before, changed, definitions=made.definitions)


def has_integral(derive):
    return any(step.expression.has(sp.Integral) for step in derive().steps)


WITH_INTEGRALS = [case for case in derivations() if has_integral(case.values[0])]


@pytest.mark.parametrize(("derive", "point"), WITH_INTEGRALS)
def test_every_line_of_an_integral_has_the_same_value_by_quadrature(derive, point):
    """Numbers first, then integrals by quadrature; derivatives by differences."""
    made, numbers = derive(), {symbol: float(value) for symbol, value in point.items()}
    for before, after in pairwise(made.steps):
        sides = (by_quadrature(s.expression, made.definitions, numbers) for s in (before, after))
        assert next(sides) == pytest.approx(next(sides), rel=1e-4, abs=1e-4)


def by_quadrature(expression, definitions, point):
    """An expression with `Partial` as a difference quotient and integrals as Riemann sums."""
    if isinstance(expression, Partial):
        function, variable = expression.args
        if variable in point:
            values = []
            for step in (1e-3, -1e-3):
                moved = {**point, variable: point[variable] + step}
                values.append(by_quadrature(function, definitions, moved))
            return (values[0] - values[1]) / 2e-3
    if isinstance(expression, sp.Integral):
        body, (variable, low, high) = expression.args[0], expression.args[-1]
        inner = sp.Integral(body, *expression.args[1:-1]) if expression.args[1:-1] else body
        nested = bool(inner.atoms(sp.Integral))
        ends = [float(sp.sympify(end).subs(point)) for end in (low, high)]
        edges = np.linspace(*np.clip(ends, -20.0, 20.0), 41 if nested else 2001)
        middles = (edges[1:] + edges[:-1]) / 2
        if nested:
            values = [by_quadrature(inner, definitions, {**point, variable: m}) for m in middles]
        else:
            values = lambdified(inner, definitions, point, variable)(middles)
        return float(np.sum(np.broadcast_to(values, len(middles))) * (edges[1] - edges[0]))
    if expression.is_Add:
        return sum(by_quadrature(term, definitions, point) for term in expression.args)
    if expression.is_Mul:
        return float(np.prod([by_quadrature(f, definitions, point) for f in expression.args]))
    return float(expression.subs(definitions).subs(point))


def lambdified(body, definitions, point, variable):
    body = body.subs(definitions).replace(Partial, sp.diff).doit()
    others = {symbol: value for symbol, value in point.items() if symbol != variable}
    return sp.lambdify(variable, body.subs(others), "numpy")


def number(made, line, point):
    return float(value_at(made.steps[line].expression, point, made.definitions))


# Chapter 1, and the proof of chapter 2.

H3, Q3 = np.array([0.3, -1.1, 0.7]), np.array([1.0, 0.5, -2.0])
THREE_ARMS = {symbols.k: 3, symbols.H: list(map(sp.Float, H3)), symbols.q: list(Q3)}


def test_the_derived_formulas_are_the_numbers_of_the_package():
    policy = policies.softmax(H3)
    gradient, score = policies.policy_gradient(policy, Q3), policies.score(policy)
    for j in range(3):
        at = {**THREE_ARMS, symbols.j: j}
        for derive in (update.gradient_by_score, proof.proof, learning.baseline_drops_out):
            assert number(derive(), -1, at) == pytest.approx(gradient[j], abs=1e-12)
        for a in range(3):
            entry = number(update.score(), -1, {**at, symbols.a: a})
            assert entry == pytest.approx(score[a, j], abs=1e-12)
        logarithm = number(softmax.log_probability(), -1, {**THREE_ARMS, symbols.a: j})
        assert logarithm == pytest.approx(policies.log_softmax(H3)[j], abs=1e-12)


def test_the_gain_of_a_step_is_the_number_of_the_package():
    policy, step = policies.softmax(H3), 3.0
    slope = policies.policy_gradient(policy, Q3)
    after = policies.expected_reward(policies.softmax(H3 + step * slope), Q3)
    gain = number(steps.improvement(), -1, {**THREE_ARMS, steps.E: list(np.exp(step * slope))})
    assert gain == pytest.approx(after - policies.expected_reward(policy, Q3), abs=1e-12)


@pytest.mark.parametrize("b", [0.0, 0.8])
def test_the_two_armed_variance_is_half_the_trace(b):
    trace = outcomes.bandit([0.3, 0.7], [0.5, 2.0]).estimates(b).variance()
    for module, variance in (
        (learning, learning.two_armed_variance().last),
        (baselines, baselines.bernoulli_baseline()),
    ):
        values = {index.P: 0.7, module.R0: 0.5, module.R1: 2.0, module.B: b}
        assert 2 * float(variance.subs(values)) == pytest.approx(trace, abs=1e-14)


# Chapter 2.


@pytest.mark.parametrize("name", proof.COIN_ESTIMATORS)
@pytest.mark.parametrize("horizon", [1, 2, 4])
def test_the_means_for_the_coin_are_the_numbers_of_the_package(name, horizon):
    order = ("single time", "no discount", "full score", "reward to go")
    derived = proof.coin_mean(proof.COIN_ESTIMATORS[name], horizon)
    value = derived.subs({proof.P: 0.3, proof.gamma: 0.7})
    expected = unbiased.coin_means(0.3, 0.7, horizon)[order.index(name)]
    assert float(value) == pytest.approx(expected, abs=1e-12)


mu, sigma, theta = generalization.mu, generalization.sigma, generalization.theta
LAWS = {  # the same law, there and here
    "Normal, mean": ("Normal(θ, 1)", {mu: 0.7, sigma: 1}),
    "Normal, deviation": ("Normal(1, θ²)", {mu: 1, sigma: 0.7}),
    "Exponential, rate": ("Exponential, rate θ", {theta: 0.7}),
    "Gamma, rate": ("Gamma(3), rate θ", {theta: 0.7, generalization.shape: 3}),
    "Laplace, location": ("Laplace at θ", {mu: 0.7}),
    "shifted Beta(2, 2)": ("θ + Beta(2, 2)", {mu: 0.7}),
    "Bernoulli, probability": ("Bernoulli(θ)", {theta: 0.7}),
    "Bernoulli, logit": ("Bernoulli, logit θ", {generalization.logit: 0.7}),
    "Poisson, mean": ("Poisson(θ)", {theta: 0.7}),
    "Uniform(0, θ)": ("Uniform(0, θ)", {theta: 0.7}),
    "shifted exponential": ("θ + Exponential", {mu: 0.7}),
}


@pytest.mark.parametrize("name", generalization.FAMILIES)
@pytest.mark.parametrize("power", [1, 2])
def test_both_sides_of_the_identity_are_the_numbers_of_the_package(name, power):
    number_name, point = LAWS[name]
    law, family = generalization.FAMILIES[name], unbiased.FAMILIES[number_name]
    slope, weighted = generalization.score_identity(name, law.variable**power)
    assert float(slope.subs(point)) == pytest.approx(family.derivative(0.7, power), rel=1e-9)
    mean = family.one_step(0.7, power).estimates().mean()[0]
    assert float(weighted.subs(point)) == pytest.approx(mean, rel=1e-9)


@pytest.mark.parametrize("b", [0.0, 1.0, 3.0])
def test_the_variance_of_the_normal_estimate_is_that_of_the_quadrature(b):
    variance, step = baselines.normal_variance(), unbiased.FAMILIES["Normal(θ, 1)"].one_step(0.7, 2)
    point = {mu: 0.7, sigma: 1, baselines.B: b}
    assert float(variance.subs(point)) == pytest.approx(step.estimates(b).variance())
    wide = float(unbiased.normal_square_variance(0.7, 1.7, b))
    assert float(variance.subs({**point, sigma: 1.7})) == pytest.approx(wide)


def test_an_indefinite_integral_forgets_what_does_not_contain_its_variable():
    t, x = leibniz.t, leibniz.x
    assert leibniz.circular_proof(t) == 0
    assert sp.simplify(leibniz.circular_proof(t + x * t) - x * t) == 0


# Chapter 3.


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
    (pair, _), names = garnet_pair(seed), performance_difference
    problem = pair.old.problem
    (a, r), (b, r_new) = (matrices(problem, p) for p in (pair.old.policy, pair.new_policy))
    point = {
        names.K: a, names.K_new: b, names.r: r, names.r_new: r_new,
        names.m: sp.Matrix([problem.start]), names.gamma: problem.discount,
    }  # fmt: skip
    made = names.by_resolvent()
    for line in range(len(made.steps)):
        assert number(made, line, point) == pytest.approx(pair.gain, abs=1e-10)
    same_rewards = problem.start @ np.linalg.solve(np.array(b, float), np.array(r, float))
    gap = float(same_rewards[0]) - pair.old.objective
    assert number(names.resolvent_identity(), -1, point) == pytest.approx(gap, abs=1e-10)


@pytest.mark.parametrize("steps", [0, 1, 2, 7])
def test_every_line_of_the_telescoping_is_the_sum_of_its_numbers(steps):
    rng, names = np.random.default_rng(steps), performance_difference
    r, v, discount = rng.normal(size=steps), rng.normal(size=steps + 1), 0.7
    made, point = names.by_telescoping(), {names.T: steps, names.gamma: discount}
    direct = discount ** np.arange(steps) @ r - v[0]
    for line in range(len(made.steps)):
        value = number(made, line, {**point, names.rewards: r, names.values: v})
        assert value == pytest.approx(direct, abs=1e-12)


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


@pytest.mark.parametrize(("visits", "sides"), [("new", "gain"), ("old", "surrogate")])
def test_the_polynomials_are_gain_and_surrogate_times_their_determinants(visits, sides):
    polynomials, rng = performance_difference.as_polynomials(2), np.random.default_rng(3)
    values, problem, (old, new) = polynomial_problem(polynomials.gain.ring, rng)
    pair, cleared = Comparison(mdp.evaluate(problem, old), new), 1.0
    for policy in (old, new) if visits == "new" else (old, old, new):
        moves = np.einsum("sa,saz->sz", policy, problem.transition)
        cleared *= np.linalg.det(np.eye(2) - problem.discount * moves)
    ordered = [values[str(symbol)] for symbol in polynomials.gain.ring.symbols]
    for side, expected in zip(
        polynomials.weighed(visits), (pair.gain, getattr(pair, sides)), strict=True
    ):
        terms = (c * np.prod([x**e for x, e in zip(ordered, k, strict=True)])
                 for k, c in side.terms())  # fmt: skip
        assert float(sum(terms)) == pytest.approx(expected * cleared, abs=1e-14)


@pytest.mark.parametrize("name", lower_bound.PENALTIES)
def test_a_penalty_is_the_sum_of_its_terms(name):
    names, penalty = lower_bound, lower_bound.PENALTIES[name]
    numbers = {names.eps: 0.3, names.C: 1.7, names.gamma: 0.6, names.r_max: 0.8, names.T: 12}
    term = sp.lambdify(names.t, penalty.term.subs(numbers))
    terms = np.array([term(t) for t in range(400)], dtype=float)
    for n in (0, 1, 2, 12):
        partial_sum = float(penalty.up_to.subs({**numbers, names.n: n}))
        assert partial_sum == pytest.approx(terms[:n].sum(), abs=1e-12)
    endless = names.gamma in penalty.term.free_symbols
    whole = terms.sum() if endless else terms[:12].sum()
    assert float(penalty.whole.subs(numbers)) == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("linear", [True, False])
def test_the_best_crude_promise_is_the_largest_surrogate_minus_the_penalty(linear):
    made = lower_bound.best_crude(linear=linear)
    penalty = guarantees.linear_penalty if linear else guarantees.penalty
    for eps, gamma in product((0.01, 0.4, 1.0), (0.1, 0.5, 0.6, 0.9)):
        point = {lower_bound.eps: eps, lower_bound.gamma: gamma, lower_bound.A_max: 3}
        promise = 2 * eps * 3 / (1 - gamma) - penalty(epsilon=eps, discount=gamma, constant=3.0)
        assert number(made, -1, point) == pytest.approx(promise, abs=1e-11)
        limit = 0.5 if linear else 1 / (2 - eps)
        assert promise <= 1e-12 or gamma < limit


def test_the_step_to_the_trust_region_is_the_difference_of_two_penalties():
    names, (eps, gamma, largest) = lower_bound, (0.2, 0.7, 3.0)
    point = {names.eps: eps, names.gamma: gamma, names.A_max: largest}
    penalty = number(names.from_slides_to_trust_region(), -1, point)
    whole = guarantees.penalty(epsilon=eps, discount=gamma, constant=2 * eps * largest)
    assert penalty == pytest.approx(whole)
    assert penalty < 4 * eps**2 * gamma * largest / (1 - gamma) ** 2


@pytest.mark.parametrize(("old", "new", "cost"), [(0.1, 0.8, 4.0), (0.6, 0.2, 0.5)])
def test_the_aliased_gap_is_that_of_the_problem(old, new, cost):
    problem, shared = mdp.aliased(cost), pitfalls.aliased_policy
    exact = mdp.evaluate_steps(problem, shared(old))
    surrogate = np.einsum("ts,sa,tsa->", exact.state_laws, shared(new), exact.advantages)
    j_new, j_old = pitfalls.aliased_objective(np.array([new, old]), cost)
    point = {surrogates.p_old: old, surrogates.p_new: new, surrogates.M: cost}
    gap = number(surrogates.aliased_gap(), -1, point)
    assert gap == pytest.approx(j_new - j_old - surrogate, abs=1e-14)


@pytest.mark.parametrize("h", [0.1, 0.7])
def test_the_first_order_is_the_gap_of_the_package_on_a_line(h):
    far, near = garnet_pair(7, h)
    problem, names = far.old.problem, surrogates
    (a, r), (b, _), (b_far, r_far) = (
        matrices(problem, p) for p in (far.old.policy, near.new_policy, far.new_policy)
    )
    point = {
        names.K: a, names.K_beta: b, names.r: r, names.m: sp.Matrix([problem.start]),
        names.rho: r_far - r, names.beta: h,
    }  # fmt: skip
    made, gap = names.first_order(), near.gain - near.surrogate
    for line in range(len(made.steps)):
        assert number(made, line, point) == pytest.approx(gap, abs=1e-12)
    slope = np.array((a - b_far) * a.inv(), float) @ far.mean_advantages
    second = far.old.occupancy @ slope  # half the second derivative of the gap at zero
    tiny = garnet_pair(7, 1e-4)[1]
    assert (tiny.gain - tiny.surrogate) / 1e-8 == pytest.approx(second, rel=5e-3)


def test_weights_and_slopes_are_the_numbers_of_the_package():
    rng, names = np.random.default_rng(5), surrogates
    p, q, f = *rng.dirichlet(np.ones(3), size=2), Q3
    point = {**THREE_ARMS, names.P: p, names.Q: q, names.F: f, recap.C: f}
    assert number(names.importance_sampling(), -1, point) == pytest.approx(p @ f)
    moment = number(names.second_moment(), -1, point)
    assert moment == pytest.approx(1 + guarantees.chi_square(p, q))
    gradient = policies.policy_gradient(policies.softmax(H3), f)
    for j, derive in product(range(3), (names.same_slope, recap.critic_error)):
        slope = number(derive(), -1, {**point, symbols.j: j})
        assert slope == pytest.approx(gradient[j], abs=1e-12)
