"""The score, the gradient of the objective, and what one update conserves."""

from functools import partial

import sympy as sp

from pgbook import ledger
from pgbook.derivation import Derivation, Partial
from pgbook.ledger import wrong
from pgbook.symbols import DEFINITIONS, POINT, H, J, Z, a, b, j, pi, q, same, total

alpha, R = sp.Symbol(r"\alpha", positive=True), sp.Symbol("R_t", real=True)
proves = partial(ledger.proves, generality="any number of arms", point={**POINT, alpha: 1, R: 5})


@proves("B9", "the score")
@wrong("the pulled arm's probability in each", claimed=same(a, j) - pi[a])
def score() -> Derivation:
    """The score of a softmax policy: the derivative of a log-probability."""
    return Derivation(
        (Partial(sp.log(pi[a]), H[j]), "the score"),
        (Partial(H[a] - sp.log(Z), H[j]), "logarithm of a quotient"),
        (same(a, j) - Partial(sp.log(Z), H[j]), "derivative of each term"),
        (same(a, j) - total(sp.exp(H[b]) * same(b, j)) / Z, "chain rule, term by term"),
        (same(a, j) - sp.exp(H[j]) / Z, "the delta picks that term"),
        (same(a, j) - pi[j], "definition of softmax"),
        definitions=DEFINITIONS,
    )


@proves("B8", "gradient by the quotient rule")
@wrong("without subtracting J", claimed=pi[j] * q[j])
def gradient_by_quotient_rule() -> Derivation:
    """The gradient of the objective, from the formula for J."""
    reward = total(q[b] * sp.exp(H[b]))
    return Derivation(
        (Partial(J, H[j]), "the gradient"),
        (Partial(reward / Z, H[j]), "definition of J and of softmax"),
        ((Partial(reward, H[j]) * Z - reward * Partial(Z, H[j])) / Z**2, "quotient rule"),
        ((q[j] * sp.exp(H[j]) * Z - reward * sp.exp(H[j])) / Z**2, "the term of arm j"),
        (pi[j] * (q[j] - reward / Z), "definition of softmax"),
        (pi[j] * (q[j] - J), "definition of J"),
        definitions=DEFINITIONS,
    )


@proves("B8", "gradient by the score")
@wrong("without the factor", claimed=q[j] - J)
def gradient_by_score() -> Derivation:
    """The expected update of document 000 is the gradient of the objective."""
    return Derivation(
        (total(pi[a] * q[a] * Partial(sp.log(pi[a]), H[j]), a), "mean of reward times score"),
        (total(pi[a] * q[a] * (same(a, j) - pi[j]), a), "the score"),
        (pi[j] * q[j] - pi[j] * total(pi[a] * q[a], a), "the delta picks arm j"),
        (pi[j] * (q[j] - J), "definition of J"),
        (Partial(J, H[j]), "the gradient, by the quotient rule"),
        definitions=DEFINITIONS,
    )


@proves("B14", "the changes sum to zero")
@wrong("the pulled arm alone", claimed=alpha * R * (1 - pi[a]))
def conserved_sum() -> Derivation:
    """One update changes the sum of the preferences by nothing."""
    return Derivation(
        (total(alpha * R * (same(a, j) - pi[j]), j), "sum of all changes"),
        (alpha * R * (total(same(a, j), j) - total(pi[j], j)), "common factor"),
        (alpha * R * (1 - total(pi[j], j)), "exactly one arm was pulled"),
        (sp.S.Zero, "probabilities sum to one"),
        definitions=DEFINITIONS,
    )


H3, P3 = sp.symbols("H_1:4", real=True), sp.symbols(r"\pi_1:4", positive=True)
Z3 = sp.Add(*map(sp.exp, H3))
POINT3 = dict(zip(H3, (0, sp.log(2), sp.log(3)), strict=True))


@ledger.proves("B11a", "line by line", generality="three arms", point=POINT3, column=0)
@wrong("sign", claimed=1 + P3[0])
@wrong("probability of the next arm", claimed=1 - P3[1])
@ledger.proves("B11b", "line by line", generality="three arms", point=POINT3, column=1)
@wrong("sign", claimed=P3[1])
@wrong("probability of the next arm", claimed=-P3[2])
@ledger.proves("B11c", "line by line", generality="three arms", point=POINT3, column=2)
@wrong("sign", claimed=P3[2])
@wrong("probability of the next arm", claimed=-P3[0])
def three_arm_score(column: int) -> Derivation:
    """What document 000 works out when arm 1 of three is pulled; columns count from 0."""
    own = sp.S(int(column == 0))
    return Derivation(
        (Partial(sp.log(P3[0]), H3[column]), "the score of arm 1"),
        (Partial(H3[0] - sp.log(Z3), H3[column]), "logarithm of a quotient"),
        (own - sp.exp(H3[column]) / Z3, "chain rule"),
        (own - P3[column], "definition of softmax"),
        definitions={p: sp.exp(h) / Z3 for p, h in zip(P3, H3, strict=True)},
    )


def three_arms() -> tuple[sp.Matrix, sp.Matrix]:
    """All nine derivatives of the three log-probabilities, and the claimed values; arms 1 to 3.

    Computed from the formulas of document 000 for three arms, not from the general
    result.
    """
    derivatives = sp.Matrix([h - sp.log(Z3) for h in H3]).jacobian(H3)
    for h, p in zip(H3, P3, strict=True):
        derivatives = derivatives.subs(sp.exp(h) / Z3, p)
    return derivatives, sp.eye(3) - sp.ones(3, 1) * sp.Matrix([P3])
