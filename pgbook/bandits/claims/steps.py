"""Which steps are safe: claims B13 and B20."""

from collections.abc import Callable
from functools import partial

import numpy as np
import sympy as sp

from pgbook import ledger, policies
from pgbook.bandits import numeric, symbolic
from pgbook.bandits.claims.common import proves, random_batches
from pgbook.ledger import Check, Evidence
from pgbook.symbols import J
from pgbook.validation import FloatArray


def curvature_is_bounded(factor: float = 1.0) -> Evidence:
    """No Hessian has a spectral norm above the smoothness constant."""
    rng, truths = np.random.default_rng(305), []
    for n_arms in range(2, 9):
        policy = rng.dirichlet(np.full(n_arms, 0.5), size=15_000)
        values = np.where(
            rng.random((15_000, 1)) < 0.5,
            rng.integers(0, 2, size=(15_000, n_arms)),
            rng.normal(size=(15_000, n_arms)),
        ).astype(float)
        norm = np.abs(np.linalg.eigvalsh(numeric.hessian(policy, values))).max(axis=1)
        truths.append(norm <= factor * numeric.smoothness_constant(values) + 1e-12)
    return ledger.true_in(np.concatenate(truths), "2 to 8 arms", seed=305)


def curvature_is_attained(probability: float = (3 - np.sqrt(3)) / 6) -> Evidence:
    """Two arms with rewards 0 and 1 attain the smoothness constant."""
    values = np.array([0.0, 1.0])
    curvature = numeric.hessian(np.array([1 - probability, probability]), values)
    error = np.linalg.norm(curvature, 2) - numeric.smoothness_constant(values)
    return ledger.exact(error, "two arms, rewards 0 and 1")


THIRD_CUBED = sp.Rational(1, 27)


def largest_two_armed_curvature(square: sp.Rational = THIRD_CUBED) -> Evidence:
    """SymPy's maximum of the two-armed curvature, squared."""
    largest, _ = symbolic.largest_curvature()
    return ledger.symbolic(largest**2, square, "two arms", point={})


def _gain(preferences: FloatArray, values: FloatArray, step: FloatArray) -> FloatArray:
    """What the objective gains by one step; shape (...)."""
    before, after = (policies.softmax(preferences), policies.softmax(preferences + step))
    return numeric.expected_reward(after, values) - numeric.expected_reward(before, values)


def quadratic_form(centred: bool = True) -> Evidence:
    r"""The Hessian's quadratic form is :math:`\sum_i \pi_i x_i (y_i - \bar y)^2`."""
    rng, errors = np.random.default_rng(312), []
    for h, values in random_batches(2100, seed=312):
        policy, y = policies.softmax(h), rng.normal(size=h.shape)
        x = values - numeric.expected_reward(policy, values)[:, None]
        mean = np.sum(policy * y, axis=1, keepdims=True) if centred else 0.0
        form = np.einsum("ni,nij,nj->n", y, numeric.hessian(policy, values), y)
        errors.append(form - np.sum(policy * x * (y - mean) ** 2, axis=1))
    return ledger.exact(np.concatenate(errors), "2,100 bandits, 2 to 8 arms", seed=312)


def ascent_lemma(factor: float = 1.0) -> Evidence:
    r"""A step :math:`\alpha \le 2/L` gains at least :math:`\alpha (1 - L\alpha/2) |\nabla J|^2`."""
    rng, truths = np.random.default_rng(306), []
    for h, values in random_batches(7000, seed=306):
        bound = factor * numeric.smoothness_constant(values)
        step = rng.uniform(size=bound.shape) * 2 / bound
        gradient = numeric.policy_gradient(policies.softmax(h), values)
        least = step * (1 - bound * step / 2) * np.sum(gradient**2, axis=1)
        truths.append(_gain(h, values, step[:, None] * gradient) >= least - 1e-12)
    return ledger.true_in(np.concatenate(truths), "bandits with 2 to 8 arms", seed=306)


def any_step_improves(direction: Callable = numeric.policy_gradient) -> Evidence:
    """One exact gradient step of any size does not lower the objective."""
    rng, truths = np.random.default_rng(310), []
    for h, values in random_batches(21_000, seed=310, scale=2):
        step = 10 ** rng.uniform(-2, 4, size=(len(h), 1))
        truths.append(_gain(h, values, step * direction(policies.softmax(h), values)) >= -1e-12)
    cases = "2 to 8 arms, step sizes from 0.01 to 10,000"
    return ledger.true_in(np.concatenate(truths), cases, seed=310)


def sampled_direction(policy: FloatArray, values: FloatArray) -> FloatArray:
    """The score estimate of the most likely arm: one sample instead of the mean."""
    pulled = np.eye(policy.shape[1])[policy.argmax(axis=1)]
    return np.sum(pulled * values, axis=1, keepdims=True) * (pulled - policy)


def growth_integral(upper: sp.Expr | None = None) -> Evidence:
    r""":math:`e^{cx} - 1 = \int_0^x c\,e^{cv} dv`, so it has the sign of x for c > 0."""
    growth, v, end = (sp.Symbol("g", positive=True), sp.Symbol("v"), sp.Symbol("y", real=True))
    integral = sp.integrate(growth * sp.exp(growth * v), (v, 0, end))
    claimed = sp.exp(growth * end) - 1 if upper is None else upper.subs("y", end).subs("g", growth)
    return ledger.symbolic(integral, claimed, "c > 0, real x", point={growth: 1, end: 1})


STEPS = {
    "B13": (
        Check(
            "spectral norm of random Hessians",
            curvature_is_bounded,
            {"a constant five per cent smaller": partial(curvature_is_bounded, 0.95)},
        ),
        Check(
            "quadratic form of the Hessian",
            quadratic_form,
            {"not centred": partial(quadratic_form, False)},
        ),
        Check(
            "two arms attain it",
            curvature_is_attained,
            {"at the uniform policy": partial(curvature_is_attained, 0.5)},
        ),
        Check(
            "maximum of the two-armed curvature",
            largest_two_armed_curvature,
            {"one eighth": partial(largest_two_armed_curvature, sp.Rational(1, 64))},
        ),
        Check("ascent lemma", ascent_lemma, {"half the constant": partial(ascent_lemma, 0.5)}),
    ),
    "B20": (
        Check(
            "the gain of one step",
            partial(proves, symbolic.improvement),
            {"no gain": partial(proves, symbolic.improvement, -J)},
        ),
        Check(
            "each term of the gain is non-negative",
            growth_integral,
            {"without the one": partial(growth_integral, sp.sympify("exp(g * y)"))},
        ),
        Check(
            "random bandits and step sizes",
            any_step_improves,
            {
                "one sample instead of the mean": partial(any_step_improves, sampled_direction),
                "action values instead of the gradient": partial(
                    any_step_improves, lambda policy, values: policy * values
                ),
            },
        ),
    ),
}
