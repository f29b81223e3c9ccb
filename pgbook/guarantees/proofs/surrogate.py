r"""Importance sampling, the surrogate and its first order.

Sums run over any finite support; matrices have any number of states. As in the proofs of the
performance difference `K` and `K_beta` stand for :math:`I - \gamma P` of two policies.
"""

from functools import partial

import sympy as sp

from pgbook import ledger, symbols
from pgbook.derivation import Derivation, Partial
from pgbook.guarantees.proofs.performance_difference import K, V, m, r
from pgbook.ledger import wrong
from pgbook.symbols import DEFINITIONS, H, a, b, j, k, pi, same, total

P, Q, F = (
    sp.IndexedBase("p", real=True), sp.IndexedBase("q", positive=True),
    sp.IndexedBase("f", real=True),
)  # fmt: skip
x, mean = sp.symbols("x m", real=True)
beta, M, p_old, p_new = sp.symbols(r"\beta M p p'", real=True)
rho, g1, Gamma, K_beta = sp.symbols(r"\rho g_1 \Gamma K_\beta", commutative=False)
LAW_POINT = {
    k: 3, P: [sp.Rational(1, 2), sp.Rational(1, 6), sp.Rational(1, 3)],
    Q: [sp.Rational(1, 4), sp.Rational(1, 4), sp.Rational(1, 2)], F: [sp.S(2), sp.S(-1), sp.S(5)],
}  # fmt: skip
POINT = {mean: 2, M: 4, p_old: sp.Rational(1, 7), p_new: sp.Rational(2, 3)}
proves_of_laws = partial(ledger.proves, generality="any finite support", point=LAW_POINT)
proves = partial(ledger.proves, generality="all parameters", point=POINT)


@proves_of_laws("G17", "any finite support")
@wrong("the ratio inverted", claimed=total(Q[b] ** 2 / P[b] * F[b]))
def importance_sampling() -> Derivation:
    """One mean as another: the second law must be positive where the first counts."""
    ratio = sp.UnevaluatedExpr(P[b] / Q[b])
    one = sp.UnevaluatedExpr(sp.Mul(Q[b], 1 / Q[b], evaluate=False))
    return Derivation(
        (total(P[b] * F[b]), "mean of f under p"),
        (total(one * P[b] * F[b]), "q/q is one only where q is not zero"),
        (total(Q[b] * ratio * F[b]), "mean of ratio times f under q"),
    )


@proves_of_laws("G41", "mean square of one ratio")
@wrong("without the cross term", claimed=total((P[b] - Q[b]) ** 2 / Q[b]))
def second_moment() -> Derivation:
    """The mean square of a ratio, for laws that both sum to one."""
    ratio = sp.UnevaluatedExpr(P[b] / Q[b])
    chi2 = total((P[b] - Q[b]) ** 2 / Q[b])
    return Derivation(
        (total(Q[b] * ratio**2), "mean square of the ratio"),
        (total(P[b] ** 2 / Q[b]), "one q cancels"),
        (2 * total(P[b]) - total(Q[b]) + chi2, "p² = q² + 2q(p − q) + (p − q)²"),
    )


@proves("G17", "normal laws: the mean square is exp(m²)")
@wrong("exp(m)", claimed=sp.exp(mean))
def normal_ratio() -> Derivation:
    """The same for normal laws with variance one, means m and 0: finite, and soon huge."""
    old, new = (sp.exp(-((x - at) ** 2) / 2) / sp.sqrt(2 * sp.pi) for at in (0, mean))
    ratio = sp.exp(mean * x - mean**2 / 2)
    return Derivation(
        (sp.Integral(sp.UnevaluatedExpr(new / old) ** 2 * old, (x, -sp.oo, sp.oo)), "mean square"),
        (sp.Integral(ratio**2 * old, (x, -sp.oo, sp.oo)), "the ratio of the two densities"),
        (sp.exp(mean**2), "a normal integral, shifted by 2m"),
    )


FIRST_ORDER = {V: K**-1 * r, Gamma: (K - K_beta) / beta, g1: rho + Gamma * V}
MATRIX_POINT = {
    K: sp.Matrix([[2, 1], [0, 3]]), K_beta: sp.Matrix([[1, 4], [2, 1]]), m: sp.Matrix([[1, 5]]),
    r: sp.Matrix([2, 7]), rho: sp.Matrix([3, 1]), beta: sp.Rational(1, 3),
}  # fmt: skip


@ledger.proves(
    "G20b",
    "the error is of second order, any number of states",
    generality="any number of states",
    point=MATRIX_POINT,
)
@wrong("of third order", claimed=beta**3 * m * K_beta ** (-1) * Gamma * K ** (-1) * g1)
def first_order() -> Derivation:
    """True gain minus surrogate on the line from one policy to another, for any number of states.

    After the fraction β of the way rewards are r + βρ and the matrix is K_β = K − βΓ. The mean
    advantage is β g₁, with g₁ that of the far end.
    """
    return Derivation(
        (
            m * K_beta**-1 * (r + beta * rho) - m * V - beta * m * K**-1 * g1,
            "J of the mixture, minus J, minus the surrogate",
        ),
        (m * K_beta**-1 * beta * g1 - beta * m * K**-1 * g1, "the lemma"),
        (beta * m * K_beta**-1 * (K - K_beta) * K**-1 * g1, "difference of two inverses"),
        (beta**2 * m * K_beta**-1 * Gamma * K**-1 * g1, "K minus K_β is βΓ: of second order"),
        definitions=FIRST_ORDER,
    )


@ledger.proves(
    "G20b",
    "the slope of one state's surrogate, any number of actions",
    generality="any number of actions",
    point={**symbols.POINT, F: [sp.S(2), sp.S(-1), sp.S(5)]},
)
@wrong("without subtracting the mean", claimed=pi[j] * F[j])
def same_slope() -> Derivation:
    """The slope of one state's surrogate in a preference, at the old policy: the policy gradient.

    The new preferences are H, the old policy is held fixed; F stands for its advantages.
    """
    return Derivation(
        (Partial(total(pi[b] * F[b]), H[j]), "slope of the mean advantage in H′"),
        (total(pi[b] * F[b] * (same(b, j) - pi[j])), "score of a softmax policy"),
        (pi[j] * (F[j] - total(pi[a] * F[a], a)), "the delta picks action j"),
        definitions=DEFINITIONS,
    )


J_old, J_new, A_bar = sp.symbols(r"J J' \bar{A}", real=True)


def _value(p: sp.Expr) -> sp.Expr:
    """Expected return of the two-step problem whose two states share one probability."""
    return p * (1 - p) - M * p**2


def _aliased() -> dict[sp.Symbol, sp.Expr]:
    second = 1 - p_old - M * p_old  # the values of the second state and of the first
    first = p_old * second
    gained = (1 - p_new) * (0 - first) + p_new * (second - first)
    gained += p_old * ((1 - p_new) * (1 - second) + p_new * (-M - second))
    return {J_old: _value(p_old), J_new: _value(p_new), A_bar: gained}


@proves("G22", "a shared parameter: the gap is a square")
@wrong("no gap", claimed=sp.S.Zero)
def aliased_gap() -> Derivation:
    """How much the surrogate, a straight line here, over-states."""
    return Derivation(
        (J_new - J_old - A_bar, "true gain minus surrogate"),
        (J_new - J_old - (p_new - p_old) * Partial(_value(p_old), p_old), "it is the tangent"),
        (-(1 + M) * (p_new - p_old) ** 2, "a parabola minus its tangent"),
        definitions=_aliased(),
    )
