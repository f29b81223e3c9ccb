"""The derivations of chapter 1, by routes that do not use their normal form."""

from itertools import pairwise

import numpy as np
import pytest
import sympy as sp

from pgbook import bandits, policies, symbols
from pgbook.bandits import symbolic
from pgbook.derivation import Derivation, DerivationError, Step, value_at

ANY_NUMBER_OF_ARMS = [
    symbolic.normalisation,
    symbolic.shift_invariance,
    symbolic.log_probability,
    symbolic.score,
    symbolic.gradient_by_quotient_rule,
    symbolic.gradient_by_score,
    symbolic.conserved_sum,
    symbolic.baseline_drops_out,
    symbolic.improvement,
]
TWO_ARMS = [
    symbolic.two_armed_curvature,
    symbolic.exploration_clock,
    symbolic.two_armed_variance,
    symbolic.committed_flow,
]


def derivations():
    points = [symbolic.POINT] * len(ANY_NUMBER_OF_ARMS) + [symbolic.TWO_ARMED_POINT] * len(TWO_ARMS)
    return list(zip(ANY_NUMBER_OF_ARMS + TWO_ARMS, points, strict=True))


@pytest.mark.parametrize(("derive", "point"), derivations())
def test_every_line_has_the_same_exact_value_at_a_point(derive, point):
    chain = derive()
    values = [value_at(step.expression, point, chain.definitions) for step in chain.steps]
    assert all(sp.simplify(before - after) == 0 for before, after in pairwise(values))
    assert all(value.is_number for value in values)


@pytest.mark.parametrize("derive", [derive for derive, _ in derivations()])
def test_no_line_can_be_changed(derive):
    chain = derive()
    for number in range(1, len(chain.steps)):
        steps = list(chain.steps)
        steps[number] = Step(steps[number].expression + sp.Rational(1, 7), "changed")
        with pytest.raises(DerivationError, match=rf"step {number + 1} \(changed\)"):
            Derivation(*steps, definitions=chain.definitions)


def at(expression, h, q, **indices):
    """A general expression with numbers for a bandit with three arms."""
    point = {symbols.k: 3, symbols.H: list(map(sp.Float, h)), symbols.q: list(q)}
    point |= {getattr(symbols, name): value for name, value in indices.items()}
    return float(value_at(expression, point, symbolic.DEFINITIONS))


def test_the_derived_formulas_are_the_numbers_of_the_package():
    h, q = np.array([0.3, -1.1, 0.7]), np.array([1.0, 0.5, -2.0])
    policy = policies.softmax(h)
    for j in range(3):
        gradient = at(symbolic.gradient_by_score().last, h, q, j=j)
        assert gradient == pytest.approx(bandits.policy_gradient(policy, q)[j], abs=1e-12)
        for a in range(3):
            score = at(symbolic.score().last, h, q, a=a, j=j)
            assert score == pytest.approx(policies.score(policy)[a, j], abs=1e-12)
        logarithm = at(symbolic.log_probability().last, h, q, a=j)
        assert logarithm == pytest.approx(policies.log_softmax(h)[j], abs=1e-12)


def test_the_gain_of_a_step_is_the_number_of_the_package():
    h, q, step = np.array([0.3, -1.1, 0.7]), np.array([1.0, 0.5, -2.0]), 3.0
    policy = policies.softmax(h)
    slope = bandits.policy_gradient(policy, q)
    after = bandits.expected_reward(policies.softmax(h + step * slope), q)
    point = {symbols.k: 3, symbols.H: list(h), symbols.q: list(q)}
    point[symbolic.E] = list(np.exp(step * slope))
    gain = value_at(symbolic.improvement().last, point, symbolic.DEFINITIONS)
    assert float(gain) == pytest.approx(after - bandits.expected_reward(policy, q), abs=1e-12)


def test_all_nine_derivatives_of_three_arms_are_the_score_matrix():
    derivatives, claimed = symbolic.three_arms()
    assert derivatives == claimed
    values = dict(zip(sp.symbols(r"\pi_1:4", positive=True), (0.2, 0.3, 0.5), strict=True))
    numbers = np.array(derivatives.subs(values), dtype=float)
    np.testing.assert_allclose(numbers, policies.score([0.2, 0.3, 0.5]), atol=1e-15)


def test_the_largest_curvature_is_the_sharp_constant():
    largest, p = symbolic.largest_curvature()
    assert sp.simplify(largest - 1 / (3 * sp.sqrt(3))) == 0
    assert sp.simplify(p - (3 - sp.sqrt(3)) / 6) == 0


def test_the_two_armed_variance_is_half_the_trace():
    values = {symbolic.P: 0.7, symbolic.R0: 0.5, symbolic.R1: 2.0, symbolic.B: 0.3}
    derived = float(symbolic.two_armed_variance().last.subs(values))
    trace = bandits.estimator_variance([0.3, 0.7], [0.5, 2.0], 0.3)
    assert 2 * derived == pytest.approx(trace, abs=1e-14)
