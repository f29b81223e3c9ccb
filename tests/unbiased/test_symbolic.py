"""The derivations of chapter 2, by routes that do not use their normal form."""

from itertools import pairwise

import numpy as np
import pytest
import sympy as sp

from pgbook import policies, symbols, unbiased
from pgbook.derivation import Derivation, DerivationError, Partial, Step, value_at
from pgbook.unbiased import symbolic
from pgbook.unbiased.symbolic import baselines, families, leibniz, problems

SUMS = [symbolic.proof, symbolic.zero_subtracted, symbolic.baseline_drops_out]
SUMS += [symbolic.variance_parabola]
TWO_ACTIONS = [
    symbolic.product_rule,
    symbolic.dependent_state,
    symbolic.right_loss,
    symbolic.printed_loss,
    symbolic.other_reading,
    symbolic.sampled_entropy,
    symbolic.analytic_entropy,
]
INTEGRALS = [
    symbolic.moving_reward,
    symbolic.normal_score,
    symbolic.exponential_score,
    symbolic.boundary_term,
    symbolic.repaired_proof,
]
SUM_POINT = {
    **symbols.POINT, baselines.B: 3, baselines.M: 2, baselines.v: 5,
    baselines.S: [sp.S(2), sp.S(3), sp.S.One],
}  # fmt: skip


@pytest.mark.parametrize(
    ("derive", "point"),
    [(derive, SUM_POINT) for derive in SUMS] + [(derive, problems.POINT) for derive in TWO_ACTIONS],
)
def test_every_line_has_the_same_exact_value_at_a_point(derive, point):
    chain = derive()
    values = [value_at(step.expression, point, chain.definitions) for step in chain.steps]
    assert all(value.is_number for value in values)
    assert all(sp.simplify(before - after) == 0 for before, after in pairwise(values))


INTEGRAL_POINT = {
    problems.theta: 1.3, families.mu: 0.4, families.sigma: 1.5, families.theta: 0.8,
    leibniz.x: 2.0, leibniz.x0: 0.5,
}  # fmt: skip


@pytest.mark.parametrize("derive", INTEGRALS)
def test_every_line_of_an_integral_has_the_same_value_by_quadrature(derive):
    """Numbers first, then integrals by quadrature; derivatives by differences."""
    chain = derive()
    for before, after in pairwise(chain.steps):
        left, right = (by_quadrature(s.expression, chain.definitions) for s in (before, after))
        assert left == pytest.approx(right, abs=1e-4)


def by_quadrature(expression, definitions, point=INTEGRAL_POINT):
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
        edges = np.linspace(*np.clip(ends, -40.0, 40.0), 41 if nested else 2001)
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
    body = body.subs(definitions).replace(Partial, sp.diff)
    others = {symbol: value for symbol, value in point.items() if symbol != variable}
    return sp.lambdify(variable, body.subs(others), "numpy")


@pytest.mark.parametrize("derive", SUMS + TWO_ACTIONS + INTEGRALS)
def test_no_line_can_be_changed(derive):
    chain = derive()
    for number in range(1, len(chain.steps)):
        steps = list(chain.steps)
        steps[number] = Step(steps[number].expression + sp.Rational(1, 7), "changed")
        with pytest.raises(DerivationError, match=rf"step {number + 1} \(changed\)"):
            Derivation(*steps, definitions=chain.definitions)


@pytest.mark.parametrize("name", problems.COIN_ESTIMATORS)
@pytest.mark.parametrize("horizon", [1, 2, 4])
def test_the_means_for_the_coin_are_the_numbers_of_the_package(name, horizon):
    order = ("single time", "no discount", "full score", "reward to go")
    derived = symbolic.coin_mean(problems.COIN_ESTIMATORS[name], horizon)
    value = derived.subs({problems.P: 0.3, problems.gamma: 0.7})
    number = unbiased.coin_means(0.3, 0.7, horizon)[order.index(name)]
    assert float(value) == pytest.approx(number, abs=1e-12)


PAIRS = {  # the same law, there and here
    "Normal, mean": ("Normal(θ, 1)", {families.mu: 0.7, families.sigma: 1}),
    "Normal, deviation": ("Normal(1, θ²)", {families.mu: 1, families.sigma: 0.7}),
    "Exponential, rate": ("Exponential, rate θ", {families.theta: 0.7}),
    "Gamma, rate": ("Gamma(3), rate θ", {families.theta: 0.7, families.shape: 3}),
    "Laplace, location": ("Laplace at θ", {families.mu: 0.7}),
    "shifted Beta(2, 2)": ("θ + Beta(2, 2)", {families.mu: 0.7}),
    "Bernoulli, probability": ("Bernoulli(θ)", {families.theta: 0.7}),
    "Bernoulli, logit": ("Bernoulli, logit θ", {families.tau: 0.7}),
    "Poisson, mean": ("Poisson(θ)", {families.theta: 0.7}),
    "Uniform(0, θ)": ("Uniform(0, θ)", {families.theta: 0.7}),
    "shifted exponential": ("θ + Exponential", {families.mu: 0.7}),
}


def test_every_law_has_its_pair():
    assert PAIRS.keys() == symbolic.FAMILIES.keys()


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("power", [1, 2])
def test_both_sides_of_the_identity_are_the_numbers_of_the_package(name, power):
    number_name, point = PAIRS[name]
    law, family = symbolic.FAMILIES[name], unbiased.FAMILIES[number_name]
    slope, product = symbolic.score_identity(name, law.variable**power)
    assert float(slope.subs(point)) == pytest.approx(family.derivative(0.7, power), rel=1e-9)
    mean = family.one_step(0.7, power).estimates().mean()[0]
    assert float(product.subs(point)) == pytest.approx(mean, rel=1e-9)


def test_the_variance_of_the_normal_estimate_is_that_of_the_quadrature():
    variance = symbolic.normal_variance()
    step = unbiased.FAMILIES["Normal(θ, 1)"].one_step(0.7, 2)
    for b in (0.0, 1.0, 3.0):
        point = {families.mu: 0.7, families.sigma: 1, baselines.B: b}
        assert float(variance.subs(point)) == pytest.approx(step.estimates(b).variance())
        point[families.sigma] = 1.7
        number = unbiased.normal_square_variance(0.7, 1.7, b)
        assert float(variance.subs(point)) == pytest.approx(float(number))


def test_the_two_armed_variance_is_half_the_trace_of_the_package():
    variance = symbolic.bernoulli_baseline()
    arms = unbiased.bandit([0.3, 0.7], [0.5, 2.0])
    for b in (0.0, 0.8):
        point = {baselines.P: 0.7, baselines.R0: 0.5, baselines.R1: 2.0, baselines.B: b}
        assert 2 * float(variance.subs(point)) == pytest.approx(arms.estimates(b).variance())


def test_the_batches_are_the_numbers_of_the_package():
    arms = unbiased.bandit([0.3, 0.7], [0.5, 2.0])
    for n in (2, 3):
        for own, name in ((True, "own mean"), (False, "leave one out")):
            point = {baselines.P: 0.7, baselines.R0: 0.5, baselines.R1: 2.0}
            derived = float(symbolic.batch_mean(n, own=own).subs(point))
            assert derived == pytest.approx(arms.batches(n, name).mean()[1], abs=1e-14)


def test_the_proof_ends_with_the_gradient_of_the_package():
    h, q = np.array([0.3, -1.1, 0.7]), np.array([1.0, 0.5, -2.0])
    point = {symbols.k: 3, symbols.H: list(map(sp.Float, h)), symbols.q: list(q)}
    gradient = policies.policy_gradient(policies.softmax(h), q)
    for j in range(3):
        last = value_at(symbolic.proof().last, {**point, symbols.j: j}, symbols.DEFINITIONS)
        assert float(last) == pytest.approx(gradient[j], abs=1e-12)


def test_an_indefinite_integral_forgets_what_does_not_contain_its_variable():
    t, x = leibniz.t, leibniz.x
    assert symbolic.circular_proof(t) == 0
    assert sp.simplify(symbolic.circular_proof(t + x * t) - x * t) == 0
