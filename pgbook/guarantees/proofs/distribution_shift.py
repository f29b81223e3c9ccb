"""How far two policies drift apart: Bernoulli's inequality, the recursion, the coupling."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

import sympy as sp

from pgbook import ledger
from pgbook.derivation import Derivation
from pgbook.ledger import wrong

eps = sp.Symbol(r"\varepsilon", positive=True)
t = sp.Symbol("t", integer=True, nonnegative=True)
p, mistake = sp.symbols("p m", real=True)
POINT = {eps: sp.Rational(1, 3), t: 2, p: sp.Rational(1, 5), mistake: sp.Rational(3, 5)}
proves = partial(ledger.proves, generality="any ε and t", point=POINT)


def excess(steps: sp.Expr) -> sp.Expr:
    """By how much Bernoulli's inequality is strict."""
    return (1 - eps) ** steps - 1 + eps * steps


@proves("G27", "the step of the induction")
@wrong("an equality", claimed=(1 - eps) * excess(t))
def bernoulli_step() -> Derivation:
    """From t to t + 1: the excess F keeps its sign, and a square is added."""
    return Derivation(
        (excess(t + 1), "F(t + 1)"),
        ((1 - eps) * (1 - eps) ** t - 1 + eps * t + eps, "one factor more"),
        ((1 - eps) * ((1 - eps) ** t - 1 + eps * t) + eps**2 * t, "(1 − ε) F(t) and a remainder"),
    )


def drift(steps: sp.Expr) -> sp.Expr:
    """The probability of at least one disagreement in so many independent steps."""
    return 1 - (1 - eps) ** steps


@proves("G34", "the recursion of the drift")
@wrong("without the discount of what has drifted", claimed=eps + drift(t))
def drift_step() -> Derivation:
    """From t to t + 1: what has not disagreed yet may do so now."""
    return Derivation(
        (drift(t + 1), "D(t + 1)"),
        (1 - (1 - eps) * (1 - eps) ** t, "one factor more"),
        (eps + (1 - eps) * (1 - (1 - eps) ** t), "now, or already before: ε + (1 − ε) D(t)"),
    )


@proves("G26", "a mixture minus one of its parts")
@wrong("the whole mistake", claimed=mistake - p)
def mixture() -> Derivation:
    """The distance of a mixture from one of its parts; m is the law after a mistake."""
    new = (1 - eps) ** t * p + (1 - (1 - eps) ** t) * mistake
    return Derivation(
        (new - p, "new law minus old law, at one state"),
        ((1 - (1 - eps) ** t) * (mistake - p), "the weight of the mistakes, outside"),
    )


def coupling(p: Sequence[Fraction], q: Sequence[Fraction]) -> list[list[Fraction]]:
    """The maximal coupling of two laws in exact fractions; rows belong to p, columns to q."""
    common = [min(x, y) for x, y in zip(p, q, strict=True)]
    apart = 1 - sum(common) or Fraction(1)  # of equal laws nothing is left to share out
    left_p, left_q = ([x - c for x, c in zip(law, common, strict=True)] for law in (p, q))
    joint = [[x * y / apart for y in left_q] for x in left_p]
    for i, c in enumerate(common):
        joint[i][i] += c
    return joint


def certificate(event: Sequence[bool]) -> list[list[int]]:
    r"""Why no coupling can do better than an event tells apart.

    For every joint law :math:`\Pr(X \ne Y) - (\Pr(X \in E) - \Pr(Y \in E))` is the sum of its
    entries times these integers. None of them is negative, so :math:`\Pr(X \ne Y)` is at least
    the difference in the probability of any event E.
    """
    return [
        [int(i != j) - (int(x) - int(y)) for j, y in enumerate(event)] for i, x in enumerate(event)
    ]
