r"""Closed forms of the penalties, and from which discount on the crude bound promises nothing."""

from dataclasses import dataclass
from functools import cached_property, partial

import sympy as sp

from pgbook import ledger
from pgbook.derivation import Derivation
from pgbook.ledger import wrong
from pgbook.symbols import b, k, total

#: Symbols of the bounds.
eps, C, gamma, r_max = sp.symbols(r"\varepsilon C \gamma r_{\max}", positive=True)
A_max, c = sp.Symbol(r"A_{\max}", positive=True), sp.Symbol("c", real=True)
t, n, T = sp.symbols("t n T", integer=True, nonnegative=True)
x, y = sp.symbols("x y", positive=True)
POINT = {eps: sp.Rational(1, 3), C: 2, gamma: sp.S.Half, A_max: 3, r_max: 5, t: 2, n: 3, T: 5}
proves = partial(ledger.proves, generality="all parameters", point=POINT)
old, new, f = (sp.IndexedBase(name, real=True) for name in ("p", "p'", "f"))
LAWS = {
    k: 2, old: [sp.S.One, sp.S.Zero], new: [sp.S.Half, sp.S.Half], f: [sp.S(2), sp.S(-1)],
    c: sp.Rational(3, 2),
}  # fmt: skip
_GONE = 1 - gamma * (1 - eps)


@ledger.proves(
    "G35", "a constant may be taken off f", generality="any finite support", point=LAWS,
)  # fmt: skip
@wrong("off one of the means only", claimed=total(new[b] * (f[b] - c)) - total(old[b] * f[b]))
def change_of_mean() -> Derivation:
    """The change of a mean with a constant taken off f: both laws have mass one."""
    return Derivation(
        (total(new[b] * f[b]) - total(old[b] * f[b]), "mean under p′ minus mean under p"),
        (total((new[b] - old[b]) * f[b]), "one sum"),
        (
            total((new[b] - old[b]) * (f[b] - c)) + c * (total(new[b]) - total(old[b])),
            "a constant off and on; both masses are one",
        ),
    )


@dataclass(frozen=True)
class Penalty:
    """A sum of penalties: its term at time t, the sum over the first n, and the whole."""

    term: sp.Expr
    up_to: sp.Expr
    whole: sp.Expr

    def telescopes(self) -> Derivation:
        """The sums over n + 1 and over n terms differ by the term; with zero at 0, an induction."""
        growth = self.up_to.subs(n, n + 1) - self.up_to
        return Derivation(
            (growth, "what one more term adds to the closed form"),
            (self.term.subs(t, n), "the term"),
        )

    @cached_property
    def limit(self) -> sp.Expr:
        """The sum of all terms, for a discount and an ε strictly between zero and one."""
        below_one = {gamma: sp.exp(-x), eps: 1 - sp.exp(-y)}
        end = sp.limit(self.up_to.subs(below_one), n, sp.oo)
        return sp.simplify(end.subs({x: -sp.log(gamma), y: -sp.log(1 - eps)}))


#: The penalties in closed form, by name.
PENALTIES = {
    "linear, T steps": Penalty(2 * eps * t * C, eps * C * n * (n - 1), eps * C * T * (T - 1)),
    "linear, discounted": Penalty(
        2 * eps * t * gamma**t * C,
        2 * eps * C * gamma * (1 - n * gamma**n / gamma + (n - 1) * gamma**n) / (1 - gamma) ** 2,
        2 * eps * gamma * C / (1 - gamma) ** 2,
    ),
    "not linearised, discounted": Penalty(
        2 * C * gamma**t * (1 - (1 - eps) ** t),
        2 * C * ((1 - gamma**n) / (1 - gamma) - (1 - gamma**n * (1 - eps) ** n) / _GONE),
        2 * eps * gamma * C / ((1 - gamma) * _GONE),
    ),
    "linear, T steps, constant 2(T − t) r": Penalty(
        2 * eps * t * 2 * (T - t) * r_max,
        4 * eps * r_max * (T * n * (n - 1) / 2 - n * (n - 1) * (2 * n - 1) / 6),
        sp.Rational(2, 3) * eps * r_max * T * (T**2 - 1),
    ),
}


_CUT = 2 * eps * A_max / (1 - gamma)  # the largest surrogate
_CURVED = PENALTIES["not linearised, discounted"].whole.subs(C, A_max)
_TRUST_REGION = 4 * eps**2 * A_max * gamma / (1 - gamma) ** 2


@proves("G40", "from the slides to the trust region")
@wrong("equal to it", claimed=_TRUST_REGION)
def from_slides_to_trust_region() -> Derivation:
    r"""The penalty with :math:`C = \max|g|` at its largest, :math:`2\varepsilon A_{\max}`.

    The last stands for the largest absolute advantage.
    """
    weight = gamma / ((1 - gamma) * _GONE)
    return Derivation(
        (2 * eps * C * weight, "not linearised"),
        (4 * eps**2 * A_max * gamma / ((1 - gamma) * _GONE), "C = 2ε max |A|: quadratic in ε"),
        (
            _TRUST_REGION - 4 * eps**3 * A_max * gamma**2 / ((1 - gamma) ** 2 * _GONE),
            "the penalty of the trust-region bound, minus something positive",
        ),
        definitions={C: 2 * eps * A_max},
    )


@proves("G38", "linear and crude: the best it can promise", linear=True)
@wrong("no loss at all", claimed=_CUT)
@proves("G38", "crude: the best it can promise", linear=False)
@wrong("as if linear", claimed=_CUT - PENALTIES["linear, discounted"].whole)
def best_crude(*, linear: bool) -> Derivation:
    r"""The most that the crude bound can promise.

    Its constant is the largest absolute advantage :math:`A_{\max}`, and the surrogate is at most
    :math:`2\varepsilon A_{\max}/(1-\gamma)`.
    """
    name = "linear, discounted" if linear else "not linearised, discounted"
    penalty = PENALTIES[name].whole.subs(C, A_max)
    factor = (1 - 2 * gamma) / (1 - gamma) if linear else (1 - 2 * gamma + gamma * eps) / _GONE
    return Derivation(
        (_CUT - penalty, "largest surrogate, minus the penalty"),
        (_CUT * (1 - sp.factor(penalty / _CUT)), "a common factor"),
        (_CUT * factor, "its sign is that of the last numerator"),
    )


@proves("G38", "crude, ε above one half: the best it can promise")
@wrong("as for small ε", claimed=_CUT - _CURVED)
def best_crude_far() -> Derivation:
    r"""The same, not linearised, for ε of at least one half, where the surrogate stops growing.

    It is at most :math:`A_{\max}/(1-\gamma)`, since no mean advantage exceeds the largest one.
    """
    return Derivation(
        (A_max / (1 - gamma) - _CURVED, "largest surrogate, minus the penalty"),
        (A_max / (1 - gamma) * (1 - gamma - gamma * eps) / _GONE, "falls as ε grows"),
    )


@proves("G38", "T steps, one constant: the best it can promise")
@wrong("without a penalty", claimed=2 * eps * A_max * T)
def best_crude_steps() -> Derivation:
    """The same for T steps without a discount, one constant for all of them."""
    penalty = PENALTIES["linear, T steps"].whole.subs(C, A_max)
    return Derivation(
        (2 * eps * A_max * T - penalty, "T terms of at most 2ε max |A|, minus the penalty"),
        (eps * A_max * T * (3 - T), "not positive from three steps on"),
    )
